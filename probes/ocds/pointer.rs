//! JSON pointers (RFC 6901), grown and cut back while a value is walked.

use std::fmt;
use std::sync::Arc;

/// A place in a JSON value.
#[derive(Clone, Debug, Default)]
pub struct Pointer(Vec<Step>);

/// One step of it.
#[derive(Clone, Debug)]
pub enum Step {
    /// A member that the standard knows.
    Field(&'static str),
    /// Another member.
    Other(Arc<str>),
    /// An entry of a list, from 0.
    Entry(usize),
}

impl Pointer {
    /// The entry at `at` of a list in the document's root.
    pub fn entry(list: &'static str, at: usize) -> Self {
        Self(vec![Step::Field(list), Step::Entry(at)])
    }

    /// One step further.
    pub fn push(&mut self, step: Step) {
        self.0.push(step);
    }

    /// One step back.
    pub fn pop(&mut self) {
        self.0.pop();
    }

    /// The name of the last member on the way.
    pub fn member(&self) -> &str {
        self.0.iter().rev().find_map(Step::name).unwrap_or_default()
    }

    /// Whether it ends in a list.
    pub fn is_entry(&self) -> bool {
        matches!(self.0.last(), Some(Step::Entry(_)))
    }

    /// What is left of it below its first steps.
    pub fn below(&self, above: &Self) -> &[Step] {
        self.0.get(above.0.len()..).unwrap_or_default()
    }
}

impl Step {
    /// The name of the member, if it leads to one.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Field(name) => Some(name),
            Self::Other(name) => Some(name),
            Self::Entry(_) => None,
        }
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.0 {
            match step {
                Step::Field(name) => write!(f, "/{name}")?,
                Step::Other(name) => write!(f, "/{}", name.replace('~', "~0").replace('/', "~1"))?,
                Step::Entry(at) => write!(f, "/{at}")?,
            }
        }
        Ok(())
    }
}
