//! A table's files: CSV, JSON Lines and Parquet of the same rows, in place only when they are whole.

use std::fs;
use std::io::{BufWriter, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde::Serializer as _;
use serde_json::Value;
use tempfile::NamedTempFile;

#[cfg(feature = "parquet")]
use super::columnar::Columnar;
use super::ledger::{SurveyError, disk};
use super::row::{Row, Table};
use crate::report::ReportError;
use crate::report::csv::safe;

/// One table's files while they are written.
pub(super) struct Files {
    pub(super) table: &'static Table,
    rows: csv::Writer<BufWriter<NamedTempFile>>,
    lines: BufWriter<NamedTempFile>,
    #[cfg(feature = "parquet")]
    columns: Columnar,
    written: u64,
}

impl Files {
    /// Begins a table in a folder.
    pub(super) fn begin(into: &Path, table: &'static Table) -> Result<Self, SurveyError> {
        let new = || NamedTempFile::new_in(into).map_err(disk(into));
        let mut rows = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(BufWriter::new(new()?));
        rows.write_record(table.columns.iter().map(|column| column.0)).map_err(ReportError::from)?;
        Ok(Self {
            table,
            rows,
            lines: BufWriter::new(new()?),
            #[cfg(feature = "parquet")]
            columns: Columnar::begin(new()?, table)?,
            written: 0,
        })
    }

    /// Writes rows.
    pub(super) fn put(&mut self, rows: impl IntoIterator<Item = Row>) -> Result<(), SurveyError> {
        for row in rows {
            self.rows.write_record(row.iter().map(cell)).map_err(ReportError::from)?;
            let mut line = serde_json::Serializer::new(&mut self.lines);
            let named = self.table.columns.iter().map(|column| column.0).zip(&row);
            line.collect_map(named.filter(|(_, value)| !value.is_null())).map_err(ReportError::from)?;
            self.lines.write_all(b"\n").map_err(ReportError::from)?;
            #[cfg(feature = "parquet")]
            self.columns.put(row)?;
            self.written += 1;
        }
        Ok(())
    }

    /// Puts the files where they belong; how many rows they have.
    pub(super) fn end(self, into: &Path) -> Result<u64, SurveyError> {
        let place =
            |file: NamedTempFile, extension| persist(file, &into.join(format!("{}.{extension}", self.table.name)));
        let whole = |file: BufWriter<NamedTempFile>| file.into_inner().map_err(|error| disk(into)(error.into_error()));
        let rows = self.rows.into_inner().map_err(|error| disk(into)(error.into_error()))?;
        place(whole(rows)?, "csv")?;
        place(whole(self.lines)?, "jsonl")?;
        #[cfg(feature = "parquet")]
        place(self.columns.end()?, "parquet")?;
        Ok(self.written)
    }
}

/// A value as a cell, which no spreadsheet takes for a formula.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(words) => safe(words),
        other => other.to_string(),
    }
}

/// Writes a whole file.
pub(super) fn place(into: &Path, name: &str, content: &[u8]) -> Result<(), SurveyError> {
    let mut file = NamedTempFile::new_in(into).map_err(disk(into))?;
    file.write_all(content).map_err(disk(into))?;
    persist(file, &into.join(name))
}

/// Gives a finished file its name; it is for everyone that the folder lets in.
pub(super) fn persist(file: NamedTempFile, path: &Path) -> Result<(), SurveyError> {
    file.as_file().set_permissions(fs::Permissions::from_mode(0o644)).map_err(disk(path))?;
    file.persist(path).map(drop).map_err(|error| disk(path)(error.error))
}
