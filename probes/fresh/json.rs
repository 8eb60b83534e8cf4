//! The dates in a JSON document: what it says of its own change, and those of its records.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::Value;

use super::{Basis, Mention, rows};
use crate::body::Body;
use crate::capture::{Answered, Capture};
use crate::dates::{self, Dated, Order, Precision};
use crate::finding::{Evidence, Locus};
use crate::text;

/// The largest document that is read, in bytes.
const LARGEST: u64 = 16 * 1024 * 1024;
/// How deep dates are looked for.
const DEEP: usize = 6;

/// Names of arrays whose items are rows of data; the document itself may be one.
const ROWS: &[&str] = &["", "features", "data", "records", "results", "rows", "value"];

/// Names of fields that say when the thing described was changed.
const CHANGED: &[&str] = &[
    "modified",
    "datemodified",
    "metadatamodified",
    "lastmodified",
    "updated",
    "updatedat",
    "lastupdated",
    "dateupdated",
    "rowsupdatedat",
    "dataupdatedat",
    "modifiedat",
    "lastupdate",
    "lastupdatedat",
    "metadataupdatedat",
];

/// Adds what the document says: of each field the newest.
pub(super) fn gather(capture: &Capture, answered: &Answered, body: &Body, as_of: Date, into: &mut Vec<Mention>) {
    if body.len() > LARGEST {
        return;
    }
    let Ok(bytes) = body.head(usize::try_from(LARGEST).unwrap_or(usize::MAX)) else { return };
    let Ok(document) = serde_json::from_str::<Value>(&text::decode(&bytes, answered.headers.charset()).text) else {
        return;
    };
    let mut walk = Walk { as_of, newest: BTreeMap::new() };
    walk.walk(&document, "", false, DEEP);
    into.extend(walk.newest.into_iter().map(|((basis, name), (dated, pointer, words))| Mention {
        basis,
        dated,
        words: format!("{name}: {words}"),
        evidence: Evidence::new(&capture.id, Locus::Pointer(pointer), &words),
        planned: rows::says_other(&name),
    }));
}

struct Walk {
    as_of: Date,
    newest: BTreeMap<(Basis, String), (Dated, String, String)>,
}

impl Walk {
    fn walk(&mut self, value: &Value, pointer: &str, in_rows: bool, deep: usize) {
        let Some(deep) = deep.checked_sub(1) else { return };
        match value {
            Value::Array(items) => {
                let in_rows = ROWS.contains(&pointer.rsplit('/').next().unwrap_or_default());
                for (at, item) in items.iter().enumerate() {
                    self.walk(item, &format!("{pointer}/{at}"), in_rows, deep);
                }
            }
            Value::Object(fields) => {
                for (name, field) in fields {
                    let pointer = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
                    match date(name, field) {
                        Some((dated, words)) => self.take(name, in_rows, dated, pointer, words),
                        None => self.walk(field, &pointer, in_rows, deep),
                    }
                }
            }
            _ => {}
        }
    }

    /// Keeps the newest date of a field, of those to come only if there is no other.
    fn take(&mut self, name: &str, in_rows: bool, dated: Dated, pointer: String, words: String) {
        let basis = if changed(name) {
            Basis::Metadata
        } else if in_rows && !name.contains("metadata") {
            Basis::Rows
        } else {
            return;
        };
        let rank = |dated: &Dated| (dated.first <= self.as_of, dated.first);
        match self.newest.get(&(basis, name.to_owned())) {
            Some(held) if rank(&held.0) >= rank(&dated) => {}
            _ => {
                self.newest.insert((basis, name.to_owned()), (dated, pointer, words));
            }
        }
    }
}

fn changed(name: &str) -> bool {
    let plain: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    CHANGED.contains(&plain.as_str())
}

fn date(name: &str, field: &Value) -> Option<(Dated, String)> {
    match field {
        Value::String(words) => Some((dates::parse(words, Order::MonthFirst)?, words.clone())),
        Value::Number(number) => {
            let lower = name.to_lowercase();
            let speaks = changed(name) || ["date", "time", "_at"].iter().any(|part| lower.contains(part));
            let first = speaks.then(|| dates::epoch(number.as_i64()?)).flatten()?;
            Some((Dated { first, precision: Precision::Day, otherwise: None }, number.to_string()))
        }
        _ => None,
    }
}
