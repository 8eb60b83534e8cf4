//! Dates as cities write them: civil dates out of phrases, with how exact they are and whether they can be read two ways.

use std::fmt;
use std::sync::LazyLock;

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};
use regex::{Captures, Regex};
use serde::{Deserialize, Serialize};

/// How exact a date is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Precision {
    /// One day.
    Day,
    /// A month.
    Month,
    /// A quarter of a year.
    Quarter,
    /// A year; a fiscal year is taken for the calendar year that names it.
    Year,
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Day => "day",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        })
    }
}

/// Which number comes first in a date of three numbers that ends with the year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// As in the United States.
    MonthFirst,
    /// As nearly everywhere else.
    DayFirst,
}

/// A date that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dated {
    /// Its first day.
    pub first: Date,
    /// How exact it is.
    pub precision: Precision,
    /// The day that the other order of day and month gives, where both can be meant.
    pub otherwise: Option<Date>,
}

impl Dated {
    /// The last day that the date can mean.
    pub fn last(&self) -> Date {
        let span = match self.precision {
            Precision::Day => return self.first,
            Precision::Month => 1.month(),
            Precision::Quarter => 3.months(),
            Precision::Year => 1.year(),
        };
        self.first.checked_add(span).and_then(|next| next.checked_sub(1.day())).unwrap_or(self.first)
    }
}

/// A date found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where its words begin, in bytes.
    pub start: usize,
    /// Where they end.
    pub end: usize,
    /// What they say.
    pub dated: Dated,
}

const MONTHS: &str = r"(?P<name>jan(?:uary|eiro|vier|\.)?|ene(?:ro|\.)?|feb(?:ruary|rero|\.)?|fev(?:ereiro|\.)?|f[ée]v(?:rier|\.)?|mar(?:ch|zo|ço|s|\.)?|apr(?:il|\.)?|abr(?:il|\.)?|avr(?:il|\.)?|ma[yi]o?|june?|junho|junio|juin|july?|julho|julio|juillet|aug(?:ust|\.)?|ago(?:sto|\.)?|ao[uû]t|sept?(?:ember|iembre|embre|\.)?|set(?:embro|iembre|\.)?|oct(?:ober|ubre|obre|\.)?|out(?:ubro|\.)?|nov(?:ember|iembre|embro|embre|\.)?|de[cz](?:ember|embro|\.)?|dic(?:iembre|\.)?|d[ée]c(?:embre|\.)?)";

const CLOCK: &str = r"(?:(?:[T ]|,\s?)\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:\s?[AaPp]\.?[Mm]\b\.?)?(?:\s?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}))?)?";

/// The forms, the longest first: what a longer form can read is not for a shorter one.
static FORMS: LazyLock<Vec<(Form, Regex)>> = LazyLock::new(|| {
    let weekday = r"(?:\p{L}{2,9}\.?,?\s+)?";
    let forms = [
        (Form::Day, format!(r"(?P<y>\d{{4}})[-/.](?P<m>\d{{1,2}})[-/.](?P<d>\d{{1,2}}){CLOCK}")),
        (Form::Numbers, format!(r"(?P<a>\d{{1,2}})(?P<by>[/.-])(?P<b>\d{{1,2}})[/.-](?P<y>\d{{4}}|\d{{2}}){CLOCK}")),
        (Form::Day, format!(r"{MONTHS}\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}}){CLOCK}")),
        (
            Form::Day,
            format!(
                r"(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|º|°)?(?:\s+(?:of|de|del))?(?:\s+|-){MONTHS},?(?:\s+(?:de|del))?(?:\s+|-)(?P<y>\d{{4}}|\d{{2}}\b){CLOCK}"
            ),
        ),
        // RFC 9110's asctime form.
        (Form::Day, format!(r"{MONTHS}\s+(?P<d>\d{{1,2}})\s+\d{{2}}:\d{{2}}:\d{{2}}\s+(?P<y>\d{{4}})")),
        (Form::Month, format!(r"{MONTHS},?\s+(?:del?\s+)?(?P<y>\d{{4}})")),
        (Form::Quarter, r"Q(?P<q>[1-4])[\s,/-]*(?:of\s+)?(?:FY\s?)?(?P<y>\d{4})".to_owned()),
        (Form::Quarter, r"(?P<y>\d{4})[\s-]?Q(?P<q>[1-4])".to_owned()),
        (Form::Year, r"(?:FY|fiscal\s+year|año\s+fiscal)[\s-]?'?(?P<y>\d{4}|\d{2})".to_owned()),
    ];
    let compiled = forms.into_iter().map(|(form, pattern)| {
        let lead = if pattern.starts_with("(?P<name>") { weekday } else { "" };
        let regex = Regex::new(&format!(r"(?i)\b{lead}(?:{pattern})\b")).or_else(|_| Regex::new("$^"));
        (form, regex.expect("invariant: the forms of dates are regular"))
    });
    compiled.collect()
});

