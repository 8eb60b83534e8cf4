//! Rows made into contracts, and contracts counted by when they end.
//!
//! Several rows may tell of one contract, as it was changed: they are one contract, which ends at the latest of their ends.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use super::amount::amount;
use super::day::{self, Cell};
use super::fields::{Field, KNOWN};
use super::map::Mapped;
use crate::dates::Order;
use crate::ocds::deal::Deal;

/// The most contracts that are told apart.
const MOST: usize = 500_000;
/// How many places are kept of what lacks.
const PLACES: usize = 5;
/// How many of the words that stand in the place of amounts are kept.
const WORDS: usize = 20;

/// Contracts as they are gathered from rows.
pub(super) struct Tally {
    as_of: Date,
    contracts: BTreeMap<Key, Contract>,
    rows: u64,
    newest: Option<Date>,
    words: BTreeMap<String, u64>,
    changes: bool,
    full: bool,
}

/// By what a contract is known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Number(String),
    Row(u64),
}

/// A contract, as far as the rows told of it.
#[derive(Clone, Debug, Default)]
struct Contract {
    words: Words,
    start: Option<Date>,
    end: Option<Date>,
    due: Option<Date>,
    closed: bool,
    endless: bool,
    /// Cells of its end that could not be read.
    unread: u64,
    rows: u64,
    sum: f64,
    negative: bool,
    largest: f64,
    /// The revision that was last, and its amount.
    latest: Option<(f64, f64)>,
    /// The table and the record that told of it first.
    place: (usize, u64),
}

/// Which words a contract has.
#[derive(Clone, Copy, Debug, Default)]
struct Words {
    named: bool,
    described: bool,
}

/// A gap: how many contracts have it, and the tables and records of the first.
pub type Gap = (u64, Vec<(usize, u64)>);

/// What was counted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counts {
    /// Rows that say anything.
    pub rows: u64,
    /// Contracts in them.
    pub contracts: u64,
    /// Those that have ended.
    pub past: u64,
    /// Those that end within six months.
    pub within_six: u64,
    /// Those that end within twelve months, the former among them.
    pub within_twelve: u64,
    /// Those that begin, or are expected, within twelve months.
    pub planned: u64,
    /// Those of them that do so within six.
    pub planned_in_six: u64,
    /// Those planned of which name, description, time and amount are told.
    pub planned_complete: u64,
    /// All of these that are to come.
    pub ahead: u64,
    /// Those to come of which name, description, time and amount are told.
    pub complete: u64,
    /// What lacks of those to come: how often, and the tables and records of the first.
    pub lacking: BTreeMap<Field, Gap>,
    /// Contracts without an end.
    pub without_end: u64,
    /// Those of them whose end is a date that means none.
    pub endless: u64,
    /// Those of them that have not surely ended, and whose end is written in a way that could not be read.
    pub unread_ends: u64,
    /// Contracts without an amount above zero.
    pub without_amount: u64,
    /// The newest day of a record that is not to come.
    pub newest: Option<Date>,
    /// How the amounts of several rows were made one, where there are such.
    pub amounts: Option<&'static str>,
    /// The commonest words in the place of amounts, each with how often it stands.
    pub words: Vec<(String, u64)>,
    /// Whether there are more contracts than are told apart.
    pub full: bool,
}

impl Tally {
    /// None yet, on a day.
    pub(super) fn new(as_of: Date) -> Self {
        Self {
            as_of,
            contracts: BTreeMap::new(),
            rows: 0,
            newest: None,
            words: BTreeMap::new(),
            changes: false,
            full: false,
        }
    }

    /// Takes in a row: the record `place` of a table, whose dates are written in `order`.
    pub(super) fn row(&mut self, mapped: &Mapped, order: Order, place: (usize, u64), row: &[String]) {
        let cell = |field: Field| {
            let cell = mapped.columns.get(&field).and_then(|column| row.get(column.at)).map_or("", String::as_str);
            (!KNOWN.is_blank(cell)).then_some(cell)
        };
        if !mapped.columns.keys().any(|field| cell(*field).is_some()) || is_total(row) {
            return;
        }
        self.rows += 1;
        let date = |field| cell(field).map(|cell| day::read(cell, order));
        let period = cell(Field::Period).and_then(day::period);
        let end = date(Field::End);
        let told = Contract {
            words: Words { named: cell(Field::Name).is_some(), described: cell(Field::Description).is_some() },
            start: first(date(Field::Start)).or(period.map(|(start, _)| start)),
            end: last(end).or(period.map(|(_, end)| end)),
            due: last(date(Field::Due)),
            closed: cell(Field::Status).is_some_and(|status| KNOWN.closed.is_match(&KNOWN.plain(status))),
            endless: end == Some(Cell::Never),
            unread: u64::from(end == Some(Cell::Other)),
            rows: 1,
            place,
            ..Contract::default()
        };
        let written =
            mapped.columns.get(&Field::Amount).and_then(|column| row.get(column.at)).map_or("", String::as_str);
        let stated = amount(written);
        if stated.is_none() && !written.is_empty() && (self.words.len() < WORDS || self.words.contains_key(written)) {
            *self.words.entry(written.to_owned()).or_default() += 1;
        }
        let revision = cell(Field::Revision).and_then(revision);
        for day in [first(date(Field::Signed)), told.start].into_iter().flatten().filter(|day| *day <= self.as_of) {
            self.newest = self.newest.max(Some(day));
        }
        let key = cell(Field::Number).map_or(Key::Row(self.rows), |number| Key::Number(number.to_owned()));
        self.add(key, &told, stated, revision);
    }

