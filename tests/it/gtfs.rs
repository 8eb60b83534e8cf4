//! Transit feeds: one fault each in a clean feed, and real and malformed feeds against the canonical validator.

mod mutated;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

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

fn faults(file: &str) -> Vec<Fault> {
    let written = std::fs::read_to_string(fixtures().join(file)).unwrap();
    toml::from_str::<Faults>(&written).unwrap().faults
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
    let faults = faults("faults.toml");
    assert_eq!(totals(&report(&zipped(&clean()), &Options::default()).unwrap(), date), Totals::new());
    let mut wrong = Vec::new();
    for fault in &faults {
        let mut files = clean();
        fault.changes.iter().for_each(|one| change(&mut files, one));
        let options = Options { country: fault.country.clone(), ..Options::default() };
        let found = totals(&report(&zipped(&files), &options).unwrap(), date);
        if found != fault.finds || !found.contains_key(&fault.code) {
            wrong.push(format!("{}: found {found:?}, not {:?}", fault.code, fault.finds));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let raised = |code: &str| faults.iter().any(|fault| fault.code == code);
    let left: Vec<&str> = documented::all().filter(|(_, rule)| !rule.extra).map(|(code, _)| code).collect();
    let left: Vec<&str> = left.into_iter().filter(|code| !raised(code)).collect();
    assert_eq!(left, UNRAISED.iter().map(|(code, _)| *code).collect::<Vec<_>>());
}

#[test]
fn every_rule_beyond_the_canonical_ones_finds_its_fault() {
    let of_these: Vec<&str> = documented::all().filter(|(_, rule)| rule.extra).map(|(code, _)| code).collect();
    let date: Date = "2026-06-01".parse().unwrap();
    let options = Options { extra: true, ..Options::default() };
    let found = |files: &Files| {
        let mut totals = Totals::new();
        for told in report(&zipped(files), &options).unwrap().on(date) {
            if of_these.contains(&told.code.as_str()) {
                totals.insert(told.code, told.total);
            }
        }
        totals
    };
    assert_eq!(found(&clean()), Totals::new());
    let faults = faults("extra.toml");
    for fault in &faults {
        let mut files = clean();
        fault.changes.iter().for_each(|one| change(&mut files, one));
        assert_eq!(found(&files), fault.finds, "{}", fault.code);
    }
    let left = of_these.iter().filter(|code| !faults.iter().any(|fault| fault.code == **code));
    assert_eq!(left.count(), 0, "a rule without its fault");
}

#[test]
fn a_table_that_cannot_be_unpacked_is_told_and_the_others_are_read() {
    for file in clean().keys() {
        let mut bytes = zipped(&clean()).head(usize::MAX).unwrap().to_vec();
        let entry = [&b"PK\x01\x02"[..], &[0; 42], file.as_bytes()].concat();
        let fits = |at: &usize| {
            let there = &bytes[*at..(*at + entry.len()).min(bytes.len())];
            there.starts_with(&entry[..4]) && there.ends_with(file.as_bytes())
        };
        let at = (0..bytes.len()).find(fits).unwrap();
        // A way of compressing that nobody has.
        bytes[at + 10] = 98;
        let report = report(&Body::in_memory(bytes), &Options { extra: true, ..Options::default() }).unwrap();
        assert_eq!(report.unread, [file.as_str()]);
    }
}

#[test]
fn rows_with_a_broken_cell_count() {
    let mut files = clean();
    change(&mut files, &["routes.txt", "replace", "0000FF", "azure"].map(str::to_owned));
    let report = report(&zipped(&files), &Options::default()).unwrap();
    assert_eq!((report.summary.routes, report.summary.stops, report.summary.trips), (2, 4, 2));
}

/// A feed with two tables that are worth threads of their own, and faults in both.
fn large() -> Files {
    let (mut trips, mut calls, mut points) = (String::new(), String::new(), String::new());
    for trip in 0..12_000 {
        let end = if trip % 50 == 0 { "07:59:00" } else { "08:10:00" };
        let stop = if trip % 100 == 0 { format!("nowhere{trip}") } else { "s3".to_owned() };
        writeln!(trips, "r1,wk,large{trip},,,,1").unwrap();
        writeln!(calls, "large{trip},08:00:00,08:00:00,s1,1,0,1\nlarge{trip},08:05:00,08:05:00,s2,2,1.1,1").unwrap();
        writeln!(calls, "large{trip},{end},{end},{stop},3,2.2,1").unwrap();
    }
    for point in 0..40_000 {
        let along = if point % 1000 == 999 { point - 2 } else { point };
        writeln!(points, "long,40.70{point:05},-74.0000,{point},{along}").unwrap();
    }
    let mut files = clean();
    for (file, rows) in [("trips.txt", trips), ("stop_times.txt", calls), ("shapes.txt", points)] {
        files.get_mut(file).unwrap().extend(rows.bytes());
    }
    files
}

/// The child has a bounded address space: threads that it does not get must cost no rule.
#[test]
fn large_tables_are_read_whole_in_the_child() {
    let body = zipped(&large());
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("feed.zip"), body.head(usize::MAX).unwrap()).unwrap();
    let args = ["check", "gtfs_valid", "feed.zip", "--format", "json", "--date", "2026-06-01"];
    let told = Command::new(env!("CARGO_BIN_EXE_tickmark")).current_dir(folder.path()).args(args).output().unwrap();
    let told: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    let mut found = Totals::new();
    for notice in told["report"]["notices"].as_array().unwrap().iter().filter(|notice| notice["beyond"] == false) {
        *found.entry(notice["code"].as_str().unwrap().to_owned()).or_default() += notice["total"].as_u64().unwrap();
    }
    let expected = [
        ("decreasing_shape_distance", 40),
        ("foreign_key_violation", 120),
        ("stop_time_with_arrival_before_previous_departure_time", 240),
    ];
    assert_eq!(expected.map(|(code, _)| (code, found.get(code).copied())), expected.map(|(code, n)| (code, Some(n))));
    assert_eq!(found, totals(&report(&body, &Options::default()).unwrap(), "2026-06-01".parse().unwrap()));
    let summary = &told["report"]["summary"];
    assert_eq!([&summary["stop_times"], &summary["trips"], &summary["shapes"]], [36_007, 12_002, 3]);
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
