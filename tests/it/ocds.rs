//! Contracting data against what libcoveocds says of the same files, where its results are at hand.

mod mutated;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use probes::body::Body;
use probes::ocds::form::Form;
use probes::ocds::report::Report;
use probes::ocds::schema::Standard;
use probes::ocds::{self, cove};
use probes::rows::Held;
use serde_json::Value;

/// Where this and libcoveocds differ, file by file and measure by measure, and why.
const DIFFERENCES: &str = include_str!("ocds/differences.tsv");

#[expect(clippy::print_stderr, reason = "there is no other way out of a test that passes")]
fn note(words: &str) {
    eprintln!("{words}");
}

fn results() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let path = std::env::var_os("TICKMARK_SHARED").map_or_else(beside, PathBuf::from).join("data/ocds");
    if !path.exists() {
        note(&format!("skipped: {} is not here; set TICKMARK_SHARED to where the results are", path.display()));
        return None;
    }
    Some(path)
}

fn json(path: &Path) -> Value {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&bytes).unwrap()
}

/// What is compared, by name: ours and theirs.
fn measures(ours: &Value, theirs: &Value) -> BTreeMap<&'static str, (Value, Value)> {
    let triples = |list: &Value, names: [&str; 3]| -> BTreeSet<String> {
        let entries = list.as_array().map(Vec::as_slice).unwrap_or_default().iter();
        entries.map(|entry| names.map(|name| entry[name].to_string()).join(" ")).collect()
    };
    let indexed = |list: &Value| -> BTreeSet<String> {
        let entries = list.as_array().map(Vec::as_slice).unwrap_or_default().iter();
        entries.map(|entry| [0, 1, 2].map(|at| entry[at].to_string()).join(" ")).collect()
    };
    let sets = |codes: &Value| -> BTreeMap<String, BTreeSet<String>> {
        let codes = codes.as_object().cloned().unwrap_or_default();
        let values = |list: Value| list.as_array().map(|list| list.iter().map(ToString::to_string).collect());
        codes.into_iter().map(|(path, list)| (path, values(list).unwrap_or_default())).collect()
    };
    let aggregates = if ours["records_aggregates"].is_null() { "releases_aggregates" } else { "records_aggregates" };
    let json = |value| serde_json::to_value(value).unwrap();
    let json_of = |value: BTreeMap<String, BTreeSet<String>>| serde_json::to_value(value).unwrap();
    BTreeMap::from([
        ("errors", (ours["validation_errors_by_type"].clone(), theirs["validation_by_type"].clone())),
        ("errors_count", (ours["validation_errors_count"].clone(), theirs["n_validation_errors"].clone())),
        (
            "additional",
            (
                json(triples(&ours["additional_fields"], ["path", "field", "usage_count"])),
                json(indexed(&theirs["additional_fields"])),
            ),
        ),
        (
            "closed",
            (json_of(sets(&ours["additional_closed_codelist_values"])), json_of(sets(&theirs["closed_codelist"]))),
        ),
        ("open", (json_of(sets(&ours["additional_open_codelist_values"])), json_of(sets(&theirs["open_codelist"])))),
        ("empty", (ours["additional_checks_count"].clone(), theirs["empty_fields"].clone())),
        ("count", (ours[aggregates]["count"].clone(), theirs["count"].clone())),
        ("processes", (ours[aggregates]["unique_ocids_count"].clone(), theirs["unique_ocids"].clone())),
    ])
}

#[test]
fn errors_codes_and_fields_are_those_that_libcoveocds_finds() {
    let Some(root) = results() else { return };
    let expected = std::fs::read_to_string(root.join("expected.tsv")).unwrap();
    let differences: BTreeSet<(&str, &str)> = DIFFERENCES
        .lines()
        .skip(1)
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .map(|columns| (columns[0], columns[1]))
        .collect();
    let (mut files, mut wrong, mut same) = (0, Vec::new(), BTreeMap::<&str, usize>::new());
    let mut seen = BTreeSet::new();
    for file in expected.lines().skip(1).filter_map(|line| line.split('\t').next()) {
        let theirs = json(&root.join("expected").join(file.replace('/', "_")));
        if !theirs["error"].is_null() {
            continue;
        }
        files += 1;
        let bytes = std::fs::read(root.join(file)).unwrap();
        let ours = cove::cove(&ocds::read(&Body::in_memory(bytes), Standard::bundled(), true).unwrap());
        for (measure, (ours, theirs)) in measures(&ours, &theirs) {
            if ours == theirs {
                *same.entry(measure).or_default() += 1;
            } else if differences.contains(&(file, measure)) {
                seen.insert((file, measure));
            } else {
                wrong.push(format!("{file}: {measure}: {ours}, expected {theirs}"));
            }
        }
    }
    note(&format!("{files} files; the same: {same:?}; different for a reason: {}", seen.len()));
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert_eq!(seen, differences, "a difference that is gone is to be struck off the list");
}

