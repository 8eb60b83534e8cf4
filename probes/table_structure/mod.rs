//! Can programs take the table as it stands?

mod catalogue;
mod cell;
mod column;
mod lint;
mod notices;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::capture::{Capture, Captures, Need};
use crate::finding::{Evidence, Finding, Locus, Share};
use crate::kind::{self, Kind};
use crate::obstacle;
use crate::platform;
use crate::probe::{Probe, Target};
use crate::spec::Spec;
use lint::Linted;
use notices::{Code, Place, Severity};

crate::declare!();

/// Names what is wrong with a table, by row and column.
pub struct TableStructure;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Clean {
        #[serde(flatten)]
        size: Size,
    },
    Untidy {
        #[serde(flatten)]
        size: Size,
        warnings: u64,
        #[serde(flatten)]
        told: Told,
    },
    Flawed {
        #[serde(flatten)]
        size: Size,
        errors: u64,
        warnings: u64,
        broken: Option<String>,
        #[serde(flatten)]
        told: Told,
    },
    Sampled {
        share: Share,
        unseen: u64,
        causes: Vec<Row>,
        flawed: Vec<Row>,
    },
    NotATable {
        kind: String,
    },
    Unseen {
        cause: String,
    },
}

#[derive(Serialize)]
struct Size {
    rows: u64,
    columns: usize,
    cells: u64,
    encoding: String,
    delimiter: char,
}

/// The notices as tables for people.
#[derive(Serialize)]
struct Told {
    kinds: Vec<String>,
    notices: Vec<Row>,
    places: Vec<Row>,
}

type Row = BTreeMap<String, String>;

/// How many places are quoted as evidence.
const QUOTED: usize = 20;

impl Probe for TableStructure {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let capture = captures.get(&target.request())?;
        let whole = Evidence::new(&capture.id, Locus::Exchange, "");
        let (seen, evidence) = match read(captures, &capture) {
            Read::Table(linted) => (told(&linted), places(&linted, &capture)),
            Read::Other(Kind::Html) if platform::evident(target, captures)? => {
                return catalogue::look(target, captures);
            }
            Read::Other(kind) => (Seen::NotATable { kind: kind.to_string() }, vec![whole]),
            Read::Unseen(cause) => (Seen::Unseen { cause }, vec![whole]),
        };
        Ok(vec![SPEC.finding(target, &seen, evidence)])
    }
}

/// What became of reading a file.
enum Read {
    Table(Arc<Linted>),
    Other(Kind),
    Unseen(String),
}

fn read(captures: &Captures<'_>, capture: &Capture) -> Read {
    if let Some(obstacle) = obstacle::of(captures, capture) {
        return Read::Unseen(obstacle.to_string());
    }
    if let Err(cause) = capture.success() {
        return Read::Unseen(cause);
    }
    let kind = kind::of(captures, capture);
    if !matches!(kind, Kind::Csv | Kind::Tsv) {
        return Read::Other(kind);
    }
    let linted = captures.parse(capture, |answered, body| {
        let body = body?;
        let part = answered.body.cut.is_some() || body.cut().is_some();
        lint::lint(answered, &body, part)
    });
    match &*linted {
        Ok(linted) => Read::Table(Arc::new(linted.clone())),
        Err(cause) => Read::Unseen(cause.clone()),
    }
}

fn told(linted: &Linted) -> Seen {
    let size = Size {
        rows: linted.rows,
        columns: linted.columns,
        cells: linted.cells,
        encoding: linted.encoding.clone(),
        delimiter: linted.delimiter,
    };
    let count = |severity| linted.notices.count(severity);
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let mut kinds: Vec<(&Code, _)> = linted.notices.0.iter().collect();
    kinds.sort_by_key(|(code, noted)| (code.rule().severity == Severity::Warning, std::cmp::Reverse(noted.count)));
    let told = Told {
        kinds: kinds.iter().map(|(code, _)| code.name()).collect(),
        notices: kinds.iter().map(|(code, noted)| notice(**code, noted.count)).collect(),
        places: kinds.iter().flat_map(|(code, noted)| noted.places.iter().map(|place| row(**code, place))).collect(),
    };
    match (errors, warnings) {
        (0, 0) => Seen::Clean { size },
        (0, _) => Seen::Untidy { size, warnings, told },
        _ => Seen::Flawed { size, errors, warnings, broken: linted.broken.clone(), told },
    }
}

fn cells<const N: usize>(cells: [(&str, String); N]) -> Row {
    cells.into_iter().map(|(name, cell)| (name.to_owned(), cell)).collect()
}

fn notice(code: Code, count: u64) -> Row {
    let rule = code.rule();
    let severity = if rule.severity == Severity::Error { "error" } else { "warning" };
    cells([
        ("notice", code.name()),
        ("severity", severity.to_owned()),
        ("count", count.to_string()),
        ("says", rule.says.clone()),
        ("fix", rule.fix.clone()),
        ("reference", rule.reference.clone()),
    ])
}

fn row(code: Code, place: &Place) -> Row {
    let number = |number: u64| if number == 0 { String::new() } else { number.to_string() };
    let column = place.column.as_ref();
    cells([
        ("notice", code.name()),
        ("row", number(place.record)),
        ("line", number(place.line)),
        ("column", column.map_or_else(String::new, |(number, _)| number.to_string())),
        ("name", column.map_or_else(String::new, |(_, name)| name.clone())),
        ("value", place.value.clone()),
    ])
}

/// The first places, as they can be read again.
fn places(linted: &Linted, capture: &Capture) -> Vec<Evidence> {
    let mut places: Vec<&Place> = linted.notices.0.values().flat_map(|noted| &noted.places).collect();
    places.retain(|place| place.record > 0);
    places.sort_by_key(|place| place.record);
    places.dedup_by_key(|place| place.record);
    let row = |place: &Place| Evidence::new(&capture.id, Locus::Row(place.record), "");
    let evidence: Vec<Evidence> = places.into_iter().take(QUOTED).map(row).collect();
    if evidence.is_empty() { vec![Evidence::new(&capture.id, Locus::Exchange, "")] } else { evidence }
}
