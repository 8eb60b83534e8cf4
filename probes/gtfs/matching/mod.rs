//! Whether stops lie on the shapes of their trips, and in that order: each stop is matched to the places of the shape
//! that are near it, and of all orders that only go on, the one that is closest to the stops is taken.

mod path;

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::calls::Served;
use super::feed::{Feed, Places};
use super::notices::Notices;
use super::rules::stops::spot;
use super::sphere::Point;
use super::strings::NONE;
use path::{Match, Path};

/// A stop farther than this from the shape is too far, in metres.
const NEAR: f64 = 100.0;
/// A large station may be so many times as far.
const LARGE: f64 = 4.0;
/// A stop near more places of a shape is near too many.
const MANY: usize = 20;
/// The kind of route whose first and last stops are large stations.
const RAIL: i32 = 2;
/// How many parents up a stop's place is looked for.
const HOPS: usize = 3;

struct Stop {
    point: Point,
    /// How far along the shape the feed has it; 0 where it does not say.
    along: f64,
    large: bool,
    line: u32,
    id: u32,
}

impl Stop {
    fn reach(&self) -> f64 {
        if self.large { NEAR * LARGE } else { NEAR }
    }
}

enum Problem {
    TooFar(usize, Match),
    TooMany(usize, Match, usize),
    OutOfOrder(usize, Match, Match),
}

/// Looks at every way in which trips serve a shape.
pub(crate) fn check(feed: &Feed, notices: &mut Notices) {
    let (stops, routes) = (feed.places("stops.txt", "stop_id"), feed.places("routes.txt", "route_id"));
    if feed.table("stops.txt").count() == 0 {
        return;
    }
    let mut served: Vec<&Served> = feed.calls.served.iter().collect();
    served.sort_by_key(|served| (served.shape, served.trip));
    for same in served.chunk_by(|a, b| a.shape == b.shape) {
        let Some(shape) = feed.shapes.of(same[0].shape).filter(|shape| !shape.damaged) else { continue };
        let path = Path::of(feed.shapes.points(shape));
        if path.is_empty() {
            continue;
        }
        let mut told = BTreeSet::new();
        for served in same {
            let trip = served.trip as usize;
            let route = feed.table("trips.txt").ids("route_id")[trip];
            let Some(route) = routes.of(route) else { continue };
            let rail = feed.table("routes.txt").ints("route_type")[route] == RAIL;
            let calls = serve(feed, &stops, served, rail);
            let mut tell = |problems: Vec<Problem>, by_user: bool| {
                for problem in problems {
                    report(feed, &stops, served, &calls, &problem, by_user, &mut told, notices);
                }
            };
            tell(by_place(&calls, &path), false);
            if calls.last().is_some_and(|stop| stop.along > 0.0) && path.has_user_distance() {
                tell(by_distance(&calls, &path), true);
            }
        }
    }
}

fn serve(feed: &Feed, stops: &Places, served: &Served, rail: bool) -> Vec<Stop> {
    let last = served.calls.len() - 1;
    let calls = served.calls.iter().enumerate();
    calls
        .map(|(at, (line, id, distance))| Stop {
            point: Point::at(spot(feed, stops, *id, HOPS).unwrap_or((0.0, 0.0))),
            along: if distance.is_nan() { 0.0 } else { *distance },
            large: rail && (at == 0 || at == last),
            line: *line,
            id: *id,
        })
        .collect()
}

fn by_place(stops: &[Stop], path: &Path) -> Vec<Problem> {
    let mut problems = Vec::new();
    let matches: Vec<Vec<Match>> =
        stops.iter().enumerate().map(|(at, stop)| near(at, stop, path, &mut problems)).collect();
    if matches.iter().all(|matches| !matches.is_empty()) {
        assign(&matches, &mut problems);
    }
    problems
}

fn by_distance(stops: &[Stop], path: &Path) -> Vec<Problem> {
    let (mut problems, mut matches, mut from) = (Vec::new(), Vec::new(), 0);
    for (at, stop) in stops.iter().enumerate() {
        if stop.along > 0.0 {
            let found = path.at_distance(stop.along, from, stop.point);
            from = found.segment;
            matches.push(vec![found]);
        } else {
            let found = near(at, stop, path, &mut problems);
            if found.is_empty() {
                return problems;
            }
            matches.push(found);
        }
    }
    if let Some(chosen) = assign(&matches, &mut problems) {
        for (at, found) in chosen.into_iter().enumerate() {
            if found.away > NEAR {
                problems.push(Problem::TooFar(at, found));
            }
        }
    }
    problems
}

