//! What a body shows that standards are told by: files of an archive, columns, JSON paths, elements, words, bytes.

use std::collections::BTreeSet;
use std::io::{BufReader, Read as _};
use std::sync::Arc;

use quick_xml::events::Event;
use regex::bytes::RegexBuilder;
use serde::de::DeserializeOwned;

use crate::archive::{Archive, Members};
use crate::body::Body;
use crate::capture::{Answered, Capture, Captures, Form, Need};
use crate::finding::Locus;
use crate::json;
use crate::kind::{self, Kind};
use crate::standards::{Within, bare};
use crate::table::{self, Grid};
use crate::text;
use crate::workbook::{Sheets, Workbook};

/// How much of a text is searched for words, in bytes.
const HEAD: usize = 256 * 1024;
/// How much of an XML body is read, in bytes.
const XML: u64 = 1024 * 1024;
/// The most different paths of elements that are kept.
const ELEMENTS: usize = 500;

/// Something that a standard can be told by.
#[derive(Clone)]
pub(super) struct Sign {
    within: Within,
    /// As it is written in the body.
    pub(super) name: String,
    /// The plain value that stands there, where it has one.
    pub(super) value: String,
    pub(super) locus: Locus,
    pub(super) quote: String,
}

/// All signs of a body.
pub(super) struct Signs {
    pub(super) kind: Kind,
    /// Why not all of the body could be read, if so.
    pub(super) part: Option<String>,
    all: Vec<Sign>,
    /// Files of an archive whose columns were not read.
    unread: BTreeSet<String>,
    text: String,
    bytes: Arc<[u8]>,
}

