//! Which column of a table holds which field of an inventory: by its name first, by its values else.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::{Regex, RegexSet};
use serde::{Deserialize, Serialize};

use crate::dates::{self, Order};
use crate::roles::words;
use crate::rows::Held;

/// A field of an inventory, or of a list of departments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Field {
    Title,
    Department,
    Updated,
    Classification,
    Frequency,
    Description,
    Contact,
    Link,
    Kind,
    Acronym,
    TakingPart,
}

/// The fields that make a table an inventory.
pub(super) const MAKING: &[(Field, &str)] = &[
    (Field::Title, "title"),
    (Field::Department, "department"),
    (Field::Description, "description"),
    (Field::Classification, "classification"),
    (Field::Frequency, "frequency"),
    (Field::Contact, "contact"),
];

/// Of ten values of a column, so many must fit.
const MOST: usize = 6;
/// The longest mean of a department's name, in characters: prose is longer.
const NAME: usize = 80;
/// The shortest name of a column that may be found within a word.
const WITHIN: usize = 7;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    #[serde(deserialize_with = "crate::pattern::any")]
    datasets: RegexSet,
    #[serde(deserialize_with = "crate::pattern::any")]
    about: RegexSet,
    #[serde(deserialize_with = "crate::pattern::any")]
    public: RegexSet,
    fields: BTreeMap<Field, Signs>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Signs {
    names: Vec<String>,
    #[serde(deserialize_with = "crate::pattern::any")]
    values: RegexSet,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| match toml::from_str(include_str!("columns.toml")) {
    Ok(known) => known,
    Err(error) => panic!("invariant: the bundled columns are well formed: {error}"),
});

static URL: LazyLock<Regex> = LazyLock::new(|| match Regex::new("^https?://") {
    Ok(regex) => regex,
    Err(error) => panic!("invariant: the pattern is regular: {error}"),
});

/// The columns of a table by the field that each holds.
pub(super) type Columns = BTreeMap<Field, usize>;

/// Which column of `held` holds which field; no column holds two.
pub(super) fn map(held: &Held) -> Columns {
    let mut columns = Columns::new();
    // By name: the surest name first, whatever its field.
    let mut named: Vec<((u8, usize), Field, usize)> = Vec::new();
    for (field, signs) in &KNOWN.fields {
        for (column, name) in held.header.iter().enumerate() {
            named.extend(signs.rank(name).map(|rank| (rank, *field, column)));
        }
    }
    named.sort();
    for (_, field, column) in named {
        if !columns.contains_key(&field) && !columns.values().any(|taken| *taken == column) && fits(field, held, column)
        {
            columns.insert(field, column);
        }
    }
    for (field, signs) in KNOWN.fields.iter().filter(|(_, signs)| !signs.values.is_empty()) {
        let free = (0..held.header.len()).filter(|column| !columns.values().any(|taken| taken == column));
        let by_values = free.into_iter().find(|column| mostly(held, *column, |cell| signs.values.is_match(cell)));
        if let (false, Some(column)) = (columns.contains_key(field), by_values) {
            columns.insert(*field, column);
        }
    }
    columns
}

impl Signs {
    /// How surely a column of this name holds the field: lower is surer.
    fn rank(&self, name: &str) -> Option<(u8, usize)> {
        let squeezed = squeeze(name);
        let words = words(name);
        let rank = |phrase: &String| {
            let wanted = squeeze(phrase);
            if squeezed == wanted {
                Some(0)
            } else if words.contains(&format!(" {phrase} ")) {
                Some(1)
            } else if wanted.len() >= WITHIN && squeezed.contains(&wanted) {
                Some(2)
            } else {
                None
            }
        };
        self.names.iter().enumerate().filter_map(|(at, phrase)| Some((rank(phrase)?, at))).min()
    }
}

