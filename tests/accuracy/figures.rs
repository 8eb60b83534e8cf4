//! What was counted, printed for people and kept for the reference.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use probes::finding::Share;

/// Labels of one clause, or of all.
#[derive(Default)]
pub(crate) struct Counts {
    /// How many labels.
    pub(crate) labels: u64,
    /// Strong leads, and how many of them people call met.
    pub(crate) strong: (u64, u64),
    /// What people call met or partly met, and how much of it has a lead.
    pub(crate) wanted: (u64, u64),
    /// How often each answer of people met each of ours.
    confusion: BTreeMap<(String, String), u64>,
}

impl Counts {
    pub(crate) fn add(&mut self, truth: &str, given: &str, met: bool, wanted: bool) {
        self.labels += 1;
        if given == "met" {
            self.strong.0 += 1;
            self.strong.1 += u64::from(met);
        }
        if wanted {
            self.wanted.0 += 1;
            self.wanted.1 += u64::from(given != "absent");
        }
        *self.confusion.entry((truth.to_owned(), given.to_owned())).or_default() += 1;
    }
}

/// Cells of one guideline, or of all.
#[derive(Default)]
pub(crate) struct Cells {
    met_found: u64,
    met_missed: u64,
    absent_found: u64,
    absent_missed: u64,
}

impl Cells {
    pub(crate) fn add(&mut self, met: bool, found: bool) {
        *match (met, found) {
            (true, true) => &mut self.met_found,
            (true, false) => &mut self.met_missed,
            (false, true) => &mut self.absent_found,
            (false, false) => &mut self.absent_missed,
        } += 1;
    }

    fn all(&self) -> u64 {
        self.met_found + self.met_missed + self.absent_found + self.absent_missed
    }

    fn right(&self) -> u64 {
        self.met_found + self.absent_missed
    }
}

/// A guideline, and its cells.
#[derive(Default)]
pub(crate) struct Guideline {
    pub(crate) title: String,
    pub(crate) counts: Cells,
}

/// All that was counted.
#[derive(Default)]
pub(crate) struct Figures {
    pub(crate) clauses: BTreeMap<String, Counts>,
    pub(crate) all: Counts,
    pub(crate) guidelines: BTreeMap<u8, Guideline>,
    pub(crate) cells: BTreeMap<bool, Cells>,
    pub(crate) misses: Vec<String>,
    /// Labels of clauses that no topic leads to.
    pub(crate) without_topic: u64,
    /// Labels and cells of documents that could not be read.
    pub(crate) unread: u64,
}

impl Figures {
    /// Prints all of it.
    pub(crate) fn print(&self) {
        for miss in &self.misses {
            println!("{miss}");
        }
        println!("\nclause: labels; precision of strong; recall of any lead; confusion (people/here)");
        for (clause, counts) in &self.clauses {
            print(clause, counts);
        }
        print("all", &self.all);
        println!(
            "{} labels have no topic, {} are of documents that could not be read",
            self.without_topic, self.unread
        );
        for (number, guideline) in &self.guidelines {
            let cells = &guideline.counts;
            println!("guideline {number} {}: right {}", guideline.title, share(cells.right(), cells.all()));
        }
        for (held, cells) in &self.cells {
            let found = cells.met_found + cells.absent_found;
            println!(
                "cells {}: right {}, precision {}, recall {}",
                if *held { "held back" } else { "tuned on" },
                share(cells.right(), cells.all()),
                share(cells.met_found, found),
                share(cells.met_found, cells.met_found + cells.met_missed),
            );
        }
    }

    /// Keeps the figures for the reference.
    pub(crate) fn keep(&self) -> Result<(), String> {
        let mut text =
            "# Written by `BLESS=1 cargo test --test accuracy`: counts of labels, never by hand.\n".to_owned();
        let _ = writeln!(text, "without_topic = {}\nunread = {}", self.without_topic, self.unread);
        let _ = writeln!(text, "\n[all]\n{}", counted(&self.all));
        for (held, cells) in &self.cells {
            let _ = writeln!(text, "\n[cells_{}]\n{}", if *held { "held" } else { "tuned" }, celled(cells));
        }
        for (clause, counts) in &self.clauses {
            let _ = writeln!(text, "\n[clauses.\"{clause}\"]\n{}", counted(counts));
        }
        for (number, guideline) in &self.guidelines {
            let title = toml::Value::String(guideline.title.clone());
            let _ = writeln!(text, "\n[guidelines.{number}]\ntitle = {title}\n{}", celled(&guideline.counts));
        }
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/accuracy/figures.toml");
        std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
    }
}

fn counted(counts: &Counts) -> String {
    let Counts { labels, strong, wanted, .. } = counts;
    format!(
        "labels = {labels}\nstrong = {}\nstrong_right = {}\nwanted = {}\nwanted_found = {}",
        strong.0, strong.1, wanted.0, wanted.1
    )
}

fn celled(cells: &Cells) -> String {
    format!(
        "met_found = {}\nmet_missed = {}\nabsent_found = {}\nabsent_missed = {}",
        cells.met_found, cells.met_missed, cells.absent_found, cells.absent_missed
    )
}

fn print(what: &str, counts: &Counts) {
    let confusion: Vec<String> =
        counts.confusion.iter().map(|((truth, given), n)| format!("{truth}/{given} {n}")).collect();
    println!(
        "{what}: {}; {}; {}; {}",
        counts.labels,
        share(counts.strong.1, counts.strong.0),
        share(counts.wanted.1, counts.wanted.0),
        confusion.join(", ")
    );
}

/// A share with its 95 % interval; these are samples of all the documents that there are.
fn share(hits: u64, n: u64) -> String {
    match Share::of(hits, n, n + 1) {
        Some(share) => format!("{hits} of {n} = {:.2} ({:.2} to {:.2})", share.share, share.low, share.high),
        None => "none".to_owned(),
    }
}
