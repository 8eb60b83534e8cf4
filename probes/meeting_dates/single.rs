//! One meeting's own paper: its day, the next meeting that it names, and who was there.

use std::sync::LazyLock;

use regex::Regex;

use super::words::WORDS;
use crate::dates::{self, Dated, Precision};
use crate::document::{Block, Document};
use crate::paper::At;

/// A day that a paper names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) dated: Dated,
    pub(super) words: String,
    /// `None` in its name.
    pub(super) at: Option<At>,
}

/// The day of a meeting as its own paper gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Held {
    On(Day),
    /// A day and month without a year.
    YearMissing(Day),
    Undated,
}

/// How far the head of a paper reaches, in characters.
const HEAD: usize = 1500;

/// A month and a day after which no year follows.
static YEARLESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?\b")
        .expect("invariant: the pattern is regular")
});

/// Eight digits that are a day.
static EIGHT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b(20\d{2})(\d{2})(\d{2})\b").expect("invariant: the pattern is regular"));

/// Blocks with their places, in order.
pub(super) fn blocks(document: &Document) -> impl Iterator<Item = (At, &Block)> {
    document
        .pages
        .iter()
        .enumerate()
        .flat_map(|(page, read)| read.blocks.iter().enumerate().map(move |(at, block)| ((page, at), block)))
}

/// The day of the meeting whose minutes or agenda `document` is; `names` are its file's name and the like.
pub(super) fn day(document: &Document, names: &[&str]) -> Held {
    let mut read = 0;
    let mut month = None;
    let mut yearless = None;
    for (at, block) in blocks(document) {
        if read > HEAD {
            break;
        }
        read += block.text.len();
        for found in dates::find(&block.text) {
            let start = dates::begins(&block.text, &found);
            if WORDS.dates.other_before.is_match(&block.text[..start]) {
                continue;
            }
            let day = Day { dated: found.dated, words: block.text[start..found.end].to_owned(), at: Some(at) };
            match found.dated.precision {
                Precision::Day => return Held::On(day),
                Precision::Month => month = month.or(Some(day)),
                Precision::Quarter | Precision::Year => {}
            }
        }
        for (dated, words) in without_year(&block.text, None) {
            yearless = yearless.or(Some(Day { dated, words, at: Some(at) }));
        }
    }
    let in_a_name = names.iter().find_map(|name| in_name(name));
    match (in_a_name.or(month), yearless) {
        (Some(day), _) => Held::On(day),
        (None, Some(day)) => Held::YearMissing(day),
        (None, None) => Held::Undated,
    }
}

/// The date in a name of a file.
pub(super) fn in_name(name: &str) -> Option<Day> {
    // Digits run on into what is joined by an underscore.
    let joined = name.replace('_', "-");
    let written = EIGHT.replace_all(&joined, "$1-$2-$3").into_owned();
    let spaced = written.replace('-', " ");
    let found = [&written, &spaced].into_iter().find_map(|text| {
        let exact = |found: &dates::Found| matches!(found.dated.precision, Precision::Day | Precision::Month);
        dates::find(text).into_iter().find(exact)
    })?;
    Some(Day { dated: found.dated, words: name.to_owned(), at: None })
}

/// Months and days without a year in `text`; in `year` where the context names one, else in a year that means nothing.
pub(super) fn without_year(text: &str, year: Option<i16>) -> Vec<(Dated, String)> {
    let whole = dates::find(text);
    let mut days = Vec::new();
    for found in YEARLESS.captures_iter(text) {
        let range = found.get_match().range();
        if whole.iter().any(|date| date.start < range.end && range.start < date.end) {
            continue;
        }
        let written = format!("{}, {}", &text[range.clone()], year.unwrap_or(2000));
        if let Some(date) = dates::find(&written).first() {
            days.push((date.dated, text[range].to_owned()));
        }
    }
    days
}

