//! A calendar feed (RFC 5545): the days of its events, those that recur told one by one.
//!
//! Read here, line by line, and not by a library: what is said of an event must be found again in its line.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::words::{WORDS, subject};

/// An event of a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Event {
    /// Its days, in order.
    pub(super) days: Vec<Date>,
    pub(super) about: Option<&'static str>,
    /// Whether its days follow a rule.
    pub(super) recurs: bool,
    /// The line with its first day, from 1, and what stands there.
    pub(super) line: u64,
    pub(super) words: String,
}

/// How many lines and events are read, and how many days of an event.
const MOST_LINES: usize = 200_000;
const MOST_EVENTS: usize = 5_000;
const MOST_DAYS: usize = 400;
/// How many periods of a rule are gone through.
const MOST_STEPS: i32 = 4_000;

/// Whether a text is a calendar feed.
pub(super) fn is(text: &str) -> bool {
    text.trim_start_matches('\u{feff}')
        .trim_start()
        .get(..15)
        .is_some_and(|head| head.eq_ignore_ascii_case("BEGIN:VCALENDAR"))
}

/// A line of a feed: its name, and its value; what folding divided is whole again.
struct Line {
    number: u64,
    name: String,
    value: String,
}

fn lines(text: &str) -> Vec<Line> {
    let mut whole: Vec<(u64, String)> = Vec::new();
    for (at, line) in text.lines().take(MOST_LINES).enumerate() {
        match (line.strip_prefix([' ', '\t']), whole.last_mut()) {
            (Some(rest), Some((_, open))) => open.push_str(rest),
            _ => whole.push((at as u64 + 1, line.to_owned())),
        }
    }
    let split = |(number, line): (u64, String)| {
        let (head, value) = line.split_once(':')?;
        let name = head.split(';').next().unwrap_or_default().to_ascii_uppercase();
        Some(Line { number, name, value: value.trim().to_owned() })
    };
    whole.into_iter().filter_map(split).collect()
}

/// The meetings of a feed, up to `until`.
pub(super) fn events(text: &str, until: Date) -> Vec<Event> {
    let mut events = Vec::new();
    let mut calendar = String::new();
    let mut open: Option<Vec<Line>> = None;
    for line in lines(text) {
        match (line.name.as_str(), line.value.to_ascii_uppercase().as_str()) {
            ("BEGIN", "VEVENT") => open = Some(Vec::new()),
            ("END", "VEVENT") => {
                if let Some(lines) = open.take() {
                    events.extend(event(&lines, &calendar, until));
                }
                if events.len() >= MOST_EVENTS {
                    break;
                }
            }
            ("X-WR-CALNAME", _) => calendar = line.value,
            _ => {
                if let Some(lines) = &mut open {
                    lines.push(line);
                }
            }
        }
    }
    events
}

fn event(lines: &[Line], calendar: &str, until: Date) -> Option<Event> {
    let value = |name: &str| lines.iter().find(|line| line.name == name).map(|line| line.value.as_str());
    let summary = value("SUMMARY").unwrap_or_default();
    let about = subject(summary).or_else(|| subject(calendar));
    let words = &WORDS.dates;
    let meets = about.is_some() || words.meeting.is_match(summary) || words.meeting.is_match(calendar);
    let off = value("STATUS").is_some_and(|status| status.eq_ignore_ascii_case("CANCELLED"));
    if !meets || off || words.not_meeting.is_match(summary) {
        return None;
    }
    let start = lines.iter().find(|line| line.name == "DTSTART")?;
    let first = day(&start.value)?;
    let rule = value("RRULE").and_then(|rule| Rule::read(rule, first));
    let recurs = rule.is_some();
    let mut days = rule.map_or_else(|| vec![first], |rule| rule.days(first, until));
    let listed = |name: &'static str| {
        lines.iter().filter(move |line| line.name == name).flat_map(|line| line.value.split(',')).filter_map(day)
    };
    days.extend(listed("RDATE"));
    let left_out: Vec<Date> = listed("EXDATE").collect();
    days.retain(|day| !left_out.contains(day));
    days.sort_unstable();
    days.dedup();
    Some(Event { days, about, recurs, line: start.number, words: start.value.clone() })
}

