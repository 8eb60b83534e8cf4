//! How a clause, a criterion and a whole submission stand.

use std::fmt;
use std::iter::Sum;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How a clause or a criterion stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
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

impl Standing {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Met, Self::NotMet, Self::NeedsReview, Self::NothingOffered];

    /// As it is written in data.
    pub fn name(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not-met",
            Self::NeedsReview => "needs-review",
            Self::NothingOffered => "nothing-offered",
        }
    }
}

impl FromStr for Standing {
    type Err = String;

    /// Reads its name.
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|standing| standing.name() == name).ok_or_else(|| format!("no standing is {name:?}"))
    }
}

/// How strongly the passages found for a question bear on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
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

/// Points earned: those that are sure, those that are still possible, and those there are.
///
/// Points have six decimals at most, so that they are read back from JSON as they were written.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Points {
    /// Points that are sure.
    pub low: f64,
    /// Points if all that is not known earned all it may.
    pub high: f64,
    /// Points there are.
    pub of: f64,
}

impl Points {
    /// So much of a whole, from a share that is sure to one that is possible.
    pub fn part(of: f64, low: f64, high: f64) -> Self {
        Self { low: short(of * low), high: short(of * high), of: short(of) }
    }

    /// Points that are not sure.
    pub fn missing(self) -> f64 {
        short(self.of - self.low)
    }

    /// Whether all points are surely earned; `None` where that is not known.
    pub fn full(self) -> Option<bool> {
        if self.low >= self.of {
            Some(true)
        } else if self.high < self.of {
            Some(false)
        } else {
            None
        }
    }
}

impl Sum for Points {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        let (low, high, of) = all.fold((0.0, 0.0, 0.0), |sum, p| (sum.0 + p.low, sum.1 + p.high, sum.2 + p.of));
        Self { low: short(low), high: short(high), of: short(of) }
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (low, high) = (points(self.low), points(self.high));
        if low == high {
            write!(f, "{low} of {}", points(self.of))
        } else {
            write!(f, "{low} to {high} of {}", points(self.of))
        }
    }
}

/// A number of points with one decimal at most; never more than there are.
pub fn points(points: f64) -> String {
    format!("{}", ((points * 1e6).round() / 1e5).floor() / 10.0)
}

fn short(points: f64) -> f64 {
    (points * 1e6).round() / 1e6
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
    /// The points its clauses earn, where they are worth any.
    pub points: Option<Points>,
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
    /// The points it earns, where it is worth any.
    pub points: Option<Points>,
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
    /// The points it earns, where a share of them can be earned.
    pub points: Option<Points>,
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
    /// The levels or ratings there are, lowest first; none in a part of a scheme.
    #[serde(default)]
    pub levels: Vec<String>,
    /// The level that `points_sure` reaches, if any.
    pub level_sure: Option<String>,
    /// The level that `points_possible` would reach, if any.
    pub level_possible: Option<String>,
    /// The score, in a scheme whose clauses earn points.
    pub score: Option<Score>,
}

/// The points that all clauses earn, and what that may be called.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Score {
    /// The points.
    pub points: Points,
    /// The ratings still possible, lowest first; none where the scheme has none.
    pub ratings: Vec<String>,
    /// The points within each category, in the scheme's order.
    pub dimensions: Vec<Dimension>,
}

/// The points within one category.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dimension {
    /// The category's title.
    pub title: String,
    /// Its points.
    pub points: Points,
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
    /// The points that those clauses do not surely earn yet, in a scheme with a score.
    pub points: Option<f64>,
    /// The findings it answers, by id.
    pub findings: Vec<String>,
}
