//! Ways through stations.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Value, json};

use super::stops::{BOARDING, ENTRANCE, NODE, STATION, STOP, kind};
use crate::gtfs::feed::{Feed, Places};
use crate::gtfs::notices::Notices;
use crate::gtfs::strings::NONE;

const FILE: &str = "pathways.txt";
const ELEVATOR: i32 = 5;
const EXIT_GATE: i32 = 7;
const BOTH_WAYS: i32 = 1;
/// A stop that is not reached through the station.
const OUTSIDE: i32 = 1;
/// How many parents up a station is looked for.
const HOPS: usize = 3;
const ENDS: [&str; 2] = ["from_stop_id", "to_stop_id"];

pub(super) fn check(feed: &Feed, notices: &mut Notices) {
    let pathways = feed.table(FILE);
    if pathways.len() == 0 {
        return;
    }
    let places = feed.places("stops.txt", "stop_id");
    let stops = feed.table("stops.txt");
    let parents: BTreeSet<u32> = stops.ids("parent_station").iter().copied().filter(|id| *id != NONE).collect();
    let mut lifted = BTreeSet::new();
    for row in pathways.good() {
        let [from, to] = ENDS.map(|end| pathways.ids(end)[row]);
        let (mode, both) = (pathways.ints("pathway_mode")[row], pathways.ints("is_bidirectional")[row]);
        let place =
            || json!({ "csvRowNumber": pathways.line(row), "pathwayId": feed.text(pathways.ids("pathway_id")[row]) });
        if mode == EXIT_GATE && both == BOTH_WAYS {
            notices.add(
                "bidirectional_exit_gate",
                || json!({ "csvRowNumber": pathways.line(row), "pathwayMode": mode, "isBidirectional": both }),
            );
        }
        if from == to {
            notices.add("pathway_loop", || with(place(), "stopId", feed.text(from)));
        }
        if mode == ELEVATOR {
            lifted.extend([from, to]);
        }
        for (end, id) in ENDS.into_iter().zip([from, to]) {
            let Some(stop) = places.of(id) else { continue };
            let told = || with(with(place(), "fieldName", end), "stopId", feed.text(id));
            match kind(stops, stop) {
                STATION => notices.add("pathway_to_wrong_location_type", told),
                STOP if parents.contains(&id) => notices.add("pathway_to_platform_with_boarding_areas", told),
                _ => {}
            }
            let twice = end == ENDS[1] && from == to;
            if stops.ints("stop_access")[stop] == OUTSIDE && !twice {
                notices.add("pathway_to_stop_with_access_outside_of_station_pathways", || {
                    with(told(), "platformCode", feed.text(stops.ids("platform_code")[stop]))
                });
            }
        }
    }
    for row in stops.good() {
        let id = stops.ids("stop_id")[row];
        if lifted.contains(&id) && stops.ids("level_id")[row] == NONE {
            notices.add("missing_level_id", || {
                json!({ "csvRowNumber": stops.line(row), "stopId": feed.text(id), "stopName": feed.text(stops.ids("stop_name")[row]) })
            });
        }
    }
    Graph::of(feed).check(feed, &places, &parents, notices);
}

fn with(mut told: Value, name: &str, value: &str) -> Value {
    told[name] = value.into();
    told
}

/// Where one comes from each place, by the pathways in the way they may be walked.
#[derive(Default)]
struct Graph {
    onward: BTreeMap<u32, BTreeSet<u32>>,
    back: BTreeMap<u32, BTreeSet<u32>>,
    /// The places next to each, whichever way.
    beside: BTreeMap<u32, BTreeSet<u32>>,
}

impl Graph {
    fn of(feed: &Feed) -> Self {
        let pathways = feed.table(FILE);
        let mut graph = Self::default();
        for row in pathways.good() {
            let [from, to] = ENDS.map(|end| pathways.ids(end)[row]);
            let mut walk = |from: u32, to: u32| {
                graph.onward.entry(from).or_default().insert(to);
                graph.back.entry(to).or_default().insert(from);
            };
            walk(from, to);
            if pathways.ints("is_bidirectional")[row] == BOTH_WAYS {
                walk(to, from);
            }
            graph.beside.entry(from).or_default().insert(to);
            graph.beside.entry(to).or_default().insert(from);
        }
        graph
    }

    fn check(&self, feed: &Feed, places: &Places, parents: &BTreeSet<u32>, notices: &mut Notices) {
        let stops = feed.table("stops.txt");
        let ids = stops.ids("stop_id");
        let entrances: Vec<u32> =
            stops.good().filter(|row| kind(stops, *row) == ENTRANCE).map(|row| ids[row]).collect();
        let (entered, left) = (reached(&self.onward, &entrances), reached(&self.back, &entrances));
        let with_pathways: BTreeSet<u32> = self.beside.keys().filter_map(|id| station(feed, places, *id)).collect();
        for row in stops.good() {
            let (id, kind) = (ids[row], kind(stops, row));
            let place = || json!({ "csvRowNumber": stops.line(row), "stopId": feed.text(id), "stopName": feed.text(stops.ids("stop_name")[row]), "parentStation": feed.text(stops.ids("parent_station")[row]) });
            if kind == NODE && self.beside.get(&id).is_some_and(|beside| beside.len() == 1) {
                notices.add("pathway_dangling_generic_node", place);
            }
            let platform = matches!(kind, NODE | BOARDING) || (kind == STOP && !parents.contains(&id));
            let within = station(feed, places, id).is_some_and(|station| with_pathways.contains(&station));
            let (enter, leave) = (entered.contains(&id), left.contains(&id));
            if platform && within && !(enter && leave) {
                notices.add("pathway_unreachable_location", || {
                    let mut told = place();
                    told["locationType"] = kind.into();
                    told["hasEntrance"] = enter.into();
                    told["hasExit"] = leave.into();
                    told
                });
            }
        }
    }
}

/// The station that a place is in.
fn station(feed: &Feed, places: &Places, id: u32) -> Option<u32> {
    let stops = feed.table("stops.txt");
    let mut id = id;
    for _ in 0..HOPS {
        let row = places.of(id)?;
        if kind(stops, row) == STATION {
            return Some(id);
        }
        id = stops.ids("parent_station")[row];
    }
    None
}

fn reached(ways: &BTreeMap<u32, BTreeSet<u32>>, from: &[u32]) -> BTreeSet<u32> {
    let mut reached: BTreeSet<u32> = from.iter().copied().collect();
    let mut next: VecDeque<u32> = from.iter().copied().collect();
    while let Some(id) = next.pop_front() {
        for to in ways.get(&id).into_iter().flatten() {
            if reached.insert(*to) {
                next.push_back(*to);
            }
        }
    }
    reached
}
