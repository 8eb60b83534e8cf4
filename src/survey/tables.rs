//! The tables of a survey, made from its packs alone: what a survey says can be made again, judged again, or read again by
//! newer probes, at any time.

use std::fs;
use std::path::{Path, PathBuf};

use super::anew::{Making, Said};
use super::dataset;
use super::differences;
use super::files::{Files, place};
use super::ledger::{Ledger, State, SurveyError, disk};
use super::ordered::in_order;
use super::quality::Quality;
use super::row::{
    CITIES, CLAUSES, CRITERIA, DATASETS, DIFFERENCES, FACTS, audited, clauses, criteria, facts, unaudited,
};
use crate::report::{Report, ReportError};

/// Questions to begin with.
const QUERIES: &str = include_str!("queries.sql");

/// The tables of a survey while they are written.
pub struct Tables {
    into: PathBuf,
    cities: Files,
    criteria: Files,
    clauses: Files,
    facts: Files,
}

/// Writes the survey's tables into `into`, as CSV, as JSON Lines and in Parquet, with a data package, a code book and
/// the figures as linked data beside them; how many rows each has.
///
/// The rows come in the order of the cities' ids, whatever the order in which they were audited. Where packs are read again,
/// one table more says what stands otherwise than it was reported.
pub fn write(ledger: &Ledger, into: &Path, making: &Making<'_>) -> Result<Vec<(&'static str, u64)>, SurveyError> {
    let mut tables = Tables::begin(into)?;
    let mut changed = making.compares().then(|| Files::begin(into, &DIFFERENCES)).transpose()?;
    let mut datasets = Files::begin(into, &DATASETS)?;
    let mut quality = Quality::begin(into, &making.specs(), making.schemes)?;
    let said = |city: &_| making.said(ledger, city);
    in_order(&ledger.planned().cities, said, |city, said| {
        match said? {
            Said::Nothing(state) => {
                tables.unaudited(&city.id, &city.submission.city, city.submission.links.len(), &state)?;
            }
            Said::Report(report, described, difference) => {
                datasets.put(described)?;
                tables.put(&city.id, &report)?;
                quality.city(&city.id, &report)?;
                if let (Some(changed), Some(difference)) = (&mut changed, difference) {
                    changed.put(differences::rows(&city.id, &report.submission.city, &difference))?;
                }
            }
        }
        Ok::<_, SurveyError>(())
    })?;
    quality.end(into)?;
    let mut all = vec![&CITIES, &CRITERIA, &CLAUSES, &FACTS, &DATASETS];
    let mut counts = tables.end()?;
    counts.push((DATASETS.name, datasets.end(into)?));
    if let Some(changed) = changed {
        all.push(changed.table);
        counts.push((changed.table.name, changed.end(into)?));
    }
    let package = dataset::package(ledger.planned(), making.schemes, &all, &counts);
    place(into, "datapackage.json", &serde_json::to_vec_pretty(&package).map_err(ReportError::from)?)?;
    place(into, "queries.sql", QUERIES.as_bytes())?;
    place(into, "codebook.csv", &dataset::codebook(&making.specs(), making.schemes)?)?;
    Ok(counts)
}

impl Tables {
    /// Begins them in a folder.
    pub fn begin(into: &Path) -> Result<Self, SurveyError> {
        fs::create_dir_all(into).map_err(disk(into))?;
        let begin = |table| Files::begin(into, table);
        Ok(Self {
            into: into.to_owned(),
            cities: begin(&CITIES)?,
            criteria: begin(&CRITERIA)?,
            clauses: begin(&CLAUSES)?,
            facts: begin(&FACTS)?,
        })
    }

    /// Writes how far a city has come that is not audited.
    fn unaudited(&mut self, id: &str, name: &str, links: usize, state: &State) -> Result<(), SurveyError> {
        self.cities.put([unaudited(id, name, links, state)])
    }

    /// Writes what a city's report says.
    pub fn put(&mut self, id: &str, report: &Report) -> Result<(), SurveyError> {
        self.cities.put(audited(id, report))?;
        for by in report.by_scheme() {
            self.criteria.put(criteria(id, report, by))?;
            self.clauses.put(clauses(id, report, by))?;
        }
        self.facts.put(facts(id, report))
    }

    /// Puts the files where they belong; how many rows each table has.
    pub fn end(self) -> Result<Vec<(&'static str, u64)>, SurveyError> {
        let files = [self.cities, self.criteria, self.clauses, self.facts];
        files.into_iter().map(|files| Ok((files.table.name, files.end(&self.into)?))).collect()
    }
}
