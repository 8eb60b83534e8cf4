//! What the interface answers.

use serde::Serialize;
use utoipa::ToSchema;

use super::super::missing::Missing;
use super::super::opened::Opened;
use super::super::pages::{Review, in_force, standing_as_decided};
use crate::criteria::decision::Decision;
use crate::criteria::verdict::{Standing, Verdict};
use crate::store::KeptRun;

/// A part of a long list.
#[derive(Serialize, ToSchema)]
pub(super) struct Part<T> {
    items: Vec<T>,
    /// Which part this is, from 1.
    page: usize,
    /// How many parts there are.
    pages: usize,
    /// How many items there are in all.
    total: usize,
}

impl<T> Part<T> {
    pub(super) fn of(items: Vec<T>, page: usize, most: usize, total: usize) -> Self {
        Self { items, page, pages: total.div_ceil(most), total }
    }
}

/// A run as it was judged, and as people decided.
#[derive(Serialize, ToSchema)]
pub(super) struct RunJudged {
    run: KeptRun,
    /// Who signed it off, if it is closed.
    signed_by: Option<String>,
    /// By each scheme, the submission's own first.
    schemes: Vec<SchemeJudged>,
}

/// A run held against one scheme.
#[derive(Serialize, ToSchema)]
struct SchemeJudged {
    id: String,
    title: String,
    /// SHA-256 over all its files.
    edition: String,
    criteria: Vec<Criterion>,
}

/// How a criterion stands.
#[derive(Serialize, ToSchema)]
struct Criterion {
    code: String,
    title: String,
    category: String,
    standing: Standing,
    /// How it stands by the decisions on its clauses; none where there are none.
    decided: Option<Standing>,
    clauses: Vec<Clause>,
}

/// How a clause stands.
#[derive(Serialize, ToSchema)]
struct Clause {
    id: String,
    standing: Standing,
    /// How it stands by the last decision on it, else as it stood.
    in_force: Standing,
}

impl RunJudged {
    pub(super) fn of(opened: &Opened, review: Review) -> Result<Self, Missing> {
        let decided = standing_as_decided(opened, &review)?;
        let schemes = opened.report.by_scheme().map(|by| SchemeJudged {
            id: by.scheme.id.clone(),
            title: by.scheme.title.clone(),
            edition: by.scheme.sha256.clone(),
            criteria: by
                .verdicts
                .iter()
                .map(|verdict| Criterion {
                    code: verdict.code.clone(),
                    title: verdict.title.clone(),
                    category: verdict.category.clone(),
                    standing: verdict.standing,
                    decided: decided.get(&(by.scheme.id.as_str(), verdict.code.as_str())).copied(),
                    clauses: verdict
                        .clauses
                        .iter()
                        .map(|clause| Clause {
                            id: clause.id.clone(),
                            standing: clause.standing,
                            in_force: in_force(&review, &by.scheme.id, clause),
                        })
                        .collect(),
                })
                .collect(),
        });
        let schemes = schemes.collect();
        Ok(Self { schemes, run: review.known, signed_by: review.signed.map(|signed| signed.reviewer) })
    }
}

/// A criterion of a run, and what was decided of it.
#[derive(Serialize, ToSchema)]
pub(super) struct CriterionJudged {
    /// The verdict as in report.json.
    #[schema(value_type = Object)]
    verdict: Verdict,
    /// How it stands by the decisions on its clauses; none where there are none.
    decided: Option<Standing>,
    /// The decisions on its clauses, in order.
    decisions: Vec<Decision>,
}

impl CriterionJudged {
    pub(super) fn of(opened: &Opened, review: &Review, scheme: &str, code: &str) -> Result<Self, Missing> {
        let by = opened.report.by_scheme().find(|by| by.scheme.id == scheme).ok_or(Missing::Nothing)?;
        let verdict = by.verdicts.iter().find(|verdict| verdict.code == code).ok_or(Missing::Nothing)?;
        let of_it = |it: &&Decision| {
            it.decided.scheme == scheme && verdict.clauses.iter().any(|clause| clause.id == it.decided.clause)
        };
        Ok(Self {
            verdict: verdict.clone(),
            decided: standing_as_decided(opened, review)?.get(&(scheme, code)).copied(),
            decisions: review.decisions.iter().filter(of_it).cloned().collect(),
        })
    }
}
