//! Rules that users of other validators have asked for; run only when asked for here.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use hashbrown::DefaultHashBuilder;
use serde_json::json;

use super::services::Services;
use crate::gtfs::feed::Feed;
use crate::gtfs::notices::Notices;
use crate::gtfs::sphere::distance;
use crate::gtfs::strings::NONE;

/// How far a shape's end may lie from the first or last stop, in metres.
const END: f64 = 500.0;
/// How far two neighbouring points of a shape may lie apart, in metres.
const APART: f64 = 20_000.0;
/// So much closer to the others stops have to lie with their coordinates swapped, in degrees.
const SWAPPED: f64 = 10.0;

pub(super) fn check(feed: &Feed, notices: &mut Notices) {
    shape_ends(feed, notices);
    shape_gaps(feed, notices);
    duplicate_trips(feed, notices);
    unused(feed, notices);
    swapped(feed, notices);
}

fn shape_ends(feed: &Feed, notices: &mut Notices) {
    let (stops, trips) = (feed.places("stops.txt", "stop_id"), feed.table("trips.txt"));
    let mut told = BTreeSet::new();
    for served in &feed.calls.served {
        let Some(shape) = feed.shapes.of(served.shape).filter(|shape| !shape.damaged) else { continue };
        let points = feed.shapes.points(shape);
        let ends = [(points.first(), served.calls.first(), "first"), (points.last(), served.calls.last(), "last")];
        for (point, call, end) in ends {
            let (Some(point), Some((line, stop, _))) = (point, call) else { continue };
            let Some(spot) = super::stops::spot(feed, &stops, *stop, 3) else { continue };
            let metres = distance(point.place, spot);
            if metres > END && told.insert((served.shape, *stop, end)) {
                notices.add("stop_far_from_shape_end", || {
                    json!({ "shapeId": feed.text(served.shape), "tripId": feed.text(trips.ids("trip_id")[served.trip as usize]), "stopId": feed.text(*stop), "stopTimeCsvRowNumber": line, "end": end, "distanceMeters": metres })
                });
            }
        }
    }
}

fn shape_gaps(feed: &Feed, notices: &mut Notices) {
    for shape in &feed.shapes.all {
        for pair in feed.shapes.points(shape).windows(2) {
            let metres = distance(pair[0].place, pair[1].place);
            if metres > APART {
                notices.add("gap_between_shape_points", || {
                    json!({ "shapeId": feed.text(shape.id), "prevCsvRowNumber": pair[0].line, "csvRowNumber": pair[1].line, "distanceMeters": metres })
                });
            }
        }
    }
}

/// A trip's route, service and beginning, and the fingerprint of its calls.
type Same = (u32, u32, i32, (u64, u64));

/// Trips that call at the same stops at the same times on the same service.
fn duplicate_trips(feed: &Feed, notices: &mut Notices) {
    let trips = feed.table("trips.txt");
    let mut seen: HashMap<Same, usize, DefaultHashBuilder> = HashMap::default();
    for row in trips.good() {
        let Some(run) = feed.calls.of(trips.ids("trip_id")[row]).filter(|run| !run.damaged) else { continue };
        let (route, service) = (trips.ids("route_id")[row], trips.ids("service_id")[row]);
        let first = *seen.entry((route, service, run.first.departure, run.way)).or_insert(row);
        if first != row {
            let id = |row: usize| feed.text(trips.ids("trip_id")[row]);
            notices.add("duplicate_trip", || {
                json!({ "csvRowNumber1": trips.line(first), "tripId1": id(first), "csvRowNumber2": trips.line(row), "tripId2": id(row) })
            });
        }
    }
}

/// Services, routes and agencies that nothing uses.
fn unused(feed: &Feed, notices: &mut Notices) {
    let used = |file: &str, column: &str| feed.table(file).ids(column).iter().copied().collect::<BTreeSet<u32>>();
    let (trips, routes) = (feed.table("trips.txt"), feed.table("routes.txt"));
    let (services, with_trips) = (used("trips.txt", "service_id"), used("trips.txt", "route_id"));
    let mut lines: BTreeMap<u32, (&str, u32)> = BTreeMap::new();
    for file in ["calendar.txt", "calendar_dates.txt"] {
        let table = feed.table(file);
        for row in table.good() {
            lines.entry(table.ids("service_id")[row]).or_insert((file, table.line(row)));
        }
    }
    for (service, (file, line)) in lines.iter().filter(|(service, _)| !services.contains(service)) {
        notices.add(
            "unused_service",
            || json!({ "filename": file, "csvRowNumber": line, "serviceId": feed.text(*service) }),
        );
    }
    let days = Services::of(feed);
    for row in trips.good() {
        let service = trips.ids("service_id")[row];
        if lines.contains_key(&service) && !days.runs(service) {
            notices.add("trip_never_runs", || json!({ "csvRowNumber": trips.line(row), "tripId": feed.text(trips.ids("trip_id")[row]), "serviceId": feed.text(service) }));
        }
    }
    for row in routes.good().filter(|row| !with_trips.contains(&routes.ids("route_id")[*row])) {
        notices.add(
            "unused_route",
            || json!({ "csvRowNumber": routes.line(row), "routeId": feed.text(routes.ids("route_id")[row]) }),
        );
    }
    let agencies = feed.table("agency.txt");
    let with_routes = used("routes.txt", "agency_id");
    for row in agencies.good().filter(|_| agencies.count() > 1) {
        let id = agencies.ids("agency_id")[row];
        if id != NONE && !with_routes.contains(&id) {
            notices.add("unused_agency", || json!({ "csvRowNumber": agencies.line(row), "agencyId": feed.text(id) }));
        }
    }
}

/// Stops that lie among the others once latitude and longitude are swapped.
fn swapped(feed: &Feed, notices: &mut Notices) {
    let stops = feed.table("stops.txt");
    let middle = |numbers: &[f64]| {
        let mut numbers: Vec<f64> = numbers.iter().copied().filter(|number| !number.is_nan()).collect();
        numbers.sort_by(f64::total_cmp);
        numbers.get(numbers.len() / 2).copied()
    };
    let (latitudes, longitudes) = (stops.nums("stop_lat"), stops.nums("stop_lon"));
    let (Some(latitude), Some(longitude)) = (middle(latitudes), middle(longitudes)) else { return };
    for row in stops.good() {
        let (y, x) = (latitudes[row], longitudes[row]);
        let (as_is, other) = ((y - latitude).hypot(x - longitude), (x - latitude).hypot(y - longitude));
        if other + SWAPPED < as_is && other < 1.0 {
            notices.add("stop_coordinates_swapped", || {
                json!({ "csvRowNumber": stops.line(row), "stopId": feed.text(stops.ids("stop_id")[row]), "stopLat": y, "stopLon": x })
            });
        }
    }
}
