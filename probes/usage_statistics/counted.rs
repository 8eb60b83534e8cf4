//! What counts the use of data: columns of numbers under telling names, rows of measures, phrases with figures.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};
use serde::Deserialize;

use crate::json::Shape;
use crate::roles;
use crate::rows::Held;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    #[serde(deserialize_with = "crate::pattern::any")]
    measures: RegexSet,
    #[serde(deserialize_with = "crate::pattern::any")]
    shared: RegexSet,
    #[serde(deserialize_with = "crate::pattern::any")]
    about: RegexSet,
    phrases: Vec<String>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| match toml::from_str(include_str!("words.toml")) {
    Ok(known) => known,
    Err(error) => panic!("invariant: the bundled words on use are well formed: {error}"),
});

static PHRASES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let compiled = KNOWN.phrases.iter().map(|pattern| match Regex::new(&format!("(?i){pattern}")) {
        Ok(regex) => regex,
        Err(error) => panic!("invariant: the bundled phrases on use are well formed: {error}"),
    });
    compiled.collect()
});

/// Of ten values of a column of numbers, so many are numbers.
const MOST: usize = 8;

/// What a table counts.
pub(super) struct Counted {
    /// The measures, as their columns or rows name them, in small letters.
    pub(super) measures: Vec<String>,
    /// The columns that they stand in.
    pub(super) columns: Vec<String>,
    /// All numbers of the first of them, summed; of measures that stand one to a row there is no sum.
    pub(super) total: Option<f64>,
}

/// What `table` counts of the use of data; `about` are the words about the table.
pub(super) fn of(table: &Held, about: &str) -> Option<Counted> {
    let numbers: Vec<usize> = (0..table.header.len()).filter(|column| are_numbers(table, *column)).collect();
    let names: Vec<String> = table.header.iter().map(|name| roles::words(name)).collect();
    let is_of_data = is_about(about) || is_about(&table.name) || names.iter().any(|name| is_about(name));
    let counts = |name: &str| KNOWN.measures.is_match(name) || (is_of_data && KNOWN.shared.is_match(name));
    let columns: Vec<usize> = numbers.iter().copied().filter(|column| counts(&names[*column])).collect();
    if let Some(first) = columns.first() {
        return Some(Counted {
            measures: columns.iter().map(|column| names[*column].trim().to_owned()).collect(),
            columns: columns.iter().map(|column| table.header[*column].clone()).collect(),
            total: Some(sum(table, *first)),
        });
    }
    // One measure a row: its name in one column, its number in another.
    let number = *numbers.first()?;
    let listed = (0..table.header.len()).filter(|column| *column != number).find_map(|column| {
        let measures: Vec<String> = table
            .column(column)
            .filter(|(_, cell)| cell.len() < 40 && counts(&roles::words(cell)))
            .map(|(_, cell)| cell.to_lowercase())
            .collect();
        (!measures.is_empty()).then_some((column, measures))
    });
    let (column, mut measures) = listed.filter(|_| is_of_data)?;
    measures.sort();
    measures.dedup();
    let columns = vec![table.header[column].clone(), table.header[number].clone()];
    Some(Counted { measures, columns, total: None })
}

/// What the records of a JSON body count at paths within them.
pub(super) fn in_paths(shape: &Shape) -> Option<Counted> {
    let name = |path: &str| roles::words(path.rsplit('/').next().unwrap_or_default());
    let counts = shape
        .paths
        .iter()
        .filter(|(path, first)| number(&first.value).is_some() && KNOWN.measures.is_match(&name(path)));
    let columns: Vec<String> = counts.map(|(path, _)| path.clone()).collect();
    let mut measures: Vec<String> = columns.iter().map(|path| name(path).trim().to_owned()).collect();
    measures.dedup();
    (!columns.is_empty()).then_some(Counted { measures, columns, total: None })
}

/// Whether words are about data or the portal.
pub(super) fn is_about(words: &str) -> bool {
    KNOWN.about.is_match(words)
}

/// The words of a text that give a figure of use.
pub(super) fn phrase(text: &str) -> Option<&str> {
    PHRASES.iter().filter_map(|phrase| phrase.find(text)).min_by_key(regex::Match::start).map(|found| found.as_str())
}

fn number(cell: &str) -> Option<f64> {
    cell.replace([',', ' '], "").parse().ok().filter(|number: &f64| number.is_finite())
}

fn are_numbers(table: &Held, column: usize) -> bool {
    let filled = table.column(column).count();
    let numbers = table.column(column).filter(|(_, cell)| number(cell).is_some()).count();
    filled > 0 && numbers * 10 >= filled * MOST
}

fn sum(table: &Held, column: usize) -> f64 {
    table.column(column).filter_map(|(_, cell)| number(cell)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(rows: &[&str], about: &str) -> Option<Vec<String>> {
        let held = Held::of("", rows.iter().map(|row| row.split('|').map(str::to_owned).collect()));
        of(&held, about).map(|counted| counted.measures)
    }

    #[test]
    fn what_counts_the_use_of_data_is_told_from_other_counts() {
        let measures = |words: &[&str]| Some(words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        assert_eq!(
            counted(&["Dataset|Month|viewCount", "Trees|May|1,200", "Calls|May|30"], ""),
            measures(&["view count"])
        );
        assert_eq!(counted(&["Metric|Value", "Page Views|300", "Staff|4"], "open data"), measures(&["page views"]));
        assert_eq!(counted(&["Branch|Visits", "Main|300", "East|40"], "/library.csv"), None);
        assert_eq!(
            counted(&["Dataset|Download", "Trees|https://x.example/a.csv", "Calls|https://x.example/b"], ""),
            None
        );
    }

    #[test]
    fn figures_in_words_are_found() {
        assert_eq!(phrase("In May the portal had 12,300 page views."), Some("12,300 page views"));
        assert_eq!(phrase("Downloads rose to 4 million."), Some("Downloads rose to 4 million"));
        assert_eq!(phrase("Rooms with views of the 3 harbours."), None);
    }
}