/// The places of the shape near a stop.
fn near(at: usize, stop: &Stop, path: &Path, problems: &mut Vec<Problem>) -> Vec<Match> {
    let matches = path.near(stop.point, stop.reach());
    if matches.is_empty() {
        let closest = path.closest(stop.point);
        if closest.away > stop.reach() {
            problems.push(Problem::TooFar(at, closest));
        }
    } else if matches.len() > MANY {
        problems.push(Problem::TooMany(at, closest(&matches), matches.len()));
    }
    matches
}

fn closest(matches: &[Match]) -> Match {
    let mut best = matches[0];
    for found in &matches[1..] {
        if found.away < best.away {
            best = *found;
        }
    }
    best
}

/// A way to match the stops so far that only goes on.
#[derive(Clone, Copy)]
struct Way {
    score: f64,
    /// How far along the shape it has come.
    along: f64,
    /// Which of the last stop's matches it ends with, and which way of the stop before it goes on from.
    at: usize,
    from: usize,
}

/// The matches, one for each stop, that only go on along the shape and are closest to the stops in sum.
fn assign(matches: &[Vec<Match>], problems: &mut Vec<Problem>) -> Option<Vec<Match>> {
    let mut ways: Vec<Vec<Way>> = vec![vec![Way { score: 0.0, along: 0.0, at: 0, from: 0 }]];
    for (at, candidates) in matches.iter().enumerate() {
        let before = &ways[at];
        let next: Vec<Way> =
            candidates.iter().enumerate().filter_map(|(place, found)| go_on(before, place, found)).collect();
        if next.is_empty() {
            let last = matches[at - 1][before[lowest(before)].at];
            problems.push(Problem::OutOfOrder(at, closest(candidates), last));
            return None;
        }
        ways.push(next);
    }
    let mut way = lowest(ways.last()?);
    let mut chosen = Vec::new();
    for (ways, matches) in ways[1..].iter().zip(matches).rev() {
        chosen.push(matches[ways[way].at]);
        way = ways[way].from;
    }
    chosen.reverse();
    Some(chosen)
}

fn go_on(before: &[Way], at: usize, found: &Match) -> Option<Way> {
    let (mut from, mut score) = (None, f64::INFINITY);
    for (place, way) in before.iter().enumerate() {
        if way.along <= found.along && way.score < score {
            (from, score) = (Some(place), way.score);
        }
    }
    from.map(|from| Way { score: score + found.away, along: found.along, at, from })
}

fn lowest(ways: &[Way]) -> usize {
    let mut best = 0;
    for (at, way) in ways.iter().enumerate() {
        if way.score < ways[best].score {
            best = at;
        }
    }
    best
}

#[expect(clippy::too_many_arguments, reason = "all of it is in the notice")]
fn report(
    feed: &Feed,
    stops: &Places,
    served: &Served,
    calls: &[Stop],
    problem: &Problem,
    by_user: bool,
    told: &mut BTreeSet<u32>,
    notices: &mut Notices,
) {
    let trips = feed.table("trips.txt");
    let row = served.trip as usize;
    let trip = || json!({ "tripCsvRowNumber": trips.line(row), "shapeId": feed.text(served.shape), "tripId": feed.text(trips.ids("trip_id")[row]) });
    let with = |mut told: Json, at: usize, found: &Match, suffix: &str| -> Json {
        let stop = &calls[at];
        let name = stops.of(stop.id).map_or(NONE, |row| feed.table("stops.txt").ids("stop_name")[row]);
        told[format!("stopTimeCsvRowNumber{suffix}")] = stop.line.into();
        told[format!("stopId{suffix}")] = feed.text(stop.id).into();
        told[format!("stopName{suffix}")] = feed.text(name).into();
        let (latitude, longitude) = found.point.degrees();
        told[format!("match{suffix}")] = json!([latitude, longitude]);
        told
    };
    let (Problem::TooFar(at, found) | Problem::TooMany(at, found, _) | Problem::OutOfOrder(at, found, _)) = problem;
    if calls[*at].id == NONE || (matches!(problem, Problem::TooFar(..)) && !told.insert(calls[*at].id)) {
        return;
    }
    match problem {
        Problem::TooFar(..) => {
            let code = if by_user { "stop_too_far_from_shape_using_user_distance" } else { "stop_too_far_from_shape" };
            notices.add(code, || {
                let mut told = with(trip(), *at, found, "");
                told["geoDistanceToShape"] = found.away.into();
                told
            });
        }
        Problem::TooMany(_, _, count) => notices.add("stop_has_too_many_matches_for_shape", || {
            let mut told = with(trip(), *at, found, "");
            told["matchCount"] = (*count).into();
            told
        }),
        Problem::OutOfOrder(_, _, before) => {
            notices.add("stops_match_shape_out_of_order", || with(with(trip(), *at, found, "1"), at - 1, before, "2"));
        }
    }
}
