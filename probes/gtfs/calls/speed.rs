//! How fast a trip goes: worked out once for all trips with the same stops, times and kind of vehicle.

use std::collections::HashMap;

use hashbrown::DefaultHashBuilder;
use serde_json::{Value as Json, json};

use super::block::{Print, print};
use super::trips::Telling;
use super::{Call, Context};
use crate::gtfs::cells::{NO_INT, time_text};
use crate::gtfs::sphere::distance;
use crate::gtfs::strings::{NONE, small};

/// From here on, two stops are far from each other, in kilometres.
const FAR: f64 = 10.0;
/// How many parents up a stop's place is looked for.
const HOPS: usize = 3;

/// The trips' speeds that were worked out.
#[derive(Default)]
pub(super) struct Speeds {
    known: HashMap<Print, u32, DefaultHashBuilder>,
    /// What is too fast, by the numbers in `known`; the first is nothing.
    found: Vec<Vec<Fast>>,
    hashers: (DefaultHashBuilder, DefaultHashBuilder),
    numbers: Vec<u64>,
    spots: Vec<Option<(f64, f64)>>,
    hops: Vec<f64>,
}

struct Fast {
    from: usize,
    to: usize,
    kilometres: f64,
    speed: f64,
    far: bool,
}

/// The most kilometres an hour that a kind of vehicle goes.
fn limit(kind: i32) -> f64 {
    match kind {
        0 => 100.0,
        1 | 3 | 11 | 12 => 150.0,
        2 => 500.0,
        4 => 80.0,
        5 => 30.0,
        6 | 7 => 50.0,
        _ => 200.0,
    }
}

impl Speeds {
    pub(super) fn look(
        &mut self,
        trip: u32,
        row: usize,
        kind: i32,
        block: &[Call],
        context: &Context<'_>,
        told: &mut Telling,
    ) -> Print {
        if self.found.is_empty() {
            self.found.push(Vec::new());
        }
        let print = self.print(kind, block);
        let at = if let Some(at) = self.known.get(&print) {
            *at
        } else {
            let found = self.work_out(limit(kind), block, context);
            let at = if found.is_empty() { 0 } else { small(self.found.len()) };
            if !found.is_empty() {
                self.found.push(found);
            }
            self.known.insert(print, at);
            at
        };
        for fast in &self.found[at as usize] {
            let code = if fast.far { "fast_travel_between_far_stops" } else { "fast_travel_between_consecutive_stops" };
            told.notices.add(code, || place(trip, row, fast, block, context, &told.strings));
        }
        print
    }

    /// The times count from the first, but for the seconds after the minute: whole minutes are taken as rounded.
    fn print(&mut self, kind: i32, block: &[Call]) -> Print {
        let times = block.iter().flat_map(|call| [call.arrival, call.departure]);
        let base = times.clone().find(|time| *time != NO_INT).unwrap_or(0);
        self.numbers.clear();
        self.numbers.push(u64::from(base.rem_euclid(60).cast_unsigned()) << 32 | u64::from(kind.cast_unsigned()));
        let since = |time: i32| if time == NO_INT { NO_INT } else { time - base };
        for call in block {
            let pair = (i64::from(since(call.arrival)) << 32) | i64::from(since(call.departure).cast_unsigned());
            self.numbers.extend([u64::from(call.stop), pair.cast_unsigned()]);
        }
        print(&self.hashers, &self.numbers)
    }

    fn work_out(&mut self, most: f64, block: &[Call], context: &Context<'_>) -> Vec<Fast> {
        self.spots.clear();
        self.spots.extend(block.iter().map(|call| spot(call.stop, context)));
        self.hops.clear();
        let mut current = self.spots.first().copied().flatten().unwrap_or((0.0, 0.0));
        for spot in self.spots.iter().skip(1) {
            self.hops.push(spot.map_or(0.0, |spot| {
                let hop = distance(current, spot) / 1000.0;
                current = spot;
                hop
            }));
        }
        let mut found = self.neighbours(most, block, context);
        found.extend(self.far(most, block, context));
        found
    }

    fn neighbours(&self, most: f64, block: &[Call], context: &Context<'_>) -> Vec<Fast> {
        let (mut found, mut from) = (Vec::new(), 0);
        for to in 1..block.len() {
            let (Some(a), Some(b)) = (self.spots[from], self.spots[to]) else { continue };
            if block[from].departure == NO_INT || block[to].arrival == NO_INT {
                continue;
            }
            let kilometres = if to == from + 1 { self.hops[from] } else { distance(a, b) / 1000.0 };
            let speed = speed(kilometres, &block[from], &block[to]);
            let known = || [from, to].iter().all(|at| context.stops.of(block[*at].stop).is_some());
            if speed > most && known() {
                found.push(Fast { from, to, kilometres, speed, far: false });
            }
            from = to;
        }
        found
    }

    /// The first two stops far from each other that are reached too fast.
    fn far(&self, most: f64, block: &[Call], context: &Context<'_>) -> Option<Fast> {
        if self.hops.iter().sum::<f64>() <= FAR {
            return None;
        }
        for (to, end) in block.iter().enumerate() {
            if end.arrival == NO_INT {
                continue;
            }
            context.stops.of(end.stop)?;
            let mut kilometres = 0.0;
            for from in (0..to).rev() {
                kilometres += self.hops[from];
                let start = &block[from];
                if start.departure == NO_INT {
                    continue;
                }
                let speed = speed(kilometres, start, end);
                if speed <= most {
                    continue;
                }
                context.stops.of(start.stop)?;
                if kilometres > FAR {
                    return Some(Fast { from, to, kilometres, speed, far: true });
                }
            }
        }
        None
    }
}

/// Where a stop is, or the place that it is part of.
fn spot(stop: u32, context: &Context<'_>) -> Option<(f64, f64)> {
    crate::gtfs::rules::stops::spot(context.feed, &context.stops, stop, HOPS)
}

/// Kilometres an hour; times in whole minutes are taken as rounded.
fn speed(kilometres: f64, start: &Call, end: &Call) -> f64 {
    let elapsed = end.arrival - start.departure;
    let seconds = match elapsed {
        ..=0 => 60,
        _ if end.arrival % 60 == 0 && start.departure % 60 == 0 => elapsed + 60,
        _ => elapsed,
    };
    kilometres * 3600.0 / f64::from(seconds)
}

fn place(
    trip: u32,
    row: usize,
    fast: &Fast,
    block: &[Call],
    context: &Context<'_>,
    strings: &crate::gtfs::strings::Strings,
) -> Json {
    let (trips, stops) = (context.feed.table("trips.txt"), context.feed.table("stops.txt"));
    let (start, end) = (&block[fast.from], &block[fast.to]);
    let name = |stop: u32| context.stops.of(stop).map_or(NONE, |row| stops.ids("stop_name")[row]);
    json!({
        "tripCsvRowNumber": trips.line(row),
        "tripId": strings.text(trip),
        "routeId": strings.text(trips.ids("route_id")[row]),
        "speedKph": fast.speed,
        "distanceKm": fast.kilometres,
        "csvRowNumber1": start.line,
        "stopSequence1": start.sequence,
        "stopId1": strings.text(start.stop),
        "stopName1": strings.text(name(start.stop)),
        "departureTime1": time_text(start.departure),
        "csvRowNumber2": end.line,
        "stopSequence2": end.sequence,
        "stopId2": strings.text(end.stop),
        "stopName2": strings.text(name(end.stop)),
        "arrivalTime2": time_text(end.arrival),
    })
}
