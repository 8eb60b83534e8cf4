//! A delimited text taken apart into records as it stands: no cell is copied, and quotes, blank lines and line numbers
//! are kept.
//!
//! The `csv` crate tells none of these. What a record and its cells are is the same for both; a test holds that.

use std::borrow::Cow;
use std::io::{self, Read};

use super::classes::{Alphabet, Classes};
use super::{Broken, LONGEST_RECORD, UNCLOSED};

/// How much is read at once, in bytes.
const PIECE: usize = 256 * 1024;

/// Takes a stream of UTF-8 apart.
pub struct Scanner<R> {
    stream: R,
    buffer: Vec<u8>,
    /// Where the next record begins.
    at: usize,
    /// How much of the buffer is text.
    filled: usize,
    ended: bool,
    /// Whether the last record ended with a carriage return, whose line feed may follow.
    after_return: bool,
    delimiter: u8,
    plain: Alphabet,
    quoted: Alphabet,
    cells: Vec<Cell>,
    number: u64,
    line: u64,
}

/// A record as it stands in the text.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// Its number, from 1; blank lines are no records.
    pub number: u64,
    /// The line on which it begins, from 1, counted by line feeds.
    pub line: u64,
    /// How many blank lines stand between the record before it and this one.
    pub blanks: u64,
    /// Whether the text ends within its quotes.
    pub unclosed: bool,
    /// Whether the text ends with it, without a line end.
    pub last: bool,
    /// All of it, without its line end.
    pub text: &'a [u8],
    /// Its cells, by their places in the text.
    pub cells: &'a [Cell],
}

/// A cell of a record.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    start: u32,
    end: u32,
    /// What characters are in it.
    pub classes: Classes,
    /// How it is quoted.
    pub quoting: Quoting,
}

/// How a cell is quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quoting {
    /// It is not.
    Plain,
    /// Quotes are around it.
    Quoted,
    /// Quotes are around it, and doubled ones within.
    Doubled,
    /// It is not quoted, and has a quote within.
    Within,
    /// Something follows its closing quote.
    Beyond,
}

impl Cell {
    /// The cell of these bytes of a record, its quotes left out.
    pub fn new(start: usize, end: usize, classes: Classes, quoting: Quoting) -> Self {
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { start: place(start), end: place(end), classes, quoting }
    }
}

impl<'a> Record<'a> {
    /// What a cell says, its quotes undone.
    pub fn value(&self, cell: &Cell) -> Cow<'a, [u8]> {
        let text = self.text.get(cell.start as usize..cell.end as usize).unwrap_or_default();
        match cell.quoting {
            Quoting::Plain | Quoting::Quoted | Quoting::Within => Cow::Borrowed(text),
            Quoting::Doubled | Quoting::Beyond => Cow::Owned(unquoted(text)),
        }
    }

    /// Whether no cell says anything.
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.classes.within(Classes::SPACE.and(Classes::BREAK)))
    }
}

/// The text behind an opening quote with doubled quotes undone; from the closing quote on, as it stands.
fn unquoted(text: &[u8]) -> Vec<u8> {
    let mut value = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.iter().position(|byte| *byte == b'"') {
        value.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        match rest.split_first() {
            Some((b'"', after)) => {
                value.push(b'"');
                rest = after;
            }
            _ => break,
        }
    }
    value.extend_from_slice(rest);
    value
}

impl<R: Read> Scanner<R> {
    /// Takes `stream` apart at `delimiter`.
    pub fn new(stream: R, delimiter: u8) -> Self {
        Self::reading(stream, delimiter, PIECE)
    }

    fn reading(stream: R, delimiter: u8, piece: usize) -> Self {
        Self {
            stream,
            buffer: vec![0; piece],
            at: 0,
            filled: 0,
            ended: false,
            after_return: false,
            delimiter,
            plain: Alphabet::ended_by(&[delimiter, b'\r', b'\n']),
            quoted: Alphabet::ended_by(b"\""),
            cells: Vec::new(),
            number: 0,
            line: 1,
        }
    }

