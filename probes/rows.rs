//! Tables that are small enough to be held whole: header and rows, whatever file or page they stand in.

use std::io::Read;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::body::Body;
use crate::capture::{Capture, Captures, Need, Reader};
use crate::finding::fold;
use crate::html::Page;
use crate::json;
use crate::kind::{self, Kind};
use crate::table::{self, LOOKED_AT};
use crate::{text, workbook};

/// The most rows of a table that are held.
const ROWS: usize = 20_000;
/// The most characters of a table that are held.
const CHARACTERS: usize = 16 << 20;
/// How much of a table is looked at to tell its delimiter, in bytes.
const HEAD: usize = 256 * 1024;

/// A table, held.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// The sheet's name, or the selector of a table in a page.
    pub name: String,
    /// The names of the columns; empty without a header.
    pub header: Vec<String>,
    /// The rows below.
    pub rows: Vec<Vec<String>>,
    /// The record, from 1, that is the first of those rows.
    pub first: u64,
    /// Whether there is more of it than is held.
    pub more: bool,
}

impl Held {
    /// The first rows of a table, its titles passed over.
    pub fn of(name: &str, rows: impl Iterator<Item = Vec<String>>) -> Self {
        let mut held = Self::headless(name, rows);
        let top = table::top(&held.rows[..held.rows.len().min(LOOKED_AT)]);
        held.rows.drain(..top.titles);
        if top.header {
            held.header = held.rows.remove(0);
        }
        held.first = (top.titles + usize::from(top.header)) as u64 + 1;
        held
    }

    /// The first rows of a delimited text; `charset` is what its server says.
    pub fn of_text(name: &str, body: &Body, charset: Option<&str>) -> Result<Self, String> {
        let mut reader = records_of(body, charset, 4 * CHARACTERS as u64)?;
        let rows = reader.records().map_while(Result::ok).map(|row| row.iter().map(str::to_owned).collect());
        Ok(Self::of(name, rows))
    }

    /// The first of `records`, whose keys are the names of the columns; none without any.
    pub fn of_records(records: &[&Map<String, Value>]) -> Option<Self> {
        let mut header: Vec<String> = Vec::new();
        for key in records.iter().take(LOOKED_AT).flat_map(|record| record.keys()) {
            if !header.contains(key) {
                header.push(key.clone());
            }
        }
        let cell = |value: &Value| json::list(value).join("; ");
        let cells = |record: &&Map<String, Value>| {
            header.iter().map(|key| record.get(key).map(cell).unwrap_or_default()).collect()
        };
        let held = Self::headless("", records.iter().map(cells));
        (!header.is_empty()).then_some(Self { header, ..held })
    }

    /// The first rows, every one of them a record.
    fn headless(name: &str, rows: impl Iterator<Item = Vec<String>>) -> Self {
        let mut held = Self { name: name.to_owned(), first: 1, ..Self::default() };
        let mut characters = 0;
        for cells in rows {
            if held.rows.len() == ROWS || characters > CHARACTERS {
                held.more = true;
                break;
            }
            let cells: Vec<String> = cells.iter().map(|cell| fold(cell)).collect();
            characters += cells.iter().map(String::len).sum::<usize>();
            held.rows.push(cells);
        }
        held
    }

    /// The record, from 1, of the row at `at`.
    pub fn record(&self, at: usize) -> u64 {
        self.first + at as u64
    }

    /// The cells of a column that are not empty, each with its row.
    pub fn column(&self, column: usize) -> impl Iterator<Item = (usize, &str)> {
        let cells = self.rows.iter().enumerate();
        cells.filter_map(move |(at, row)| Some((at, row.get(column)?.as_str())).filter(|(_, cell)| !cell.is_empty()))
    }
}

/// The tables of a file, or why none can be read.
pub type Tables = Result<Vec<Held>, String>;

/// The records of a delimited text, of its first bytes `most`.
fn records_of<'b>(body: &'b Body, charset: Option<&'b str>, most: u64) -> Result<csv::Reader<impl Read>, String> {
    let head = body.head(HEAD).map_err(|error| error.to_string())?;
    let delimiter = kind::delimiter(&text::decode(&head, charset).text).unwrap_or(b',');
    let stream = body.open().map_err(|error| error.to_string())?;
    let stream = table::utf8(body, stream.take(most), charset);
    Ok(csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(stream))
}

