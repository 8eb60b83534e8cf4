//! How complete the records of a catalogue are: what each yardstick requires, and what a dataset's best distribution has.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::{Field, Fields};

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
    fields: Fields,
    #[serde(default)]
    if_published: bool,
    #[serde(default)]
    every_distribution: Fields,
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
    /// Takes in a dataset with something in the fields `any`, and each of its distributions in those of `files`.
    pub(super) fn see(&mut self, any: Fields, files: &[Fields]) {
        for (count, required) in self.sets.values_mut().zip(YARDSTICKS.sets.values()) {
            *count += u64::from(required.held(any, files));
        }
        if let Some(best) = best(files) {
            for (field, count) in &mut self.best {
                *count += u64::from(best.has(*field));
            }
        }
    }
}

/// Whether the yardstick of this name says nothing of records in which the fields `unpublished` could not stand.
///
/// What a form requires is missing wherever it is not published; what people look for may stand elsewhere.
pub fn says_nothing(yardstick: &str, unpublished: &[Field]) -> bool {
    let required = YARDSTICKS.sets.get(yardstick);
    required.is_some_and(|set| set.if_published && unpublished.iter().any(|field| set.fields.has(*field)))
}

/// Whether the yardstick of this name requires something in `field`.
pub fn requires(yardstick: &str, field: Field) -> bool {
    YARDSTICKS.sets.get(yardstick).is_some_and(|set| set.fields.has(field))
}

impl Required {
    fn held(&self, any: Fields, files: &[Fields]) -> bool {
        any.has_all(self.fields) && files.iter().all(|one| one.has_all(self.every_distribution))
    }
}

/// The distribution that gets the most points, the first of equals.
fn best(files: &[Fields]) -> Option<Fields> {
    let points = |one: &Fields| -> u32 {
        YARDSTICKS.best_distribution.iter().filter(|(field, _)| one.has(**field)).map(|(_, points)| points).sum()
    };
    // The last of equals is taken by the standard library, and so the order is turned.
    files.iter().copied().rev().max_by_key(points)
}

#[cfg(test)]
mod tests {
    use super::super::{Dataset, Distribution};
    use super::*;

    fn see(complete: &mut Complete, dataset: &Dataset) {
        let files: Vec<Fields> = dataset.distributions.iter().map(Distribution::filled).collect();
        complete.see(dataset.filled(&files), &files);
    }

    #[test]
    fn only_the_best_distribution_counts() {
        let of = |format: &str, bytes: Option<u64>| Distribution {
            access_url: "https://example.gov/".to_owned(),
            format: format.to_owned(),
            bytes,
            ..Distribution::default()
        };
        let mut complete = Complete::default();
        see(&mut complete, &Dataset { distributions: vec![of("", Some(1)), of("CSV", None)], ..Dataset::default() });
        see(&mut complete, &Dataset::default());
        assert_eq!(complete.best[&Field::MachineReadable], 1);
        assert_eq!(complete.best[&Field::ByteSize], 0);
    }

    #[test]
    fn each_distribution_must_have_what_each_must_have() {
        let mut complete = Complete::default();
        let mut dataset = Dataset { title: "t".to_owned(), description: "d".to_owned(), ..Dataset::default() };
        see(&mut complete, &dataset);
        dataset
            .distributions
            .push(Distribution { access_url: "https://example.gov/".to_owned(), ..Default::default() });
        see(&mut complete, &dataset);
        dataset.distributions.push(Distribution::default());
        see(&mut complete, &dataset);
        assert_eq!(complete.sets["dcat_ap_mandatory"], 2);
        assert_eq!(complete.sets["dcat_us_3"], 0);
    }
}
