//! Audits the cities of a survey, several at once; a host sees one pace, however many cities lie on it.

use std::path::Path;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

use probes::Probe;

use super::ledger::{Ledger, Planned, State, SurveyError};
use crate::audit::Plan;
use crate::audit::kept::{Course, files, one_of_many, run_into};
use crate::audit::reading::Readers;
use crate::crawl::Crawler;
use crate::criteria::Scheme;
use crate::submission::Submission;

/// Who carries a survey out.
#[derive(Clone, Copy)]
pub struct Surveyors<'a> {
    /// The criteria that every city is held against.
    pub schemes: &'a [Scheme],
    /// Every probe there is, in report order.
    pub probes: &'a [&'static dyn Probe],
    /// The crawler whose turns all cities share.
    pub crawler: &'a Crawler,
    /// Who reads what is dangerous.
    pub readers: &'a Readers,
    /// How many cities are audited at the same time.
    pub at_once: usize,
    /// Hears of each city that ended.
    pub ended: &'a (dyn Fn(&Ended<'_>) + Sync),
}

/// A city that ended.
#[derive(Debug)]
pub struct Ended<'a> {
    /// Its id.
    pub id: &'a str,
    /// Why it could not be audited, if so.
    pub failed: Option<String>,
    /// How many ended in this run, this one with them.
    pub done: usize,
    /// How many this run has to do.
    pub of: usize,
}

/// Audits every city that is not audited yet; one that cannot be is written down, and stops no other.
pub fn run(ledger: &Ledger, surveyors: Surveyors<'_>) -> Result<(), SurveyError> {
    let planned = ledger.planned();
    let waiting: Vec<_> = planned.cities.iter().filter(|city| ledger.state(&city.id) != State::Audited).collect();
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let trouble: Mutex<Option<SurveyError>> = Mutex::default();
    let survey = || {
        while let Some(city) = waiting.get(next.fetch_add(1, Ordering::Relaxed)) {
            let broken = |error| *trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            if let Err(error) = ledger.again(&city.id) {
                return broken(error);
            }
            let failed = audited(&ledger.city(&city.id), &city.submission, planned, surveyors);
            if let Some(why) = &failed
                && let Err(error) = ledger.failed(&city.id, why)
            {
                return broken(error);
            }
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            (surveyors.ended)(&Ended { id: &city.id, failed, done, of: waiting.len() });
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..surveyors.at_once.clamp(1, waiting.len().max(1)) {
            scope.spawn(survey);
        }
    });
    trouble.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
}

/// Audits a city into a folder; why it could not be audited, if so.
pub(super) fn audited(
    folder: &Path,
    submission: &Submission,
    planned: &Planned,
    surveyors: Surveyors<'_>,
) -> Option<String> {
    let crawler = surveyors.crawler.beside(files(submission), planned.robots);
    let plan = Plan { schemes: surveyors.schemes, submission, probes: surveyors.probes, as_of: planned.as_of };
    let course =
        Course { robots: planned.robots, crawler: &crawler, progress: &(), readers: surveyors.readers, aside: &|_| {} };
    one_of_many(|| run_into(folder, &plan, course)).err()
}
