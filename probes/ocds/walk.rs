//! One pass over one release, record or package: every value is seen once, and no tree of it is ever built.

mod object;
mod value;

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde::de::DeserializeSeed as _;

use super::form::Links;
use super::pointer::{Pointer, Step};
use super::process::{Checked, Process};
use super::same::fingerprint;
use super::scan::{entries, find};
use super::schema::{Edition, Field, ObjectId, Of, Type};
use super::tally::{Example, Kind, PathId, Tally};

/// Where in the document the element stands that is being walked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place {
    /// Its first byte, from 0.
    pub byte: u64,
    /// The line of that byte, from 1.
    pub line: u64,
}

/// What a value is held against.
#[derive(Clone, Copy, Debug)]
pub enum Expected {
    /// A field of an object.
    Field(&'static Field),
    /// An entry of a field's list.
    Entry(&'static Field),
    /// An object.
    Object(ObjectId),
    /// Nothing: the standard does not know it.
    Nothing,
}

/// What tells a release or record apart.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Its contracting process, as it is written.
    pub ocid: Option<String>,
    /// A hash of the same.
    pub process: Option<u64>,
    /// A hash of its id.
    pub id: Option<u64>,
}

/// What walks.
#[derive(Debug, Default)]
pub struct Walk {
    /// What was found.
    pub tally: Tally,
    /// The contracting process that is being walked.
    process: Process,
    /// How many references were held against what they name.
    pub checked: Checked,
    /// The version that it is held against.
    pub edition: Edition,
    /// What tells the last release or record apart.
    pub told: Told,
    /// Whether the releases of the record that is being walked are links.
    pub links: Links,
    place: Place,
    /// Where the element is that is being walked.
    root: Pointer,
    pointer: Pointer,
    /// Whether somebody wants to know which string or number comes next.
    wants: bool,
    /// A hash of the last value, if it was wanted and a string or a number.
    scalar: Option<u64>,
    /// How many objects were walked.
    objects: u64,
    /// The strings seen last, while somebody wants them.
    strings: Option<Vec<String>>,
    /// A hash of what tells the last object apart: its id.
    id: Option<u64>,
    /// Lists that must be held against each other as wholes, as an entry has no id.
    wholes: Vec<(Pointer, PathId)>,
}

impl Walk {
    /// Walks one element, a JSON value; an error says where the value is broken.
    pub fn element(
        &mut self,
        bytes: &[u8],
        expected: Expected,
        path: PathId,
        place: Place,
        root: Pointer,
    ) -> Result<(), serde_json::Error> {
        self.place = place;
        self.pointer = root.clone();
        self.root = root;
        self.wholes.clear();
        let mut json = serde_json::Deserializer::from_slice(bytes);
        value::Value { walk: self, expected, path }.deserialize(&mut json)?;
        json.end()?;
        self.compare_wholes(bytes);
        Ok(())
    }

    /// Counts a problem at the value that is being walked.
    fn problem(&mut self, path: PathId, kind: Kind, value: &str) {
        let (pointer, place) = (&self.pointer, self.place);
        self.tally.problem(path, kind, || place.example(pointer, value));
    }

    /// Counts a record whose releases are some links and some releases.
    pub fn mixed(&mut self, path: PathId) {
        let (place, schema) = (self.place, self.edition.schema());
        let (at, field) = schema.field("Record", "releases");
        let path = self.tally.known(path, at, field);
        let mut pointer = self.root.clone();
        pointer.push(Step::Field(&field.name));
        self.tally.problem(path, Kind::OneOf, || place.example(&pointer, ""));
    }

    /// Ends a contracting process: what only the whole of it can tell.
    fn end_process(&mut self) {
        let (checked, problems) = self.process.end();
        self.checked.parties += checked.parties;
        self.checked.awards += checked.awards;
        let place = self.place;
        for (path, kind, pointer) in problems {
            self.tally.problem(path, kind, || place.example(&pointer, ""));
        }
    }

    /// Finds equal entries in lists of which an entry has no id.
    fn compare_wholes(&mut self, bytes: &[u8]) {
        for (pointer, path) in std::mem::take(&mut self.wholes) {
            let Some(list) = find(bytes, pointer.below(&self.root)) else { continue };
            let mut all = HashSet::new();
            let twice = entries(list)
                .find(|entry| serde_json::from_slice(entry).is_ok_and(|value| !all.insert(fingerprint(&value))));
            if let Some(twice) = twice {
                let place = self.place;
                let value = String::from_utf8_lossy(twice);
                self.tally.problem(path, Kind::UniqueItems, || place.example(&pointer, &value));
            }
        }
    }
}

impl Place {
    /// An example of a problem in the element that stands here.
    pub fn example(self, pointer: &Pointer, value: &str) -> Example {
        Example { pointer: pointer.to_string(), byte: self.byte, line: self.line, value: value.to_owned() }
    }
}

impl Expected {
    /// The types that the value may have; none where anything will do.
    fn types(self) -> &'static [Type] {
        match self {
            Self::Field(field) => &field.types,
            Self::Entry(field) => match field.of {
                Of::Object(_) => &[Type::Object],
                Of::Strings(_) => &[Type::String],
                Of::Anything => &[],
            },
            Self::Object(_) => &[Type::Object],
            Self::Nothing => &[],
        }
    }
}

/// A hash of a value: of strings and numbers that are written alike only strings and only numbers are equal.
pub(super) fn hash(tag: u8, bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    tag.hash(&mut hasher);
    hasher.write(bytes);
    hasher.finish()
}
