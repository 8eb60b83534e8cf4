//! What was found, gathered by generic path: counts are exact, examples few, memory bounded whatever the document holds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hashbrown::HashMap;
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
    /// Its days are not as many as lie between its beginning and its end.
    Duration,
    /// It names a party by another name than the party's own.
    OtherName,
    /// A party has a role in which nothing refers to it.
    IdleRole(String),
    /// It was awarded before the time for tenders was over.
    AwardBeforeTenderEnds,
    /// It was signed before the time for tenders was over.
    SignedBeforeTenderEnds,
    /// The contract is to begin before the time for tenders is over.
    TermBeforeTenderEnds,
    /// It was signed before its award.
    SignedBeforeAward,
    /// Something was paid before it was signed.
    PaidBeforeSigned,
    /// More was paid than was agreed.
    PaidMore,
    /// It happened after the release that tells of it was published.
    AfterRelease,
    /// It was changed before it was published.
    ModifiedBeforePublished,
    /// It was not made, or was given up, and has a contract.
    AwardContracted,
    /// It is not in force, and something was paid.
    ContractPaid,
    /// It was not met, and has the day on which it was.
    MilestoneMet,
    /// It is not over, or came to nothing, and has awards or contracts.
    TenderAwarded,
    /// It says another number of tenderers than it lists.
    Tenderers,
    /// It had no competition, and several tenderers.
    Direct,
    /// The budget is far from the tender's value.
    Budget,
    /// The contracts together are far from their award's value.
    ContractsValue,
    /// It lies outside the years that contracts are of.
    FarDate,
    /// It is less than nothing.
    Negative,
    /// Two processes have a tender of the same id.
    SharedTender,
}

impl Kind {
    /// Whether a JSON Schema validator would find it.
    pub fn is_structural(&self) -> bool {
        matches!(
            self,
            Self::Type(_)
                | Self::Required(_)
                | Self::DateTime
                | Self::Uri
                | Self::MinLength
                | Self::MinItems
                | Self::UniqueItems
                | Self::OneOf
                | Self::Pattern
        )
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
            Self::Duration => "duration",
            Self::OtherName => "other-name",
            Self::IdleRole(_) => "idle-role",
            Self::AwardBeforeTenderEnds => "award-before-tender-ends",
            Self::SignedBeforeTenderEnds => "signed-before-tender-ends",
            Self::TermBeforeTenderEnds => "term-before-tender-ends",
            Self::SignedBeforeAward => "signed-before-award",
            Self::PaidBeforeSigned => "paid-before-signed",
            Self::PaidMore => "paid-more",
            Self::AfterRelease => "after-release",
            Self::ModifiedBeforePublished => "modified-before-published",
            Self::AwardContracted => "award-contracted",
            Self::ContractPaid => "contract-paid",
            Self::MilestoneMet => "milestone-met",
            Self::TenderAwarded => "tender-awarded",
            Self::Tenderers => "tenderers",
            Self::Direct => "direct",
            Self::Budget => "budget",
            Self::ContractsValue => "contracts-value",
            Self::FarDate => "far-date",
            Self::Negative => "negative",
            Self::SharedTender => "shared-tender",
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
    others: HashMap<Arc<str>, PathId>,
    /// Whether it is a field of its object in a language.
    pub language: bool,
    /// Whether the field is there only for what was published by 1.0.
    pub deprecated: bool,
    /// Values outside its codelist; `true` where the list is closed.
    pub values: BTreeSet<String>,
    /// Whether other values than those of the codelist are wrong.
    pub closed: bool,
}

/// What is counted at one path for every value: apart from the rest, as it is in hand all the time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// The object in which it stood last.
    last: u64,
    /// The release or record in which it was filled last.
    within: u64,
    /// In how many releases or records it is filled.
    pub spread: u64,
    /// How often it stands there.
    pub seen: u64,
    /// How often it is neither null nor empty.
    pub filled: u64,
    /// How often it is empty: a string of white space, an object without members, a list without entries.
    pub empty: u64,
}

/// All paths, and the problems at them.
#[derive(Clone, Debug)]
pub struct Tally {
    paths: Vec<Path>,
    counts: Vec<Counts>,
    /// Of each path the children that the standard knows, by their place in the object; 0 is none.
    fields: Vec<Vec<PathId>>,
    unknown: usize,
    /// How many releases and records were begun.
    elements: u64,
    /// Problems by path and kind.
    pub groups: BTreeMap<(PathId, Kind), Group>,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            paths: vec![Path { known: true, ..Path::default() }],
            counts: vec![Counts::default()],
            fields: vec![Vec::new()],
            unknown: 0,
            elements: 0,
            groups: BTreeMap::new(),
        }
    }
}

