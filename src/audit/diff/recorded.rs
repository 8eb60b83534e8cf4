//! A run as its pack tells of it, no more than is compared: so that runs of older programs can be read too.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use crate::criteria::verdict::{ClauseVerdict, Lead, Standing, Verdict};
use crate::report::Report;
use crate::report::model::{ByScheme, SchemeRef, Tool};
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
    /// What this report records.
    pub fn of(report: &Report) -> Self {
        let judged = |by: ByScheme<'_>| Judged {
            scheme: by.scheme.clone(),
            verdicts: by.verdicts.iter().map(Criterion::of).collect(),
        };
        let mut all: Vec<Judged> = report.by_scheme().map(judged).collect();
        let own = all.remove(0);
        Self {
            tool: report.tool.clone(),
            submission: report.submission.clone(),
            as_of: report.as_of,
            own,
            further: all,
        }
    }

    /// Whether every clause stands as in the other, by the same schemes.
    pub fn stands_as(&self, other: &Self) -> bool {
        let all = |recorded: &Self| -> Vec<(String, BTreeMap<String, State>)> {
            let owned =
                |judged: &Judged| judged.states().into_iter().map(|(id, state)| (id.to_owned(), state)).collect();
            recorded.by_scheme().map(|judged| (judged.scheme.id.clone(), owned(judged))).collect()
        };
        all(self) == all(other)
    }

    /// What was judged, the submission's own scheme first.
    pub fn by_scheme(&self) -> impl Iterator<Item = &Judged> {
        std::iter::once(&self.own).chain(&self.further)
    }
}

impl Criterion {
    fn of(verdict: &Verdict) -> Self {
        let clause = |clause: &ClauseVerdict| Clause {
            id: clause.id.clone(),
            state: State { standing: clause.standing, lead: clause.lead },
        };
        Self {
            code: verdict.code.clone(),
            standing: verdict.standing,
            clauses: verdict.clauses.iter().map(clause).collect(),
        }
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
