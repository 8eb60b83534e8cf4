//! One pass over a delimited table, in memory that does not grow with it.

use std::io::Read;

use serde::{Deserialize, Serialize};

use super::cell::{Value, value};
use super::column::Column;
use super::notices::{Code, Notices, Place, RULES};
use crate::body::Body;
use crate::capture::Answered;
use crate::table::{self, Classes, Grid, Quoting, Record, Scanner, Table};

/// How much of a table is looked at to find its header, in bytes.
const HEAD: usize = 256 * 1024;
/// How many columns are looked at one by one.
const COLUMNS: usize = 1024;
/// What U+FFFD is in UTF-8: it stands for bytes that are no character.
const REPLACED: &[u8] = "\u{FFFD}".as_bytes();

/// What a pass over a table found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Linted {
    pub encoding: String,
    pub delimiter: char,
    /// The record that names the columns, from 1; 0 without one.
    pub header: u64,
    pub columns: usize,
    /// Records below the header.
    pub rows: u64,
    pub cells: u64,
    pub notices: Notices,
    /// Why reading ended before the end, if it did.
    pub broken: Option<String>,
}

/// Looks at every cell of a table; `part` says that its end is missing.
pub(super) fn lint(answered: &Answered, body: &Body, part: bool) -> Result<Linted, String> {
    let head = body.head(HEAD).map_err(|error| error.to_string())?;
    let charset = answered.headers.charset();
    let table = Table::of_stream(&head, head.len() as u64 == body.len(), &head[..], charset);
    let stream = body.open().map_err(|error| error.to_string())?;
    Ok(pass(&table, table::utf8(body, stream, charset), part))
}

/// Looks at every cell of a table that is held whole, with commas, and begins like `grid`.
pub(super) fn lint_text(text: &[u8], grid: Grid) -> Linted {
    pass(&Table { encoding: "UTF-8".to_owned(), delimiter: ',', grid, broken: None }, text, false)
}

fn pass(table: &Table, stream: impl Read, part: bool) -> Linted {
    let mut lint = Lint::of(table, part);
    let broken = lint.read(stream, table.delimiter);
    Linted {
        encoding: table.encoding.clone(),
        delimiter: table.delimiter,
        header: lint.header,
        columns: lint.columns.len(),
        rows: lint.rows,
        cells: lint.cells,
        notices: lint.told(),
        broken,
    }
}

struct Lint {
    /// The record that is the header, from 1; 0 without one.
    header: u64,
    part: bool,
    columns: Vec<Column>,
    rows: u64,
    cells: u64,
    notices: Notices,
}

impl Lint {
    fn of(table: &Table, part: bool) -> Self {
        let mut notices = Notices::default();
        if table.encoding != "UTF-8" {
            notices.add(Code::NotUtf8, || Place::new(1, 1, &table.encoding));
        }
        if table.grid.header.is_none() {
            notices.add(Code::MissingHeader, || Place::new(1, 1, ""));
        }
        let columns = table.grid.columns.iter().take(COLUMNS).map(|column| Column::named(&column.name));
        let header = table.grid.header.unwrap_or(0);
        Self { header, part, columns: columns.collect(), rows: 0, cells: 0, notices }
    }

    /// Reads to the end, or to where it cannot be read on, and why.
    fn read(&mut self, stream: impl Read, delimiter: char) -> Option<String> {
        let Ok(delimiter) = u8::try_from(delimiter) else { return Some("no delimiter".to_owned()) };
        let mut scanner = Scanner::new(stream, delimiter);
        loop {
            match scanner.record() {
                Ok(Some(record)) if self.part && record.last => return None,
                Ok(Some(record)) => self.record(&record),
                Ok(None) => return None,
                Err(broken) => {
                    self.notices.add(Code::UnclosedQuote, || Place::new(0, broken.line, ""));
                    return Some(format!("line {}: {}", broken.line, broken.cause));
                }
            }
        }
    }

