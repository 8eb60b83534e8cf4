//! A shape as a path on the sphere, and the places of it that are near a point.

use crate::gtfs::shapes;
use crate::gtfs::sphere::{Point, RADIUS, distance};

/// So many segments are passed by at once where they are too far away.
const CHUNK: usize = 16;
/// What is added to how far is looked, so that rounding passes nothing by, as a factor.
const MARGIN: f64 = 1.01;

/// A place of a path, matched to a stop.
#[derive(Clone, Copy, Debug)]
pub(super) struct Match {
    pub(super) segment: usize,
    /// Metres along the path.
    pub(super) along: f64,
    /// Metres from the stop.
    pub(super) away: f64,
    pub(super) point: Point,
}

/// A path.
pub(super) struct Path {
    points: Vec<Point>,
    /// Metres along the path at each point.
    along: Vec<f64>,
    /// The same as the feed has it, never less than before.
    user: Vec<f64>,
    /// A ball around each chunk of segments: its middle and how far it reaches, in radii of the earth.
    balls: Vec<(Point, f64)>,
}

impl Path {
    pub(super) fn of(shape: &[shapes::Point]) -> Self {
        let mut path = Self { points: Vec::new(), along: Vec::new(), user: Vec::new(), balls: Vec::new() };
        let (mut along, mut user) = (0.0, 0.0f64);
        for (at, point) in shape.iter().enumerate() {
            if at > 0 {
                along += distance(shape[at - 1].place, point.place);
            }
            if point.distance > user {
                user = point.distance;
            }
            path.points.push(Point::at(point.place));
            path.along.push(along);
            path.user.push(user);
        }
        for start in (0..path.points.len().saturating_sub(1)).step_by(CHUNK) {
            let points = &path.points[start..path.points.len().min(start + CHUNK + 1)];
            let middle = points[points.len() / 2];
            let reach = points.iter().map(|point| middle.chord2(*point)).fold(0.0, f64::max).sqrt();
            let longest = points.windows(2).map(|pair| pair[0].chord2(pair[1])).fold(0.0, f64::max);
            // An arc between two points bulges out of the straight line between them.
            path.balls.push((middle, reach + longest));
        }
        path
    }

    pub(super) fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    pub(super) fn has_user_distance(&self) -> bool {
        self.user.last().is_some_and(|user| *user > 0.0)
    }

    fn segments(&self) -> usize {
        self.points.len().saturating_sub(1)
    }

    /// The places where the path comes near a point and leaves again.
    pub(super) fn near(&self, from: Point, most: f64) -> Vec<Match> {
        let (mut matches, mut local): (Vec<Match>, Option<Match>) = (Vec::new(), None);
        let (mut end_away, mut leaving) = (f64::INFINITY, false);
        let chord = most / RADIUS * MARGIN;
        for (chunk, (middle, reach)) in self.balls.iter().enumerate() {
            let first = chunk * CHUNK;
            if from.chord2(*middle) > (chord + reach) * (chord + reach) {
                matches.extend(local.take());
                continue;
            }
            for segment in first..self.segments().min(first + CHUNK) {
                let (left, right) = (self.points[segment], self.points[segment + 1]);
                let point = from.closest(left, right);
                let near = from.chord2(point) <= chord * chord;
                let away = if near { from.metres(point) } else { f64::INFINITY };
                if away > most {
                    matches.extend(local.take());
                    continue;
                }
                if leaving && away < end_away {
                    matches.extend(local.take());
                }
                if local.is_none_or(|best| away < best.away) {
                    local = Some(Match { segment, along: 0.0, away, point });
                }
                end_away = from.metres(right);
                leaving = end_away > away;
            }
        }
        matches.extend(local);
        for found in &mut matches {
            found.along = self.along(found);
        }
        matches
    }

    /// The place of the path that is closest to a point.
    pub(super) fn closest(&self, from: Point) -> Match {
        let (mut best, mut chord2) =
            (Match { segment: 0, along: 0.0, away: 0.0, point: self.points[0] }, f64::INFINITY);
        for segment in 0..self.segments().max(1) {
            let left = self.points[segment];
            let point = self.points.get(segment + 1).map_or(left, |right| from.closest(left, *right));
            let apart = from.chord2(point);
            if apart < chord2 {
                chord2 = apart;
                best = Match { segment, point, ..best };
            }
        }
        best.away = from.metres(best.point);
        best.along = self.along(&best);
        best
    }

    fn along(&self, found: &Match) -> f64 {
        self.along[found.segment] + found.point.metres(self.points[found.segment])
    }

    /// The place at a distance as the feed has it, from a segment on.
    pub(super) fn at_distance(&self, user: f64, first: usize, stop: Point) -> Match {
        let (mut segment, mut next) = (first, first);
        while next < self.points.len() && user >= self.user[next] {
            segment = next;
            next += 1;
        }
        let end = (segment + 1).min(self.points.len() - 1);
        let mut fraction = 0.0;
        if next > 0 && segment + 1 < self.points.len() {
            let (from, to) = (self.user[segment], self.user[next]);
            if !nearly(from, to) {
                fraction = (user - from) / (to - from);
            }
        }
        let point = if fraction >= 1.0 && nearly(fraction, 1.0) {
            self.points[end]
        } else {
            self.points[segment].towards(self.points[end], fraction)
        };
        let along = self.along[segment] + fraction * (self.along[end] - self.along[segment]);
        Match { segment, along, away: stop.metres(point), point }
    }
}

/// Whether two distances differ by no more than rounding.
fn nearly(a: f64, b: f64) -> bool {
    const ERROR: f64 = 32e-9;
    a.is_finite() && b.is_finite() && (a - b).abs() <= ERROR.max(ERROR * a.abs().max(b.abs()))
}
