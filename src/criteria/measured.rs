//! How often a clause's leads were right where people had labelled documents: told beside a lead, it decides nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Labels of one clause, and what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// How many labels.
    pub labels: u64,
    /// Strong leads.
    pub strong: u64,
    /// How many of those people call met.
    pub strong_right: u64,
    /// What people call met or partly met.
    pub wanted: u64,
    /// How much of that has a lead.
    pub wanted_found: u64,
}

/// What stands in `accuracy.toml`, as far as it is told beside leads.
#[derive(Deserialize)]
pub(super) struct AccuracyFile {
    /// By clause.
    #[serde(default)]
    pub(super) clauses: BTreeMap<String, Measured>,
}
