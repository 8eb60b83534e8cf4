//! Which column of a table holds what: by its name, and by whether its cells can be of the kind; and whether it is a
//! table of contracts at all.

use std::collections::BTreeMap;

use jiff::civil::Date;
use regex::RegexSet;

use super::amount::amount;
use super::day::{self, Cell, Votes};
use super::fields::{Field, KNOWN};
use super::names::Likeness;
use crate::dates::Order;

/// The columns of a table, told apart.
#[derive(Clone, Debug)]
pub struct Mapped {
    /// The column of each field that was found; one of text may be both name and description.
    pub columns: BTreeMap<Field, Column>,
    /// What the table is of.
    pub nature: Nature,
    /// In which order its dates are written.
    pub order: Order,
    /// Whether nothing but habit says so.
    pub either_order: bool,
}

/// A column that holds a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its place, from 0.
    pub at: usize,
    /// Its name; empty without a header.
    pub name: String,
    /// How sure that is, of 100.
    pub confidence: u64,
    /// Of the cells looked at, how many in a hundred are not empty.
    pub filled: u64,
}

/// What a table is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Nature {
    /// Contracts, or procurements to come.
    Contracts,
    /// Perhaps contracts: what speaks against it.
    Doubtful(String),
    /// Something else, or contracts by words that we do not know.
    Other,
}

/// What the cells of a column are like.
struct Profile {
    filled: usize,
    dates: usize,
    periods: usize,
    amounts: usize,
    open_amounts: usize,
    money: usize,
    wordy: usize,
    numbered: usize,
    characters: usize,
    latest: Option<Date>,
}

impl Profile {
    fn of(column: usize, rows: &[Vec<String>], order: Order) -> Self {
        let mut of = Self {
            filled: 0,
            dates: 0,
            periods: 0,
            amounts: 0,
            open_amounts: 0,
            money: 0,
            wordy: 0,
            numbered: 0,
            characters: 0,
            latest: None,
        };
        for cell in rows.iter().filter_map(|row| row.get(column)).filter(|cell| !cell.is_empty()) {
            of.cell(cell, order);
        }
        of
    }

    fn cell(&mut self, cell: &str, order: Order) {
        if KNOWN.open_amounts.is_match(cell) {
            self.open_amounts += 1;
        }
        if KNOWN.is_blank(cell) {
            return;
        }
        self.filled += 1;
        self.characters += cell.chars().count();
        let read = day::read(cell, order);
        if let Cell::Dated(dated) = read {
            self.latest = self.latest.max(Some(dated.last()));
        }
        let dated = read != Cell::Other;
        let digits = cell.bytes().any(|byte| byte.is_ascii_digit());
        self.numbered += usize::from(!dated && digits);
        self.dates += usize::from(dated);
        if !dated && digits {
            self.periods += usize::from(day::period(cell).is_some());
        }
        if let (false, Some(_)) = (dated, amount(cell)) {
            self.amounts += 1;
            let cents = cell.len() > 3 && matches!(cell.as_bytes()[cell.len() - 3], b'.' | b',');
            self.money += usize::from(cents || cell.contains(['$', '€', '£', '¥']));
        } else if !dated && cell.chars().any(char::is_alphabetic) && !cell.contains("://") && !cell.contains('@') {
            self.wordy += 1;
        }
    }

    /// How many of the cells can be of the field, and of how many.
    fn fit(&self, field: Field) -> (usize, usize) {
        match field {
            Field::Start | Field::End | Field::Due | Field::Signed => (self.dates, self.filled),
            Field::Period => (self.periods + self.dates, self.filled),
            Field::Amount => (self.amounts + self.open_amounts, self.filled.max(self.amounts + self.open_amounts)),
            Field::Name | Field::Description | Field::Vendor | Field::Department | Field::Status => {
                (self.wordy, self.filled)
            }
            // What a contract is called and by what it is known may have the same name.
            Field::Number => (self.numbered, self.filled),
            Field::Revision => (self.filled, self.filled),
        }
    }

