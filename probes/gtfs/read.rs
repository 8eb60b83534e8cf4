//! A table read row by row: its header first, then each cell by what its field must be.

use std::io::Read;

use serde_json::json;

use super::cells::{Cells, Value};
use super::lines::{Lines, Next};
use super::notices::Notices;
use super::schema::{Presence, Schema};
use super::table::State;

/// The most rows that are read of a table.
const MOST_ROWS: u32 = 1_000_000_000;
/// A column's name that is longer is none.
const LONGEST_NAME: usize = 1024;

/// What became of a table.
pub(crate) struct Outcome {
    pub(crate) state: State,
    /// Which fields it has a column for.
    pub(crate) has: Vec<bool>,
    /// Rows that have no cells that can be told apart.
    pub(crate) lost: u64,
}

impl Outcome {
    /// Of a table that cannot be read out of the archive.
    pub(crate) fn unreadable(schema: &Schema) -> Self {
        Self { state: State::Unreadable, has: vec![false; schema.fields.len()], lost: 1 }
    }
}

/// Where the rows go: a row's line, its cells by field, and whether all of them can be taken. Says whether to go on.
pub(crate) trait Sink {
    /// Takes the header: which fields there are.
    fn header(&mut self, _has: &[bool]) {}

    /// Takes a row.
    fn row(&mut self, cells: &mut Cells<'_>, row: &[Value], good: bool) -> bool;
}

/// Reads a whole table.
pub(crate) fn table<R: Read>(source: R, cells: &mut Cells<'_>, sink: &mut dyn Sink) -> Outcome {
    let schema = cells.schema;
    let mut lines = Lines::new(source);
    lines.long = schema.long;
    let mut outcome = Outcome { state: State::Whole, has: vec![false; schema.fields.len()], lost: 0 };
    let names: Vec<String> = match lines.next() {
        Ok(Next::Row | Next::Empty) => (0..lines.len()).map(|at| name(lines.cell(at))).collect(),
        Ok(Next::End) => return Outcome { state: State::Empty, ..outcome },
        Ok(Next::TooLong(cell)) => {
            too_long(cells, lines.line, cell);
            return Outcome { state: State::BadRows, lost: 1, ..outcome };
        }
        Err(_) => return Outcome { state: State::Unreadable, ..outcome },
    };
    let Some(plan) = header(schema, &names, cells.notices) else {
        return Outcome { state: State::BadHeader, ..outcome };
    };
    for place in plan.iter().flatten() {
        outcome.has[*place] = true;
    }
    sink.header(&outcome.has);
    rows(&mut lines, &plan, cells, sink, &mut outcome);
    outcome
}

fn name(cell: &[u8]) -> String {
    let name = String::from_utf8_lossy(cell);
    if name.len() > LONGEST_NAME { String::new() } else { name.trim_matches(|c| c <= ' ').to_owned() }
}

fn rows<R: Read>(
    lines: &mut Lines<R>,
    plan: &[Option<usize>],
    cells: &mut Cells<'_>,
    sink: &mut dyn Sink,
    outcome: &mut Outcome,
) {
    let absent: Vec<usize> = (0..outcome.has.len()).filter(|place| !outcome.has[*place]).collect();
    let mut row = vec![Value::None; outcome.has.len()];
    let lose = |outcome: &mut Outcome, state| {
        outcome.state = state;
        outcome.lost += 1;
    };
    loop {
        let Ok(next) = lines.next() else {
            return lose(outcome, State::Unreadable);
        };
        let (file, line) = (cells.schema.file, lines.line);
        match next {
            Next::End => return,
            Next::TooLong(cell) => {
                too_long(cells, line, cell);
                return lose(outcome, State::BadRows);
            }
            Next::Empty => {
                cells.notices.add("empty_row", || json!({ "filename": file, "csvRowNumber": line }));
            }
            Next::Row if line > MOST_ROWS => {
                cells.notices.add("too_many_rows", || json!({ "filename": file, "rowNumber": line }));
                return lose(outcome, State::BadRows);
            }
            Next::Row if lines.len() != plan.len() => {
                let (length, count) = (lines.len(), plan.len());
                cells.notices.add(
                    "invalid_row_length",
                    || json!({ "filename": file, "csvRowNumber": line, "rowLength": length, "headerCount": count }),
                );
                lose(outcome, State::BadRows);
            }
            Next::Row => {
                cells.begin(line);
                for (column, place) in plan.iter().enumerate() {
                    if let Some(place) = place {
                        row[*place] = cells.read(*place, lines.cell(column));
                    }
                }
                for place in &absent {
                    cells.absent(*place);
                }
                let good = cells.end(&row);
                if !good {
                    outcome.state = State::BadRows;
                }
                if !sink.row(cells, &row, good) {
                    return;
                }
            }
        }
    }
}

fn too_long(cells: &mut Cells<'_>, line: u32, cell: usize) {
    let file = cells.schema.file;
    cells.notices.add("csv_parsing_failed", || {
        json!({ "filename": file, "lineIndex": line, "columnIndex": cell, "message": "a cell is longer than 4096 characters" })
    });
}

/// The field that each column holds; none where the header is wrong.
fn header(schema: &Schema, names: &[String], notices: &mut Notices) -> Option<Vec<Option<usize>>> {
    let (mut plan, mut right) = (Vec::new(), true);
    let file = schema.file;
    for (at, name) in names.iter().enumerate() {
        let (index, place) = (at + 1, schema.place(name));
        let first = names.iter().position(|other| other == name).filter(|first| *first < at);
        if name.is_empty() {
            right = false;
            notices.add("empty_column_name", || json!({ "filename": file, "index": index }));
        } else if let Some(first) = first {
            right = false;
            notices.add(
                "duplicated_column",
                || json!({ "filename": file, "fieldName": name, "firstIndex": first + 1, "secondIndex": index }),
            );
        }
        if !name.is_empty() && place.is_none() {
            notices.add("unknown_column", || json!({ "filename": file, "fieldName": name, "index": index }));
        }
        plan.push(place);
    }
    for (place, field) in schema.fields.iter().enumerate() {
        let asked = matches!(field.presence, Presence::Required | Presence::Column);
        if asked && !plan.contains(&Some(place)) {
            right = false;
            notices.add("missing_required_column", || json!({ "filename": file, "fieldName": field.name }));
        }
    }
    right.then_some(plan)
}
