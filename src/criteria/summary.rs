//! The result in figures: never one number, always the range that is still possible.

use super::scheme::{Rating, Scheme};
use super::verdict::{Dimension, Points, Score, Standing, Summary, Verdict};

/// Counts the verdicts, adds up their points, and names the levels they surely and possibly reach.
pub fn summary(scheme: &Scheme, verdicts: &[Verdict]) -> Summary {
    let count = |standing| verdicts.iter().filter(|verdict| verdict.standing == standing).count();
    let (met, needs_review) = (count(Standing::Met), count(Standing::NeedsReview));
    let each = scheme.file.points_per_criterion.as_ref().map_or(0.0, |each| *each.get_ref());
    let level = |criteria: usize| {
        let share = if verdicts.is_empty() { 0.0 } else { criteria as f64 / verdicts.len() as f64 };
        let reached = scheme.file.levels.iter().filter(|level| share >= level.from_share);
        reached.max_by(|a, b| a.from_share.total_cmp(&b.from_share)).map(|level| level.name.clone())
    };
    let summary = Summary {
        criteria: verdicts.len(),
        met,
        not_met: count(Standing::NotMet),
        needs_review,
        nothing_offered: count(Standing::NothingOffered),
        points_sure: met as f64 * each,
        points_possible: (met + needs_review) as f64 * each,
        levels: scheme.levels().into_iter().map(ToOwned::to_owned).collect(),
        level_sure: level(met),
        level_possible: level(met + needs_review),
        score: None,
    };
    match score(scheme, verdicts) {
        Some(score) => Summary {
            points_sure: score.points.low,
            points_possible: score.points.high,
            level_sure: score.ratings.first().cloned(),
            level_possible: score.ratings.last().cloned(),
            score: Some(score),
            ..summary
        },
        None => summary,
    }
}

fn score(scheme: &Scheme, verdicts: &[Verdict]) -> Option<Score> {
    let scoring = scheme.file.score.as_ref()?;
    let points: Points = verdicts.iter().filter_map(|verdict| verdict.points).sum();
    let dimension = |title: &String| {
        let within = verdicts.iter().filter(|verdict| verdict.category == *title).filter_map(|verdict| verdict.points);
        let points: Points = within.sum();
        (points.of > 0.0).then(|| Dimension { title: title.clone(), points })
    };
    Some(Score {
        points,
        ratings: ratings(&scoring.ratings, points),
        dimensions: scheme.file.categories.iter().filter_map(|category| dimension(&category.title)).collect(),
    })
}

/// The ratings that a score may come to within its range, lowest first.
fn ratings(all: &[Rating], points: Points) -> Vec<String> {
    let mut all: Vec<&Rating> = all.iter().collect();
    all.sort_by(|a, b| a.from.get_ref().total_cmp(b.from.get_ref()));
    let reached = |score: f64| all.iter().filter(|rating| *rating.from.get_ref() <= score).count();
    let possible = reached(points.low).saturating_sub(1)..reached(points.high);
    all[possible].iter().map(|rating| rating.name.clone()).collect()
}
