//! JSON pointers (RFC 6901), grown and cut back while a value is walked: names stand in the tally, so that a step costs
//! next to nothing.

use std::fmt::Write as _;
use std::sync::Arc;

use super::tally::{PathId, Tally};

/// A place in a JSON value.
#[derive(Clone, Debug, Default)]
pub struct Pointer(Vec<Step>);

/// One step of it.
#[derive(Clone, Debug)]
pub enum Step {
    /// A member, by its path.
    Member(PathId),
    /// A member that has no path of its own, as there are too many.
    Other(Arc<str>),
    /// An entry of a list, from 0.
    Entry(usize),
}

/// One step, with its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// A member.
    Member(&'a str),
    /// An entry of a list, from 0.
    Entry(usize),
}

impl Pointer {
    /// The entry at `at` of a list in the document's root.
    pub fn entry(list: PathId, at: usize) -> Self {
        Self(vec![Step::Member(list), Step::Entry(at)])
    }

    /// One step further.
    pub fn push(&mut self, step: Step) {
        self.0.push(step);
    }

    /// One step back.
    pub fn pop(&mut self) {
        self.0.pop();
    }

    /// Whether it ends in a list.
    pub fn is_entry(&self) -> bool {
        matches!(self.0.last(), Some(Step::Entry(_)))
    }

    /// Its steps.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Names its members by other paths: those that stand at the places of its own.
    pub fn rename(&mut self, paths: &[PathId]) {
        for step in &mut self.0 {
            if let Step::Member(path) = step {
                *path = paths[*path as usize];
            }
        }
    }

    /// What is left of it below its first steps.
    pub fn below(&self, above: &Self) -> &[Step] {
        self.0.get(above.0.len()..).unwrap_or_default()
    }
}

/// The name of the last member on the way.
pub fn member<'a>(steps: &'a [Step], tally: &'a Tally) -> &'a str {
    let names = steps.iter().rev().filter_map(|step| match step.part(tally) {
        Part::Member(name) => Some(name),
        Part::Entry(_) => None,
    });
    names.into_iter().next().unwrap_or_default()
}

/// Steps as they are written in a pointer.
pub fn written(steps: &[Step], tally: &Tally) -> String {
    let mut text = String::new();
    for step in steps {
        let _ = match step.part(tally) {
            Part::Member(name) => write!(text, "/{}", name.replace('~', "~0").replace('/', "~1")),
            Part::Entry(at) => write!(text, "/{at}"),
        };
    }
    text
}

impl Step {
    /// The step with its name.
    pub fn part<'a>(&'a self, tally: &'a Tally) -> Part<'a> {
        match self {
            Self::Member(path) => Part::Member(tally.parted(*path).1),
            Self::Other(name) => Part::Member(name),
            Self::Entry(at) => Part::Entry(*at),
        }
    }
}
