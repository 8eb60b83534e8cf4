//! Where geometries lie, and whether they can lie there.

use serde::{Deserialize, Serialize};

use super::Crs;

/// The box around geometries, in their own coordinates.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extent {
    /// The least first coordinate: the west.
    pub west: f64,
    /// The least second: the south.
    pub south: f64,
    /// The greatest first: the east.
    pub east: f64,
    /// The greatest second: the north.
    pub north: f64,
}

/// Why geometries cannot lie where they are said to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misplaced {
    /// Latitude stands first, where longitude should.
    Swapped,
    /// They are no degrees, though degrees are declared.
    NotDegrees,
    /// They are degrees, though metres or feet are declared.
    Degrees,
}

/// How far beyond a pole or the date line rounding and polygons that cross it may lead, in degrees.
const BEYOND: f64 = 1.0;

impl Extent {
    /// The box around `other` boxes or points and this one.
    pub(super) fn around(held: Option<Self>, x: f64, y: f64) -> Option<Self> {
        if !x.is_finite() || !y.is_finite() {
            return held;
        }
        let held = held.unwrap_or(Self { west: x, south: y, east: x, north: y });
        Some(Self {
            west: held.west.min(x),
            south: held.south.min(y),
            east: held.east.max(x),
            north: held.north.max(y),
        })
    }

    /// A box by its corners, if they are numbers in their order.
    pub(super) fn of([west, south, east, north]: [f64; 4]) -> Option<Self> {
        let sound = [west, south, east, north].iter().all(|number| number.is_finite() && number.abs() < 1e30);
        (sound && west <= east && south <= north).then_some(Self { west, south, east, north })
    }

    /// Why nothing can lie here, if so: what is known of the coordinates decides.
    pub fn misplaced(&self, crs: &Crs) -> Option<Misplaced> {
        let within = |low: f64, high: f64, most: f64| low >= -most - BEYOND && high <= most + BEYOND;
        let degrees = within(self.west, self.east, 180.0) && within(self.south, self.north, 90.0);
        match crs.geographic {
            Some(true) if degrees => None,
            // Some shift the world by half a turn, so that longitudes go to 360.
            Some(true) if within(self.south, self.north, 90.0) && self.west >= -1.0 && self.east <= 361.0 => None,
            Some(true) if within(self.west, self.east, 90.0) && within(self.south, self.north, 180.0) => {
                Some(Misplaced::Swapped)
            }
            Some(true) => Some(Misplaced::NotDegrees),
            // A city is not a few metres wide at the very origin of its grid.
            Some(false) if degrees && (self.west, self.south) != (0.0, 0.0) => Some(Misplaced::Degrees),
            _ => None,
        }
    }
}

impl Misplaced {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Swapped => "latitude stands first and longitude second, the other way round than declared",
            Self::NotDegrees => "its coordinates are too large for degrees, which are declared",
            Self::Degrees => "its coordinates look like degrees, while metres or feet are declared",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(corners: [f64; 4], geographic: Option<bool>) -> Option<Misplaced> {
        Extent::of(corners).unwrap().misplaced(&Crs { geographic, ..Crs::default() })
    }

    #[test]
    fn a_place_is_held_against_its_coordinates() {
        assert_eq!(of([-71.4, 41.4, -71.2, 41.6], Some(true)), None);
        assert_eq!(of([41.4, -118.4, 41.6, -118.2], Some(true)), Some(Misplaced::Swapped));
        assert_eq!(of([311_000.0, 4_590_000.0, 312_000.0, 4_591_000.0], Some(true)), Some(Misplaced::NotDegrees));
        assert_eq!(of([311_000.0, 4_590_000.0, 312_000.0, 4_591_000.0], Some(false)), None);
        assert_eq!(of([-71.4, 41.4, -71.2, 41.6], Some(false)), Some(Misplaced::Degrees));
        assert_eq!(of([311_000.0, 4_590_000.0, 312_000.0, 4_591_000.0], None), None);
        assert_eq!(of([179.0, -20.0, 182.0, -15.0], Some(true)), None);
    }

    #[test]
    fn no_box_is_made_of_what_is_no_number() {
        assert_eq!(Extent::of([f64::NAN, 0.0, 1.0, 1.0]), None);
        assert_eq!(Extent::of([1.0, 0.0, 0.0, 1.0]), None);
        assert_eq!(Extent::around(None, f64::INFINITY, 0.0), None);
    }
}
