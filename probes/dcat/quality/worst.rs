//! Datasets to mend first: those looked at most, then those with most that is wrong.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::super::Dataset;
use super::Sign;

/// How many are kept.
const MOST: usize = 20;
/// The most characters of a title that are kept.
const LONGEST: usize = 120;

/// The first comes first: by views, by the number of signs, then by the hash of the identifier, as in the sample.
type Rank = (Reverse<u64>, Reverse<usize>, u64);

/// Datasets that show signs, the first to mend first.
#[derive(Debug, Default)]
pub struct Worst {
    cases: BTreeMap<Rank, Case>,
}

/// A dataset, and what is wrong with it.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it is known by.
    pub identifier: String,
    /// Its title.
    pub title: String,
    /// What is wrong.
    pub signs: Vec<Sign>,
    /// How often it was looked at.
    pub views: Option<u64>,
}

impl Worst {
    pub(super) fn see(&mut self, dataset: &Dataset, title: &str, signs: Vec<Sign>, key: u64) {
        if signs.is_empty() {
            return;
        }
        let rank = (Reverse(dataset.views.unwrap_or_default()), Reverse(signs.len()), key);
        if self.cases.len() == MOST && self.cases.last_key_value().is_some_and(|(last, _)| rank > *last) {
            return;
        }
        let title = title.chars().take(LONGEST).collect();
        self.cases.insert(rank, Case { identifier: dataset.identifier.clone(), title, signs, views: dataset.views });
        if self.cases.len() > MOST {
            self.cases.pop_last();
        }
    }

    /// The cases, the first to mend first.
    pub fn cases(&self) -> impl Iterator<Item = &Case> {
        self.cases.values()
    }
}
