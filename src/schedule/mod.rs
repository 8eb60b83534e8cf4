//! When a city is audited by itself: a cron expression in the time of a place, with a jitter that spreads cities out.
//!
//! Nothing here looks at a clock: whoever asks says what time it is.

mod cron;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use probes::capture::short_hash;

pub use cron::Cron;

/// The longest jitter, in minutes: a day.
pub const MOST_JITTER: u32 = 24 * 60;
/// How many days are looked through for a due time: a 29 February may be eight years away.
const FARTHEST: usize = 366 * 8 + 3;

/// When audits are due.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    cron: Cron,
    zone: TimeZone,
    name: String,
    jitter: u32,
}

impl Schedule {
    /// A schedule as people write it: a cron expression, the IANA name of a time zone, and the most minutes that an audit
    /// may begin after it is due. An error says what is wrong, and what would be right.
    pub fn read(cron: &str, zone: &str, jitter: u32) -> Result<Self, String> {
        let cron: Cron = cron.parse()?;
        let name = zone.trim();
        let found = TimeZone::get(name).map_err(|_| {
            format!("{name:?} is no time zone: write its IANA name, such as UTC, America/New_York or Europe/Madrid")
        })?;
        Self::may_wait(jitter)?;
        let schedule = Self { cron, zone: found, name: name.to_owned(), jitter };
        // Of leap days, some eight years apart, none is missed from here.
        let from = Timestamp::UNIX_EPOCH;
        if schedule.next(from).is_none() {
            return Err(format!("{:?} is never due: no such day exists", schedule.cron.written()));
        }
        Ok(schedule)
    }

    /// The cron expression as it was written.
    pub fn cron(&self) -> &str {
        self.cron.written()
    }

    /// The time zone's IANA name.
    pub fn zone(&self) -> &str {
        &self.name
    }

    /// Whether so many minutes may pass after an audit is due; an error says how many may.
    pub fn may_wait(jitter: u32) -> Result<(), String> {
        if jitter > MOST_JITTER { Err(format!("the jitter is {MOST_JITTER} minutes at most")) } else { Ok(()) }
    }

    /// The most minutes after a due time at which its audit begins.
    pub fn jitter(&self) -> u32 {
        self.jitter
    }

    /// The first due time after this one; none if there is none within eight years.
    pub fn next(&self, after: Timestamp) -> Option<Timestamp> {
        let first = self.day(after);
        let days = std::iter::successors(Some(first), |day| day.tomorrow().ok()).take(FARTHEST);
        days.flat_map(|day| self.cron.of_day(day, &self.zone)).find(|due| *due > after)
    }

    /// The last due time of `whose` after `after` whose turn has come by `now`: of those that were missed, only this one is
    /// made up.
    pub fn last(&self, whose: &str, after: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let oldest = self.day(after);
        let days = std::iter::successors(Some(self.day(now)), |day| day.yesterday().ok());
        days.take(FARTHEST)
            .take_while(|day| *day >= oldest)
            .flat_map(|day| self.cron.of_day(day, &self.zone).into_iter().rev())
            .find(|due| *due > after && self.turn(whose, *due) <= now)
    }

    /// When the audit of `whose` that is due then begins: the same for the same city and time, whoever asks.
    pub fn turn(&self, whose: &str, due: Timestamp) -> Timestamp {
        let lot = short_hash(format!("{whose} {due}").as_bytes());
        let lot = u64::from_str_radix(lot.get(..12).unwrap_or_default(), 16).unwrap_or_default();
        let seconds = lot % (u64::from(self.jitter) * 60 + 1);
        let later = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or_default());
        due.checked_add(later).unwrap_or(due)
    }

    fn day(&self, time: Timestamp) -> Date {
        self.zone.to_datetime(time).date()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(written: &str) -> Timestamp {
        written.parse().unwrap()
    }

    fn weekly() -> Schedule {
        Schedule::read("0 6 * * mon", "America/New_York", 0).unwrap()
    }

    #[test]
    fn an_hour_of_the_week_is_kept_through_the_year() {
        let winter = weekly().next(time("2026-11-26T12:00:00Z"));
        assert_eq!(winter, Some(time("2026-11-30T11:00:00Z")));
        let summer = weekly().next(time("2026-06-01T10:00:00Z"));
        assert_eq!(summer, Some(time("2026-06-08T10:00:00Z")), "a due time is not due after itself");
    }

    #[test]
    fn of_what_was_missed_only_the_last_is_made_up() {
        let (since, now) = (time("2026-11-01T00:00:00Z"), time("2026-11-26T12:00:00Z"));
        let last = weekly().last("a", since, now);
        assert_eq!(last, Some(time("2026-11-23T11:00:00Z")));
        assert_eq!(weekly().last("a", last.unwrap(), now), None);
        assert_eq!(weekly().last("a", since, time("2026-11-02T10:59:59Z")), None);
    }

    #[test]
    fn jitter_spreads_cities_and_stays_the_same_for_each() {
        let schedule = Schedule::read("0 6 * * *", "UTC", 60).unwrap();
        let due = time("2026-11-26T06:00:00Z");
        let turns: std::collections::BTreeSet<_> =
            (0..40).map(|city| schedule.turn(&format!("city {city}"), due)).collect();
        assert!(turns.len() > 30, "{turns:?}");
        assert!(turns.iter().all(|turn| *turn >= due && *turn <= time("2026-11-26T07:00:00Z")));
        let own = schedule.turn("city 0", due);
        assert_eq!(schedule.turn("city 0", due), own);
        let since = time("2026-11-26T00:00:00Z");
        assert_eq!(schedule.last("city 0", since, own), Some(due));
        assert_eq!(schedule.last("city 0", since, own - SignedDuration::from_secs(1)), None);
    }

    #[test]
    fn what_cannot_be_is_refused_with_what_would_be_right() {
        assert!(Schedule::read("0 6 * * *", "New York", 0).unwrap_err().contains("America/New_York"));
        assert!(Schedule::read("0 6 30 2 *", "UTC", 0).unwrap_err().contains("never due"));
        assert!(Schedule::read("0 6 * * *", "UTC", 1441).unwrap_err().contains("1440"));
        let leap = Schedule::read("0 6 29 feb *", "UTC", 0).unwrap();
        assert_eq!(leap.next(time("2096-03-01T00:00:00Z")), Some(time("2104-02-29T06:00:00Z")));
    }
}
