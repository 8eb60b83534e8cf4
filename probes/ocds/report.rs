//! What a document was found to be, in numbers and examples that a person can act on.

use std::collections::BTreeMap;

use serde::Serialize;

use super::form::Form;
use super::process::Checked;
use super::read::{Break, Document};
use super::tally::{Counts, Example, Kind, Path, Tally};

/// The most groups of problems, and paths of each sort, that are listed; the counts are whole.
const LISTED: usize = 500;

/// What was found of a document.
#[derive(Clone, Debug)]
pub struct Report {
    /// The forms that its values have, with how many there are of each.
    pub forms: BTreeMap<Form, u64>,
    /// How many releases were read, those embedded in records not counted.
    pub releases: u64,
    /// How many records were read.
    pub records: u64,
    /// How many different contracting processes they are of.
    pub processes: u64,
    /// Versions that packages say they follow, with how many do.
    pub versions: BTreeMap<String, u64>,
    /// Addresses of extensions that packages say they use.
    pub extensions: Vec<String>,
    /// Addresses of further pages.
    pub next: Vec<String>,
    /// How many places could not be read.
    pub broken: u64,
    /// The first of them.
    pub breaks: Vec<Break>,
    /// How many of them come before the text ends within something; all, where it does not.
    before_end: u64,
    /// How many releases and records have an identifier without a publisher's prefix.
    pub without_prefix: u64,
    /// Some of those identifiers.
    pub bad_prefixes: Vec<String>,
    /// How many releases and records are not written in UTF-8.
    pub undecoded: u64,
    /// Whether members are named by their paths, or cells were read: its places are rows then.
    pub flat: bool,
    /// Whether it stood in an archive or was compressed.
    pub packed: bool,
    /// Problems by kind and path, the most frequent first.
    pub problems: Vec<Problem>,
    /// Values outside codelists.
    pub codes: Vec<Codes>,
    /// Members that the standard does not know.
    pub additional: Vec<Additional>,
    /// Fields in use that are deprecated, with how often.
    pub deprecated: BTreeMap<String, u64>,
    /// Members that are there and empty, with how often.
    pub empty: BTreeMap<String, u64>,
    /// In how many releases or records each known field is filled.
    pub filled: BTreeMap<String, u64>,
    /// How many references were held against what they name.
    pub checked: Checked,
}

/// Problems of one kind at one path.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The generic path.
    pub path: String,
    /// The kind.
    pub kind: Kind,
    /// How many there are.
    pub count: u64,
    /// The first of them.
    pub examples: Vec<Example>,
}

impl Problem {
    fn is_of_package(&self) -> bool {
        !self.path.starts_with("releases") && !self.path.starts_with("records")
    }
}

/// Values outside a codelist at one path.
#[derive(Clone, Debug, Serialize)]
pub struct Codes {
    /// The generic path.
    pub path: String,
    /// Whether such values are wrong.
    pub closed: bool,
    /// The values.
    pub values: Vec<String>,
}

/// Members that the standard does not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Additional {
    /// The generic path above.
    pub above: String,
    /// Their name.
    pub name: String,
    /// How many there are.
    pub count: u64,
    /// Whether what is above is known itself.
    pub outermost: bool,
    /// Whether it is a field of the standard in a language.
    pub language: bool,
}

impl Additional {
    /// Its generic path.
    pub fn path(&self) -> String {
        if self.above.is_empty() { self.name.clone() } else { format!("{}/{}", self.above, self.name) }
    }

    /// What the registry calls the extension that has such a field.
    pub fn extension(&self) -> Option<&'static str> {
        super::extension::with_field(&self.path()).next().map(|extension| extension.title.as_str())
    }
}

impl Report {
    /// Sums a document up.
    pub fn of(document: Document<'_>) -> Self {
        let tally = &document.walk.tally;
        let mut problems: Vec<Problem> = tally
            .groups
            .iter()
            .map(|((path, kind), group)| Problem {
                path: tally.written(*path),
                kind: kind.clone(),
                count: group.count,
                examples: group.examples.clone(),
            })
            .collect();
        problems.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| (&a.path, &a.kind).cmp(&(&b.path, &b.kind))));
        Self {
            problems,
            codes: codes(tally),
            additional: additional(tally),
            deprecated: counted(tally, |path, counts| if path.deprecated { counts.seen } else { 0 }),
            empty: counted(tally, |_, counts| counts.empty),
            filled: counted(tally, |path, counts| if path.known { counts.spread } else { 0 }),
            undecoded: document.undecoded,
            flat: document.flat,
            packed: document.packed,
            processes: document.processes.len() as u64,
            checked: document.walk.checked,
            forms: document.forms,
            releases: document.releases,
            records: document.records,
            versions: document.versions,
            extensions: document.extensions,
            next: document.next,
            before_end: document.before_end.unwrap_or(document.broken),
            broken: document.broken,
            breaks: document.breaks,
            without_prefix: document.without_prefix,
            bad_prefixes: document.bad_prefixes,
        }
    }

    /// The same of a document of which only the beginning was read: that it ends, and what its package lacks by then, is no
    /// fault of its.
    #[must_use]
    pub fn of_beginning(mut self) -> Self {
        self.broken = self.before_end;
        self.breaks.truncate(usize::try_from(self.before_end).unwrap_or(usize::MAX));
        self.problems.retain(|problem| !problem.is_of_package());
        self
    }

    /// How many problems a validator of the standard's schema finds.
    pub fn structural(&self) -> u64 {
        self.problems.iter().filter(|problem| problem.kind.is_structural()).map(|problem| problem.count).sum()
    }

    /// How many of those are in the package and not in what it holds.
    pub fn of_the_package(&self) -> u64 {
        let of_package = self.problems.iter().filter(|problem| problem.is_of_package() && problem.kind.is_structural());
        of_package.map(|problem| problem.count).sum()
    }

    /// Values outside closed codelists.
    pub fn wrong_codes(&self) -> usize {
        self.codes.iter().filter(|codes| codes.closed).map(|codes| codes.values.len()).sum()
    }

    /// Members outside the standard, the outermost only.
    pub fn outside(&self) -> impl Iterator<Item = &Additional> {
        self.additional.iter().filter(|member| member.outermost && !member.language)
    }
}

fn counted(tally: &Tally, of: impl Fn(&Path, Counts) -> u64) -> BTreeMap<String, u64> {
    let counts = tally.all().map(|(id, path)| (id, of(path, tally.counts(id)))).filter(|(_, count)| *count > 0);
    counts.take(LISTED).map(|(id, count)| (tally.written(id), count)).collect()
}

fn codes(tally: &Tally) -> Vec<Codes> {
    let outside = tally.all().filter(|(_, path)| !path.values.is_empty());
    let mut codes: Vec<Codes> = outside
        .map(|(id, path)| Codes {
            path: tally.written(id),
            closed: path.closed,
            values: path.values.iter().cloned().collect(),
        })
        .collect();
    codes.sort_by(|a, b| (!a.closed, &a.path).cmp(&(!b.closed, &b.path)));
    codes.truncate(LISTED);
    codes
}

fn additional(tally: &Tally) -> Vec<Additional> {
    let mut additional: Vec<Additional> = tally
        .all()
        .filter(|(_, path)| !path.known)
        .map(|(id, path)| {
            let (above, name) = tally.parted(id);
            Additional {
                above: tally.written(above),
                name: name.to_owned(),
                count: tally.counts(id).seen,
                outermost: tally.path(above).known,
                language: path.language,
            }
        })
        .collect();
    additional.sort_by(|a, b| (&a.above, &a.name).cmp(&(&b.above, &b.name)));
    additional
}
