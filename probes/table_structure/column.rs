//! What a column holds: how many values of each kind, and where those stand that are few.

use super::cell::Value;
use super::notices::{Code, Noted, Notices, Place, RULES};

/// A column, as far as it was seen.
#[derive(Default)]
pub(super) struct Column {
    name: String,
    missing: Noted,
    number: Noted,
    dressed: Noted,
    date: Noted,
    slashed: Noted,
    text: Noted,
    /// Slashed dates that can only have the day first, and those that can only have the month first.
    day_first: Noted,
    month_first: Noted,
    /// The first of the columns that held the same in every row so far.
    pub same_as: Option<usize>,
}

impl Column {
    pub(super) fn named(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Takes in a value; its place, given the column's name, is asked for while places are named.
    pub(super) fn see(&mut self, value: Value, place: impl Fn(&str) -> Place) {
        let name = &self.name;
        let place = || place(name);
        let noted = match value {
            Value::Blank => return,
            Value::Missing => &mut self.missing,
            Value::Number => &mut self.number,
            Value::Dressed => &mut self.dressed,
            Value::Date => &mut self.date,
            Value::Slashed(first, second) => {
                match (first > 12, second > 12) {
                    (true, false) => self.day_first.add(place),
                    (false, true) => self.month_first.add(place),
                    _ => {}
                }
                &mut self.slashed
            }
            Value::Text => &mut self.text,
        };
        noted.add(place);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.filled() + self.missing.count == 0
    }

    fn filled(&self) -> u64 {
        [&self.number, &self.dressed, &self.date, &self.slashed, &self.text].iter().map(|noted| noted.count).sum()
    }

    /// What is to be said of the column once all of it was seen.
    pub(super) fn tell(&self, notices: &mut Notices) {
        notices.merge(Code::NullMarker, &self.missing);
        let filled = self.filled() as f64;
        let mostly = |count: u64| count as f64 >= RULES.words.mostly * filled && count > 0;
        let numbers = self.number.count + self.dressed.count;
        let dates = self.date.count + self.slashed.count;
        if mostly(numbers) {
            notices.merge(Code::DressedNumber, &self.dressed);
            for odd in [&self.text, &self.date, &self.slashed] {
                notices.merge(Code::MixedTypes, odd);
            }
        } else if mostly(dates) {
            for odd in [&self.text, &self.number, &self.dressed] {
                notices.merge(Code::MixedTypes, odd);
            }
            self.tell_dates(notices);
        }
    }

    fn tell_dates(&self, notices: &mut Notices) {
        let fewer = |one, other| match (one, other) {
            (one, other) if Noted::le(one, other) => one,
            (_, other) => other,
        };
        if self.date.count > 0 && self.slashed.count > 0 {
            notices.merge(Code::MixedDates, fewer(&self.date, &self.slashed));
        } else if self.day_first.count > 0 && self.month_first.count > 0 {
            notices.merge(Code::MixedDates, fewer(&self.day_first, &self.month_first));
        } else if self.slashed.count > 0 && self.day_first.count + self.month_first.count == 0 {
            notices.merge(Code::AmbiguousDate, &self.slashed);
        }
    }
}

impl Noted {
    /// Whether it was seen no more often than the other.
    fn le(&self, other: &Self) -> bool {
        self.count <= other.count
    }
}
