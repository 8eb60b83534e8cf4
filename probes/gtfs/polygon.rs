//! Polygons in the plane: whether one is valid by the OGC's rules, and whether two overlap.

use robust::{Coord, orient2d};

/// A ring: its first point comes again at its end.
pub(crate) type Ring = Vec<(f64, f64)>;
/// A polygon: its shell, then its holes.
pub(crate) type Rings = Vec<Ring>;

type Pair = ((f64, f64), (f64, f64));

/// Why polygons that make up one zone are no valid geometry.
pub(crate) fn invalid(polygons: &[Rings]) -> Option<&'static str> {
    if let Some(message) = polygons.iter().find_map(|polygon| unbuilt(polygon)) {
        return Some(message);
    }
    if let Some(message) = polygons.iter().find_map(|polygon| unsound(polygon)) {
        return Some(message);
    }
    for (at, polygon) in polygons.iter().enumerate() {
        for other in &polygons[at + 1..] {
            if polygon.iter().any(|ring| other.iter().any(|second| crossing(ring, second))) {
                return Some("Self-intersection");
            }
            if nested(polygon, other) || nested(other, polygon) {
                return Some("Nested shells");
            }
        }
    }
    None
}

/// Rings that cannot be built at all.
fn unbuilt(polygon: &Rings) -> Option<&'static str> {
    for ring in polygon.iter().filter(|ring| !ring.is_empty()) {
        if ring.len() < 3 {
            return Some("Invalid number of points in LinearRing");
        }
        if ring.first() != ring.last() {
            return Some("Points of LinearRing do not form a closed linestring");
        }
    }
    let empty = polygon.first().is_some_and(Vec::is_empty) && polygon.iter().any(|ring| !ring.is_empty());
    empty.then_some("shell is empty but holes are not")
}

fn unsound(polygon: &Rings) -> Option<&'static str> {
    let shell = polygon.first().filter(|shell| !shell.is_empty())?;
    if polygon.iter().flatten().any(|(x, y)| !x.is_finite() || !y.is_finite()) {
        return Some("Invalid Coordinate");
    }
    let rings: Vec<Ring> = polygon.iter().map(distinct).filter(|ring| !ring.is_empty()).collect();
    if rings.iter().any(|ring| ring.len() < 4) {
        return Some("Too few distinct points in geometry component");
    }
    if let Some(message) = self_crossing(&rings[0]) {
        return Some(message);
    }
    for (at, ring) in rings.iter().enumerate() {
        if rings[at + 1..].iter().any(|other| crossing(ring, other)) {
            return Some("Self-intersection");
        }
    }
    for (at, hole) in rings.iter().enumerate().skip(1) {
        if probe(hole, shell).is_some_and(|point| !inside(point, shell)) {
            return Some("Hole lies outside shell");
        }
        let holes = rings.iter().enumerate().skip(1).filter(|(other, _)| *other != at);
        for (_, other) in holes {
            if probe(hole, other).is_some_and(|point| inside(point, other)) {
                return Some("Holes are nested");
            }
        }
    }
    rings[1..].iter().find_map(|ring| self_crossing(ring)).or_else(|| cut(&rings).then_some("Interior is disconnected"))
}

fn distinct(ring: &Ring) -> Ring {
    let mut ring = ring.clone();
    ring.dedup();
    ring
}

fn edges(ring: &[(f64, f64)]) -> impl Iterator<Item = Pair> {
    ring.windows(2).map(|pair| (pair[0], pair[1]))
}

/// On which side of `a`→`b` a point lies.
fn side(a: (f64, f64), b: (f64, f64), c: (f64, f64)) -> f64 {
    let coord = |(x, y)| Coord { x, y };
    let side = orient2d(coord(a), coord(b), coord(c));
    if side > 0.0 {
        1.0
    } else if side < 0.0 {
        -1.0
    } else {
        0.0
    }
}

fn within(value: f64, a: f64, b: f64) -> bool {
    a.min(b) <= value && value <= a.max(b)
}

fn apart((a, b): Pair, (c, d): Pair) -> bool {
    a.0.max(b.0) < c.0.min(d.0)
        || c.0.max(d.0) < a.0.min(b.0)
        || a.1.max(b.1) < c.1.min(d.1)
        || c.1.max(d.1) < a.1.min(b.1)
}