#[derive(Clone, Copy)]
enum Form {
    Day,
    Numbers,
    Month,
    Quarter,
    Year,
}

/// Every date in `text`, in the order of their places; numbers alone are read month first.
pub fn find(text: &str) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for (form, regex) in FORMS.iter() {
        for captures in regex.captures_iter(text) {
            let whole = captures.get_match();
            let free = found.iter().all(|other| whole.end() <= other.start || other.end <= whole.start());
            if free && let Some(dated) = read(*form, &captures, Order::MonthFirst) {
                found.push(Found { start: whole.start(), end: whole.end(), dated });
            }
        }
    }
    found.sort_by_key(|found| found.start);
    found
}

/// Where a date that was found in `text` begins, a word before it left out that is no day of the week.
pub fn begins(text: &str, found: &Found) -> usize {
    static WEEKDAY: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)^(mon|tue|wed|thu|fri|sat|sun)").expect("invariant: the pattern of weekdays is regular")
    });
    match text[found.start..found.end].split_once(char::is_whitespace) {
        Some((first, rest)) if !WEEKDAY.is_match(first) && parse(rest, Order::MonthFirst).is_some() => {
            found.end - rest.len()
        }
        _ => found.start,
    }
}

/// Reads `text` that is one date and nothing else, a time of day apart.
pub fn parse(text: &str, order: Order) -> Option<Dated> {
    let text = text.trim();
    if text.len() < 4 || text.len() > 48 || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if let Some(date) = iso(text.as_bytes()) {
        return Some(day(date));
    }
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let number: u32 = text.parse().ok()?;
        return civil(&number.checked_div(10_000)?.to_string(), number / 100 % 100, number % 100).map(day);
    }
    FORMS.iter().find_map(|(form, regex)| {
        let captures = regex.captures(text)?;
        let whole = captures.get_match();
        (whole.start() == 0 && whole.end() == text.len()).then(|| read(*form, &captures, order)).flatten()
    })
}

/// The day of a number of seconds or milliseconds since 1970, if it lies in living memory.
pub fn epoch(number: i64) -> Option<Date> {
    let seconds = if number.abs() >= 100_000_000_000 { number / 1000 } else { number };
    let date = Offset::UTC.to_datetime(Timestamp::from_second(seconds).ok()?).date();
    (1990..2100).contains(&date.year()).then_some(date)
}

/// `yyyy-mm-dd` with or without a time: nearly every date of a machine, so without a regex.
fn iso(text: &[u8]) -> Option<Date> {
    let (date, rest) = text.split_at_checked(10)?;
    if date[4] != b'-' || date[7] != b'-' || !matches!(rest.first(), None | Some(b'T' | b' ')) {
        return None;
    }
    if !rest.iter().all(|byte| byte.is_ascii_digit() || b"T :.,+-ZUTC".contains(byte)) {
        return None;
    }
    let number = |digits: &[u8]| str::from_utf8(digits).ok()?.parse::<u32>().ok();
    civil(str::from_utf8(&date[..4]).ok()?, number(&date[5..7])?, number(&date[8..])?)
}

fn day(first: Date) -> Dated {
    Dated { first, precision: Precision::Day, otherwise: None }
}

fn read(form: Form, captures: &Captures<'_>, order: Order) -> Option<Dated> {
    let text = |name: &str| captures.name(name).map(|found| found.as_str());
    let number = |name: &str| text(name)?.parse::<u32>().ok();
    let year = text("y")?;
    let month = || text("name").map_or_else(|| number("m"), month);
    let (first, precision) = match form {
        Form::Day => (civil(year, month()?, number("d")?)?, Precision::Day),
        Form::Month => (civil(year, month()?, 1)?, Precision::Month),
        Form::Quarter => (civil(year, number("q")? * 3 - 2, 1)?, Precision::Quarter),
        Form::Year => (civil(year, 1, 1)?, Precision::Year),
        Form::Numbers => return numbers(year, number("a")?, number("b")?, text("by") == Some("."), order),
    };
    Some(Dated { first, precision, otherwise: None })
}

fn numbers(year: &str, a: u32, b: u32, dots: bool, order: Order) -> Option<Dated> {
    // Nobody writes the month first with dots.
    let day_first = dots || order == Order::DayFirst;
    let (one, other) = (civil(year, a, b), civil(year, b, a));
    let (meant, otherwise) = if day_first { (other, one) } else { (one, other) };
    let (meant, otherwise) = if meant.is_some() { (meant, otherwise) } else { (otherwise, None) };
    let first = meant?;
    Some(Dated { first, precision: Precision::Day, otherwise: otherwise.filter(|date| *date != first && !dots) })
}

