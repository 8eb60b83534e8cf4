//! Do the catalogue's own links to its data still lead somewhere?

use std::collections::BTreeMap;

use serde::Serialize;

use crate::capture::{Captures, Need};
use crate::dcat::{Dataset, Distribution};
use crate::finding::{Evidence, Finding, Share};
use crate::platform::Catalogue;
use crate::probe::{Probe, Target};
use crate::sample::{self, Life, Look, Measured, Told, Without};
use crate::spec::Spec;

crate::declare!();

/// Follows a sample of a catalogue's links to its data.
pub struct DistributionAlive;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Measured {
        alive: Share,
        access_url: Option<Share>,
        download_url: Option<Share>,
        unseen: u64,
        causes: Vec<BTreeMap<String, String>>,
        dead: Vec<BTreeMap<String, String>>,
    },
    Unread {
        cause: String,
    },
    None {
        reason: String,
    },
}

impl Probe for DistributionAlive {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let all = sample::of_each(
            target,
            captures,
            |catalogue| measured(captures, catalogue),
            |cause| Seen::Unread { cause },
            |reason| Seen::None { reason },
        )?;
        Ok(all.into_iter().map(|(seen, evidence)| SPEC.finding(target, &seen, evidence)).collect())
    }
}

fn measured(captures: &Captures<'_>, catalogue: &Catalogue) -> Result<(Seen, Vec<Evidence>), Need> {
    let alive = |look: &Look<'_>| {
        Ok(match sample::life(captures, look.capture)? {
            (Life::Alive, evidence) => Told::Yes(Some(evidence)),
            (Life::Dead(how), evidence) => Told::No(how, Some(evidence)),
            (Life::Unseen(cause), _) => Told::Unseen(cause),
        })
    };
    let of = |choose: fn(&Dataset) -> Option<(&Distribution, &str)>| {
        sample::measure(captures, catalogue, Without::PassedBy, choose, alive)
    };
    // One round asks for all three.
    let rounds = [of(sample::data_of), of(access_url), of(download_url)];
    let mut need = Need::default();
    let mut done: Vec<Measured> = Vec::new();
    for round in rounds {
        match round {
            Ok(measured) => done.push(measured),
            Err(lack) => need.merge(lack),
        }
    }
    let Ok([data, access, download]) = <[Measured; 3]>::try_from(done) else { return Err(need) };
    if let Some(cause) = data.silent() {
        return Ok((Seen::Unread { cause }, catalogue.evidence.clone()));
    }
    let Some(alive) = data.share else { panic!("invariant: a sample that is not silent has a share") };
    let seen = Seen::Measured {
        alive,
        access_url: access.share.filter(|_| access.silent().is_none()),
        download_url: download.share.filter(|_| download.silent().is_none()),
        unseen: data.unseen,
        causes: data.causes,
        dead: data.misses,
    };
    Ok((seen, data.evidence))
}

/// The first distribution with an access URL.
fn access_url(dataset: &Dataset) -> Option<(&Distribution, &str)> {
    let with = dataset.distributions.iter().find(|one| !one.access_url.is_empty())?;
    Some((with, &with.access_url))
}

/// The first distribution with a download URL.
fn download_url(dataset: &Dataset) -> Option<(&Distribution, &str)> {
    let with = dataset.distributions.iter().find(|one| !one.download_url.is_empty())?;
    Some((with, &with.download_url))
}
