//! What is said of a feed: by the child process whatever the date, and on a date.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Options;
use super::calendar::written;
use super::cells::{date_text, day_of};
use super::documented::{self, Severity};
use super::feed::Feed;
use super::files::Files;
use super::notices::Notices;
use super::rules::Services;
pub use super::summary::Summary;
use super::table::State;

/// Services that end more than two years on.
const FAR: i32 = 2 * 365;
const SOON: i32 = 7;
const LATER: i32 = 30;

/// What is said of a feed whatever the date, and what has to be held against one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    notices: Vec<Told>,
    dated: Dated,
    /// What could not be checked, and why.
    pub not_checked: Vec<NotChecked>,
    /// The files that could not be read out of the archive to their end; packs of before tell of none.
    #[serde(default)]
    pub unread: Vec<String>,
    /// The feed in figures.
    pub summary: Summary,
    samples: usize,
}

/// What one rule found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// The rule.
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
    /// Whether the canonical validator would not have looked, as a file that it asks for has a row that cannot be taken.
    pub beyond: bool,
    /// How often it was found.
    pub total: u64,
    /// The first places.
    pub samples: Vec<Value>,
}

/// What could not be checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotChecked {
    /// The file that is the reason; empty where there is none.
    pub file: String,
    /// Why.
    pub because: String,
    /// The rules that were not run.
    pub rules: Vec<String>,
}

/// Whether a rule was run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Standing {
    Run,
    Beyond,
    NotRun,
}

/// What has to be held against a date; days count from 1970.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Dated {
    services: Vec<(String, u32, i32, bool)>,
    window: Option<(i32, i32)>,
    coverage: Option<(i32, i32)>,
    feed: Vec<(u32, Option<i32>, Option<i32>)>,
    calendar: bool,
    standing: BTreeMap<String, Standing>,
}

/// The rules that speak of the date.
const DATED: &[&str] = &[
    "expired_calendar",
    "feed_expiration_date30_days",
    "feed_expiration_date7_days",
    "future_calendar",
    "future_feed",
    "service_extends_far_in_the_future",
    "trip_coverage_not_active_for_next7_days",
];

impl Report {
    pub(super) fn of(feed: &Feed, notices: &Notices, options: &Options, tables: u64) -> Self {
        let (failed, broken) = (feed.failed(), broken(feed));
        let dated = Services::of(feed).dated(feed);
        let told = notices.all().filter(|(_, needs, ..)| !needs.meets(broken));
        let told = told.map(|(code, needs, severity, tally)| Told {
            code: code.to_owned(),
            severity,
            beyond: needs.meets(failed),
            total: tally.total,
            samples: tally.samples.clone(),
        });
        let standing = |code: &&str| {
            let needs = documented::of(code).map_or(Files::NONE, |rule| rule.needs);
            let standing = match (needs.meets(broken), needs.meets(failed)) {
                (true, _) => Standing::NotRun,
                (false, true) => Standing::Beyond,
                (false, false) => Standing::Run,
            };
            ((*code).to_owned(), standing)
        };
        let named =
            |(id, line, last, calendar): &(u32, u32, i32, bool)| (feed.text(*id).to_owned(), *line, *last, *calendar);
        Self {
            notices: told.collect(),
            not_checked: not_checked(feed, options),
            unread: unread(feed),
            summary: Summary::of(feed, &dated, tables),
            dated: Dated {
                services: dated.services.iter().map(named).collect(),
                window: dated.window,
                coverage: dated.coverage,
                feed: dated.feed,
                calendar: feed.table("calendar.txt").count() > 0,
                standing: DATED.iter().map(standing).collect(),
            },
            samples: options.samples,
        }
    }

    /// Everything that is found on a date, errors first.
    pub fn on(&self, date: Date) -> Vec<Told> {
        let mut all = self.notices.clone();
        all.extend(self.dated.on(day_of(date), self.samples));
        all.sort_by(|a, b| (a.severity, &a.code, a.beyond).cmp(&(b.severity, &b.code, b.beyond)));
        all
    }

    /// How many days after a date a fair share of the trips still runs.
    pub fn covered(&self, date: Date) -> Option<i64> {
        self.dated.coverage.map(|(_, until)| i64::from(until) - i64::from(day_of(date)))
    }

    /// Whether services run on or after a date.
    pub fn runs_on(&self, date: Date) -> bool {
        self.dated.window.is_some_and(|(from, until)| (from..=until).contains(&day_of(date)))
    }
}