    fn record(&mut self, record: &Record<'_>) {
        let here = || Place::new(record.number, record.line, &String::from_utf8_lossy(record.text));
        self.cells += record.cells.len() as u64;
        for _ in 0..record.blanks {
            self.notices.add(Code::BlankRow, || Place::new(record.number, record.line.saturating_sub(1), ""));
        }
        if record.unclosed {
            // What follows the quote is one cell, of which nothing more can be said.
            return self.notices.add(Code::UnclosedQuote, here);
        }
        if record.number < self.header {
            return self.notices.add(Code::TitlesAboveHeader, here);
        }
        if record.number == self.header {
            return self.labels(record);
        }
        self.rows += 1;
        if record.is_blank() {
            return self.notices.add(Code::BlankRow, here);
        }
        match record.cells.len() {
            fewer if fewer < self.columns.len() => self.notices.add(Code::MissingCell, here),
            more if more > self.columns.len() && more <= COLUMNS => self.notices.add(Code::ExtraCell, here),
            _ => {}
        }
        self.values(record);
    }

    /// The names of the columns.
    fn labels(&mut self, record: &Record<'_>) {
        let names: Vec<&str> = self.columns.iter().map(Column::name).collect();
        for (number, name) in names.iter().enumerate() {
            let place = || Place::new(record.number, record.line, name).at(number, name);
            if name.is_empty() {
                self.notices.add(Code::BlankLabel, place);
            } else if names[..number].contains(name) {
                self.notices.add(Code::DuplicateLabel, place);
            }
        }
    }

    fn values(&mut self, record: &Record<'_>) {
        for (number, (cell, column)) in record.cells.iter().zip(&mut self.columns).enumerate() {
            let raw = record.value(cell);
            let text = String::from_utf8_lossy(&raw);
            let place = || Place::new(record.number, record.line, &text).at(number, column.name());
            if matches!(cell.quoting, Quoting::Within | Quoting::Beyond) {
                self.notices.add(Code::StrayQuote, place);
            }
            if cell.classes.meets(Classes::CONTROL) {
                self.notices.add(Code::ControlCharacter, place);
            }
            if cell.classes.meets(Classes::WIDE) {
                if raw.windows(REPLACED.len()).any(|bytes| bytes == REPLACED) {
                    self.notices.add(Code::Undecodable, place);
                } else if RULES.words.mojibake.iter().any(|wrong| text.contains(wrong.as_str())) {
                    self.notices.add(Code::Mojibake, place);
                }
            }
            let bare = if cell.classes.meets(Classes::SPACE) { text.trim() } else { &text };
            // Blanks around a value are none of its characters.
            let classes = if bare.len() < text.len() { Classes::of(bare.as_bytes()) } else { cell.classes };
            let held = value(bare, classes);
            if bare.len() < text.len() && held != Value::Blank {
                self.notices.add(Code::PaddedCell, place);
            }
            if number == 0 && held == Value::Text && totals(bare) {
                self.notices.add(Code::TotalsRow, place);
            }
            column.see(held, |name| Place::new(record.number, record.line, &text).at(number, name));
        }
        self.twins(record);
    }

    /// Which columns still hold the same as another before them.
    fn twins(&mut self, record: &Record<'_>) {
        let cell = |number: usize| record.cells.get(number).map(|cell| record.value(cell)).unwrap_or_default();
        if self.rows == 1 {
            for number in 1..self.columns.len() {
                self.columns[number].same_as = (0..number).find(|other| cell(*other) == cell(number));
            }
            return;
        }
        if self.columns.iter().all(|column| column.same_as.is_none()) {
            return;
        }
        let before: Vec<Option<usize>> = self.columns.iter().map(|column| column.same_as).collect();
        for number in 1..before.len() {
            let Some(twin) = before[number] else { continue };
            if cell(twin) != cell(number) {
                // Those that were the same as this one are still its kin, though the first of them is not.
                let kin = (twin + 1..number).find(|other| before[*other] == Some(twin) && cell(*other) == cell(number));
                self.columns[number].same_as = kin;
            }
        }
    }

    fn told(mut self) -> Notices {
        if self.rows == 0 {
            return self.notices;
        }
        for (number, column) in self.columns.iter().enumerate() {
            let place = || Place::new(self.header.max(1), 0, column.name()).at(number, column.name());
            if column.is_empty() {
                self.notices.add(Code::EmptyColumn, place);
            } else if column.same_as.is_some() && self.rows > 1 {
                self.notices.add(Code::DuplicateColumn, place);
            }
            column.tell(&mut self.notices);
        }
        self.notices
    }
}

