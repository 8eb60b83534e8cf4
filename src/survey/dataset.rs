//! A survey's tables described for others: a Frictionless data package, and a code book of every fact and clause.

use probes::spec::Spec;
use serde_json::{Value, json};

use super::ledger::{Planned, SurveyError};
use super::row::Table;
use crate::criteria::Scheme;
use crate::report::ReportError;
use crate::report::csv::safe;
use crate::report::model::SchemeRef;

/// How each table is written: as what, of which media type, and what its resource's name ends in.
const FORMS: &[(&str, &str, &str)] = &[
    ("csv", "text/csv", ""),
    ("jsonl", "application/jsonl", "-lines"),
    #[cfg(feature = "parquet")]
    ("parquet", "application/vnd.apache.parquet", "-columns"),
];

/// The tables, judged by `schemes`, as a data package (Frictionless, version 1): each in every form that it is written in, with its schema.
pub(super) fn package(planned: &Planned, schemes: &[Scheme], tables: &[&Table], counts: &[(&str, u64)]) -> Value {
    let resources: Vec<Value> = tables
        .iter()
        .flat_map(|table| {
            let rows = counts.iter().find(|(name, _)| *name == table.name).map_or(0, |(_, rows)| *rows);
            let fields: Vec<Value> = table
                .columns
                .iter()
                .map(|column| json!({ "name": column.0, "type": column.1, "description": column.2 }))
                .collect();
            FORMS.iter().map(move |(extension, media, suffix)| {
                json!({
                    "name": format!("{}{suffix}", table.name),
                    "path": format!("{}.{extension}", table.name),
                    "description": table.about,
                    "format": extension,
                    "mediatype": media,
                    "encoding": "utf-8",
                    "rows": rows,
                    "schema": { "fields": fields, "missingValues": [""] },
                })
            })
        })
        .collect();
    json!({
        "name": "survey",
        "title": format!("A survey of {} as of {}", counted(planned.cities.len()), planned.as_of),
        "version": env!("CARGO_PKG_VERSION"),
        "resources": resources,
        "criteria": schemes.iter().map(SchemeRef::of).collect::<Vec<_>>(),
        "as_of": planned.as_of,
    })
}

fn counted(cities: usize) -> String {
    if cities == 1 { "1 city".to_owned() } else { format!("{cities} cities") }
}

/// Every finding with its facts, and every clause, in words.
pub(super) fn codebook(specs: &[&Spec], schemes: &[Scheme]) -> Result<Vec<u8>, SurveyError> {
    let mut rows = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let mut put = |cells: [&str; 5]| rows.write_record(cells.map(safe)).map_err(ReportError::from);
    put(["kind", "of", "name", "type", "means"])?;
    for spec in specs {
        put(["probe", &spec.id, &spec.id, "", &spec.question])?;
        for (code, declared) in &spec.findings {
            put(["finding", &spec.id, code, crate::report::text::answer(declared.answer), &declared.means])?;
            for (fact, kind) in &declared.facts {
                put(["fact", &format!("{} {code}", spec.id), fact, &kind.to_string(), ""])?;
            }
        }
    }
    for scheme in schemes {
        for criterion in &scheme.criteria {
            let code = criterion.code.get_ref();
            put(["criterion", &scheme.file.id, code, "", &criterion.title])?;
            for clause in &criterion.clauses {
                put(["clause", code, clause.id.get_ref(), crate::report::text::kind(clause.kind), &clause.says])?;
            }
        }
    }
    rows.into_inner().map_err(|error| ReportError::from(error.into_error()).into())
}
