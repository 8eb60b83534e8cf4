//! `report.json`: the report as it is, for programs; `report.schema.json` beside this file describes it.

use std::io::Write;

use super::{Report, ReportError, View};

/// The JSON Schema (2020-12) of `report.json`.
pub const SCHEMA: &str = include_str!("report.schema.json");

/// Writes `report.json`.
pub fn write(report: &Report, _: &View<'_>, out: &mut dyn Write) -> Result<(), ReportError> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    Ok(writeln!(out)?)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::sample;
    use super::*;

    fn written() -> Value {
        let mut bytes = Vec::new();
        sample::with(|report, view| write(report, view, &mut bytes).unwrap());
        assert!(bytes.ends_with(b"}\n"));
        serde_json::from_slice(&bytes).unwrap()
    }

    #[test]
    fn a_report_follows_its_schema_and_a_broken_one_does_not() {
        let schema = jsonschema::validator_for(&serde_json::from_str(SCHEMA).unwrap()).unwrap();
        let report = written();
        let errors: Vec<String> = schema.iter_errors(&report).map(|e| format!("{} {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        for (pointer, wrong) in [
            ("/verdicts/0/standing", json!("no")),
            ("/captures/0/sha256", json!("ABC")),
            ("/findings/0/evidence/0/locus", json!({"page": 3})),
            ("/standing", json!({"score": 61})),
            ("/robots", json!("often")),
            ("/further/0/standing/score/points", json!({ "low": 30 })),
            ("/further/0/verdicts/0/clauses/0/points", json!(30)),
        ] {
            let mut broken = report.clone();
            *broken.pointer_mut(pointer).unwrap() = wrong;
            assert!(!schema.is_valid(&broken), "{pointer}");
        }
        let mut more = report;
        more["score"] = json!(61);
        assert!(!schema.is_valid(&more));
    }

    #[test]
    fn every_property_is_described() {
        fn undescribed(at: &str, schema: &Value, found: &mut Vec<String>) {
            if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
                for (name, property) in properties {
                    let place = format!("{at}/{name}");
                    if property.get("description").is_none() {
                        found.push(place.clone());
                    }
                    undescribed(&place, property, found);
                }
            }
        }
        let schema: Value = serde_json::from_str(SCHEMA).unwrap();
        let mut found = Vec::new();
        undescribed("", &schema, &mut found);
        for (name, definition) in schema["$defs"].as_object().unwrap() {
            undescribed(name, definition, &mut found);
        }
        assert!(found.is_empty(), "{found:#?}");
    }
}
