//! Does the data conform to the Open Contracting Data Standard?

mod extend;
mod told;
mod wording;

use std::sync::Arc;

use serde_json::Value;

use crate::body::Body;
use crate::capture::{Capture, Captures, Need};
use crate::export;
use crate::finding::{Evidence, Finding, Locus};
use crate::kind::{self, Kind};
use crate::obstacle;
use crate::ocds::extension::Patch;
use crate::ocds::report::Report;
use crate::ocds::schema::Standard;
use crate::ocds::{self, cove};
use crate::probe::{Probe, Target};
use crate::rows;
use crate::spec::Spec;
use extend::Extension;
use told::Seen;

crate::declare!();

/// Holds contracting data against OCDS.
pub struct OcdsValid;

/// libcoveocds' shape of a report.
const COVE: &str = "cove";

/// The same, against a schema that somebody gave.
struct ToSchema {
    schema: Patch,
    standard: Standard,
}

impl Probe for OcdsValid {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        look(None, target, captures)
    }

    fn held_to(&self, schema: &[u8]) -> Result<Box<dyn Probe>, String> {
        let schema = Patch::of_schema(schema)?;
        let standard = Standard::with(std::slice::from_ref(&schema));
        Ok(Box::new(ToSchema { schema, standard }))
    }

    fn formats(&self) -> &'static [&'static str] {
        &[COVE]
    }

    fn render(&self, _format: &str, target: &Target, captures: &Captures<'_>) -> Result<Option<Value>, Need> {
        render(None, target, captures)
    }
}

impl Probe for ToSchema {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        look(Some(self), target, captures)
    }

    fn formats(&self) -> &'static [&'static str] {
        OcdsValid.formats()
    }

    fn render(&self, _format: &str, target: &Target, captures: &Captures<'_>) -> Result<Option<Value>, Need> {
        render(Some(self), target, captures)
    }
}

/// The schema that data is held against, if it is not the one that comes along.
type Held<'a> = Option<&'a ToSchema>;

fn standard(held: Held<'_>) -> &Standard {
    held.map_or(Standard::bundled(), |held| &held.standard)
}

fn look(held: Held<'_>, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
    let capture = export::behind(captures, target)?;
    let whole = Evidence::new(&capture.id, Locus::Exchange, "");
    let (seen, evidence) = match read(held, captures, &capture)? {
        Read::Data(data) => told::told(&data, &capture),
        Read::Other(kind) => (Seen::NotOcds { kind: kind.to_string() }, vec![whole]),
        Read::Unseen(cause) => (Seen::Unseen { cause }, vec![whole]),
    };
    Ok(vec![SPEC.finding(target, &seen, evidence)])
}

fn render(held: Held<'_>, target: &Target, captures: &Captures<'_>) -> Result<Option<Value>, Need> {
    let capture = export::behind(captures, target)?;
    let Read::Data(data) = read(held, captures, &capture)? else { return Ok(None) };
    if data.report.flat || told::is_package(&data.report) {
        return Ok(Some(cove::cove(&data.report)));
    }
    // A validator of packages takes for one whatever it is given.
    let package = captures.body(&capture).and_then(|body| ocds::read(&body, standard(held), true));
    Ok(package.ok().map(|package| cove::cove(&package)))
}

/// What became of reading the data.
enum Read {
    Data(Data),
    Other(Kind),
    Unseen(String),
}

/// Data of the standard, read.
struct Data {
    /// What was found.
    report: Arc<Report>,
    /// Why only the beginning of it was there, if so.
    cut: Option<String>,
    /// The extensions that it says it uses.
    extensions: Vec<Extension>,
    /// Whether it is a delimited text, whose rows are places.
    rows: bool,
}

fn read(held: Held<'_>, captures: &Captures<'_>, capture: &Arc<Capture>) -> Result<Read, Need> {
    if let Some(obstacle) = obstacle::of(captures, capture) {
        return Ok(Read::Unseen(obstacle.to_string()));
    }
    let answered = match capture.success() {
        Ok(answered) => answered,
        Err(cause) => return Ok(Read::Unseen(cause)),
    };
    let cut = answered.body.cut.map(|_| "only the beginning of the document could be taken".to_owned());
    let kind = kind::of(captures, capture);
    let (text, table) = (matches!(kind, Kind::Csv | Kind::Tsv), matches!(kind, Kind::Xlsx | Kind::Xls | Kind::Ods));
    if text || table {
        let tables = rows::of(captures, capture)?;
        let report = captures.note(capture, |_, _| {
            let tables = tables.as_ref().as_ref().map_err(Clone::clone)?;
            Ok::<_, String>(ocds::read_tables(tables, standard(held)).map(Arc::new))
        });
        return Ok(match &*report {
            Ok(Some(report)) => {
                let more = tables.as_ref().as_ref().is_ok_and(|tables| tables.iter().any(|table| table.more));
                let cut = cut.or_else(|| more.then(|| "only the first rows of the table were read".to_owned()));
                Read::Data(Data { report: report.clone(), cut, extensions: Vec::new(), rows: text })
            }
            Ok(None) => Read::Other(kind),
            Err(cause) => Read::Unseen(cause.clone()),
        });
    }
    let looked_into = matches!(
        kind,
        Kind::Json | Kind::Geojson | Kind::JsonLines | Kind::Gzip | Kind::Zip | Kind::Text | Kind::Unknown
    );
    if !looked_into {
        return Ok(Read::Other(kind));
    }
    let read = |body: Result<Body, String>, standard: &Standard| {
        let report = body.and_then(|body| ocds::read(&body, standard, false))?;
        Ok::<_, String>(Arc::new(if cut.is_some() { report.of_beginning() } else { report }))
    };
    let plain = captures.note(capture, |_, body| read(body, standard(held)));
    let report = match &*plain {
        Ok(report) if report.releases + report.records + report.broken == 0 && !told::is_package(report) => {
            return Ok(Read::Other(kind));
        }
        Ok(report) => report.clone(),
        Err(cause) => return Ok(Read::Unseen(cause.clone())),
    };
    if report.extensions.is_empty() {
        return Ok(Read::Data(Data { report, cut, extensions: Vec::new(), rows: false }));
    }
    let (extended, extensions) = extend::standard(captures, held.map(|held| &held.schema), &report.extensions)?;
    let report = match extended {
        None => report,
        Some(standard) => {
            let made = || Extended(read(captures.body(capture), &standard));
            captures.together(std::slice::from_ref(capture), "with extensions", made).0.clone().unwrap_or(report)
        }
    };
    Ok(Read::Data(Data { report, cut, extensions, rows: false }))
}

/// A report on data that was held against the standard with its extensions.
struct Extended(Result<Arc<Report>, String>);
