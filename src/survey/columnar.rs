//! A table's rows in Parquet, column by column and with their types, a group of rows at a time.

use std::sync::Arc;

use jiff::civil::Date;
use parquet::basic::{Compression, ConvertedType, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{Type, TypePtr};
use serde_json::Value;
use tempfile::NamedTempFile;

use super::row::{Column, Row, Table};

/// How many rows make a group: what is held in memory before it is written.
const GROUP: usize = 16_384;
/// The day from which dates are counted.
const FIRST_DAY: Date = Date::constant(1970, 1, 1);

/// A Parquet file while it is written.
pub(super) struct Columnar {
    table: &'static Table,
    file: SerializedFileWriter<NamedTempFile>,
    rows: Vec<Row>,
}

impl Columnar {
    /// Begins a table in `file`.
    pub(super) fn begin(file: NamedTempFile, table: &'static Table) -> Result<Self> {
        let fields = table.columns.iter().map(field).collect::<Result<_>>()?;
        let schema = Type::group_type_builder(table.name).with_fields(fields).build()?;
        let about = KeyValue::new("description".to_owned(), table.about.to_owned());
        let properties = WriterProperties::builder()
            .set_created_by(format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")))
            .set_compression(Compression::SNAPPY)
            .set_key_value_metadata(Some(vec![about]))
            .build();
        let file = SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties))?;
        Ok(Self { table, file, rows: Vec::new() })
    }

    /// Takes a row.
    pub(super) fn put(&mut self, row: Row) -> Result<()> {
        self.rows.push(row);
        if self.rows.len() < GROUP { Ok(()) } else { self.write_group() }
    }

    /// The whole file.
    pub(super) fn end(mut self) -> Result<NamedTempFile> {
        self.write_group()?;
        self.file.into_inner()
    }

    fn write_group(&mut self) -> Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let mut group = self.file.next_row_group()?;
        for (at, Column(_, kind, _)) in self.table.columns.iter().enumerate() {
            let Some(column) = group.next_column()? else {
                return Err(ParquetError::General(format!("{} has no column {at}", self.table.name)));
            };
            let cells = self.rows.iter().map(|row| row.get(at).unwrap_or(&Value::Null));
            match *kind {
                "integer" => write::<Int64Type>(column, cells, Value::as_i64)?,
                "number" => write::<DoubleType>(column, cells, Value::as_f64)?,
                "date" => write::<Int32Type>(column, cells, day)?,
                _ => write::<ByteArrayType>(column, cells, |cell| cell.as_str().map(ByteArray::from))?,
            }
        }
        group.close()?;
        self.rows.clear();
        Ok(())
    }
}

fn field(Column(name, kind, _): &Column) -> Result<TypePtr> {
    let (physical, logical, converted) = match *kind {
        "integer" => (Physical::INT64, None, ConvertedType::NONE),
        "number" => (Physical::DOUBLE, None, ConvertedType::NONE),
        "date" => (Physical::INT32, Some(LogicalType::Date), ConvertedType::DATE),
        _ => (Physical::BYTE_ARRAY, Some(LogicalType::String), ConvertedType::UTF8),
    };
    let field = Type::primitive_type_builder(name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical)
        .with_converted_type(converted);
    Ok(Arc::new(field.build()?))
}

/// Writes the cells of a column; what is not of its type is left out.
fn write<'c, T: DataType>(
    mut column: SerializedColumnWriter<'_>,
    cells: impl Iterator<Item = &'c Value>,
    of: impl Fn(&Value) -> Option<T::T>,
) -> Result<()> {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    for cell in cells {
        let value = of(cell);
        levels.push(i16::from(value.is_some()));
        values.extend(value);
    }
    column.typed::<T>().write_batch(&values, Some(&levels), None)?;
    column.close()
}

fn day(cell: &Value) -> Option<i32> {
    let date: Date = cell.as_str()?.parse().ok()?;
    Some(date.since(FIRST_DAY).ok()?.get_days())
}
