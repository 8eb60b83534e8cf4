//! Routes and trips: their names, colours and addresses.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Value, json};

use crate::gtfs::calls::headsigns::without_case;
use crate::gtfs::cells::{NO_INT, UNRECOGNIZED};
use crate::gtfs::feed::Feed;
use crate::gtfs::notices::Notices;
use crate::gtfs::strings::{EMPTY, NONE};
use crate::gtfs::table::Table;

/// The longest short name.
const SHORT: usize = 12;
/// The least difference in brightness between a colour and the text on it.
const CONTRAST: i32 = 72;
const FERRY: i32 = 4;

/// What may stand between a route's short name and the rest of its long name.
static APART: LazyLock<Regex> =
    LazyLock::new(|| match Regex::new(r"^[ \t\n\x0b\x0c\r]?[ \t\n\x0b\x0c\r\-()][^\n\r\x{85}\x{2028}\x{2029}]*$") {
        Ok(regex) => regex,
        Err(error) => panic!("invariant: a pattern of ours compiles: {error}"),
    });

pub(super) fn check(feed: &Feed, notices: &mut Notices) {
    let routes = feed.table("routes.txt");
    for row in routes.good() {
        names(feed, routes, row, notices);
        colors(feed, routes, row, notices);
    }
    alike(feed, routes, notices);
    addresses(feed, notices);
    if routes.has("network_id") {
        for other in ["route_networks.txt", "networks.txt"].into_iter().filter(|file| !feed.is_missing(file)) {
            notices.add(
                "route_networks_specified_in_more_than_one_file",
                || json!({ "fieldName": "network_id", "fileNameA": "routes.txt", "fileNameB": other }),
            );
        }
    }
}

fn place(feed: &Feed, routes: &Table, row: usize) -> Value {
    json!({ "routeId": feed.text(routes.ids("route_id")[row]), "csvRowNumber": routes.line(row) })
}

fn names(feed: &Feed, routes: &Table, row: usize, notices: &mut Notices) {
    let [short, long, about] =
        ["route_short_name", "route_long_name", "route_desc"].map(|column| routes.ids(column)[row]);
    let text = |id| feed.text(id);
    if short == NONE && long == NONE {
        notices.add("route_both_short_and_long_name_missing", || place(feed, routes, row));
    }
    if text(short).encode_utf16().count() > SHORT {
        notices.add("route_short_name_too_long", || {
            let mut told = place(feed, routes, row);
            told["routeShortName"] = text(short).into();
            told
        });
    }
    if short != NONE && long != NONE && repeats(text(short), text(long)) {
        notices.add("route_long_name_contains_short_name", || {
            let mut told = place(feed, routes, row);
            told["routeShortName"] = text(short).into();
            told["routeLongName"] = text(long).into();
            told
        });
    }
    if about == NONE {
        return;
    }
    let same = |name: u32| name != NONE && without_case(text(name)) == without_case(text(about));
    let field = if same(short) { "route_short_name" } else { "route_long_name" };
    if same(short) || same(long) {
        notices.add("same_name_and_description_for_route", || {
            let mut told = place(feed, routes, row);
            told["routeDesc"] = text(about).into();
            told["specifiedField"] = field.into();
            told
        });
    }
}

fn repeats(short: &str, long: &str) -> bool {
    if !long.to_lowercase().starts_with(&short.to_lowercase()) {
        return false;
    }
    let rest: String = long.chars().skip(short.chars().count()).collect();
    rest.is_empty() || APART.is_match(&rest)
}

fn colors(feed: &Feed, routes: &Table, row: usize, notices: &mut Notices) {
    let [color, text] = ["route_color", "route_text_color"].map(|column| routes.ints(column)[row]);
    if color == NO_INT || text == NO_INT || (brightness(color) - brightness(text)).abs() >= CONTRAST {
        return;
    }
    notices.add("route_color_contrast", || {
        let mut told = place(feed, routes, row);
        told["routeColor"] = format!("#{color:06X}").into();
        told["routeTextColor"] = format!("#{text:06X}").into();
        told
    });
}

/// The brightness of a colour (Rec. 601), rounded down as the canonical validator's arithmetic does.
fn brightness(color: i32) -> i32 {
    let [red, green, blue] = [16, 8, 0].map(|shift| f64::from(color >> shift & 0xff));
    let luma = 0.30 * red + 0.59 * green + 0.11 * blue;
    (0..=255).rev().find(|whole| f64::from(*whole) <= luma).unwrap_or_default()
}

