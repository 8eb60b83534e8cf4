//! In which formats does the catalogue offer its data, and can everyone use them?

use std::collections::BTreeMap;

use serde::Serialize;

use crate::capture::{Captures, Need};
use crate::dcat::{Field, is_machine_readable, is_open};
use crate::finding::{Finding, Share};
use crate::platform::{self, Behind, Catalogue};
use crate::probe::{Probe, Target};
use crate::spec::Spec;

crate::declare!();

/// Holds the declared formats of all datasets against tables of formats.
pub struct OpenFormat;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Measured(Box<Measured>),
    Unread { cause: String },
    None { reason: String },
}

#[derive(Serialize)]
struct Measured {
    open: Option<Share>,
    machine_readable: Option<Share>,
    open_and_machine_readable: Option<Share>,
    eu_non_proprietary: Option<Share>,
    eu_machine_readable: Option<Share>,
    declared: Option<Share>,
    formats: Vec<BTreeMap<&'static str, String>>,
}

/// How many formats are listed.
const LISTED: usize = 40;

impl Probe for OpenFormat {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let tell = |behind: Behind| {
            let (seen, evidence) = match behind {
                Behind::Catalogue(catalogue) => {
                    (Seen::Measured(Box::new(measured(&catalogue))), catalogue.evidence.clone())
                }
                Behind::Unread { cause, evidence } => (Seen::Unread { cause }, evidence),
                Behind::None { reason, evidence } => (Seen::None { reason }, evidence),
            };
            SPEC.finding(target, &seen, evidence)
        };
        Ok(platform::behind(target, captures)?.into_iter().map(tell).collect())
    }
}

fn measured(catalogue: &Catalogue) -> Measured {
    let profile = &catalogue.profile;
    let filled = |field: Field| catalogue.share(profile.filled.get(&field).copied().unwrap_or(0));
    let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
    let row = |(format, datasets): &(&str, u64)| {
        BTreeMap::from([
            ("format", (*format).to_owned()),
            ("datasets", datasets.to_string()),
            ("open", yes(is_open(format))),
            ("machine readable", yes(is_machine_readable(format))),
        ])
    };
    Measured {
        open: catalogue.share(profile.openness.open),
        machine_readable: catalogue.share(profile.openness.machine_readable),
        open_and_machine_readable: catalogue.share(profile.openness.both),
        eu_non_proprietary: filled(Field::NonProprietary),
        eu_machine_readable: filled(Field::MachineReadable),
        declared: catalogue.share(profile.openness.declared),
        formats: profile.formats.ranked().iter().take(LISTED).map(row).collect(),
    }
}
