//! Fares, in either version.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::gtfs::cells::{NO_INT, time_text};
use crate::gtfs::feed::Feed;
use crate::gtfs::files::Files;
use crate::gtfs::notices::Notices;
use crate::gtfs::strings::NONE;

const DAY: i32 = 24 * 3600;
/// A card and an app have names that riders look for.
const NAMED: [i32; 2] = [2, 4];

pub(super) fn check(feed: &Feed, notices: &mut Notices) {
    media(feed, notices);
    transfer_rules(feed, notices);
    categories(feed, notices);
    timeframes(feed, notices);
    frequencies(feed, notices);
    let joins = feed.table("fare_leg_join_rules.txt");
    for row in joins.good() {
        let [from, to] = ["from_stop_id", "to_stop_id"].map(|name| joins.ids(name)[row] == NONE);
        if from != to {
            let lacks = if from { "from_stop_id" } else { "to_stop_id" };
            notices.add_in(Files::of(&["fare_leg_join_rules.txt"]), "missing_required_field", || {
                json!({ "filename": "fare_leg_join_rules.txt", "csvRowNumber": joins.line(row), "fieldName": lacks })
            });
        }
    }
}

fn media(feed: &Feed, notices: &mut Notices) {
    let media = feed.table("fare_media.txt");
    let mut seen = BTreeMap::new();
    for row in media.good() {
        let (name, kind) = (media.ids("fare_media_name")[row], media.ints("fare_media_type")[row]);
        let id = |row: usize| feed.text(media.ids("fare_media_id")[row]);
        let first = *seen.entry((name, kind)).or_insert(row);
        if first != row {
            notices.add("duplicate_fare_media", || {
                json!({ "csvRowNumber1": media.line(first), "fareMediaId1": id(first), "csvRowNumber2": media.line(row), "fareMediaId2": id(row) })
            });
        }
        if name == NONE && NAMED.contains(&kind) {
            notices.add_cell("missing_recommended_field", || {
                json!({ "filename": "fare_media.txt", "csvRowNumber": media.line(row), "fieldName": "fare_media_name" })
            });
        }
    }
}

fn transfer_rules(feed: &Feed, notices: &mut Notices) {
    let rules = feed.table("fare_transfer_rules.txt");
    for row in rules.good() {
        let [from, to] = ["from_leg_group_id", "to_leg_group_id"].map(|name| rules.ids(name)[row]);
        let [limit, kind, count] =
            ["duration_limit", "duration_limit_type", "transfer_count"].map(|name| rules.ints(name)[row]);
        let place = || json!({ "csvRowNumber": rules.line(row) });
        if limit == NO_INT && kind != NO_INT {
            notices.add("fare_transfer_rule_duration_limit_type_without_duration_limit", place);
        }
        if limit != NO_INT && kind == NO_INT {
            notices.add("fare_transfer_rule_duration_limit_without_type", place);
        }
        let same = from != NONE && from == to;
        if same && count == NO_INT {
            notices.add("fare_transfer_rule_without_transfer_count", place);
        } else if same && (count < -1 || count == 0) {
            notices.add(
                "fare_transfer_rule_invalid_transfer_count",
                || json!({ "csvRowNumber": rules.line(row), "transferCount": count }),
            );
        } else if !same && count != NO_INT {
            notices.add("fare_transfer_rule_with_forbidden_transfer_count", place);
        }
    }
}

/// A product is for one kind of rider by default.
fn categories(feed: &Feed, notices: &mut Notices) {
    let (products, categories) = (feed.table("fare_products.txt"), feed.table("rider_categories.txt"));
    let by_default = categories.good().filter(|row| categories.ints("is_default_fare_category")[*row] == 1);
    let by_default: BTreeSet<u32> = by_default.map(|row| categories.ids("rider_category_id")[row]).collect();
    let mut found: BTreeMap<u32, Vec<(u32, usize)>> = BTreeMap::new();
    for row in products.good() {
        let (product, category) = (products.ids("fare_product_id")[row], products.ids("rider_category_id")[row]);
        let seen = found.entry(product).or_default();
        if by_default.contains(&category) && seen.iter().all(|(other, _)| *other != category) {
            seen.push((category, row));
        }
    }
    for (product, seen) in &found {
        let [first, second, ..] = seen[..] else { continue };
        notices.add("fare_product_with_multiple_default_rider_categories", || {
            json!({ "fareProductId": feed.text(*product), "csvRowNumber1": products.line(first.1), "riderCategoryId1": feed.text(first.0), "csvRowNumber2": products.line(second.1), "riderCategoryId2": feed.text(second.0) })
        });
    }
}

/// A stretch of time and the line that it is on.
type Stretch = (i32, i32, u32);

/// Pairs of stretches, one after the other, that overlap.
fn overlapping(stretches: &mut [Stretch]) -> Vec<(Stretch, Stretch)> {
    stretches.sort_unstable();
    stretches.windows(2).filter(|pair| pair[1].0 < pair[0].1).map(|pair| (pair[0], pair[1])).collect()
}

fn timeframes(feed: &Feed, notices: &mut Notices) {
    let frames = feed.table("timeframes.txt");
    let mut groups: BTreeMap<(u32, u32), Vec<Stretch>> = BTreeMap::new();
    for row in frames.good() {
        let (start, end, line) = (frames.ints("start_time")[row], frames.ints("end_time")[row], frames.line(row));
        if (start == NO_INT) != (end == NO_INT) {
            notices.add("timeframe_only_start_or_end_time_specified", || json!({ "csvRowNumber": line }));
        }
        for (name, time) in [("start_time", start), ("end_time", end)] {
            if time > DAY {
                notices.add(
                    "timeframe_start_or_end_time_greater_than_twenty_four_hours",
                    || json!({ "csvRowNumber": line, "fieldName": name, "time": time_text(time) }),
                );
            }
        }
        let group = (frames.ids("timeframe_group_id")[row], frames.ids("service_id")[row]);
        groups.entry(group).or_default().push((start.max(0), end.max(0), line));
    }
    for ((group, service), stretches) in &mut groups {
        for (before, after) in overlapping(stretches) {
            notices.add("timeframe_overlap", || {
                json!({ "prevCsvRowNumber": before.2, "prevEndTime": time_text(before.1), "currCsvRowNumber": after.2, "currStartTime": time_text(after.0), "timeframeGroupId": feed.text(*group), "serviceId": feed.text(*service) })
            });
        }
    }
}

fn frequencies(feed: &Feed, notices: &mut Notices) {
    let often = feed.table("frequencies.txt");
    let mut trips: BTreeMap<u32, Vec<Stretch>> = BTreeMap::new();
    for row in often.good() {
        let stretch = (often.ints("start_time")[row], often.ints("end_time")[row], often.line(row));
        trips.entry(often.ids("trip_id")[row]).or_default().push(stretch);
    }
    for (trip, stretches) in &mut trips {
        for (before, after) in overlapping(stretches) {
            notices.add("overlapping_frequency", || {
                json!({ "prevCsvRowNumber": before.2, "prevEndTime": time_text(before.1), "currCsvRowNumber": after.2, "currStartTime": time_text(after.0), "tripId": feed.text(*trip) })
            });
        }
    }
}
