//! The profile of a delimited table: header, columns, rows, and the dates in them, read as a stream.

mod classes;
mod decode;
mod grid;
mod scan;

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use encoding_rs::Encoding;
use serde::{Deserialize, Serialize};

pub use classes::Classes;
pub(crate) use grid::LOOKED_AT;
pub use grid::{Builder, Column, Grid, Mark, Ragged, Top, top};
pub use scan::{Quoting, Record, Scanner};

use crate::capture::{Answered, Capture, Captures};
use crate::{body::Body, kind, text};
use decode::Decoded;

/// How much of a table is looked at to tell its encoding and its delimiter, in bytes.
const HEAD: usize = 256 * 1024;
/// The longest record that is read, in bytes: beyond it a quote was opened and never closed.
const LONGEST_RECORD: u64 = 8 * 1024 * 1024;

/// How many lines a last record may have before it is taken for the rest of the table.
const MANY_LINES: u64 = 50;
const UNCLOSED: &str = "a quotation mark is opened and never closed";

/// What a delimited table is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The encoding's name in the WHATWG Encoding Standard.
    pub encoding: String,
    /// Between two fields.
    pub delimiter: char,
    /// Its columns and rows.
    pub grid: Grid,
    /// Why reading ended before the end, with the line, if it did.
    pub broken: Option<Broken>,
}

/// Where a table could not be read on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Broken {
    /// The line, from 1, at which the record begins that could not be read.
    pub line: u64,
    /// What is wrong with it.
    pub cause: String,
}

/// The profile of a captured table, read once for all probes.
pub fn of(captures: &Captures<'_>, capture: &Capture) -> std::sync::Arc<Result<Table, String>> {
    captures.parse(capture, |answered, body| body.and_then(|body| Table::read(answered, &body)))
}

impl Table {
    fn read(answered: &Answered, body: &Body) -> Result<Self, String> {
        let head = body.head(HEAD).map_err(|error| error.to_string())?;
        let stream = body.open().map_err(|error| error.to_string())?;
        Ok(Self::of_stream(&head, head.len() as u64 == body.len(), stream, answered.headers.charset()))
    }

    /// Profiles `stream`, whose first bytes are `head`; `whole` says whether those are all; `charset` is what the HTTP header says.
    pub fn of_stream(head: &[u8], whole: bool, stream: impl Read, charset: Option<&str>) -> Self {
        let decoded = text::decode(head, charset);
        let sample = match decoded.text.rfind('\n') {
            Some(end) if !whole => &decoded.text[..end],
            _ => &decoded.text,
        };
        let delimiter = kind::delimiter(sample).unwrap_or(b',');
        let encoding = Encoding::for_label(decoded.encoding.as_bytes()).unwrap_or(encoding_rs::UTF_8);
        let (bounded, room) = bounded(Decoded::new(stream, encoding));
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(bounded);
        let mut record = csv::StringRecord::new();
        let mut grid = Builder::default();
        let (mut last, mut fields) = ((0, 0), 0);
        let broken = loop {
            let line = reader.position().line();
            match reader.read_record(&mut record) {
                Ok(true) => {
                    grid.push(record.iter());
                    fields = record.len();
                    last = (line, reader.position().line() - line);
                }
                Ok(false) => break None,
                Err(error) => break Some(Broken { line, cause: cause(&error) }),
            }
            room.renew();
        };
        let grid = grid.finish();
        // A last record of very many lines and too few fields is all that follows an unclosed quote.
        let swallowed = last.1 > MANY_LINES && fields < grid.columns.len();
        let broken = broken.or_else(|| swallowed.then(|| Broken { line: last.0, cause: UNCLOSED.to_owned() }));
        Self { encoding: decoded.encoding.to_owned(), delimiter: char::from(delimiter), grid, broken }
    }
}

