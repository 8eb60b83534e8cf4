//! What is wrong with how points are counted or earned.

use toml::Spanned;

use super::Checker;
use crate::criteria::scheme::{Criterion, SchemeFile, Scoring};
use crate::criteria::verdict::points;

impl Checker<'_> {
    /// Criteria are counted, or points are earned that add up to what the scheme says.
    pub(super) fn sums(&mut self, head: &SchemeFile, criteria: &[(&str, Criterion)], broken: bool) {
        match (&head.points_per_criterion, &head.score) {
            (Some(each), Some(_)) => {
                self.problem(each.span(), "points_per_criterion is for schemes without a score: drop it".to_owned());
            }
            (None, None) => self.problem(0..0, "counts nothing: add points_per_criterion or score".to_owned()),
            _ => {}
        }
        let Some(score) = &head.score else { return };
        if !head.levels.is_empty() {
            self.problem(score.max.span(), "levels count criteria: name the scores in ratings instead".to_owned());
        }
        let clauses = criteria.iter().flat_map(|(_, criterion)| &criterion.clauses);
        let all: f64 = clauses.filter_map(|clause| clause.points.as_ref()).map(|points| *points.get_ref()).sum();
        let max = *score.max.get_ref();
        if !broken && (all - max).abs() > 1e-6 {
            let (all, max) = (points(all), points(max));
            self.problem(score.max.span(), format!("the points of all clauses add up to {all}, not to {max}"));
        }
        self.ratings(score);
    }

    fn ratings(&mut self, score: &Scoring) {
        let mut begun: Vec<f64> = Vec::new();
        for rating in &score.ratings {
            let (from, name) = (*rating.from.get_ref(), &rating.name);
            if !(0.0..=*score.max.get_ref()).contains(&from) {
                self.problem(rating.from.span(), format!("no score reaches {name:?}: it lies between 0 and the max"));
            }
            if begun.iter().any(|other| other.to_bits() == from.to_bits()) {
                self.problem(rating.from.span(), format!("{name:?} begins where another rating does"));
            }
            begun.push(from);
        }
        if !begun.is_empty() && !begun.contains(&0.0) {
            self.problem(score.max.span(), "a score may be below all ratings: let one begin at 0".to_owned());
        }
    }

    /// What clauses are worth, and how they earn it.
    pub(super) fn worth(&mut self, head: &SchemeFile, criterion: &Criterion) {
        for clause in &criterion.clauses {
            let id = &clause.id;
            match (&clause.points, &clause.earns) {
                (Some(points), _) if head.score.is_none() => {
                    self.problem(points.span(), "the scheme has no score: add [score] to scheme.toml".to_owned());
                }
                (Some(points), _) if !(points.get_ref().is_finite() && *points.get_ref() > 0.0) => {
                    self.problem(points.span(), "a clause is worth more than 0 points, or has none".to_owned());
                }
                (None, Some(_)) => self.lacks(id, "earns and no points: say how many"),
                _ => {}
            }
            if clause.among.is_some() && clause.earns.is_none() {
                self.lacks(id, "among and no earns: it says of which things that was measured");
            }
            if clause.earns.is_some() && !(clause.shown_by.is_empty() && clause.asks.is_none()) {
                self.lacks(id, "earns beside shown_by or asks: what earns a share of the points decides alone");
            }
        }
    }

    fn lacks(&mut self, id: &Spanned<String>, what: &str) {
        self.problem(id.span(), format!("{:?} has {what}", id.get_ref()));
    }
}
