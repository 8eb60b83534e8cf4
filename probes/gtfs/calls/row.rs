//! What can be said of one row of `stop_times.txt`.

use serde_json::{Value as Json, json};

use super::{Call, Context, FILE, Flex, Pass, headsigns, set};
use crate::gtfs::cells::{Cells, NO_INT, Value, time_text};
use crate::gtfs::feed::Feed;
use crate::gtfs::files::{Files, GEOJSON};
use crate::gtfs::strings::{NONE, Strings, small};

/// Whom to call to be picked up or set down.
const PHONE: i32 = 2;

/// The texts that name rows of other tables, by number.
pub(super) struct Known(Vec<u8>);

const TRIP: u8 = 1;
const STOP: u8 = 2;
const GROUP: u8 = 4;
const ZONE: u8 = 8;
const BOOKING: u8 = 16;

impl Known {
    fn of(feed: &Feed, texts: usize) -> Self {
        let mut known = vec![0; texts];
        let mut add = |ids: &[u32], bit: u8| {
            for id in ids.iter().filter(|id| **id != NONE) {
                known[*id as usize] |= bit;
            }
        };
        add(feed.table("trips.txt").ids("trip_id"), TRIP);
        add(feed.table("stops.txt").ids("stop_id"), STOP);
        add(feed.table("location_groups.txt").ids("location_group_id"), GROUP);
        add(feed.table("booking_rules.txt").ids("booking_rule_id"), BOOKING);
        add(&feed.zones.ids(), ZONE);
        Self(known)
    }

    fn has(&self, id: u32, bit: u8) -> bool {
        self.0.get(id as usize).is_some_and(|bits| bits & bit != 0)
    }
}

impl<'a> Context<'a> {
    pub(super) fn of(feed: &'a Feed, strings: &Strings, names: headsigns::Names) -> Self {
        let (trips, routes) = (feed.table("trips.txt"), feed.places("routes.txt", "route_id"));
        let route_of = trips.ids("route_id").iter().map(|id| routes.of(*id).map_or(NONE, small)).collect();
        let transfers = feed.table("transfers.txt");
        let ends = [transfers.ids("from_trip_id"), transfers.ids("to_trip_id")];
        let fares = feed.table("fare_rules.txt");
        let zones = [fares.ids("origin_id"), fares.ids("destination_id"), fares.ids("contains_id")];
        let by_zone = fares.good().filter(|at| zones.iter().any(|zone| zone[*at] != NONE));
        let tables = feed.table("translations.txt").ids("table_name");
        Self {
            translated: tables.iter().any(|id| *id != NONE && strings.text(*id) == "stop_times"),
            stops: feed.places("stops.txt", "stop_id"),
            trips: feed.places("trips.txt", "trip_id"),
            route_of,
            known: Known::of(feed, strings.len()),
            names,
            booking: !feed.is_missing("booking_rules.txt"),
            zoned: by_zone.map(|at| fares.ids("route_id")[at]).collect(),
            transferring: ends.into_iter().flatten().copied().filter(|id| *id != NONE).collect(),
            feed,
        }
    }
}

