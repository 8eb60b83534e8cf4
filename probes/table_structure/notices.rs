//! What the linter says of a table: each notice counted, with the first places where it holds.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::finding::fold;

/// A kind of notice; what it means stands in `notices.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Code {
    MissingHeader,
    TitlesAboveHeader,
    SeveralTables,
    MergedCells,
    BlankLabel,
    DuplicateLabel,
    MissingCell,
    ExtraCell,
    UnclosedQuote,
    StrayQuote,
    Undecodable,
    ControlCharacter,
    #[serde(rename = "not-utf8")]
    NotUtf8,
    Mojibake,
    BlankRow,
    EmptyColumn,
    DuplicateColumn,
    MixedTypes,
    DressedNumber,
    NullMarker,
    MixedDates,
    AmbiguousDate,
    PaddedCell,
    TotalsRow,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Severity {
    /// A program takes the table wrongly, or not at all.
    Error,
    /// A program can take it, and what it gets needs work.
    Warning,
}

/// What a notice means.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    pub severity: Severity,
    pub says: String,
    pub fix: String,
    pub reference: String,
}

/// The words and measures that the linter goes by.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub missing: Vec<String>,
    pub totals: Vec<String>,
    pub mojibake: Vec<String>,
    pub mostly: f64,
    pub places: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rules {
    pub words: Words,
    pub notices: BTreeMap<Code, Rule>,
}

pub(super) static RULES: LazyLock<Rules> = LazyLock::new(|| match toml::from_str(include_str!("notices.toml")) {
    Ok(rules) => rules,
    Err(error) => panic!("invariant: the bundled notices are well formed: {error}"),
});

/// A place where a notice holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    /// The record, from 1; blank lines are none.
    pub record: u64,
    /// The line of the file on which the record begins, from 1; none in a workbook.
    pub line: u64,
    /// The column, from 1, and its name.
    pub column: Option<(usize, String)>,
    /// What stands there.
    pub value: String,
}

/// All that was noticed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Notices(pub BTreeMap<Code, Noted>);

/// How often a notice holds, and where first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Noted {
    pub count: u64,
    pub places: Vec<Place>,
}

impl Noted {
    /// Counts one more; its place is asked for only while places are named.
    pub(super) fn add(&mut self, place: impl FnOnce() -> Place) {
        self.count += 1;
        if self.places.len() < RULES.words.places {
            self.places.push(place());
        }
    }

    /// Takes in what was counted elsewhere.
    pub(super) fn merge(&mut self, other: &Self) {
        self.count += other.count;
        let room = RULES.words.places.saturating_sub(self.places.len());
        self.places.extend(other.places.iter().take(room).cloned());
    }
}

impl Notices {
    /// Counts one more.
    pub(super) fn add(&mut self, code: Code, place: impl FnOnce() -> Place) {
        self.0.entry(code).or_default().add(place);
    }

    /// Takes in what was counted elsewhere, if anything.
    pub(super) fn merge(&mut self, code: Code, noted: &Noted) {
        if noted.count > 0 {
            self.0.entry(code).or_default().merge(noted);
        }
    }

    /// How many notices there are of a severity.
    pub(super) fn count(&self, severity: Severity) -> u64 {
        self.0.iter().filter(|(code, _)| code.rule().severity == severity).map(|(_, noted)| noted.count).sum()
    }
}

impl Code {
    pub(super) fn rule(self) -> &'static Rule {
        let Some(rule) = RULES.notices.get(&self) else { panic!("invariant: every notice has its rule: {self:?}") };
        rule
    }

    /// As it is written in `notices.toml`.
    pub(super) fn name(self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(name)) => name,
            _ => panic!("invariant: a notice is written as a word"),
        }
    }
}

impl Place {
    pub(super) fn new(record: u64, line: u64, value: &str) -> Self {
        Self { record, line, column: None, value: short(value) }
    }

    pub(super) fn at(mut self, column: usize, name: &str) -> Self {
        self.column = Some((column + 1, name.to_owned()));
        self
    }
}

/// Longest value shown, in characters.
const LONGEST: usize = 80;

fn short(value: &str) -> String {
    let folded = fold(value);
    folded.char_indices().nth(LONGEST).map_or(folded.clone(), |(at, _)| folded[..at].trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notice_has_its_rule() {
        let names: Vec<String> = RULES.notices.keys().map(|code| code.name()).collect();
        assert_eq!(names.len(), 24);
        assert!(RULES.notices.values().all(|rule| !rule.fix.is_empty() && !rule.reference.is_empty()));
    }
}