/// The signs of the answered `capture`; an error says why they could not be seen.
pub(super) fn read(
    captures: &Captures<'_>,
    capture: &Capture,
    answered: &Answered,
) -> Result<Result<Signs, String>, Need> {
    let body = match captures.body(capture) {
        Ok(body) => body,
        Err(cause) => return Ok(Err(cause)),
    };
    let head = match body.head(HEAD) {
        Ok(head) => head,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let kind = kind::of(captures, capture);
    let cut = answered.body.cut.is_some() || body.cut().is_some();
    let part = cut.then(|| "only a part of it came in".to_owned());
    let mut signs =
        Signs { kind, part, all: Vec::new(), unread: BTreeSet::new(), text: String::new(), bytes: head.clone() };
    let whole = |cause: &str| Ok(Err(cause.to_owned()));
    match kind {
        Kind::Zip | Kind::GtfsZip | Kind::Xlsx | Kind::Xls | Kind::Ods if cut => {
            return whole("only a part of it came in");
        }
        Kind::Zip | Kind::GtfsZip => match formed::<Members>(&*captures.form(capture, &Archive)?) {
            Ok(archive) => signs.archive(archive),
            Err(cause) => return Ok(Err(cause)),
        },
        Kind::Xlsx | Kind::Xls | Kind::Ods => match formed::<Sheets>(&*captures.form(capture, &Workbook)?) {
            Ok(book) => book.sheets.iter().for_each(|sheet| signs.columns(&sheet.grid, false)),
            Err(cause) => return Ok(Err(cause)),
        },
        Kind::Csv | Kind::Tsv => match &*table::of(captures, capture) {
            Ok(table) => {
                signs.columns(&table.grid, true);
                // The rows that did not come in have no other columns.
                signs.part = signs.part.filter(|_| table.grid.header.is_none());
            }
            Err(cause) => return Ok(Err(cause.clone())),
        },
        Kind::Json | Kind::Geojson | Kind::JsonLines => {
            let shape = json::shape(captures, capture);
            signs.paths(&shape, !cut);
            signs.part = signs.part.or_else(|| shape.broken.clone());
            signs.text = text::decode(&head, answered.headers.charset()).text;
        }
        Kind::Xml | Kind::Rdf | Kind::Text => {
            signs.elements(&body, answered);
            signs.text = text::decode(&head, answered.headers.charset()).text;
        }
        Kind::Gzip | Kind::ShapefileZip | Kind::Kmz | Kind::Parquet | Kind::Geopackage | Kind::Sqlite => {
            return whole(&format!("the fields of {kind} are not read yet"));
        }
        Kind::Pdf | Kind::Doc | Kind::Docx | Kind::Odt | Kind::Pptx => {
            return whole(&format!("it is {kind}, a document and no data"));
        }
        _ => {}
    }
    Ok(Ok(signs))
}

/// What the child process made of a body, or why it could not.
fn formed<T: DeserializeOwned>(form: &Form) -> Result<T, String> {
    let value = form.as_ref().map_err(ToString::to_string)?;
    T::deserialize(value).map_err(|error| error.to_string())
}

impl Signs {
    /// The first sign that one of the patterns in `written`, divided by `|`, speaks of.
    pub(super) fn find(&self, within: Within, written: &str) -> Option<Sign> {
        match within {
            Within::Bytes => return self.in_bytes(written),
            Within::Text => return written.split('|').find_map(|words| self.in_text(words)),
            _ => {}
        }
        written.split('|').find_map(|pattern| {
            let (path, value) = pattern.split_once(": ").unwrap_or((pattern, ""));
            let value = value.to_ascii_lowercase();
            let of = |sign: &&Sign| {
                sign.within == within
                    && alike(within, &sign.name, path)
                    && sign.value.to_ascii_lowercase().contains(&value)
            };
            self.all.iter().find(of).cloned()
        })
    }

    /// Whether one of the patterns speaks of a column in a file whose columns are not to be had: the file itself is then
    /// what lacks, or its table was not read.
    pub(super) fn is_unread(&self, written: &str) -> bool {
        let of = |file: &str| {
            let there = self.all.iter().any(|sign| sign.name.eq_ignore_ascii_case(file));
            !there || self.unread.contains(&file.to_ascii_lowercase())
        };
        written.split('|').filter_map(|pattern| pattern.split_once('/')).any(|(file, _)| !file.is_empty() && of(file))
    }

    fn add(&mut self, within: Within, name: &str, value: &str, locus: Locus, quote: &str) {
        let (name, value, quote) = (name.to_owned(), value.to_owned(), quote.to_owned());
        self.all.push(Sign { within, name, value, locus, quote });
    }

    fn archive(&mut self, archive: Members) {
        for member in archive.members {
            let file = member.name.rsplit('/').next().unwrap_or_default().to_owned();
            let locus = || Locus::Member(member.name.clone());
            self.add(Within::Archive, &file, "", locus(), "");
            match member.grid.filter(|grid| grid.header.is_some()) {
                Some(grid) => {
                    for column in &grid.columns {
                        self.add(Within::Archive, &format!("{file}/{}", column.name), "", locus(), &column.name);
                    }
                }
                None => {
                    self.unread.insert(file.to_ascii_lowercase());
                }
            }
        }
    }

    /// The columns of a table; `rows` where its records can be counted in the body.
    fn columns(&mut self, grid: &Grid, rows: bool) {
        for column in &grid.columns {
            let (locus, quote) = match grid.header {
                Some(row) if rows => (Locus::Row(row), column.name.as_str()),
                _ => (Locus::Exchange, ""),
            };
            self.add(Within::Columns, &column.name, "", locus, quote);
        }
    }

    /// The paths of a JSON body, and the fields of its records as columns; `whole` if a pointer can be followed in it.
    fn paths(&mut self, shape: &json::Shape, whole: bool) {
        let whole = whole && shape.broken.is_none() && self.kind != Kind::JsonLines;
        for (path, first) in &shape.paths {
            let (locus, quote) = if whole {
                (Locus::Pointer(first.pointer.clone()), first.value.as_str())
            } else {
                (Locus::Exchange, "")
            };
            self.add(Within::Paths, path, &first.value, locus.clone(), quote);
            let steps: Vec<&str> = path.split('/').skip(1).collect();
            if let ["*", field] | [_, "*", field] | ["features", "*", "properties", field] = steps.as_slice() {
                self.add(Within::Columns, field, "", locus, quote);
            }
        }
    }

    /// The paths of an XML body's elements, as far as it is well formed.
    fn elements(&mut self, body: &Body, answered: &Answered) {
        let Ok(stream) = body.open() else { return };
        let stream = table::utf8(body, stream.take(XML), answered.headers.charset());
        let mut reader = quick_xml::Reader::from_reader(BufReader::new(stream));
        let (mut path, mut seen, mut piece) = (Vec::<String>::new(), BTreeSet::new(), Vec::new());
        while let Ok(event) = reader.read_event_into(&mut piece) {
            match &event {
                Event::Eof => break,
                Event::Start(tag) | Event::Empty(tag) => {
                    let name = tag.local_name().as_ref().to_owned();
                    let full = format!("/{}{}{name}", path.join("/"), if path.is_empty() { "" } else { "/" });
                    if seen.len() < ELEMENTS && seen.insert(full.clone()) {
                        self.add(Within::Elements, &full, "", Locus::Exchange, "");
                    }
                    if matches!(event, Event::Start(_)) {
                        path.push(name);
                    }
                }
                Event::End(_) => {
                    path.pop();
                }
                _ => {}
            }
            piece.clear();
        }
    }

    fn in_text(&self, words: &str) -> Option<Sign> {
        let at = self.text.find(words)?;
        let line = self.text[..at].matches('\n').count() as u64 + 1;
        let locus = Locus::Line(line);
        Some(Sign {
            within: Within::Text,
            name: words.to_owned(),
            value: String::new(),
            locus,
            quote: words.to_owned(),
        })
    }

    fn in_bytes(&self, pattern: &str) -> Option<Sign> {
        let pattern = RegexBuilder::new(pattern).unicode(false).dot_matches_new_line(true).build().ok()?;
        let found = pattern.captures(&self.bytes)?;
        let value = found.get(1).map(|version| String::from_utf8_lossy(version.as_bytes()).into_owned());
        let name = "the bytes at its beginning".to_owned();
        let value = value.unwrap_or_default();
        Some(Sign { within: Within::Bytes, name, value, locus: Locus::Exchange, quote: String::new() })
    }
}

/// Whether a sign goes by the name that a pattern has.
fn alike(within: Within, name: &str, pattern: &str) -> bool {
    if within == Within::Columns {
        return bare(name) == bare(pattern);
    }
    let (mut names, mut patterns) = (name.split('/'), pattern.split('/'));
    loop {
        match (names.next(), patterns.next()) {
            (None, None) => return true,
            (Some(_), Some("*")) => {}
            (Some(name), Some(step)) if name.eq_ignore_ascii_case(step) => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_as_their_kind_asks() {
        assert!(alike(Within::Columns, "service_request_id", "Service Request ID"));
        assert!(alike(Within::Paths, "/data/en/feeds/*/url", "/data/*/feeds/*/url"));
        assert!(!alike(Within::Paths, "/data/feeds/*/url", "/data/*/feeds/*/url"));
        assert!(alike(Within::Archive, "STOPS.TXT/stop_id", "stops.txt/stop_id"));
    }
}
