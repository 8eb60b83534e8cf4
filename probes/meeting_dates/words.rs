//! How people write of meetings: the patterns of `words.toml`.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    subjects: Vec<Subject>,
    pub(super) dates: Dates,
    pub(super) attendance: Attendance,
    pub(super) rhythm: Rhythm,
    pub(super) cadences: Vec<Cadence>,
}

/// Someone whose meetings they may be.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Subject {
    id: String,
    #[serde(deserialize_with = "crate::pattern::one")]
    words: Regex,
}

/// Which dates are days of meetings.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Dates {
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) other_before: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) next_before: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) meeting: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) not_meeting: Regex,
}

/// Who was there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Attendance {
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) present: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) ends: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) leaders: Regex,
}

/// What makes a rhythm one of meetings.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rhythm {
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) meets: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) of_something_else: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) not_regular: Regex,
}

/// A rhythm, and the longest time between two meetings that it allows.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cadence {
    pub(super) days: u32,
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) words: Regex,
}

pub(super) static WORDS: LazyLock<Words> = LazyLock::new(|| {
    toml::from_str(include_str!("words.toml")).expect("invariant: the bundled words of meetings are well formed")
});

/// What a meeting is about that nothing tells.
pub(super) const OTHER: &str = "other";

/// Whose meeting a text speaks of: the subject whose words stand first in it.
pub(super) fn subject(text: &str) -> Option<&'static str> {
    let found =
        WORDS.subjects.iter().filter_map(|subject| Some((subject.words.find(text)?.start(), subject.id.as_str())));
    // Of two at the same place, the one that the data names first.
    found.min_by_key(|(start, _)| *start).map(|(_, id)| id)
}
