//! Which fields of its datasets does the catalogue fill in?

use std::collections::BTreeMap;

use serde::Serialize;

use crate::capture::{Captures, Need};
use crate::dcat::{FIELDS, Field, requires, says_nothing};
use crate::finding::{Finding, Share};
use crate::platform::{self, Behind, Catalogue, Platform};
use crate::probe::{Probe, Target};
use crate::spec::Spec;

crate::declare!();

/// Counts what is filled in, field by field, over a whole catalogue.
pub struct MetadataComplete;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Measured(Box<Measured>),
    Exported(Exported),
    Unread { cause: String },
    None { reason: String },
}

#[derive(Serialize)]
struct Measured {
    name: String,
    platform: Platform,
    interface: &'static str,
    datasets: u64,
    core_by: Option<&'static str>,
    #[serde(flatten)]
    shares: BTreeMap<String, Share>,
    fields: Vec<Row>,
    feed_datasets: Option<u64>,
    not_published: Vec<&'static str>,
}

/// What the DCAT-US file says, which its form asks for.
#[derive(Serialize)]
struct Exported {
    name: String,
    datasets: u64,
    #[serde(flatten)]
    shares: BTreeMap<String, Share>,
}

/// A field's row; cells of tables are words.
#[derive(Serialize)]
struct Row {
    field: &'static str,
    filled: String,
    n: String,
    share: String,
    feed: String,
}

/// The yardstick that speaks for all in the finding's sentence.
const CORE: &str = "core";
/// The forms of the file that platforms export.
const EXPORTS: [&str; 2] = ["dcat_us_1_1", "dcat_us_3"];
/// Fields that stand in no yardstick: the table has them.
const IN_TABLE_ONLY: &[Field] = &[Field::DistributionTitle];

impl Probe for MetadataComplete {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let behind = platform::behind(target, captures)?;
        let mut findings = Vec::new();
        let mut say = |seen: &Seen, evidence| findings.push(SPEC.finding(target, seen, evidence));
        for one in behind {
            match one {
                Behind::Catalogue(catalogue) => {
                    let feed = catalogue.feed(captures)?;
                    let mut evidence = catalogue.evidence.clone();
                    evidence.extend(feed.iter().flat_map(|feed| feed.evidence.clone()));
                    say(&Seen::Measured(Box::new(measured(&catalogue, feed.as_deref()))), evidence);
                    let export = if catalogue.is_dcat_us() { Some(catalogue) } else { feed };
                    if let Some(export) = export.filter(|export| export.broken.is_none() && !export.capped) {
                        say(&Seen::Exported(exported(&export)), export.evidence.clone());
                    }
                }
                Behind::Unread { cause, evidence } => say(&Seen::Unread { cause }, evidence),
                Behind::None { reason, evidence } => say(&Seen::None { reason }, evidence),
            }
        }
        Ok(findings)
    }
}

fn measured(catalogue: &Catalogue, feed: Option<&Catalogue>) -> Measured {
    let profile = &catalogue.profile;
    let mut shares = BTreeMap::new();
    let mut share = |name: String, hits: u64| shares.extend(catalogue.share(hits).map(|share| (name, share)));
    for (field, name) in FIELDS.iter().filter(|(field, _)| !IN_TABLE_ONLY.contains(field)) {
        share((*name).to_owned(), filled(catalogue, *field));
    }
    let not_published = catalogue.not_published();
    for (name, hits) in &profile.complete.sets {
        if !says_nothing(name, &not_published) {
            share((*name).to_owned(), *hits);
        }
    }
    for (field, hits) in &profile.complete.best {
        // There a licence and rights are always those of the distribution.
        share(format!("mqa_{}", field.name().trim_start_matches("distribution_")), *hits);
    }
    // What the platform's own interface never says, its feed may.
    let core_by_feed = feed.filter(|feed| !shares.contains_key(CORE) && !says_nothing(CORE, &feed.not_published()));
    if let Some((feed, hits)) = core_by_feed.and_then(|feed| Some((feed, feed.profile.complete.sets.get(CORE)?))) {
        shares.extend(feed.share(*hits).map(|share| (CORE.to_owned(), share)));
    }
    let row = |(field, name): &(Field, &'static str)| Row {
        field: name,
        filled: filled(catalogue, *field).to_string(),
        n: profile.datasets.to_string(),
        share: percent(filled(catalogue, *field), profile.datasets),
        feed: feed.map_or_else(|| "unknown".to_owned(), |feed| percent(filled(feed, *field), feed.profile.datasets)),
    };
    Measured {
        name: catalogue.platform.to_string(),
        platform: catalogue.platform,
        interface: catalogue.interface,
        datasets: profile.datasets,
        fields: FIELDS.iter().map(row).collect(),
        feed_datasets: feed.map(|feed| feed.profile.datasets),
        core_by: shares.contains_key(CORE).then(|| core_by_feed.unwrap_or(catalogue).interface),
        shares,
        not_published: not_published.into_iter().map(Field::name).collect(),
    }
}

fn exported(file: &Catalogue) -> Exported {
    let asked = FIELDS.iter().filter(|(field, _)| EXPORTS.iter().any(|form| requires(form, *field)));
    let fields = asked.map(|(field, name)| (*name, filled(file, *field)));
    let forms =
        file.profile.complete.sets.iter().filter(|(form, _)| EXPORTS.contains(form)).map(|(form, hits)| (*form, *hits));
    Exported {
        name: file.platform.to_string(),
        datasets: file.profile.datasets,
        shares: fields.chain(forms).filter_map(|(name, hits)| Some((name.to_owned(), file.share(hits)?))).collect(),
    }
}

fn filled(catalogue: &Catalogue, field: Field) -> u64 {
    catalogue.profile.filled.get(&field).copied().unwrap_or(0)
}

/// A share in percent, to the tenth.
fn percent(hits: u64, of: u64) -> String {
    if of == 0 { "unknown".to_owned() } else { format!("{:.1}", hits as f64 * 100.0 / of as f64) }
}
