//! What a city's pack says: as it was reported, judged by other criteria, or read again by the probes of now.

use std::collections::BTreeMap;

use probes::Probe;
use probes::spec::Spec;

use super::described;
use super::ledger::{Ledger, PlannedCity, State, SurveyError, other};
use super::row::Row;
use crate::audit::diff::{Difference, Recorded, Run, diff};
use crate::audit::kept;
use crate::audit::reading::Readers;
use crate::audit::{CRITERIA, Plan, rejudged, run};
use crate::criteria::Scheme;
use crate::pack::Pack;
use crate::report::Report;

/// How tables are made of packs; no socket is opened for it.
#[derive(Clone, Copy)]
pub struct Making<'a> {
    /// The criteria, the cities' own first.
    pub schemes: &'a [Scheme],
    /// Every probe there is, in report order.
    pub probes: &'a [&'static dyn Probe],
    /// What is done anew.
    pub anew: Anew<'a>,
}

/// What is done anew with a pack.
#[derive(Clone, Copy)]
pub enum Anew<'a> {
    /// Nothing: what was reported stands.
    Nothing,
    /// The findings are held against the criteria.
    Judging,
    /// The probes read the pack, with these who read what is dangerous, and what they find is held against the criteria.
    Probing(&'a Readers),
}

/// What is said of a city.
pub(super) enum Said {
    /// Nothing, since it is not audited.
    Nothing(State),
    /// Its report, the rows of its datasets and, where its pack was read again, what stands otherwise than it was reported.
    Report(Box<Report>, Vec<Row>, Option<Difference>),
}

impl Making<'_> {
    /// What the probes declare of themselves.
    pub(super) fn specs(&self) -> Vec<&'static Spec> {
        self.probes.iter().map(|probe| probe.spec()).collect()
    }

    /// Whether what is said is compared with what was reported.
    pub(super) fn compares(&self) -> bool {
        matches!(self.anew, Anew::Probing(_))
    }

    /// What is said of a city.
    pub(super) fn said(&self, ledger: &Ledger, city: &PlannedCity) -> Result<Said, SurveyError> {
        let state = ledger.state(&city.id);
        if state != State::Audited {
            return Ok(Said::Nothing(state));
        }
        let path = ledger.pack(&city.id);
        let wrong = |error: &dyn ToString| other(&path, error.to_string());
        let pack = Pack::open(&path)?;
        let report = || kept::report::<Report>(&pack).map_err(|error| wrong(&error));
        let (report, difference) = match self.anew {
            Anew::Nothing => (report()?, None),
            Anew::Judging => (rejudged(report()?, self.schemes, &self.specs()), None),
            Anew::Probing(readers) => {
                let before: Recorded = kept::report(&pack).map_err(|error| wrong(&error))?;
                let plan = Plan {
                    schemes: self.schemes,
                    submission: &before.submission,
                    probes: self.probes,
                    as_of: before.as_of,
                };
                let (report, _) = run(&plan, &pack, None, readers).map_err(|error| wrong(&error))?;
                let now = Recorded::of(&report);
                let difference = if before.stands_as(&now) {
                    None
                } else {
                    let schemes = schemes(&pack, &self.specs()).map_err(|error| wrong(&error))?;
                    let old = Run { pack: &pack, recorded: &before, schemes: &schemes };
                    let new = Run { pack: &pack, recorded: &now, schemes: self.schemes };
                    Some(diff(old, new, self.probes, readers).map_err(|error| wrong(&error))?)
                };
                (report, difference)
            }
        };
        let datasets = described::rows(&city.id, &report, &pack);
        Ok(Said::Report(Box::new(report), datasets, difference))
    }
}

/// The criteria that a pack keeps.
pub(super) fn schemes(pack: &Pack, specs: &[&Spec]) -> Result<Vec<Scheme>, String> {
    let all = kept::criteria(pack).map_err(|error| error.to_string())?;
    let all = all.ok_or("the pack keeps no criteria: it must be one that an audit made")?;
    let read = |files: &BTreeMap<String, String>| {
        Scheme::from_files(CRITERIA, files, specs)
            .map_err(|problems| problems.first().map_or_else(String::new, ToString::to_string))
    };
    all.iter().map(read).collect()
}
