//! Two surveys compared city by city, clause by clause, with what made each difference.

use std::collections::BTreeMap;
use std::path::Path;

use probes::Probe;
use serde_json::{Value, json};

use super::anew::schemes;
use super::files::Files;
use super::ledger::{Ledger, State, SurveyError};
use super::ordered::in_order;
use super::row::{DIFFERENCES, Row};
use crate::audit::diff::{Cause, Difference, Recorded, Run, diff};
use crate::audit::kept;
use crate::audit::reading::Readers;
use crate::pack::Pack;
use crate::report::text::{lead, standing_name};

/// What came of comparing two surveys.
#[derive(Debug, Default)]
pub struct Compared {
    /// How many cities were compared.
    pub cities: usize,
    /// Clauses that stand as before.
    pub same: usize,
    /// Clauses that stand otherwise, by what made the difference; one with two causes is in both.
    pub by_cause: BTreeMap<&'static str, usize>,
    /// Clauses that stand otherwise.
    pub changed: usize,
    /// Those of them that are to be believed.
    pub settled: usize,
    /// Cities that could not be compared, and why.
    pub left_out: Vec<(String, String)>,
}

/// Compares the cities of two surveys and writes what stands otherwise into `into`; nothing is fetched.
pub fn compare(
    old: &Ledger,
    new: &Ledger,
    into: &Path,
    probes: &[&'static dyn Probe],
    readers: &Readers,
) -> Result<Compared, SurveyError> {
    std::fs::create_dir_all(into).map_err(super::ledger::disk(into))?;
    let mut changed = Files::begin(into, &DIFFERENCES)?;
    let mut compared = Compared::default();
    let names: BTreeMap<&str, &str> = [old, new]
        .iter()
        .flat_map(|ledger| &ledger.planned().cities)
        .map(|city| (&*city.id, &*city.submission.city))
        .collect();
    let all: Vec<(&str, &str)> = names.into_iter().collect();
    in_order(
        &all,
        |(id, _)| of_city(old, new, id, probes, readers),
        |(id, name), difference| {
            match difference {
                Err(why) => compared.left_out.push(((*id).to_owned(), why)),
                Ok(difference) => {
                    compared.take(&difference);
                    changed.put(rows(id, name, &difference))?;
                }
            }
            Ok::<_, SurveyError>(())
        },
    )?;
    changed.end(into)?;
    Ok(compared)
}

impl Compared {
    fn take(&mut self, difference: &Difference) {
        self.cities += 1;
        self.same += difference.same;
        self.changed += difference.clauses.len();
        for change in &difference.clauses {
            self.settled += usize::from(change.settled);
            for cause in &change.causes {
                *self.by_cause.entry(named(cause)).or_default() += 1;
            }
        }
    }
}

fn of_city(
    old: &Ledger,
    new: &Ledger,
    id: &str,
    probes: &[&'static dyn Probe],
    readers: &Readers,
) -> Result<Difference, String> {
    for (ledger, which) in [(old, "earlier"), (new, "later")] {
        if ledger.state(id) != State::Audited {
            return Err(format!("it is not audited in the {which} survey"));
        }
    }
    let specs: Vec<_> = probes.iter().map(|probe| probe.spec()).collect();
    let open = |ledger: &Ledger| -> Result<_, String> {
        let pack = Pack::open(&ledger.pack(id)).map_err(|error| error.to_string())?;
        let recorded: Recorded = kept::report(&pack).map_err(|error| error.to_string())?;
        let schemes = schemes(&pack, &specs)?;
        Ok((pack, recorded, schemes))
    };
    let (was, is) = (open(old)?, open(new)?);
    let old = Run { pack: &was.0, recorded: &was.1, schemes: &was.2 };
    let new = Run { pack: &is.0, recorded: &is.1, schemes: &is.2 };
    diff(old, new, probes, readers).map_err(|error| error.to_string())
}

/// A row for each clause that stands otherwise.
pub(super) fn rows<'d>(id: &'d str, city: &'d str, difference: &'d Difference) -> impl Iterator<Item = Row> + 'd {
    difference.clauses.iter().map(move |change| {
        let causes: Vec<&str> = change.causes.iter().map(named).collect();
        vec![
            json!(id),
            json!(city),
            json!(change.scheme),
            json!(change.clause),
            json!(change.was.map(standing_name)),
            json!(change.now.map(standing_name)),
            json!(change.led.map(lead)),
            json!(change.leads.map(lead)),
            json!(if change.settled { "yes" } else { "no" }),
            json!(causes.join(" ")),
            json!(serde_json::to_value(&change.causes).unwrap_or(Value::Null).to_string()),
        ]
    })
}

/// What a cause is called.
fn named(cause: &Cause) -> &'static str {
    match cause {
        Cause::Site { .. } => "site",
        Cause::Network { .. } => "network",
        Cause::Submission { .. } => "submission",
        Cause::Rule { .. } => "rule",
        Cause::Tool { .. } => "tool",
        Cause::Date { .. } => "date",
    }
}
