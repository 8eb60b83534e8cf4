//! Stops, stations and the places in them.

use serde_json::{Value, json};

use crate::gtfs::calls::headsigns::without_case;
use crate::gtfs::cells::NO_INT;
use crate::gtfs::feed::{Feed, Places};
use crate::gtfs::notices::Notices;
use crate::gtfs::shapes::suspicious;
use crate::gtfs::strings::{EMPTY, NONE};
use crate::gtfs::table::Table;

pub(crate) const STOP: i32 = 0;
pub(crate) const STATION: i32 = 1;
pub(crate) const ENTRANCE: i32 = 2;
pub(crate) const NODE: i32 = 3;
pub(crate) const BOARDING: i32 = 4;

/// What a row of `stops.txt` is.
pub(crate) fn kind(stops: &Table, row: usize) -> i32 {
    let kind = stops.ints("location_type")[row];
    if kind == NO_INT { STOP } else { kind }
}

/// The name that the reference has for a kind of location.
pub(crate) fn name_of(kind: i32) -> &'static str {
    match kind {
        STOP => "STOP",
        STATION => "STATION",
        ENTRANCE => "ENTRANCE",
        NODE => "GENERIC_NODE",
        BOARDING => "BOARDING_AREA",
        _ => "UNRECOGNIZED",
    }
}

/// Where a stop is in degrees, or one of the places that it is part of, `hops` up at most.
pub(crate) fn spot(feed: &Feed, places: &Places, stop: u32, hops: usize) -> Option<(f64, f64)> {
    let stops = feed.table("stops.txt");
    let (latitudes, longitudes) = (stops.nums("stop_lat"), stops.nums("stop_lon"));
    let mut id = stop;
    for _ in 0..hops {
        let row = places.of(id)?;
        if !latitudes[row].is_nan() && !longitudes[row].is_nan() {
            return Some((latitudes[row], longitudes[row]));
        }
        id = stops.ids("parent_station")[row];
    }
    None
}

pub(super) fn check(feed: &Feed, notices: &mut Notices) {
    let stops = feed.table("stops.txt");
    let places = feed.places("stops.txt", "stop_id");
    for row in stops.good() {
        alone(feed, stops, row, notices);
        access(feed, stops, row, notices);
        parent(feed, stops, row, &places, notices);
    }
    stations(feed, stops, notices);
}

fn place(feed: &Feed, stops: &Table, row: usize) -> Value {
    json!({ "csvRowNumber": stops.line(row), "stopId": feed.text(stops.ids("stop_id")[row]), "stopName": feed.text(stops.ids("stop_name")[row]) })
}

fn alone(feed: &Feed, stops: &Table, row: usize, notices: &mut Notices) {
    let [id, name, about] = ["stop_id", "stop_name", "stop_desc"].map(|column| stops.ids(column)[row]);
    let (kind, line) = (kind(stops, row), stops.line(row));
    let spot = (stops.nums("stop_lat")[row], stops.nums("stop_lon")[row]);
    suspicious("stops.txt", line, Some(feed.text(id)), spot, notices);
    let told = || json!({ "csvRowNumber": line, "locationType": name_of(kind), "stopId": feed.text(id) });
    let named = stops.has("stop_name") || stops.has("location_type");
    if named && (STOP..=ENTRANCE).contains(&kind) && matches!(name, NONE | EMPTY) {
        notices.add("missing_stop_name", told);
    }
    if (STOP..=ENTRANCE).contains(&kind) && (spot.0.is_nan() || spot.1.is_nan()) {
        notices.add("stop_without_location", told);
    }
    if named && name != NONE && about != NONE && without_case(feed.text(name)) == without_case(feed.text(about)) {
        notices.add(
            "same_name_and_description_for_stop",
            || json!({ "csvRowNumber": line, "stopId": feed.text(id), "stopDesc": feed.text(about) }),
        );
    }
    match (stops.ids("parent_station")[row], kind) {
        (NONE, ENTRANCE | NODE | BOARDING) => notices.add("location_without_parent_station", || {
            let mut told = place(feed, stops, row);
            told["locationType"] = kind.into();
            told
        }),
        (NONE, STOP) if !matches!(stops.ids("platform_code")[row], NONE | EMPTY) => {
            notices.add("platform_without_parent_station", || place(feed, stops, row));
        }
        (NONE, _) => {}
        (parent, STATION) => notices.add("station_with_parent_station", || {
            let mut told = place(feed, stops, row);
            told["parentStation"] = feed.text(parent).into();
            told
        }),
        _ => {}
    }
}

