//! Can programs take the table as it stands?

mod catalogue;
mod cell;
mod column;
mod lint;
mod notices;
mod spread;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize as _, Serialize};

use crate::capture::{Capture, Captures, Need};
use crate::finding::{Evidence, Finding, Locus, Share};
use crate::kind::{self, Kind};
use crate::obstacle;
use crate::platform;
use crate::probe::{Probe, Target};
use crate::spec::Spec;
use lint::Linted;
use notices::{Code, Notices, Place, Severity};
use spread::Sheet;
pub use spread::Spreads;

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
    /// Of a workbook.
    sheets: Option<usize>,
    /// Of a delimited text, as its delimiter is.
    encoding: Option<String>,
    delimiter: Option<char>,
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
        let (seen, evidence) = match read(captures, &capture)? {
            Read::Table(linted) => (text(&linted), places(&linted, &capture)),
            Read::Sheets(sheets) => (workbook(&sheets), vec![whole]),
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
    Sheets(Vec<Sheet>),
    Other(Kind),
    Unseen(String),
}

fn read(captures: &Captures<'_>, capture: &Capture) -> Result<Read, Need> {
    if let Some(obstacle) = obstacle::of(captures, capture) {
        return Ok(Read::Unseen(obstacle.to_string()));
    }
    let answered = match capture.success() {
        Ok(answered) => answered,
        Err(cause) => return Ok(Read::Unseen(cause)),
    };
    let kind = kind::of(captures, capture);
    match kind {
        Kind::Csv | Kind::Tsv => {}
        Kind::Xlsx | Kind::Xls | Kind::Ods if answered.body.cut.is_some() => {
            return Ok(Read::Unseen("only a part of the workbook came in".to_owned()));
        }
        Kind::Xlsx | Kind::Xls | Kind::Ods => {
            return Ok(match captures.form(capture, &Spreads)?.as_ref() {
                Ok(form) => {
                    Vec::<Sheet>::deserialize(form).map_or_else(|error| Read::Unseen(error.to_string()), Read::Sheets)
                }
                Err(cause) => Read::Unseen(cause.to_string()),
            });
        }
        _ => return Ok(Read::Other(kind)),
    }
    let linted = captures.parse(capture, |answered, body| {
        let body = body?;
        let part = answered.body.cut.is_some() || body.cut().is_some();
        lint::lint(answered, &body, part)
    });
    Ok(match &*linted {
        Ok(linted) => Read::Table(Arc::new(linted.clone())),
        Err(cause) => Read::Unseen(cause.clone()),
    })
}

fn text(linted: &Linted) -> Seen {
    let size = Size {
        rows: linted.rows,
        columns: linted.columns,
        cells: linted.cells,
        sheets: None,
        encoding: Some(linted.encoding.clone()),
        delimiter: Some(linted.delimiter),
    };
    told(size, linted.broken.clone(), &[(None, &linted.notices)])
}

fn workbook(sheets: &[Sheet]) -> Seen {
    if sheets.is_empty() {
        return Seen::NotATable { kind: "a workbook with no sheet that is a table".to_owned() };
    }
    let size = Size {
        rows: sheets.iter().map(|sheet| sheet.table.rows).sum(),
        columns: sheets.iter().map(|sheet| sheet.table.columns).max().unwrap_or(0),
        cells: sheets.iter().map(|sheet| sheet.table.cells).sum(),
        sheets: Some(sheets.len()),
        encoding: None,
        delimiter: None,
    };
    let notices: Vec<_> = sheets.iter().map(|sheet| (Some(sheet.name.as_str()), &sheet.table.notices)).collect();
    told(size, None, &notices)
}

/// What was noticed, in one table or in those of several sheets.
fn told(size: Size, broken: Option<String>, of: &[(Option<&str>, &Notices)]) -> Seen {
    let count = |severity| of.iter().map(|(_, notices)| notices.count(severity)).sum();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let mut counts: BTreeMap<Code, u64> = BTreeMap::new();
    for (code, noted) in of.iter().flat_map(|(_, notices)| &notices.0) {
        *counts.entry(*code).or_default() += noted.count;
    }
    let mut kinds: Vec<(Code, u64)> = counts.into_iter().collect();
    kinds.sort_by_key(|(code, count)| (code.rule().severity == Severity::Warning, std::cmp::Reverse(*count)));
    let places = |code: &Code| -> Vec<Row> {
        let noted = of.iter().filter_map(|(sheet, notices)| Some((*sheet, notices.0.get(code)?)));
        noted.flat_map(|(sheet, noted)| noted.places.iter().map(move |place| row(*code, sheet, place))).collect()
    };
    let told = Told {
        kinds: kinds.iter().map(|(code, _)| code.name()).collect(),
        notices: kinds.iter().map(|(code, count)| notice(*code, *count)).collect(),
        places: kinds.iter().flat_map(|(code, _)| places(code)).collect(),
    };
    match (errors, warnings) {
        (0, 0) => Seen::Clean { size },
        (0, _) => Seen::Untidy { size, warnings, told },
        _ => Seen::Flawed { size, errors, warnings, broken, told },
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

fn row(code: Code, sheet: Option<&str>, place: &Place) -> Row {
    let number = |number: u64| if number == 0 { String::new() } else { number.to_string() };
    let column = place.column.as_ref();
    let mut row = cells([
        ("notice", code.name()),
        ("row", number(place.record)),
        ("line", number(place.line)),
        ("column", column.map_or_else(String::new, |(number, _)| number.to_string())),
        ("name", column.map_or_else(String::new, |(_, name)| name.clone())),
        ("value", place.value.clone()),
    ]);
    row.extend(sheet.map(|name| ("sheet".to_owned(), name.to_owned())));
    row
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
