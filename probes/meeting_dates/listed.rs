//! Meetings in a list: an archive of minutes, a calendar, a schedule for the year.

use std::sync::LazyLock;

use regex::Regex;

use super::single::{self, Day};
use super::words::{WORDS, subject};
use crate::dates::{self, Precision};
use crate::document::{Block, Document, Role};

/// A meeting in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) day: Day,
    /// Whose it is, where its own line or its heading says so.
    pub(super) about: Option<&'static str>,
    /// Whether its line speaks of minutes or an agenda.
    pub(super) paper: bool,
}

/// What a list of meetings shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Listing {
    pub(super) entries: Vec<Entry>,
    /// Days of meetings without a year, in the line or above it.
    pub(super) yearless: Vec<Day>,
}

static YEAR: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b(?:19|20)\d{2}\b").expect("invariant: the pattern is regular"));

/// Names of papers of a meeting.
static PAPER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\b(minutes|agendas?|actas?)\b").expect("invariant: the pattern is regular"));

/// A line of a list is no longer than this, in bytes.
const LINE: usize = 320;
/// A line that stands alone may be a heading up to this length.
const HEADING: usize = 90;

/// What stands above a line and governs it.
#[derive(Default)]
struct Above {
    year: Option<i16>,
    about: Option<&'static str>,
    of_meetings: bool,
}

/// Every line of `document` that gives the day of a meeting; `of_meetings` when its name says that it lists such.
pub(super) fn read(document: &Document, of_meetings: bool) -> Listing {
    let mut listing = Listing::default();
    let mut above = Above { of_meetings, ..Above::default() };
    for (at, block) in single::blocks(document) {
        if matches!(block.role, Role::Running | Role::Contents) || block.text.len() > LINE {
            continue;
        }
        let found: Vec<_> =
            dates::find(&block.text).into_iter().filter(|date| date.dated.precision == Precision::Day).collect();
        let bare = single::without_year(&block.text, above.year);
        if found.is_empty() && bare.is_empty() {
            above.take(block, of_meetings);
            continue;
        }
        let words = &WORDS.dates;
        if words.not_meeting.is_match(&block.text) || !(above.of_meetings || words.meeting.is_match(&block.text)) {
            continue;
        }
        let about = subject(&block.text).or(above.about);
        let paper = PAPER.is_match(&block.text);
        // A line that names a day once more, as posted or adopted, is of the first.
        let several = found.len() + bare.len() > 2 && block.role != Role::Row;
        for date in found.iter().take(if several { usize::MAX } else { 1 }) {
            let words = block.text[dates::begins(&block.text, date)..date.end].to_owned();
            let day = Day { dated: date.dated, words, at: Some(at) };
            listing.entries.push(Entry { day, about, paper });
        }
        if found.is_empty() || several {
            for (dated, words) in bare {
                let day = Day { dated, words, at: Some(at) };
                match above.year {
                    Some(_) => listing.entries.push(Entry { day, about, paper }),
                    None => listing.yearless.push(day),
                }
            }
        }
    }
    listing
}

impl Above {
    /// Takes in a line without a day, if it can be a heading.
    fn take(&mut self, block: &Block, of_meetings: bool) {
        let heading =
            matches!(block.role, Role::Heading(_)) || (block.role == Role::Paragraph && block.text.len() <= HEADING);
        let head_row = block.role == Role::Row;
        if !heading && !head_row {
            return;
        }
        let meetings = WORDS.dates.meeting.is_match(&block.text);
        if head_row {
            // The names of a table's columns.
            self.of_meetings |= meetings;
            return;
        }
        let years: Vec<&str> = YEAR.find_iter(&block.text).map(|year| year.as_str()).collect();
        match years.as_slice() {
            [] => {}
            [first, rest @ ..] if rest.iter().all(|year| year == first) => self.year = first.parse().ok(),
            // Two years: nobody says which of them a day is in.
            _ => self.year = None,
        }
        if matches!(block.role, Role::Heading(_)) || meetings {
            self.of_meetings = meetings
                || (of_meetings && !WORDS.dates.not_meeting.is_match(&block.text))
                || !years.is_empty() && self.of_meetings;
            self.about = subject(&block.text).or(self.about);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::plain;

    fn days(text: &str) -> Vec<String> {
        read(&plain(text), false).entries.iter().map(|entry| entry.day.dated.first.to_string()).collect()
    }

    #[test]
    fn a_heading_gives_the_year_and_what_the_days_are() {
        let text = "2026 Meeting Schedule\n\nJanuary 14\n\nApril 15\n\nJuly 8, 2026\n\nContact\n";
        assert_eq!(days(text), ["2026-01-14", "2026-04-15", "2026-07-08"]);
        let unknown = read(&plain("Meeting Schedule\n\nJanuary 14\n\nApril 15\n"), false);
        assert_eq!((unknown.entries.len(), unknown.yearless.len()), (0, 2));
        assert!(days("FY 2025-2026 meeting schedule\n\nJanuary 14\n").is_empty(), "which of the two years?");
    }

    #[test]
    fn days_of_other_things_are_left_out() {
        assert!(days("Inventory deadlines\n\nJanuary 14, 2026: inventories due\n").is_empty());
        assert!(days("The meeting of January 14, 2026 is cancelled\n").is_empty());
        assert_eq!(days("Minutes, January 14, 2026\n\nMinutes, April 2, 2026 (PDF)\n"), ["2026-01-14", "2026-04-02"]);
    }
}
