//! What was found, gathered by generic path: counts are exact, examples few, memory bounded whatever the document holds.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::schema::{Field, Type};

/// A generic path: a pointer without the places in lists.
pub type PathId = u32;

/// The root of every path.
pub const ROOT: PathId = 0;
/// The most examples that are kept of a kind of problem at one path.
const EXAMPLES: usize = 5;
/// The most values outside a codelist that are kept at one path.
const VALUES: usize = 200;
/// The most paths that the standard does not know which are told apart; what lies below is counted at its parent.
const UNKNOWN: usize = 10_000;
/// The longest name of a member and the longest value that is kept, in characters.
const WORDS: usize = 120;

/// A kind of problem, by the names that JSON Schema's words give it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It has none of the types that it may have; the first of them names the problem.
    Type(Type),
    /// It lacks this member.
    Required(String),
    /// It is no date and time.
    DateTime,
    /// It is no absolute address.
    Uri,
    /// A string is empty.
    MinLength,
    /// A list is empty.
    MinItems,
    /// Two entries of a list are the same.
    UniqueItems,
    /// Releases of a record are some linked, some embedded.
    OneOf,
    /// A version is not two numbers with a dot between.
    Pattern,
    /// A member stands twice in one object; of most programs the last counts.
    Twice,
    /// Its reference has no id.
    Unnamed,
    /// Its reference names none of the parties, or several.
    NoParty,
    /// The party that it names has not this role.
    Role(String),
    /// Its award is none of the awards.
    NoAward,
    /// It ends before it begins.
    Period,
}

impl Kind {
    /// Whether a JSON Schema validator would find it.
    pub fn is_structural(&self) -> bool {
        !matches!(self, Self::Twice | Self::Unnamed | Self::NoParty | Self::Role(_) | Self::NoAward | Self::Period)
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Type(wanted) => wanted.name(),
            Self::Required(_) => "required",
            Self::DateTime => "date-time",
            Self::Uri => "uri",
            Self::MinLength => "minLength",
            Self::MinItems => "minItems",
            Self::UniqueItems => "uniqueItems",
            Self::OneOf => "oneOf",
            Self::Pattern => "pattern",
            Self::Twice => "twice",
            Self::Unnamed => "unnamed",
            Self::NoParty => "no-party",
            Self::Role(_) => "role",
            Self::NoAward => "no-award",
            Self::Period => "period",
        }
    }
}

/// Problems of one kind at one path.
#[derive(Clone, Debug, Default)]
pub struct Group {
    /// How many there are.
    pub count: u64,
    /// The first of them.
    pub examples: Vec<Example>,
}

/// Where a problem is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// A JSON pointer from the element's root.
    pub pointer: String,
    /// The byte, from 0, at which the release, record or package stands that it is in.
    pub byte: u64,
    /// The line, from 1, of that byte.
    pub line: u64,
    /// The value as it is written, shortened.
    pub value: String,
}

/// What stands at one path.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is told by itself")]
pub struct Path {
    parent: PathId,
    name: Arc<str>,
    /// Whether the standard knows it.
    pub known: bool,
    /// The children that the standard knows, by their place in the object; 0 is none.
    fields: Vec<PathId>,
    others: HashMap<Arc<str>, PathId>,
    /// The object in which it stood last.
    last: u64,
    /// How often it stands there.
    pub seen: u64,
    /// How often it is neither null nor empty.
    pub filled: u64,
    /// How often it is empty: a string of white space, an object without members, a list without entries.
    pub empty: u64,
    /// Whether it is a field of its object in a language.
    pub language: bool,
    /// How many entries of its list have no id, though ids would tell them apart.
    pub without_id: u64,
    /// Whether the field is there only for what was published by 1.0.
    pub deprecated: bool,
    /// Values outside its codelist; `true` where the list is closed.
    pub values: BTreeSet<String>,
    /// Whether other values than those of the codelist are wrong.
    pub closed: bool,
}

/// All paths, and the problems at them.
#[derive(Clone, Debug)]
pub struct Tally {
    paths: Vec<Path>,
    unknown: usize,
    /// Problems by path and kind.
    pub groups: BTreeMap<(PathId, Kind), Group>,
}

impl Default for Tally {
    fn default() -> Self {
        Self { paths: vec![Path { known: true, ..Path::default() }], unknown: 0, groups: BTreeMap::new() }
    }
}

