//! What changed between two runs of one city, and why: each step from the one to the other is taken alone.
//!
//! The old pack is read again by the probes of now, then judged by the criteria of now, then on the date of now; what still
//! differs from the new run is what was offered, what the site serves, or what could not be looked at.

mod cause;
mod recorded;
mod words;

use std::collections::BTreeSet;

use probes::Probe;
use serde::Serialize;

use super::reading::Readers;
use super::{AuditError, Plan, run};
use crate::criteria::Scheme;
use crate::criteria::verdict::{ClauseVerdict, Lead, Standing};
use crate::pack::Pack;
use crate::report::Report;
use crate::report::model::ByScheme;
pub use cause::{Cause, Changed, Seen};
use recorded::State;
pub use recorded::{Judged, Recorded};
pub(crate) use words::{led, named};

/// A run that is compared.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// Its bytes.
    pub pack: &'a Pack,
    /// What was reported of it.
    pub recorded: &'a Recorded,
    /// The criteria that it was judged by, in its order.
    pub schemes: &'a [Scheme],
}

/// What changed.
#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    /// Every clause that stands, or is led to, otherwise than before; by scheme, in its order.
    pub clauses: Vec<Change>,
    /// Every criterion that stands otherwise than before.
    pub criteria: Vec<Moved>,
    /// Clauses that stand as before.
    pub same: usize,
}

/// A clause that changed.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    /// The scheme's id.
    pub scheme: String,
    /// The clause's id.
    pub clause: String,
    /// How it stood; none where it was not asked.
    pub was: Option<Standing>,
    /// How it stands; none where it is not asked any more.
    pub now: Option<Standing>,
    /// How strongly passages led to it.
    pub led: Option<Lead>,
    /// How strongly they do now.
    pub leads: Option<Lead>,
    /// Why; the steps at which it changed.
    pub causes: Vec<Cause>,
    /// Whether to believe it: what could not be looked at this time still stands as it was last seen, whatever else changed.
    pub settled: bool,
}

/// A criterion that stands otherwise.
#[derive(Clone, Debug, Serialize)]
pub struct Moved {
    /// The scheme's id.
    pub scheme: String,
    /// The criterion's code.
    pub code: String,
    /// How it stood.
    pub was: Option<Standing>,
    /// How it stands.
    pub now: Option<Standing>,
}

impl Difference {
    /// Whether anything changed that is to be believed.
    pub fn settled(&self) -> bool {
        self.clauses.iter().any(|change| change.settled)
    }
}

/// The old run as it would have been under each of the new one's conditions, one after the other, and the new run.
struct Steps {
    by_these_probes: Report,
    by_these_criteria: Report,
    on_this_date: Report,
    now: Report,
}

/// Compares two runs of one city; nothing is fetched.
pub fn diff(
    old: Run<'_>,
    new: Run<'_>,
    probes: &[&'static dyn Probe],
    readers: &Readers,
) -> Result<Difference, AuditError> {
    let derive = |of: Run<'_>, schemes: &[Scheme], as_of| {
        let plan = Plan { schemes, submission: &of.recorded.submission, probes, as_of };
        run(&plan, of.pack, None, readers).map(|(report, _)| report)
    };
    let (then, today) = (old.recorded.as_of, new.recorded.as_of);
    let by_these_probes = derive(old, old.schemes, then)?;
    let same_criteria = old.schemes.iter().map(|s| &s.sha256).eq(new.schemes.iter().map(|s| &s.sha256));
    let by_these_criteria = if same_criteria { by_these_probes.clone() } else { derive(old, new.schemes, then)? };
    let on_this_date = if then == today { by_these_criteria.clone() } else { derive(old, new.schemes, today)? };
    let now = derive(new, new.schemes, today)?;
    let steps = Steps { by_these_probes, by_these_criteria, on_this_date, now };
    let mut difference = Difference { clauses: Vec::new(), criteria: Vec::new(), same: 0 };
    let both = || old.recorded.by_scheme().chain(new.recorded.by_scheme());
    let mut seen = BTreeSet::new();
    for id in both().map(|judged| judged.scheme.id.as_str()).filter(|id| seen.insert(*id)) {
        by_scheme(id, old, new, &steps, &mut difference);
    }
    Ok(difference)
}

