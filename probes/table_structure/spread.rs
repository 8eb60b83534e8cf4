//! Workbooks, in the child process: each sheet is linted as the table that it would be as a delimited text, and looked
//! at for what only sheets have.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::cell::{Value, value};
use super::lint::{self, Linted};
use super::notices::{Code, Place};
use crate::body::Body;
use crate::capture::Reader;
use crate::table::{Builder, Classes, LOOKED_AT};
use crate::workbook::{self, Spread};

/// Lints the sheets of XLSX, XLS, XLSB and ODS.
pub struct Spreads;

/// A sheet that is a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sheet {
    pub name: String,
    /// Its rows and columns are numbered as on the sheet.
    pub table: Linted,
}

impl Reader for Spreads {
    fn name(&self) -> &'static str {
        "spreads"
    }

    fn read(&self, body: &Body) -> Result<Json, String> {
        let (bytes, _) = workbook::open(body)?;
        let mut sheets = Vec::new();
        let mut broken = None;
        workbook::each_spread(bytes, &mut |spread| match lint_sheet(spread) {
            Ok(sheet) => sheets.extend(sheet),
            Err(cause) => broken = Some(cause),
        })?;
        match broken {
            Some(cause) => Err(cause),
            None => serde_json::to_value(sheets).map_err(|error| error.to_string()),
        }
    }
}

/// A sheet with its notices; none where it is no table: notes, a picture, nothing.
fn lint_sheet(spread: Spread<'_>) -> Result<Option<Sheet>, String> {
    let (first, left) = spread.begins;
    let mut text = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    let mut blocks = Blocks::default();
    let (mut top, mut width) = (Builder::default(), 0);
    for (row, cells) in (u64::from(first) + 1..).zip(spread.rows) {
        width = width.max(cells.iter().filter(|cell| !cell.trim().is_empty()).count());
        blocks.see(row, &cells);
        if row <= u64::from(first) + LOOKED_AT as u64 {
            top.push(cells.iter().map(String::as_str));
        }
        text.write_record(&cells).map_err(|error| error.to_string())?;
    }
    let text = text.into_inner().map_err(|error| error.to_string())?;
    if width < 2 || blocks.filled < 2 {
        return Ok(None);
    }
    let mut table = lint::lint_text(&text, top.finish());
    let header = table.header + u64::from(first);
    for noted in table.notices.0.values_mut() {
        for place in &mut noted.places {
            place.line = 0;
            place.record += if place.record > 0 { u64::from(first) } else { 0 };
            if let Some((column, _)) = &mut place.column {
                *column += left as usize;
            }
        }
    }
    for (row, names) in blocks.begun.into_iter().filter(|(row, _)| *row > header) {
        table.notices.add(Code::SeveralTables, || Place::new(row, 0, &names));
    }
    for (row, column) in spread.merged {
        table.notices.add(Code::MergedCells, || Place::new(u64::from(row) + 1, 0, "").at(column as usize, ""));
    }
    Ok(Some(Sheet { name: spread.name, table }))
}

/// The parts of a sheet between its blank rows.
#[derive(Default)]
struct Blocks {
    /// How many rows hold anything.
    filled: u64,
    /// Whether a row of the block stood out as names, and which.
    names: Option<(u64, Vec<String>)>,
    /// Whether the block still has its first rows before it.
    opening: bool,
    /// Tables that begin behind a blank row: the row of their names, and those.
    begun: Vec<(u64, String)>,
}

impl Blocks {
    fn see(&mut self, row: u64, cells: &[String]) {
        let held: Vec<Value> =
            cells.iter().map(|cell| value(cell.trim(), Classes::of(cell.trim().as_bytes()))).collect();
        let words = held.iter().filter(|held| **held == Value::Text).count();
        let filled = held.iter().filter(|held| **held != Value::Blank).count();
        if filled == 0 {
            (self.opening, self.names) = (true, None);
            return;
        }
        self.filled += 1;
        if let Some((at, names)) = self.names.take() {
            // Names stand above values, as data below data does not.
            let above = |(name, held): (&String, &Value)| {
                !name.trim().is_empty() && !matches!(held, Value::Blank | Value::Missing | Value::Text)
            };
            if names.iter().zip(&held).any(above) {
                let names: Vec<&str> = names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()).collect();
                self.begun.push((at, names.join(" | ")));
            }
        } else if self.opening && filled > 1 && words == filled {
            self.names = Some((row, cells.to_vec()));
        }
        // A title alone in its row may stand above the names.
        self.opening &= filled == 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linted(rows: &[&[&str]], merged: Vec<(u32, u32)>) -> Option<Sheet> {
        let mut rows = rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect());
        lint_sheet(Spread { name: "Data".to_owned(), begins: (2, 1), rows: &mut rows, merged }).unwrap()
    }

    fn places(sheet: &Sheet, code: Code) -> Vec<(u64, Option<usize>)> {
        let places = sheet.table.notices.0.get(&code).map(|noted| &noted.places);
        places.into_iter().flatten().map(|place| (place.record, place.column.as_ref().map(|(at, _)| *at))).collect()
    }

    #[test]
    fn rows_and_columns_are_those_of_the_sheet() {
        let rows: &[&[&str]] =
            &[&["Budget", "", ""], &["Office", "Year", "Spent"], &["Parks", "2025", "10"], &["Total", "", "10"]];
        let sheet = linted(rows, vec![(2, 1)]).unwrap();
        assert_eq!(places(&sheet, Code::TitlesAboveHeader), [(3, None)]);
        assert_eq!(places(&sheet, Code::TotalsRow), [(6, Some(2))]);
        assert_eq!(places(&sheet, Code::MergedCells), [(3, Some(2))]);
        assert_eq!(places(&sheet, Code::SeveralTables), []);
    }

    #[test]
    fn a_further_table_is_told_from_rows_behind_a_blank_one() {
        let one: &[&[&str]] = &[&["Office", "Spent"], &["Parks", "10"], &["", ""], &["Roads", "12"], &["Pools", "3"]];
        assert_eq!(places(&linted(one, vec![]).unwrap(), Code::SeveralTables), []);
        let two: &[&[&str]] =
            &[&["Office", "Spent"], &["Parks", "10"], &["", ""], &["By ward", ""], &["Ward", "Spent"], &["North", "4"]];
        assert_eq!(places(&linted(two, vec![]).unwrap(), Code::SeveralTables), [(7, None)]);
    }

    #[test]
    fn notes_are_no_table() {
        assert_eq!(linted(&[&["Read me", ""], &["All figures are of 2025.", ""]], vec![]), None);
    }
}
