//! What the rules on calls ask of the tables that were read before.

use std::collections::BTreeSet;

use super::headsigns;
use crate::gtfs::feed::{Feed, Places};
use crate::gtfs::strings::{NONE, Strings, small};

/// What the rules ask of the tables that were read before.
pub(crate) struct Context<'a> {
    pub(super) feed: &'a Feed,
    pub(super) stops: Places,
    pub(super) trips: Places,
    /// The route's row of each trip's row.
    route_of: Vec<u32>,
    known: Known,
    pub(super) names: headsigns::Names,
    pub(super) booking: bool,
    pub(super) zoned: BTreeSet<u32>,
    pub(super) transferring: BTreeSet<u32>,
    /// Whether translations name calls.
    pub(super) translated: bool,
}

/// The texts that name rows of other tables, by number.
struct Known(Vec<u8>);

pub(super) const TRIP: u8 = 1;
pub(super) const STOP: u8 = 2;
pub(super) const GROUP: u8 = 4;
pub(super) const ZONE: u8 = 8;
pub(super) const BOOKING: u8 = 16;

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
    pub(crate) fn of(feed: &'a Feed, strings: &Strings, names: headsigns::Names) -> Self {
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

    /// Whether a text names a row of a table.
    pub(super) fn knows(&self, id: u32, table: u8) -> bool {
        self.known.has(id, table)
    }

    /// The route's row of a trip.
    pub(super) fn route(&self, trip: u32) -> Option<usize> {
        let row = self.trips.of(trip)?;
        self.route_of.get(row).filter(|route| **route != NONE).map(|route| *route as usize)
    }
}
