//! The rows of a table as they stream by, taken apart the way that the canonical validator's reader does it: blanks
//! around a bare cell do not count, blanks in quotes do, and a row is numbered by its last line.

use std::io::{self, Read};
use std::ops::RangeInclusive;

use memchr::{memchr, memchr_iter, memchr2};

/// How much is read at once: little at first, for most tables are small, and more each time.
const BLOCKS: RangeInclusive<usize> = 1 << 14..=1 << 20;
/// The longest row that is looked at, in bytes: a hostile file has no line ends.
const LONGEST_ROW: usize = 16 << 20;
/// The most characters in a cell, unless the table allows any.
pub(crate) const LONGEST_CELL: usize = 4096;

/// A stream of rows.
pub(crate) struct Lines<R> {
    source: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    ended: bool,
    /// The number of the row's last line.
    pub(crate) line: u32,
    /// Whether any length of cell is allowed.
    pub(crate) long: bool,
    cells: Vec<Cell>,
    /// Cells that do not stand in the file as they are meant.
    unquoted: Vec<u8>,
}

#[derive(Clone, Copy)]
struct Cell {
    start: usize,
    end: usize,
    unquoted: bool,
}

/// What comes next in a stream of rows.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// A row, whose cells can be asked for.
    Row,
    /// A row with one empty cell.
    Empty,
    /// A cell, counted from 0, that is longer than allowed: reading cannot go on.
    TooLong(usize),
    /// No more rows.
    End,
}

/// A row's length, and that with its line end; none where more has to be read to tell.
type Extent = Option<(usize, usize)>;

impl<R: Read> Lines<R> {
    pub(crate) fn new(source: R) -> Self {
        Self {
            source,
            buffer: Vec::new(),
            start: 0,
            end: 0,
            ended: false,
            line: 0,
            long: false,
            cells: Vec::new(),
            unquoted: Vec::new(),
        }
    }

    /// Moves on to the next row that is not blank.
    pub(crate) fn next(&mut self) -> io::Result<Next> {
        loop {
            let quick = self.quick();
            let (length, whole, plain) = match quick {
                Some((length, whole)) => (length, whole, true),
                None => match self.row()? {
                    Some(row) => row,
                    None => return Ok(Next::End),
                },
            };
            let (start, terminated) = (self.start, whole > length);
            let row = &self.buffer[start..start + length];
            let ends = if quick.is_some() { 1 } else { lines(&self.buffer[start..start + whole]) };
            self.line = self.line.saturating_add(ends);
            self.start += whole;
            if row.iter().all(|byte| *byte <= b' ') {
                if terminated {
                    continue;
                }
                self.cells.clear();
                return Ok(Next::Empty);
            }
            let long = match (quick, plain) {
                (Some(_), _) => self.long(start, length),
                (None, true) => self.split(start, length),
                (None, false) => self.unquote(start, length),
            };
            if let Some(cell) = long {
                return Ok(Next::TooLong(cell));
            }
            let empty = self.cells.len() == 1 && self.cell(0).is_empty();
            return Ok(if empty { Next::Empty } else { Next::Row });
        }
    }

    /// How many cells the row has.
    pub(crate) fn len(&self) -> usize {
        self.cells.len()
    }

    /// A cell of the row.
    pub(crate) fn cell(&self, at: usize) -> &[u8] {
        let Cell { start, end, unquoted } = self.cells[at];
        if unquoted { &self.unquoted[start..end] } else { &self.buffer[start..end] }
    }

    /// The extent of the next row, taken apart, where it is whole in the buffer and has no quotes: eight bytes at a time.
    fn quick(&mut self) -> Extent {
        if self.line == 0 {
            return None;
        }
        self.cells.clear();
        let there = &self.buffer[self.start..self.end];
        let mut from = 0;
        for (at, word) in there.as_chunks::<8>().0.iter().enumerate() {
            let mut marks = marks(u64::from_le_bytes(*word));
            while marks != 0 {
                let place = at * 8 + marks.trailing_zeros() as usize / 8;
                marks &= marks - 1;
                match there[place] {
                    b',' => {
                        self.cells.push(trimmed(there, from, place, self.start));
                        from = place + 1;
                    }
                    b'\n' => {
                        let length = place - usize::from(place > 0 && there[place - 1] == b'\r');
                        self.cells.push(trimmed(there, from, length, self.start));
                        return Some((length, place + 1));
                    }
                    b'"' => return None,
                    b'\r' if there.get(place + 1) != Some(&b'\n') => return None,
                    _ => {}
                }
            }
        }
        None
    }

