//! The report as every format sees it; `report.json` is this, written out.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use probes::capture::{Cut, Failure, Recognised, Rendering, Request};
use probes::finding::Finding;
use serde::{Deserialize, Deserializer, Serialize};
use url::Url;

pub use crate::criteria::verdict::{Fix, Summary};
pub use crate::pack::Place;
pub use crate::pack::exchange::Robots;

use crate::criteria::verdict::Verdict;
use crate::criteria::{Measured, Scheme};
use crate::submission::Submission;

/// One audit of one city at one time.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Which program said so.
    pub tool: Tool,
    /// By which criteria.
    pub scheme: SchemeRef,
    /// About what.
    pub submission: Submission,
    /// The date the audit speaks of.
    pub as_of: Date,
    /// Whether robots.txt was obeyed for submitted links and documented APIs too; not known of another tool's pack.
    pub robots: Option<Robots>,
    /// The result in figures.
    pub standing: Summary,
    /// What to do first: the fixes that would move most clauses, best first.
    pub first: Vec<Fix>,
    /// Every criterion, in the scheme's order.
    pub verdicts: Vec<Verdict>,
    /// How often the leads of its clauses were right where people had labelled documents, by clause.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub measured: BTreeMap<String, Measured>,
    /// The same findings held against further schemes.
    #[serde(default)]
    pub further: Vec<Judged>,
    /// Every finding, in report order.
    #[serde(deserialize_with = "declared")]
    pub findings: Vec<Finding>,
    /// Every capture, in order of id.
    pub captures: Vec<CaptureRow>,
}

/// The findings held against a further scheme.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judged {
    /// By which criteria.
    pub scheme: SchemeRef,
    /// The result in figures.
    pub standing: Summary,
    /// What to do first.
    pub first: Vec<Fix>,
    /// Every criterion, in the scheme's order.
    pub verdicts: Vec<Verdict>,
    /// How often the leads of its clauses were right where people had labelled documents, by clause.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub measured: BTreeMap<String, Measured>,
}

/// The findings held against any one of a report's schemes.
#[derive(Clone, Copy, Debug)]
pub struct ByScheme<'a> {
    /// By which criteria.
    pub scheme: &'a SchemeRef,
    /// The result in figures.
    pub standing: &'a Summary,
    /// What to do first.
    pub first: &'a [Fix],
    /// Every criterion, in the scheme's order.
    pub verdicts: &'a [Verdict],
    /// How often the leads of its clauses were right, by clause.
    pub measured: &'a BTreeMap<String, Measured>,
}

impl Report {
    /// The findings held against each scheme, the submission's own first.
    pub fn by_scheme(&self) -> impl Iterator<Item = ByScheme<'_>> {
        let own = ByScheme {
            scheme: &self.scheme,
            standing: &self.standing,
            first: &self.first,
            verdicts: &self.verdicts,
            measured: &self.measured,
        };
        let further = self.further.iter().map(|judged| ByScheme {
            scheme: &judged.scheme,
            standing: &judged.standing,
            first: &judged.first,
            verdicts: &judged.verdicts,
            measured: &judged.measured,
        });
        std::iter::once(own).chain(further)
    }
}

/// Findings as the probes known here declare them.
fn declared<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Finding>, D::Error> {
    let read = |value: &serde_json::Value| {
        let probe = value["probe"].as_str().unwrap_or_default();
        let known = probes::ALL.iter().map(|probe| probe.spec()).find(|spec| spec.id == probe);
        known.ok_or_else(|| format!("there is no probe {probe:?}"))?.read(value)
    };
    let values = Vec::<serde_json::Value>::deserialize(from)?;
    values.iter().map(|value| read(value).map_err(serde::de::Error::custom)).collect()
}

/// Which program made a report.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// `tickmark`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// Which criteria a report was made by.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchemeRef {
    /// The scheme's folder name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// SHA-256 over all its files: which words and thresholds exactly.
    pub sha256: String,
}

impl SchemeRef {
    /// These very criteria.
    pub fn of(scheme: &Scheme) -> Self {
        Self { id: scheme.file.id.clone(), title: scheme.file.title.clone(), sha256: scheme.sha256.clone() }
    }
}

/// A capture as the report lists it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaptureRow {
    /// The capture's id.
    pub id: String,
    /// The URL asked.
    pub url: Url,
    /// The method used.
    pub method: String,
    /// The request as a probe made it.
    pub request: Request,
    /// The URL that answered.
    pub final_url: Option<Url>,
    /// The status it answered with.
    pub status: Option<u16>,
    /// Why nothing answered.
    pub failure: Option<Failure>,
    /// When it was fetched.
    pub fetched_at: Timestamp,
    /// SHA-256 of the body as sent.
    pub sha256: Option<String>,
    /// Its length in bytes.
    pub bytes: Option<u64>,
    /// Why the body is not whole.
    pub cut: Option<Cut>,
    /// The declared media type.
    pub media_type: Option<String>,
    /// Where the final answer's record lies in the pack's WARC.
    pub warc: Option<Place>,
    /// What a browser made of a page, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rendering: Option<Rendering>,
    /// The pages that text recognition read, where it read some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recognised: Option<Recognised>,
}
