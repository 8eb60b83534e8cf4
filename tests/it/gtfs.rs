//! Transit feeds: one fault each in a clean feed, and real and malformed feeds against the canonical validator.

use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use probes::body::Body;
use probes::capture::Reader as _;
use probes::gtfs::documented;
use probes::gtfs::report::Report;
use probes::gtfs::{Gtfs, Options};
use serde::Deserialize;
use zip::write::SimpleFileOptions;

type Totals = BTreeMap<String, u64>;
type Files = BTreeMap<String, Vec<u8>>;

/// What no feed that can be kept here raises, and why.
const UNRAISED: &[(&str, &str)] = &[("too_many_rows", "it takes a thousand million rows")];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Faults {
    faults: Vec<Fault>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    code: String,
    #[serde(default)]
    country: Option<String>,
    changes: Vec<Vec<String>>,
    finds: Totals,
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/gtfs")
}

fn clean() -> Files {
    let entries = std::fs::read_dir(fixtures().join("clean")).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(path).unwrap())).collect()
}

fn zipped(files: &Files) -> Body {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    Body::in_memory(writer.finish().unwrap().into_inner())
}

fn report(body: &Body, options: &Options) -> Result<Report, String> {
    let form = Gtfs.read_told(body, &serde_json::to_string(options).unwrap())?;
    Ok(serde_json::from_value(form).unwrap())
}

/// What the canonical validator would find, too.
fn totals(report: &Report, date: Date) -> Totals {
    let mut totals = Totals::new();
    for told in report.on(date).into_iter().filter(|told| !told.beyond) {
        *totals.entry(told.code).or_default() += told.total;
    }
    totals
}

/// Text as it is written in the fixture: a byte that is no text, and a cell that is too long.
fn bytes(written: &str) -> Vec<u8> {
    let long = written.replace("{4100 times x}", &"x".repeat(4100));
    match long.split_once("\\xff") {
        Some((before, after)) => [before.as_bytes(), b"\xff", after.as_bytes()].concat(),
        None => long.into_bytes(),
    }
}

fn change(files: &mut Files, change: &[String]) {
    let words: Vec<&str> = change.iter().map(String::as_str).collect();
    match words[..] {
        [file, "drop"] => drop(files.remove(file)),
        [file, "write", text] => drop(files.insert(file.to_owned(), bytes(text))),
        [file, "append", rows] => files.get_mut(file).unwrap().extend(bytes(rows)),
        [file, "replace", old, new] => {
            let text = files.get_mut(file).unwrap();
            let at = text.windows(old.len()).position(|window| window == old.as_bytes());
            let at = at.unwrap_or_else(|| panic!("{file} has no {old:?}"));
            text.splice(at..at + old.len(), bytes(new));
        }
        [file, "swap", a, b] => {
            let text = String::from_utf8(files[file].clone()).unwrap();
            let mut lines: Vec<&str> = text.split('\n').collect();
            lines.swap(a.parse().unwrap(), b.parse().unwrap());
            files.insert(file.to_owned(), lines.join("\n").into_bytes());
        }
        _ => panic!("{words:?} is no change"),
    }
}

#[test]
fn every_rule_finds_its_fault_and_a_clean_feed_has_none() {
    let date: Date = "2026-06-01".parse().unwrap();
    let faults = std::fs::read_to_string(fixtures().join("faults.toml")).unwrap();
    let faults: Faults = toml::from_str(&faults).unwrap();
    assert_eq!(totals(&report(&zipped(&clean()), &Options::default()).unwrap(), date), Totals::new());
    let mut wrong = Vec::new();
    for fault in &faults.faults {
        let mut files = clean();
        fault.changes.iter().for_each(|one| change(&mut files, one));
        let options = Options { country: fault.country.clone(), ..Options::default() };
        let found = totals(&report(&zipped(&files), &options).unwrap(), date);
        if found != fault.finds || !found.contains_key(&fault.code) {
            wrong.push(format!("{}: found {found:?}, not {:?}", fault.code, fault.finds));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let raised = |code: &str| faults.faults.iter().any(|fault| fault.code == code);
    let left: Vec<&str> = documented::all().filter(|(_, rule)| !rule.extra).map(|(code, _)| code).collect();
    let left: Vec<&str> = left.into_iter().filter(|code| !raised(code)).collect();
    assert_eq!(left, UNRAISED.iter().map(|(code, _)| *code).collect::<Vec<_>>());
}

/// Where feeds and what the canonical validator found in them are at hand, all totals are equal.
#[test]
fn real_and_malformed_feeds_come_out_as_elsewhere() {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let shared = std::env::var_os("TICKMARK_SHARED").map_or_else(beside, PathBuf::from).join("data/gtfs");
    let Ok(text) = std::fs::read_to_string(shared.join("expected.tsv")) else {
        super::whole::note(&format!("skipped: no feeds in {}; set TICKMARK_SHARED", shared.display()));
        return;
    };
    let mut expected: BTreeMap<&str, Totals> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let totals = expected.entry(columns[0]).or_default();
        if columns[1] != "(none)" {
            totals.insert(columns[1].to_owned(), columns[3].parse().unwrap());
        }
    }
    let date: Date = "2026-11-23".parse().unwrap();
    let mut wrong = Vec::new();
    for (feed, expected) in &expected {
        let path = shared.join(format!("{feed}.zip"));
        let body = Body::in_memory(std::fs::read(path).unwrap());
        // What is no archive has no notices there either.
        let found = report(&body, &Options::default()).map_or_else(|_| Totals::new(), |report| totals(&report, date));
        let codes = found.keys().chain(expected.keys()).collect::<std::collections::BTreeSet<_>>();
        for code in codes.into_iter().filter(|code| found.get(*code) != expected.get(*code)) {
            wrong.push(format!("{feed}: {code} {:?}, elsewhere {:?}", found.get(code), expected.get(code)));
        }
    }
    super::whole::note(&format!("{} feeds, {} totals that differ", expected.len(), wrong.len()));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
