//! Every captured catalogue, read as it stands: platform and count are as an own count says, and nothing panics.

mod recorded;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::program::{Place, flags};
use super::{captured, json_of, note};
use recorded::Recorded;

/// What each capture lists, counted by other programs: file, finding, platform, claimed, read; `-` where nothing is.
const EXPECTED: &str = include_str!("captures.tsv");

#[test]
fn every_captured_catalogue_is_read_as_an_own_count_says() {
    let Some(root) = captured("") else { return };
    let place = Place::new();
    let mut table = "file\tfinding\tplatform\tclaimed\tread\tdifference\tseconds\tpeak KiB\n".to_owned();
    let mut wrong = String::new();
    for line in EXPECTED.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [file, expected @ ..] = columns.as_slice() else { panic!("{line:?} has no columns") };
        let (seen, took, peak) = read(&place, &root.join(file));
        let difference = match (seen[2].parse::<i64>(), seen[3].parse::<i64>()) {
            (Ok(claimed), Ok(read)) => (claimed - read).to_string(),
            _ => "-".to_owned(),
        };
        let _ = writeln!(table, "{file}\t{}\t{difference}\t{took:.2}\t{peak}", seen.join("\t"));
        if seen != expected {
            let _ = writeln!(wrong, "{file}: {seen:?}, expected {expected:?}");
        }
    }
    note(&table);
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// The finding on a captured file, as the columns of the table.
fn read(place: &Place, path: &Path) -> (Vec<String>, f64, u64) {
    let name = path.file_name().unwrap().to_str().unwrap();
    let handed_in = match name.strip_suffix(".http") {
        Some(stem) => {
            let recorded = Recorded::read(path);
            place.write(&format!("{stem}.{}", recorded.extension()), recorded.body)
        }
        None => path.to_str().unwrap().to_owned(),
    };
    let ended = place.run(&["check", "catalogue", &handed_in, "--format", "json", "--as-of", "2026-11-02"]);
    assert!(ended.code.is_some_and(|code| code <= 2), "{name}: {}", ended.error);
    assert!(!ended.error.contains("panicked"), "{name}: {}", ended.error);
    let findings = json_of(&ended.out);
    let finding = &super::all(&findings["findings"])[0];
    let fact = |name: &str| match &finding["facts"][name] {
        Value::Null => "-".to_owned(),
        Value::String(words) => words.clone(),
        value => value.to_string(),
    };
    let code = finding["code"].as_str().unwrap().to_owned();
    (vec![code, fact("platform"), fact("claimed"), fact("read")], ended.took.as_secs_f64(), ended.peak.own)
}

/// A federal catalogue's search, recorded page by page in 2020: its tenth page held one record less than was asked for.
#[test]
fn recorded_pages_of_a_search_are_read_to_their_end() {
    let Some(first) = captured("ckan/catalog.data.gov") else { return };
    let mut pages: Vec<PathBuf> = std::fs::read_dir(first).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.retain(|path| path.file_name().unwrap().to_str().unwrap().starts_with("paging_"));
    pages.sort();
    assert_eq!(pages.len(), 11);
    let portal = recorded::ckan(pages.iter().map(|path| Recorded::read(path)).collect());
    let place = Place::new();
    let more = place.leading_to(&portal);
    let url = "https://data.example.gov/dataset";
    let args = ["check", "catalogue", url, "--format", "json", "--as-of", "2026-11-02", "--pace", "0"];
    let ended = place.run(&flags(&args, &more)).with(0);
    let findings = json_of(&ended.out);
    let finding = &super::all(&findings["findings"])[0];
    let facts = &finding["facts"];
    note(&format!("11 recorded pages: {facts}, {:?}, {:?} KiB", ended.took, ended.peak));
    assert_eq!((&facts["claimed"], &facts["read"], &facts["pages"]), (&1084.into(), &1083.into(), &11.into()));
}
