//! What the last run found: few facts, handed on with the pack so that every replay is told the same.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the last run found out about a target, as far as its probe wants that remembered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Earlier {
    /// The date that run spoke of.
    pub as_of: Date,
    /// The probe that found it.
    pub probe: String,
    /// The target's id.
    pub target: String,
    /// The facts its probe.toml names as remembered.
    pub facts: BTreeMap<String, Value>,
}

impl Earlier {
    /// Whether both speak of the same thing: what is said of it in words is then the same, and only measures differ.
    pub fn speaks_of_the_same_as(&self, other: &Self) -> bool {
        let words = |earlier: &Self| -> Vec<(String, Value)> {
            let words = earlier.facts.iter().filter(|(_, value)| value.is_string());
            words.map(|(name, value)| (name.clone(), value.clone())).collect()
        };
        (&self.probe, &self.target, words(self)) == (&other.probe, &other.target, words(other))
    }
}
