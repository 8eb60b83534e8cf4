//! The tables of a survey, made from its packs alone: what a survey says can be made again, or judged again, at any time.

use std::fs;
use std::io::{BufWriter, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use probes::spec::Spec;
use serde::Serializer as _;
use serde_json::Value;
use tempfile::NamedTempFile;

#[cfg(feature = "parquet")]
use super::columnar::Columnar;
use super::dataset;
use super::ledger::{Ledger, State, SurveyError, disk, other};
use super::row::{CITIES, CLAUSES, CRITERIA, FACTS, Row, Table, audited, clauses, criteria, facts, unaudited};
use crate::audit::kept;
use crate::audit::rejudged;
use crate::criteria::Scheme;
use crate::pack::Pack;
use crate::report::{Report, ReportError, csv::safe};

/// Criteria that the findings of a survey are held against anew.
#[derive(Clone, Copy)]
pub struct Rejudge<'a> {
    /// The criteria, the cities' own first.
    pub schemes: &'a [Scheme],
}

/// The tables of a survey while they are written.
pub struct Tables {
    into: PathBuf,
    cities: Files,
    criteria: Files,
    clauses: Files,
    facts: Files,
}

/// One table's files while they are written.
struct Files {
    table: &'static Table,
    rows: csv::Writer<BufWriter<NamedTempFile>>,
    lines: BufWriter<NamedTempFile>,
    #[cfg(feature = "parquet")]
    columns: Columnar,
    written: u64,
}

/// Writes the survey's tables into `into`, as CSV, as JSON Lines and in Parquet, with a data package and a code book beside
/// them; how many rows each has.
///
/// The rows come in the order of the cities' ids, whatever the order in which they were audited.
pub fn write(
    ledger: &Ledger,
    into: &Path,
    specs: &[&Spec],
    schemes: &[Scheme],
    rejudge: Option<Rejudge<'_>>,
) -> Result<Vec<(&'static str, u64)>, SurveyError> {
    let mut tables = Tables::begin(into)?;
    for city in &ledger.planned().cities {
        let state = ledger.state(&city.id);
        if state != State::Audited {
            let (name, links) = (&city.submission.city, city.submission.links.len());
            tables.cities.put([unaudited(&city.id, name, links, &state)])?;
            continue;
        }
        let path = ledger.pack(&city.id);
        let pack = Pack::open(&path)?;
        let mut report: Report = kept::report(&pack).map_err(|error| other(&path, error.to_string()))?;
        if let Some(Rejudge { schemes }) = rejudge {
            report = rejudged(report, schemes, specs);
        }
        tables.put(&city.id, &report)?;
    }
    let counts = tables.end()?;
    let package = dataset::package(ledger.planned(), schemes, &[&CITIES, &CRITERIA, &CLAUSES, &FACTS], &counts);
    place(into, "datapackage.json", &serde_json::to_vec_pretty(&package).map_err(ReportError::from)?)?;
    place(into, "codebook.csv", &dataset::codebook(specs, schemes)?)?;
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

impl Files {
    fn begin(into: &Path, table: &'static Table) -> Result<Self, SurveyError> {
        let new = || NamedTempFile::new_in(into).map_err(disk(into));
        let mut rows = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(BufWriter::new(new()?));
        rows.write_record(table.columns.iter().map(|column| column.0)).map_err(ReportError::from)?;
        Ok(Self {
            table,
            rows,
            lines: BufWriter::new(new()?),
            #[cfg(feature = "parquet")]
            columns: Columnar::begin(new()?, table)?,
            written: 0,
        })
    }

    fn put(&mut self, rows: impl IntoIterator<Item = Row>) -> Result<(), SurveyError> {
        for row in rows {
            self.rows.write_record(row.iter().map(cell)).map_err(ReportError::from)?;
            let mut line = serde_json::Serializer::new(&mut self.lines);
            let named = self.table.columns.iter().map(|column| column.0).zip(&row);
            line.collect_map(named.filter(|(_, value)| !value.is_null())).map_err(ReportError::from)?;
            self.lines.write_all(b"\n").map_err(ReportError::from)?;
            #[cfg(feature = "parquet")]
            self.columns.put(row)?;
            self.written += 1;
        }
        Ok(())
    }

    /// Puts the files where they belong; how many rows they have.
    fn end(self, into: &Path) -> Result<u64, SurveyError> {
        let place =
            |file: NamedTempFile, extension| persist(file, &into.join(format!("{}.{extension}", self.table.name)));
        let whole = |file: BufWriter<NamedTempFile>| file.into_inner().map_err(|error| disk(into)(error.into_error()));
        let rows = self.rows.into_inner().map_err(|error| disk(into)(error.into_error()))?;
        place(whole(rows)?, "csv")?;
        place(whole(self.lines)?, "jsonl")?;
        #[cfg(feature = "parquet")]
        place(self.columns.end()?, "parquet")?;
        Ok(self.written)
    }
}

/// A value as a cell, which no spreadsheet takes for a formula.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(words) => safe(words),
        other => other.to_string(),
    }
}

fn place(into: &Path, name: &str, content: &[u8]) -> Result<(), SurveyError> {
    let mut file = NamedTempFile::new_in(into).map_err(disk(into))?;
    file.write_all(content).map_err(disk(into))?;
    persist(file, &into.join(name))
}

/// Gives a finished file its name; it is for everyone that the folder lets in.
fn persist(file: NamedTempFile, path: &Path) -> Result<(), SurveyError> {
    file.as_file().set_permissions(fs::Permissions::from_mode(0o644)).map_err(disk(path))?;
    file.persist(path).map(drop).map_err(|error| disk(path)(error.error))
}