impl Dated {
    fn on(&self, today: i32, samples: usize) -> Vec<Told> {
        let mut told = Vec::new();
        let mut tell = |code: &str, places: Vec<Value>| {
            let (standing, severity) = (self.standing.get(code), documented::of(code).map(|rule| rule.severity));
            let (Some(Standing::Run | Standing::Beyond), Some(severity), false) =
                (standing, severity, places.is_empty())
            else {
                return;
            };
            let beyond = standing == Some(&Standing::Beyond);
            let total = places.len() as u64;
            let samples = places.into_iter().take(samples).collect();
            told.push(Told { code: code.to_owned(), severity, beyond, total, samples });
        };
        tell("expired_calendar", self.expired(today));
        let far = self.services.iter().filter(|(_, _, last, calendar)| *calendar && last - today > FAR);
        let place = |(id, _, last, _): &(String, u32, i32, bool)| json!({ "serviceId": id, "serviceWindowEndDate": written(*last) });
        tell("service_extends_far_in_the_future", far.map(place).collect());
        let ends = |from: i32, until: i32| {
            let rows = self.feed.iter().filter_map(|(line, _, end)| Some((*line, (*end)?)));
            rows.filter(|(_, end)| (today + from..today + until).contains(end))
                .map(|(line, end)| json!({ "csvRowNumber": line, "currentDate": date_text(today), "feedEndDate": date_text(end), "suggestedExpirationDate": date_text(today + until) }))
                .collect::<Vec<_>>()
        };
        tell("feed_expiration_date7_days", ends(i32::MIN - today.min(0), SOON));
        tell("feed_expiration_date30_days", ends(SOON, LATER));
        let start = self.feed.iter().filter_map(|(_, start, _)| *start).min().filter(|start| *start > today);
        let place = |start| json!({ "feedStartDate": date_text(start), "currentDate": date_text(today) });
        tell("future_feed", start.map(place).into_iter().collect());
        let begin = self.window.map(|(from, _)| from).filter(|from| *from > today);
        let place = |from| json!({ "minServiceStartDate": written(from), "currentDate": written(today) });
        tell("future_calendar", begin.map(place).into_iter().collect());
        let short = self.coverage.filter(|(from, until)| *from > today || until - today < SOON);
        let place = |(from, until)| json!({ "currentDate": date_text(today), "serviceWindowStartDate": date_text(from), "serviceWindowEndDate": date_text(until) });
        tell("trip_coverage_not_active_for_next7_days", short.map(place).into_iter().collect());
        told
    }

    /// Services that ended; those of `calendar_dates.txt` only where there are no others, and none goes on.
    fn expired(&self, today: i32) -> Vec<Value> {
        let all = self.services.iter().all(|(_, _, last, _)| *last < today);
        let ended = self
            .services
            .iter()
            .filter(|(_, _, last, calendar)| *last < today && (*calendar || (all && !self.calendar)));
        ended.map(|(id, line, _, _)| json!({ "csvRowNumber": line, "serviceId": id })).collect()
    }
}

/// The files of which rows are missing altogether, so that nothing can be said of what they would hold.
fn broken(feed: &Feed) -> Files {
    let mut broken = Files::NONE;
    for table in feed.tables() {
        let whole = match table.state {
            State::Whole => true,
            State::Absent => !table.schema.required,
            State::BadRows => table.lost == 0,
            State::Empty | State::BadHeader | State::Unreadable => false,
        };
        if !whole {
            broken = broken.with(table.schema.file);
        }
    }
    if !matches!(feed.zones.state, State::Whole | State::Absent) {
        broken = broken.with(super::files::GEOJSON);
    }
    broken
}

fn unread(feed: &Feed) -> Vec<String> {
    let files = feed.tables().iter().map(|table| (table.schema.file, table.state));
    let unread =
        files.chain([(super::files::GEOJSON, feed.zones.state)]).filter(|(_, state)| *state == State::Unreadable);
    unread.map(|(file, _)| file.to_owned()).collect()
}

fn not_checked(feed: &Feed, options: &Options) -> Vec<NotChecked> {
    let mut all = Vec::new();
    let zones = (super::files::GEOJSON, feed.zones.state, 0, 0, false);
    let tables = feed
        .tables()
        .iter()
        .map(|table| (table.schema.file, table.state, table.lost, table.bad(), table.schema.required));
    for (file, state, lost, bad, required) in tables.chain([zones]) {
        let because = match state {
            State::Whole => continue,
            State::Absent if !required => continue,
            State::Absent => "the file is required and not there".to_owned(),
            State::Empty => "the file has no header".to_owned(),
            State::BadHeader => "its header names columns wrongly, so no row was read".to_owned(),
            State::Unreadable => "the file cannot be read out of the archive to its end".to_owned(),
            State::BadRows if lost == 0 && bad == 0 => "it cannot be taken apart".to_owned(),
            State::BadRows if lost == 0 => {
                all.push(NotChecked {
                    file: file.to_owned(),
                    because: format!("{bad} rows have a cell that cannot be taken: the rules ran on the others"),
                    rules: Vec::new(),
                });
                continue;
            }
            State::BadRows => format!("{lost} rows have no cells that can be told apart"),
        };
        let set = Files::of(&[file]);
        let rules = documented::all().filter(|(_, rule)| rule.needs.meets(set) && (options.extra || !rule.extra));
        all.push(NotChecked {
            file: file.to_owned(),
            because,
            rules: rules.map(|(code, _)| code.to_owned()).collect(),
        });
    }
    if options.country.is_none() {
        all.push(NotChecked {
            file: String::new(),
            because: "no country is named that telephone numbers are called from".to_owned(),
            rules: vec!["invalid_phone_number".to_owned()],
        });
    }
    all
}