/// Hands over every record of a delimited text from the record `first` on, with its number from 1, however many there
/// are; an error says why the reading ended.
pub fn each(
    body: &Body,
    charset: Option<&str>,
    first: u64,
    take: &mut dyn FnMut(u64, &[String]),
) -> Result<(), String> {
    let mut reader = records_of(body, charset, u64::MAX)?;
    for (record, number) in reader.records().zip(1..) {
        let record = record.map_err(|error| format!("record {number} cannot be read: {error}"))?;
        if number >= first {
            take(number, &record.iter().map(fold).collect::<Vec<String>>());
        }
    }
    Ok(())
}

/// The tables in an answered capture: of a page, a delimited file, records in JSON, or the sheets of a workbook.
///
/// An error says why none can be read; what holds no tables has none.
pub fn of(captures: &Captures<'_>, capture: &Capture) -> Result<Arc<Tables>, Need> {
    let kind = kind::of(captures, capture);
    if matches!(kind, Kind::Xlsx | Kind::Xls | Kind::Ods) {
        let form = captures.form(capture, &Rows)?;
        let held = form.as_ref().as_ref().map_err(ToString::to_string);
        let tables = held.and_then(|value| Vec::<Held>::deserialize(value).map_err(|error| error.to_string()));
        return Ok(Arc::new(tables));
    }
    Ok(match kind {
        Kind::Csv | Kind::Tsv => captures.parse(capture, |answered, body| {
            Held::of_text("", &body?, answered.headers.charset()).map(|held| vec![held])
        }),
        Kind::Json | Kind::Geojson => captures.parse(capture, |_, _| match &*json::of(captures, capture) {
            Ok(value) => Ok(records(value).into_iter().collect()),
            Err(cause) => Err(cause.clone()),
        }),
        Kind::Html => {
            let page = Page::of(captures, capture);
            Arc::new(Ok(page.tables.iter().map(|t| Held::of(&t.selector, t.rows.iter().cloned())).collect()))
        }
        _ => Arc::new(Ok(Vec::new())),
    })
}

/// The longest array of objects in a JSON value: itself, or directly in it; of map features, their properties.
fn records(value: &Value) -> Option<Held> {
    let arrays = match value {
        Value::Array(_) => vec![value],
        Value::Object(members) => members.values().filter(|member| member.is_array()).collect(),
        _ => Vec::new(),
    };
    let records = arrays.into_iter().filter_map(Value::as_array).max_by_key(|array| array.len())?;
    let records: Vec<&Map<String, Value>> =
        records.iter().filter_map(|record| record.get("properties").unwrap_or(record).as_object()).collect();
    Held::of_records(&records)
}

/// Reads a workbook into its tables, in the child process.
pub struct Rows;

impl Reader for Rows {
    fn name(&self) -> &'static str {
        "rows"
    }

    fn read(&self, body: &Body) -> Result<Value, String> {
        let (bytes, _) = workbook::open(body)?;
        let mut tables = Vec::new();
        workbook::each_sheet(bytes, &mut |name, rows| tables.push(Held::of(&name, rows)))?;
        serde_json::to_value(tables).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn titles_and_header_are_told_from_rows() {
        let rows = ["Data inventory,", "Dataset,Department", "Trees,Parks", "Calls,Police"];
        let held = Held::of("", rows.iter().map(|row| row.split(',').map(str::to_owned).collect()));
        assert_eq!((held.header.as_slice(), held.first), (&["Dataset".to_owned(), "Department".to_owned()][..], 3));
        assert_eq!((held.rows.len(), held.record(1)), (2, 4));
        assert_eq!(held.column(1).collect::<Vec<_>>(), [(0, "Parks"), (1, "Police")]);
    }

    #[test]
    fn records_in_json_are_rows() {
        let held =
            records(&json!({"dataset": [{"title": "Trees", "publisher": {"name": "Parks"}}, {"title": "Calls"}]}));
        let held = held.unwrap();
        assert_eq!(held.header, ["publisher", "title"]);
        assert_eq!(held.rows, [["Parks", "Trees"], ["", "Calls"]]);
    }
}
