//! The shape of a JSON body: which paths its first records have, and the first plain value at each.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Read as _;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::elements::marked_stream;
use crate::body::Body;
use crate::capture::{Capture, Captures};
use crate::kind::{self, Kind};

/// How much of a body is read, in bytes.
const READ: u64 = 64 << 20;
/// How many elements of an array are looked into.
const ELEMENTS: usize = 20;
/// How deep values are looked into.
const DEPTH: usize = 8;
/// The most paths that are kept.
const PATHS: usize = 4000;
/// The longest value that is kept, in characters.
const LONGEST: usize = 200;

/// The paths of a JSON body: keys divided by slashes, `*` for any element of an array. What is null is not there.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    /// What stands first at each path.
    pub paths: BTreeMap<String, First>,
    /// Why it was not read to its end, if so.
    pub broken: Option<String>,
}

/// What stands first at a path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct First {
    /// Its JSON pointer (RFC 6901).
    pub pointer: String,
    /// The plain value as it would be written, without quotation marks; empty for an object or an array.
    pub value: String,
}

/// The shape of the JSON or the JSON lines in an answered capture; lines count as the elements of an array.
pub fn shape(captures: &Captures<'_>, capture: &Capture) -> Arc<Shape> {
    let lines = if kind::of(captures, capture) == Kind::JsonLines { ELEMENTS } else { 0 };
    captures.parse(capture, |_, body| match body {
        Ok(body) => Shape::of(&body, lines),
        Err(cause) => Shape { broken: Some(cause), ..Shape::default() },
    })
}

impl Shape {
    /// The shape of a body that is one value, or of its first `lines`.
    fn of(body: &Body, lines: usize) -> Self {
        let mut shape = Self::default();
        shape.broken = shape.read(body, lines).err();
        shape
    }

    fn read(&mut self, body: &Body, lines: usize) -> Result<(), String> {
        let mut json = serde_json::Deserializer::from_reader(marked_stream(body)?.take(READ));
        if lines == 0 {
            let walk = Walk { shape: self, place: Place::default() };
            return walk.deserialize(&mut json).and_then(|()| json.end()).map_err(|error| error.to_string());
        }
        for line in 0..lines {
            let walk = Walk { shape: self, place: Place::default().element(line) };
            walk.deserialize(&mut json).map_err(|error| error.to_string())?;
            if json.end().is_ok() {
                break;
            }
        }
        Ok(())
    }
}

/// Where in the body something stands.
#[derive(Clone, Default)]
struct Place {
    path: String,
    pointer: String,
    depth: usize,
}

impl Place {
    fn element(&self, at: usize) -> Self {
        let (path, pointer) = (format!("{}/*", self.path), format!("{}/{at}", self.pointer));
        Self { path, pointer, depth: self.depth + 1 }
    }

    fn member(&self, key: &str) -> Self {
        let written = key.replace('~', "~0").replace('/', "~1");
        let (path, pointer) = (format!("{}/{key}", self.path), format!("{}/{written}", self.pointer));
        Self { path, pointer, depth: self.depth + 1 }
    }
}

struct Walk<'a> {
    shape: &'a mut Shape,
    place: Place,
}

impl Walk<'_> {
    fn keep(&mut self, value: &str) {
        if self.shape.paths.len() < PATHS && !self.place.path.is_empty() {
            let first = || First { pointer: self.place.pointer.clone(), value: value.chars().take(LONGEST).collect() };
            self.shape.paths.entry(self.place.path.clone()).or_insert_with(first);
        }
    }

    fn plain(mut self, value: &str) {
        self.keep(value);
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.place.depth > DEPTH {
            return deserializer.deserialize_ignored_any(IgnoredAny).map(drop);
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.plain(if value { "true" } else { "false" });
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.plain(&value.to_string());
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.plain(&value.to_string());
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.plain(&value.to_string());
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.plain(value);
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        self.keep("");
        for at in 0..ELEMENTS {
            let place = self.place.element(at);
            if seq.next_element_seed(Walk { shape: self.shape, place })?.is_none() {
                return Ok(());
            }
        }
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        self.keep("");
        while let Some(key) = map.next_key::<String>()? {
            let place = self.place.member(&key);
            map.next_value_seed(Walk { shape: self.shape, place })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(json: &str, lines: usize) -> (Vec<String>, Shape) {
        let shape = Shape::of(&Body::in_memory(json.as_bytes()), lines);
        (shape.paths.keys().cloned().collect(), shape)
    }

    #[test]
    fn paths_are_told_with_what_stands_first_at_them() {
        let (paths, shape) = paths(r#"{"version":"2.3","data":{"a/b":[{"x":null},{"x":7,"y":true}]}}"#, 0);
        assert_eq!(paths, ["/data", "/data/a/b", "/data/a/b/*", "/data/a/b/*/x", "/data/a/b/*/y", "/version"]);
        assert_eq!(shape.paths["/data/a/b/*/x"], First { pointer: "/data/a~1b/1/x".into(), value: "7".into() });
        assert_eq!((shape.paths["/version"].value.as_str(), shape.broken), ("2.3", None));
    }

    #[test]
    fn lines_are_elements_and_what_stands_before_a_fault_is_kept() {
        assert_eq!(paths("{\"a\":1}\n{\"b\":2}\n", 9).0, ["/*", "/*/a", "/*/b"]);
        let (paths, shape) = paths("[{\"a\":1},{\"b\":", 0);
        assert_eq!(paths, ["/*", "/*/a"]);
        assert!(shape.broken.is_some());
    }

    #[test]
    fn depth_is_bounded() {
        let deep = format!("{}1{}", "[".repeat(60), "]".repeat(60));
        assert_eq!(paths(&deep, 0).0.len(), DEPTH);
    }
}
