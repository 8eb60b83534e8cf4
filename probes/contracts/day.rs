//! Dates in lists of contracts: of one column all in one order, and days that stand for none.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::fields::KNOWN;
use crate::dates::{self, Dated, Order, Precision};

/// What a cell of a column of dates says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// A day, a month or a quarter.
    Dated(Dated),
    /// A day so far off that it means there is none.
    Never,
    /// Something else.
    Other,
}

/// Reads a cell.
pub(super) fn read(cell: &str, order: Order) -> Cell {
    if KNOWN.never.is_match(cell) {
        return Cell::Never;
    }
    match dates::parse(cell, order).filter(|dated| dated.precision < Precision::Year) {
        Some(dated) if KNOWN.years[0] <= dated.first.year() && dated.first.year() <= KNOWN.years[1] => {
            Cell::Dated(dated)
        }
        Some(_) => Cell::Never,
        None => Cell::Other,
    }
}

/// The first and the last day that a cell speaks of which holds several.
pub(super) fn period(cell: &str) -> Option<(Date, Date)> {
    let days: Vec<Dated> = dates::find(cell)
        .into_iter()
        .map(|found| found.dated)
        .filter(|dated| dated.precision < Precision::Year)
        .filter(|dated| (KNOWN.years[0]..=KNOWN.years[1]).contains(&dated.first.year()))
        .collect();
    let first = days.iter().map(|dated| dated.first).min()?;
    let last = days.iter().map(Dated::last).max()?;
    Some((first, last))
}

/// How many cells can only have the day first, and how many only the month.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Votes {
    day_first: u64,
    month_first: u64,
    /// How many may be either.
    either: u64,
}

static NUMBERS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(\d{1,2})[/-](\d{1,2})[/-](?:\d{4}|\d{2})\b").expect("invariant: the pattern is regular")
});

impl Votes {
    /// Counts a cell.
    pub(super) fn take(&mut self, cell: &str) {
        let Some(found) = NUMBERS.captures(cell) else { return };
        let number = |at: usize| found[at].parse::<u8>().unwrap_or_default();
        match (number(1), number(2)) {
            (13..=31, 1..=12) => self.day_first += 1,
            (1..=12, 13..=31) => self.month_first += 1,
            (one, other) if one != other => self.either += 1,
            _ => {}
        }
    }

    /// The order in which these are meant, and whether nothing but `habit` says so.
    pub(super) fn order(self, habit: Order) -> (Order, bool) {
        match self.day_first.cmp(&self.month_first) {
            std::cmp::Ordering::Greater => (Order::DayFirst, false),
            std::cmp::Ordering::Less => (Order::MonthFirst, false),
            std::cmp::Ordering::Equal => (habit, self.either > 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_that_stand_for_none_are_told() {
        for cell in ["9999-12-31", "12/31/9999", "1900-01-01T00:00:00.000", "01/01/1900", "2099-12-31"] {
            assert_eq!(read(cell, Order::MonthFirst), Cell::Never, "{cell}");
        }
        assert!(matches!(read("2027-01-31T00:00:00.000", Order::MonthFirst), Cell::Dated(_)));
        assert_eq!(read("none", Order::MonthFirst), Cell::Other);
    }

    #[test]
    fn a_period_in_one_cell_has_two_ends() {
        let cell = "START 07/01/2024 AMEND 03/02/2025 EXP 06/30/2027";
        assert_eq!(period(cell), Some((date(2024, 7, 1), date(2027, 6, 30))));
    }

    #[test]
    fn one_day_beyond_twelve_settles_the_order() {
        let votes = |cells: &[&str]| {
            let mut votes = Votes::default();
            for cell in cells {
                votes.take(cell);
            }
            votes.order(Order::MonthFirst)
        };
        assert_eq!(votes(&["03/04/2026", "31/12/2026"]), (Order::DayFirst, false));
        assert_eq!(votes(&["03/04/2026"]), (Order::MonthFirst, true));
        assert_eq!(votes(&["2026-01-02"]), (Order::MonthFirst, false));
    }
}