impl Pass<'_> {
    /// A row as a call.
    pub(super) fn call(&mut self, line: u32, row: &[Value]) -> Call {
        let columns = &self.columns;
        let flex = Flex {
            group: row[columns.group].id(),
            zone: row[columns.zone].id(),
            start: row[columns.start].int(),
            end: row[columns.end].int(),
            pickup: row[columns.pickup].int(),
            drop_off: row[columns.drop_off].int(),
        };
        let special = flex.group != NONE || flex.zone != NONE || flex.start != NO_INT || flex.end != NO_INT;
        let stop = row[columns.stop].id();
        if special {
            self.flex.push(flex);
            self.calls.flexible = true;
            self.calls.zone_only |= stop == NONE && flex.group == NONE && flex.zone != NONE;
            self.calls.group_only |= stop == NONE && flex.zone == NONE && flex.group != NONE;
            if flex.group != NONE {
                self.calls.groups.insert(flex.group);
            }
        }
        if stop != NONE {
            set(&mut self.calls.first_at, stop, line, 0);
        }
        Call {
            line,
            stop,
            sequence: row[columns.sequence].int(),
            arrival: row[columns.arrival].int(),
            departure: row[columns.departure].int(),
            distance: row[columns.distance].num(),
            flex: if special { small(self.flex.len() - 1) } else { 0 },
        }
    }

    /// Whether what the row names is there.
    pub(super) fn references(&self, cells: &mut Cells<'_>, row: &[Value]) {
        let (columns, known) = (&self.columns, &self.context.known);
        let asked = [
            (columns.trip, TRIP, "trips.txt", "trip_id"),
            (columns.stop, STOP, "stops.txt", "stop_id"),
            (columns.group, GROUP, "location_groups.txt", "location_group_id"),
            (columns.zone, ZONE, GEOJSON, "id"),
            (columns.pickup_rule, BOOKING, "booking_rules.txt", "booking_rule_id"),
            (columns.drop_off_rule, BOOKING, "booking_rules.txt", "booking_rule_id"),
        ];
        for (place, bit, parent, field) in asked {
            let id = row[place].id();
            if id == NONE || known.has(id, bit) {
                continue;
            }
            let (line, name, value) = (cells.line, cells.schema.fields[place].name, cells.strings.text(id));
            cells.notices.add_in(Files::of(&[FILE, parent]), "foreign_key_violation", || {
                json!({ "childFilename": FILE, "childFieldName": name, "parentFilename": parent, "parentFieldName": field, "fieldValue": value, "csvRowNumber": line })
            });
        }
    }

    /// The rules of a row by itself.
    pub(super) fn alone(&self, cells: &mut Cells<'_>, row: &[Value]) {
        let columns = &self.columns;
        let there = |place: usize| row[place] != Value::None;
        let line = cells.line;
        if (there(columns.start) || there(columns.end)) && row[columns.trip] != Value::None {
            self.windows(cells, row);
        }
        let named = [columns.stop, columns.group, columns.zone].into_iter().filter(|place| there(*place)).count();
        if named > 1 {
            cells.notices.add("forbidden_geography_id", || {
                json!({ "csvRowNumber": line, "stopId": cells.strings.text(row[columns.stop].id()), "locationGroupId": cells.strings.text(row[columns.group].id()), "locationId": cells.strings.text(row[columns.zone].id()) })
            });
        }
        if named == 0 {
            cells.notices.add_in(
                Files::of(&[FILE]),
                "missing_required_field",
                || json!({ "filename": FILE, "csvRowNumber": line, "fieldName": "stop_id" }),
            );
        }
        let trip = row[columns.trip].id();
        if there(columns.distance) && !there(columns.stop) && (there(columns.group) || there(columns.zone)) {
            cells.notices.add("forbidden_shape_dist_traveled", || {
                json!({ "csvRowNumber": line, "tripId": cells.strings.text(trip), "locationGroupId": cells.strings.text(row[columns.group].id()), "locationId": cells.strings.text(row[columns.zone].id()), "shapeDistTraveled": row[columns.distance].num() })
            });
        }
        if self.has(columns.timepoint) {
            self.timepoint(cells, row);
        }
        if self.context.booking {
            let branches = [
                (columns.pickup, columns.start, columns.pickup_rule),
                (columns.drop_off, columns.end, columns.drop_off_rule),
            ];
            for (kind, window, rule) in branches {
                if row[kind].int() == PHONE && there(window) && !there(rule) {
                    cells.notices.add("missing_pickup_drop_off_booking_rule_id", || {
                        json!({ "csvRowNumber": line, "pickupType": of(row[columns.pickup]), "dropOffType": of(row[columns.drop_off]) })
                    });
                }
            }
        }
    }

    fn timepoint(&self, cells: &mut Cells<'_>, row: &[Value]) {
        let (columns, line) = (&self.columns, cells.line);
        let (trip, sequence) = (row[columns.trip].id(), row[columns.sequence].int());
        let times = [(columns.arrival, "arrival_time"), (columns.departure, "departure_time")];
        let (arrival, departure) = (row[columns.arrival], row[columns.departure]);
        if row[columns.timepoint] == Value::None && (arrival != Value::None || departure != Value::None) {
            cells.notices.add(
                "missing_timepoint_value",
                || json!({ "csvRowNumber": line, "tripId": cells.strings.text(trip), "stopSequence": sequence }),
            );
        }
        if row[columns.timepoint].int() == 1 {
            for (_, name) in times.into_iter().filter(|(place, _)| row[*place] == Value::None) {
                cells.notices.add("stop_time_timepoint_without_times", || {
                    json!({ "csvRowNumber": line, "tripId": cells.strings.text(trip), "stopSequence": sequence, "specifiedField": name })
                });
            }
        }
    }

    /// The rules of a row with a window of time.
    fn windows(&self, cells: &mut Cells<'_>, row: &[Value]) {
        let (columns, line) = (&self.columns, cells.line);
        let [start, end, arrival, departure] =
            [columns.start, columns.end, columns.arrival, columns.departure].map(|place| row[place].int());
        let place = || json!({ "csvRowNumber": line, "startPickupDropOffWindow": time(start), "endPickupDropOffWindow": time(end) });
        if arrival != NO_INT || departure != NO_INT {
            cells.notices.add("forbidden_arrival_or_departure_time", || {
                json!({ "csvRowNumber": line, "arrivalTime": time(arrival), "departureTime": time(departure), "startPickupDropOffWindow": time(start), "endPickupDropOffWindow": time(end) })
            });
        }
        if start == NO_INT || end == NO_INT {
            cells.notices.add("missing_pickup_or_drop_off_window", place);
        } else if start >= end {
            cells.notices.add("invalid_pickup_drop_off_window", place);
        }
        if matches!(row[columns.pickup].int(), NO_INT | 0 | 3) {
            cells.notices.add("forbidden_pickup_type", place);
        }
        if matches!(row[columns.drop_off].int(), NO_INT | 0) {
            cells.notices.add("forbidden_drop_off_type", place);
        }
        if let Some(route) = self.route(row[columns.trip].id()) {
            let routes = self.context.feed.table("routes.txt");
            let [pickup, drop_off] = ["continuous_pickup", "continuous_drop_off"].map(|name| routes.ints(name)[route]);
            if [pickup, drop_off].iter().any(|kind| matches!(kind, 0 | 2 | 3)) {
                let trip = cells.strings.text(row[columns.trip].id());
                cells.notices.add("forbidden_continuous_pickup_drop_off", || {
                    json!({ "routeCsvRowNumber": routes.line(route), "tripId": trip, "stopTimeCsvRowNumber": line, "startPickupDropOffWindow": time(start), "endPickupDropOffWindow": time(end) })
                });
            }
        }
    }

    /// The route's row of a trip.
    pub(super) fn route(&self, trip: u32) -> Option<usize> {
        let row = self.context.trips.of(trip)?;
        self.context.route_of.get(row).filter(|route| **route != NONE).map(|route| *route as usize)
    }
}

fn time(seconds: i32) -> Json {
    if seconds == NO_INT { Json::Null } else { time_text(seconds).into() }
}

fn of(value: Value) -> Json {
    if let Value::Int(int) = value { int.into() } else { Json::Null }
}
