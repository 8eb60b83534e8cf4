//! Patterns in data files: regular expressions that mean words in any case, read by serde.

use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// One pattern.
pub fn one<'de, D: Deserializer<'de>>(read: D) -> Result<Regex, D::Error> {
    compiled(&String::deserialize(read)?)
}

/// A pattern that may be left out.
pub fn maybe<'de, D: Deserializer<'de>>(read: D) -> Result<Option<Regex>, D::Error> {
    one(read).map(Some)
}

/// Several patterns, each by itself.
pub fn each<'de, D: Deserializer<'de>>(read: D) -> Result<Vec<Regex>, D::Error> {
    Vec::<String>::deserialize(read)?.iter().map(|written| compiled(written)).collect()
}

/// Several patterns, any of which will do.
pub fn any<'de, D: Deserializer<'de>>(read: D) -> Result<RegexSet, D::Error> {
    set(&Vec::<String>::deserialize(read)?)
}

/// Several ranks of such patterns.
pub fn ranks<'de, D: Deserializer<'de>>(read: D) -> Result<Vec<RegexSet>, D::Error> {
    Vec::<Vec<String>>::deserialize(read)?.iter().map(|rank| set(rank)).collect()
}

/// The pattern that is written so.
pub fn compiled<E: Error>(written: &str) -> Result<Regex, E> {
    RegexBuilder::new(written).case_insensitive(true).build().map_err(E::custom)
}

fn set<E: Error>(written: &[String]) -> Result<RegexSet, E> {
    RegexSetBuilder::new(written).case_insensitive(true).build().map_err(E::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Data {
        #[serde(default, deserialize_with = "maybe")]
        lacking: Option<Regex>,
        #[serde(deserialize_with = "ranks")]
        ranks: Vec<RegexSet>,
    }

    #[test]
    fn words_are_meant_in_any_case_and_a_broken_pattern_is_an_error() {
        let data: Data = toml::from_str("ranks = [['^plan$'], ['a|b']]").unwrap();
        assert!(data.lacking.is_none() && data.ranks[0].is_match("PLAN") && !data.ranks[0].is_match("plans"));
        assert!(toml::from_str::<Data>("ranks = [['(']]").is_err());
    }
}
