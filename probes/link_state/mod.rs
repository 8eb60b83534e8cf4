//! What state is the link in?

use serde::Serialize;

use crate::capture::{Captures, Need};
use crate::finding::{Evidence, Finding, Locus};
use crate::probe::{Probe, Target};
use crate::spec::Spec;

crate::declare!();

/// Tells every state of a link apart.
pub struct LinkState;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Ok { status: u16 },
    Timeout { cause: String },
}

impl Probe for LinkState {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let capture = captures.get(&target.request())?;
        let seen = match capture.answered() {
            Ok(answered) => Seen::Ok { status: answered.status },
            Err(failure) => Seen::Timeout { cause: failure.to_string() },
        };
        Ok(vec![SPEC.finding(target, &seen, vec![Evidence::new(&capture.id, Locus::Exchange, "")])])
    }
}
