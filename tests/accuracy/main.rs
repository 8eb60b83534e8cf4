//! How often the leads are right: the program's passages held against documents that people have labelled.
//!
//! `cargo test --test accuracy -- LABELS` reads a table of labels whose documents stand beside it, and prints for each
//! clause the precision of strong leads, the recall of any lead and the confusion, with 95 % intervals, and what was
//! missed. With `BLESS=1` the figures are kept beside the criteria, where reports and the reference tell them.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a program, and this is what it says")]

mod cells;
mod figures;
mod judged;
mod labels;
mod leads;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use figures::Figures;
use leads::Leads;

fn main() -> ExitCode {
    let given = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).map(PathBuf::from);
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let shared = || std::env::var_os("TICKMARK_SHARED").map_or_else(beside, PathBuf::from);
    let path = given.unwrap_or_else(|| shared().join("data/documents/labels.tsv"));
    if !path.exists() {
        println!("skipped: there are no labels in {}; name a file, or set TICKMARK_SHARED", path.display());
        return ExitCode::SUCCESS;
    }
    match measure(&path) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn measure(path: &Path) -> Result<(), String> {
    let mut leads = Leads::new(path.parent().unwrap_or(Path::new(".")))?;
    let mut figures = Figures::default();
    labels::measure(path, &mut leads, &mut figures)?;
    let guidelines = path.with_file_name("policy_guidelines.tsv");
    if guidelines.exists() {
        cells::measure(&guidelines, &mut leads, &mut figures)?;
    }
    figures.print();
    if std::env::var_os("BLESS").is_some() {
        figures.keep()?;
    }
    Ok(())
}

/// The rows of a table whose cells are divided by tabs, as a lookup by the head's names.
fn rows(path: &Path) -> Result<Vec<std::collections::BTreeMap<String, String>>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut lines = text.lines();
    let head: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let row =
        |line: &str| head.iter().map(|name| (*name).to_owned()).zip(line.split('\t').map(str::to_owned)).collect();
    Ok(lines.map(row).collect())
}

/// The city that a document's name begins with: `harborview-ca__plan.pdf`, `harborview-ca-2016-10-03.txt`.
fn city_of(document: &str) -> String {
    let name = document.rsplit('/').next().unwrap_or(document);
    let name = name.split("__").next().unwrap_or(name);
    let words = name.split('-').take_while(|word| !word.starts_with(|c: char| c.is_ascii_digit()));
    let mut words: Vec<&str> = words.map(|word| word.split('.').next().unwrap_or(word)).collect();
    // The state's two letters.
    if words.len() > 1 && words.last().is_some_and(|word| word.len() == 2) {
        words.pop();
    }
    words.join(" ")
}

/// What whoever writes the phrases has seen of a city's documents.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// The phrases are tuned on it.
    Tuned,
    /// It was held back at first, and opened for learning when the cities held back had shown how badly phrases carry over.
    Opened,
    /// It stays held back: its misses are told to nobody.
    Closed,
}

impl Seen {
    /// By a hash of the city's name: its first byte holds a third of the cities back, its second opens half of these.
    fn of(city: &str) -> Self {
        let name = city.split(',').next().unwrap_or(city).trim().to_lowercase();
        let hash = probes::capture::short_hash(name.as_bytes());
        let multiple = |at: std::ops::Range<usize>, of: u8| {
            u8::from_str_radix(&hash[at], 16).is_ok_and(|byte| byte.is_multiple_of(of))
        };
        match (multiple(0..2, 3), multiple(2..4, 2)) {
            (false, _) => Self::Tuned,
            (true, true) => Self::Opened,
            (true, false) => Self::Closed,
        }
    }

    /// The name of its figures.
    fn name(self) -> &'static str {
        match self {
            Self::Tuned => "tuned",
            Self::Opened => "opened",
            Self::Closed => "closed",
        }
    }
}
