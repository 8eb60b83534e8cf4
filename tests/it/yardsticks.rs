//! One audit held against several schemes: their verdicts stand in every report, replay the same, and are verified.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const OWN: [(&str, &str); 2] = [
    (
        "own/scheme.toml",
        "id = 'own'\ntitle = 'Own'\nedition = '1'\nabout = ''\nsource = ''\npoints_per_criterion = 1\norder = ['M1']\ncategories = [{ code = 'M', title = 'M' }]\n",
    ),
    (
        "own/m1.toml",
        "code = 'M1'\ntitle = 'A catalogue'\ncategory = 'M'\nneeds = 'all'\n[[clauses]]\nid = 'M.1'\nkind = 'requirement'\nsays = 'It is there.'\nshown_by = [{ probe = 'catalogue', finding = 'read' }]\n",
    ),
];
const SCORED: [(&str, &str); 2] = [
    (
        "scored/scheme.toml",
        "id = 'scored'\ntitle = 'Scored'\nedition = '1'\nabout = ''\nsource = ''\ntakes = 'any'\norder = ['M1']\ncategories = [{ code = 'M', title = 'Names' }]\n[score]\nmax = 30\nratings = [{ name = 'good', from = 20 }, { name = 'poor', from = 0 }]\n",
    ),
    (
        "scored/m1.toml",
        "code = 'M1'\ntitle = 'Names'\ncategory = 'M'\nneeds = 'all'\n[[clauses]]\nid = 'M.1'\nkind = 'requirement'\nsays = 'Datasets have keywords.'\npoints = 30\nearns = { probe = 'metadata_complete', finding = 'measured', fact = 'keyword' }\nadvice = { not_met = 'Add keywords.' }\n",
    ),
];
/// Three datasets, of which two have a keyword.
const CATALOGUE: &str = r#"{ "conformsTo": "https://project-open-data.cio.gov/v1.1/schema", "dataset": [
{ "identifier": "1", "title": "Trees", "keyword": ["tree"] },
{ "identifier": "2", "title": "Benches", "keyword": ["bench"] },
{ "identifier": "3", "title": "Lamps" }] }"#;

struct Run {
    out: String,
    error: String,
    code: Option<i32>,
}

fn run(folder: &Path, args: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_tickmark")).current_dir(folder).args(args).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { out: text(output.stdout), error: text(output.stderr), code: output.status.code() }
}

fn submitted(also: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let submission = format!(
        "city = 'Exampleton'\ndate = 2026-11-02\nscheme = 'own'\n{also}\n[[links]]\nurl = 'data.json'\ncriterion = 'M1'\n"
    );
    for (name, text) in OWN.iter().chain(&SCORED).chain(&[("data.json", CATALOGUE), ("s.toml", submission.as_str())]) {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

#[test]
fn several_schemes_share_one_audit() {
    let folder = submitted("also = ['scored']");
    let place = folder.path();
    let first = run(place, &["audit", "s.toml", "--out", "out", "--format", "junit,sarif,markdown"]);
    assert_eq!(first.code, Some(0), "{}", first.error);
    for wanted in ["Also held against Scored:", "Score: 20 of 30. Rating: good.", "    Names: 20 of 30"] {
        assert!(first.out.contains(wanted), "{}", first.out);
    }
    let report: Value = serde_json::from_slice(&fs::read(place.join("out/report.json")).unwrap()).unwrap();
    assert_eq!(report["verdicts"][0]["standing"], "met");
    let further = &report["further"][0];
    assert_eq!(further["scheme"]["id"], "scored");
    assert_eq!(further["verdicts"][0]["clauses"][0]["reason"], "20 of 30 points: keyword 67 % of 3.");
    assert_eq!(further["first"][0]["points"], 10.0);
    let page = fs::read_to_string(place.join("out/report.html")).unwrap();
    assert!(page.contains("id=\"k-M.1\"") && page.contains("id=\"k-1:M.1\""));

    let again = run(place, &["audit", "--from", "out/pack.wacz", "--out", "again", "--format", "junit,sarif,markdown"]);
    assert_eq!(again.code, Some(0), "{}", again.error);
    for file in fs::read_dir(place.join("again")).unwrap() {
        let name = file.unwrap().file_name();
        let (one, other) = (place.join("out").join(&name), place.join("again").join(&name));
        assert!(fs::read(one).unwrap() == fs::read(other).unwrap(), "{} differs", name.display());
    }

    // The folders are in the pack: it is verified where they are not.
    fs::remove_dir_all(place.join("scored")).unwrap();
    let verified = run(place, &["verify", "out/pack.wacz"]);
    assert_eq!(verified.code, Some(0), "{}{}", verified.out, verified.error);
    assert!(verified.out.contains(" 4 verdicts hold"), "{}", verified.out);
    let pack = with_report(&place.join("out/pack.wacz"), |report| report.replace("\"low\": 20.0", "\"low\": 30.0"));
    fs::write(place.join("false.wacz"), pack).unwrap();
    let found = run(place, &["verify", "false.wacz"]);
    assert_eq!(found.code, Some(1), "{}{}", found.out, found.error);
    for wanted in ["clause M.1 of scored does not hold", "criterion M1 of scored does not hold"] {
        assert!(found.out.contains(wanted), "{}", found.out);
    }
    let explained = run(place, &["explain", "out", "scored:M.1"]);
    assert!(
        explained.out.contains("20 of 30 points") && explained.out.contains("metadata_complete"),
        "{}",
        explained.out
    );
    assert!(run(place, &["explain", "out", "M.1"]).out.contains("It is there."));
}

/// The pack with another report in it.
fn with_report(pack: &Path, change: impl Fn(&str) -> String) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(fs::File::open(pack).unwrap()).unwrap();
    let mut to = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for number in 0..from.len() {
        let mut entry = from.by_index(number).unwrap();
        let (name, mut bytes) = (entry.name().unwrap().into_owned(), Vec::new());
        entry.read_to_end(&mut bytes).unwrap();
        if name.ends_with("/report.json") {
            bytes = change(std::str::from_utf8(&bytes).unwrap()).into_bytes();
        }
        to.start_file(name, stored).unwrap();
        to.write_all(&bytes).unwrap();
    }
    to.finish().unwrap().into_inner()
}

#[test]
fn the_command_line_names_further_schemes_too() {
    let folder = submitted("");
    let audit = |args: &[&str]| run(folder.path(), &[&["audit", "s.toml", "--out", "out"], args].concat());
    let both = audit(&["--criteria", "scored", "--criteria", "own", "--gate", "met:M1"]);
    assert_eq!(both.code, Some(0), "{}", both.error);
    assert!(both.out.starts_with("Exampleton · Own ·"), "its own goes first: {}", both.out);
    // A scheme that takes any link takes those that were offered for another.
    let alone = audit(&["--criteria", "scored", "--gate", "level:good"]);
    assert!(alone.code == Some(0) && alone.out.starts_with("Exampleton · Scored ·"), "{}{}", alone.out, alone.error);
    assert!(alone.out.contains("gate passed: good is asked"), "{}", alone.out);
    let twice = audit(&["--criteria", "own", "--criteria", "./own"]);
    assert!(twice.code == Some(2) && twice.error.contains("\"own\" are named twice"), "{}", twice.error);
}
