//! A run as its pack tells of it, no more than is compared: so that runs of older programs can be read too.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use crate::criteria::verdict::{Lead, Standing};
use crate::report::model::{SchemeRef, Tool};
use crate::submission::Submission;

/// What was reported of a run when it was made.
#[derive(Clone, Debug, Deserialize)]
pub struct Recorded {
    /// Which program said so.
    pub tool: Tool,
    /// About what.
    pub submission: Submission,
    /// The date it speaks of.
    pub as_of: Date,
    #[serde(flatten)]
    own: Judged,
    #[serde(default)]
    further: Vec<Judged>,
}

/// The verdicts by one scheme.
#[derive(Clone, Debug, Deserialize)]
pub struct Judged {
    /// By which criteria.
    pub scheme: SchemeRef,
    /// Every criterion, in the scheme's order.
    pub verdicts: Vec<Criterion>,
}

/// How a criterion stood.
#[derive(Clone, Debug, Deserialize)]
pub struct Criterion {
    /// Its code.
    pub code: String,
    /// How it stood.
    pub standing: Standing,
    /// Its clauses.
    pub clauses: Vec<Clause>,
}

/// How a clause stood.
#[derive(Clone, Debug, Deserialize)]
pub struct Clause {
    /// Its id.
    pub id: String,
    #[serde(flatten)]
    pub(super) state: State,
}

/// What of a clause is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct State {
    pub(super) standing: Standing,
    #[serde(default)]
    pub(super) lead: Option<Lead>,
}

impl Recorded {
    /// What was judged, the submission's own scheme first.
    pub fn by_scheme(&self) -> impl Iterator<Item = &Judged> {
        std::iter::once(&self.own).chain(&self.further)
    }
}

impl Judged {
    pub(super) fn states(&self) -> BTreeMap<&str, State> {
        let clauses = self.verdicts.iter().flat_map(|criterion| &criterion.clauses);
        clauses.map(|clause| (clause.id.as_str(), clause.state)).collect()
    }

    pub(super) fn standings(&self) -> BTreeMap<&str, Standing> {
        self.verdicts.iter().map(|criterion| (criterion.code.as_str(), criterion.standing)).collect()
    }
}
