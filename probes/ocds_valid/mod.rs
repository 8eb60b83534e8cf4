//! Does the data conform to the Open Contracting Data Standard?

mod told;

use std::sync::Arc;

use serde_json::Value;

use crate::capture::{Capture, Captures, Need};
use crate::finding::{Evidence, Finding, Locus};
use crate::kind::{self, Kind};
use crate::obstacle;
use crate::ocds::report::Report;
use crate::ocds::{self, cove};
use crate::probe::{Probe, Target};
use crate::spec::Spec;
use told::Seen;

crate::declare!();

/// Holds contracting data against OCDS.
pub struct OcdsValid;

/// libcoveocds' shape of a report.
const COVE: &str = "cove";

impl Probe for OcdsValid {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let capture = captures.get(&target.request())?;
        let whole = Evidence::new(&capture.id, Locus::Exchange, "");
        let (seen, evidence) = match read(captures, &capture) {
            Read::Data(report, cut) => told::told(&report, cut, &capture),
            Read::Other(kind) => (Seen::NotOcds { kind: kind.to_string() }, vec![whole]),
            Read::Unseen(cause) => (Seen::Unseen { cause }, vec![whole]),
        };
        Ok(vec![SPEC.finding(target, &seen, evidence)])
    }

    fn formats(&self) -> &'static [&'static str] {
        &[COVE]
    }

    fn render(&self, _format: &str, target: &Target, captures: &Captures<'_>) -> Result<Option<Value>, Need> {
        let capture = captures.get(&target.request())?;
        let Read::Data(report, _) = read(captures, &capture) else { return Ok(None) };
        if told::is_package(&report) {
            return Ok(Some(cove::cove(&report)));
        }
        // A validator of packages takes for one whatever it is given.
        let package = captures.body(&capture).and_then(|body| ocds::read(&body, true));
        Ok(package.ok().map(|package| cove::cove(&package)))
    }
}

/// What became of reading the data.
enum Read {
    /// What was found, and why only the beginning of it was there, if so.
    Data(Arc<Report>, Option<String>),
    Other(Kind),
    Unseen(String),
}

fn read(captures: &Captures<'_>, capture: &Capture) -> Read {
    if let Some(obstacle) = obstacle::of(captures, capture) {
        return Read::Unseen(obstacle.to_string());
    }
    let answered = match capture.success() {
        Ok(answered) => answered,
        Err(cause) => return Read::Unseen(cause),
    };
    let kind = kind::of(captures, capture);
    if !matches!(
        kind,
        Kind::Json | Kind::Geojson | Kind::JsonLines | Kind::Gzip | Kind::Zip | Kind::Text | Kind::Unknown
    ) {
        return Read::Other(kind);
    }
    let report = captures.note(capture, |_, body| body.and_then(|body| ocds::read(&body, false)).map(Arc::new));
    match &*report {
        Ok(report) if report.releases + report.records == 0 && !told::is_package(report) => Read::Other(kind),
        Ok(report) => {
            let cut = answered.body.cut.map(|_| "only the beginning of the document could be taken".to_owned());
            Read::Data(report.clone(), cut)
        }
        Err(cause) => Read::Unseen(cause.clone()),
    }
}