    /// The extent of the next row in the buffer, and whether it has no quotes.
    fn row(&mut self) -> io::Result<Option<(usize, usize, bool)>> {
        if self.line == 0 && self.start == self.end {
            while self.end < 3 && !self.ended {
                self.fill()?;
            }
            if self.buffer[..self.end].starts_with(b"\xef\xbb\xbf") {
                self.start = 3;
            }
        }
        loop {
            let there = &self.buffer[self.start..self.end];
            if there.is_empty() && self.ended {
                return Ok(None);
            }
            let (extent, plain) = match memchr(b'\n', there) {
                Some(at) => match memchr2(b'"', b'\r', &there[..at]) {
                    None => (Some((at, at + 1)), true),
                    Some(found) if found + 1 == at && there[found] == b'\r' => (Some((found, at + 1)), true),
                    Some(_) => (extent(there, self.ended), false),
                },
                None => (extent(there, self.ended), false),
            };
            match extent {
                Some((length, whole)) => return Ok(Some((length, whole, plain))),
                None if there.len() > LONGEST_ROW => return Ok(Some((there.len(), there.len(), false))),
                None => self.fill()?,
            }
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        let block = self.buffer.len().clamp(*BLOCKS.start(), *BLOCKS.end());
        if self.buffer.len() < self.end + block {
            self.buffer.resize(self.end + block, 0);
        }
        let read = self.source.read(&mut self.buffer[self.end..])?;
        self.end += read;
        self.ended = read == 0;
        Ok(())
    }

    /// Takes apart a row without quotes; a cell that is too long is told.
    fn split(&mut self, start: usize, length: usize) -> Option<usize> {
        self.cells.clear();
        let row = &self.buffer[start..start + length];
        let mut from = 0;
        for to in memchr_iter(b',', row).chain([length]) {
            self.cells.push(trimmed(row, from, to, start));
            from = to + 1;
        }
        self.long(start, length)
    }

    /// The first cell of a row without quotes that is too long.
    fn long(&self, start: usize, length: usize) -> Option<usize> {
        if self.long || length <= LONGEST_CELL {
            return None;
        }
        self.buffer[start..start + length].split(|byte| *byte == b',').position(too_long)
    }

    /// Takes apart a row with quotes.
    fn unquote(&mut self, start: usize, length: usize) -> Option<usize> {
        self.cells.clear();
        self.unquoted.clear();
        let row = &self.buffer[start..start + length];
        let mut at = 0;
        loop {
            let from = at;
            while at < length && row[at] <= b' ' {
                at += 1;
            }
            let cell = if row.get(at) == Some(&b'"') {
                quoted(row, &mut at, &mut self.unquoted)
            } else {
                at = memchr(b',', &row[at..]).map_or(length, |found| at + found);
                trimmed(row, from, at, start)
            };
            let content = if cell.unquoted { &self.unquoted[cell.start..cell.end] } else { &row[from..at] };
            if !self.long && content.len() > LONGEST_CELL && too_long(content) {
                return Some(self.cells.len());
            }
            self.cells.push(cell);
            if at >= length {
                return None;
            }
            at += 1;
        }
    }
}

/// A cell in quotes from `at`, which moves to its end. Where words follow the closing quote, the quotes are words too.
fn quoted(row: &[u8], at: &mut usize, out: &mut Vec<u8>) -> Cell {
    let start = out.len();
    out.push(b'"');
    *at += 1;
    while *at < row.len() {
        let found = memchr(b'"', &row[*at..]).map_or(row.len(), |found| *at + found);
        out.extend_from_slice(&row[*at..found]);
        *at = found + 1;
        if row.get(*at) != Some(&b'"') {
            break;
        }
        out.push(b'"');
        *at += 1;
    }
    *at = (*at).min(row.len());
    let end = memchr(b',', &row[*at..]).map_or(row.len(), |found| *at + found);
    let rest = &row[*at..end];
    *at = end;
    if rest.iter().all(|byte| *byte <= b' ') {
        return Cell { start: start + 1, end: out.len(), unquoted: true };
    }
    out.push(b'"');
    out.extend_from_slice(rest.trim_ascii_end());
    Cell { start, end: out.len(), unquoted: true }
}

/// The high bits of the bytes in a word that may be commas, quotes or line ends: of all bytes below `-`, and perhaps of
/// some that are `-` themselves.
fn marks(word: u64) -> u64 {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    word.wrapping_sub(ONES * u64::from(b'-')) & !word & HIGH
}

fn trimmed(row: &[u8], mut from: usize, mut to: usize, offset: usize) -> Cell {
    while from < to && row[from] <= b' ' {
        from += 1;
    }
    while from < to && row[to - 1] <= b' ' {
        to -= 1;
    }
    Cell { start: offset + from, end: offset + to, unquoted: false }
}

/// Characters are counted as Java counts them.
fn too_long(cell: &[u8]) -> bool {
    cell.len() > LONGEST_CELL && String::from_utf8_lossy(cell).encode_utf16().count() > LONGEST_CELL
}

fn lines(row: &[u8]) -> u32 {
    let ends = memchr_iter(b'\n', row).count() + usize::from(row.last() != Some(&b'\n'));
    u32::try_from(ends).unwrap_or(u32::MAX)
}

/// Where a row with quotes or bare carriage returns ends.
fn extent(there: &[u8], ended: bool) -> Extent {
    let (mut at, mut fresh) = (0, true);
    while at < there.len() {
        match there[at] {
            b'"' if fresh => {
                at += 1;
                loop {
                    let found = memchr(b'"', there.get(at..)?);
                    let Some(found) = found else {
                        return ended.then_some((there.len(), there.len()));
                    };
                    at += found + 1;
                    if there.get(at) != Some(&b'"') {
                        break;
                    }
                    at += 1;
                }
                fresh = false;
            }
            b'\n' => return Some((at, at + 1)),
            b'\r' => {
                return match there.get(at + 1) {
                    Some(b'\n') => Some((at, at + 2)),
                    Some(_) => Some((at, at + 1)),
                    None => ended.then_some((at, at + 1)),
                };
            }
            b',' => {
                fresh = true;
                at += 1;
            }
            byte => {
                fresh &= byte <= b' ';
                at += 1;
            }
        }
    }
    ended.then_some((there.len(), there.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Vec<(u32, Vec<String>)> {
        let mut lines = Lines::new(text);
        let mut rows = Vec::new();
        loop {
            match lines.next().unwrap() {
                Next::Row => {
                    let cells = (0..lines.len()).map(|at| String::from_utf8_lossy(lines.cell(at)).into_owned());
                    rows.push((lines.line, cells.collect()));
                }
                Next::Empty => rows.push((lines.line, Vec::new())),
                Next::TooLong(cell) => return vec![(lines.line, vec![format!("too long: {cell}")])],
                Next::End => return rows,
            }
        }
    }

    fn rows(text: &str) -> Vec<(u32, Vec<String>)> {
        read(text.as_bytes())
    }

    fn row(line: u32, cells: &[&str]) -> (u32, Vec<String>) {
        (line, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn blanks_count_in_quotes_only() {
        assert_eq!(
            rows("\u{feff} a ,\" b \" , \n\n  \nc,,\"\"\r\nd"),
            [row(1, &["a", " b ", ""]), row(4, &["c", "", ""]), row(5, &["d"])]
        );
        assert_eq!(rows("a\n   "), [row(1, &["a"]), (2, Vec::new())]);
    }

    #[test]
    fn quotes_hold_commas_and_lines() {
        assert_eq!(rows("\"a,\n\"\"b\"\"\",c\rd,e\r"), [row(2, &["a,\n\"b\"", "c"]), row(3, &["d", "e"])]);
        assert_eq!(rows("a\"b,\"c\"d \n"), [row(1, &["a\"b", "\"c\"d"])]);
        assert_eq!(rows("a,\"b"), [row(1, &["a", "b"])]);
    }

    #[test]
    fn a_cell_has_a_longest_length() {
        let long = "x".repeat(LONGEST_CELL + 1);
        assert_eq!(rows(&format!("a,{long}\n")), [row(1, &["too long: 1"])]);
        assert_eq!(rows(&format!("\"{long}\",b\n")), [row(1, &["too long: 0"])]);
        assert_eq!(rows(&format!("{},b\n", &long[1..]))[0].1.len(), 2);
    }
}
