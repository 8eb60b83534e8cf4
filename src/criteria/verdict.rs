//! How a clause, a criterion and a whole submission stand.

use serde::{Deserialize, Serialize};

/// How a clause or a criterion stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Enough links surely show it.
    Met,
    /// Not enough links show it, even if all that could not be seen did.
    NotMet,
    /// It depends on what could not be seen, or only a person can judge.
    NeedsReview,
    /// No link was offered for it.
    NothingOffered,
}

/// How strongly the passages found for a question bear on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lead {
    /// Nothing found bears on it.
    None,
    /// Something touches it.
    Weak,
    /// Something states it.
    Strong,
}

/// What a clause is in the guide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A statement that must hold.
    Requirement,
    /// A document or link that must be handed in.
    Evidence,
}

/// What one link says of one clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shows {
    /// It shows the clause.
    Yes,
    /// It was seen, and does not.
    No,
    /// It could not be seen, or a person must judge.
    Unsure,
}

/// A criterion's standing and the clauses that decided it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// The criterion's code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// The title of its category within the scheme.
    pub category: String,
    /// How it stands.
    pub standing: Standing,
    /// In a sentence, what decided it.
    pub reason: String,
    /// Its clauses in the guide's order.
    pub clauses: Vec<ClauseVerdict>,
}

/// A clause's standing and what decided it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClauseVerdict {
    /// The clause's id.
    pub id: String,
    /// What it is in the guide.
    pub kind: Kind,
    /// How it stands.
    pub standing: Standing,
    /// For a clause with a question: how strong the best passage is.
    pub lead: Option<Lead>,
    /// The statement.
    pub says: String,
    /// The question that only a person can answer, if there is one.
    pub asks: Option<String>,
    /// In a sentence, what decided it, naming what could not be seen.
    pub reason: String,
    /// What to do, while it is not met.
    pub advice: Option<String>,
    /// What each link offered for it shows, in the submission's order.
    pub links: Vec<LinkVerdict>,
    /// The findings that decided it, by id, in report order.
    pub findings: Vec<String>,
}

/// What one link shows of a clause, and by which findings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkVerdict {
    /// The link's number in the submission, from 1.
    pub link: usize,
    /// The target it leads to.
    pub target: String,
    /// What it shows.
    pub shows: Shows,
    /// In a sentence, why.
    pub reason: String,
    /// The findings that said so, by id.
    pub findings: Vec<String>,
}

/// The result in figures: counts, and the range of levels still possible. Never one number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// Criteria in the scheme.
    pub criteria: usize,
    /// Criteria met.
    pub met: usize,
    /// Criteria not met.
    pub not_met: usize,
    /// Criteria that need review.
    pub needs_review: usize,
    /// Criteria for which nothing was offered.
    pub nothing_offered: usize,
    /// Points that are sure.
    pub points_sure: f64,
    /// Points if everything open turned out well, with what was offered.
    pub points_possible: f64,
    /// The level that `points_sure` reaches, if any.
    pub level_sure: Option<String>,
    /// The level that `points_possible` would reach, if any.
    pub level_possible: Option<String>,
}

/// Something to do, and what it would move.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fix {
    /// What to do.
    pub what: String,
    /// Where: the link as the city wrote it, if the fix is about one.
    pub link: Option<String>,
    /// The clauses it would move.
    pub clauses: Vec<String>,
    /// The findings it answers, by id.
    pub findings: Vec<String>,
}
