//! What is found in a feed: exact totals, and the first places of each.

use std::collections::BTreeMap;

use serde_json::Value;

use super::documented::{self, Severity};
use super::files::Files;

/// What was found so far, by rule and by the files that had to be whole for the rule to be run elsewhere.
pub(crate) struct Notices {
    samples: usize,
    found: BTreeMap<(&'static str, Files), Tally>,
}

/// One rule's findings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) total: u64,
    pub(crate) samples: Vec<Value>,
}

impl Notices {
    /// Nothing yet; `samples` places of each rule will be kept.
    pub(crate) fn new(samples: usize) -> Self {
        Self { samples, found: BTreeMap::new() }
    }

    /// A fresh one that keeps as many places.
    pub(crate) fn another(&self) -> Self {
        Self::new(self.samples)
    }

    /// One more finding of a rule; its place is written only where it is kept.
    pub(crate) fn add(&mut self, code: &'static str, place: impl FnOnce() -> Value) {
        let needs = documented::of(code).map_or(Files::NONE, |rule| rule.needs);
        self.add_in(needs, code, place);
    }

    /// One more finding in a cell or row, for which no other has to be whole.
    pub(crate) fn add_cell(&mut self, code: &'static str, place: impl FnOnce() -> Value) {
        self.add_in(Files::NONE, code, place);
    }

    /// One more finding of a rule that several ask for, by what this one needs.
    pub(crate) fn add_in(&mut self, needs: Files, code: &'static str, place: impl FnOnce() -> Value) {
        let tally = self.found.entry((code, needs)).or_default();
        tally.total += 1;
        if tally.samples.len() < self.samples {
            tally.samples.push(place());
        }
    }

    /// Takes in what another found after this.
    pub(crate) fn merge(&mut self, other: Self) {
        for (key, tally) in other.found {
            let own = self.found.entry(key).or_default();
            own.total += tally.total;
            let left = self.samples.saturating_sub(own.samples.len());
            own.samples.extend(tally.samples.into_iter().take(left));
        }
    }

    /// Every rule that found something, and the files that it needs.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&'static str, Files, Severity, &Tally)> {
        self.found.iter().map(move |((code, needs), tally)| {
            let severity = documented::of(code).map_or(Severity::Error, |rule| rule.severity);
            (*code, *needs, severity, tally)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_exact_and_places_bounded() {
        let mut notices = Notices::new(2);
        for line in 0..8 {
            notices.add("unknown_file", || line.into());
        }
        let mut other = notices.another();
        other.add("unknown_file", || 7.into());
        notices.merge(other);
        let all: Vec<_> = notices.all().map(|(_, needs, _, tally)| (needs, tally.total)).collect();
        assert_eq!(all, [(Files::NONE, 9)]);
        assert_eq!(notices.found.values().map(|tally| tally.samples.len()).sum::<usize>(), 2);
    }
}