fn totals(text: &str) -> bool {
    text.len() <= 16 && RULES.words.totals.iter().any(|word| word.eq_ignore_ascii_case(text))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// The notices on a table, counted.
    fn noticed(bytes: &[u8], part: bool) -> BTreeMap<Code, u64> {
        let table = Table::of_stream(bytes, true, bytes, None);
        let mut lint = Lint::of(&table, part);
        lint.read(table::utf8(&Body::in_memory(bytes), bytes, None), table.delimiter);
        lint.told().0.into_iter().map(|(code, noted)| (code, noted.count)).collect()
    }

    #[test]
    fn every_notice_has_its_table() {
        let tables: [(Code, u64, &[u8]); 22] = [
            (Code::MissingHeader, 1, b"1,2,3\n4,5,6\n7,8,9\n"),
            (Code::TitlesAboveHeader, 2, b"Budget,,\nin dollars,,\na,b,c\nx,1,3\ny,2,4\n"),
            (Code::BlankLabel, 1, b"a,,c\nx,1,3\ny,2,4\n"),
            (Code::DuplicateLabel, 1, b"a,b,b\nx,1,3\ny,2,4\n"),
            (Code::MissingCell, 2, b"a,b,c\nx,1,3\ny,2\nz,3,5\nv\nw,5,6\n"),
            (Code::ExtraCell, 1, b"a,b\nx,1\ny,2,\nz,3\n"),
            (Code::UnclosedQuote, 1, b"a,b\nx,1\ny,2\n\"z,3\n"),
            (Code::StrayQuote, 2, b"a,b\nx\"y,1\n\"y\"z,2\nz,3\n"),
            (Code::Undecodable, 1, b"\xEF\xBB\xBFa,b\nx\xFF,1\ny,2\n"),
            (Code::ControlCharacter, 1, b"a,b\nx\x01,1\ny,2\n"),
            (Code::NotUtf8, 1, b"a,b\nCa\xF1on,1\nSan Jos\xE9,2\n"),
            (Code::Mojibake, 1, "a,b\nCafÃ©,1\nCafé,2\n".as_bytes()),
            (Code::BlankRow, 3, b"a,b\n\nx,1\n,\n\ny,2\n"),
            (Code::EmptyColumn, 1, b"a,b,c\nx,,1\ny, ,2\n"),
            (Code::DuplicateColumn, 1, b"a,b,c,d\nx,x,x,1\ny,z,z,2\n"),
            (Code::MixedTypes, 1, b"a,b\nu,1\nv,2\nw,about 3\nx,4\ny,5\nz,6\n"),
            (Code::DressedNumber, 2, b"a,b\nx,\"1,200\"\ny,$5\nz,7\n"),
            (Code::NullMarker, 2, b"a,b\nx,N/A\ny,-\nz,3\n"),
            (Code::MixedDates, 1, b"a,b\nx,31/12/2025\ny,01/02/2026\nz,02/13/2026\nv,25/02/2026\n"),
            (Code::AmbiguousDate, 2, b"a,b\nx,11/12/2025\ny,01/02/2026\n"),
            (Code::PaddedCell, 1, b"a,b\nx ,1\ny,2\n"),
            (Code::TotalsRow, 1, b"a,b\nx,1\ny,2\nTotal,3\n"),
        ];
        for (code, count, table) in tables {
            let noticed = noticed(table, false);
            assert_eq!(noticed.get(&code), Some(&count), "{code:?}: {noticed:?}");
            let own = noticed.keys().filter(|other| **other != code).collect::<Vec<_>>();
            assert!(own.is_empty(), "{code:?} comes with {own:?}");
        }
    }

    #[test]
    fn a_clean_table_has_none() {
        let clean = b"name,opened,visitors\n\"Library, north\",2026-11-02,1200\nPool,2026-01-31,-3.5\n";
        assert!(noticed(clean, false).is_empty());
    }

    #[test]
    fn the_last_record_of_a_part_is_left_out() {
        assert!(noticed(b"a,b\nx,1\ny,2\nz", true).is_empty());
        assert!(noticed(b"a,b\nx,1\ny,2\n\"z", true).is_empty());
    }

    #[test]
    fn columns_that_part_from_the_first_may_still_be_the_same() {
        let table = b"a,b,c,d\nx,x,x,1\nx,x,x,2\ny,z,z,3\n";
        assert_eq!(noticed(table, false), BTreeMap::from([(Code::DuplicateColumn, 1)]));
    }
}