impl Tally {
    /// The path of the field at `place` of the object at `parent`.
    pub fn known(&mut self, parent: PathId, place: usize, field: &Field) -> PathId {
        if let Some(path) = self.path(parent).fields.get(place).filter(|path| **path != ROOT) {
            return *path;
        }
        let path = self.add(parent, &field.name, true);
        self.paths[path as usize].deprecated = field.deprecated;
        self.paths[path as usize].closed = field.codelist.as_ref().is_some_and(|list| list.closed);
        let fields = &mut self.paths[parent as usize].fields;
        if fields.len() <= place {
            fields.resize(place + 1, ROOT);
        }
        fields[place] = path;
        path
    }

    /// The path of a member that the standard does not know. Beyond a bound it is its parent's.
    pub fn unknown(&mut self, parent: PathId, name: &str) -> PathId {
        if let Some(path) = self.path(parent).others.get(name) {
            return *path;
        }
        if self.unknown == UNKNOWN || name.chars().count() > WORDS {
            return parent;
        }
        self.unknown += 1;
        let path = self.add(parent, name, false);
        let name = self.name(path);
        self.paths[parent as usize].others.insert(name, path);
        path
    }

    fn add(&mut self, parent: PathId, name: &str, known: bool) -> PathId {
        let path = PathId::try_from(self.paths.len()).expect("invariant: paths are bounded");
        self.paths.push(Path { parent, name: name.into(), known, ..Path::default() });
        path
    }

    /// The last part of a path.
    pub fn name(&self, path: PathId) -> Arc<str> {
        self.path(path).name.clone()
    }

    /// Counts a member of the object numbered so; whether it stands in it for the first time.
    pub fn member(&mut self, path: PathId, object: u64) -> bool {
        let counted = self.path_mut(path);
        counted.seen += 1;
        std::mem::replace(&mut counted.last, object) != object
    }

    /// What stands at a path.
    pub fn path(&self, path: PathId) -> &Path {
        &self.paths[path as usize]
    }

    /// The same, to count more.
    pub fn path_mut(&mut self, path: PathId) -> &mut Path {
        &mut self.paths[path as usize]
    }

    /// Every path but the root.
    pub fn all(&self) -> impl Iterator<Item = (PathId, &Path)> {
        self.paths.iter().enumerate().skip(1).map(|(at, path)| (PathId::try_from(at).unwrap_or(PathId::MAX), path))
    }

    /// A path in words: `releases/tender/title`.
    pub fn written(&self, path: PathId) -> String {
        let mut names = Vec::new();
        let mut at = path;
        while at != ROOT {
            names.push(&*self.path(at).name);
            at = self.path(at).parent;
        }
        names.reverse();
        names.join("/")
    }

    /// The path above, and the name of the last part.
    pub fn parted(&self, path: PathId) -> (PathId, &str) {
        (self.path(path).parent, &self.path(path).name)
    }

    /// Counts a problem; `example` is asked for only while few are kept.
    pub fn problem(&mut self, path: PathId, kind: Kind, example: impl FnOnce() -> Example) {
        let group = self.groups.entry((path, kind)).or_default();
        group.count += 1;
        if group.examples.len() < EXAMPLES {
            let mut example = example();
            example.value = shortened(&example.value);
            group.examples.push(example);
        }
    }

    /// A list that was counted as empty is not.
    pub fn take_back_emptiness(&mut self, path: PathId) {
        let counted = &mut self.paths[path as usize];
        counted.empty = counted.empty.saturating_sub(1);
        counted.filled += 1;
        if let Some(group) = self.groups.get_mut(&(path, Kind::MinItems)) {
            group.count -= 1;
            group.examples.pop();
            if group.count == 0 {
                self.groups.remove(&(path, Kind::MinItems));
            }
        }
    }

    /// Keeps a value outside a codelist.
    pub fn outside(&mut self, path: PathId, value: &str) {
        let values = &mut self.paths[path as usize].values;
        if values.len() < VALUES {
            values.insert(shortened(value));
        }
    }
}

fn shortened(words: &str) -> String {
    match words.char_indices().nth(WORDS) {
        Some((at, _)) => format!("{}…", &words[..at]),
        None => words.to_owned(),
    }
}
