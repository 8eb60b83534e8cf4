//! PDFs beside another reader: how many of its words are read, on the right page, in what time and memory.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use probes::document::{Document, Read};
use serde_json::Value;

use super::note;
use super::program::{Ended, Place, ended};

/// The share of a page's words, in percent, that must be read on it for the page to be right.
const RIGHT: usize = 90;
/// What a hundred pages may take.
const TIME: Duration = Duration::from_secs(2);
const MEMORY: u64 = 200 * 1024;

/// Every PDF under a folder, those packed with gzip too.
fn pdfs(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let unpacked = if packed(&path) { path.with_extension("") } else { path.clone() };
        if path.is_dir() {
            pdfs(&path, found);
        } else if unpacked.extension().is_some_and(|ending| ending == "pdf") {
            found.push(path);
        }
    }
}

fn packed(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "gz")
}

/// The words of a text, however they are written, and how often each stands there.
fn words(text: &str) -> BTreeMap<String, usize> {
    let mut words = BTreeMap::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        *words.entry(word.to_lowercase()).or_default() += 1;
    }
    words
}

/// How many words there are, and how many of them are read.
fn shared(wanted: &BTreeMap<String, usize>, read: &BTreeMap<String, usize>) -> (usize, usize) {
    let all = wanted.values().sum();
    (all, wanted.iter().map(|(word, count)| (*count).min(read.get(word).copied().unwrap_or_default())).sum())
}

fn read(place: &Place, file: &Path) -> (Result<Document, String>, Ended) {
    let mut command = place.command(&["__reader", "document", &(1u64 << 30).to_string(), "30"]);
    command.stdin(File::open(file).unwrap());
    let ended = ended(command);
    let form = serde_json::from_str::<Result<Value, String>>(&ended.out).map_err(|error| error.to_string());
    let read =
        form.and_then(|form| form).and_then(|form| serde_json::from_value::<Read>(form).map_err(|e| e.to_string()));
    (read.and_then(|read| read.map_err(|refused| refused.to_string())), ended)
}

#[test]
#[ignore = "takes minutes: TICKMARK_PDFS=folder:folder cargo test --release --test it beside_pdftotext -- --ignored --nocapture"]
fn pdfs_are_read_beside_pdftotext() {
    let folders = std::env::var_os("TICKMARK_PDFS").unwrap_or_default();
    let mut files = Vec::new();
    std::env::split_paths(&folders).for_each(|folder| pdfs(&folder, &mut files));
    files.sort();
    if files.is_empty() {
        return note("skipped: no PDFs are here; set TICKMARK_PDFS to folders of them");
    }
    let place = Place::new();
    let (mut all, mut got, mut right, mut pages) = (0, 0, 0, 0);
    let mut table = "pages right words read% cpu-s MiB file\n".to_owned();
    for file in &files {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut bytes = Vec::new();
        if packed(file) {
            flate2::read::GzDecoder::new(File::open(file).unwrap()).read_to_end(&mut bytes).unwrap();
        } else {
            bytes = fs::read(file).unwrap();
        }
        let plain = place.path("file.pdf");
        fs::write(&plain, bytes).unwrap();
        let other =
            Command::new("pdftotext").args(["-layout", "-q"]).arg(&plain).arg("-").stderr(Stdio::null()).output();
        let Ok(other) = other else { return note("skipped: there is no pdftotext on the path") };
        let text = String::from_utf8_lossy(&other.stdout).into_owned();
        // A form feed ends every page.
        let theirs: Vec<_> = text.strip_suffix('\u{c}').unwrap_or(&text).split('\u{c}').map(words).collect();
        let (ours, ended) = read(&place, &plain);
        let ours = match ours {
            Ok(document) => document,
            Err(why) => {
                writeln!(table, "{:5} not read: {why} ({name})", theirs.len()).unwrap();
                Document::default()
            }
        };
        let text_of = |at: usize| {
            let page = ours.pages.get(at);
            page.map(|page| page.blocks.iter().map(|block| block.text.as_str()).collect::<Vec<_>>().join("\n"))
                .unwrap_or_default()
        };
        let (mut of_file, mut got_of_file, mut right_of_file) = (0, 0, 0);
        for (at, wanted) in theirs.iter().enumerate() {
            let (all, got) = shared(wanted, &words(&text_of(at)));
            of_file += all;
            got_of_file += got;
            right_of_file += usize::from(got * 100 >= all * RIGHT);
        }
        let hundreds = u32::try_from(theirs.len().div_ceil(100)).unwrap();
        let (busy, resident) = (ended.busy, ended.peak.resident);
        writeln!(
            table,
            "{:5} {right_of_file:5} {of_file:6} {:5.1} {:5.2} {:4} {name}",
            theirs.len(),
            100.0 * got_of_file as f64 / of_file.max(1) as f64,
            busy.as_secs_f64(),
            resident / 1024
        )
        .unwrap();
        if !cfg!(debug_assertions) {
            assert!(busy <= TIME * hundreds, "{name} took {busy:?}");
            assert!(resident <= MEMORY * u64::from(hundreds), "{name} took {resident} KiB");
        }
        (all, got, right, pages) = (all + of_file, got + got_of_file, right + right_of_file, pages + theirs.len());
    }
    note(&table);
    note(&format!(
        "{} files: {got} of {all} words ({:.2} %), {right} of {pages} pages right",
        files.len(),
        100.0 * got as f64 / all.max(1) as f64
    ));
    assert!(got * 100 >= all * 90, "fewer than 90 % of the words were read");
}
