//! Keys: no two rows share one, and what refers to one finds it.

use std::collections::HashMap;

use hashbrown::DefaultHashBuilder;
use serde_json::json;

use super::archive::check_shapes;
use crate::gtfs::feed::Feed;
use crate::gtfs::files::Files;
use crate::gtfs::notices::Notices;
use crate::gtfs::strings::NONE;
use crate::gtfs::table::Table;

/// Files, and the field of each that is referred to.
type Parents = &'static [(&'static str, &'static str)];

/// Services are named in either.
const SERVICES: Parents = &[("calendar.txt", "service_id"), ("calendar_dates.txt", "service_id")];
/// Networks are named in either.
const NETWORKS: Parents = &[("networks.txt", "network_id"), ("routes.txt", "network_id")];

/// References to one of two tables.
const EITHER: &[(&str, &str, Parents)] = &[
    ("trips.txt", "service_id", SERVICES),
    ("timeframes.txt", "service_id", SERVICES),
    ("fare_leg_rules.txt", "network_id", NETWORKS),
    ("fare_leg_join_rules.txt", "from_network_id", NETWORKS),
    ("fare_leg_join_rules.txt", "to_network_id", NETWORKS),
];

pub(super) fn check(feed: &Feed, notices: &mut Notices) {
    check_shapes(feed, notices);
    for table in feed.tables().iter().filter(|table| table.len() > 0) {
        repeated(table, feed, notices);
        if table.schema.single && table.count() > 1 {
            let (file, count) = (table.schema.file, table.count());
            notices.add_in(
                Files::of(&[file]),
                "more_than_one_entity",
                || json!({ "filename": file, "entityCount": count }),
            );
        }
        for field in &table.schema.fields {
            if let Some((parent, key)) = field.refers {
                refers(feed, table, field.name, &[(parent, key)], notices);
            }
        }
    }
    for (child, field, parents) in EITHER {
        refers(feed, feed.table(child), field, parents, notices);
    }
}

fn repeated(table: &Table, feed: &Feed, notices: &mut Notices) {
    let (schema, file) = (table.schema, table.schema.file);
    if schema.key.is_empty() {
        return;
    }
    let mut seen: HashMap<Vec<u64>, usize, DefaultHashBuilder> = HashMap::default();
    for row in table.good() {
        if let [place] = schema.key[..]
            && !table.is_there(place, row)
        {
            continue;
        }
        let key: Vec<u64> = schema.key.iter().map(|place| table.key_part(*place, row)).collect();
        let first = *seen.entry(key).or_insert(row);
        if first != row {
            let there = schema.key.iter().filter(|place| table.is_there(**place, row));
            let names: Vec<&str> = there.map(|place| schema.fields[*place].name).collect();
            notices.add_in(Files::of(&[file]), "duplicate_key", || {
                json!({ "filename": file, "oldCsvRowNumber": table.line(first), "newCsvRowNumber": table.line(row), "fieldName1": names.join(","), "fieldValue1": values(table, row, feed) })
            });
        }
    }
}

fn values(table: &Table, row: usize, feed: &Feed) -> String {
    let there = table.schema.key.iter().filter(|place| table.is_there(**place, row));
    let values: Vec<String> = there.map(|place| table.written(*place, row, &feed.strings)).collect();
    values.join(",")
}

fn refers(feed: &Feed, table: &Table, name: &str, parents: &[(&str, &str)], notices: &mut Notices) {
    let (file, ids) = (table.schema.file, table.ids(name));
    if ids.iter().all(|id| *id == NONE) {
        return;
    }
    let mut known = vec![false; feed.strings.len()];
    for (parent, key) in parents {
        if *parent == crate::gtfs::shapes::FILE {
            feed.shapes.all.iter().for_each(|shape| known[shape.id as usize] = true);
        } else {
            let named = feed.table(parent).ids(key).iter().filter(|id| **id != NONE);
            named.for_each(|id| known[*id as usize] = true);
        }
    }
    let mut needs = Files::of(&[file]);
    for (parent, _) in parents {
        needs = needs.with(parent);
    }
    let parent = parents.iter().map(|(parent, _)| *parent).collect::<Vec<_>>().join(" or ");
    for row in table.good().filter(|row| ids[*row] != NONE && !known[ids[*row] as usize]) {
        notices.add_in(needs, "foreign_key_violation", || {
            json!({ "childFilename": file, "childFieldName": name, "parentFilename": parent, "parentFieldName": parents[0].1, "fieldValue": feed.text(ids[row]), "csvRowNumber": table.line(row) })
        });
    }
}
