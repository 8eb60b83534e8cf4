//! Offices, by the words of their titles, and what makes a line a duty: the patterns of `offices.toml`.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    offices: Vec<Office>,
    duties: Duties,
}

/// An office.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Office {
    id: String,
    #[serde(deserialize_with = "crate::pattern::one")]
    words: Regex,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Duties {
    #[serde(deserialize_with = "crate::pattern::one")]
    line: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    begins: Regex,
}

static FILE: LazyLock<File> = LazyLock::new(|| {
    toml::from_str(include_str!("offices.toml")).expect("invariant: the bundled words of offices are well formed")
});

/// The offices that a text names, each with where its title stands.
pub(super) fn named(text: &str) -> Vec<(&'static str, Range<usize>)> {
    let mut found: Vec<(&'static str, Range<usize>)> = Vec::new();
    for office in &FILE.offices {
        for title in office.words.find_iter(text) {
            let taken = found.iter().any(|(_, range)| range.start < title.end() && title.start() < range.end);
            if !taken {
                found.push((&office.id, title.range()));
            }
        }
    }
    found.sort_by_key(|(_, range)| range.start);
    found
}

/// Whether a line lays a duty on someone.
pub(super) fn is_duty(line: &str) -> bool {
    FILE.duties.line.is_match(line)
}

/// Whether a line begins a list of duties.
pub(super) fn begins_duties(line: &str) -> bool {
    FILE.duties.begins.is_match(line)
}
