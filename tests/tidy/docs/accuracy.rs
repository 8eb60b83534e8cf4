//! The reference of accuracy: how often leads are right, and where what looks for them stands.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use probes::finding::Share;
use serde::Deserialize;

/// Where the figures are kept.
pub(crate) const FIGURES: &str = "tests/accuracy/figures.toml";

/// The figures as they are kept.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Figures {
    without_topic: u64,
    unread: u64,
    all: Counts,
    #[serde(default)]
    cells_tuned: Cells,
    #[serde(default)]
    cells_held: Cells,
    #[serde(default)]
    pub(crate) clauses: BTreeMap<String, Counts>,
    #[serde(default)]
    guidelines: BTreeMap<String, Cells>,
}

/// Labels of a clause, or of many.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Counts {
    pub(crate) labels: u64,
    strong: u64,
    strong_right: u64,
    wanted: u64,
    wanted_found: u64,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cells {
    #[serde(default)]
    title: String,
    met_found: u64,
    met_missed: u64,
    absent_found: u64,
    absent_missed: u64,
}

const HEAD: &str = "# How often the leads are right

*Generated from `tests/accuracy/figures.toml`, which `BLESS=1 cargo test --test accuracy -- LABELS` writes.*

What was measured: the passages that `tickmark check passages` finds in real policies, guides, reports and pages of
North American cities, against what careful readers found in them for each clause: met, partly or absent. A strong lead
stands for met, a weak one for partly, none for absent; where readers call two answers fair, either counts as right.
All of these labels were seen while the phrases were written, so the figures on them flatter: on documents that nobody
here has seen they will be lower. Only the guidelines further below have cities that were held back, a third, by a hash
of the name that was fixed before. Where few labels stand behind a figure, its interval says so. A topic whose clause is
not listed has never been measured.

- **precision of strong**: of the strong leads, how many readers call met;
- **recall**: of what readers call met or partly met, how much has any lead.
";

/// The page; `text` is the file of figures.
pub(crate) fn page(text: &str) -> String {
    let figures = match read(text) {
        Ok(figures) => figures,
        Err(error) => return format!("{FIGURES}: {error}\n"),
    };
    let mut page = HEAD.to_owned();
    page.push_str("\n| documents | labels | precision of strong | recall |\n| --- | --- | --- | --- |\n");
    counts(&mut page, "all that could be read", &figures.all);
    let _ = write!(
        page,
        "\n{} labels are of clauses that other probes decide, {} of documents that could not be read; neither counts.\n",
        figures.without_topic, figures.unread
    );
    page.push_str("\n## By clause\n\n| clause | labels | precision of strong | recall |\n| --- | --- | --- | --- |\n");
    for (clause, of) in &figures.clauses {
        counts(&mut page, clause, of);
    }
    page.push_str("\n## Guidelines for open data policies\n\nA civic group annotated open data policies against its guidelines; a passage of either strength on a guideline's\ntopics stands for met. The group's reading is laxer than our clauses, and what it left blank is not counted.\n");
    page.push_str("\n| guideline | cells | right | precision | recall |\n| --- | --- | --- | --- | --- |\n");
    cells(&mut page, "all, cities tuned on", &figures.cells_tuned);
    cells(&mut page, "all, cities held back", &figures.cells_held);
    let mut guidelines: Vec<_> = figures.guidelines.iter().collect();
    guidelines.sort_by_key(|(number, _)| number.parse::<u32>().unwrap_or(u32::MAX));
    for (number, of) in guidelines {
        cells(&mut page, &format!("{number}. {}", of.title), of);
    }
    page
}

/// Reads the figures.
pub(crate) fn read(text: &str) -> Result<Figures, toml::de::Error> {
    toml::from_str(text)
}

fn counts(page: &mut String, what: &str, of: &Counts) {
    let (precision, recall) = (share(of.strong_right, of.strong), share(of.wanted_found, of.wanted));
    let _ = writeln!(page, "| {what} | {} | {precision} | {recall} |", of.labels);
}

fn cells(page: &mut String, what: &str, of: &Cells) {
    let all = of.met_found + of.met_missed + of.absent_found + of.absent_missed;
    let _ = writeln!(
        page,
        "| {what} | {all} | {} | {} | {} |",
        share(of.met_found + of.absent_missed, all),
        share(of.met_found, of.met_found + of.absent_found),
        share(of.met_found, of.met_found + of.met_missed)
    );
}

/// A share with its 95 % interval: what was measured is a sample of all documents.
fn share(hits: u64, n: u64) -> String {
    let share = Share::of(hits, n, n + 1);
    share.map_or_else(
        || "none".to_owned(),
        |it| format!("{hits} of {n}, {:.2} ({:.2} to {:.2})", it.share, it.low, it.high),
    )
}
