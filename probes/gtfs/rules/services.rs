//! When trips run: the days of each service, and what can be said of them whatever the date is.

use std::collections::BTreeMap;

use serde_json::json;

use crate::gtfs::calendar::{Days, written};
use crate::gtfs::cells::NO_INT;
use crate::gtfs::feed::Feed;
use crate::gtfs::notices::Notices;
use crate::gtfs::strings::NONE;

/// A longer pause than this, in days, is a gap.
const GAP: i32 = 13;
/// So many days the feed may claim to be valid beyond its services.
const BEYOND: i32 = 14;
const WEEK: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const ADDED: i32 = 1;
/// Days with at least this share of the busiest days' trips have a fair share.
const MAJORITY: (u64, u64) = (3, 4);
/// So many of the busiest days are left out of account, or a tenth.
const BUSIEST: usize = 30;

/// The days of each service.
pub(crate) struct Services {
    days: BTreeMap<u32, Days>,
    /// Services of the trips, with how many trips run on each of their days.
    trips: BTreeMap<u32, i64>,
}

/// What has to be held against a date.
pub(crate) struct Dated {
    /// Each service's last day, the line it is on, and whether that is in `calendar.txt`.
    pub(crate) services: Vec<(u32, u32, i32, bool)>,
    /// The days between the first and the last service of the trips.
    pub(crate) window: Option<(i32, i32)>,
    /// The days between the first and the last with a fair share of the trips.
    pub(crate) coverage: Option<(i32, i32)>,
    /// The line and the validity of each row of `feed_info.txt`.
    pub(crate) feed: Vec<(u32, Option<i32>, Option<i32>)>,
}

impl Services {
    pub(crate) fn of(feed: &Feed) -> Self {
        let (calendar, dates) = (feed.table("calendar.txt"), feed.table("calendar_dates.txt"));
        let mut days: BTreeMap<u32, Days> = BTreeMap::new();
        let week = WEEK.map(|day| calendar.ints(day));
        for row in calendar.good() {
            let (start, end) = (calendar.ints("start_date")[row], calendar.ints("end_date")[row]);
            let running = week.iter().map(|day| day[row] & 1 == 1).collect::<Vec<_>>();
            days.insert(calendar.ids("service_id")[row], Days::weekly(start, end.max(start), &running));
        }
        let mut changes: BTreeMap<u32, (Vec<i32>, Vec<i32>)> = BTreeMap::new();
        for row in dates.good() {
            let (added, removed) = changes.entry(dates.ids("service_id")[row]).or_default();
            let list = if dates.ints("exception_type")[row] == ADDED { added } else { removed };
            list.push(dates.ints("date")[row]);
        }
        for (service, (added, removed)) in changes {
            let own = days.entry(service).or_default();
            own.add(added);
            own.remove(removed);
        }
        Self { days, trips: trips(feed) }
    }

    /// Whether a service runs on any day.
    pub(crate) fn runs(&self, service: u32) -> bool {
        self.days.get(&service).is_some_and(|days| days.ends().is_some())
    }

