//! A feed as it was read: small tables in columns, the two large ones reduced to what the rules ask of them.

use super::calls::Calls;
use super::files::{Files, GEOJSON, IN_ORDER};
use super::geojson::Zones;
use super::schema::SCHEMAS;
use super::shapes::Shapes;
use super::strings::{NONE, Strings};
use super::table::{State, Table};

/// A feed.
pub(crate) struct Feed {
    pub(crate) strings: Strings,
    tables: Vec<Table>,
    pub(crate) shapes: Shapes,
    pub(crate) zones: Zones,
    pub(crate) calls: Calls,
}

/// Where in a table a text stands first, by the text's number.
pub(crate) struct Places(Vec<u32>);

impl Places {
    /// The row of a text.
    pub(crate) fn of(&self, id: u32) -> Option<usize> {
        self.0.get(id as usize).filter(|row| **row != NONE).map(|row| *row as usize)
    }
}

impl Feed {
    pub(crate) fn new() -> Self {
        Self {
            strings: Strings::default(),
            tables: SCHEMAS.iter().map(Table::new).collect(),
            shapes: Shapes::default(),
            zones: Zones::default(),
            calls: Calls::default(),
        }
    }

    /// A table by its file.
    pub(crate) fn table(&self, file: &str) -> &Table {
        match self.tables.iter().find(|table| table.schema.file == file) {
            Some(table) => table,
            None => panic!("invariant: {file} is in the schema"),
        }
    }

    /// The same, to be filled.
    pub(crate) fn table_mut(&mut self, file: &str) -> &mut Table {
        match self.tables.iter_mut().find(|table| table.schema.file == file) {
            Some(table) => table,
            None => panic!("invariant: {file} is in the schema"),
        }
    }

    /// Every table.
    pub(crate) fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// Whether the archive lacks a file.
    pub(crate) fn is_missing(&self, file: &str) -> bool {
        if file == GEOJSON { self.zones.state == State::Absent } else { self.state(file) == Some(State::Absent) }
    }

    fn state(&self, file: &str) -> Option<State> {
        self.tables.iter().find(|table| table.schema.file == file).map(|table| table.state)
    }

    /// The files that are not whole: broken, or required and not there.
    pub(crate) fn failed(&self) -> Files {
        let fails = |state, required| match state {
            State::Absent => required,
            state => state != State::Whole,
        };
        let mut failed = Files::NONE;
        for table in &self.tables {
            if fails(table.state, table.schema.required) {
                failed = failed.with(table.schema.file);
            }
        }
        if fails(self.zones.state, false) {
            failed = failed.with(GEOJSON);
        }
        let calendar = self.table("calendar.txt");
        let (start, end) = (calendar.ints("start_date"), calendar.ints("end_date"));
        if calendar.good().any(|row| start[row] > end[row]) {
            failed = failed.with(IN_ORDER);
        }
        failed
    }

    /// Where each text of a column stands first.
    pub(crate) fn places(&self, file: &str, column: &str) -> Places {
        let mut places = Vec::new();
        for (row, id) in self.table(file).ids(column).iter().enumerate() {
            let at = *id as usize;
            if *id == NONE {
                continue;
            }
            if places.len() <= at {
                places.resize(at + 1, NONE);
            }
            if places[at] == NONE {
                places[at] = super::strings::small(row);
            }
        }
        Places(places)
    }

    /// A text.
    pub(crate) fn text(&self, id: u32) -> &str {
        self.strings.text(id)
    }
}
