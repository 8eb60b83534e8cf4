//! The words of a text.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation as _;

/// A word, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word<'a> {
    /// As written.
    pub text: &'a str,
    /// Its bytes in the text.
    pub at: Range<usize>,
}

/// The words of `text` by Unicode's boundaries; names that programs write are divided where they are joined.
pub fn words(text: &str) -> Vec<Word<'_>> {
    let mut found = Vec::new();
    for (start, whole) in text.unicode_word_indices() {
        let mut at = start;
        for part in whole.split('_') {
            if !part.is_empty() {
                found.push(Word { text: part, at: at..at + part.len() });
            }
            at += part.len() + 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_names_are_divided_and_accents_kept() {
        let words: Vec<&str> = words("tool_name, machine-readable; año 1,200.5").into_iter().map(|w| w.text).collect();
        assert_eq!(words, ["tool", "name", "machine", "readable", "año", "1,200.5"]);
    }
}
