//! How complete the records of a catalogue are: what each yardstick requires, and what a dataset's best distribution has.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::{Dataset, Distribution, Field};

/// The yardsticks as their file writes them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Yardsticks {
    sets: BTreeMap<String, Required>,
    best_distribution: BTreeMap<Field, u32>,
}

/// What a record must hold to count.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Required {
    fields: Vec<Field>,
    #[serde(default)]
    if_published: bool,
    #[serde(default)]
    every_distribution: Vec<Field>,
}

static YARDSTICKS: LazyLock<Yardsticks> = LazyLock::new(|| match toml::from_str(include_str!("yardsticks.toml")) {
    Ok(yardsticks) => yardsticks,
    Err(error) => panic!("invariant: the bundled yardsticks are well formed: {error}"),
});

/// Counts of datasets.
#[derive(Debug)]
pub struct Complete {
    /// Those that hold all that a yardstick requires, by its name.
    pub sets: BTreeMap<&'static str, u64>,
    /// Those whose best distribution has something in a field.
    pub best: BTreeMap<Field, u64>,
}

impl Default for Complete {
    fn default() -> Self {
        Self {
            sets: YARDSTICKS.sets.keys().map(|name| (name.as_str(), 0)).collect(),
            best: YARDSTICKS.best_distribution.keys().map(|field| (*field, 0)).collect(),
        }
    }
}

impl Complete {
    /// Takes in one dataset.
    pub(super) fn see(&mut self, dataset: &Dataset) {
        for (count, required) in self.sets.values_mut().zip(YARDSTICKS.sets.values()) {
            *count += u64::from(required.held(dataset));
        }
        if let Some(best) = best(dataset) {
            for (field, count) in &mut self.best {
                *count += u64::from(field.filled_in(best));
            }
        }
    }
}

/// Whether the yardstick of this name says nothing of records in which the fields `unpublished` could not stand.
///
/// What a form requires is missing wherever it is not published; what people look for may stand elsewhere.
pub fn says_nothing(yardstick: &str, unpublished: &[Field]) -> bool {
    let required = YARDSTICKS.sets.get(yardstick);
    required.is_some_and(|set| set.if_published && set.fields.iter().any(|field| unpublished.contains(field)))
}

impl Required {
    fn held(&self, dataset: &Dataset) -> bool {
        let each = |field: &Field| dataset.distributions.iter().all(|one| field.filled_in(one));
        self.fields.iter().all(|field| field.filled(dataset)) && self.every_distribution.iter().all(each)
    }
}

/// The distribution that gets the most points, the first of equals.
fn best(dataset: &Dataset) -> Option<&Distribution> {
    let points = |one: &Distribution| -> u32 {
        YARDSTICKS.best_distribution.iter().filter(|(field, _)| field.filled_in(one)).map(|(_, points)| points).sum()
    };
    match dataset.distributions.as_slice() {
        // The last of equals is taken by the standard library, and so the order is turned.
        [_, _, ..] => dataset.distributions.iter().rev().max_by_key(|one| points(one)),
        few => few.first(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_best_distribution_counts() {
        let of = |format: &str, bytes: Option<u64>| Distribution {
            access_url: "https://example.gov/".to_owned(),
            format: format.to_owned(),
            bytes,
            ..Distribution::default()
        };
        let mut complete = Complete::default();
        complete.see(&Dataset { distributions: vec![of("", Some(1)), of("CSV", None)], ..Dataset::default() });
        complete.see(&Dataset::default());
        assert_eq!(complete.best[&Field::MachineReadable], 1);
        assert_eq!(complete.best[&Field::ByteSize], 0);
    }

    #[test]
    fn each_distribution_must_have_what_each_must_have() {
        let mut complete = Complete::default();
        let mut dataset = Dataset { title: "t".to_owned(), description: "d".to_owned(), ..Dataset::default() };
        complete.see(&dataset);
        dataset
            .distributions
            .push(Distribution { access_url: "https://example.gov/".to_owned(), ..Default::default() });
        complete.see(&dataset);
        dataset.distributions.push(Distribution::default());
        complete.see(&dataset);
        assert_eq!(complete.sets["dcat_ap_mandatory"], 2);
        assert_eq!(complete.sets["dcat_us_3"], 0);
    }
}
