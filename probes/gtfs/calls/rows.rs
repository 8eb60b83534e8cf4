//! The rows of `stop_times.txt` as they are read: what can be said of each, and what goes on to whoever looks at trips.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::batch::{Batch, Block, Hand};
use super::context::{self, Context};
use super::{Call, Columns, FILE, Flex, Named, Order, set};
use crate::gtfs::cells::{Cells, NO_INT, Value, time_text};
use crate::gtfs::files::{Files, GEOJSON};
use crate::gtfs::read::Sink;
use crate::gtfs::strings::{NONE, small};

/// Whom to call to be picked up or set down.
const PHONE: i32 = 2;

/// Takes the rows as they come.
pub(crate) struct Rows<'a, 'h, 't> {
    context: &'a Context<'a>,
    columns: Columns,
    has: Arc<[bool]>,
    /// Places of the fields that name rows of another table: the table, its file and field.
    references: Vec<(usize, u8, &'static str, &'static str)>,
    order: Order,
    /// Whether a trip came again after others.
    pub(crate) again: bool,
    trip: u32,
    /// Which trips came, by id.
    seen: Vec<bool>,
    batch: Batch,
    /// How many texts whoever looks at trips knows.
    told: usize,
    hand: &'h mut Hand<'t, 'a>,
    pub(crate) named: Named,
}

impl<'a, 'h, 't> Rows<'a, 'h, 't> {
    /// `known` is how many texts there were before.
    pub(crate) fn new(context: &'a Context<'a>, order: Order, known: usize, hand: &'h mut Hand<'t, 'a>) -> Self {
        Self {
            context,
            columns: Columns::of_schema(),
            has: Arc::new([]),
            references: Vec::new(),
            order,
            again: false,
            trip: NONE,
            seen: Vec::new(),
            batch: Batch::default(),
            told: known,
            hand,
            named: Named::default(),
        }
    }

    fn has(&self, place: usize) -> bool {
        self.has.get(place).copied().unwrap_or(false)
    }

    /// Hands over what there is; says whether anybody still takes it.
    pub(crate) fn send(&mut self, cells: &Cells<'_>) -> bool {
        let mut batch = std::mem::take(&mut self.batch);
        batch.has = self.has.clone();
        batch.texts = cells.strings.since(self.told).map(<[u8]>::to_owned).collect();
        self.told = cells.strings.len();
        self.hand.over(batch)
    }

    /// Begins a trip; says whether to go on.
    fn begin(&mut self, trip: u32, cells: &Cells<'_>) -> bool {
        if self.batch.is_full() && !self.send(cells) {
            return false;
        }
        if self.order == Order::Together {
            let at = trip as usize;
            if self.seen.len() <= at {
                self.seen.resize(at + 1, false);
            }
            if std::mem::replace(&mut self.seen[at], true) {
                self.again = true;
                return false;
            }
        }
        self.trip = trip;
        self.batch.blocks.push(Block { trip, count: 0, damaged: false });
        true
    }
}

impl Sink for Rows<'_, '_, '_> {
    fn header(&mut self, has: &[bool]) {
        self.has = has.into();
        let columns = &self.columns;
        let references = [
            (columns.trip, context::TRIP, "trips.txt", "trip_id"),
            (columns.stop, context::STOP, "stops.txt", "stop_id"),
            (columns.group, context::GROUP, "location_groups.txt", "location_group_id"),
            (columns.zone, context::ZONE, GEOJSON, "id"),
            (columns.pickup_rule, context::BOOKING, "booking_rules.txt", "booking_rule_id"),
            (columns.drop_off_rule, context::BOOKING, "booking_rules.txt", "booking_rule_id"),
        ];
        self.references = references.into_iter().filter(|(place, ..)| has[*place]).collect();
    }

    fn row(&mut self, cells: &mut Cells<'_>, row: &[Value], good: bool) -> bool {
        let trip = row[self.columns.trip].id();
        self.named.rows += 1;
        self.check_references(cells, row);
        if trip == NONE {
            return true;
        }
        if trip != self.trip && !self.begin(trip, cells) {
            return false;
        }
        if good {
            self.alone(cells, row);
        }
        let call = self.call(cells.line, row);
        self.batch.push(call, good);
        true
    }
}

impl Rows<'_, '_, '_> {
    /// A row as a call.
    fn call(&mut self, line: u32, row: &[Value]) -> Call {
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
            self.batch.flex.push(flex);
            self.named.flexible = true;
            self.named.zone_only |= stop == NONE && flex.group == NONE && flex.zone != NONE;
            self.named.group_only |= stop == NONE && flex.zone == NONE && flex.group != NONE;
            if flex.group != NONE {
                self.named.groups.insert(flex.group);
            }
        }
        if stop != NONE {
            set(&mut self.named.first_at, stop, line, 0);
        }
        Call {
            line,
            stop,
            sequence: row[columns.sequence].int(),
            arrival: row[columns.arrival].int(),
            departure: row[columns.departure].int(),
            distance: row[columns.distance].num(),
            flex: if special { small(self.batch.flex.len()) } else { 0 },
        }
    }

    /// Whether what the row names is there.
    fn check_references(&self, cells: &mut Cells<'_>, row: &[Value]) {
        for (place, table, parent, field) in &self.references {
            let id = row[*place].id();
            if id == NONE || self.context.knows(id, *table) {
                continue;
            }
            let (line, name, value) = (cells.line, cells.schema.fields[*place].name, cells.strings.text(id));
            cells.notices.add_in(Files::of(&[FILE, parent]), "foreign_key_violation", || {
                json!({ "childFilename": FILE, "childFieldName": name, "parentFilename": parent, "parentFieldName": field, "fieldValue": value, "csvRowNumber": line })
            });
        }
    }

    /// The rules of a row by itself.
    fn alone(&self, cells: &mut Cells<'_>, row: &[Value]) {
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
        if let Some(route) = self.context.route(row[columns.trip].id()) {
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
}

fn time(seconds: i32) -> Json {
    if seconds == NO_INT { Json::Null } else { time_text(seconds).into() }
}

fn of(value: Value) -> Json {
    if let Value::Int(int) = value { int.into() } else { Json::Null }
}