fn on(point: (f64, f64), (a, b): Pair) -> bool {
    within(point.0, a.0, b.0) && within(point.1, a.1, b.1) && side(a, b, point) == 0.0
}

/// Whether two edges cross within both.
fn cross((a, b): Pair, (c, d): Pair) -> bool {
    let sides = (side(a, b, c) * side(a, b, d), side(c, d, a) * side(c, d, b));
    sides.0 < 0.0 && sides.1 < 0.0
}

/// Whether two edges lie on one line and have more than a point in common.
fn along(first: Pair, second: Pair) -> bool {
    let ((a, b), (c, d)) = (first, second);
    if side(a, b, c) != 0.0 || side(a, b, d) != 0.0 {
        return false;
    }
    let steep = (b.0 - a.0).abs() < (b.1 - a.1).abs();
    let axis = |point: (f64, f64)| if steep { point.1 } else { point.0 };
    let [a, b, c, d] = [a, b, c, d].map(axis);
    a.min(b).max(c.min(d)) < a.max(b).min(c.max(d))
}

fn touch(first: Pair, second: Pair) -> bool {
    on(first.0, second) || on(first.1, second) || on(second.0, first) || on(second.1, first)
}

fn self_crossing(ring: &Ring) -> Option<&'static str> {
    let edges: Vec<Pair> = edges(ring).collect();
    let mut touches = false;
    for (at, first) in edges.iter().enumerate() {
        for (other, second) in edges.iter().enumerate().skip(at + 1) {
            if apart(*first, *second) {
                continue;
            }
            if other == at + 1 || (at == 0 && other == edges.len() - 1) {
                touches |= along(*first, *second);
            } else if cross(*first, *second) {
                return Some("Self-intersection");
            } else {
                touches |= along(*first, *second) || touch(*first, *second);
            }
        }
    }
    touches.then_some("Ring Self-intersection")
}

fn crossing(first: &Ring, second: &Ring) -> bool {
    edges(first).any(|a| edges(second).any(|b| !apart(a, b) && (cross(a, b) || along(a, b))))
}

/// A point of a ring that does not lie on another.
fn probe(ring: &Ring, other: &Ring) -> Option<(f64, f64)> {
    let middles = edges(ring).map(|(a, b)| (f64::midpoint(a.0, b.0), f64::midpoint(a.1, b.1)));
    ring.iter().copied().chain(middles).find(|point| !edges(other).any(|edge| on(*point, edge)))
}

/// Whether a point lies within a ring, and not on it.
fn inside(point: (f64, f64), ring: &Ring) -> bool {
    let mut inside = false;
    for (a, b) in edges(ring) {
        if on(point, (a, b)) {
            return false;
        }
        if (a.1 > point.1) != (b.1 > point.1) {
            let upward = b.1 > a.1;
            let left = side(a, b, point);
            inside ^= if upward { left > 0.0 } else { left < 0.0 };
        }
    }
    inside
}

fn nested(polygon: &Rings, other: &Rings) -> bool {
    let (Some(shell), Some(around)) = (polygon.first(), other.first()) else { return false };
    probe(shell, around)
        .is_some_and(|point| inside(point, around) && !other[1..].iter().any(|hole| inside(point, hole)))
}

/// Whether rings that touch each other cut the inside in two.
fn cut(rings: &[Ring]) -> bool {
    let mut touching: Vec<((f64, f64), usize, usize)> = Vec::new();
    for (at, first) in rings.iter().enumerate() {
        for (other, second) in rings.iter().enumerate().skip(at + 1) {
            let points = first.iter().filter(|point| edges(second).any(|edge| on(**point, edge)));
            let back = second.iter().filter(|point| edges(first).any(|edge| on(**point, edge)));
            touching.extend(points.chain(back).map(|point| (*point, at, other)));
        }
    }
    touching.sort_by(|a, b| a.0.0.total_cmp(&b.0.0).then(a.0.1.total_cmp(&b.0.1)).then((a.1, a.2).cmp(&(b.1, b.2))));
    touching.dedup();
    let mut group: Vec<usize> = (0..rings.len()).collect();
    for (_, first, second) in touching {
        let (a, b) = (group[first], group[second]);
        if a == b {
            return true;
        }
        group.iter_mut().filter(|at| **at == b).for_each(|at| *at = a);
    }
    false
}

