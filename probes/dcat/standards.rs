//! Datasets of a catalogue that speak of a common data standard: by name, by address, by their columns.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use super::{Dataset, Distribution};
use crate::standards::{self, Standard};

/// How many datasets are kept for each standard.
const KEPT: usize = 3;

/// What a catalogue says of common standards.
#[derive(Debug, Default)]
pub struct Standards {
    found: BTreeMap<&'static str, Found>,
    /// All that a dataset says, a line for each: most datasets speak of no standard, and one look at that tells.
    lines: String,
}

/// The datasets that speak of one standard.
#[derive(Debug, Default)]
struct Found {
    datasets: u64,
    kept: BTreeMap<(Sign, u64), Speaking>,
}

/// How a dataset speaks of a standard, the plainest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// It has the columns that the standard is told by.
    Columns,
    /// A file's address is as such data's often is.
    Address,
    /// A file's format or the field for standards names it.
    Format,
    /// The title names it.
    Title,
    /// A keyword names it.
    Keyword,
}

/// A dataset that speaks of a standard.
#[derive(Clone, Debug)]
pub struct Speaking {
    /// The standard.
    pub standard: &'static str,
    /// How it does so.
    pub sign: Sign,
    /// The dataset's title.
    pub title: String,
    /// The file that speaks of it; where none does, the dataset's files are all as good.
    pub files: Vec<Distribution>,
}

impl Sign {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Columns => "its columns",
            Self::Address => "a file's address",
            Self::Format => "a declared format",
            Self::Title => "its title",
            Self::Keyword => "a keyword",
        }
    }
}

impl Standards {
    /// Takes in one dataset, known by `key`.
    pub(super) fn see(&mut self, dataset: &Dataset, key: u64) {
        let speaks = self.may_speak(dataset);
        let mut seen: BTreeSet<&'static str> = BTreeSet::new();
        let mut note = |standard: &'static Standard, sign: Sign, file: Option<&Distribution>| {
            // One dataset speaks of a standard once, in the plainest way.
            if !seen.insert(&standard.id) {
                return;
            }
            let found = self.found.entry(&standard.id).or_default();
            found.datasets += 1;
            let place = (sign, key);
            if found.kept.len() == KEPT && found.kept.last_key_value().is_some_and(|(last, _)| *last < place) {
                return;
            }
            let files = file.map_or_else(|| dataset.distributions.clone(), |file| vec![file.clone()]);
            let title = dataset.title.clone();
            found.kept.insert(place, Speaking { standard: &standard.id, sign, title, files });
            if found.kept.len() > KEPT {
                found.kept.pop_last();
            }
        };
        for standard in standards::in_columns(&dataset.column_names) {
            note(standard, Sign::Columns, None);
        }
        if !speaks {
            return;
        }
        for file in &dataset.distributions {
            if let Ok(url) = Url::parse(file.address()) {
                for standard in standards::addressed(&url) {
                    note(standard, Sign::Address, Some(file));
                }
            }
            let said = [&file.format, &file.conforms_to, &file.title];
            for (standard, _) in said.into_iter().flat_map(|text| standards::named(text)) {
                note(standard, Sign::Format, Some(file));
            }
        }
        let of_all = std::iter::once((Sign::Format, &dataset.conforms_to)).chain([(Sign::Title, &dataset.title)]);
        let of_all = of_all.chain(dataset.keywords.iter().map(|keyword| (Sign::Keyword, keyword)));
        for (sign, text) in of_all {
            for (standard, _) in standards::named(text) {
                note(standard, sign, None);
            }
        }
    }

    fn may_speak(&mut self, dataset: &Dataset) -> bool {
        self.lines.clear();
        let files = dataset.distributions.iter();
        let files = files.flat_map(|file| [file.address(), &file.format, &file.conforms_to, &file.title]);
        let keywords = dataset.keywords.iter().map(String::as_str);
        for line in [dataset.title.as_str(), &dataset.conforms_to].into_iter().chain(keywords).chain(files) {
            self.lines.push_str(line);
            self.lines.push('\n');
        }
        standards::may_speak(&self.lines)
    }

    /// How many datasets speak of each standard.
    pub fn counts(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.found.iter().map(|(standard, found)| (*standard, found.datasets))
    }

    /// Datasets that speak of each standard, some of each, the plainest first.
    pub fn speaking(&self) -> impl Iterator<Item = &Speaking> {
        self.found.values().flat_map(|found| found.kept.values())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datasets_speak_of_standards_in_several_ways() {
        let file = |format: &str, url: &str| Distribution {
            format: format.to_owned(),
            download_url: url.to_owned(),
            ..Distribution::default()
        };
        let mut standards = Standards::default();
        let titled = |title: &str| Dataset { title: title.to_owned(), ..Dataset::default() };
        standards.see(&titled("Bus timetables (GTFS)"), 1);
        standards
            .see(&Dataset { distributions: vec![file("GTFS", "https://x.example/bus.zip")], ..titled("Buses") }, 2);
        let columns = ["PermitNum", "OriginalAddress1", "StatusCurrent"].map(str::to_owned).to_vec();
        standards.see(&Dataset { column_names: columns, ..titled("Permits") }, 3);
        standards.see(&titled("Trees"), 4);
        let said: Vec<_> = standards.speaking().map(|one| (one.standard, one.sign, one.title.as_str())).collect();
        assert_eq!(
            said,
            [
                ("blds", Sign::Columns, "Permits"),
                ("gtfs", Sign::Format, "Buses"),
                ("gtfs", Sign::Title, "Bus timetables (GTFS)")
            ]
        );
        assert_eq!(standards.counts().collect::<Vec<_>>(), [("blds", 1), ("gtfs", 2)]);
    }
}
