//! Signs that a field says nothing: data, with the patterns put together once.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};
use serde::{Deserialize, Deserializer, Serialize};

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// It has no title.
    TitleBlank,
    /// Its title only fills the field.
    TitlePlaceholder,
    /// Its title is the name of a file, a column or a variable.
    TitleCode,
    /// It has no description.
    DescriptionBlank,
    /// Its description only fills the field.
    DescriptionPlaceholder,
    /// Its description is its title over again.
    DescriptionTitle,
    /// Its description has a word processor's markup in it, or shows markup to the reader.
    DescriptionMarkup,
    /// It has keywords, and none that is one.
    KeywordsPlaceholder,
    /// A date of it lies before computers could have written it, or at the end of their time.
    DateImpossible,
}

impl Sign {
    /// What is wrong, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::TitleBlank => "no title",
            Self::TitlePlaceholder => "the title is a placeholder",
            Self::TitleCode => "the title is a code or a file's name",
            Self::DescriptionBlank => "no description",
            Self::DescriptionPlaceholder => "the description is a placeholder",
            Self::DescriptionTitle => "the description repeats the title",
            Self::DescriptionMarkup => "the description has leftovers of markup",
            Self::KeywordsPlaceholder => "the keywords are placeholders",
            Self::DateImpossible => "a date is impossible",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Signs {
    pub(super) titles: Titles,
    pub(super) descriptions: Descriptions,
    pub(super) keywords: Keywords,
    pub(super) dates: Dates,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Titles {
    #[serde(deserialize_with = "any")]
    pub(super) placeholder: RegexSet,
    #[serde(deserialize_with = "any")]
    pub(super) code: RegexSet,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Descriptions {
    #[serde(deserialize_with = "any")]
    pub(super) placeholder: RegexSet,
    #[serde(deserialize_with = "any")]
    pub(super) word_markup: RegexSet,
    #[serde(deserialize_with = "any")]
    pub(super) shown_markup: RegexSet,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Keywords {
    #[serde(deserialize_with = "any")]
    pub(super) placeholder: RegexSet,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Dates {
    #[serde(deserialize_with = "one")]
    pub(super) impossible: Regex,
}

fn any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<RegexSet, D::Error> {
    RegexSet::new(Vec::<String>::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

fn one<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Regex, D::Error> {
    Regex::new(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

pub(super) static SIGNS: LazyLock<Signs> = LazyLock::new(|| match toml::from_str(include_str!("signs.toml")) {
    Ok(signs) => signs,
    Err(error) => panic!("invariant: the bundled signs are well formed: {error}"),
});
