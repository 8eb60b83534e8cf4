//! One file, read from its first byte to its last.

use crate::body::Body;
use crate::capture::{Answered, Capture, Captures, Form, Need, Unreadable};
use crate::finding::{Evidence, Locus};
use crate::html::Page;
use crate::kind::{self, Kind};
use crate::table::{self, Grid};
use crate::{archive, obstacle, workbook};

use super::records::{self, Records, Wrong};

/// What became of reading a file.
pub(super) enum Read {
    /// It reads as data.
    Data(Data),
    /// It was read, and is no data.
    Not { kind: Kind, problem: String, evidence: Evidence },
    /// It is a page; what says so if it is empty without a browser.
    Page(Option<String>),
    /// It could not be seen.
    Unseen(String),
    /// Its reader had to be stopped.
    Broke(String),
}

/// A file that reads as data.
pub(super) struct Data {
    pub kind: Kind,
    pub rows: Option<u64>,
    pub columns: Vec<String>,
    pub encoding: Option<String>,
    pub delimiter: Option<char>,
    pub ragged: Option<u64>,
    pub evidence: Evidence,
}

/// Reads the body of `capture` as what its bytes say it is.
pub(super) fn read(captures: &Captures<'_>, capture: &Capture) -> Result<Read, Need> {
    if let Some(obstacle) = obstacle::of(captures, capture) {
        return Ok(Read::Unseen(obstacle.to_string()));
    }
    let answered = match capture.success() {
        Ok(answered) => answered,
        Err(cause) => return Ok(Read::Unseen(cause)),
    };
    let body = match captures.body(capture) {
        Ok(body) => body,
        Err(cause) => return Ok(Read::Unseen(cause)),
    };
    let kind = kind::of(captures, capture);
    let part = answered.body.cut.is_some() || body.cut().is_some();
    let place = Evidence::new(&capture.id, Locus::Exchange, "");
    let not = |problem: &str| Read::Not { kind, problem: problem.to_owned(), evidence: place.clone() };
    Ok(match kind {
        Kind::Html => Read::Page(Page::of(captures, capture).shell()),
        Kind::Csv | Kind::Tsv => read_table(captures, capture, kind, part),
        Kind::Json | Kind::Geojson | Kind::JsonLines | Kind::Xml | Kind::Rdf | Kind::Kml => {
            read_records(kind, part, answered, &body, place)
        }
        Kind::Xlsx | Kind::Xls | Kind::Ods if part => Read::Unseen("only a part of the workbook came in".to_owned()),
        Kind::Zip if part => Read::Unseen("only a part of the archive came in".to_owned()),
        Kind::Xlsx | Kind::Xls | Kind::Ods => {
            formed(kind, &*captures.form(capture, &workbook::Workbook)?, &place, |form: workbook::Sheets| {
                widest(kind, form.sheets.into_iter().map(|sheet| sheet.grid), &place)
            })
        }
        Kind::Zip => formed(kind, &*captures.form(capture, &archive::Archive)?, &place, |form: archive::Members| {
            let readable = form.members.iter().any(|member| member.kind.is_data());
            let grids = form.members.into_iter().filter_map(|member| member.grid);
            widest(kind, grids, &place).or_else(|| readable.then(|| data(kind, place.clone())))
        }),
        Kind::Gzip => Read::Unseen("files compressed with gzip are not opened yet".to_owned()),
        Kind::ShapefileZip | Kind::GtfsZip | Kind::Kmz | Kind::Parquet | Kind::Geopackage | Kind::Sqlite => {
            Read::Data(data(kind, place))
        }
        Kind::Pdf => not("tables in it are drawn for the eye, without rows and columns"),
        Kind::Png | Kind::Jpeg | Kind::Gif | Kind::Tiff | Kind::Webp | Kind::Svg => not("it is a picture"),
        Kind::Doc | Kind::Docx | Kind::Odt | Kind::Pptx => not("it is a document to be read by people"),
        // Rows may begin further on, as after a long preamble.
        Kind::Text | Kind::Empty if part => Read::Unseen("only a part came in, and no data in it".to_owned()),
        Kind::Text => not("it is text without rows and columns"),
        Kind::Empty => not("nothing is in it"),
        Kind::Unknown => Read::Unseen("its bytes are of no format that we know".to_owned()),
    })
}