    /// Takes in a deal of open contracting data.
    pub(super) fn deal(&mut self, deal: &Deal) {
        self.rows += 1;
        let read = |text: &Option<String>| text.as_deref().map(|text| day::read(text, Order::MonthFirst));
        let said = |text: &Option<String>| text.as_deref().is_some_and(|text| !KNOWN.is_blank(text));
        // One text may be both, as in tables.
        let words = said(&deal.title) || said(&deal.description);
        let end = read(&deal.end);
        let told = Contract {
            words: Words { named: words, described: words },
            start: first(read(&deal.start)),
            end: last(end),
            closed: deal.status.as_deref().is_some_and(|status| KNOWN.closed.is_match(&KNOWN.plain(status))),
            endless: end == Some(Cell::Never),
            unread: u64::from(end == Some(Cell::Other)),
            rows: 1,
            ..Contract::default()
        };
        let days = [first(read(&deal.agreed)), first(read(&deal.published))];
        self.newest = self.newest.max(days.into_iter().flatten().filter(|day| *day <= self.as_of).max());
        self.add(Key::Row(self.rows), &told, deal.amount, None);
    }

    fn add(&mut self, key: Key, told: &Contract, stated: Option<f64>, revision: Option<f64>) {
        if self.contracts.len() >= MOST && !self.contracts.contains_key(&key) {
            self.full = true;
            return;
        }
        let contract = self.contracts.entry(key).or_insert_with(|| Contract { rows: 0, ..told.clone() });
        contract.rows += 1;
        contract.words.named |= told.words.named;
        contract.words.described |= told.words.described;
        contract.closed |= told.closed;
        contract.endless |= told.endless;
        contract.unread += if contract.rows > 1 { told.unread } else { 0 };
        contract.start = contract.start.into_iter().chain(told.start).min();
        contract.end = contract.end.max(told.end);
        contract.due = contract.due.max(told.due);
        let Some(stated) = stated else { return };
        contract.sum += stated;
        contract.negative |= stated < 0.0;
        contract.largest = contract.largest.max(stated);
        if let Some(revision) = revision.filter(|revision| contract.latest.is_none_or(|(last, _)| last <= *revision)) {
            contract.latest = Some((revision, stated));
        }
        self.changes |= contract.rows > 1 && contract.negative;
    }

    /// What was gathered, counted.
    pub(super) fn counts(&self) -> Counts {
        let mut counts =
            Counts { rows: self.rows, newest: self.newest, full: self.full, amounts: self.rule(), ..Counts::default() };
        let (six, twelve) = (self.in_months(6), self.in_months(12));
        for contract in self.contracts.values() {
            let priced = self.amount(contract) > 0.0;
            counts.contracts += 1;
            counts.without_amount += u64::from(!priced);
            counts.without_end += u64::from(contract.end.is_none());
            counts.endless += u64::from(contract.end.is_none() && contract.endless);
            if contract.closed || contract.end.is_some_and(|end| end < self.as_of) {
                counts.past += 1;
                continue;
            }
            let ends = contract.end.filter(|end| *end <= twelve);
            let to_come = |day: Option<Date>| day.filter(|day| (self.as_of..=twelve).contains(day));
            let begins = to_come(contract.due).or(to_come(contract.start));
            counts.within_six += u64::from(ends.is_some_and(|end| end <= six));
            counts.within_twelve += u64::from(ends.is_some());
            counts.planned += u64::from(begins.is_some());
            counts.planned_in_six += u64::from(begins.is_some_and(|day| day <= six));
            if ends.or(begins).is_none() {
                counts.unread_ends += u64::from(contract.end.is_none() && contract.unread > 0);
                continue;
            }
            counts.ahead += 1;
            let Words { named, described } = contract.words;
            let told = [(Field::Name, named), (Field::Description, described), (Field::Amount, priced)];
            let complete = told.iter().all(|(_, told)| *told);
            counts.complete += u64::from(complete);
            counts.planned_complete += u64::from(complete && begins.is_some());
            for (field, _) in told.iter().filter(|(_, told)| !told) {
                let (lack, places) = counts.lacking.entry(*field).or_default();
                *lack += 1;
                if places.len() < PLACES && contract.place.1 > 0 {
                    places.push(contract.place);
                }
            }
        }
        let mut words: Vec<(String, u64)> = self.words.iter().map(|(word, count)| (word.clone(), *count)).collect();
        words.sort_by(|(one, few), (other, many)| many.cmp(few).then(one.cmp(other)));
        counts.words = words;
        counts
    }

