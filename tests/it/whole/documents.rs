//! Every document at hand, audited as a city would hand it in: each quote is found again where it is said to stand.

use std::fs;
use std::path::Path;

use super::program::Place;
use super::{captured, note};

#[test]
fn every_quote_stands_in_its_document() {
    let Some(root) = captured("../documents") else { return };
    let place = Place::new();
    let code = read_for_passages();
    let mut submission = "criterion,url,note,pages\n".to_owned();
    let mut documents = Vec::new();
    for folder in fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        documents.extend(fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    }
    documents.sort();
    for (number, document) in documents.iter().enumerate() {
        let name = place.write(&format!("document-{number}{}", ending(document)), fs::read(document).unwrap());
        submission.extend([code.as_str(), ",", &name, ",,\n"]);
    }
    place.write("submission.csv", submission);
    let audit = place.run(&["audit", "submission.csv", "--city", "Example", "--as-of", "2026-11-02", "--out", "out"]);
    assert_eq!(audit.code, Some(0), "{}", audit.error);
    let findings = fs::read_to_string(place.path("out/findings.csv")).unwrap();
    let passages = findings.lines().filter(|line| line.contains(",passages,")).count();
    note(&format!("{} documents, {passages} lines of findings on passages, in {:?}", documents.len(), audit.took));
    assert!(passages > documents.len(), "{passages}");
    let verify = place.run(&["verify", "out/pack.wacz"]);
    assert_eq!(verify.code, Some(0), "{}{}", verify.out, verify.error);
}

/// The code of a criterion whose documents are read for passages.
fn read_for_passages() -> String {
    let criteria = Path::new(env!("CARGO_MANIFEST_DIR")).join("criteria/what-works-cities");
    let texts = fs::read_dir(criteria).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    let text = texts.filter(|text| text.contains("probe = \"passages\"")).min().unwrap();
    text.lines().find_map(|line| line.strip_prefix("code = ")).unwrap().trim_matches('"').to_owned()
}

/// The ending of a file's name, with its full stop.
fn ending(path: &Path) -> String {
    path.extension().map_or_else(String::new, |ending| format!(".{}", ending.to_string_lossy()))
}
