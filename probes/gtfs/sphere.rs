//! Geometry on the sphere, in double precision and in the order of operations of S2, whose results the canonical
//! validator's thresholds were set by.

/// The earth's radius in metres, as S2 has it.
pub(crate) const RADIUS: f64 = 6_371_010.0;

/// A unit vector.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Point(pub(crate) [f64; 3]);

/// Metres between two places in degrees of latitude and longitude, by the haversine.
pub(crate) fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    let radians = |degrees: f64| degrees * (std::f64::consts::PI / 180.0);
    let (first, second) = (radians(a.0), radians(b.0));
    let latitude = (0.5 * (second - first)).sin();
    let longitude = (0.5 * (radians(b.1) - radians(a.1))).sin();
    let haversine = latitude * latitude + longitude * longitude * first.cos() * second.cos();
    2.0 * haversine.min(1.0).sqrt().asin() * RADIUS
}

impl Point {
    /// The point at a latitude and longitude in degrees.
    pub(crate) fn at((latitude, longitude): (f64, f64)) -> Self {
        let radians = |degrees: f64| degrees * (std::f64::consts::PI / 180.0);
        let (phi, theta) = (radians(latitude), radians(longitude));
        let (sin_theta, cos_theta) = theta.sin_cos();
        let (sin_phi, cos_phi) = phi.sin_cos();
        Self([cos_theta * cos_phi, sin_theta * cos_phi, sin_phi])
    }

    /// Its latitude and longitude in degrees.
    pub(crate) fn degrees(self) -> (f64, f64) {
        let [x, y, z] = self.0;
        (z.atan2(x.hypot(y)).to_degrees(), y.atan2(x).to_degrees())
    }

    /// The angle to another, in radians.
    pub(crate) fn angle(self, other: Self) -> f64 {
        norm(cross(self.0, other.0)).atan2(dot(self.0, other.0))
    }

    /// Metres to another.
    pub(crate) fn metres(self, other: Self) -> f64 {
        self.angle(other) * RADIUS
    }

    /// The square of the straight line's length to another: grows with the angle, and costs next to nothing.
    pub(crate) fn chord2(self, other: Self) -> f64 {
        let apart = sub(self.0, other.0);
        dot(apart, apart)
    }

    /// The point on the way from `start` to `end` that is closest to this.
    pub(crate) fn closest(self, start: Self, end: Self) -> Self {
        let normal = robust_cross(start.0, end.0);
        let along = dot(self.0, normal) / dot(normal, normal);
        let foot = sub(self.0, scale(normal, along));
        if triple(start.0, foot, normal) > 0.0 && triple(end.0, normal, foot) > 0.0 {
            return Self(unit(foot));
        }
        if self.chord2(start) <= self.chord2(end) { start } else { end }
    }

    /// The point at a fraction of the way to another.
    pub(crate) fn towards(self, end: Self, fraction: f64) -> Self {
        if fraction == 0.0 {
            return self;
        }
        let whole = self.angle(end);
        if whole <= 1e-15 {
            return self;
        }
        let along = fraction * whole;
        let f = along.sin() / whole.sin();
        let e = along.cos() - f * whole.cos();
        Self(unit(add(scale(self.0, e), scale(end.0, f))))
    }
}

/// The volume that three vectors span, with its sign: on which side the first lies of the other two.
fn triple(a: [f64; 3], b: [f64; 3], c: [f64; 3]) -> f64 {
    dot(a, cross(b, c))
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn add(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

fn sub(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn scale(a: [f64; 3], by: f64) -> [f64; 3] {
    a.map(|part| part * by)
}

fn norm(a: [f64; 3]) -> f64 {
    dot(a, a).sqrt()
}

fn unit(a: [f64; 3]) -> [f64; 3] {
    let length = norm(a);
    if length == 0.0 { a } else { scale(a, 1.0 / length) }
}

/// A vector that stands on both, also where they are nearly the same.
fn robust_cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    let product = cross(add(b, a), sub(b, a));
    if product.iter().any(|part| *part != 0.0) {
        return product;
    }
    let size = a.map(f64::abs);
    let largest = if size[0] > size[1] {
        if size[0] > size[2] { 0 } else { 2 }
    } else if size[1] > size[2] {
        1
    } else {
        2
    };
    let bases = [[1.0, 0.0053, 0.00457], [0.012, 1.0, 0.00457], [0.012, 0.0053, 1.0]];
    unit(cross(a, bases[(largest + 2) % 3]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_agree() {
        let (a, b) = ((48.2, 16.37), (48.21, 16.4));
        let metres = distance(a, b);
        assert!((metres - 2486.0).abs() < 5.0, "{metres}");
        assert!((Point::at(a).metres(Point::at(b)) - metres).abs() < 1e-3);
        let (latitude, longitude) = Point::at(a).degrees();
        assert!((latitude - a.0).abs() < 1e-9 && (longitude - a.1).abs() < 1e-9);
    }

    #[test]
    fn the_closest_point_lies_on_the_way_or_at_an_end() {
        let (start, end) = (Point::at((0.0, 10.0)), Point::at((0.0, 11.0)));
        let foot = Point::at((0.5, 10.5)).closest(start, end).degrees();
        assert!(foot.0.abs() < 1e-9 && (foot.1 - 10.5).abs() < 1e-9, "{foot:?}");
        assert_eq!(Point::at((0.5, 9.0)).closest(start, end), start);
        let half = start.towards(end, 0.5).degrees();
        assert!((half.1 - 10.5).abs() < 1e-9);
    }
}
