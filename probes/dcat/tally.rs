//! How often each value occurs, with a bound on how many different ones are kept.

use std::collections::BTreeMap;

use serde::Serialize;

/// The most different values that are counted apart.
const MOST: usize = 2000;
/// The most characters of a value that are kept.
const LONGEST: usize = 300;

/// Values and how often each occurs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    counts: BTreeMap<String, u64>,
    /// How many values came after the bound on different ones was reached, each unlike those kept.
    pub others: u64,
}

impl Tally {
    /// Counts `value` once; white space around it is no part of it.
    pub fn add(&mut self, value: &str) {
        let value = value.trim();
        let value = value.char_indices().nth(LONGEST).map_or(value, |(at, _)| &value[..at]);
        if let Some(count) = self.counts.get_mut(value) {
            *count += 1;
        } else if self.counts.len() < MOST {
            self.counts.insert(value.to_owned(), 1);
        } else {
            self.others += 1;
        }
    }

    /// How many different values were kept.
    pub fn different(&self) -> usize {
        self.counts.len()
    }

    /// Values with their counts, in the order of the values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.counts.iter().map(|(value, count)| (value.as_str(), *count))
    }

    /// Values with their counts, the most frequent first.
    pub fn ranked(&self) -> Vec<(&str, u64)> {
        let mut ranked: Vec<_> = self.iter().collect();
        ranked.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(other.0)));
        ranked
    }
}
