//! What was counted, printed for people and kept for the reference and for reports.

use std::collections::BTreeMap;
use std::path::Path;

use probes::finding::Share;
use serde::Serialize;

/// Where the figures are kept: beside the criteria whose leads they measure.
const KEPT: &str = "criteria/what-works-cities/accuracy.toml";

/// How often each answer of people met each of ours, as `people/here`.
type Confusion = BTreeMap<String, u64>;

/// Labels of one clause, or of many.
#[derive(Default, Serialize)]
pub(crate) struct Counts {
    /// How many labels.
    labels: u64,
    /// Strong leads.
    strong: u64,
    /// How many of those people call met.
    strong_right: u64,
    /// What people call met or partly met.
    wanted: u64,
    /// How much of that has a lead.
    wanted_found: u64,
    confusion: Confusion,
}

impl Counts {
    pub(crate) fn add(&mut self, truth: &str, given: &str, met: bool, wanted: bool) {
        self.labels += 1;
        if given == "met" {
            self.strong += 1;
            self.strong_right += u64::from(met);
        }
        if wanted {
            self.wanted += 1;
            self.wanted_found += u64::from(given != "absent");
        }
        *self.confusion.entry(format!("{truth}/{given}")).or_default() += 1;
    }
}

/// Labels of the clauses that one probe bears on.
#[derive(Default, Serialize)]
pub(crate) struct Answers {
    labels: u64,
    /// Those left to a person.
    open: u64,
    /// Those answered as people do.
    right: u64,
    confusion: Confusion,
}

impl Answers {
    pub(crate) fn add(&mut self, truth: &str, given: &str) {
        self.labels += 1;
        self.open += u64::from(given == "open");
        self.right += u64::from(given == truth);
        *self.confusion.entry(format!("{truth}/{given}")).or_default() += 1;
    }
}

/// Cells of one guideline, or of all.
#[derive(Default, Serialize)]
pub(crate) struct Cells {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) title: String,
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

    fn told(&self) -> String {
        let all = self.met_found + self.met_missed + self.absent_found + self.absent_missed;
        format!(
            "right {}, precision {}, recall {}",
            share(self.met_found + self.absent_missed, all),
            share(self.met_found, self.met_found + self.absent_found),
            share(self.met_found, self.met_found + self.met_missed)
        )
    }
}

/// An answer that is not that of people. Their words and ours are printed, not kept: the documents are not ours.
#[derive(Serialize)]
struct Miss {
    clause: String,
    document: String,
    people: String,
    here: String,
    /// The rule or the reason.
    by: String,
}

/// All that was counted.
#[derive(Default, Serialize)]
pub(crate) struct Figures {
    /// Labels and cells of documents that could not be read.
    pub(crate) unread: u64,
    pub(crate) groups: BTreeMap<String, Counts>,
    pub(crate) cells: BTreeMap<String, Cells>,
    pub(crate) probes: BTreeMap<String, Answers>,
    pub(crate) clauses: BTreeMap<String, Counts>,
    pub(crate) guidelines: BTreeMap<String, Cells>,
    misses: Vec<Miss>,
    #[serde(skip)]
    pub(crate) said: Vec<String>,
}

impl Figures {
    /// Notes that people say `people` of `clause` in `document`, and we say `here`, `by` a rule.
    #[expect(clippy::too_many_arguments, reason = "each is one cell of a row")]
    pub(crate) fn miss(
        &mut self,
        clause: &str,
        document: &str,
        people: &str,
        here: &str,
        by: &str,
        text: &str,
        found: &str,
    ) {
        self.said.push(format!(
            "{clause} {document}: {people} by people, {here} here\n  people: {text}\n  here: {by}: {found}"
        ));
        let [clause, document, people, here, by] = [clause, document, people, here, by].map(str::to_owned);
        self.misses.push(Miss { clause, document, people, here, by });
    }

    /// Prints all of it.
    pub(crate) fn print(&self) {
        for said in &self.said {
            println!("{said}");
        }
        println!("\nclause: labels; precision of strong; recall of any lead; confusion (people/here)");
        for (what, counts) in self.clauses.iter().chain(&self.groups) {
            let (precision, recall) =
                (share(counts.strong_right, counts.strong), share(counts.wanted_found, counts.wanted));
            println!("{what}: {}; {precision}; {recall}; {}", counts.labels, told(&counts.confusion));
        }
        println!("\nprobe: labels; right of those answered; left to a person; confusion (people/here)");
        for (probe, answers) in &self.probes {
            let right = share(answers.right, answers.labels - answers.open);
            println!("{probe}: {}; {right}; {}; {}", answers.labels, answers.open, told(&answers.confusion));
        }
        println!("{} labels and cells are of documents that could not be read\n", self.unread);
        for (number, cells) in &self.guidelines {
            println!("guideline {number} {}: {}", cells.title, cells.told());
        }
        for (which, cells) in &self.cells {
            println!("cells {which}: {}", cells.told());
        }
    }

    /// Keeps the figures for the reference.
    pub(crate) fn keep(&self) -> Result<(), String> {
        let text = toml::to_string(self).map_err(|error| error.to_string())?;
        let head = "# Written by `BLESS=1 cargo test --test accuracy -- LABELS`: counts of labels, never by hand.\n";
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(KEPT);
        std::fs::write(&path, format!("{head}{text}")).map_err(|error| format!("{}: {error}", path.display()))
    }
}

fn told(confusion: &Confusion) -> String {
    confusion.iter().map(|(pair, n)| format!("{pair} {n}")).collect::<Vec<_>>().join(", ")
}

/// A share with its 95 % interval; these are samples of all the documents that there are.
fn share(hits: u64, n: u64) -> String {
    match Share::of(hits, n, n + 1) {
        Some(share) => format!("{hits} of {n} = {:.2} ({:.2} to {:.2})", share.share, share.low, share.high),
        None => "none".to_owned(),
    }
}