    /// The next record, or where and why there is none.
    pub fn record(&mut self) -> Result<Option<Record<'_>>, Broken> {
        let blanks = self.blanks()?;
        if self.at == self.filled {
            return Ok(None);
        }
        let found = loop {
            self.cells.clear();
            match self.found() {
                Some(found) => break found,
                None => self.more()?,
            }
        };
        let (start, end) = (self.at, self.at + found.end);
        self.at = end;
        // The line end itself; of two characters the second may be still to come.
        let last = end == self.filled;
        if !last {
            self.after_return = self.buffer[end] == b'\r';
            self.at += 1;
        }
        let line = self.line;
        let broken = self.cells.iter().any(|cell| cell.classes.meets(Classes::BREAK));
        let within = if broken { feeds(&self.buffer[start..end]) } else { 0 };
        self.line += within + u64::from(self.at > end && !self.after_return);
        self.number += 1;
        Ok(Some(Record {
            number: self.number,
            line,
            blanks,
            unclosed: found.unclosed,
            last,
            text: &self.buffer[start..end],
            cells: &self.cells,
        }))
    }

    /// Passes over blank lines, and counts them.
    fn blanks(&mut self) -> Result<u64, Broken> {
        let mut blanks = 0;
        loop {
            if self.at == self.filled {
                if self.ended {
                    return Ok(blanks);
                }
                self.more()?;
                continue;
            }
            match self.buffer[self.at] {
                b'\n' => {
                    self.line += 1;
                    blanks += u64::from(!self.after_return);
                    self.after_return = false;
                }
                b'\r' => {
                    blanks += 1;
                    self.after_return = true;
                }
                _ => {
                    self.after_return = false;
                    return Ok(blanks);
                }
            }
            self.at += 1;
        }
    }

    /// Finds the cells of the record that begins the buffer's text, if its end is there.
    fn found(&mut self) -> Option<Found> {
        let text = &self.buffer[self.at..self.filled];
        let mut start = 0;
        loop {
            let (cell, next, unclosed) = if text.get(start) == Some(&b'"') {
                self.quoted_cell(text, start)?
            } else {
                let (length, classes) = self.plain.stretch(&text[start..]);
                let end = start + length.or(self.ended.then_some(text.len() - start))?;
                let quoting = if classes.meets(Classes::QUOTE) { Quoting::Within } else { Quoting::Plain };
                (Cell::new(start, end, classes, quoting), end, false)
            };
            self.cells.push(cell);
            if text.get(next) != Some(&self.delimiter) {
                return Some(Found { end: next, unclosed });
            }
            start = next + 1;
        }
    }

    /// The quoted cell at `start`, where what follows it begins, and whether its quotes stay open.
    fn quoted_cell(&self, text: &[u8], start: usize) -> Option<(Cell, usize, bool)> {
        let first = start + 1;
        let (mut at, mut held, mut doubled) = (first, Classes::default(), false);
        loop {
            let (length, classes) = self.quoted.stretch(&text[at..]);
            held = held.and(classes);
            let Some(length) = length else {
                let quoting = if doubled { Quoting::Doubled } else { Quoting::Quoted };
                return self.ended.then(|| (Cell::new(first, text.len(), held, quoting), text.len(), true));
            };
            let close = at + length;
            match text.get(close + 1) {
                Some(b'"') => {
                    (doubled, at) = (true, close + 2);
                    held = held.and(Classes::QUOTE);
                }
                None if !self.ended => return None,
                Some(byte) if *byte != self.delimiter && !matches!(byte, b'\r' | b'\n') => {
                    let (length, classes) = self.plain.stretch(&text[close + 1..]);
                    let end = close + 1 + length.or(self.ended.then_some(text.len() - close - 1))?;
                    return Some((Cell::new(first, end, held.and(classes), Quoting::Beyond), end, false));
                }
                _ => {
                    let quoting = if doubled { Quoting::Doubled } else { Quoting::Quoted };
                    return Some((Cell::new(first, close, held, quoting), close + 1, false));
                }
            }
        }
    }

    /// Reads on, behind what is still wanted.
    fn more(&mut self) -> Result<(), Broken> {
        let broken = |cause: String| Broken { line: self.line, cause };
        if self.filled - self.at > usize::try_from(LONGEST_RECORD).unwrap_or(usize::MAX) {
            return Err(broken(UNCLOSED.to_owned()));
        }
        self.buffer.copy_within(self.at..self.filled, 0);
        self.filled -= self.at;
        self.at = 0;
        if self.filled * 2 > self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        while self.filled < self.buffer.len() && !self.ended {
            match self.stream.read(&mut self.buffer[self.filled..]) {
                Ok(0) => self.ended = true,
                Ok(read) => self.filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Broken { line: self.line, cause: error.to_string() }),
            }
        }
        Ok(())
    }
}

