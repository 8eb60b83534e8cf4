//! Under what terms may the portal's datasets be used?

use serde::Serialize;

use crate::capture::{Captures, Need};
use crate::dcat::licence::{Class, Open};
use crate::finding::{Finding, Share};
use crate::platform::{self, Behind, Catalogue, Platform};
use crate::probe::{Probe, Target};
use crate::spec::Spec;

crate::declare!();

/// Counts the licences of a catalogue's datasets.
pub struct Licence;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Measured(Box<Measured>),
    Unread { cause: String },
    None { reason: String },
}

#[derive(Serialize)]
struct Measured {
    name: String,
    platform: Platform,
    interface: &'static str,
    datasets: u64,
    recognised: Option<Share>,
    open: Option<Share>,
    not_open: Option<Share>,
    own_terms: Option<Share>,
    disclaimer: Option<Share>,
    refusal: Option<Share>,
    placeholder: Option<Share>,
    none: Option<Share>,
    commonest: Option<String>,
    licences: Vec<Known>,
    others: Vec<Other>,
}

/// A licence's row; cells of tables are words.
#[derive(Serialize)]
struct Known {
    id: String,
    licence: String,
    open: Open,
    datasets: String,
}

/// What stands in the place of a licence.
#[derive(Serialize)]
struct Other {
    written: String,
    class: Class,
    datasets: String,
}

/// How many rows of what is no licence are shown.
const ROWS: usize = 20;

impl Probe for Licence {
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
    let terms = &catalogue.profile.terms;
    let class = |class| catalogue.share(terms.of(class));
    let open = |open| catalogue.share(terms.open.get(&open).copied().unwrap_or_default());
    let mut known: Vec<_> = terms.known.iter().collect();
    known.sort_by_key(|(id, (_, _, datasets))| (u64::MAX - datasets, *id));
    let mut others: Vec<_> =
        terms.others.iter().flat_map(|(class, tally)| tally.iter().map(|(written, n)| (n, *class, written))).collect();
    others.sort_by_key(|(datasets, class, written)| (u64::MAX - datasets, *class, *written));
    Measured {
        name: catalogue.platform.to_string(),
        platform: catalogue.platform,
        interface: catalogue.interface,
        datasets: catalogue.profile.datasets,
        recognised: class(Class::Recognised),
        open: open(Open::Yes),
        not_open: open(Open::No),
        own_terms: class(Class::OwnTerms),
        disclaimer: class(Class::Disclaimer),
        refusal: class(Class::Refusal),
        placeholder: class(Class::Placeholder),
        none: class(Class::None),
        commonest: known.first().map(|(_, (name, _, _))| name.clone()),
        licences: known
            .into_iter()
            .map(|(id, (name, open, datasets))| Known {
                id: id.clone(),
                licence: name.clone(),
                open: *open,
                datasets: datasets.to_string(),
            })
            .collect(),
        others: others
            .into_iter()
            .take(ROWS)
            .map(|(datasets, class, written)| Other {
                written: written.to_owned(),
                class,
                datasets: datasets.to_string(),
            })
            .collect(),
    }
}
