//! Sets of a feed's files, as one number.

use super::schema::SCHEMAS;

/// The zones of a feed.
pub(crate) const GEOJSON: &str = "locations.geojson";
/// No file, but a state of one: no service ends before it begins. Where one does, rules on services break elsewhere.
pub(crate) const IN_ORDER: &str = "services in order";

/// A set of files of a feed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Files(u64);

impl Files {
    /// No file.
    pub(crate) const NONE: Self = Self(0);
    /// Every file, whatever the order of the services.
    pub(crate) const ALL: Self = Self(!(1 << 61));

    /// The set of the files named; `*` names all.
    pub(crate) fn of<T: AsRef<str>>(names: &[T]) -> Self {
        names.iter().fold(Self::NONE, |set, name| set.with(name.as_ref()))
    }

    /// The set with one more.
    pub(crate) fn with(self, name: &str) -> Self {
        let bit = match name {
            "*" => return Self::ALL,
            GEOJSON => 63,
            IN_ORDER => 61,
            name => SCHEMAS.iter().position(|schema| schema.file == name).unwrap_or(62),
        };
        Self(self.0 | 1 << bit)
    }

    /// Whether both have a file.
    pub(crate) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}