    /// The first and last day of all services of the trips.
    pub(crate) fn window(&self) -> Option<(i32, i32)> {
        let days = self.trips.keys().filter_map(|service| self.days.get(service));
        days.filter_map(Days::ends).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    /// How many trips run on each day, from the first day on; none on days that no service has.
    fn trips_by_day(&self) -> Option<(i32, Vec<Option<i64>>)> {
        let (first, last) = self.window()?;
        let length = usize::try_from(last - first).ok()? + 2;
        let (mut trips, mut services) = (vec![0i64; length], vec![0i64; length]);
        for (service, count) in &self.trips {
            for (start, end) in self.days.get(service).into_iter().flat_map(Days::runs) {
                let at = |day: i32| usize::try_from(day - first).unwrap_or_default();
                trips[at(*start)] += count;
                services[at(*start)] += 1;
                trips[at(*end) + 1] -= count;
                services[at(*end) + 1] -= 1;
            }
        }
        let (mut running, mut there) = (0, 0);
        let by_day = trips.iter().zip(services).map(|(trips, services)| {
            running += trips;
            there += services;
            (there > 0).then_some(running)
        });
        Some((first, by_day.collect()))
    }

    /// The days between the first and the last that have a fair share of the trips.
    pub(crate) fn coverage(&self) -> Option<(i32, i32)> {
        let (first, by_day) = self.trips_by_day()?;
        let mut counts: Vec<i64> = by_day.iter().flatten().copied().collect();
        counts.sort_unstable();
        let index = (counts.len() * 9 / 10).max(counts.len().saturating_sub(BUSIEST));
        let busy = u64::try_from(*counts.get(index)?).unwrap_or_default();
        let fair = i64::try_from(busy * MAJORITY.0 / MAJORITY.1).unwrap_or(i64::MAX);
        let enough = |count: &Option<i64>| count.is_some_and(|count| count >= fair);
        let day = |at: usize| first.saturating_add(i32::try_from(at).unwrap_or(i32::MAX));
        Some((day(by_day.iter().position(enough)?), day(by_day.iter().rposition(enough)?)))
    }

    /// What has to be held against a date.
    pub(crate) fn dated(&self, feed: &Feed) -> Dated {
        let mut lines: BTreeMap<u32, (u32, bool)> = BTreeMap::new();
        for (file, calendar) in [("calendar.txt", true), ("calendar_dates.txt", false)] {
            let table = feed.table(file);
            for row in table.good() {
                lines.entry(table.ids("service_id")[row]).or_insert((table.line(row), calendar));
            }
        }
        let ended = |(service, days): (&u32, &Days)| {
            let ((line, calendar), (_, last)) = (lines.get(service)?, days.ends()?);
            Some((*service, *line, last, *calendar))
        };
        let info = feed.table("feed_info.txt");
        let there = |day: i32| (day != NO_INT).then_some(day);
        let validity =
            |row| (info.line(row), there(info.ints("feed_start_date")[row]), there(info.ints("feed_end_date")[row]));
        Dated {
            services: self.days.iter().filter_map(ended).collect(),
            window: self.window(),
            coverage: self.coverage(),
            feed: info.good().map(validity).collect(),
        }
    }
}

/// Services of the trips, with how many trips run on each of their days.
fn trips(feed: &Feed) -> BTreeMap<u32, i64> {
    let (trips, often) = (feed.table("trips.txt"), feed.table("frequencies.txt"));
    let mut by_trip: BTreeMap<u32, i64> = BTreeMap::new();
    for row in often.good() {
        let [start, end, headway] =
            ["start_time", "end_time", "headway_secs"].map(|column| i64::from(often.ints(column)[row]));
        let more = if headway > 0 { (end - start - 1) / headway } else { 0 };
        *by_trip.entry(often.ids("trip_id")[row]).or_default() += 1 + more;
    }
    let mut by_service: BTreeMap<u32, i64> = BTreeMap::new();
    for row in trips.good() {
        let count = by_trip.get(&trips.ids("trip_id")[row]).copied().unwrap_or(1);
        *by_service.entry(trips.ids("service_id")[row]).or_default() += count;
    }
    by_service
}

pub(super) fn check(feed: &Feed, notices: &mut Notices) {
    let services = Services::of(feed);
    let calendar = feed.table("calendar.txt");
    let ids = calendar.ids("service_id");
    for row in calendar.good() {
        let id = feed.text(ids[row]);
        if WEEK.iter().all(|day| matches!(calendar.ints(day)[row], NO_INT | 0)) {
            notices.add(
                "service_has_no_active_day_of_the_week",
                || json!({ "csvRowNumber": calendar.line(row), "serviceId": id }),
            );
        }
        let runs = services.days.get(&ids[row]).map(Days::runs).unwrap_or_default();
        for pair in runs.windows(2) {
            let (before, after) = (pair[0].1, pair[1].0);
            if after - before - 1 > GAP {
                notices.add("big_gap_in_service", || {
                    json!({ "serviceId": id, "gapStartDate": written(before), "gapEndDate": written(after), "gapDurationDays": after - before - 1 })
                });
            }
        }
    }
    validity(feed, &services, notices);
    overlaps(feed, &services, notices);
}

/// The feed's own word on when it is valid, against its services.
fn validity(feed: &Feed, services: &Services, notices: &mut Notices) {
    let info = feed.table("feed_info.txt");
    let Some(row) = info.good().next() else { return };
    let (start, end) = (info.ints("feed_start_date")[row], info.ints("feed_end_date")[row]);
    let (true, Some((first, last))) = (start != NO_INT && end != NO_INT, services.window()) else { return };
    if first - start > BEYOND || end - last > BEYOND {
        notices.add("feed_valid_beyond_total_service_window", || {
            json!({ "feedStartDate": written(start), "feedEndDate": written(end), "serviceWindowStartDate": written(first), "serviceWindowEndDate": written(last) })
        });
    }
    for service in services.trips.keys() {
        let Some((first, last)) = services.days.get(service).and_then(Days::ends) else { continue };
        if first < start || last > end {
            notices.add("service_window_outside_feed_period", || {
                json!({ "serviceId": feed.text(*service), "serviceWindowStartDate": written(first), "serviceWindowEndDate": written(last), "daysBeforeFeedStart": (start - first).max(0), "daysAfterFeedEnd": (last - end).max(0) })
            });
        }
    }
}

/// A trip of a block: its row, and when it begins and ends.
struct Span {
    row: usize,
    first: (i32, i32),
    last: (i32, i32),
}

/// A vehicle cannot run two trips at once.
fn overlaps(feed: &Feed, services: &Services, notices: &mut Notices) {
    let trips = feed.table("trips.txt");
    let mut blocks: BTreeMap<u32, Vec<Span>> = BTreeMap::new();
    for row in trips.good().filter(|row| trips.ids("block_id")[*row] != NONE) {
        let Some(run) = feed.calls.of(trips.ids("trip_id")[row]).filter(|run| !run.damaged) else { continue };
        let span =
            Span { row, first: (run.first.arrival, run.first.departure), last: (run.last.arrival, run.last.departure) };
        if [span.first.0, span.first.1, span.last.0, span.last.1].iter().all(|time| *time != NO_INT) {
            blocks.entry(trips.ids("block_id")[row]).or_default().push(span);
        }
    }
    let mut shared: BTreeMap<(u32, u32), Option<i32>> = BTreeMap::new();
    for spans in blocks.values_mut() {
        spans.sort_by_key(|span| (span.first.0, span.last.1));
        for (at, span) in spans.iter().enumerate() {
            for other in spans[at + 1..].iter().take_while(|other| span.last.1 > other.first.0) {
                if span.last == other.first {
                    continue;
                }
                let [a, b] = [span.row, other.row].map(|row| trips.ids("service_id")[row]);
                let day = *shared.entry((a.min(b), a.max(b))).or_insert_with(|| {
                    let (a, b) = (services.days.get(&a)?, services.days.get(&b)?);
                    a.first_shared(b)
                });
                if let Some(day) = day {
                    twice(feed, span.row, other.row, day, notices);
                }
            }
        }
    }
}

fn twice(feed: &Feed, a: usize, b: usize, day: i32, notices: &mut Notices) {
    let trips = feed.table("trips.txt");
    let text = |column: &str, row: usize| feed.text(trips.ids(column)[row]);
    notices.add("block_trips_with_overlapping_stop_times", || {
        json!({ "csvRowNumberA": trips.line(a), "tripIdA": text("trip_id", a), "serviceIdA": text("service_id", a), "csvRowNumberB": trips.line(b), "tripIdB": text("trip_id", b), "serviceIdB": text("service_id", b), "blockId": text("block_id", a), "intersection": crate::gtfs::cells::date_text(day) })
    });
}
