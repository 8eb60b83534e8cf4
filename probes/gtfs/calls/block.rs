//! What can be said of a trip's calls in their order.

use std::collections::HashMap;

use hashbrown::DefaultHashBuilder;
use serde_json::json;

use super::trips::Telling;
use super::{Call, End, FILE, Run, Served, Trips, set};
use crate::gtfs::cells::{NO_INT, time_text};
use crate::gtfs::files::Files;
use crate::gtfs::strings::{NONE, small};

/// Two hashes of a sequence: enough to take it for the same.
pub(super) type Print = (u64, u64);

/// The ways in which trips along shapes call at stops.
#[derive(Default)]
pub(super) struct Ways {
    known: HashMap<Print, u32, DefaultHashBuilder>,
    pub(super) served: Vec<Served>,
    hashers: (DefaultHashBuilder, DefaultHashBuilder),
}

/// Fingerprints a sequence of numbers.
pub(super) fn print(hashers: &(DefaultHashBuilder, DefaultHashBuilder), numbers: &[u64]) -> Print {
    use std::hash::BuildHasher as _;
    (hashers.0.hash_one(numbers), hashers.1.hash_one((numbers, 1u8)))
}

impl Trips<'_> {
    /// Ends a trip: its calls are there, in the order of the file.
    pub(super) fn close(&mut self, trip: u32, damaged: bool, block: &mut [Call]) {
        if block.is_empty() {
            return;
        }
        unsorted(trip, block, &mut self.telling);
        let key = |call: &Call| (call.sequence, call.line);
        if !block.is_sorted_by_key(key) {
            block.sort_by_key(key);
        }
        let ends = [block[0], block[block.len() - 1]];
        let [first, last] = ends.map(|call| End { stop: call.stop, arrival: call.arrival, departure: call.departure });
        let measured = block.iter().find(|call| !call.distance.is_nan()).map_or(0, |call| call.line);
        set(&mut self.calls.by_trip, trip, small(self.calls.runs.len()), NONE);
        self.calls.runs.push(Run {
            trip,
            count: small(block.len()),
            first,
            last,
            distance: ends[1].distance,
            measured,
            way: (0, 0),
            damaged,
        });
        if self.context.transferring.contains(&trip) {
            self.calls.visited.insert(trip, block.iter().map(|call| call.stop).collect());
        }
        if self.context.translated {
            self.calls.translated.extend(block.iter().map(|call| (trip, call.sequence)));
        }
        self.zone(trip, block);
        if !damaged {
            self.sequence(trip, block);
        }
    }

    /// Stops on a route whose fares go by zone.
    fn zone(&mut self, trip: u32, block: &[Call]) {
        if self.context.zoned.is_empty() {
            return;
        }
        let trips = self.context.feed.table("trips.txt");
        let Some(row) = self.context.trips.of(trip) else { return };
        if self.context.zoned.contains(&trips.ids("route_id")[row]) {
            for call in block.iter().filter(|call| call.stop != NONE) {
                let at = call.stop as usize;
                if self.calls.zoned.len() <= at {
                    self.calls.zoned.resize(at + 1, false);
                }
                self.calls.zoned[at] = true;
            }
        }
    }

    fn sequence(&mut self, trip: u32, block: &[Call]) {
        repeated(trip, block, &mut self.telling);
        self.edges(trip, block);
        times(trip, block, &mut self.telling);
        if self.has(self.columns.stop) && self.has(self.columns.distance) {
            distances(trip, block, &mut self.telling);
        }
        self.lonely(trip, block);
        if self.flex.len() > 1 && self.context.feed.zones.any() {
            self.overlaps(trip, block);
        }
        let context = self.context;
        let (trips, routes) = (context.feed.table("trips.txt"), context.feed.table("routes.txt"));
        let Some(row) = context.trips.of(trip) else { return };
        self.heads.look(row, block, &context.names, context.feed, &context.stops);
        if let Some(route) = context.route(trip) {
            let kind = routes.ints("route_type")[route];
            let way = self.speed.look(trip, row, kind, block, context, &mut self.telling);
            if let Some(run) = self.calls.runs.last_mut() {
                run.way = way;
            }
        }
        let shape = trips.ids("shape_id")[row];
        if shape != NONE {
            self.ways.take(shape, small(row), block);
        }
    }

    /// The first and last calls need times.
    fn edges(&mut self, trip: u32, block: &[Call]) {
        let told = &mut self.telling;
        for call in [&block[0], &block[block.len() - 1]] {
            let flex = &self.flex[call.flex as usize];
            if flex.start != NO_INT || flex.end != NO_INT {
                continue;
            }
            for (time, name) in [(call.arrival, "arrival_time"), (call.departure, "departure_time")] {
                if time == NO_INT {
                    told.notices.add("missing_trip_edge", || {
                        json!({ "csvRowNumber": call.line, "stopSequence": call.sequence, "tripId": told.strings.text(trip), "specifiedField": name })
                    });
                }
            }
        }
    }

    /// A ride on demand has a place to get in and one to get out.
    fn lonely(&mut self, trip: u32, block: &[Call]) {
        let columns = &self.columns;
        let asked = [columns.start, columns.end, columns.pickup, columns.drop_off];
        let ([call], true) = (block, asked.into_iter().all(|place| self.has(place))) else { return };
        let flex = &self.flex[call.flex as usize];
        if flex.start != NO_INT && flex.end != NO_INT && flex.pickup == 2 && flex.drop_off == 2 {
            let told = &mut self.telling;
            told.notices.add("missing_stop_times_record", || {
                json!({ "csvRowNumber": call.line, "tripId": told.strings.text(trip), "locationGroupId": told.strings.text(flex.group), "locationId": told.strings.text(flex.zone) })
            });
        }
    }
}

