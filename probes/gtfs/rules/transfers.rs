//! Transfers from one trip, route or stop to another.

use serde_json::json;

use super::stops::{STATION, STOP, kind, name_of, spot};
use crate::gtfs::cells::NO_INT;
use crate::gtfs::feed::{Feed, Places};
use crate::gtfs::files::Files;
use crate::gtfs::notices::Notices;
use crate::gtfs::sphere::Point;
use crate::gtfs::strings::NONE;

const FILE: &str = "transfers.txt";
/// Riders stay on the vehicle, or have to get off and on again.
const IN_SEAT: [i32; 2] = [4, 5];
/// Longer walks than these, in metres.
const LONG: f64 = 2000.0;
const TOO_LONG: f64 = 10_000.0;
/// How many parents up a stop's place is looked for.
const HOPS: usize = 3;

/// One end of a transfer.
struct Side {
    stop: &'static str,
    trip: &'static str,
    route: &'static str,
    last: bool,
}

const SIDES: [Side; 2] = [
    Side { stop: "from_stop_id", trip: "from_trip_id", route: "from_route_id", last: true },
    Side { stop: "to_stop_id", trip: "to_trip_id", route: "to_route_id", last: false },
];

struct Known {
    stops: Places,
    trips: Places,
    routes: Places,
}

pub(super) fn check(feed: &Feed, notices: &mut Notices) {
    let transfers = feed.table(FILE);
    if transfers.len() == 0 {
        return;
    }
    let known = Known {
        stops: feed.places("stops.txt", "stop_id"),
        trips: feed.places("trips.txt", "trip_id"),
        routes: feed.places("routes.txt", "route_id"),
    };
    for row in transfers.good() {
        fields(feed, row, notices);
        for side in &SIDES {
            end(feed, row, side, &known, notices);
        }
        kinds(feed, row, &known, notices);
        length(feed, row, &known, notices);
    }
}

fn fields(feed: &Feed, row: usize, notices: &mut Notices) {
    let transfers = feed.table(FILE);
    let kind = transfers.ints("transfer_type")[row];
    let (names, needs) = if IN_SEAT.contains(&kind) {
        (["from_trip_id", "to_trip_id"], Files::of(&[FILE, "stops.txt", "stop_times.txt"]))
    } else if kind == NO_INT {
        return;
    } else {
        (["from_stop_id", "to_stop_id"], Files::of(&[FILE]))
    };
    for name in names.into_iter().filter(|name| transfers.ids(name)[row] == NONE) {
        notices.add_in(
            needs,
            "missing_required_field",
            || json!({ "filename": FILE, "csvRowNumber": transfers.line(row), "fieldName": name }),
        );
    }
}

fn end(feed: &Feed, row: usize, side: &Side, known: &Known, notices: &mut Notices) {
    let (transfers, stops, trips) = (feed.table(FILE), feed.table("stops.txt"), feed.table("trips.txt"));
    let (line, in_seat) = (transfers.line(row), IN_SEAT.contains(&transfers.ints("transfer_type")[row]));
    let [stop, trip, route] = [side.stop, side.trip, side.route].map(|column| transfers.ids(column)[row]);
    let place = known.stops.of(stop);
    let kind_of = place.map(|stop| kind(stops, stop));
    if let Some(kind) = kind_of
        && (!matches!(kind, STOP | STATION) || (in_seat && kind == STATION))
    {
        let mut needs = Files::of(&[FILE, "stops.txt"]);
        if kind == STATION {
            needs = needs.with("stop_times.txt");
        }
        notices.add_in(needs, "transfer_with_invalid_stop_location_type", || {
            json!({ "csvRowNumber": line, "stopIdFieldName": side.stop, "stopId": feed.text(stop), "locationTypeValue": kind, "locationTypeName": name_of(kind) })
        });
    }
    let run = feed.calls.of(trip).filter(|run| !run.damaged);
    let visited = feed.calls.visited.get(&trip).map(Vec::as_slice).unwrap_or_default();
    if let (Some(run), true) = (run, in_seat && place.is_some() && visited.contains(&stop)) {
        let expected = if side.last { run.last.stop } else { run.first.stop };
        if stop != expected {
            notices.add("transfer_with_suspicious_mid_trip_in_seat", || {
                json!({ "csvRowNumber": line, "stopIdFieldName": side.stop, "stopId": feed.text(stop), "tripIdFieldName": side.trip, "tripId": feed.text(trip) })
            });
        }
    }
    let Some(at) = known.trips.of(trip) else { return };
    let own = trips.ids("route_id")[at];
    if route != NONE && own != route {
        notices.add("transfer_with_invalid_trip_and_route", || {
            json!({ "csvRowNumber": line, "tripFieldName": side.trip, "tripId": feed.text(trip), "routeFieldName": side.route, "routeId": feed.text(route), "expectedRouteId": feed.text(own) })
        });
    }
    let served = |stop: u32| visited.contains(&stop);
    let called = match kind_of {
        None => return,
        Some(STOP) => served(stop),
        Some(STATION) => {
            let parents = stops.ids("parent_station").iter().zip(stops.ids("stop_id"));
            parents.filter(|(parent, _)| **parent == stop).any(|(_, child)| served(*child))
        }
        Some(_) => false,
    };
    if !called {
        notices.add("transfer_with_invalid_trip_and_stop", || {
            json!({ "csvRowNumber": line, "tripFieldName": side.trip, "tripId": feed.text(trip), "stopFieldName": side.stop, "stopId": feed.text(stop) })
        });
    }
}

/// Riders who stay seated stay in the same kind of vehicle.
fn kinds(feed: &Feed, row: usize, known: &Known, notices: &mut Notices) {
    let (transfers, routes) = (feed.table(FILE), feed.table("routes.txt"));
    if transfers.ints("transfer_type")[row] != IN_SEAT[0] {
        return;
    }
    let ids = [transfers.ids("from_route_id")[row], transfers.ids("to_route_id")[row]];
    let [Some(from), Some(to)] = ids.map(|id| known.routes.of(id)) else { return };
    let [from, to] = [from, to].map(|route| routes.ints("route_type")[route]);
    if from != to {
        notices.add("inconsistent_route_type_for_in_seat_transfer", || {
            json!({ "csvRowNumber": transfers.line(row), "fromRouteId": feed.text(ids[0]), "toRouteId": feed.text(ids[1]), "fromRouteType": from, "toRouteType": to })
        });
    }
}

fn length(feed: &Feed, row: usize, known: &Known, notices: &mut Notices) {
    let transfers = feed.table(FILE);
    let ids = [transfers.ids("from_stop_id")[row], transfers.ids("to_stop_id")[row]];
    if ids.contains(&NONE) {
        return;
    }
    let [from, to] = ids.map(|id| Point::at(spot(feed, &known.stops, id, HOPS).unwrap_or((0.0, 0.0))));
    let metres = from.metres(to);
    let code = match metres {
        metres if metres > TOO_LONG => "transfer_distance_too_large",
        metres if metres > LONG => "transfer_distance_above_2_km",
        _ => return,
    };
    notices.add(code, || {
        json!({ "csvRowNumber": transfers.line(row), "fromStopId": feed.text(ids[0]), "toStopId": feed.text(ids[1]), "distanceKm": metres / 1000.0 })
    });
}
