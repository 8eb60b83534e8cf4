//! Texts that more than one dataset has, found without keeping all texts.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hasher as _};

use super::Tally;

/// Counts texts that come again.
#[derive(Debug, Default)]
pub struct Repeats {
    /// How many datasets have a text that another has too.
    pub shared: u64,
    /// Those texts, each as often as it came behind the first time.
    pub again: Tally,
    once: HashSet<u64>,
    more: HashSet<u64>,
}

impl Repeats {
    /// Takes in a text; letters' case makes no difference.
    pub(super) fn see(&mut self, text: &str) {
        let key = caseless(text);
        if self.once.insert(key) {
            return;
        }
        // The first that has it shares it as well.
        self.shared += if self.more.insert(key) { 2 } else { 1 };
        self.again.add(text);
    }

    /// Texts with how many datasets have them, the most frequent first.
    pub fn ranked(&self) -> Vec<(&str, u64)> {
        self.again.ranked().into_iter().map(|(text, count)| (text, count + 1)).collect()
    }
}

/// A hash to tell texts apart within one run.
pub(super) fn fingerprint(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(text.as_bytes());
    hasher.finish()
}

fn caseless(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    if text.is_ascii() {
        let mut part = [0; 64];
        for bytes in text.as_bytes().chunks(part.len()) {
            let part = &mut part[..bytes.len()];
            part.copy_from_slice(bytes);
            part.make_ascii_lowercase();
            hasher.write(part);
        }
    } else {
        hasher.write(text.to_lowercase().as_bytes());
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dataset_with_a_text_of_another_counts() {
        let mut repeats = Repeats::default();
        for text in ["Trees", "benches", "TREES", "trees", "Bänke", "BÄNKE"] {
            repeats.see(text);
        }
        assert_eq!(repeats.shared, 5);
    }
}