impl Tally {
    /// The path of the field at `place` of the object at `parent`.
    pub fn known(&mut self, parent: PathId, place: usize, field: &Field) -> PathId {
        self.placed(parent, place).unwrap_or_else(|| {
            let closed = field.codelist.as_ref().is_some_and(|list| list.closed);
            self.place(parent, place, &field.name, field.deprecated, closed)
        })
    }

    fn placed(&self, parent: PathId, place: usize) -> Option<PathId> {
        self.fields[parent as usize].get(place).copied().filter(|path| *path != ROOT)
    }

    fn place(&mut self, parent: PathId, place: usize, name: &str, deprecated: bool, closed: bool) -> PathId {
        let path = self.add(parent, name, true);
        (self.paths[path as usize].deprecated, self.paths[path as usize].closed) = (deprecated, closed);
        let fields = &mut self.fields[parent as usize];
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
        self.counts.push(Counts::default());
        self.fields.push(Vec::new());
        path
    }

    /// The last part of a path.
    pub fn name(&self, path: PathId) -> Arc<str> {
        self.path(path).name.clone()
    }

    /// Counts a member of the object numbered so; whether it stands in it for the first time.
    pub fn member(&mut self, path: PathId, object: u64) -> bool {
        let counted = &mut self.counts[path as usize];
        counted.seen += 1;
        std::mem::replace(&mut counted.last, object) != object
    }

    /// What is counted at a path.
    pub fn counts(&self, path: PathId) -> Counts {
        self.counts[path as usize]
    }

    /// Counts a value as empty or filled.
    pub fn count(&mut self, path: PathId, empty: bool) {
        let counted = &mut self.counts[path as usize];
        if empty {
            counted.empty += 1;
        } else {
            counted.filled += 1;
            counted.spread += u64::from(std::mem::replace(&mut counted.within, self.elements) != self.elements);
        }
    }

    /// Another release or record begins.
    pub fn begin(&mut self) {
        self.elements += 1;
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

    /// Whether an example of such a problem is still wanted.
    pub fn wants_example(&self, path: PathId, kind: &Kind) -> bool {
        self.groups.get(&(path, kind.clone())).is_none_or(|group| group.examples.len() < EXAMPLES)
    }

    /// Counts a problem.
    pub fn problem(&mut self, path: PathId, kind: Kind, example: Option<Example>) {
        let group = self.groups.entry((path, kind)).or_default();
        group.count += 1;
        if let Some(example) = example {
            group.examples.push(Example { value: shortened(&example.value), ..example });
        }
    }

    /// Takes in what was counted in the rest of a text, which so many lines stand before; what its paths are here.
    pub fn join(&mut self, rest: Self, lines: u64) -> Vec<PathId> {
        let mut places = vec![None; rest.paths.len()];
        for fields in &rest.fields {
            for (place, path) in fields.iter().enumerate().filter(|(_, path)| **path != ROOT) {
                places[*path as usize] = Some(place);
            }
        }
        let mut paths = vec![ROOT; rest.paths.len()];
        // A path stands behind its parent.
        for (at, (path, counts)) in rest.paths.into_iter().zip(rest.counts).enumerate() {
            if at > 0 {
                let parent = paths[path.parent as usize];
                paths[at] = match places[at] {
                    Some(place) => self
                        .placed(parent, place)
                        .unwrap_or_else(|| self.place(parent, place, &path.name, path.deprecated, path.closed)),
                    None => self.unknown(parent, &path.name),
                };
            }
            let (own, counted) = (&mut self.paths[paths[at] as usize], &mut self.counts[paths[at] as usize]);
            own.language |= path.language;
            own.values.extend(path.values);
            while own.values.len() > VALUES {
                own.values.pop_last();
            }
            counted.spread += counts.spread;
            counted.seen += counts.seen;
            counted.filled += counts.filled;
            counted.empty += counts.empty;
        }
        for ((path, kind), group) in rest.groups {
            let own = self.groups.entry((paths[path as usize], kind)).or_default();
            own.count += group.count;
            let below = |example: Example| Example { line: example.line + lines, ..example };
            own.examples.extend(group.examples.into_iter().map(below));
            own.examples.truncate(EXAMPLES);
        }
        paths
    }

    /// A list that was counted as empty is not.
    pub fn take_back_emptiness(&mut self, path: PathId) {
        let counted = &mut self.counts[path as usize];
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