    /// The share of the cells that fit, of 100; `None` where it is too few. A column without cells fits anything.
    fn share(&self, field: Field) -> Option<u64> {
        let (fit, of) = self.fit(field);
        if of == 0 {
            return Some(0);
        }
        (fit * 10 >= of * KNOWN.confidence.of_ten).then(|| (fit * 100 / of) as u64)
    }
}

/// Tells the columns of a table apart by `header`, which may be empty, and its first `rows`; `about` is what its address,
/// its sheet's name or the page that led there says.
pub(super) fn map(header: &[String], rows: &[Vec<String>], about: &str) -> Mapped {
    let rows = &rows[..rows.len().min(KNOWN.confidence.rows)];
    let width = header.len().max(rows.iter().map(Vec::len).max().unwrap_or_default());
    let names: Vec<String> =
        (0..width).map(|at| header.get(at).map_or("", String::as_str)).map(ToOwned::to_owned).collect();
    let plain: Vec<String> = names.iter().map(|name| KNOWN.plain(name)).collect();
    let (order, either_order) = order(rows, &plain);
    let profiles: Vec<Profile> = (0..width).map(|column| Profile::of(column, rows, order)).collect();
    let mut mapping = Mapping {
        names: &names,
        plain: &plain,
        profiles: &profiles,
        rows: rows.len(),
        columns: BTreeMap::new(),
        unread: BTreeMap::new(),
    };
    mapping.by_name();
    mapping.by_values();
    let Mapping { columns, unread, .. } = mapping;
    let nature = nature(&columns, &unread, &plain, about, header.is_empty());
    Mapped { columns, nature, order, either_order }
}

/// In which order the table's dates are written: where none can tell, as those write who speak its language.
fn order(rows: &[Vec<String>], plain: &[String]) -> (Order, bool) {
    let mut votes = Votes::default();
    rows.iter().flatten().for_each(|cell| votes.take(cell));
    let day_first = plain.iter().any(|name| KNOWN.day_first.is_match(name));
    votes.order(if day_first { Order::DayFirst } else { Order::MonthFirst })
}

struct Mapping<'a> {
    names: &'a [String],
    plain: &'a [String],
    profiles: &'a [Profile],
    rows: usize,
    columns: BTreeMap<Field, Column>,
    /// Columns that are named as those of a field, and whose cells could not be read as of that kind.
    unread: BTreeMap<Field, String>,
}

