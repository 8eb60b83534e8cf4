//! Words that a line's end divides.

use std::collections::BTreeSet;

use super::Line;

/// The words of a document that no line's end divides: they tell whether a hyphen belongs to a word.
#[derive(Debug, Default)]
pub(in crate::document) struct Vocabulary(BTreeSet<String>);

impl Vocabulary {
    /// The words of `lines`.
    pub(in crate::document) fn of<'l>(lines: impl Iterator<Item = &'l Line>) -> Self {
        let mut words = BTreeSet::new();
        for line in lines {
            let whole = line.text.strip_suffix('-').map_or(line.text.as_str(), |rest| {
                rest.rsplit_once(char::is_whitespace).map_or("", |(before, _)| before)
            });
            words.extend(whole.split_whitespace().map(plain).filter(|word| !word.is_empty()));
        }
        Self(words)
    }

    /// Puts a line behind a text: with a blank between, or as the rest of a word that was divided.
    pub(super) fn join(&self, text: &mut String, line: &str) {
        if text.ends_with('\u{ad}') {
            text.pop();
            text.push_str(line);
            return;
        }
        let divided = text.strip_suffix(['-', '\u{2010}']).filter(|rest| rest.ends_with(char::is_alphabetic));
        let Some(rest) = divided.filter(|_| line.starts_with(char::is_alphanumeric)) else {
            text.push(' ');
            text.push_str(line);
            return;
        };
        let first = plain(rest.rsplit(char::is_whitespace).next().unwrap_or_default());
        let second = plain(line.split_whitespace().next().unwrap_or_default());
        let has = |between: &str| self.0.contains(&format!("{first}{between}{second}"));
        let lower = line.starts_with(char::is_lowercase);
        if lower && (has("") || !has("-") && !first.contains('-')) {
            text.truncate(rest.len());
        }
        text.push_str(line);
    }
}

/// A word in lower case without the signs around it.
fn plain(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).replace('\u{2010}', "-").to_lowercase()
}