#[test]
fn dates_and_addresses_are_told_as_the_standard_has_them() {
    let Some(root) = results() else { return };
    let cases = json(&root.join("format_edge_cases.json"));
    let mut wrong = Vec::new();
    for (format, field) in [("date-time", "dateSigned"), ("uri", "url")] {
        for (text, right) in cases[format].as_object().unwrap() {
            // A newline behind the value is a fault of the peer's patterns: by both standards it is wrong.
            if text.ends_with('\n') {
                continue;
            }
            let value = serde_json::to_string(text).unwrap();
            let contract = match field {
                "url" => format!(r#"{{"id":"1","awardID":"1","documents":[{{"id":"1","url":{value}}}]}}"#),
                _ => format!(r#"{{"id":"1","awardID":"1","{field}":{value}}}"#),
            };
            let release = format!(
                r#"{{"ocid":"ocds-abc123-1","id":"1","date":"2026-01-01T00:00:00Z","tag":["contract"],"initiationType":"tender","contracts":[{contract}]}}"#
            );
            let report = ocds::read(&Body::in_memory(release.into_bytes()), Standard::bundled(), false).unwrap();
            if (report.structural() == 0) != right.as_bool().unwrap() {
                wrong.push(format!("{format}: {text:?} should be {right}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_file_is_told_by_its_form() {
    let Some(root) = results() else { return };
    let manifest = std::fs::read_to_string(root.join("manifest.tsv")).unwrap();
    let (mut files, mut wrong) = (BTreeMap::<&str, usize>::new(), Vec::new());
    for columns in manifest.lines().skip(1).map(|line| line.split('\t').collect::<Vec<_>>()) {
        let (file, kind, count) = (columns[0], columns[2], columns[3].parse::<u64>().unwrap());
        let bytes = std::fs::read(root.join(file)).unwrap();
        let report = ocds::read(&Body::in_memory(bytes), Standard::bundled(), false).unwrap();
        let packages = |form| report.forms.get(&form).copied().unwrap_or_default();
        let right = match kind {
            // Some that are called so are a list without a word of who published it.
            "release-package" => {
                let whole = packages(Form::ReleasePackage) == 1 || packages(Form::Releases) == count;
                whole && report.releases == count
            }
            "record-package" => packages(Form::RecordPackage) == 1 && report.records == count,
            "release" | "jsonl" => packages(Form::Releases) == count && report.releases == count,
            "record-bare" => packages(Form::Records) == 1 && report.records == 1,
            "array" => report.releases == count,
            "invalid-json" => report.broken + report.undecoded > 0,
            "other" => report.releases + report.records + report.broken == 0,
            kind => panic!("{file} is of the kind {kind}"),
        };
        *files.entry(kind).or_default() += 1;
        if !right {
            let Report { forms, releases, records, broken, undecoded, .. } = report;
            wrong.push(format!(
                "{file}: {kind} of {count}: {forms:?}, {releases} releases, {records} records, {broken} broken, {undecoded} undecoded"
            ));
        }
    }
    note(&format!("files by kind: {files:?}"));
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn flattened_releases_say_what_the_releases_say() {
    let Some(root) = results() else { return };
    for (folder, whole) in [
        ("co_cce_100", "real/co_cce_100.json"),
        ("pt_impic", "real/pt_impic.json"),
        ("pt_spoonbill", "real/pt_impic.json"),
        ("uk_cf_flatterer/csv", "real/uk_cf_singles.json"),
    ] {
        let mut tables = Vec::new();
        let mut names: Vec<_> =
            std::fs::read_dir(root.join("flat").join(folder)).unwrap().map(|f| f.unwrap().path()).collect();
        names.sort();
        for path in names.iter().filter(|path| path.extension().is_some_and(|ending| ending == "csv")) {
            let body = Body::in_memory(std::fs::read(path).unwrap());
            tables.extend(Held::of_text(&path.file_stem().unwrap().to_string_lossy(), &body, None).ok());
        }
        let flat = ocds::read_tables(&tables, Standard::bundled()).unwrap_or_else(|| panic!("{folder} is flat"));
        let whole = std::fs::read(root.join(whole)).unwrap();
        let whole = ocds::read(&Body::in_memory(whole), Standard::bundled(), false).unwrap();
        let kinds = |report: &Report| {
            report
                .problems
                .iter()
                .map(|problem| (problem.kind.name().to_owned(), problem.path.clone(), problem.count))
                .collect::<BTreeSet<_>>()
        };
        note(&format!(
            "{folder}: {} releases of {} processes; JSON: {} of {}",
            flat.releases, flat.processes, whole.releases, whole.processes
        ));
        note(&format!("  only flat: {:?}", kinds(&flat).difference(&kinds(&whole)).collect::<Vec<_>>()));
        assert!(flat.releases <= whole.releases, "{folder}");
        assert_eq!(flat.processes, whole.processes, "{folder}");
    }
}