impl Ways {
    /// Keeps the way in which a trip along a shape calls at its stops, once, for the first such trip in its file.
    fn take(&mut self, shape: u32, trip: u32, block: &[Call]) {
        let mut numbers = Vec::with_capacity(block.len() * 2 + 1);
        numbers.push(u64::from(shape));
        for call in block {
            let distance = if call.distance.is_nan() { 0.0 } else { call.distance };
            numbers.extend([u64::from(call.stop), distance.to_bits()]);
        }
        let calls = || block.iter().map(|call| (call.line, call.stop, call.distance)).collect();
        let at = *self.known.entry(print(&self.hashers, &numbers)).or_insert(small(self.served.len()));
        match self.served.get_mut(at as usize) {
            None => self.served.push(Served { shape, trip, calls: calls() }),
            Some(served) if served.trip > trip => {
                served.trip = trip;
                served.calls = calls();
            }
            Some(_) => {}
        }
    }
}

/// Rows of a trip stand together, and in order.
fn unsorted(trip: u32, block: &[Call], told: &mut Telling) {
    let (start, end) = (block[0].line, block[block.len() - 1].line);
    let scattered = (end - start) as usize + 1 > block.len();
    if scattered || block.windows(2).any(|pair| pair[1].sequence <= pair[0].sequence) {
        told.notices.add(
            "unsorted_stop_times",
            || json!({ "tripId": told.strings.text(trip), "startCsvRowNumber": start, "endCsvRowNumber": end }),
        );
    }
}

fn repeated(trip: u32, block: &[Call], told: &mut Telling) {
    for same in block.chunk_by(|a, b| a.sequence == b.sequence) {
        for call in &same[1..] {
            told.notices.add_in(Files::of(&[FILE]), "duplicate_key", || {
                json!({ "filename": FILE, "oldCsvRowNumber": same[0].line, "newCsvRowNumber": call.line, "fieldName1": "trip_id,stop_sequence", "fieldValue1": format!("{},{}", told.strings.text(trip), call.sequence) })
            });
        }
    }
}

fn times(trip: u32, block: &[Call], told: &mut Telling) {
    let mut left: Option<&Call> = None;
    for call in block {
        if (call.arrival == NO_INT) != (call.departure == NO_INT) {
            let there = if call.arrival == NO_INT { "departure_time" } else { "arrival_time" };
            told.notices.add("stop_time_with_only_arrival_or_departure_time", || {
                json!({ "csvRowNumber": call.line, "tripId": told.strings.text(trip), "stopSequence": call.sequence, "specifiedField": there })
            });
        }
        if let Some(left) = left
            && call.arrival != NO_INT
            && call.arrival < left.departure
        {
            told.notices.add("stop_time_with_arrival_before_previous_departure_time", || {
                json!({ "csvRowNumber": call.line, "prevCsvRowNumber": left.line, "tripId": told.strings.text(trip), "arrivalTime": time_text(call.arrival), "departureTime": time_text(left.departure) })
            });
        }
        if call.departure != NO_INT {
            left = Some(call);
        }
    }
}

fn distances(trip: u32, block: &[Call], told: &mut Telling) {
    let mut stops = block.iter().filter(|call| call.stop != NONE);
    let Some(mut before) = stops.next() else { return };
    for call in stops {
        if before.distance >= call.distance {
            told.notices.add("decreasing_or_equal_stop_time_distance", || {
                json!({ "tripId": told.strings.text(trip), "stopId": told.strings.text(call.stop), "csvRowNumber": call.line, "shapeDistTraveled": call.distance, "stopSequence": call.sequence, "prevCsvRowNumber": before.line, "prevShapeDistTraveled": before.distance, "prevStopSequence": before.sequence })
            });
        }
        before = call;
    }
}