fn squeeze(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether the values of a column can be of the field.
fn fits(field: Field, held: &Held, column: usize) -> bool {
    let filled = held.column(column).count();
    let wordy = |cell: &str| cell.chars().any(char::is_alphabetic) && !URL.is_match(cell);
    match field {
        Field::Title => filled * 2 >= held.rows.len() && mostly(held, column, wordy),
        Field::Department => {
            let characters: usize = held.column(column).map(|(_, cell)| cell.chars().count()).sum();
            filled > 0 && characters <= filled * NAME && mostly(held, column, |cell| wordy(cell) && !cell.contains('@'))
        }
        Field::Updated => mostly(held, column, |cell| dates::parse(cell, Order::MonthFirst).is_some()),
        _ => filled > 0,
    }
}

/// Whether most of the cells of a column that are not empty are so.
fn mostly(held: &Held, column: usize, so: impl Fn(&str) -> bool) -> bool {
    let (mut filled, mut hits) = (0, 0);
    for (_, cell) in held.column(column) {
        filled += 1;
        hits += usize::from(so(cell));
    }
    filled > 0 && hits * 10 >= filled * MOST
}

/// Whether the column of titles speaks of datasets, or the words about the table speak of an inventory of them.
pub(super) fn lists_datasets(held: &Held, columns: &Columns, about: &str) -> bool {
    let titled = columns.get(&Field::Title).is_some_and(|title| KNOWN.datasets.is_match(&split(&held.header[*title])));
    let described = columns.contains_key(&Field::Classification) && columns.contains_key(&Field::Frequency);
    titled || described || speaks_of_inventory(about) || speaks_of_inventory(&held.name)
}

/// A column's name with its words apart: `DATASETNAME` cannot be split, so the patterns find it by its beginning.
fn split(name: &str) -> String {
    let words = words(name);
    let squeezed = squeeze(name);
    if squeezed.starts_with("dataset") { format!("dataset {words}") } else { words }
}

/// Whether words speak of an inventory of data.
pub(super) fn speaks_of_inventory(words: &str) -> bool {
    KNOWN.about.is_match(words)
}

/// Whether the value of a classification says that the data is open to all.
pub(super) fn is_public(classification: &str) -> bool {
    KNOWN.public.is_match(classification)
}

/// Whether a cell is a web address.
pub(super) fn is_address(cell: &str) -> bool {
    URL.is_match(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapped(rows: &[&str]) -> BTreeMap<Field, String> {
        let held = Held::of("", rows.iter().map(|row| row.split('|').map(str::to_owned).collect()));
        map(&held).into_iter().map(|(field, column)| (field, held.header[column].clone())).collect()
    }

    #[test]
    fn columns_are_known_by_their_names_run_together_or_not() {
        let columns = mapped(&[
            "ACRONYM|AGENCYNAME|DATASETNAME|DATAOWNER|DATASETCLASSIFICATIONNAME|UPDATEINTERVALNAME",
            "PD|Police|Calls|Records Unit|Level 0|Weekly",
            "PW|Public Works|Potholes|Streets Unit|Level 1|Daily",
        ]);
        let of = |field| columns.get(&field).map(String::as_str);
        assert_eq!((of(Field::Title), of(Field::Department)), (Some("DATASETNAME"), Some("AGENCYNAME")));
        assert_eq!(
            (of(Field::Classification), of(Field::Frequency)),
            (Some("DATASETCLASSIFICATIONNAME"), Some("UPDATEINTERVALNAME"))
        );
        assert_eq!(of(Field::Acronym), Some("ACRONYM"));
    }

    #[test]
    fn columns_without_a_telling_name_are_known_by_their_values() {
        let columns = mapped(&[
            "Dataset|Dept.|Who|How",
            "Trees|Parks|jo@example.gov|Monthly",
            "Calls|Police|al@example.gov|Daily",
        ]);
        assert_eq!(columns.get(&Field::Contact).map(String::as_str), Some("Who"));
        assert_eq!(columns.get(&Field::Frequency).map(String::as_str), Some("How"));
    }
}