/// `stream`, which begins `body`, decoded to UTF-8 from whatever encoding the bytes are in.
pub fn utf8(body: &Body, stream: impl Read, charset: Option<&str>) -> impl Read {
    let head = body.head(HEAD).unwrap_or_else(|_| Vec::new().into());
    let label = text::decode(&head, charset).encoding;
    Decoded::new(stream, Encoding::for_label(label.as_bytes()).unwrap_or(encoding_rs::UTF_8))
}

/// `stream` as UTF-8, from an encoding that is known.
pub(crate) fn decoded(stream: impl Read, encoding: &'static Encoding) -> impl Read {
    Decoded::new(stream, encoding)
}

fn cause(error: &csv::Error) -> String {
    let csv::ErrorKind::Io(error) = error.kind() else { return error.to_string() };
    error.to_string()
}

/// `stream` as one that ends in an error when one record takes too much of it, and the room that each record has.
pub(crate) fn bounded<R: Read>(stream: R) -> (Bounded<R>, Room) {
    let room = Rc::new(Cell::new(LONGEST_RECORD));
    (Bounded { stream, room: room.clone() }, Room(room))
}

/// The room that is left for a record.
pub(crate) struct Room(Rc<Cell<u64>>);

impl Room {
    /// Makes room for the next record.
    pub(crate) fn renew(&self) {
        self.0.set(LONGEST_RECORD);
    }
}

/// A stream that ends in an error when one record takes too much of it.
pub(crate) struct Bounded<R> {
    stream: R,
    room: Rc<Cell<u64>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(into)?;
        match self.room.get().checked_sub(read as u64) {
            Some(room) => self.room.set(room),
            None => return Err(io::Error::other(UNCLOSED)),
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(bytes: &[u8]) -> Table {
        Table::of_stream(bytes, true, bytes, None)
    }

    fn names(table: &Table) -> Vec<&str> {
        table.grid.columns.iter().map(|column| column.name.as_str()).collect()
    }

    #[test]
    fn titles_above_the_header_are_passed_over() {
        let table = table(b"Budget of Example\n\nDepartment;Amount;Date\nParks;1,5;2026-01-02\nRoads;2,5;2026-01-03\n");
        assert_eq!((names(&table), table.delimiter), (vec!["Department", "Amount", "Date"], ';'));
        assert_eq!((table.grid.rows, table.grid.header), (2, Some(2)));
        assert_eq!(table.grid.columns[2].dates.len(), 2);
    }

    #[test]
    fn numbers_alone_have_no_header() {
        let table = table(b"1,2,3\n4,5,6\n");
        assert_eq!((table.grid.header, table.grid.rows), (None, 2));
    }

    #[test]
    fn every_line_end_and_encoding_is_read() {
        assert_eq!(table(b"a,b\rx,1\ry,2\r").grid.rows, 2);
        let bytes: Vec<u8> = "\u{FEFF}name\taño\r\nx\t1\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!((names(&table(&bytes)), table(&bytes).grid.rows), (vec!["name", "año"], 1));
    }

    #[test]
    fn ragged_rows_are_counted() {
        let table = table(b"a,b\nx,1\ny\nz,3\n");
        assert_eq!(table.grid.ragged, Some(Ragged { rows: 1, first: 3, fields: 1 }));
    }

    #[test]
    fn a_million_rows_are_a_stream() {
        let rows = io::Cursor::new(b"Parks,2026-01-02\n").chain(io::repeat(b'x').take(0));
        let head = b"name,date\nParks,2026-01-02\nRoads,2026-01-03\n";
        assert_eq!(Table::of_stream(head, false, head.chain(rows), None).grid.rows, 3);
        let quoted = b"name,date\n\"Parks,2026-01-02\n";
        let swallowed = format!("name,date\nParks,1\n\"Roads,1\n{}", "x,1\n".repeat(80));
        assert_eq!(table(swallowed.as_bytes()).broken.map(|broken| broken.line), Some(3));
        let endless = quoted.chain(io::repeat(b'x').take(LONGEST_RECORD * 2));
        assert_eq!(Table::of_stream(quoted, false, endless, None).broken.map(|broken| broken.line), Some(2));
    }
}