impl Mapping<'_> {
    /// Gives columns away by their names, the surest first; then the words, of which one column may serve twice.
    fn by_name(&mut self) {
        let words = [Field::Name, Field::Description];
        let mut ranked: Vec<((Likeness, usize), usize, Field)> = Vec::new();
        for field in KNOWN.fields() {
            for (column, plain) in self.plain.iter().enumerate() {
                ranked.extend(KNOWN.rank(field, plain).map(|rank| (rank, column, field)));
            }
        }
        ranked.sort();
        for ((likeness, _), column, field) in ranked.iter().filter(|(.., field)| !words.contains(field)) {
            self.give(*field, *column, Some(*likeness));
        }
        for wanted in words {
            for ((likeness, _), column, _) in ranked.iter().filter(|(.., field)| *field == wanted) {
                self.give(wanted, *column, Some(*likeness));
            }
        }
        self.share_words();
    }

    /// Takes for what lacks a column that no name speaks for, but whose values may be of the kind: a guess.
    fn by_values(&mut self) {
        let free = |mapping: &Self| -> Vec<usize> {
            (0..mapping.profiles.len()).filter(|at| mapping.columns.values().all(|taken| taken.at != *at)).collect()
        };
        if ![Field::End, Field::Period].iter().any(|field| self.columns.contains_key(field)) {
            let mut dated: Vec<usize> = free(self)
                .into_iter()
                .filter(|at| self.profiles[*at].share(Field::End).is_some_and(|share| share > 0))
                .collect();
            dated.sort_by_key(|at| self.profiles[*at].latest);
            let begins = self.columns.get(&Field::Start).and_then(|start| self.profiles[start.at].latest);
            if let Some(last) = dated.pop().filter(|at| self.profiles[*at].latest >= begins) {
                self.give(Field::End, last, None);
                if let (None, Some(first)) = (begins, dated.pop()) {
                    self.give(Field::Start, first, None);
                }
            }
        }
        if !self.columns.contains_key(&Field::Amount) {
            let money = |at: &usize| self.profiles[*at].money * 2 > self.profiles[*at].filled;
            if let Some(at) = free(self).into_iter().find(money) {
                self.give(Field::Amount, at, None);
            }
        }
        if !self.columns.contains_key(&Field::Name) {
            let long = |at: &usize| self.profiles[*at].characters / self.profiles[*at].filled.max(1);
            let words = |at: &usize| self.profiles[*at].share(Field::Name).is_some_and(|share| share > 0);
            if let Some(at) = free(self).into_iter().filter(words).max_by_key(long) {
                self.give(Field::Name, at, None);
                self.share_words();
            }
        }
    }

    /// Lets the only column of words be both name and description.
    fn share_words(&mut self) {
        let [name, description] = [Field::Name, Field::Description].map(|field| self.columns.get(&field).cloned());
        match (name, description) {
            (Some(name), None) => self.columns.insert(Field::Description, name),
            (None, Some(description)) => self.columns.insert(Field::Name, description),
            _ => None,
        };
    }

    /// Gives a column to a field, if both are free and it fits.
    fn give(&mut self, field: Field, at: usize, likeness: Option<Likeness>) {
        let taken = self.columns.contains_key(&field) || self.columns.values().any(|column| column.at == at);
        if taken {
            return;
        }
        let Some(share) = self.profiles[at].share(field) else {
            if likeness.is_some() {
                self.unread.entry(field).or_insert_with(|| self.names[at].clone());
            }
            return;
        };
        let confidence = KNOWN.confidence.of(likeness) + share * KNOWN.confidence.values / 100;
        let filled = (self.profiles[at].filled * 100 / self.rows.max(1)) as u64;
        self.columns.insert(field, Column { at, name: self.names[at].clone(), confidence, filled });
    }
}

