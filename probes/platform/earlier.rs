//! A catalogue held against what the last run read of it: half of one does not vanish between two looks unseen.

use jiff::civil::Date;
use serde_json::Value;

use super::Catalogue;
use crate::capture::Captures;
use crate::probe::Target;

/// A catalogue that lists less than half of what the last run read.
#[derive(Clone, Copy, Debug)]
pub struct Halved {
    /// How many datasets were read then.
    pub earlier: u64,
    /// The date that run spoke of.
    pub on: Date,
}

/// Whether `catalogue` lost more than half of its datasets since the last run that read it on the same platform.
///
/// What moved to another platform is another catalogue. A run that finds the same low number again confirms it, since
/// the number of each run is what the next one is told.
pub fn halved(target: &Target, captures: &Captures<'_>, catalogue: &Catalogue) -> Option<Halved> {
    let of_platform = |facts: &std::collections::BTreeMap<String, Value>| {
        facts.get("platform").and_then(Value::as_str) == Some(catalogue.platform.id())
    };
    let all = captures.earlier(target);
    let last = all.iter().find(|earlier| of_platform(&earlier.facts))?;
    let earlier = last.facts.get("read")?.as_u64()?;
    (catalogue.read * 2 < earlier).then_some(Halved { earlier, on: last.as_of })
}
