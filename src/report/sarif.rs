//! SARIF 2.1.0: a scheme is a run, a clause a rule, and what is not met or needs review a result, for code-scanning dashboards.

use std::io::Write;

use probes::capture::short_hash;
use serde_json::{Value, json};

use super::model::ByScheme;
use super::text::visible;
use super::{Report, ReportError, View};
use crate::criteria::verdict::{ClauseVerdict, Shows, Standing, Verdict};

/// Writes the report as SARIF.
pub fn write(report: &Report, view: &View<'_>, out: &mut dyn Write) -> Result<(), ReportError> {
    let log = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": report.by_scheme().map(|by| run(report, by, view)).collect::<Vec<_>>(),
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    Ok(writeln!(out)?)
}

fn run(report: &Report, by: ByScheme<'_>, view: &View<'_>) -> Value {
    let clauses = || by.verdicts.iter().flat_map(|verdict| verdict.clauses.iter().map(move |c| (verdict, c)));
    let rules: Vec<Value> = clauses().map(|(verdict, clause)| rule(verdict, clause)).collect();
    let of = &by.scheme.id;
    let results: Vec<Value> =
        clauses().enumerate().filter_map(|(index, (_, clause))| result(report, of, view, index, clause)).collect();
    json!({
        "tool": { "driver": {
            "name": report.tool.name,
            "semanticVersion": report.tool.version,
            "rules": rules,
        }},
        "automationDetails": { "id": format!("{}/{of}/", report.tool.name) },
        "columnKind": "unicodeCodePoints",
        "results": results,
    })
}

fn rule(verdict: &Verdict, clause: &ClauseVerdict) -> Value {
    let mut help = vec![clause.says.clone()];
    help.extend(clause.asks.iter().map(|question| format!("For a person to judge: {question}")));
    help.extend(clause.advice.iter().map(|advice| format!("What to do: {advice}")));
    json!({
        "id": clause.id,
        "name": visible(&format!("{} {}", verdict.code, verdict.title)),
        "shortDescription": { "text": visible(&clause.says) },
        "fullDescription": { "text": visible(&clause.says) },
        "help": { "text": visible(&help.join("\n\n")) },
        "defaultConfiguration": { "level": "error" },
        "properties": { "tags": [visible(&verdict.category), verdict.code] },
    })
}

fn result(report: &Report, of: &str, view: &View<'_>, index: usize, clause: &ClauseVerdict) -> Option<Value> {
    let (level, concerns): (_, fn(Shows) -> bool) = match clause.standing {
        Standing::NotMet => ("error", |shows| shows == Shows::No),
        Standing::NeedsReview => ("note", |shows| shows == Shows::Unsure),
        Standing::Met | Standing::NothingOffered => return None,
    };
    let mut text = vec![clause.reason.clone()];
    text.extend(clause.findings.iter().filter_map(|id| view.finding(id)).map(|finding| view.sentence(finding)));
    let link = |number: usize| report.submission.links.get(number.checked_sub(1)?);
    let mut locations: Vec<&str> = clause
        .links
        .iter()
        .filter(|shown| concerns(shown.shows))
        .filter_map(|shown| link(shown.link))
        .map(|link| link.url.as_str())
        .collect();
    locations.dedup();
    let fingerprint = format!("{of}\n{}\n{}", clause.id, report.submission.city);
    Some(json!({
        "ruleId": clause.id,
        "ruleIndex": index,
        "level": level,
        "message": { "text": message(&text.join("\n")) },
        "locations": locations
            .iter()
            .map(|url| json!({ "physicalLocation": { "artifactLocation": { "uri": url } } }))
            .collect::<Vec<_>>(),
        "partialFingerprints": { "clauseOfCity/v1": short_hash(fingerprint.as_bytes()) },
        "properties": { "standing": clause.standing, "findings": clause.findings },
    }))
}

/// A plain-text message in which nothing is taken for an embedded link (SARIF 3.11.6).
fn message(text: &str) -> String {
    visible(text).replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn what_is_open_is_a_result() {
        let mut bytes = Vec::new();
        sample::with(|report, view| write(report, view, &mut bytes).unwrap());
        let log: Value = serde_json::from_slice(&bytes).unwrap();
        let run = &log["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        let results = run["results"].as_array().unwrap();
        assert_eq!((rules.len(), results.len()), (6, 4));
        for result in results {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index]["id"], result["ruleId"]);
            assert!(matches!(result["level"].as_str(), Some("error" | "note")));
        }
        let further = &log["runs"][1];
        assert_eq!(further["automationDetails"]["id"], "tickmark/scored/");
        assert_eq!(further["results"].as_array().unwrap().len(), 2);
        assert!(results.iter().any(|r| r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].is_string()));
        assert_eq!(message("[a](javascript:b)"), "\\[a\\](javascript:b)");
    }
}
