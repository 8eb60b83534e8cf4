//! What a sealed pack holds of its run beside the captures.

use std::collections::BTreeMap;

use super::Plan;
use crate::report::{Report, ReportError, View, json};

/// The files of each scheme within a pack, so that it can be judged again by the same.
pub const CRITERIA: &str = "criteria.json";

/// The run's submission, findings, verdicts, report and criteria, by their names in the pack.
pub fn extras(plan: &Plan<'_>, report: &Report) -> Result<BTreeMap<String, Vec<u8>>, ReportError> {
    let mut whole = Vec::new();
    let files: Vec<_> = plan.schemes.iter().map(|scheme| &scheme.files).collect();
    json::write(report, &View::of(report, plan.specs()), &mut whole)?;
    Ok(BTreeMap::from([
        ("submission.json".to_owned(), serde_json::to_vec_pretty(&report.submission)?),
        ("findings.json".to_owned(), serde_json::to_vec_pretty(&report.findings)?),
        ("verdicts.json".to_owned(), serde_json::to_vec_pretty(&report.verdicts)?),
        ("report.json".to_owned(), whole),
        (CRITERIA.to_owned(), serde_json::to_vec_pretty(&files)?),
    ]))
}