/// The day of a date or a time, as it is written: `20260910`, `20260910T140000Z`.
fn day(value: &str) -> Option<Date> {
    let digits = value.trim().get(..8)?;
    let number = |range: std::ops::Range<usize>| digits.get(range)?.parse::<i16>().ok();
    let small = |range| i8::try_from(number(range)?).ok();
    Date::new(number(0..4)?, small(4..6)?, small(6..8)?).ok()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Every {
    Day,
    Week,
    Month,
    Year,
}

/// A rule of recurrence, as far as meetings need one.
struct Rule {
    every: Every,
    interval: i32,
    count: Option<usize>,
    until: Option<Date>,
    /// Days of the week, each with which of the month it is; 0 for each of them.
    weekdays: Vec<(i8, Weekday)>,
    month_days: Vec<i8>,
    months: Vec<i8>,
    /// Which of the days so chosen.
    positions: Vec<i8>,
}

impl Rule {
    /// The rule that `written` states; `None` if it is beyond what is understood here.
    fn read(written: &str, first: Date) -> Option<Self> {
        let mut rule = Self {
            every: Every::Day,
            interval: 1,
            count: None,
            until: None,
            weekdays: Vec::new(),
            month_days: Vec::new(),
            months: Vec::new(),
            positions: Vec::new(),
        };
        let numbers = |value: &str| value.split(',').map(|n| n.trim().parse().ok()).collect::<Option<Vec<i8>>>();
        for part in written.split(';').filter(|part| !part.trim().is_empty()) {
            let (name, value) = part.split_once('=')?;
            match name.trim().to_ascii_uppercase().as_str() {
                "FREQ" => {
                    rule.every = match value.trim().to_ascii_uppercase().as_str() {
                        "DAILY" => Every::Day,
                        "WEEKLY" => Every::Week,
                        "MONTHLY" => Every::Month,
                        "YEARLY" => Every::Year,
                        _ => return None,
                    }
                }
                "INTERVAL" => rule.interval = value.trim().parse().ok().filter(|n| (1..=1000).contains(n))?,
                "COUNT" => rule.count = Some(value.trim().parse().ok()?),
                "UNTIL" => rule.until = Some(day(value)?),
                "BYDAY" => rule.weekdays = value.split(',').map(weekday).collect::<Option<_>>()?,
                "BYMONTHDAY" => rule.month_days = numbers(value)?,
                "BYMONTH" => rule.months = numbers(value)?,
                "BYSETPOS" => rule.positions = numbers(value)?,
                "WKST" => {}
                _ => return None,
            }
        }
        if rule.every == Every::Week && rule.weekdays.is_empty() {
            rule.weekdays.push((0, first.weekday()));
        }
        Some(rule)
    }

    /// The days of the rule from `first` on, up to `until`.
    fn days(&self, first: Date, until: Date) -> Vec<Date> {
        let until = self.until.map_or(until, |own| own.min(until));
        let most = self.count.unwrap_or(MOST_DAYS).min(MOST_DAYS * 4);
        let mut days = Vec::new();
        for step in 0..MOST_STEPS {
            let Some(period) = self.period(first, step * self.interval) else { break };
            let chosen = self.chosen(period, first);
            // A period without a day is passed over, one that begins too late is the end.
            if period > until || days.len() >= most {
                break;
            }
            days.extend(chosen.into_iter().filter(|day| *day >= first && *day <= until));
        }
        days.truncate(most);
        let old = days.len().saturating_sub(MOST_DAYS);
        days.split_off(old)
    }

    /// The first day of the period that lies `steps` after that of `first`.
    fn period(&self, first: Date, steps: i32) -> Option<Date> {
        let (start, span) = match self.every {
            Every::Day => (first, steps.days()),
            Every::Week => {
                let monday = first.checked_sub(i32::from(first.weekday().to_monday_zero_offset()).days()).ok()?;
                (monday, steps.weeks())
            }
            Every::Month => (first.first_of_month(), steps.months()),
            Every::Year => (first.first_of_month(), steps.years()),
        };
        start.checked_add(span).ok()
    }

    /// The days that the rule chooses in a period.
    fn chosen(&self, period: Date, first: Date) -> Vec<Date> {
        let mut days = match self.every {
            Every::Day => vec![period],
            Every::Week => {
                let offset = |day: &(i8, Weekday)| i32::from(day.1.to_monday_zero_offset());
                self.weekdays.iter().filter_map(|day| period.checked_add(offset(day).days()).ok()).collect()
            }
            Every::Month => self.of_month(period, first),
            Every::Year if self.months.is_empty() => self.of_month(period, first),
            Every::Year => {
                let month = |month: &i8| Date::new(period.year(), *month, 1).ok();
                self.months.iter().filter_map(month).flat_map(|month| self.of_month(month, first)).collect()
            }
        };
        if self.every == Every::Month && !self.months.is_empty() {
            days.retain(|day| self.months.contains(&day.month()));
        }
        days.sort_unstable();
        days.dedup();
        if self.positions.is_empty() {
            return days;
        }
        let at = |position: &i8| match *position {
            0 => None,
            n if n > 0 => days.get(usize::from(n.unsigned_abs()) - 1).copied(),
            n => days.len().checked_sub(usize::from(n.unsigned_abs())).map(|at| days[at]),
        };
        self.positions.iter().filter_map(at).collect()
    }

    fn of_month(&self, month: Date, first: Date) -> Vec<Date> {
        let last = month.last_of_month();
        let mut days: Vec<Date> = Vec::new();
        for (which, weekday) in &self.weekdays {
            match which {
                0 => days.extend((1..=5).filter_map(|n| month.nth_weekday_of_month(n, *weekday).ok())),
                n => days.extend(month.nth_weekday_of_month(*n, *weekday).ok()),
            }
        }
        for number in &self.month_days {
            let day = if *number > 0 { *number } else { last.day() + 1 + number };
            days.extend(Date::new(month.year(), month.month(), day).ok());
        }
        if self.weekdays.is_empty() && self.month_days.is_empty() {
            days.extend(Date::new(month.year(), month.month(), first.day()).ok());
        }
        days
    }
}

/// A day of the week and which of the month: `2TU`, `-1FR`, `MO`.
fn weekday(written: &str) -> Option<(i8, Weekday)> {
    let written = written.trim().to_ascii_uppercase();
    let at = written.len().checked_sub(2)?;
    let (which, name) = written.split_at_checked(at)?;
    let weekday = match name {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    };
    let which = if which.is_empty() { 0 } else { which.parse().ok().filter(|n: &i8| (-5..=5).contains(n))? };
    Some((which, weekday))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn days(rule: &str, first: Date) -> Vec<String> {
        let rule = Rule::read(rule, first).unwrap();
        rule.days(first, date(2027, 12, 31)).iter().take(4).map(ToString::to_string).collect()
    }

    #[test]
    fn rules_give_their_days() {
        let first = date(2026, 9, 8);
        assert_eq!(days("FREQ=MONTHLY;BYDAY=2TU", first), ["2026-09-08", "2026-10-13", "2026-11-10", "2026-12-08"]);
        assert_eq!(days("FREQ=MONTHLY;INTERVAL=3;BYDAY=2TU;COUNT=2", first), ["2026-09-08", "2026-12-08"]);
        assert_eq!(days("FREQ=WEEKLY;INTERVAL=2;UNTIL=20261001T000000Z", first), ["2026-09-08", "2026-09-22"]);
        assert_eq!(days("FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1", first)[..2], ["2026-09-25", "2026-10-30"]);
        assert_eq!(days("FREQ=MONTHLY;BYMONTHDAY=-1", first)[..2], ["2026-09-30", "2026-10-31"]);
        assert_eq!(
            days("FREQ=YEARLY;BYMONTH=3,9;BYMONTHDAY=8", first)[..3],
            ["2026-09-08", "2027-03-08", "2027-09-08"]
        );
        assert!(Rule::read("FREQ=HOURLY", first).is_none());
    }

    #[test]
    fn a_feed_is_read_as_its_events() {
        let feed = "BEGIN:VCALENDAR\r\nX-WR-CALNAME:City\r\nBEGIN:VEVENT\r\nDTSTART;TZID=America/Chicago:20260908T140000\r\nRRULE:FREQ=MONTHLY;BYDAY=2TU;COUNT=3\r\nEXDATE:20261013T140000\r\nSUMMARY:Data Gover\r\n nance Council meeting\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nDTSTART:20260907\r\nSUMMARY:Office closed for Labor Day\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        assert!(is(feed));
        let events = events(feed, date(2027, 1, 1));
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].days, [date(2026, 9, 8), date(2026, 11, 10)]);
        assert_eq!((events[0].about, events[0].line, events[0].recurs), (Some("data-governance"), 4, true));
    }
}
