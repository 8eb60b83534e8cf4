//! Cron expressions of five fields: minute, hour, day of the month, month, day of the week.

use std::collections::BTreeSet;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{AmbiguousOffset, TimeZone};

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
/// What a whole expression may be called.
const CALLED: [(&str, &str); 5] = [
    ("@hourly", "0 * * * *"),
    ("@daily", "0 0 * * *"),
    ("@weekly", "0 0 * * 0"),
    ("@monthly", "0 0 1 * *"),
    ("@yearly", "0 0 1 1 *"),
];

/// A cron expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cron {
    written: String,
    minutes: Field,
    hours: Field,
    days: Field,
    months: Field,
    weekdays: Field,
}

/// Numbers that a field names, as bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Field {
    bits: u64,
    /// Whether it begins with `*`: of two fields for days, one that does not narrows alone.
    open: bool,
}

/// What a field may hold.
struct Kind {
    name: &'static str,
    least: u32,
    most: u32,
    /// Names for the numbers from `least` on.
    names: &'static [&'static str],
}

impl Cron {
    /// The expression as it was written.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// Every due time of a day in a zone.
    ///
    /// What falls into an hour that the clocks skip is due as much later; in an hour that comes twice it is due once, unless
    /// it is due every hour.
    pub(super) fn of_day(&self, day: Date, zone: &TimeZone) -> BTreeSet<Timestamp> {
        let mut due = BTreeSet::new();
        if !self.has(day) {
            return due;
        }
        for (hour, minute) in self.hours.numbers().flat_map(|hour| self.minutes.numbers().map(move |at| (hour, at))) {
            let time = zone.to_ambiguous_timestamp(day.at(hour, minute, 0, 0));
            let twice = self.hours.open && matches!(time.offset(), AmbiguousOffset::Fold { .. });
            due.extend(time.compatible().ok());
            if twice {
                due.extend(time.later().ok());
            }
        }
        due
    }

    fn has(&self, day: Date) -> bool {
        let of_month = self.days.has(u32::from(day.day().unsigned_abs()));
        let of_week = self.weekdays.has(u32::from(day.weekday().to_sunday_zero_offset().unsigned_abs()));
        let either = !self.days.open && !self.weekdays.open;
        self.months.has(u32::from(day.month().unsigned_abs()))
            && if either { of_month || of_week } else { of_month && of_week }
    }
}

impl FromStr for Cron {
    type Err = String;

    fn from_str(written: &str) -> Result<Self, String> {
        let written = written.trim();
        let lower = written.to_ascii_lowercase();
        let called = CALLED.iter().find(|(name, _)| *name == lower).map(|(_, means)| *means);
        let fields: Vec<&str> = called.unwrap_or(&lower).split_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = fields[..] else {
            return Err(format!(
                "{written:?} has {} fields: write five, minute hour day month weekday, such as 0 6 * * mon",
                fields.len()
            ));
        };
        let kind = |name, least, most, names| Kind { name, least, most, names };
        let mut weekdays = Field::read(weekdays, &kind("weekday", 0, 7, &WEEKDAYS))?;
        // Sunday is 0 and 7.
        if weekdays.has(7) {
            weekdays.bits |= 1;
        }
        Ok(Self {
            written: written.to_owned(),
            minutes: Field::read(minutes, &kind("minute", 0, 59, &[]))?,
            hours: Field::read(hours, &kind("hour", 0, 23, &[]))?,
            days: Field::read(days, &kind("day", 1, 31, &[]))?,
            months: Field::read(months, &kind("month", 1, 12, &MONTHS))?,
            weekdays,
        })
    }
}

impl Field {
    /// A list of numbers, names and ranges, each with a step where wanted.
    fn read(written: &str, kind: &Kind) -> Result<Self, String> {
        let Kind { name, least, most, .. } = kind;
        let mut bits = 0;
        for part in written.split(',') {
            let (range, step) = part.split_once('/').map_or((part, None), |(range, step)| (range, Some(step)));
            let (from, to) = match range.split_once('-') {
                _ if range == "*" => (*least, *most),
                Some((from, to)) => (kind.number(from)?, kind.number(to)?),
                // `5/10` is from 5 on.
                None => (kind.number(range)?, if step.is_some() { *most } else { kind.number(range)? }),
            };
            let step = step.map_or(Some(1), |step| step.parse::<u32>().ok().filter(|step| (1..=*most).contains(step)));
            let step = step.ok_or_else(|| format!("the {name} {part:?}: a step is a number from 1 to {most}"))?;
            if from > to {
                return Err(format!("the {name} {part:?} runs backwards: write two ranges, with a comma between"));
            }
            bits |= (from..=to).step_by(step as usize).fold(0, |bits, number| bits | 1_u64 << number);
        }
        Ok(Self { bits, open: written.starts_with('*') })
    }

