//! How often datasets are looked at and downloaded, as far as their platform counts that.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::Dataset;

/// How many of the datasets used most are kept.
const MOST: usize = 10;

/// Figures of use over a catalogue.
#[derive(Debug, Default)]
pub struct Usage {
    /// How often datasets were looked at.
    pub views: Counts,
    /// How often they were downloaded.
    pub downloads: Counts,
    most: BTreeMap<(Reverse<u64>, String), Used>,
}

/// What the platform counts of one kind of use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// How many datasets have a figure.
    pub datasets: u64,
    /// All figures, summed.
    pub total: u64,
    /// How many datasets have the figure nought.
    pub unused: u64,
}

/// A dataset, and how often it was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// The dataset's title.
    pub title: String,
    /// How often it was looked at.
    pub views: Option<u64>,
    /// How often it was downloaded.
    pub downloads: Option<u64>,
}

impl Usage {
    /// Takes in one dataset.
    pub(super) fn see(&mut self, dataset: &Dataset) {
        self.views.see(dataset.views);
        self.downloads.see(dataset.downloads);
        let Some(used) = dataset.views.or(dataset.downloads) else { return };
        let last = self.most.last_key_value().map(|((Reverse(last), _), _)| *last);
        if self.most.len() == MOST && last.is_some_and(|last| used < last) {
            return;
        }
        let (title, views, downloads) = (dataset.title.clone(), dataset.views, dataset.downloads);
        let key = (Reverse(used), format!("{title}\n{}", dataset.identifier));
        self.most.insert(key, Used { title, views, downloads });
        if self.most.len() > MOST {
            self.most.pop_last();
        }
    }

    /// The datasets used most, the first first.
    pub fn most(&self) -> impl Iterator<Item = &Used> {
        self.most.values()
    }
}

impl Counts {
    fn see(&mut self, count: Option<u64>) {
        let Some(count) = count else { return };
        self.datasets += 1;
        self.total = self.total.saturating_add(count);
        self.unused += u64::from(count == 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_used_are_kept_whatever_the_order() {
        let dataset = |n: u64| Dataset {
            identifier: n.to_string(),
            title: format!("Dataset {n}"),
            views: (n != 3).then_some(n / 2),
            ..Dataset::default()
        };
        let of = |numbers: &mut dyn Iterator<Item = u64>| {
            let mut usage = Usage::default();
            numbers.for_each(|n| usage.see(&dataset(n)));
            let titles: Vec<String> = usage.most().map(|used| used.title.clone()).collect();
            (titles, usage.views)
        };
        let (titles, views) = of(&mut (0..40));
        assert_eq!(titles.len(), MOST);
        assert_eq!(titles[..2], ["Dataset 38", "Dataset 39"]);
        assert_eq!(views, Counts { datasets: 39, total: 379, unused: 2 });
        assert_eq!(of(&mut (0..40).rev()), (titles, views));
    }
}
