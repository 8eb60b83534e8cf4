//! A report in the shape of libcoveocds', for those who compare or whose tooling reads it.
//!
//! Where that tool is known to be wrong, this does not follow it: `tests/it/ocds/differences.tsv` lists where, and why.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::report::{Additional, Problem, Report};
use super::tally::Kind;

/// The report; `package` is what was found of the same document taken for a package, whatever it is.
pub fn cove(package: &Report) -> Value {
    let records = package.records > 0 || package.forms.contains_key(&super::form::Form::RecordPackage);
    let structural: Vec<&Problem> = package.problems.iter().filter(|problem| problem.kind.is_structural()).collect();
    let additional: Vec<&Additional> = outermost(&package.additional);
    let version = match package.versions.keys().find(|version| !version.is_empty()).map(String::as_str) {
        Some("1.0") => "1.0",
        _ => "1.1",
    };
    // What is empty in the package itself is passed over there.
    let held = |path: &str| path.starts_with("releases/") || path.starts_with("records/");
    let empty: Vec<_> = package.empty.iter().filter(|(path, _)| held(path)).collect();
    let empties: u64 = empty.iter().map(|(_, count)| **count).sum();
    let empty: Vec<Value> = empty.iter().map(|(path, count)| json!({ "path": path, "count": count })).collect();
    json!({
        "file_type": "json",
        "version_used": version,
        "extensions": { "extensions": package.extensions },
        "validation_errors_count": package.structural(),
        "validation_errors": structural.iter().map(|problem| error(problem)).collect::<Vec<_>>(),
        "validation_errors_by_type": by_type(&structural),
        "additional_fields_count": additional.iter().map(|member| member.count).sum::<u64>(),
        "additional_fields": additional.iter().map(|member| json!({
            "path": rooted(&member.above), "field": member.name, "usage_count": member.count,
        })).collect::<Vec<_>>(),
        "all_additional_fields_count": package.additional.len(),
        "additional_closed_codelist_values": codes(package, true),
        "additional_open_codelist_values": codes(package, false),
        "deprecated_fields": package.deprecated,
        "additional_checks": { "empty_field": empty },
        "additional_checks_count": empties,
        "conformance_errors": {
            "ocds_prefixes_bad_format_count": package.without_prefix,
            "ocds_prefixes_bad_format": package.bad_prefixes,
        },
        if records { "records_aggregates" } else { "releases_aggregates" }: {
            "count": if records { package.records } else { package.releases },
            "unique_ocids_count": package.processes,
        },
    })
}

fn error(problem: &Problem) -> Value {
    let mut error = Map::new();
    error.insert("message_type".to_owned(), problem.kind.name().into());
    error.insert("path_no_number".to_owned(), problem.path.as_str().into());
    if let Kind::Required(field) = &problem.kind {
        error.insert("header".to_owned(), field.as_str().into());
    }
    error.insert("count".to_owned(), problem.count.into());
    let examples = problem.examples.iter().map(|example| {
        json!({ "path": example.pointer.trim_start_matches('/'), "value": example.value, "byte": example.byte, "line": example.line })
    });
    error.insert("values".to_owned(), examples.collect());
    error.into()
}

fn by_type(problems: &[&Problem]) -> BTreeMap<&'static str, u64> {
    problems.iter().fold(BTreeMap::new(), |mut types, problem| {
        *types.entry(problem.kind.name()).or_default() += problem.count;
        types
    })
}

fn codes(report: &Report, closed: bool) -> Value {
    let codes = report.codes.iter().filter(|codes| codes.closed == closed);
    codes
        .map(|codes| (codes.path.clone(), codes.values.iter().map(|value| python(value)).collect::<Value>()))
        .collect::<Map<_, _>>()
        .into()
}

/// A null among codes, as Python writes it.
fn python(value: &str) -> &str {
    if value == "null" { "None" } else { value }
}

fn rooted(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!("/{path}") }
}

/// Members that are listed: what looks like a field in a language is passed over, and so what is below it is not below
/// anything listed.
fn outermost(additional: &[Additional]) -> Vec<&Additional> {
    let listed = |member: &&Additional| !looks_like_a_language(&member.name);
    let full = |member: &Additional| rooted(&member.above) + "/" + &member.name;
    let all: BTreeSet<String> = additional.iter().filter(listed).map(full).collect();
    let below_another = |member: &Additional| {
        let mut above = rooted(&member.above);
        loop {
            if all.contains(&above) {
                return true;
            }
            match above.rfind('/') {
                Some(at) => above.truncate(at),
                None => return false,
            }
        }
    };
    additional.iter().filter(listed).filter(|member| !below_another(member)).collect()
}

/// Whether a name ends as the name of a field in a language does, whatever stands before.
fn looks_like_a_language(name: &str) -> bool {
    name.rsplit_once('_').is_some_and(|(_, tag)| {
        let mut parts = tag.split('-');
        let language = parts.next().unwrap_or_default();
        (2..=8).contains(&language.len())
            && language.bytes().all(|byte| byte.is_ascii_alphabetic())
            && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    })
}
