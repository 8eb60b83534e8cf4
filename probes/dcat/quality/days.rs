//! The latest date of each dataset, to be held against the day of the audit.

use std::collections::BTreeMap;

use super::super::Dataset;

/// The most days that are counted apart: more than a century.
const MOST: usize = 40_000;
/// How many of the latest datasets are kept by name.
const NAMED: usize = 10;

/// How many datasets have which day as their latest date.
#[derive(Debug, Default)]
pub struct Days {
    counts: BTreeMap<u32, u64>,
    latest: BTreeMap<(u32, String), String>,
}

impl Days {
    pub(super) fn see(&mut self, dates: &[&String], dataset: &Dataset) {
        let Some(day) = dates.iter().filter_map(|date| number(date)).max() else { return };
        if self.counts.len() < MOST || self.counts.contains_key(&day) {
            *self.counts.entry(day).or_default() += 1;
        }
        let late = self.latest.len() < NAMED
            || self.latest.keys().next().is_some_and(|(first, name)| (day, &dataset.identifier) > (*first, name));
        if late {
            self.latest.insert((day, dataset.identifier.clone()), dataset.title.clone());
            if self.latest.len() > NAMED {
                self.latest.pop_first();
            }
        }
    }

    /// How many datasets have a date behind `day`.
    pub fn after(&self, day: jiff::civil::Date) -> u64 {
        let Some(day) = number(&day.to_string()) else { return 0 };
        self.counts.range(day + 1..).map(|(_, count)| count).sum()
    }

    /// Some of them: day, identifier and title, the latest first.
    pub fn latest(&self, day: jiff::civil::Date) -> Vec<(String, &str, &str)> {
        let Some(day) = number(&day.to_string()) else { return Vec::new() };
        let late = self.latest.iter().rev().filter(|((late, _), _)| *late > day);
        late.map(|((day, identifier), title)| {
            let day = format!("{:04}-{:02}-{:02}", day / 10_000, day / 100 % 100, day % 100);
            (day, identifier.as_str(), title.as_str())
        })
        .collect()
    }
}

/// A date in the form of ISO 8601 as one number, `20261124`.
fn number(date: &str) -> Option<u32> {
    let day = date.trim().as_bytes().get(..10)?;
    let mut number = 0;
    for (at, byte) in day.iter().enumerate() {
        match (at, byte) {
            (4 | 7, b'-') => {}
            (4 | 7, _) => return None,
            (_, b'0'..=b'9') => number = number * 10 + u32::from(byte - b'0'),
            _ => return None,
        }
    }
    Some(number)
}
