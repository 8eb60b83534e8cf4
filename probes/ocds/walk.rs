//! One pass over one release, record or package: every value is seen once, and no tree of it is ever built.

mod object;
mod value;

use std::hash::BuildHasher as _;
use std::sync::LazyLock;

use hashbrown::{DefaultHashBuilder, HashMap, HashSet};
use serde::de::DeserializeSeed as _;

use super::form::Links;
use super::keep::{Keep, Last};
use super::pointer::{self, Pointer, Step};
use super::process::{Checked, Process};
use super::same::fingerprint;
use super::scan::{entries, find};
use super::schema::{Edition, Field, ObjectId, Of, Schema, Standard, Type};
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
pub enum Expected<'s> {
    /// A field of an object.
    Field(&'s Field),
    /// An entry of a field's list.
    Entry(&'s Field),
    /// An object.
    Object(ObjectId),
    /// Nothing: the standard does not know it.
    Nothing,
}

/// What tells a release or record apart.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// A hash of its contracting process.
    pub process: Option<u64>,
    /// A hash of its id.
    pub id: Option<u64>,
    /// Its contracting process as it is written, if it does not begin with a publisher's prefix.
    pub unregistered: Option<String>,
}

/// What walks.
#[derive(Debug)]
pub struct Walk<'s> {
    /// What was found.
    pub tally: Tally,
    /// How many references were held against what they name.
    pub checked: Checked,
    /// What tells the last release or record apart.
    pub told: Told,
    /// Whether the releases of the record that is being walked are links.
    pub links: Links,
    standard: &'s Standard,
    /// What it is held against.
    pub(super) schema: &'s Schema,
    /// Whether organizations stand among the parties, and are referred to.
    parties: bool,
    /// The contracting process that is being walked.
    process: Process,
    /// Tenders by their ids, each with its process: no two processes have the same one.
    tenders: HashMap<u64, u64>,
    /// Those of the rest of a text, to be held against the tenders before it once these are known.
    put_off: Option<Vec<Tendered>>,
    place: Place,
    /// Where the element is that is being walked.
    root: Pointer,
    pointer: Pointer,
    /// What somebody wants to know of the string or number that comes next.
    wants: Keep,
    /// What is known of the last value.
    last: Last,
    /// How many objects were walked.
    objects: u64,
    /// Lists that must be held against each other as wholes, as an entry has no id.
    wholes: Vec<(Pointer, PathId)>,
}

/// A release's tender, where it stands.
#[derive(Debug)]
struct Tendered {
    id: u64,
    process: u64,
    path: PathId,
    place: Place,
    pointer: Pointer,
}

/// The most tenders whose ids are kept apart.
const TENDERS: usize = 1 << 20;

impl<'s> Walk<'s> {
    /// Walks by a standard.
    pub fn new(standard: &'s Standard) -> Self {
        Self {
            tally: Tally::default(),
            checked: Checked::default(),
            told: Told::default(),
            links: Links::default(),
            standard,
            schema: standard.schema(Edition::default()),
            parties: true,
            process: Process::default(),
            tenders: HashMap::new(),
            put_off: None,
            place: Place::default(),
            root: Pointer::default(),
            pointer: Pointer::default(),
            wants: Keep::Nothing,
            last: Last::default(),
            objects: 0,
            wholes: Vec::new(),
        }
    }

    /// Holds what comes against a version of the standard.
    pub fn follow(&mut self, edition: Edition) {
        self.schema = self.standard.schema(edition);
        self.parties = edition > Edition::V1_0;
    }

    /// Walks one element, a JSON value; an error says where the value is broken.
    pub fn element(
        &mut self,
        text: &str,
        expected: Expected<'s>,
        path: PathId,
        place: Place,
        root: Pointer,
    ) -> Result<(), serde_json::Error> {
        self.tally.begin();
        self.place = place;
        self.pointer = root.clone();
        self.root = root;
        self.wholes.clear();
        let mut json = serde_json::Deserializer::from_str(text);
        value::Value { walk: self, expected, path }.deserialize(&mut json)?;
        json.end()?;
        self.compare_wholes(text.as_bytes());
        Ok(())
    }

    /// Counts a problem at the value that is being walked.
    fn problem(&mut self, path: PathId, kind: Kind, value: &str) {
        self.found(path, kind, None, value);
    }