/// Routes of the same kind and agency with the same names.
fn alike(feed: &Feed, routes: &Table, notices: &mut Notices) {
    let mut seen = BTreeMap::new();
    let some = |id: u32| if id == NONE { EMPTY } else { id };
    for row in routes.good() {
        let [long, short, agency] =
            ["route_long_name", "route_short_name", "agency_id"].map(|column| some(routes.ids(column)[row]));
        let kind = routes.ints("route_type")[row];
        let first = *seen.entry((long, short, kind, agency)).or_insert(row);
        if first != row {
            let id = |row: usize| feed.text(routes.ids("route_id")[row]);
            notices.add("duplicate_route_name", || {
                json!({ "csvRowNumber1": routes.line(first), "routeId1": id(first), "csvRowNumber2": routes.line(row), "routeId2": id(row), "routeShortName": feed.text(short), "routeLongName": feed.text(long), "routeTypeValue": kind, "agencyId": feed.text(agency) })
            });
        }
    }
}

/// Addresses by their text without regard to case, with the rows that have them.
fn by_address(feed: &Feed, table: &Table, column: &str) -> BTreeMap<String, Vec<usize>> {
    let mut by: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for row in table.good().filter(|row| table.ids(column)[*row] != NONE) {
        by.entry(feed.text(table.ids(column)[row]).to_ascii_lowercase()).or_default().push(row);
    }
    by
}

/// Addresses that are the same for things that are not.
fn addresses(feed: &Feed, notices: &mut Notices) {
    let (agencies, routes, stops) = (feed.table("agency.txt"), feed.table("routes.txt"), feed.table("stops.txt"));
    let (of_agency, of_route) = (by_address(feed, agencies, "agency_url"), by_address(feed, routes, "route_url"));
    let same = |by: &BTreeMap<String, Vec<usize>>, url: u32| {
        by.get(&feed.text(url).to_ascii_lowercase()).cloned().unwrap_or_default()
    };
    let urls = routes.ids("route_url");
    for row in routes.good().filter(|row| urls[*row] != NONE) {
        for agency in same(&of_agency, urls[row]) {
            notices.add("same_route_and_agency_url", || {
                json!({ "routeCsvRowNumber": routes.line(row), "routeId": feed.text(routes.ids("route_id")[row]), "agencyName": feed.text(agencies.ids("agency_name")[agency]), "routeUrl": feed.text(urls[row]), "agencyCsvRowNumber": agencies.line(agency) })
            });
        }
    }
    let urls = stops.ids("stop_url");
    for row in stops.good().filter(|row| urls[*row] != NONE) {
        let stop = || json!({ "stopCsvRowNumber": stops.line(row), "stopId": feed.text(stops.ids("stop_id")[row]), "stopUrl": feed.text(urls[row]) });
        for agency in same(&of_agency, urls[row]) {
            notices.add("same_stop_and_agency_url", || {
                let mut told = stop();
                told["agencyName"] = feed.text(agencies.ids("agency_name")[agency]).into();
                told["agencyCsvRowNumber"] = agencies.line(agency).into();
                told
            });
        }
        for route in same(&of_route, urls[row]) {
            notices.add("same_stop_and_route_url", || {
                let mut told = stop();
                told["routeId"] = feed.text(routes.ids("route_id")[route]).into();
                told["routeCsvRowNumber"] = routes.line(route).into();
                told
            });
        }
    }
}

