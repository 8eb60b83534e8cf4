//! What does the portal's catalogue list, and can all of it be read?

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::capture::{Capture, Captures, Need};
use crate::dcat::{self, FIELDS, Field, Profile, Tally};
use crate::finding::{Evidence, Finding, Locus};
use crate::platform::{self, Catalogue, Detected, Halved, Platform, Reading};
use crate::probe::{Probe, Target};
use crate::spec::Spec;

crate::declare!();

/// Reads a portal's catalogue to its end, through its platform's own interface.
pub struct Listing;

type Rows = Vec<BTreeMap<String, String>>;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Read(Box<Listed>),
    Short { name: String, platform: Platform, claimed: u64, read: u64, cause: Option<String> },
    Halved { name: String, platform: Platform, claimed: u64, read: u64, earlier: u64, earlier_on: Date },
    Capped { platform: Platform, claimed: u64, read: u64 },
    Empty { looks: Option<u64>, name: String, platform: Platform, claimed: u64, read: u64 },
    Broken { platform: Platform, claimed: u64, read: u64, cause: String },
    Foreign { platform: Platform, claimed: u64 },
    Unread { platforms: Vec<String>, cause: String },
    None { reason: String },
}

/// A catalogue that was read, as the finding's facts.
#[derive(Serialize)]
struct Listed {
    name: String,
    cause: Option<String>,
    platform: Platform,
    version: Option<String>,
    base: String,
    interface: &'static str,
    claimed: u64,
    read: u64,
    difference: i64,
    described: u64,
    distributions: u64,
    pages: u64,
    repeated: u64,
    platforms: Vec<String>,
    formats: Rows,
    ages: Rows,
    fields: Rows,
    kinds: Rows,
    publishers: Rows,
    federated: Rows,
    troubles: Vec<String>,
}

/// The fields of the picture; `metadata_complete` measures all.
const LOOKED_FOR: &[Field] = &[
    Field::Title,
    Field::Description,
    Field::Keyword,
    Field::Publisher,
    Field::Contact,
    Field::Licence,
    Field::Modified,
    Field::Frequency,
    Field::Distribution,
];
/// How many rows of a table of values are shown.
const ROWS: usize = 20;

impl Probe for Listing {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let front = captures.get(&target.request())?;
        let detected = platform::detect(target, captures)?;
        if detected.platforms.is_empty() {
            return Ok(vec![unseen(target, detected)]);
        }
        let names: Vec<String> = detected.platforms.iter().map(|seen| seen.platform.id().to_owned()).collect();
        let mut need = Need::default();
        let mut findings = Vec::new();
        for seen in &detected.platforms {
            match platform::read(seen, &front, captures) {
                Ok(reading) => {
                    let (seen, evidence) = told(seen.platform, &names, reading, captures, target, &front);
                    findings.push(SPEC.finding(target, &seen, evidence));
                }
                Err(lack) => need.merge(lack),
            }
        }
        if need == Need::default() { Ok(findings) } else { Err(need) }
    }
}

fn unseen(target: &Target, detected: Detected) -> Finding {
    let seen = match detected.unseen.into_iter().next() {
        Some(cause) => Seen::Unread { platforms: Vec::new(), cause },
        None => Seen::None { reason: detected.refused.into_iter().next().unwrap_or_default() },
    };
    SPEC.finding(target, &seen, detected.evidence)
}

fn told(
    platform: Platform,
    names: &[String],
    reading: Reading,
    captures: &Captures<'_>,
    target: &Target,
    front: &Capture,
) -> (Seen, Vec<Evidence>) {
    let catalogue = match reading {
        Reading::Read(catalogue) => catalogue,
        Reading::Unread { cause, evidence } => return (Seen::Unread { platforms: names.to_vec(), cause }, evidence),
        Reading::Foreign { claimed, mut evidence } => {
            evidence.push(Evidence::new(&front.id, Locus::Exchange, ""));
            return (Seen::Foreign { platform, claimed }, evidence);
        }
    };
    let Catalogue { claimed, read, .. } = *catalogue;
    let name = platform.to_string();
    let evidence = catalogue.evidence.clone();
    if let Some(cause) = catalogue.broken.clone() {
        return (Seen::Broken { platform, claimed, read, cause }, evidence);
    }
    if read == 0 {
        let looks = (catalogue.base.scheme() != "file").then_some(2);
        return (Seen::Empty { looks, name, platform, claimed, read }, evidence);
    }
    if read * 2 < claimed {
        let cause = catalogue.troubles.first().cloned();
        return (Seen::Short { name, platform, claimed, read, cause }, evidence);
    }
    if catalogue.capped {
        return (Seen::Capped { platform, claimed, read }, evidence);
    }
    if let Some(Halved { earlier, on }) = platform::halved(target, captures, &catalogue) {
        return (Seen::Halved { name, platform, claimed, read, earlier, earlier_on: on }, evidence);
    }
    let profile = &catalogue.profile;
    let listed = Listed {
        name,
        cause: catalogue.troubles.first().cloned(),
        platform,
        version: catalogue.version.clone(),
        base: catalogue.base.to_string(),
        interface: catalogue.interface,
        claimed,
        read,
        difference: i64::try_from(claimed).unwrap_or(i64::MAX) - i64::try_from(read).unwrap_or(i64::MAX),
        described: profile.datasets,
        distributions: profile.distributions,
        pages: catalogue.pages,
        repeated: profile.repeated,
        platforms: names.to_vec(),
        formats: rows("format", &profile.formats),
        ages: dcat::ages(&profile.months, profile.datasets, captures.as_of()),
        fields: fields(profile),
        kinds: rows("kind", &profile.kinds),
        publishers: rows("publisher", &profile.publishers),
        federated: rows("domain", &profile.federated),
        troubles: catalogue.troubles.clone(),
    };
    (Seen::Read(Box::new(listed)), evidence)
}

/// How many datasets have something in each field that readers of a catalogue look for first.
fn fields(profile: &Profile) -> Rows {
    let row = |field: &Field| {
        let (_, name) = FIELDS.iter().find(|(known, _)| known == field)?;
        let filled = profile.filled.get(field).copied().unwrap_or(0);
        Some(BTreeMap::from([("field".to_owned(), (*name).to_owned()), ("datasets".to_owned(), filled.to_string())]))
    };
    LOOKED_FOR.iter().filter_map(row).collect()
}

/// The most frequent values, and all others in one row.
fn rows(name: &str, tally: &Tally) -> Rows {
    let ranked = tally.ranked();
    let row = |value: &str, datasets: u64| {
        BTreeMap::from([(name.to_owned(), value.to_owned()), ("datasets".to_owned(), datasets.to_string())])
    };
    let mut rows: Rows = ranked.iter().take(ROWS).map(|(value, count)| row(value, *count)).collect();
    let others = ranked.iter().skip(ROWS).map(|(_, count)| count).sum::<u64>() + tally.others;
    if others > 0 {
        rows.push(row("(others)", others));
    }
    rows
}