/// Smaller differences than this are rounding, in degrees.
const ROUNDING: f64 = 1e-11;

/// Whether two polygons have a part in common, and each has one for itself.
pub(crate) fn overlap(first: &Rings, second: &Rings) -> bool {
    let all = |rings: &Rings| rings.iter().flat_map(|ring| edges(ring)).filter(|(a, b)| a != b).collect::<Vec<_>>();
    let (a, b) = (all(first), all(second));
    let mut cuts: Vec<f64> = a.iter().chain(&b).flat_map(|(from, to)| [from.0, to.0]).collect();
    for edge in &a {
        cuts.extend(b.iter().filter(|other| !apart(*edge, **other)).filter_map(|other| meeting(*edge, *other)));
    }
    cuts.sort_by(f64::total_cmp);
    cuts.dedup_by(|a, b| (*a - *b).abs() < ROUNDING);
    let (mut both, mut only_first, mut only_second) = (false, false, false);
    for pair in cuts.windows(2) {
        let x = f64::midpoint(pair[0], pair[1]);
        let (left, right) = (spans(&a, x), spans(&b, x));
        both |= left.iter().any(|l| right.iter().any(|r| l.0.max(r.0) + ROUNDING < l.1.min(r.1)));
        only_first |= remains(&left, &right);
        only_second |= remains(&right, &left);
        if both && only_first && only_second {
            return true;
        }
    }
    false
}

fn meeting((a, b): Pair, (c, d): Pair) -> Option<f64> {
    let (direction, span) = ((b.0 - a.0, b.1 - a.1), (d.0 - c.0, d.1 - c.1));
    let denominator = direction.0 * span.1 - direction.1 * span.0;
    if denominator == 0.0 {
        return None;
    }
    let along = ((c.0 - a.0) * span.1 - (c.1 - a.1) * span.0) / denominator;
    (0.0..=1.0).contains(&along).then_some(a.0 + direction.0 * along)
}

/// The stretches of a line from south to north that lie within.
fn spans(edges: &[Pair], x: f64) -> Vec<(f64, f64)> {
    let crossing = edges.iter().filter(|(a, b)| (a.0 < x) != (b.0 < x));
    let mut at: Vec<f64> = crossing.map(|(a, b)| a.1 + (x - a.0) * (b.1 - a.1) / (b.0 - a.0)).collect();
    at.sort_by(f64::total_cmp);
    at.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
}

fn remains(left: &[(f64, f64)], right: &[(f64, f64)]) -> bool {
    left.iter().any(|(low, high)| {
        let mut position = *low;
        for (from, to) in right {
            if *to > position && *from < *high {
                if *from > position + ROUNDING {
                    return true;
                }
                position = position.max(*to);
            }
        }
        position + ROUNDING < *high
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(x: f64, y: f64, size: f64) -> Ring {
        vec![(x, y), (x + size, y), (x + size, y + size), (x, y + size), (x, y)]
    }

    #[test]
    fn polygons_are_told_from_bow_ties() {
        assert_eq!(invalid(&[vec![square(0.0, 0.0, 4.0), square(1.0, 1.0, 1.0)]]), None);
        let bow = vec![(0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)];
        assert_eq!(invalid(&[vec![bow]]), Some("Self-intersection"));
        assert!(invalid(&[vec![square(0.0, 0.0, 1.0)[..4].to_vec()]]).is_some());
        assert_eq!(invalid(&[vec![square(0.0, 0.0, 1.0), square(2.0, 2.0, 1.0)]]), Some("Hole lies outside shell"));
        assert_eq!(invalid(&[vec![square(0.0, 0.0, 2.0)], vec![square(1.0, 1.0, 2.0)]]), Some("Self-intersection"));
    }

    #[test]
    fn polygons_overlap_where_each_has_a_part_for_itself() {
        let zone = |x, size| vec![square(x, 0.0, size)];
        assert!(overlap(&zone(0.0, 2.0), &zone(1.0, 2.0)));
        assert!(!overlap(&zone(0.0, 2.0), &zone(2.0, 2.0)), "they only touch");
        assert!(!overlap(&zone(0.0, 2.0), &zone(0.0, 2.0)), "they are the same");
        assert!(!overlap(&zone(0.0, 4.0), &vec![square(1.0, 1.0, 1.0)]), "one covers the other");
    }
}
