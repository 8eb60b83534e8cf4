//! Rides on demand: how they are booked, and the ids of the places they serve.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::gtfs::cells::time_text;
use crate::gtfs::feed::Feed;
use crate::gtfs::notices::Notices;
use crate::gtfs::table::Table;

const FILE: &str = "booking_rules.txt";
const REAL_TIME: i32 = 0;
const SAME_DAY: i32 = 1;
const DAY_BEFORE: i32 = 2;

/// What may not be said of each type of booking.
const FORBIDDEN: &[(i32, &str, &[&str])] = &[
    (
        REAL_TIME,
        "forbidden_real_time_booking_field_value",
        &[
            "prior_notice_duration_min",
            "prior_notice_duration_max",
            "prior_notice_last_day",
            "prior_notice_last_time",
            "prior_notice_start_day",
            "prior_notice_start_time",
            "prior_notice_service_id",
        ],
    ),
    (
        SAME_DAY,
        "forbidden_same_day_booking_field_value",
        &["prior_notice_last_day", "prior_notice_last_time", "prior_notice_service_id"],
    ),
    (
        DAY_BEFORE,
        "forbidden_prior_day_booking_field_value",
        &["prior_notice_duration_min", "prior_notice_duration_max"],
    ),
];

/// What must be said of each type of booking.
const REQUIRED: &[(i32, &str, &str)] = &[
    (SAME_DAY, "prior_notice_duration_min", "missing_prior_notice_duration_min"),
    (DAY_BEFORE, "prior_notice_last_day", "missing_prior_notice_last_day"),
    (DAY_BEFORE, "prior_notice_last_time", "missing_prior_notice_last_time"),
];

pub(super) fn check(feed: &Feed, notices: &mut Notices) {
    let rules = feed.table(FILE);
    for row in rules.good() {
        by_type(feed, rules, row, notices);
        notice(feed, rules, row, notices);
    }
    names(feed, notices);
}

fn place(feed: &Feed, rules: &Table, row: usize) -> Value {
    json!({ "csvRowNumber": rules.line(row), "bookingRuleId": feed.text(rules.ids("booking_rule_id")[row]) })
}

fn has(rules: &Table, name: &str, row: usize) -> bool {
    rules.schema.place(name).is_some_and(|place| rules.is_there(place, row))
}

fn by_type(feed: &Feed, rules: &Table, row: usize, notices: &mut Notices) {
    let kind = rules.ints("booking_type")[row];
    for (_, code, names) in FORBIDDEN.iter().filter(|(of, _, _)| *of == kind) {
        let there: Vec<&str> = names.iter().copied().filter(|name| has(rules, name, row)).collect();
        if !there.is_empty() {
            notices.add(code, || with(place(feed, rules, row), "fieldNames", there.join(", ").into()));
        }
    }
    for (_, _, code) in REQUIRED.iter().filter(|(of, name, _)| *of == kind && !has(rules, name, row)) {
        notices.add(code, || place(feed, rules, row));
    }
}

fn with(mut told: Value, name: &str, value: Value) -> Value {
    told[name] = value;
    told
}

fn notice(feed: &Feed, rules: &Table, row: usize, notices: &mut Notices) {
    let int = |name: &str| rules.ints(name)[row];
    let there = |name: &str| has(rules, name, row);
    let (shortest, longest) = (int("prior_notice_duration_min"), int("prior_notice_duration_max"));
    let (start, last) = (int("prior_notice_start_day"), int("prior_notice_last_day"));
    let told = || place(feed, rules, row);
    if there("prior_notice_duration_max") && there("prior_notice_start_day") {
        notices.add("forbidden_prior_notice_start_day", || {
            with(with(told(), "priorNoticeStartDay", start.into()), "priorNoticeDurationMax", longest.into())
        });
    }
    let start_time = there("prior_notice_start_time");
    if start_time && !there("prior_notice_start_day") {
        let time = time_text(int("prior_notice_start_time"));
        notices.add("forbidden_prior_notice_start_time", || with(told(), "priorNoticeStartTime", time.into()));
    }
    if !start_time && there("prior_notice_start_day") {
        notices.add("missing_prior_notice_start_time", || with(told(), "priorNoticeStartDay", start.into()));
    }
    if there("prior_notice_duration_min") && there("prior_notice_duration_max") && longest < shortest {
        notices.add("invalid_prior_notice_duration_min", || {
            with(with(told(), "priorNoticeDurationMin", shortest.into()), "priorNoticeDurationMax", longest.into())
        });
    }
    if there("prior_notice_last_day") && there("prior_notice_start_day") && last > start {
        notices.add("prior_notice_last_day_after_start_day", || {
            with(with(told(), "priorNoticeLastDay", last.into()), "priorNoticeStartDay", start.into())
        });
    }
}

/// Stops, groups of locations and zones share one space of ids.
fn names(feed: &Feed, notices: &mut Notices) {
    let (stops, groups) = (feed.table("stops.txt"), feed.table("location_groups.txt"));
    let mut places: BTreeMap<u32, [Option<u32>; 3]> = BTreeMap::new();
    let of_stops = stops.good().map(|row| (stops.ids("stop_id")[row], 0, stops.line(row)));
    let of_groups = groups.good().map(|row| (groups.ids("location_group_id")[row], 1, groups.line(row)));
    let of_zones = feed.zones.features.iter().map(|(id, at)| (*id, 2, *at));
    for (id, kind, at) in of_stops.chain(of_groups).chain(of_zones) {
        places.entry(id).or_default()[kind].get_or_insert(at);
    }
    for (id, places) in places.iter().filter(|(_, places)| places.iter().flatten().count() > 1) {
        notices.add("duplicate_geography_id", || {
            let mut told = json!({ "geographyId": feed.text(*id) });
            let names = ["csvRowNumberA", "csvRowNumberB", "featureIndex"];
            for (name, at) in names.into_iter().zip(places).filter_map(|(name, at)| Some((name, (*at)?))) {
                told[name] = at.into();
            }
            told
        });
    }
}