fn by_scheme(id: &str, old: Run<'_>, new: Run<'_>, steps: &Steps, difference: &mut Difference) {
    let [was, is] = [old, new].map(|run| run.recorded.by_scheme().find(|judged| judged.scheme.id == id));
    let scheme = new.schemes.iter().find(|scheme| scheme.file.id == id);
    let [stood, stands] = [was, is].map(|judged| judged.map(|judged| judged.states()).unwrap_or_default());
    let criteria = [is, was].into_iter().flatten().flat_map(|judged| &judged.verdicts);
    let mut told = BTreeSet::new();
    for clause in criteria.clone().flat_map(|verdict| &verdict.clauses).filter(|clause| told.insert(&clause.id)) {
        let (before, after) = (stood.get(clause.id.as_str()).copied(), stands.get(clause.id.as_str()).copied());
        if before == after {
            difference.same += 1;
            continue;
        }
        let [by_these_probes, by_these_criteria, on_this_date, now] =
            [&steps.by_these_probes, &steps.by_these_criteria, &steps.on_this_date, &steps.now]
                .map(|report| report.by_scheme().find(|by| by.scheme.id == id).and_then(|by| find(by, &clause.id)));
        let mut causes = Vec::new();
        let moved = |a: Option<State>, b: Option<State>| a != b;
        if moved(before, by_these_probes.map(state)) || moved(now.map(state), after) {
            causes.push(Cause::Tool { was: old.recorded.tool.version.clone(), now: new.recorded.tool.version.clone() });
        }
        if moved(by_these_probes.map(state), by_these_criteria.map(state)) {
            let edition = |judged: Option<&recorded::Judged>| judged.map(|judged| judged.scheme.sha256.clone());
            causes.push(Cause::Rule { was: edition(was), now: edition(is) });
        }
        if moved(by_these_criteria.map(state), on_this_date.map(state)) {
            causes.push(Cause::Date { was: old.recorded.as_of, now: new.recorded.as_of });
        }
        if let (Some(before), Some(after)) = (on_this_date, now)
            && state(before) != state(after)
        {
            let sides = [(before, &steps.on_this_date), (after, &steps.now)];
            causes.extend(cause::between(sides, scheme));
        }
        let settled = !causes.iter().any(|cause| matches!(cause, Cause::Network { seen_again: false, .. }));
        difference.clauses.push(Change {
            scheme: id.to_owned(),
            clause: clause.id.clone(),
            was: before.map(|state| state.standing),
            now: after.map(|state| state.standing),
            led: before.and_then(|state| state.lead),
            leads: after.and_then(|state| state.lead),
            causes,
            settled,
        });
    }
    let [stood, stands] = [was, is].map(|judged| judged.map(|judged| judged.standings()).unwrap_or_default());
    let mut told = BTreeSet::new();
    for criterion in criteria.filter(|criterion| told.insert(&criterion.code)) {
        let [was, now] = [&stood, &stands].map(|of| of.get(criterion.code.as_str()).copied());
        if was != now {
            difference.criteria.push(Moved { scheme: id.to_owned(), code: criterion.code.clone(), was, now });
        }
    }
}

fn find<'r>(by: ByScheme<'r>, clause: &str) -> Option<&'r ClauseVerdict> {
    by.verdicts.iter().flat_map(|verdict| &verdict.clauses).find(|verdict| verdict.id == clause)
}

fn state(clause: &ClauseVerdict) -> State {
    State { standing: clause.standing, lead: clause.lead }
}
