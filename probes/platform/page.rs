//! One page of a catalogue: which form it has, what it counts, where it ends.

use std::sync::Arc;

use serde_json::Value;

use super::Platform;
use super::form::{Form, RECORDS};
use crate::capture::{Capture, Captures};
use crate::json::{count, elements, pick, text};

/// What is needed of a page to go on to the next; small, so it is kept for the audit's life.
pub(super) struct Page {
    /// Its form, if it is one that lists datasets.
    pub(super) form: Option<&'static Form>,
    /// How many datasets it says there are.
    pub(super) claimed: Option<u64>,
    /// How many records it holds.
    pub(super) records: u64,
    /// How many lists within it holds beside them.
    pub(super) nested: u64,
    /// The identifier of its last record.
    pub(super) last: String,
    /// When its last record was changed, as it is written.
    pub(super) last_changed: Value,
    /// What it says of the platform, if it says so: the records' own signs.
    pub(super) said_by: Option<(Platform, String, String)>,
    /// Why it could not be read to its end.
    pub(super) broken: Option<String>,
}

/// How many records are looked at for signs of the platform.
const LOOKED_AT: u64 = 50;

impl Page {
    /// The page in an answered capture, read once.
    pub(super) fn of(captures: &Captures<'_>, capture: &Capture) -> Arc<Self> {
        captures.note(capture, |_, body| match body {
            Ok(body) => {
                let mut first: Vec<(String, Value)> = Vec::new();
                let mut last = Value::Null;
                let mut said = Vec::new();
                let members = elements(&body, RECORDS, &mut |array, at, record| {
                    if at == 0 {
                        first.push((array.to_owned(), record.clone()));
                    }
                    if at < LOOKED_AT {
                        said.extend(super::signs::in_record(&record, array, at));
                    }
                    last = record;
                });
                let form = Form::of(&first, &members);
                let said_by = most(said, members.arrays.values().sum());
                let records = form.and_then(|form| members.arrays.get(form.records)).copied().unwrap_or(0);
                let nested = form.map_or(&[][..], |form| form.nested);
                let nested = nested.iter().filter_map(|array| members.arrays.get(*array)).sum();
                let claimed = form.and_then(|form| form.claimed).and_then(|pointer| count(members.plain.get(pointer)?));
                let changed = ["properties/modified", "metas/default/modified"];
                let last_changed = changed.map(|path| pick(&last, path)).into_iter().find(|value| !value.is_null());
                let last_changed = last_changed.cloned().unwrap_or_default();
                let last =
                    [pick(&last, "resource/id"), pick(&last, "id")].map(text).into_iter().find(|id| !id.is_empty());
                Self {
                    form,
                    claimed,
                    records,
                    nested,
                    last: last.unwrap_or_default(),
                    last_changed,
                    said_by,
                    broken: members.broken,
                }
            }
            Err(cause) => Self {
                form: None,
                claimed: None,
                records: 0,
                nested: 0,
                last: String::new(),
                last_changed: Value::Null,
                said_by: None,
                broken: Some(cause),
            },
        })
    }
}

impl Page {
    /// Whether it is a whole list without a record.
    pub(super) fn holds_none(&self) -> bool {
        self.form.is_some() && self.records == 0 && self.broken.is_none() && self.nested == 0
    }
}

/// The platform that left its signs in four of five of the records looked at, with the first of them.
fn most(said: Vec<(Platform, String, String)>, records: u64) -> Option<(Platform, String, String)> {
    let platform = said.first()?.0;
    let count = said.iter().filter(|(other, ..)| *other == platform).count() as u64;
    (count * 5 >= records.min(LOOKED_AT) * 4).then(|| said.into_iter().next())?
}
