//! Do the portal's datasets say how often they are updated?

use std::collections::BTreeMap;

use serde::Serialize;

use crate::capture::{Captures, Need};
use crate::dcat::{Field, Frequency};
use crate::finding::{Finding, Share};
use crate::platform::{self, Behind, Catalogue, Platform};
use crate::probe::{Probe, Target};
use crate::spec::Spec;

crate::declare!();

/// Tells the frequencies that a catalogue's datasets declare.
pub struct UpdateFrequency;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Measured(Box<Measured>),
    Unpublished { name: String, platform: Platform, interface: &'static str, datasets: u64 },
    Unread { cause: String },
    None { reason: String },
}

/// What a catalogue says of it, as the facts of the finding.
#[derive(Serialize)]
struct Measured {
    name: String,
    platform: Platform,
    interface: &'static str,
    datasets: u64,
    declared: Option<Share>,
    understood: Option<Share>,
    periodic: Option<Share>,
    frequencies: Vec<Named>,
    not_understood: Vec<Written>,
}

/// A frequency by its name; cells of tables are words.
#[derive(Serialize)]
struct Named {
    frequency: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    days: String,
    datasets: String,
}

/// What was written and not understood.
#[derive(Serialize)]
struct Written {
    written: String,
    datasets: String,
}

/// How many of the texts that were not understood are shown.
const ROWS: usize = 20;

impl Probe for UpdateFrequency {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let tell = |behind: Behind| {
            let (seen, evidence) = match behind {
                Behind::Catalogue(catalogue) => (measured(&catalogue), catalogue.evidence.clone()),
                Behind::Unread { cause, evidence } => (Seen::Unread { cause }, evidence),
                Behind::None { reason, evidence } => (Seen::None { reason }, evidence),
            };
            SPEC.finding(target, &seen, evidence)
        };
        Ok(platform::behind(target, captures)?.into_iter().map(tell).collect())
    }
}

fn measured(catalogue: &Catalogue) -> Seen {
    let (name, platform, interface) = (catalogue.platform.to_string(), catalogue.platform, catalogue.interface);
    let datasets = catalogue.profile.datasets;
    if catalogue.not_published().contains(&Field::Frequency) {
        return Seen::Unpublished { name, platform, interface, datasets };
    }
    let mut understood = 0;
    let mut periodic = 0;
    let mut named: BTreeMap<String, (Option<f64>, u64)> = BTreeMap::new();
    let mut not_understood = Vec::new();
    for (written, count) in catalogue.profile.frequencies.ranked() {
        let Some(frequency) = Frequency::of(written) else {
            not_understood.push(Written { written: written.to_owned(), datasets: count.to_string() });
            continue;
        };
        understood += count;
        periodic += if frequency.days.is_some() { count } else { 0 };
        named.entry(frequency.name).or_insert((frequency.days, 0)).1 += count;
    }
    not_understood.truncate(ROWS);
    let mut named: Vec<_> = named.into_iter().collect();
    named.sort_by_key(|(_, (_, count))| std::cmp::Reverse(*count));
    let row = |(frequency, (days, count)): (String, (Option<f64>, u64))| Named {
        frequency,
        days: days.map(|days| format!("{}", (days * 100.0).round() / 100.0)).unwrap_or_default(),
        datasets: count.to_string(),
    };
    let declared = catalogue.profile.filled.get(&Field::Frequency).copied().unwrap_or(0);
    Seen::Measured(Box::new(Measured {
        name,
        platform,
        interface,
        datasets,
        declared: catalogue.share(declared),
        understood: catalogue.share(understood),
        periodic: catalogue.share(periodic),
        frequencies: named.into_iter().map(row).collect(),
        not_understood,
    }))
}
