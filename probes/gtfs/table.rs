//! A table in columns: a number for each cell, the file's line for each row.

use super::cells::{NO_INT, Value, date_text, time_text};
use super::schema::{Kind, Schema};
use super::strings::{NONE, Strings};

/// How far the reading of a file came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum State {
    /// The file is not there.
    #[default]
    Absent,
    /// Every row was taken.
    Whole,
    /// It has no header.
    Empty,
    /// Its header names columns wrongly: no row was read.
    BadHeader,
    /// Some rows could not be taken.
    BadRows,
    /// It could not be read out of the archive.
    Unreadable,
}

/// A table.
pub(crate) struct Table {
    pub(crate) schema: &'static Schema,
    pub(crate) state: State,
    /// Which fields the file has a column for.
    pub(crate) has: Vec<bool>,
    /// Rows with the wrong number of cells, or after which nothing could be read.
    pub(crate) lost: u64,
    columns: Vec<Column>,
    lines: Vec<u32>,
    bad: Vec<bool>,
}

enum Column {
    Ids(Vec<u32>),
    Ints(Vec<i32>),
    Nums(Vec<f64>),
}

impl Table {
    /// A table without rows.
    pub(crate) fn new(schema: &'static Schema) -> Self {
        let column = |kind| match kind {
            Kind::Color | Kind::Date | Kind::Time | Kind::Integer | Kind::Enum => Column::Ints(Vec::new()),
            Kind::Amount | Kind::Latitude | Kind::Longitude | Kind::Float | Kind::Decimal => Column::Nums(Vec::new()),
            _ => Column::Ids(Vec::new()),
        };
        Self {
            schema,
            state: State::Absent,
            has: vec![false; schema.fields.len()],
            lost: 0,
            columns: schema.fields.iter().map(|field| column(field.kind)).collect(),
            lines: Vec::new(),
            bad: Vec::new(),
        }
    }

    /// One more row.
    pub(crate) fn push(&mut self, line: u32, row: &[Value], good: bool) {
        for (column, value) in self.columns.iter_mut().zip(row) {
            match column {
                Column::Ids(ids) => ids.push(value.id()),
                Column::Ints(ints) => ints.push(value.int()),
                Column::Nums(nums) => nums.push(value.num()),
            }
        }
        self.lines.push(line);
        self.bad.push(!good);
    }

    /// How many rows it has, those that cannot be taken included.
    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }

    /// How many rows cannot be taken as they are.
    pub(crate) fn bad(&self) -> u64 {
        self.bad.iter().filter(|bad| **bad).count() as u64 + self.lost
    }

    /// The places of the rows that can be taken.
    pub(crate) fn good(&self) -> impl Iterator<Item = usize> {
        self.bad.iter().enumerate().filter(|(_, bad)| !**bad).map(|(at, _)| at)
    }

    /// How many rows can be taken.
    pub(crate) fn count(&self) -> usize {
        self.good().count()
    }

    /// Whether a row can be taken.
    pub(crate) fn is_good(&self, at: usize) -> bool {
        !self.bad[at]
    }

    /// A row's line in the file.
    pub(crate) fn line(&self, at: usize) -> u32 {
        self.lines[at]
    }

    /// Whether the file has a column for the field.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.schema.place(name).is_some_and(|place| self.has[place])
    }

    /// The texts of a column.
    pub(crate) fn ids(&self, name: &str) -> &[u32] {
        match self.column(name) {
            Some(Column::Ids(ids)) => ids,
            _ => panic!("invariant: {} has the texts {name}", self.schema.file),
        }
    }

    /// The whole numbers, dates, times or colours of a column.
    pub(crate) fn ints(&self, name: &str) -> &[i32] {
        match self.column(name) {
            Some(Column::Ints(ints)) => ints,
            _ => panic!("invariant: {} has the whole numbers {name}", self.schema.file),
        }
    }

    /// The numbers of a column.
    pub(crate) fn nums(&self, name: &str) -> &[f64] {
        match self.column(name) {
            Some(Column::Nums(nums)) => nums,
            _ => panic!("invariant: {} has the numbers {name}", self.schema.file),
        }
    }

    fn column(&self, name: &str) -> Option<&Column> {
        self.columns.get(self.schema.place(name)?)
    }

    /// A hash's worth of a cell in a key: what is not there counts as Java's default.
    pub(crate) fn key_part(&self, place: usize, at: usize) -> u64 {
        match &self.columns[place] {
            Column::Ids(ids) if ids[at] == NONE => 0,
            Column::Ids(ids) => u64::from(ids[at]),
            Column::Ints(ints) if ints[at] == NO_INT => 0,
            Column::Ints(ints) => i64::from(ints[at]).cast_unsigned(),
            Column::Nums(nums) => nums[at].to_bits(),
        }
    }

    /// Whether a cell is there.
    pub(crate) fn is_there(&self, place: usize, at: usize) -> bool {
        match &self.columns[place] {
            Column::Ids(ids) => ids[at] != NONE,
            Column::Ints(ints) => ints[at] != NO_INT,
            Column::Nums(nums) => !nums[at].is_nan(),
        }
    }

    /// A cell as a feed writes it.
    pub(crate) fn written(&self, place: usize, at: usize, strings: &Strings) -> String {
        match &self.columns[place] {
            Column::Ids(ids) => strings.text(ids[at]).to_owned(),
            Column::Ints(ints) => match self.schema.fields[place].kind {
                Kind::Date => date_text(ints[at]),
                Kind::Time => time_text(ints[at]),
                _ => ints[at].to_string(),
            },
            Column::Nums(nums) => nums[at].to_string(),
        }
    }
}
