//! `stop_times.txt`, by far the largest table: looked at row by row and trip by trip as it streams by, and reduced to
//! what other rules ask of each trip. Only where a trip's rows do not stand together are rows kept.

mod batch;
mod block;
mod context;
pub(crate) mod headsigns;
mod rows;
mod speed;
mod trips;
mod zones;

use std::collections::{BTreeMap, BTreeSet};

use super::cells::NO_INT;
use super::schema::{self, Schema};
use super::strings::NONE;
pub(crate) use batch::beside;
pub(crate) use context::Context;
pub(crate) use rows::Rows;
pub(crate) use trips::Trips;

/// The file.
pub(crate) const FILE: &str = "stop_times.txt";

/// A trip's call at a stop.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    pub(crate) line: u32,
    pub(crate) stop: u32,
    pub(crate) sequence: i32,
    pub(crate) arrival: i32,
    pub(crate) departure: i32,
    pub(crate) distance: f64,
    /// Where its flexible part is kept; 0 for none.
    flex: u32,
}

/// What only calls on demand have.
#[derive(Clone, Copy, Debug)]
struct Flex {
    group: u32,
    zone: u32,
    start: i32,
    end: i32,
    pickup: i32,
    drop_off: i32,
}

impl Flex {
    const NONE: Self = Self { group: NONE, zone: NONE, start: NO_INT, end: NO_INT, pickup: NO_INT, drop_off: NO_INT };
}

/// What is kept of a trip's calls.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    pub(crate) trip: u32,
    pub(crate) count: u32,
    pub(crate) first: End,
    pub(crate) last: End,
    /// The last call's distance along the shape.
    pub(crate) distance: f64,
    /// The line of the first call with a distance; 0 for none.
    pub(crate) measured: u32,
    /// A fingerprint of its stops and times, the latter from the first on.
    pub(crate) way: (u64, u64),
    /// Whether a row of it cannot be taken.
    pub(crate) damaged: bool,
}

/// A trip's first or last call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct End {
    pub(crate) stop: u32,
    pub(crate) arrival: i32,
    pub(crate) departure: i32,
}

/// One way in which trips along a shape call at stops, and the first trip in its file that does so.
pub(crate) struct Served {
    pub(crate) shape: u32,
    /// The row in `trips.txt`.
    pub(crate) trip: u32,
    /// Line, stop and distance of each call.
    pub(crate) calls: Vec<(u32, u32, f64)>,
}

/// All trips' calls, reduced.
#[derive(Default)]
pub(crate) struct Calls {
    pub(crate) runs: Vec<Run>,
    /// The run of a trip, by its id.
    by_trip: Vec<u32>,
    /// What was seen row by row.
    pub(crate) named: Named,
    pub(crate) served: Vec<Served>,
    /// Stops that trips call at which transfers name.
    pub(crate) visited: BTreeMap<u32, Vec<u32>>,
    /// Stops on routes whose fares go by zone, by id.
    pub(crate) zoned: Vec<bool>,
    /// Trips and sequence numbers that translations may name; kept only where some do.
    pub(crate) translated: Vec<(u32, i32)>,
}

/// What the rows name.
#[derive(Default)]
pub(crate) struct Named {
    /// The line of the first call at a stop, by its id; 0 for none.
    first_at: Vec<u32>,
    /// Groups of locations that are called at, by id.
    pub(crate) groups: BTreeSet<u32>,
    /// Whether a call names only a zone, or only a group of locations.
    pub(crate) zone_only: bool,
    pub(crate) group_only: bool,
    /// Whether a call has a window of time or a zone.
    pub(crate) flexible: bool,
    pub(crate) rows: u64,
}

impl Calls {
    /// What is kept of the calls of a trip.
    pub(crate) fn of(&self, trip: u32) -> Option<&Run> {
        let at = self.by_trip.get(trip as usize).copied().filter(|at| *at != NONE)?;
        self.runs.get(at as usize)
    }

    /// The line of the first call at a stop.
    pub(crate) fn first_at(&self, stop: u32) -> Option<u32> {
        self.named.first_at.get(stop as usize).copied().filter(|line| *line != 0)
    }
}

/// Which fields of the table stand where.
#[derive(Clone, Copy)]
struct Columns {
    trip: usize,
    arrival: usize,
    departure: usize,
    stop: usize,
    group: usize,
    zone: usize,
    sequence: usize,
    start: usize,
    end: usize,
    pickup: usize,
    drop_off: usize,
    distance: usize,
    timepoint: usize,
    pickup_rule: usize,
    drop_off_rule: usize,
}

impl Columns {
    fn of_schema() -> Self {
        let Some(schema) = schema::of(FILE) else { panic!("invariant: {FILE} is in the schema") };
        Self::of(schema)
    }

    fn of(schema: &Schema) -> Self {
        let place = |name: &str| match schema.place(name) {
            Some(place) => place,
            None => panic!("invariant: {FILE} has {name}"),
        };
        Self {
            trip: place("trip_id"),
            arrival: place("arrival_time"),
            departure: place("departure_time"),
            stop: place("stop_id"),
            group: place("location_group_id"),
            zone: place("location_id"),
            sequence: place("stop_sequence"),
            start: place("start_pickup_drop_off_window"),
            end: place("end_pickup_drop_off_window"),
            pickup: place("pickup_type"),
            drop_off: place("drop_off_type"),
            distance: place("shape_dist_traveled"),
            timepoint: place("timepoint"),
            pickup_rule: place("pickup_booking_rule_id"),
            drop_off_rule: place("drop_off_booking_rule_id"),
        }
    }
}

/// Whether trips' rows stand together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// So far they do: each trip is looked at as soon as the next begins.
    Together,
    /// They do not: all rows are kept, and put in order at the end.
    Scattered,
}

/// Sets what a list says of an id, if it says nothing yet.
fn set(list: &mut Vec<u32>, id: u32, value: u32, nothing: u32) {
    let at = id as usize;
    if list.len() <= at {
        list.resize(at + 1, nothing);
    }
    if list[at] == nothing {
        list[at] = value;
    }
}
