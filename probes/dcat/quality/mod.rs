//! Whether titles, descriptions, keywords and dates say something, counted over a catalogue.

mod days;
mod signs;
mod worst;

use std::collections::BTreeMap;

use super::repeats::Repeats;
use super::visible::visible;
use super::{Columns, Dataset};
pub use days::Days;
use signs::SIGNS;
pub use signs::Sign;
pub use worst::{Case, Worst};

/// Lengths of descriptions, in characters of visible text, by where each span begins.
pub const LENGTHS: &[(usize, &str)] =
    &[(0, "none"), (1, "under 30"), (30, "30 to 99"), (100, "100 to 499"), (500, "500 and more")];

/// How much of a description is searched for signs of a placeholder, in bytes.
const SEARCHED: usize = 200;

/// What the fields of all datasets say.
#[derive(Debug, Default)]
pub struct Quality {
    /// How many datasets show each sign.
    pub signs: BTreeMap<Sign, u64>,
    /// How many titles are neither blank nor a placeholder nor a code.
    pub titles_telling: u64,
    /// How many descriptions are neither blank nor a placeholder nor the title again.
    pub descriptions_telling: u64,
    /// Descriptions by their length, in the order of [`LENGTHS`].
    pub lengths: [u64; LENGTHS.len()],
    /// Titles that several datasets have.
    pub titles: Repeats,
    /// Descriptions that several datasets have, placeholders apart.
    pub descriptions: Repeats,
    /// How many datasets tell of their columns.
    pub with_columns: u64,
    /// Of those, how many describe each.
    pub columns_all: u64,
    /// Of those, how many describe any.
    pub columns_any: u64,
    /// All their columns.
    pub columns: Option<Columns>,
    /// The latest date of each dataset.
    pub days: Days,
    /// Datasets to mend first.
    pub worst: Worst,
    /// The visible text at hand: one piece of memory for all.
    title: String,
    description: String,
}

impl Quality {
    /// Takes in one dataset; `key` is a hash of its identifier.
    pub(super) fn see(&mut self, dataset: &Dataset, key: u64) {
        visible(&dataset.title, &mut self.title);
        visible(&dataset.description, &mut self.description);
        let mut seen = Vec::new();
        let title = title_sign(&self.title);
        if title.is_none() {
            self.titles_telling += 1;
        }
        if !self.title.is_empty() {
            self.titles.see(&self.title);
        }
        let description = description_sign(&self.title, &self.description);
        if description.is_none() {
            self.descriptions_telling += 1;
        }
        if !matches!(description, Some(Sign::DescriptionBlank | Sign::DescriptionPlaceholder)) {
            self.descriptions.see(&self.description);
        }
        let length = self.description.chars().count();
        let span = LENGTHS.iter().rposition(|(from, _)| length >= *from).unwrap_or_default();
        self.lengths[span] += 1;
        seen.extend(title);
        seen.extend(description);
        if leftovers(&dataset.description, &self.description) {
            seen.push(Sign::DescriptionMarkup);
        }
        let mut keywords = dataset.keywords.iter().filter(|keyword| !keyword.trim().is_empty()).peekable();
        if keywords.peek().is_some() && keywords.all(|keyword| SIGNS.keywords.placeholder.is_match(keyword.trim())) {
            seen.push(Sign::KeywordsPlaceholder);
        }
        let dates = [&dataset.issued, &dataset.modified, &dataset.data_modified];
        if dates.iter().any(|date| SIGNS.dates.impossible.is_match(date)) {
            seen.push(Sign::DateImpossible);
        }
        self.days.see(&dates, dataset);
        for sign in &seen {
            *self.signs.entry(*sign).or_default() += 1;
        }
        self.count(dataset.columns);
        self.worst.see(dataset, &self.title, seen, key);
    }

    fn count(&mut self, columns: Option<Columns>) {
        let Some(columns) = columns.filter(|columns| columns.all > 0) else { return };
        self.with_columns += 1;
        self.columns_all += u64::from(columns.described == columns.all);
        self.columns_any += u64::from(columns.described > 0);
        let sum = self.columns.get_or_insert(Columns { all: 0, described: 0 });
        sum.all += columns.all;
        sum.described += columns.described.min(columns.all);
    }

    /// How many datasets show `sign`.
    pub fn of(&self, sign: Sign) -> u64 {
        self.signs.get(&sign).copied().unwrap_or_default()
    }
}

fn title_sign(title: &str) -> Option<Sign> {
    if title.is_empty() {
        Some(Sign::TitleBlank)
    } else if SIGNS.titles.placeholder.is_match(title) {
        Some(Sign::TitlePlaceholder)
    } else if SIGNS.titles.code.is_match(title) {
        Some(Sign::TitleCode)
    } else {
        None
    }
}

fn description_sign(title: &str, description: &str) -> Option<Sign> {
    // What goes on behind the head is no short text: a sign that wants the end must not find it there.
    let head = if description.len() <= SEARCHED {
        description
    } else {
        &description[..description.floor_char_boundary(SEARCHED + 1)]
    };
    if description.is_empty() {
        Some(Sign::DescriptionBlank)
    } else if SIGNS.descriptions.placeholder.is_match(head) {
        Some(Sign::DescriptionPlaceholder)
    } else if description.len() <= 2 * title.len() + 20 && letters(title).eq(letters(description)) {
        Some(Sign::DescriptionTitle)
    } else {
        None
    }
}

fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

/// Whether a word processor's markup came along, or the reader sees markup.
fn leftovers(written: &str, visible: &str) -> bool {
    (written.contains('<') && SIGNS.descriptions.word_markup.is_match(written))
        || (visible.contains(['<', '&']) && SIGNS.descriptions.shown_markup.is_match(visible))
}

#[cfg(test)]
mod tests;