    /// How the amounts of several rows are made one: where some are below zero, each row is a change.
    fn rule(&self) -> Option<&'static str> {
        let mut several = self.contracts.values().filter(|contract| contract.rows > 1).peekable();
        several.peek()?;
        Some(if self.changes {
            "the sum of the rows, as some are below zero"
        } else if several.all(|contract| contract.latest.is_some()) {
            "that of the last revision"
        } else {
            "the largest of the rows"
        })
    }

    fn amount(&self, contract: &Contract) -> f64 {
        match contract.latest {
            _ if self.changes => contract.sum,
            Some((_, amount)) => amount,
            None => contract.largest,
        }
    }

    fn in_months(&self, months: i32) -> Date {
        self.as_of.checked_add(months.months()).unwrap_or(Date::MAX)
    }
}

/// The first day that a cell means.
fn first(read: Option<Cell>) -> Option<Date> {
    match read {
        Some(Cell::Dated(dated)) => Some(dated.first),
        _ => None,
    }
}

/// The last day that a cell means.
fn last(read: Option<Cell>) -> Option<Date> {
    match read {
        Some(Cell::Dated(dated)) => Some(dated.last()),
        _ => None,
    }
}

/// The number of a revision, whatever stands around it.
fn revision(cell: &str) -> Option<f64> {
    let digits: String = cell.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
    digits.parse().ok()
}

/// Whether a row adds up the others.
fn is_total(row: &[String]) -> bool {
    let mut filled = row.iter().filter(|cell| !cell.is_empty());
    filled.next().is_some_and(|first| {
        let first = first.to_lowercase();
        ["total", "grand total", "totals", "subtotal", "suma", "soma"].contains(&first.trim_end_matches([':', ' ']))
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::map::map;
    use super::*;

    fn counted(header: &str, rows: &[&str]) -> Counts {
        let cells = |row: &&str| row.split('|').map(str::to_owned).collect::<Vec<String>>();
        let rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
        let mapped = map(&cells(&header), &rows, "");
        let mut tally = Tally::new(date(2026, 11, 1));
        for (at, row) in rows.iter().enumerate() {
            tally.row(&mapped, mapped.order, (0, at as u64 + 2), row);
        }
        tally.counts()
    }

    const HEADER: &str = "Contract Number|Revision Number|Contract Title|Start Date|End Date|Award Amount";

    #[test]
    fn rows_of_one_contract_are_one_contract() {
        let counts = counted(
            HEADER,
            &[
                "C1|0|Road salt|2023-01-01|2026-06-30|100",
                "C1|1|Road salt|2023-01-01|2027-02-28|150",
                "C2|0|Trees|2020-01-01|2021-12-31|5",
                "C3|0|Bridges|2026-01-01|2027-09-30|0",
            ],
        );
        assert_eq!((counts.rows, counts.contracts, counts.past), (4, 3, 1));
        assert_eq!((counts.within_six, counts.within_twelve, counts.ahead, counts.complete), (1, 2, 2, 1));
        assert_eq!(counts.lacking[&Field::Amount], (1, vec![(0, 5)]));
        assert_eq!(counts.amounts, Some("that of the last revision"));
        assert_eq!(counts.newest, Some(date(2026, 1, 1)));
    }

    #[test]
    fn amounts_below_zero_are_changes() {
        let counts = counted(HEADER, &["C1|0|Salt|2023-01-01|2027-02-28|100", "C1|1|Salt|2023-01-01|2027-02-28|-100"]);
        assert_eq!((counts.without_amount, counts.complete), (1, 0));
        assert_eq!(counts.amounts, Some("the sum of the rows, as some are below zero"));
    }

    #[test]
    fn what_ends_on_the_day_itself_has_not_ended() {
        let counts = counted(
            HEADER,
            &[
                "C1|0|a b|2023-01-01|2026-11-01|1",
                "C2|0|a b|2023-01-01|2026-10-31|1",
                "C3|0|a b|2023-01-01|2027-05-01|1",
                "C4|0|a b|2023-01-01|2027-05-02|1",
                "C5|0|a b|2023-01-01|2027-11-01|1",
                "C6|0|a b|2023-01-01|2027-11-02|1",
                "C7|0|a b|2023-01-01|9999-12-31|1",
            ],
        );
        assert_eq!((counts.past, counts.within_six, counts.within_twelve, counts.endless), (1, 2, 4, 1));
    }
}