    fn has(self, number: u32) -> bool {
        self.bits >> number & 1 == 1
    }

    fn numbers(self) -> impl Iterator<Item = i8> {
        (0..60_i8).filter(move |number| self.has(u32::from(number.unsigned_abs())))
    }
}

impl Kind {
    fn number(&self, written: &str) -> Result<u32, String> {
        let Self { name, least, most, names } = self;
        let named = names.iter().zip(*least..).find(|(name, _)| **name == written).map(|(_, number)| number);
        let number = named.or_else(|| written.parse().ok()).filter(|number| (least..=most).contains(&number));
        let also =
            if names.is_empty() { String::new() } else { format!(", or {} to {}", names[0], names[names.len() - 1]) };
        number.ok_or_else(|| format!("the {name} {written:?} is none: {least} to {most}{also}"))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn due(cron: &str, day: Date, zone: &str) -> Vec<String> {
        let (cron, zone) = (cron.parse::<Cron>().unwrap(), TimeZone::get(zone).unwrap());
        cron.of_day(day, &zone).into_iter().map(|time| time.to_string()).collect()
    }

    #[test]
    fn lists_ranges_steps_and_names_are_read() {
        let day = date(2026, 11, 26);
        assert_eq!(due("5,35 6-7 26 nov thu", day, "UTC").len(), 4);
        assert_eq!(due("*/20 8-18/5 * * *", day, "UTC").len(), 9);
        assert_eq!(due("50/5 6 * * mon-fri", day, "UTC").len(), 2);
        assert_eq!(due("0 6 * JAN-MAR *", day, "UTC").len(), 0);
        assert_eq!(due("@hourly", day, "UTC").len(), 24);
        let sunday = date(2026, 11, 29);
        assert!(
            ["0 6 * * 0", "0 6 * * 7", "0 6 * * sun", "0 6 * * fri,5-7"]
                .iter()
                .all(|cron| due(cron, sunday, "UTC").len() == 1)
        );
    }

    #[test]
    fn of_two_fields_for_days_either_will_do_unless_one_is_open() {
        let thursday = date(2026, 11, 26);
        assert_eq!(due("0 6 1 * thu", thursday, "UTC").len(), 1);
        assert_eq!(due("0 6 1 * *", thursday, "UTC").len(), 0);
        assert_eq!(due("0 6 */2 * thu", thursday, "UTC").len(), 0, "an even day that begins with a star");
        assert_eq!(due("0 6 * * fri", thursday, "UTC").len(), 0);
    }

    #[test]
    fn what_the_clocks_skip_is_due_later_and_what_comes_twice_is_due_once() {
        let (spring, autumn) = (date(2026, 3, 8), date(2026, 11, 1));
        let city = "America/New_York";
        assert_eq!(due("30 2 * * *", spring, city), ["2026-03-08T07:30:00Z"]);
        assert_eq!(due("30 1 * * *", autumn, city), ["2026-11-01T05:30:00Z"]);
        assert_eq!(due("0 * * * *", spring, city).len(), 23);
        assert_eq!(due("0 * * * *", autumn, city).len(), 25);
        let quarter = date(2026, 4, 5);
        assert_eq!(due("45 1 * * *", quarter, "Australia/Lord_Howe"), ["2026-04-04T14:45:00Z"]);
    }

    #[test]
    fn what_is_no_expression_is_refused_with_its_field() {
        for (cron, told) in [
            ("0 6 * *", "4 fields"),
            ("60 6 * * *", "minute"),
            ("0 6 0 * *", "day"),
            ("0 6 * * fun", "sun to sat"),
            ("0 18-6 * * *", "backwards"),
            ("*/0 6 * * *", "step"),
            ("*/ 6 * * *", "step"),
            (", 6 * * *", "minute"),
            ("", "0 fields"),
        ] {
            let refused = cron.parse::<Cron>().unwrap_err();
            assert!(refused.contains(told), "{cron:?}: {refused}");
        }
    }
}
