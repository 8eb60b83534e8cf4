//! The days that a file keeps of itself: when it was made and when it was last saved.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A day in a file's own properties.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// What happened to the file on it.
    pub of: Deed,
    /// The day.
    pub day: Date,
}

/// What a file's properties tell of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// It was made.
    Created,
    /// It was saved last.
    Modified,
}

impl Stamp {
    /// The day that a property gives, if it gives one: `2018-06-11T17:17:24Z`, or PDF's `D:20180611171724Z`.
    pub(super) fn of(of: Deed, written: &str) -> Option<Self> {
        let written = written.trim();
        let digits: String = written.trim_start_matches("D:").chars().filter(|c| *c != '-').take(8).collect();
        let number = |range: std::ops::Range<usize>| digits.get(range)?.parse::<i16>().ok();
        let small = |range| i8::try_from(number(range)?).ok();
        let day = Date::new(number(0..4)?, small(4..6)?, small(6..8)?).ok()?;
        // What was made before there were such files was never dated.
        (day.year() >= 1985).then_some(Self { of, day })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_files_write_them() {
        let day = |written| Stamp::of(Deed::Created, written).map(|stamp| stamp.day.to_string());
        assert_eq!(day("D:20180611171724-04'00'").as_deref(), Some("2018-06-11"));
        assert_eq!(day("2018-06-11T17:17:24Z").as_deref(), Some("2018-06-11"));
        assert_eq!((day("D:19700101"), day("yesterday"), day("")), (None, None, None));
    }
}