/// The rules of trips.
pub(super) fn check_trips(feed: &Feed, notices: &mut Notices) {
    let (trips, routes) = (feed.table("trips.txt"), feed.table("routes.txt"));
    let of_id = feed.places("routes.txt", "route_id");
    let ids = trips.ids("trip_id");
    let mut told = vec![false; feed.strings.len()];
    for row in trips.good() {
        let (id, line, route) = (ids[row], trips.line(row), trips.ids("route_id")[row]);
        let place = || json!({ "csvRowNumber": line, "tripId": feed.text(id) });
        let run = feed.calls.of(id);
        if run.is_none_or(|run| run.count < 2) {
            notices.add("unusable_trip", place);
        }
        if run.is_none() && !std::mem::replace(&mut told[id as usize], true) {
            notices.add("unused_trip", place);
        }
        let ferry = of_id.of(route).is_some_and(|route| routes.ints("route_type")[route] == FERRY);
        if ferry && matches!(trips.ints("bikes_allowed")[row], NO_INT | 0 | UNRECOGNIZED) {
            notices.add("missing_bike_allowance", || {
                let mut told = place();
                told["routeId"] = feed.text(route).into();
                told
            });
        }
        if let Some(line) = run.map(|run| run.measured).filter(|line| *line != 0) {
            let shape = feed.shapes.of(trips.ids("shape_id")[row]).filter(|shape| !shape.damaged);
            if shape.is_some_and(|shape| feed.shapes.points(shape).iter().any(|point| point.distance.is_nan())) {
                notices.add("trip_with_shape_dist_traveled_but_no_shape_distances", || {
                    json!({ "tripCsvRowNumber": trips.line(row), "tripId": feed.text(id), "shapeId": feed.text(trips.ids("shape_id")[row]), "stopTimeCsvRowNumber": line })
                });
            }
        }
    }
    blocks(feed, notices);
    ends(feed, notices);
}

/// One vehicle is of one kind.
fn blocks(feed: &Feed, notices: &mut Notices) {
    let (trips, routes) = (feed.table("trips.txt"), feed.table("routes.txt"));
    let of_id = feed.places("routes.txt", "route_id");
    let mut blocks: BTreeMap<u32, (BTreeSet<u32>, BTreeSet<i32>)> = BTreeMap::new();
    for row in trips.good().filter(|row| !matches!(trips.ids("block_id")[*row], NONE | EMPTY)) {
        let (ids, kinds) = blocks.entry(trips.ids("block_id")[row]).or_default();
        ids.insert(trips.ids("route_id")[row]);
        kinds.extend(of_id.of(trips.ids("route_id")[row]).map(|route| routes.ints("route_type")[route]));
    }
    for (block, (ids, kinds)) in blocks.iter().filter(|(_, (_, kinds))| kinds.len() > 1) {
        let listed = |words: Vec<String>| words.join(", ");
        notices.add("inconsistent_route_type_for_block_id", || {
            json!({ "blockId": feed.text(*block), "routeIds": listed(ids.iter().map(|id| feed.text(*id).to_owned()).collect()), "routeTypes": listed(kinds.iter().map(i32::to_string).collect()) })
        });
    }
}

/// How far beyond the end of its shape a trip's last stop may be said to lie, in metres.
const BEYOND: f64 = 11.1;

/// Trips that are longer than their shapes.
fn ends(feed: &Feed, notices: &mut Notices) {
    let (trips, stops) = (feed.table("trips.txt"), feed.table("stops.txt"));
    let places = feed.places("stops.txt", "stop_id");
    let mut longest: BTreeMap<u32, Option<crate::gtfs::shapes::Point>> = BTreeMap::new();
    for row in trips.good() {
        let Some(run) = feed.calls.of(trips.ids("trip_id")[row]).filter(|run| run.distance > 0.0) else { continue };
        let (Some(stop), Some(shape)) = (places.of(run.last.stop), feed.shapes.of(trips.ids("shape_id")[row])) else {
            continue;
        };
        let point = *longest.entry(shape.id).or_insert_with(|| {
            let mut points = feed.shapes.points(shape).iter().filter(|point| !point.distance.is_nan());
            let first = *points.next()?;
            Some(points.fold(first, |best, point| if point.distance > best.distance { *point } else { best }))
        });
        let Some(point) = point.filter(|point| point.distance > 0.0 && run.distance > point.distance) else { continue };
        let spot = (stops.nums("stop_lat")[stop], stops.nums("stop_lon")[stop]);
        let metres = crate::gtfs::sphere::distance(point.place, spot);
        let code = if metres > BEYOND {
            "trip_distance_exceeds_shape_distance"
        } else {
            "trip_distance_exceeds_shape_distance_below_threshold"
        };
        if !metres.is_nan() {
            notices.add(code, || {
                json!({ "tripId": feed.text(run.trip), "shapeId": feed.text(shape.id), "maxTripDistanceTraveled": run.distance, "maxShapeDistanceTraveled": point.distance, "geoDistanceToShape": metres })
            });
        }
    }
}