    /// Counts a problem at a value that was walked before, or at the one that is being walked.
    fn found(&mut self, path: PathId, kind: Kind, at: Option<&[Step]>, value: &str) {
        let example = self.tally.wants_example(path, &kind).then(|| {
            let pointer = pointer::written(at.unwrap_or(self.pointer.steps()), &self.tally);
            self.place.example(pointer, value)
        });
        self.tally.problem(path, kind, example);
    }

    /// Counts a record whose releases are some links and some releases.
    pub fn mixed(&mut self, path: PathId) {
        let (at, field) = self.schema.field("Record", "releases");
        let path = self.tally.known(path, at, field);
        let mut pointer = self.root.clone();
        pointer.push(Step::Member(path));
        self.found(path, Kind::OneOf, Some(pointer.steps()), "");
    }

    /// Ends a contracting process: what only the whole of it can tell.
    fn end_process(&mut self) {
        let (checked, problems) = self.process.end(self.parties);
        self.checked.parties += checked.parties;
        self.checked.awards += checked.awards;
        for (path, kind, steps) in problems {
            self.found(path, kind, Some(&steps), "");
        }
    }

    /// Counts a tender whose id is another process's tender's as well.
    fn hold_tender_id(&mut self, tender: Option<(u64, PathId)>, process: Option<u64>) {
        let Some(((id, path), process)) = tender.zip(process) else { return };
        if let Some(put_off) = &mut self.put_off {
            if put_off.len() < TENDERS {
                put_off.push(Tendered { id, process, path, place: self.place, pointer: self.pointer.clone() });
            }
            return;
        }
        if self.tenders.len() < TENDERS && *self.tenders.entry(id).or_insert(process) != process {
            self.found(path, Kind::SharedTender, None, "");
        }
    }

    /// Leaves the tenders to be held against those of the text before.
    pub(super) fn put_off_tenders(&mut self) {
        self.put_off = Some(Vec::new());
    }

    /// Takes in what was found in the rest of a text, which so many lines stand before.
    pub(super) fn join(&mut self, rest: Self, lines: u64) {
        self.checked.parties += rest.checked.parties;
        self.checked.awards += rest.checked.awards;
        let paths = self.tally.join(rest.tally, lines);
        for mut tendered in rest.put_off.into_iter().flatten() {
            self.place = tendered.place.below(lines);
            tendered.pointer.rename(&paths);
            self.pointer = tendered.pointer;
            self.hold_tender_id(Some((tendered.id, paths[tendered.path as usize])), Some(tendered.process));
        }
    }

    /// Finds equal entries in lists of which an entry has no id.
    fn compare_wholes(&mut self, bytes: &[u8]) {
        for (list, path) in std::mem::take(&mut self.wholes) {
            let twice = {
                let steps = list.below(&self.root).iter().map(|step| step.part(&self.tally));
                let Some(found) = find(bytes, steps) else { continue };
                let mut all = HashSet::new();
                entries(found)
                    .find(|entry| serde_json::from_slice(entry).is_ok_and(|value| !all.insert(fingerprint(&value))))
                    .map(|entry| String::from_utf8_lossy(entry).into_owned())
            };
            if let Some(twice) = twice {
                self.found(path, Kind::UniqueItems, Some(list.steps()), &twice);
            }
        }
    }
}

impl Place {
    /// The same place, in a text that has so many more lines before it.
    pub fn below(self, lines: u64) -> Self {
        Self { line: self.line + lines, ..self }
    }

    /// An example of a problem in the element that stands here.
    pub fn example(self, pointer: String, value: &str) -> Example {
        Example { pointer, byte: self.byte, line: self.line, value: value.to_owned() }
    }
}

impl<'s> Expected<'s> {
    /// The types that the value may have; none where anything will do.
    fn types(self) -> &'s [Type] {
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

/// Seeded anew in every run, so that nobody can write identifiers that only seem to be the same.
static HASHER: LazyLock<DefaultHashBuilder> = LazyLock::new(DefaultHashBuilder::default);

/// A hash of a value, to tell it apart within one run: of strings and numbers that are written alike only strings and only
/// numbers are equal.
pub(super) fn hash(tag: u8, bytes: &[u8]) -> u64 {
    HASHER.hash_one((tag, bytes))
}
