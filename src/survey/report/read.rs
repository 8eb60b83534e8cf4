//! The tables of a survey, read back.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::super::ledger::{SurveyError, disk, other};
use crate::report::ReportError;
use crate::report::model::SchemeRef;

/// The tables, and what the code book says of what is in them.
pub(super) struct Read {
    pub(super) package: Package,
    pub(super) cities: Vec<CityRow>,
    /// A row for each city and criterion.
    pub(super) criteria: Vec<StandingRow>,
    /// A row for each city and clause.
    pub(super) clauses: Vec<StandingRow>,
    pub(super) facts: Vec<FactRow>,
    /// The cities' names, by their ids.
    names: BTreeMap<String, String>,
    /// What is meant, by kind, what it is of, and name.
    means: BTreeMap<(String, String, String), String>,
    /// The cities whose own report lies beside the tables.
    pub(super) reported: BTreeSet<String>,
}

/// What the data package says of the whole.
#[derive(Deserialize)]
pub(super) struct Package {
    pub(super) title: String,
    pub(super) version: String,
    pub(super) as_of: String,
    pub(super) criteria: Vec<SchemeRef>,
}

#[derive(Deserialize)]
pub(super) struct CityRow {
    pub(super) city_id: String,
    pub(super) city: String,
    pub(super) state: String,
    #[serde(default)]
    pub(super) cause: String,
    pub(super) scheme: Option<String>,
    pub(super) points_sure: Option<f64>,
    pub(super) points_possible: Option<f64>,
    pub(super) probes_version: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct StandingRow {
    pub(super) city_id: String,
    pub(super) scheme: String,
    pub(super) criterion: String,
    #[serde(default)]
    pub(super) clause: String,
    pub(super) standing: String,
    #[serde(default)]
    pub(super) reason: String,
}

#[derive(Deserialize)]
pub(super) struct FactRow {
    pub(super) city_id: String,
    pub(super) url: Option<String>,
    pub(super) probe: String,
    pub(super) code: String,
    pub(super) answer: String,
    pub(super) finding: String,
    pub(super) fact: Option<String>,
    #[serde(rename = "type", default)]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) value: String,
    pub(super) number: Option<f64>,
    pub(super) n: Option<u64>,
    pub(super) low: Option<f64>,
    pub(super) high: Option<f64>,
}

impl Read {
    pub(super) fn from(folder: &Path) -> Result<Self, SurveyError> {
        let path = folder.join("datapackage.json");
        let package = fs::read(&path).map_err(disk(&path))?;
        let package =
            serde_json::from_slice(&package).map_err(|error| other(&path, format!("is no survey's: {error}")))?;
        let cities: Vec<CityRow> = lines(folder, "cities")?;
        let mut facts: Vec<FactRow> = Vec::new();
        each(folder, "facts", |row: FactRow| {
            // Lists and tables are shown in the cities' own reports.
            let value = if matches!(&*row.kind, "list" | "table") { String::new() } else { row.value };
            facts.push(FactRow { value, ..row });
        })?;
        let reported = cities
            .iter()
            .filter(|city| folder.join("cities").join(&city.city_id).join("report.html").exists())
            .map(|city| city.city_id.clone())
            .collect();
        let names = cities.iter().map(|city| (city.city_id.clone(), city.city.clone())).collect();
        Ok(Self {
            package,
            cities,
            names,
            criteria: lines(folder, "criteria")?,
            clauses: lines(folder, "clauses")?,
            facts,
            means: means(&folder.join("codebook.csv"))?,
            reported,
        })
    }

    /// A city's name, as it was given.
    pub(super) fn name(&self, id: &str) -> String {
        self.names.get(id).map_or_else(|| id.to_owned(), Clone::clone)
    }

    /// What the code book says of a name; the name itself where it says nothing.
    pub(super) fn means(&self, kind: &str, of: &str, name: &str) -> String {
        let key = (kind.to_owned(), of.to_owned(), name.to_owned());
        self.means.get(&key).cloned().unwrap_or_else(|| name.to_owned())
    }

    /// The cities of one scheme's rows, or all that have no scheme since they were not audited.
    pub(super) fn audited<'a>(&'a self, scheme: &'a str) -> impl Iterator<Item = &'a CityRow> {
        self.cities.iter().filter(move |city| city.scheme.as_deref() == Some(scheme))
    }
}

fn lines<R: DeserializeOwned>(folder: &Path, table: &str) -> Result<Vec<R>, SurveyError> {
    let mut rows = Vec::new();
    each(folder, table, |row| rows.push(row))?;
    Ok(rows)
}

fn each<R: DeserializeOwned>(folder: &Path, table: &str, mut take: impl FnMut(R)) -> Result<(), SurveyError> {
    let path = folder.join(format!("{table}.jsonl"));
    for (at, line) in BufReader::new(File::open(&path).map_err(disk(&path))?).lines().enumerate() {
        let line = line.map_err(disk(&path))?;
        let row = serde_json::from_str(&line).map_err(|error| other(&path, format!("line {}: {error}", at + 1)))?;
        take(row);
    }
    Ok(())
}

fn means(path: &Path) -> Result<BTreeMap<(String, String, String), String>, SurveyError> {
    let mut rows = csv::Reader::from_path(path).map_err(ReportError::from)?;
    let mut means = BTreeMap::new();
    for row in rows.deserialize() {
        let (kind, of, name, _, says): (String, String, String, String, String) = row.map_err(ReportError::from)?;
        means.insert((kind, of, name), says);
    }
    Ok(means)
}