fn nature(
    columns: &BTreeMap<Field, Column>,
    unread: &BTreeMap<Field, String>,
    plain: &[String],
    about: &str,
    headless: bool,
) -> Nature {
    let has = |field| columns.contains_key(&field) || unread.contains_key(&field);
    let timed = has(Field::End) || has(Field::Period) || has(Field::Due) || has(Field::Start);
    let facts = [timed, has(Field::Amount), has(Field::Vendor) || has(Field::Number)];
    let facts = facts.into_iter().filter(|fact| *fact).count();
    let named = plain.iter().any(|name| KNOWN.subject.is_match(name));
    let spoken = named || KNOWN.about.is_match(about);
    // One fact beside a name is enough where the columns themselves speak of contracts.
    let enough = facts > if has(Field::Name) { usize::from(!named) } else { 2 };
    if !enough || !(spoken || (has(Field::Vendor) && has(Field::Amount) && timed)) {
        return Nature::Other;
    }
    if headless {
        return Nature::Doubtful(
            "it has no header, so that what its columns hold is a guess from their values".to_owned(),
        );
    }
    let ends = has(Field::End) || has(Field::Period);
    let payments = plain.iter().filter(|name| KNOWN.payments.is_match(name)).map(|name| name.trim());
    let payments: Vec<&str> = payments.collect();
    let certain = columns.get(&Field::End).is_none_or(|end| end.confidence >= KNOWN.confidence.sure);
    let told_to_end = ends && certain;
    if !told_to_end && !payments.is_empty() {
        return Nature::Doubtful(format!("its columns speak of payments, not of contracts: {}", payments.join(", ")));
    }
    if !spoken {
        return Nature::Doubtful("nothing in its columns, its name or its address speaks of contracts".to_owned());
    }
    let speaks = |known: &RegexSet| plain.iter().find(|name| known.is_match(name));
    if let (Some(other), None) = (speaks(&KNOWN.others), speaks(&KNOWN.contracts)) {
        return Nature::Doubtful(format!("its columns speak of something else than contracts: {}", other.trim()));
    }
    // What has no column may stand in one that we could not read.
    let wanted: [&[Field]; 3] =
        [&[Field::Name, Field::Description], &[Field::End, Field::Period, Field::Due], &[Field::Amount]];
    for any in wanted.into_iter().filter(|any| !any.iter().any(|field| columns.contains_key(field))) {
        if let Some((field, name)) = any.iter().find_map(|field| Some((field, unread.get(field)?))) {
            return Nature::Doubtful(format!(
                "most cells of the column {name:?}, which by its name is that of the {field}, could not be read as such"
            ));
        }
    }
    let deciding = [Field::Name, Field::End, Field::Period, Field::Amount];
    let guessed = deciding.iter().find_map(|field| {
        let column = columns.get(field).filter(|column| column.confidence < KNOWN.confidence.sure)?;
        Some((field, column))
    });
    match guessed {
        Some((field, column)) => Nature::Doubtful(format!(
            "by its name no column is that of the {field}; by its values {:?} may be it",
            column.name
        )),
        None => Nature::Contracts,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapped(header: &str, rows: &[&str]) -> Mapped {
        let cells = |row: &str| row.split('|').map(str::to_owned).collect::<Vec<String>>();
        let rows: Vec<Vec<String>> = rows.iter().map(|row| cells(row)).collect();
        map(&if header.is_empty() { Vec::new() } else { cells(header) }, &rows, "contracts")
    }

    fn name(mapped: &Mapped, field: Field) -> &str {
        mapped.columns.get(&field).map_or("", |column| column.name.as_str())
    }

    #[test]
    fn abbreviations_are_no_riddle() {
        let mapped = mapped(
            "doc_id|doc_dscr|cat_dscr|lgl_nm|ma_prch_lmt_am|dept_nm",
            &["MA 1|Tree care|Landscape services|Green Ltd|125000.00|Parks"],
        );
        assert_eq!(mapped.nature, Nature::Contracts);
        assert_eq!(name(&mapped, Field::Name), "doc_dscr");
        assert_eq!(name(&mapped, Field::Description), "cat_dscr");
        assert_eq!(name(&mapped, Field::Amount), "ma_prch_lmt_am");
        assert_eq!(name(&mapped, Field::Vendor), "lgl_nm");
        assert_eq!(name(&mapped, Field::End), "");
    }

    #[test]
    fn what_is_paid_and_what_may_be_prolonged_is_not_what_was_agreed() {
        let mapped = mapped(
            "CONTRACT_TITLE|CONTRACT_START_DATE|CONTRACT_CURRENT_END_DATE|MAXIMUM_CONTRACT_END_DATE|AMOUNT_PAID|CONTRACT_AWARD_VALUE",
            &["Road salt|2025-01-01|2026-12-31|2028-12-31|100|5000"],
        );
        assert_eq!(name(&mapped, Field::End), "CONTRACT_CURRENT_END_DATE");
        assert_eq!(name(&mapped, Field::Amount), "CONTRACT_AWARD_VALUE");
        assert_eq!(name(&mapped, Field::Description), "CONTRACT_TITLE");
    }

    #[test]
    fn columns_without_names_are_guesses() {
        let mapped = mapped("", &["17|Road salt for two winters|2025-01-01|2026-12-31|$5,000.00"]);
        assert!(matches!(mapped.nature, Nature::Doubtful(_)));
        let at = |field| mapped.columns.get(&field).map(|column: &Column| column.at);
        assert_eq!(
            (at(Field::Name), at(Field::Start), at(Field::End), at(Field::Amount)),
            (Some(1), Some(2), Some(3), Some(4))
        );
    }

    #[test]
    fn payments_are_no_contracts() {
        let mapped = mapped("Vendor|Check Date|Description|Amount", &["Green Ltd|2026-01-02|Tree care|100.00"]);
        assert!(matches!(mapped.nature, Nature::Doubtful(_)), "{:?}", mapped.nature);
    }

    #[test]
    fn what_could_not_be_read_is_not_missing() {
        let mapped =
            mapped("Contract Title|Vendor|Contract Term|Contract Amount", &["Road salt|Salt Barge Co|3 years|5000"]);
        assert!(matches!(&mapped.nature, Nature::Doubtful(doubt) if doubt.contains("Contract Term")));
    }
}
