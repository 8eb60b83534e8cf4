//! A headsign that names a stop on the way leads riders astray.

use serde_json::json;

use super::Call;
use super::trips::Telling;
use crate::gtfs::feed::{Feed, Places};
use crate::gtfs::strings::{NONE, Strings};

/// Names of stops and headsigns of trips without regard to case, by row.
#[derive(Clone, Default)]
pub(crate) struct Names {
    stops: Vec<u32>,
    heads: Vec<u32>,
}

impl Names {
    pub(crate) fn of(feed: &Feed, strings: &mut Strings) -> Self {
        let mut folded = |file: &str, column: &str| {
            let ids = feed.table(file).ids(column).iter();
            ids.map(|id| if *id == NONE { NONE } else { fold(*id, strings) }).collect()
        };
        Self { stops: folded("stops.txt", "stop_name"), heads: folded("trips.txt", "trip_headsign") }
    }
}

fn fold(id: u32, strings: &mut Strings) -> u32 {
    let folded = without_case(strings.text(id));
    strings.id(folded.as_bytes())
}

/// A text by which two are equal where they differ in case alone, letter by letter.
pub(crate) fn without_case(text: &str) -> String {
    let single = |c: char, mut cased: std::vec::IntoIter<char>| match (cased.next(), cased.next()) {
        (Some(one), None) => one,
        _ => c,
    };
    let upper = |c: char| single(c, c.to_uppercase().collect::<Vec<_>>().into_iter());
    let lower = |c: char| single(c, c.to_lowercase().collect::<Vec<_>>().into_iter());
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.chars().map(|c| lower(upper(c))).collect() }
}

/// Headsigns that name a stop on the way.
#[derive(Default)]
pub(super) struct Heads {
    found: Vec<Found>,
    /// The first trip with a headsign that ends where it began: the canonical validator looks no further than that.
    round: Option<usize>,
}

struct Found {
    row: usize,
    call: Call,
    last: u32,
}

impl Heads {
    pub(super) fn look(&mut self, row: usize, block: &[Call], names: &Names, feed: &Feed, stops: &Places) {
        let head = names.heads[row];
        let [first, .., last] = block else { return };
        if head == NONE || !feed.table("trips.txt").is_good(row) {
            return;
        }
        if first.stop == last.stop {
            self.round = Some(self.round.map_or(row, |round| round.min(row)));
            return;
        }
        for call in &block[..block.len() - 1] {
            if stops.of(call.stop).is_some_and(|stop| names.stops[stop] == head) {
                self.found.push(Found { row, call: *call, last: last.stop });
            }
        }
    }

    pub(super) fn tell(&mut self, feed: &Feed, told: &mut Telling) {
        self.found.sort_by_key(|found| found.row);
        let trips = feed.table("trips.txt");
        let before = |found: &&Found| self.round.is_none_or(|round| found.row < round);
        for Found { row, call, last } in self.found.iter().filter(before) {
            let text = |id| told.strings.text(id);
            told.notices.add("trip_headsign_matches_intermediate_stop", || {
                json!({ "csvRowNumber": trips.line(*row), "tripId": text(trips.ids("trip_id")[*row]), "tripHeadsign": text(trips.ids("trip_headsign")[*row]), "stopId1": text(call.stop), "stopSequence": call.sequence, "stopId2": text(*last) })
            });
        }
    }
}
