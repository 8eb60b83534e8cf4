//! Clauses that other probes than `passages` decide: an audit as a city would have it, held against the labels.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::figures::Figures;

/// A label of a clause without a topic.
pub(crate) struct Label {
    pub(crate) clause: String,
    /// What readers say, the likeliest first.
    pub(crate) fair: [String; 2],
    pub(crate) as_of: String,
}

/// The day of audits whose label names none.
const AS_OF: &str = "2026-11-01";

/// Audits `document` for every clause of `labels`, and holds what came of it against them.
pub(crate) fn measure(
    document: &Path,
    labels: &[Label],
    deciders: &BTreeMap<String, BTreeSet<String>>,
    figures: &mut Figures,
) -> Result<(), String> {
    let name = document.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut reports: BTreeMap<&str, Value> = BTreeMap::new();
    for label in labels {
        let as_of = if label.as_of.is_empty() { AS_OF } else { &label.as_of };
        if let Entry::Vacant(audited) = reports.entry(as_of) {
            audited.insert(audit(document, &name, labels, as_of)?);
        }
        let report = &reports[as_of];
        let clauses = report["verdicts"].as_array().into_iter().flatten();
        let mut clauses = clauses.flat_map(|verdict| verdict["clauses"].as_array().into_iter().flatten());
        let Some(clause) = clauses.find(|clause| clause["id"] == label.clause.as_str()) else {
            return Err(format!("{name}: the report has no clause {}", label.clause));
        };
        let link = &clause["links"][0];
        let given = match link["shows"].as_str() {
            Some("yes") => "met",
            Some("no") => "absent",
            _ => "open",
        };
        let [truth, other] = &label.fair;
        let fair = |answer: &str| truth == answer || other == answer;
        let of = deciders.get(&label.clause).cloned().unwrap_or_default();
        for probe in spoke(report, link, &of) {
            figures.probes.entry(probe).or_default().add(if fair(given) { given } else { truth }, given);
        }
        if given != "open" && !fair(given) {
            let reason = link["reason"].as_str().unwrap_or_default();
            figures.miss(&label.clause, &name, truth, given, reason, "", "");
        }
    }
    Ok(())
}

/// The probes that spoke on a link, of those that decide its clause; all of these where none did.
fn spoke(report: &Value, link: &Value, of: &BTreeSet<String>) -> BTreeSet<String> {
    let findings: BTreeSet<&str> =
        link["findings"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let probes = report["findings"].as_array().into_iter().flatten();
    let spoke: BTreeSet<String> = probes
        .filter(|finding| finding["id"].as_str().is_some_and(|id| findings.contains(id)))
        .filter_map(|finding| finding["probe"].as_str().map(str::to_owned))
        .filter(|probe| of.contains(probe))
        .collect();
    if spoke.is_empty() { of.clone() } else { spoke }
}

/// The report of an audit of `document`, offered for every clause of `labels`.
fn audit(document: &Path, name: &str, labels: &[Label], as_of: &str) -> Result<Value, String> {
    let problem = |error: std::io::Error| format!("{name}: {error}");
    let place = tempfile::tempdir().map_err(problem)?;
    fs::copy(document, place.path().join(name)).map_err(problem)?;
    let mut rows = "criterion,url\n".to_owned();
    for label in labels {
        rows.extend([label.clause.as_str(), ",", name, "\n"]);
    }
    fs::write(place.path().join("submission.csv"), rows).map_err(problem)?;
    let run = Command::new(env!("CARGO_BIN_EXE_tickmark"))
        .args(["audit", "submission.csv", "--city", "Example", "--out", "out", "--as-of", as_of])
        // What a document links to is not looked at patiently: it is measured alone.
        .args(["--second-look", "0.1", "--backoff", "0.05", "--timeout", "5", "--no-render"])
        .current_dir(place.path())
        .output()
        .map_err(problem)?;
    let report = fs::read(place.path().join("out/report.json"))
        .map_err(|_| format!("{name}: no report: {}", String::from_utf8_lossy(&run.stderr)))?;
    serde_json::from_slice(&report).map_err(|error| format!("{name}: {error}"))
}
