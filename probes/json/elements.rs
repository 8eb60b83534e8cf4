//! A JSON body as a stream: the records in its arrays one at a time, the plain values around them.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{BufReader, Read, Seek, SeekFrom};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::{MOST_BYTES, without_mark};
use crate::body::Body;

/// The most characters of a plain value that are kept.
const LONGEST: usize = 2000;

/// What stands around the records.
#[derive(Debug, Default)]
pub struct Members {
    /// Plain values by their JSON pointer.
    pub plain: BTreeMap<String, Value>,
    /// How many records each array held, by its JSON pointer.
    pub arrays: BTreeMap<String, u64>,
    /// Why the body could not be read to its end: with line and column, if it is not JSON.
    pub broken: Option<String>,
}

/// Hands every record of the arrays at the pointers `wanted` to `each`, with its array's pointer and its place in it.
///
/// Only one record is in memory at a time. What stands before a fault is read; the fault is told with its place.
pub fn elements(body: &Body, wanted: &[&str], each: &mut dyn FnMut(&str, u64, Value)) -> Members {
    let mut members = Members::default();
    let read = if body.len() <= MOST_BYTES as u64 {
        body.head(MOST_BYTES).map_err(|error| error.to_string()).and_then(|bytes| {
            let mut json = serde_json::Deserializer::from_slice(without_mark(&bytes));
            document(&mut json, wanted, &mut members, each)
        })
    } else {
        marked_stream(body).and_then(|stream| {
            let mut json = serde_json::Deserializer::from_reader(stream);
            document(&mut json, wanted, &mut members, each)
        })
    };
    members.broken = read.err().or_else(|| body.cut().map(str::to_owned));
    members
}

fn document<'de, R: serde_json::de::Read<'de>>(
    json: &mut serde_json::Deserializer<R>,
    wanted: &[&str],
    members: &mut Members,
    each: &mut dyn FnMut(&str, u64, Value),
) -> Result<(), String> {
    let seed = Walk { pointer: String::new(), wanted, members, each };
    seed.deserialize(&mut *json).and_then(|()| json.end()).map_err(|error| error.to_string())
}

/// The stream of a large body, behind its byte order mark.
pub(super) fn marked_stream(body: &Body) -> Result<impl Read, String> {
    let open = || -> std::io::Result<_> {
        let mut stream = body.open()?;
        let mark = body.head(3)?;
        stream.seek(SeekFrom::Start((mark.len() - without_mark(&mark).len()) as u64))?;
        Ok(BufReader::with_capacity(1 << 16, stream))
    };
    open().map_err(|error| error.to_string())
}

/// Walks down to the wanted arrays, and past all else.
struct Walk<'a> {
    pointer: String,
    wanted: &'a [&'a str],
    members: &'a mut Members,
    each: &'a mut dyn FnMut(&str, u64, Value),
}

impl Walk<'_> {
    fn plain(self, value: impl Into<Value>) {
        self.members.plain.insert(self.pointer, value.into());
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.plain(value);
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.plain(value);
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.plain(value);
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.plain(value);
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.plain(value.chars().take(LONGEST).collect::<String>());
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        if !self.wanted.contains(&self.pointer.as_str()) {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(());
        }
        self.members.arrays.insert(self.pointer.clone(), 0);
        let mut at = 0;
        while let Some(record) = seq.next_element::<Value>()? {
            (self.each)(&self.pointer, at, record);
            at += 1;
            self.members.arrays.insert(self.pointer.clone(), at);
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let inside = |pointer: &str| {
            let below = |wanted: &&str| wanted.strip_prefix(pointer).is_some_and(|rest| rest.starts_with('/'));
            pointer.is_empty()
                || self.wanted.iter().any(below)
                || pointer.rsplit_once('/').is_some_and(|(up, _)| up.is_empty())
        };
        if !inside(&self.pointer) {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(());
        }
        while let Some(key) = map.next_key::<String>()? {
            let pointer = format!("{}/{}", self.pointer, key.replace('~', "~0").replace('/', "~1"));
            map.next_value_seed(Walk { pointer, wanted: self.wanted, members: self.members, each: self.each })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str, wanted: &[&str]) -> (Vec<String>, Members) {
        let mut records = Vec::new();
        let members = elements(&Body::in_memory(json.as_bytes()), wanted, &mut |pointer, at, record| {
            records.push(format!("{pointer}/{at} {record}"));
        });
        (records, members)
    }

    #[test]
    fn records_come_one_by_one_and_the_rest_is_passed_by() {
        let json = r#"{"help":"h","result":{"count":3,"facets":{"a":{"b":1}},"results":[{"x":1},null,2]},"more":[1]}"#;
        let (records, members) = read(json, &["/result/results"]);
        assert_eq!(records, ["/result/results/0 {\"x\":1}", "/result/results/1 null", "/result/results/2 2"]);
        assert_eq!(members.plain["/result/count"], 3);
        assert_eq!(members.arrays["/result/results"], 3);
        assert_eq!(members.broken, None);
    }

    #[test]
    fn a_bare_array_and_a_byte_order_mark_are_read() {
        let (records, _) = read("\u{feff}[1,2]", &["", "/dataset"]);
        assert_eq!(records, ["/0 1", "/1 2"]);
    }

    #[test]
    fn what_stands_before_a_fault_is_kept() {
        let (records, members) = read("{\"dataset\":[{},{},\n!]}", &["/dataset"]);
        assert_eq!(records.len(), 2);
        assert!(members.broken.unwrap().contains("line 2 column 1"));
    }
}
