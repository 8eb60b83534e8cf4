//! Figures of many cities: shares with what is open and with their interval, and how a measure is spread.

use probes::finding::Share;
use serde::Serialize;

/// How many bars a measure's spread is drawn with.
const BINS: usize = 10;
/// So many standard deviations around the mean lie 95 % of a normal spread.
const Z: f64 = 1.959_964;

/// How so many cities stand in one question.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct Standings {
    pub(super) met: u64,
    pub(super) needs_review: u64,
    pub(super) not_met: u64,
    pub(super) nothing_offered: u64,
}

/// A share of cities in percent, from what is sure to what is possible, with the 95 % interval around both ends.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Bounds {
    pub(super) n: u64,
    pub(super) sure: f64,
    pub(super) possible: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

/// How the values of a measure are spread.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Spread {
    pub(super) n: usize,
    pub(super) least: f64,
    pub(super) p10: f64,
    pub(super) p25: f64,
    pub(super) p50: f64,
    /// Where the value lies, with 95 % confidence, below which half of all such values would be.
    pub(super) half_low: f64,
    pub(super) half_high: f64,
    pub(super) p75: f64,
    pub(super) p90: f64,
    pub(super) most: f64,
    /// How many lie in each tenth of the way from the least to the most.
    pub(super) bins: Vec<usize>,
}

impl Standings {
    /// Counts one more; a name that is none of the four counts as needing review.
    pub(super) fn count(&mut self, standing: &str) {
        *match standing {
            "met" => &mut self.met,
            "not-met" => &mut self.not_met,
            "nothing-offered" => &mut self.nothing_offered,
            _ => &mut self.needs_review,
        } += 1;
    }

    /// The share that meets it, of those that offered something; none where nobody did.
    pub(super) fn bounds(&self) -> Option<Bounds> {
        let n = self.met + self.needs_review + self.not_met;
        // These cities stand for others, however many.
        let of = |hits| Share::of(hits, n, u64::MAX);
        let (sure, possible) = (of(self.met)?, of(self.met + self.needs_review)?);
        Some(Bounds {
            n,
            sure: sure.share * 100.0,
            possible: possible.share * 100.0,
            low: sure.low * 100.0,
            high: possible.high * 100.0,
        })
    }

    /// The share of all cities of which it is not settled, with its interval; none where there is no city.
    pub(super) fn missing(&self) -> Option<Share> {
        let all = self.met + self.needs_review + self.not_met + self.nothing_offered;
        Share::of(self.needs_review + self.nothing_offered, all, u64::MAX)
    }
}

impl Spread {
    /// Of these values; none where there are none.
    pub(super) fn of(mut values: Vec<f64>) -> Option<Self> {
        values.retain(|value| value.is_finite());
        values.sort_by(f64::total_cmp);
        let (least, most) = (*values.first()?, *values.last()?);
        let mut bins = vec![0; BINS];
        for value in &values {
            let way = if most > least { (value - least) / (most - least) } else { 0.0 };
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to the number of bins")]
            let bin = (way * BINS as f64) as usize;
            bins[bin.min(BINS - 1)] += 1;
        }
        let at = |share| percentile(&values, share);
        let (n, p10, p25, p50, p75, p90) = (values.len(), at(0.1), at(0.25), at(0.5), at(0.75), at(0.9));
        let (half_low, half_high) = around_half(&values);
        Some(Self { n, least, p10, p25, p50, half_low, half_high, p75, p90, most, bins })
    }
}

/// The value below which this share of the sorted values lies, on the straight line between its neighbours.
fn percentile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to the number of values")]
    let below = place as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (sorted[above] - sorted[below]) * (place - below as f64)
}

/// The sorted values between which the half of all such values lies with 95 % confidence, by their ranks: however they are
/// spread.
fn around_half(sorted: &[f64]) -> (f64, f64) {
    let n = sorted.len() as f64;
    let width = Z * n.sqrt() / 2.0;
    let within = |rank: f64| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 1 to the number of values")]
        let rank = rank.clamp(1.0, n) as usize;
        sorted[rank - 1]
    };
    (within((n / 2.0 - width).floor()), within((n / 2.0 + width).ceil() + 1.0))
}

/// Which percentile a city has among all, from what is sure to what is possible: the share of cities that are surely below
/// it, and of those that are possibly not above it.
pub(super) fn percentile_range(own: (f64, f64), all: &[(f64, f64)]) -> (f64, f64) {
    let share = |cities: usize| cities as f64 / all.len().max(1) as f64 * 100.0;
    let surely_below = all.iter().filter(|(_, possible)| *possible < own.0).count();
    let possibly_not_above = all.iter().filter(|(sure, _)| *sure <= own.1).count();
    (share(surely_below), share(possibly_not_above))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_widens_a_share_on_both_sides() {
        let standings = Standings { met: 40, needs_review: 20, not_met: 40, nothing_offered: 100 };
        let bounds = standings.bounds().unwrap();
        assert_eq!((bounds.n, bounds.sure, bounds.possible), (100, 40.0, 60.0));
        assert!(bounds.low < 31.0 && bounds.low > 30.0 && bounds.high > 69.0 && bounds.high < 70.0, "{bounds:?}");
        let missing = standings.missing().unwrap();
        assert_eq!((missing.share, missing.n), (0.6, 200));
        assert_eq!(Standings { nothing_offered: 3, ..Standings::default() }.bounds(), None);
    }

    #[test]
    fn a_spread_is_read_off_the_sorted_values() {
        let spread = Spread::of((0..=10).rev().map(f64::from).collect()).unwrap();
        assert_eq!((spread.p10, spread.p50, spread.p90, spread.n), (1.0, 5.0, 9.0, 11));
        assert_eq!((spread.half_low, spread.half_high), (1.0, 9.0));
        assert_eq!(spread.bins, [1, 1, 1, 1, 1, 1, 1, 1, 1, 2]);
        assert_eq!(Spread::of(vec![7.0; 3]).unwrap().bins[0], 3);
        assert_eq!(Spread::of(Vec::new()), None);
    }

    #[test]
    fn a_percentile_is_a_range_where_points_are_open() {
        let all = [(10.0, 10.0), (20.0, 40.0), (30.0, 30.0), (50.0, 50.0)];
        assert_eq!(percentile_range(all[1], &all), (25.0, 75.0));
        assert_eq!(percentile_range(all[3], &all), (75.0, 100.0));
    }
}