/// The next meeting that a paper names, with the words.
pub(super) fn next(document: &Document) -> Option<Day> {
    for (at, block) in blocks(document) {
        for found in dates::find(&block.text) {
            let start = dates::begins(&block.text, &found);
            let announced = WORDS.dates.next_before.is_match(&block.text[..start]);
            if announced && found.dated.precision == Precision::Day {
                let words = block.text[start..found.end].to_owned();
                return Some(Day { dated: found.dated, words, at: Some(at) });
            }
        }
    }
    None
}

/// Those whom a paper lists as present.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Present {
    /// The lines with their names, as written.
    pub(super) lines: Vec<String>,
    /// Offices of leaders among them.
    pub(super) leaders: Vec<String>,
    pub(super) at: Option<At>,
}

/// The most lines of a list of those present.
const MOST_PRESENT: usize = 40;

/// The list of those present, if there is one.
pub(super) fn present(document: &Document) -> Option<Present> {
    let words = &WORDS.attendance;
    let mut present: Option<Present> = None;
    for (at, block) in blocks(document) {
        let begun = words.present.find(&block.text);
        match (&mut present, begun) {
            (None, Some(label)) => {
                let mut listed = Present { at: Some(at), ..Present::default() };
                listed.add(block.text[label.end()..].trim());
                present = Some(listed);
            }
            (None, None) => {}
            (Some(_), _) if words.ends.is_match(&block.text) || is_prose(&block.text) => break,
            (Some(listed), _) if listed.lines.len() >= MOST_PRESENT => break,
            (Some(listed), _) => listed.add(block.text.trim()),
        }
    }
    present.filter(|present| !present.lines.is_empty())
}

/// Whether a line tells something, and is no name with an office.
fn is_prose(line: &str) -> bool {
    let words = line.split_whitespace().count();
    words > 14 || (words > 5 && line.ends_with('.'))
}

impl Present {
    fn add(&mut self, line: &str) {
        if line.is_empty() {
            return;
        }
        for office in WORDS.attendance.leaders.find_iter(line) {
            let office = office.as_str().to_lowercase();
            if !self.leaders.contains(&office) {
                self.leaders.push(office);
            }
        }
        self.lines.push(line.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::plain;

    fn held(text: &str, names: &[&str]) -> Option<String> {
        match day(&plain(text), names) {
            Held::On(day) => Some(day.dated.first.to_string()),
            Held::YearMissing(day) => Some(format!("{}?", day.words)),
            Held::Undated => None,
        }
    }

    #[test]
    fn the_day_is_the_meetings_own() {
        let minutes = "Data Council\n\nMinutes approved May 2, 2026\n\nTuesday, March 3, 2026\n";
        assert_eq!(held(minutes, &[]).as_deref(), Some("2026-03-03"));
        let agenda = "Agenda\n\nApproval of minutes of January 6, 2026\n\nDate: April 7, 2026\n";
        assert_eq!(held(agenda, &[]).as_deref(), Some("2026-04-07"));
        assert_eq!(held("Minutes\n\nPresent: all\n", &["20260303_minutes"]).as_deref(), Some("2026-03-03"));
        assert_eq!(held("Minutes of March 2026\n", &[]).as_deref(), Some("2026-03-01"));
    }

    #[test]
    fn a_year_is_never_guessed() {
        assert_eq!(held("Minutes\n\nTuesday, March 3\n", &[]).as_deref(), Some("March 3?"));
        assert_eq!(held("Agenda\n\n[Date]\n", &[]), None);
    }

    #[test]
    fn those_present_are_listed_by_line() {
        let text = "Minutes\n\nPresent: Rowan Alder, City Manager; Ines Calloway\n\nPiet Marsh, Budget Director\n\nAbsent: Tomas Reyes, Mayor\n";
        let present = present(&plain(text)).unwrap();
        assert_eq!(present.lines, ["Rowan Alder, City Manager; Ines Calloway", "Piet Marsh, Budget Director"]);
        assert_eq!(present.leaders, ["city manager", "budget director"]);
    }
}
