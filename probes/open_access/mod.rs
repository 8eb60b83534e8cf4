//! Can anyone see it, without an account and without cookies?

use serde::Serialize;

use crate::capture::{Captures, Failure, Need};
use crate::finding::{Evidence, Finding, Locus};
use crate::kind::{self, Kind};
use crate::obstacle::{self, Barrier};
use crate::probe::{Probe, Target};
use crate::spec::Spec;

crate::declare!();

/// Tells what is open to anyone from what asks for a login.
pub struct OpenAccess;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Open { status: u16, kind: Kind, name: String },
    Login { by: String },
    CookiesNeeded { how: String },
    Unseen { cause: String },
    HandedIn {},
}

impl Probe for OpenAccess {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let capture = captures.get(&target.request())?;
        let whole = Evidence::new(&capture.id, Locus::Exchange, "");
        if target.is_file() {
            return Ok(vec![SPEC.finding(target, &Seen::HandedIn {}, vec![whole])]);
        }
        let (seen, evidence) = if let Some(obstacle) = obstacle::of(captures, &capture) {
            let seen = match obstacle.barrier {
                Barrier::Login => Seen::Login { by: obstacle.by.clone() },
                Barrier::Cookies => Seen::CookiesNeeded { how: "the page says that it needs cookies".to_owned() },
                Barrier::Wall | Barrier::Closed | Barrier::Trouble => Seen::Unseen { cause: obstacle.to_string() },
            };
            (seen, obstacle.evidence)
        } else {
            let seen = match (capture.success(), capture.answered()) {
                (Ok(answered), _) => match kind::of(captures, &capture) {
                    Kind::Empty => Seen::Unseen { cause: "the answer is empty".to_owned() },
                    kind => Seen::Open { status: answered.status, kind, name: kind.to_string() },
                },
                // Cookies may be all that is missing, but a circle does not show it.
                (Err(_), Err(failure @ Failure::Redirects { .. })) => {
                    Seen::Unseen { cause: format!("{failure}; sites that insist on cookies often do this") }
                }
                (Err(cause), _) => Seen::Unseen { cause },
            };
            (seen, whole)
        };
        Ok(vec![SPEC.finding(target, &seen, vec![evidence])])
    }
}
