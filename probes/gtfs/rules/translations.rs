//! Translations name a table, a field and a record that are there.

use std::collections::BTreeSet;

use serde_json::json;

use crate::gtfs::cells::NO_INT;
use crate::gtfs::feed::Feed;
use crate::gtfs::files::{Files, GEOJSON};
use crate::gtfs::notices::Notices;
use crate::gtfs::schema::{self, Kind, Record, Schema};
use crate::gtfs::strings::NONE;
use crate::gtfs::table::Table;

const FILE: &str = "translations.txt";

/// A row of the table.
struct Row {
    line: u32,
    table: u32,
    record: u32,
    sub: u32,
}

pub(super) fn check(feed: &Feed, notices: &mut Notices) {
    let table = feed.table(FILE);
    if !table.has("table_name") || table.len() == 0 {
        return;
    }
    let ids = |name: &str, row: usize| table.ids(name)[row];
    let mut wanted = Vec::new();
    for row in table.good() {
        let [name, record, sub, value] =
            ["table_name", "record_id", "record_sub_id", "field_value"].map(|name| ids(name, row));
        let (line, file) = (table.line(row), format!("{}.txt", feed.text(name)));
        let Some(parent) = schema::of(&file).filter(|_| !feed.is_missing(&file) && file != GEOJSON) else {
            notices.add(
                "translation_unknown_table_name",
                || json!({ "csvRowNumber": line, "tableName": feed.text(name) }),
            );
            continue_value(feed, line, value, record, sub, notices);
            continue;
        };
        if continue_value(feed, line, value, record, sub, notices) {
            continue;
        }
        let asked = [("record_id", record, !parent.key.is_empty()), ("record_sub_id", sub, parent.key.len() > 1)];
        match asked.into_iter().find(|(_, id, asked)| (*id != NONE) != *asked) {
            None => wanted.push((parent, Row { line, table: name, record, sub })),
            Some((field, _, true)) => notices.add_in(
                Files::ALL,
                "missing_required_field",
                || json!({ "filename": FILE, "csvRowNumber": line, "fieldName": field }),
            ),
            Some((field, id, false)) => unexpected(feed, line, field, id, notices),
        }
    }
    find(feed, &wanted, notices);
}

/// Where a translation goes by the value of a field, it names no record. Says whether it goes so.
fn continue_value(feed: &Feed, line: u32, value: u32, record: u32, sub: u32, notices: &mut Notices) -> bool {
    if value == NONE {
        return false;
    }
    for (field, id) in [("record_id", record), ("record_sub_id", sub)] {
        if id != NONE {
            unexpected(feed, line, field, id, notices);
        }
    }
    true
}

fn unexpected(feed: &Feed, line: u32, field: &str, id: u32, notices: &mut Notices) {
    notices.add(
        "translation_unexpected_value",
        || json!({ "csvRowNumber": line, "fieldName": field, "fieldValue": feed.text(id) }),
    );
}

/// Looks for the records, table by table.
fn find(feed: &Feed, wanted: &[(&'static Schema, Row)], notices: &mut Notices) {
    let files: BTreeSet<&str> = wanted.iter().map(|(schema, _)| schema.file).collect();
    for file in files {
        let rows: Vec<&Row> = wanted.iter().filter(|(schema, _)| schema.file == file).map(|(_, row)| row).collect();
        let known = records(feed, feed.table(file));
        for row in rows {
            let key = (row.record, row.sub);
            let there = match &known {
                Known::Any(there) => *there,
                Known::Records(known) => known.contains(&key),
                Known::Numbered(known) => numbered(feed, file, key).is_some_and(|key| known.contains(&key)),
            };
            if !there {
                notices.add("translation_foreign_key_violation", || {
                    json!({ "csvRowNumber": row.line, "tableName": feed.text(row.table), "recordId": feed.text(row.record), "recordSubId": feed.text(row.sub) })
                });
            }
        }
    }
}

/// The records of a table, as translations name them.
enum Known {
    /// Whether there is one: the table has one row.
    Any(bool),
    Records(BTreeSet<(u32, u32)>),
    /// The second part of the key is a number, a date or a time.
    Numbered(BTreeSet<(u32, i32)>),
}

fn records(feed: &Feed, table: &Table) -> Known {
    let schema = table.schema;
    if schema.key.is_empty() {
        return Known::Any(schema.single && table.count() > 0);
    }
    let fields: Vec<&schema::Field> = schema.key.iter().map(|place| &schema.fields[*place]).collect();
    if fields[0].record == Record::None {
        return Known::Records(BTreeSet::new());
    }
    match schema.file {
        "shapes.txt" => {
            let shapes = feed.shapes.all.iter();
            let points =
                shapes.flat_map(|shape| feed.shapes.points(shape).iter().map(|point| (shape.id, point.sequence)));
            return Known::Numbered(points.collect());
        }
        "stop_times.txt" => {
            let calls = feed.calls.translated.iter().copied();
            return Known::Numbered(calls.collect());
        }
        _ => {}
    }
    let first = table.ids(fields[0].name);
    let Some(second) = fields.get(1) else {
        return Known::Records(table.good().map(|row| (first[row], NONE)).collect());
    };
    // The other parts of the key have to be empty.
    let rest = &schema.key[2.min(schema.key.len())..];
    let plain = |row: &usize| rest.iter().all(|place| !table.is_there(*place, *row));
    if matches!(second.kind, Kind::Id | Kind::Text) {
        let ids = table.ids(second.name);
        Known::Records(table.good().filter(plain).map(|row| (first[row], ids[row])).collect())
    } else {
        let ints = table.ints(second.name);
        Known::Numbered(table.good().filter(plain).map(|row| (first[row], ints[row])).collect())
    }
}

fn numbered(feed: &Feed, file: &str, (record, sub): (u32, u32)) -> Option<(u32, i32)> {
    let schema = schema::of(file)?;
    let field = &schema.fields[*schema.key.get(1)?];
    let number = crate::gtfs::cells::number_of(field.kind, feed.text(sub));
    (number != NO_INT).then_some((record, number))
}
