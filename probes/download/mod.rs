//! Can the data be taken as whole files, by anyone, without an account?

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

use crate::capture::{Captures, Need};
use crate::finding::{Evidence, Finding, Share};
use crate::kind::{self, Kind};
use crate::obstacle::{self, Barrier};
use crate::platform::Catalogue;
use crate::probe::{Probe, Target};
use crate::sample::{self, Life, Look, Told, Without};
use crate::spec::Spec;

crate::declare!();

/// Downloads some of a catalogue's files whole.
pub struct Download;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Measured {
        whole: Share,
        bytes: u64,
        unseen: u64,
        causes: Vec<BTreeMap<String, String>>,
        short: Vec<BTreeMap<String, String>>,
    },
    Unread {
        cause: String,
    },
    None {
        reason: String,
    },
}

impl Probe for Download {
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
    let bytes = AtomicU64::new(0);
    let whole = |look: &Look<'_>| {
        if let Some(login) = obstacle::of(captures, look.capture).filter(|it| it.barrier == Barrier::Login) {
            return Ok(Told::No(login.to_string(), Some(login.evidence)));
        }
        let (life, evidence) = sample::life(captures, look.capture)?;
        Ok(match life {
            Life::Dead(how) => Told::No(how, Some(evidence)),
            Life::Unseen(cause) => Told::Unseen(cause),
            Life::Alive if kind::of(captures, look.capture) == Kind::Html => {
                Told::No("a page, where a file should be".to_owned(), Some(evidence))
            }
            Life::Alive => {
                bytes.fetch_add(look.capture.answered().map_or(0, |answered| answered.body.bytes), Ordering::Relaxed);
                Told::Yes(Some(evidence))
            }
        })
    };
    let measured = sample::whole(captures, catalogue, Without::Short, whole)?;
    if let Some(cause) = measured.silent() {
        return Ok((Seen::Unread { cause }, catalogue.evidence.clone()));
    }
    let Some(share) = measured.share else { panic!("invariant: a sample that is not silent has a share") };
    let seen = Seen::Measured {
        whole: share,
        bytes: bytes.into_inner(),
        unseen: measured.unseen,
        causes: measured.causes,
        short: measured.misses,
    };
    Ok((seen, measured.evidence))
}
