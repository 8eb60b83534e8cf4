//! A finding's tables as bars, as its probe declares: what the page draws and a terminal shows.

mod terminal;

use std::collections::BTreeMap;

use probes::finding::{Fact, Finding};
use probes::spec::{Spec, View};
use serde::Serialize;

pub use terminal::{write, write_rows};

use super::text::{grouped, points};

/// Most bars drawn; the table has all rows.
const MOST: usize = 50;

/// A table drawn as bars.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Chart<'a> {
    /// The view's name, unique within the finding.
    pub name: &'a str,
    /// What the bars show.
    pub title: &'a str,
    /// The fact that is drawn.
    pub fact: &'a str,
    /// The columns that name and measure the bars.
    pub columns: [&'a str; 2],
    /// In the order of the table's rows.
    pub bars: Vec<Bar<'a>>,
    /// How many rows are not drawn.
    pub more: usize,
}

/// A row drawn as a bar.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bar<'a> {
    /// What it is about.
    pub label: &'a str,
    /// What it measures, in figures; the words that stand there where they are no number.
    pub figure: String,
    /// Its length, 0 to 1, if it measures anything.
    pub length: Option<f64>,
}

/// Every table of a finding that its probe wants drawn and that has a row to draw.
pub fn charts<'a>(finding: &'a Finding, spec: &'a Spec) -> Vec<Chart<'a>> {
    let views = spec.findings.get(&finding.code).into_iter().flat_map(|declared| &declared.views);
    views.filter_map(|(name, view)| chart(name, view, finding.facts.get(&view.fact)?)).collect()
}

fn chart<'a>(name: &'a str, view: &'a View, fact: &'a Fact) -> Option<Chart<'a>> {
    let Fact::Table(rows) = fact else { return None };
    let cell = |row: &'a BTreeMap<String, String>, column: &str| row.get(column).map_or("", String::as_str);
    let measured: Vec<(&str, &str, Option<f64>)> = rows
        .iter()
        .take(MOST)
        .map(|row| (cell(row, &view.label), cell(row, &view.value), number(cell(row, &view.value))))
        .collect();
    let largest = measured.iter().filter_map(|(.., value)| *value).fold(0.0, f64::max);
    let whole = if view.percent { 100.0 } else { largest };
    let bar = |(label, written, value): (&'a str, &'a str, Option<f64>)| {
        let figure = match value {
            Some(percent) if view.percent => format!("{} %", points(percent)),
            _ => written.parse().map_or_else(|_| written.to_owned(), grouped),
        };
        let length = value.map(|value| if whole > 0.0 { (value / whole).min(1.0) } else { 0.0 });
        Bar { label, figure, length }
    };
    let bars: Vec<Bar<'_>> = measured.into_iter().map(bar).collect();
    let drawn = bars.iter().any(|bar| bar.length.is_some());
    drawn.then(|| Chart {
        name,
        title: &view.title,
        fact: &view.fact,
        columns: [&view.label, &view.value],
        more: rows.len() - bars.len(),
        bars,
    })
}

/// A number of things, or of percent.
fn number(cell: &str) -> Option<f64> {
    cell.parse().ok().filter(|number: &f64| number.is_finite() && *number >= 0.0)
}

impl Chart<'_> {
    /// In a sentence, what is most striking, for those who cannot see the bars.
    pub fn told(&self) -> String {
        let longest = self.bars.iter().filter(|bar| bar.length.is_some());
        let longest = longest.max_by(|a, b| a.length.unwrap_or(0.0).total_cmp(&b.length.unwrap_or(0.0)));
        let most = longest.map(|bar| format!("; the longest: {}, {}", bar.label, bar.figure)).unwrap_or_default();
        format!("{} bars{most}. The table below has every figure.", self.bars.len())
    }
}

#[cfg(test)]
pub(crate) mod tests;