/// A date from 1900 on; two digits of a year are read as 1970 to 2069.
fn civil(year: &str, month: u32, day: u32) -> Option<Date> {
    let written: i16 = year.parse().ok()?;
    let year = match (year.len(), written) {
        (2, 0..70) => 2000 + written,
        (2, _) => 1900 + written,
        _ => written,
    };
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    (1900..2200).contains(&year).then_some(date)
}

/// The month that a name in English, Spanish, French or Portuguese begins to spell.
fn month(name: &str) -> Option<u32> {
    let start: String = name.to_lowercase().chars().take(4).map(|c| if c == 'é' { 'e' } else { c }).collect();
    let three: String = start.chars().take(3).collect();
    Some(match three.as_str() {
        "jan" | "ene" => 1,
        "feb" | "fev" => 2,
        "mar" => 3,
        "apr" | "abr" | "avr" => 4,
        "may" | "mai" => 5,
        "jun" => 6,
        "jui" if start == "juin" => 6,
        "jul" | "jui" => 7,
        "aug" | "ago" | "aou" | "aoû" => 8,
        "sep" | "set" => 9,
        "oct" | "out" => 10,
        "nov" => 11,
        "dec" | "dez" | "dic" => 12,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn dates_are_read_as_they_are_written() {
        let cases = [
            ("2025-03-04", date(2025, 3, 4)),
            ("2025-03-04T10:00:00.000", date(2025, 3, 4)),
            ("2025/3/4", date(2025, 3, 4)),
            ("20250304", date(2025, 3, 4)),
            ("03/04/2025", date(2025, 3, 4)),
            ("3/4/25 12:00 AM", date(2025, 3, 4)),
            ("31/12/2024", date(2024, 12, 31)),
            ("4.3.2025", date(2025, 3, 4)),
            ("March 4, 2025", date(2025, 3, 4)),
            ("Tuesday, March 4th, 2025", date(2025, 3, 4)),
            ("4 March 2025", date(2025, 3, 4)),
            ("4 de marzo de 2025", date(2025, 3, 4)),
            ("4 mars 2025", date(2025, 3, 4)),
            ("1er août 2025", date(2025, 8, 1)),
            ("4 de março de 2025", date(2025, 3, 4)),
            ("04-Mar-25", date(2025, 3, 4)),
            ("Sun Nov  6 08:49:37 1994", date(1994, 11, 6)),
        ];
        for (text, day) in cases {
            let dated = parse(text, Order::MonthFirst);
            assert_eq!(dated.map(|dated| (dated.first, dated.precision)), Some((day, Precision::Day)), "{text}");
        }
        assert_eq!(find("Wed, 21 Oct 2015 07:28:00 GMT")[0].dated.first, date(2015, 10, 21));
    }

    #[test]
    fn what_is_less_exact_than_a_day_says_so() {
        let read = |text| parse(text, Order::MonthFirst).map(|dated| (dated.first, dated.last(), dated.precision));
        assert_eq!(read("March 2025"), Some((date(2025, 3, 1), date(2025, 3, 31), Precision::Month)));
        assert_eq!(read("Q3 2024"), Some((date(2024, 7, 1), date(2024, 9, 30), Precision::Quarter)));
        assert_eq!(read("FY2025"), Some((date(2025, 1, 1), date(2025, 12, 31), Precision::Year)));
    }

    #[test]
    fn what_can_be_read_two_ways_says_so() {
        let either = parse("3/4/2025", Order::MonthFirst).unwrap();
        assert_eq!(either.otherwise, Some(date(2025, 4, 3)));
        assert_eq!(parse("3/4/2025", Order::DayFirst).unwrap().first, date(2025, 4, 3));
        assert_eq!(parse("3/14/2025", Order::DayFirst).unwrap().otherwise, None);
    }

    #[test]
    fn numbers_that_are_no_dates_are_none() {
        for text in
            ["99999999", "192.168.1.10", "555-0100", "0024-01-01", "13/13/2025", "1,234", "Section 4", "2025-02-30"]
        {
            assert_eq!(parse(text, Order::MonthFirst), None, "{text}");
        }
        assert!(find("call 555-0100 or see section 4.2 of 2024").is_empty());
    }

    #[test]
    fn epochs_are_seconds_or_milliseconds() {
        assert_eq!(epoch(1_741_046_400), Some(date(2025, 3, 4)));
        assert_eq!(epoch(1_741_046_400_000), Some(date(2025, 3, 4)));
        assert_eq!(epoch(20_250_304), None);
    }
}
