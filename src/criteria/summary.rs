//! The result in figures: never one number, always the range that is still possible.

use super::scheme::Scheme;
use super::verdict::{Standing, Summary, Verdict};

/// Counts the verdicts, and the levels they surely and possibly reach.
pub fn summary(scheme: &Scheme, verdicts: &[Verdict]) -> Summary {
    let count = |standing| verdicts.iter().filter(|verdict| verdict.standing == standing).count();
    let (met, needs_review) = (count(Standing::Met), count(Standing::NeedsReview));
    let each = scheme.file.points_per_criterion;
    let level = |criteria: usize| {
        let share = if verdicts.is_empty() { 0.0 } else { criteria as f64 / verdicts.len() as f64 };
        let reached = scheme.file.levels.iter().filter(|level| share >= level.from_share);
        reached.max_by(|a, b| a.from_share.total_cmp(&b.from_share)).map(|level| level.name.clone())
    };
    Summary {
        criteria: verdicts.len(),
        met,
        not_met: count(Standing::NotMet),
        needs_review,
        nothing_offered: count(Standing::NothingOffered),
        points_sure: met as f64 * each,
        points_possible: (met + needs_review) as f64 * each,
        level_sure: level(met),
        level_possible: level(met + needs_review),
    }
}
