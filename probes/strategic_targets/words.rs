//! The words by which goals are told.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use crate::columns::Fields;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) aims: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) before_aim: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) upkeep: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) named: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) becomes: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) label: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) value: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) number_of: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) number_then: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) bare: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) deadline: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) recurring: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) baseline: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) task: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) past: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) unlike: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) filler: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) measure_ends: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) measure_until: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) wanted: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) department: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) city: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) plan: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) period: Regex,
    pub(super) fields: Fields,
    #[serde(deserialize_with = "crate::pattern::one")]
    pub(super) year: Regex,
}

pub(super) static WORDS: LazyLock<Words> = LazyLock::new(|| {
    toml::from_str(include_str!("words.toml")).expect("invariant: the bundled words of goals are well formed")
});
