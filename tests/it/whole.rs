//! The whole program, as people start it, against whole cities.

mod captures;
mod ckan;
mod country;
mod decided;
mod documents;
mod every_state;
mod halved;
mod killed;
mod memory;
mod mutated;
mod pdfs;
mod portal;
mod program;
mod recount;
mod scanned;
#[cfg(feature = "s3")]
mod storage;
mod survey;
mod tools;
mod walk;
mod weeks;
#[cfg(feature = "serve")]
mod workbench;

use std::path::{Path, PathBuf};

use serde_json::Value;

/// Says what a run took, or why it was left out: seen with `--nocapture`.
#[expect(clippy::print_stderr, reason = "there is no other way out of a test that passes")]
pub(crate) fn note(words: &str) {
    eprintln!("{words}");
}

/// Where a capture of a real portal is; none where there are no captures here.
fn captured(name: &str) -> Option<PathBuf> {
    shared(&format!("data/captures/{name}"))
}

/// Where a file of what was gathered for this project is, in full, since the program is started in folders of its own; none
/// where it is not here.
fn shared(name: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let shared = std::env::var_os("TICKMARK_SHARED").map_or_else(beside, PathBuf::from);
    let path = shared.join(name);
    if !path.exists() {
        note(&format!("skipped: {} is not here; set TICKMARK_SHARED to where what was gathered is", path.display()));
        return None;
    }
    Some(std::path::absolute(path).unwrap())
}

/// A JSON file.
fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))).unwrap()
}

/// JSON that a program wrote.
fn json_of(words: &str) -> Value {
    serde_json::from_str(words).unwrap_or_else(|error| panic!("{error}: {words}"))
}

/// The texts in a list.
fn texts(list: &Value) -> Vec<&str> {
    list.as_array().map(|list| list.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
}

/// The objects in a list.
fn all(list: &Value) -> &[Value] {
    list.as_array().map(Vec::as_slice).unwrap_or_default()
}

const POLICY: &str = "An open data policy with force";
const PORTAL: &str = "An open data portal";
const STANDARD: &str = "Data in a common standard";
const GOVERNANCE: &str = "A body that governs data, with a purpose and regular meetings";
const CONTRACTS: &str = "Contracting data in the open";

/// The code of the criterion of this title.
fn code(title: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("criteria/what-works-cities");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap());
    let mut tables = files.map(|text| text.parse::<toml::Table>().unwrap());
    let found = tables.find(|table| table.get("title").and_then(toml::Value::as_str) == Some(title));
    found.unwrap_or_else(|| panic!("no criterion is titled {title:?}"))["code"].as_str().unwrap().to_owned()
}

/// A submission in CSV: links, each for the criterion of a title, or for nothing in particular where that is empty.
fn offering(links: &[(&str, &str)]) -> String {
    let mut csv = "criterion,url\n".to_owned();
    for (title, url) in links {
        let code = if title.is_empty() { String::new() } else { code(title) };
        csv.extend([&code, ",", url, "\n"]);
    }
    csv
}