fn data(kind: Kind, evidence: Evidence) -> Data {
    Data { kind, rows: None, columns: Vec::new(), encoding: None, delimiter: None, ragged: None, evidence }
}

fn read_table(captures: &Captures<'_>, capture: &Capture, kind: Kind, part: bool) -> Read {
    let table = table::of(captures, capture);
    let table = match &*table {
        Ok(table) => table,
        Err(cause) => return Read::Unseen(cause.clone()),
    };
    if let Some(broken) = &table.broken {
        return Read::Not {
            kind,
            problem: format!("line {}: {}", broken.line, broken.cause),
            evidence: Evidence::new(&capture.id, Locus::Line(broken.line), ""),
        };
    }
    let columns = names(&table.grid);
    let evidence = match table.grid.header {
        Some(row) => Evidence::new(&capture.id, Locus::Row(row), columns.first().map_or("", |name| name)),
        None => Evidence::new(&capture.id, Locus::Exchange, ""),
    };
    Read::Data(Data {
        kind,
        rows: (!part).then_some(table.grid.rows),
        columns,
        encoding: Some(table.encoding.clone()),
        delimiter: Some(table.delimiter),
        // The last record of a part may be cut off itself.
        ragged: table.grid.ragged.map(|ragged| ragged.rows).filter(|_| !part),
        evidence,
    })
}

fn read_records(kind: Kind, part: bool, answered: &Answered, body: &Body, place: Evidence) -> Read {
    let stream = match body.open() {
        Ok(stream) => stream,
        Err(error) => return Read::Unseen(error.to_string()),
    };
    let stream = table::utf8(body, stream, answered.headers.charset());
    let read = match kind {
        Kind::Json | Kind::Geojson => records::json(stream),
        Kind::JsonLines => records::json_lines(stream),
        _ => records::xml(stream),
    };
    match read {
        Ok(Records { rows, columns }) => {
            Read::Data(Data { rows: rows.filter(|_| !part), columns, ..data(kind, place) })
        }
        Err(Wrong { early: true, .. }) if part => Read::Data(data(kind, place)),
        Err(Wrong { cause, line, .. }) => {
            let evidence = line.map(|line| Evidence { locus: Locus::Line(line), ..place.clone() });
            Read::Not { kind, problem: cause, evidence: evidence.unwrap_or(place) }
        }
    }
}

/// What the child process made of a body.
fn formed<T: serde::de::DeserializeOwned>(
    kind: Kind,
    form: &Form,
    place: &Evidence,
    take: impl FnOnce(T) -> Option<Data>,
) -> Read {
    let not = |problem: String| Read::Not { kind, problem, evidence: place.clone() };
    match form {
        Ok(value) => match T::deserialize(value) {
            Ok(form) => take(form).map_or_else(|| not("no table of data is in it".to_owned()), Read::Data),
            Err(error) => Read::Broke(error.to_string()),
        },
        Err(Unreadable::Malformed(problem)) => not(problem.clone()),
        Err(broke @ Unreadable::Broke(_)) => Read::Broke(broke.to_string()),
    }
}

/// The table with most rows, of those that have any.
fn widest(kind: Kind, grids: impl Iterator<Item = Grid>, place: &Evidence) -> Option<Data> {
    let grid = grids.filter(|grid| grid.rows > 0).max_by_key(|grid| grid.rows)?;
    Some(Data { rows: Some(grid.rows), columns: names(&grid), ..data(kind, place.clone()) })
}

fn names(grid: &Grid) -> Vec<String> {
    grid.columns.iter().map(|column| column.name.clone()).filter(|name| !name.is_empty()).collect()
}
