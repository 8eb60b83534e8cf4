//! Who publishes the portal's datasets, and how many are the portal's own?

mod own;

use serde::Serialize;

use crate::capture::{Capture, Captures, Need};
use crate::dcat::Field;
use crate::finding::{Finding, Share};
use crate::html::Page;
use crate::kind::{self, Kind};
use crate::platform::{self, Behind, Catalogue, Platform};
use crate::probe::{Probe, Target};
use crate::spec::Spec;

crate::declare!();

/// Ranks a catalogue's publishers.
pub struct Publisher;

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
    named: Option<Share>,
    different: u64,
    largest: Option<String>,
    largest_share: Option<Share>,
    own: Option<Share>,
    own_names: Vec<String>,
    placeholder: Option<Share>,
    federated: Option<Share>,
    publishers: Vec<Row>,
    domains: Vec<Domain>,
}

/// A publisher's row; cells of tables are words.
#[derive(Serialize)]
struct Row {
    publisher: String,
    datasets: String,
    kind: &'static str,
}

/// A domain that datasets came from.
#[derive(Serialize)]
struct Domain {
    domain: String,
    datasets: String,
}

/// How many rows of a table are shown.
const ROWS: usize = 20;

impl Probe for Publisher {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let front = captures.get(&target.request())?;
        let title = title(&front, captures);
        let tell = |behind: Behind| {
            let (seen, evidence) = match behind {
                Behind::Catalogue(catalogue) => {
                    (Seen::Measured(Box::new(measured(&catalogue, target, &title))), catalogue.evidence.clone())
                }
                Behind::Unread { cause, evidence } => (Seen::Unread { cause }, evidence),
                Behind::None { reason, evidence } => (Seen::None { reason }, evidence),
            };
            SPEC.finding(target, &seen, evidence)
        };
        Ok(platform::behind(target, captures)?.into_iter().map(tell).collect())
    }
}

/// The title of the page that the link leads to, if it is one.
fn title(front: &Capture, captures: &Captures<'_>) -> String {
    if front.success().is_ok() && kind::of(captures, front) == Kind::Html {
        Page::of(captures, front).title.clone()
    } else {
        String::new()
    }
}

fn measured(catalogue: &Catalogue, target: &Target, title: &str) -> Measured {
    let profile = &catalogue.profile;
    // The link's host, not the interface's: some platforms answer for all portals at one address.
    let names = own::names(&target.url, title);
    let ranked = profile.publishers.ranked();
    let mut rows = Vec::new();
    let (mut own, mut placeholder) = (0, 0);
    let mut largest = None;
    for (publisher, count) in ranked {
        let kind = if own::is_placeholder(publisher) {
            placeholder += count;
            "placeholder"
        } else {
            largest = largest.or_else(|| Some((publisher.to_owned(), count)));
            let is_own = own::is_own(publisher, &names);
            own += if is_own { count } else { 0 };
            match is_own {
                true => "own",
                false if names.is_empty() => "unknown",
                false => "other",
            }
        };
        if rows.len() < ROWS {
            rows.push(Row { publisher: publisher.to_owned(), datasets: count.to_string(), kind });
        }
    }
    let from = profile.federated.ranked();
    let federated = from.iter().map(|(_, count)| count).sum::<u64>() + profile.federated.others;
    let domain = |(domain, count): &(&str, u64)| Domain { domain: (*domain).to_owned(), datasets: count.to_string() };
    Measured {
        name: catalogue.platform.to_string(),
        platform: catalogue.platform,
        interface: catalogue.interface,
        datasets: profile.datasets,
        named: catalogue.share(profile.filled.get(&Field::Publisher).copied().unwrap_or(0)),
        different: profile.publishers.different() as u64,
        largest_share: largest.as_ref().and_then(|(_, count)| catalogue.share(*count)),
        largest: largest.map(|(publisher, _)| publisher),
        own: catalogue.share(own).filter(|_| !names.is_empty()),
        own_names: names.into_iter().collect(),
        placeholder: catalogue.share(placeholder),
        federated: catalogue.share(federated),
        publishers: rows,
        domains: from.iter().take(ROWS).map(domain).collect(),
    }
}