/// Where a record ends, and whether it does so only because the text does.
struct Found {
    end: usize,
    unclosed: bool,
}

fn feeds(text: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', text).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    type Cells = Vec<Vec<u8>>;

    fn scanned(text: &[u8]) -> Vec<Cells> {
        let mut scanner = Scanner::reading(text, b',', 1);
        let mut records = Vec::new();
        while let Some(record) = scanner.record().unwrap() {
            records.push(record.cells.iter().map(|cell| record.value(cell).into_owned()).collect());
        }
        records
    }

    fn by_csv(text: &[u8]) -> Vec<Cells> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
        reader.byte_records().map(|record| record.unwrap().iter().map(<[u8]>::to_vec).collect()).collect()
    }

    #[test]
    fn every_short_text_has_the_same_records_as_for_the_csv_crate() {
        const LETTERS: &[u8] = b"a,\"\r\n";
        for length in 0..7u32 {
            for mut number in 0..LETTERS.len().pow(length) {
                let mut text = Vec::new();
                for _ in 0..length {
                    text.push(LETTERS[number % LETTERS.len()]);
                    number /= LETTERS.len();
                }
                assert_eq!(scanned(&text), by_csv(&text), "{:?}", String::from_utf8_lossy(&text));
            }
        }
    }

    #[test]
    fn records_know_their_lines_and_the_blank_ones_before_them() {
        let text = b"a,b\r\n\r\n\r\n\"x\ny\",1\n\n\nz,\"2";
        let mut scanner = Scanner::new(&text[..], b',');
        let mut seen = Vec::new();
        while let Some(record) = scanner.record().unwrap() {
            seen.push((record.number, record.line, record.blanks, record.unclosed));
        }
        assert_eq!(seen, [(1, 1, 0, false), (2, 4, 2, false), (3, 8, 2, true)]);
    }

    #[test]
    fn cells_say_what_is_in_them() {
        let mut scanner = Scanner::new(&b"1.5,\"a, \xC3\xB1\",x\"y,\"a\"b\n"[..], b',');
        let record = scanner.record().unwrap().unwrap();
        assert_eq!(record.cells[0].classes, Classes::DIGIT.and(Classes::DOT));
        assert_eq!(record.cells[1].classes, Classes::of("a, ñ".as_bytes()));
        let quoting: Vec<Quoting> = record.cells.iter().map(|cell| cell.quoting).collect();
        assert_eq!(quoting, [Quoting::Plain, Quoting::Quoted, Quoting::Within, Quoting::Beyond]);
    }

    #[test]
    fn a_quote_that_is_never_closed_ends_the_reading() {
        let endless = b"a,b\n\"x".chain(io::repeat(b'y').take(LONGEST_RECORD * 3));
        let mut scanner = Scanner::new(endless, b',');
        assert!(scanner.record().unwrap().is_some());
        assert_eq!(scanner.record().unwrap_err(), Broken { line: 2, cause: UNCLOSED.to_owned() });
    }
}
