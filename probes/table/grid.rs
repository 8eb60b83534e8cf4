//! Rows of cells as they come in, whatever file they come from: which is the header, and what the columns hold.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::dates::{self, Order, Precision};
use crate::finding::fold;

/// How many rows are looked at to find the header.
pub(crate) const LOOKED_AT: usize = 100;
/// How many columns are profiled.
const COLUMNS: usize = 1024;
/// How many different days are kept of a column: the newest.
const DAYS: usize = 4000;
/// How many cells are tried before a column that has few dates is taken for one of other things.
const TRIED: u64 = 200;

/// The columns and rows of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grid {
    /// The number of the record that is the header, from 1; records above it are titles.
    pub header: Option<u64>,
    /// The columns, left to right.
    pub columns: Vec<Column>,
    /// How many records stand below the header.
    pub rows: u64,
    /// Records with another number of fields than the header.
    pub ragged: Option<Ragged>,
}

/// A column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its name in the header; empty without one.
    pub name: String,
    /// How many of its cells are not empty.
    pub filled: u64,
    /// How many of those were read as a date.
    pub dated: u64,
    /// How many of those can be read two ways.
    pub ambiguous: u64,
    /// Whether one of them can only have the day first.
    pub day_first: bool,
    /// The newest days in it.
    pub dates: BTreeMap<Date, Mark>,
}

/// A cell that holds a date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// Its record, from 1.
    pub row: u64,
    /// As it is written.
    pub words: String,
    /// The other day that it can mean.
    pub otherwise: Option<Date>,
}

/// Records that have another number of fields than the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ragged {
    /// How many there are.
    pub rows: u64,
    /// The first of them, from 1.
    pub first: u64,
    /// How many fields that one has.
    pub fields: u64,
}

/// Takes in rows, one after the other.
#[derive(Default)]
pub struct Builder {
    grid: Grid,
    records: u64,
    waiting: VecDeque<Vec<String>>,
    begun: bool,
}

impl Builder {
    /// The next record.
    pub fn push<'a>(&mut self, cells: impl Iterator<Item = &'a str>) {
        if self.begun {
            self.row(cells);
        } else {
            self.waiting.push_back(cells.map(str::to_owned).collect());
            if self.waiting.len() == LOOKED_AT {
                self.begin();
            }
        }
    }

    /// The table as it was seen.
    pub fn finish(mut self) -> Grid {
        if !self.begun {
            self.begin();
        }
        self.grid
    }

    /// Finds the header among the waiting rows, and takes the others in.
    fn begin(&mut self) {
        self.begun = true;
        let mut waiting = std::mem::take(&mut self.waiting);
        let Top { titles, width, header } = top(waiting.make_contiguous());
        waiting.drain(..titles);
        self.records = titles as u64;
        self.grid.columns = vec![Column::default(); width.min(COLUMNS)];
        if header {
            let names = waiting.pop_front().unwrap_or_default();
            self.records += 1;
            self.grid.header = Some(self.records);
            for (column, name) in self.grid.columns.iter_mut().zip(names) {
                column.name = fold(&name);
            }
        }
        for cells in waiting {
            self.row(cells.iter().map(String::as_str));
        }
    }

    fn row<'a>(&mut self, cells: impl Iterator<Item = &'a str>) {
        self.records += 1;
        self.grid.rows += 1;
        let mut fields = 0;
        for cell in cells {
            if let Some(column) = self.grid.columns.get_mut(fields) {
                column.cell(cell.trim(), self.records);
            }
            fields += 1;
        }
        if fields != self.grid.columns.len() && fields <= COLUMNS {
            let first = Ragged { rows: 0, first: self.records, fields: fields as u64 };
            self.grid.ragged.get_or_insert(first).rows += 1;
        }
    }
}

impl Column {
    fn cell(&mut self, cell: &str, row: u64) {
        if cell.is_empty() {
            return;
        }
        self.filled += 1;
        if self.filled > TRIED && self.dated * 2 < self.filled {
            return;
        }
        let Some(dated) = dates::parse(cell, Order::MonthFirst) else { return };
        if dated.precision > Precision::Month {
            return;
        }
        self.dated += 1;
        let leading = cell.split(['/', '-']).next().and_then(|number| number.parse::<u32>().ok());
        self.day_first |= leading.is_some_and(|number| (13..32).contains(&number));
        self.ambiguous += u64::from(dated.otherwise.is_some());
        self.dates.entry(dated.last()).or_insert_with(|| Mark { row, words: fold(cell), otherwise: dated.otherwise });
        if self.dates.len() > DAYS {
            self.dates.pop_first();
        }
    }
}

/// What stands at the top of a table.
pub struct Top {
    /// How many records are titles.
    pub titles: usize,
    /// How many fields most records have.
    pub width: usize,
    /// Whether the record below the titles names columns.
    pub header: bool,
}

/// What stands at the top of the table that begins with `rows`.
pub fn top(rows: &[Vec<String>]) -> Top {
    let mut widths = BTreeMap::<usize, usize>::new();
    for cells in rows {
        *widths.entry(cells.len()).or_default() += 1;
    }
    let width = widths.into_iter().max_by_key(|(width, rows)| (*rows, *width)).map_or(0, |(width, _)| width);
    // A title stands alone in its row, whatever delimiters a spreadsheet wrote after it.
    let title = |cells: &Vec<String>| {
        let filled = cells.iter().filter(|cell| !cell.trim().is_empty()).count();
        width > 1 && (cells.len() != width || filled <= 1)
    };
    let titles = rows.iter().take(20).take_while(|cells| title(cells)).count();
    let titles = if titles == rows.len() { 0 } else { titles };
    Top { titles, width, header: rows.get(titles).is_some_and(|cells| is_header(cells, &rows[titles + 1..])) }
}

/// Whether a first row names columns: words, no values, each its own; words twice only above values.
fn is_header(cells: &[String], below: &[Vec<String>]) -> bool {
    let named: Vec<String> =
        cells.iter().map(|cell| cell.trim().to_lowercase()).filter(|cell| !cell.is_empty()).collect();
    let is_year = |cell: &String| cell.len() == 4 && cell.parse::<u16>().is_ok_and(|year| (1900..2100).contains(&year));
    let words = named.iter().filter(|cell| !is_value(cell)).count();
    let different = named.iter().collect::<BTreeSet<_>>().len();
    words > 0
        && named.iter().all(|cell| is_year(cell) || !is_value(cell))
        && named.len() * 2 >= cells.len()
        && (different == named.len()
            || (different * 2 > named.len() && below.iter().any(|row| row.iter().any(|cell| is_value(cell.trim())))))
}

/// Whether a cell holds a number, a date or an address.
fn is_value(cell: &str) -> bool {
    let number = cell.trim_start_matches(['$', '€', '-', '(']).trim_end_matches(['%', ')']).replace(',', "");
    number.parse::<f64>().is_ok() || dates::parse(cell, Order::MonthFirst).is_some() || cell.contains("://")
}