fn access(feed: &Feed, stops: &Table, row: usize, notices: &mut Notices) {
    let (access, kind) = (stops.ints("stop_access")[row], kind(stops, row));
    if access == NO_INT {
        return;
    }
    let told = || {
        let mut told = place(feed, stops, row);
        told["stopAccess"] = access.into();
        told["locationType"] = name_of(kind).into();
        told
    };
    if kind != STOP {
        notices.add("stop_access_specified_for_incorrect_location", told);
    } else if stops.ids("parent_station")[row] == NONE {
        notices.add("stop_access_specified_for_stop_with_no_parent_station", told);
    }
}

fn parent(feed: &Feed, stops: &Table, row: usize, places: &Places, notices: &mut Notices) {
    let expected = match kind(stops, row) {
        STOP | ENTRANCE | NODE => STATION,
        BOARDING => STOP,
        _ => return,
    };
    let id = stops.ids("parent_station")[row];
    let Some(parent) = places.of(id).filter(|parent| stops.is_good(*parent)) else { return };
    let found = kind(stops, parent);
    if found != expected {
        notices.add("wrong_parent_location_type", || {
            let mut told = place(feed, stops, row);
            told["locationType"] = kind(stops, row).into();
            told["parentCsvRowNumber"] = stops.line(parent).into();
            told["parentStation"] = feed.text(id).into();
            told["parentStopName"] = feed.text(stops.ids("stop_name")[parent]).into();
            told["parentLocationType"] = found.into();
            told["expectedLocationType"] = expected.into();
            told
        });
    }
}

/// A station without stops.
fn stations(feed: &Feed, stops: &Table, notices: &mut Notices) {
    let parents = stops.ids("parent_station");
    let mut used = vec![false; feed.strings.len()];
    for row in (0..stops.len()).filter(|row| kind(stops, *row) == STOP && parents[*row] != NONE) {
        used[parents[row] as usize] = true;
    }
    for row in stops.good().filter(|row| kind(stops, *row) == STATION) {
        if !used[stops.ids("stop_id")[row] as usize] {
            notices.add("unused_station", || place(feed, stops, row));
        }
    }
}

/// What the trips' calls say of the stops.
pub(super) fn check_calls(feed: &Feed, notices: &mut Notices) {
    let (stops, groups) = (feed.table("stops.txt"), feed.table("location_group_stops.txt"));
    let mut grouped = std::collections::BTreeSet::new();
    let members = groups.ids("stop_id").iter().zip(groups.ids("location_group_id"));
    grouped.extend(members.filter(|(_, group)| feed.calls.named.groups.contains(group)).map(|(stop, _)| *stop));
    for row in stops.good() {
        let (id, kind) = (stops.ids("stop_id")[row], kind(stops, row));
        let called = feed.calls.first_at(id);
        match (kind, called) {
            (STOP, None) if !grouped.contains(&id) => {
                notices.add("stop_without_stop_time", || place(feed, stops, row));
            }
            (STOP, _) | (_, None) => {}
            (_, Some(line)) => notices.add("location_with_unexpected_stop_time", || {
                let mut told = place(feed, stops, row);
                told["stopTimeCsvRowNumber"] = line.into();
                told
            }),
        }
        let zoned = feed.calls.zoned.get(id as usize).copied().unwrap_or_default();
        if zoned && kind == STOP && stops.ids("zone_id")[row] == NONE {
            notices.add("stop_without_zone_id", || place(feed, stops, row));
        }
    }
}
