//! A scanned document, read by text recognition where that is installed, and read the same from its pack everywhere.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::program::Place;
use super::{POLICY, json, note, offering, texts};

/// The text recognition that is here; says so where there is none.
fn installed() -> bool {
    let starts =
        |program: &str, flag: &str| Command::new(program).arg(flag).output().is_ok_and(|out| out.status.success());
    let here = starts("tesseract", "--version") && starts("pdftoppm", "-v");
    if !here {
        note(
            "skipped: text recognition needs tesseract and pdftoppm on the path, Debian's tesseract-ocr and poppler-utils",
        );
    }
    here
}

/// A scanned policy that was handed in.
fn handed_in() -> Place {
    let place = Place::new();
    let scan = "fixtures/probes/document_text/scanned-page-that-was-recognised/policy.pdf";
    place.write("policy.pdf", fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(scan)).unwrap());
    place.write("links.csv", offering(&[(POLICY, "policy.pdf")]));
    place
}

const AUDIT: &[&str] = &["audit", "links.csv", "--city", "Harborview", "--as-of", "2026-11-02"];

fn found<'a>(report: &'a Value, probe: &str) -> Vec<&'a Value> {
    report["findings"].as_array().unwrap().iter().filter(|finding| finding["probe"] == probe).collect()
}

#[test]
fn a_scan_is_recognised_once_and_read_the_same_ever_after() {
    if !installed() {
        return;
    }
    let place = handed_in();
    place.run(AUDIT).with(0);
    let report = json(&place.path("out/report.json"));
    let [text] = found(&report, "document_text")[..] else { panic!("the document is read once") };
    assert_eq!((text["code"].as_str(), texts(&text["facts"]["recognised"])), (Some("read"), vec!["1"]));
    assert!(text["facts"]["recogniser"].as_str().unwrap().starts_with("tesseract "), "{text}");
    let oversees =
        |finding: &&Value| finding["evidence"].to_string().contains("shall oversee the release of public information");
    assert!(found(&report, "passages").iter().any(oversees), "nobody oversees");
    let page = fs::read_to_string(place.path("out/report.html")).unwrap();
    assert!(page.contains("page 1, as text recognition read it") && page.contains("recognised in pictures by"));
    place.run(&["verify", "out/pack.wacz"]).with(0);

    let replay = [AUDIT, &["--from", "out/pack.wacz", "--out", "again"]].concat();
    let done = place.command(&replay).env("PATH", "/nowhere").output().unwrap();
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(fs::read(place.path("out/report.json")).unwrap(), fs::read(place.path("again/report.json")).unwrap());
}

#[test]
fn without_text_recognition_a_scan_stays_unknown_from_its_pack_too() {
    let place = handed_in();
    place.run(&[AUDIT, &["--no-recognition"]].concat()).with(0);
    let replay = [AUDIT, &["--from", "out/pack.wacz", "--out", "again"]].concat();
    place.run(&replay).with(0);
    for folder in ["out", "again"] {
        let report = json(&place.path(&format!("{folder}/report.json")));
        let [text] = found(&report, "document_text")[..] else { panic!("the document is read once") };
        assert_eq!((text["code"].as_str(), text["answer"].as_str()), (Some("scanned"), Some("unknown")));
    }
    assert_eq!(fs::read(place.path("out/report.json")).unwrap(), fs::read(place.path("again/report.json")).unwrap());
}
