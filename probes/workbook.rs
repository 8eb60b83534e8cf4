//! Spreadsheets: read whole by the child process into one profile a sheet.

use std::io::{BufRead, BufReader, Cursor, Read as _, Seek};
use std::sync::Arc;

use calamine::{Data, Range, Reader as _};
use quick_xml::events::Event;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::body::Body;
use crate::capture::Reader;
use crate::table::{Builder, Grid};

/// Reads XLSX, XLS, XLSB and ODS.
pub struct Workbook;

/// What a workbook holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sheets {
    /// Its sheets, in their order.
    pub sheets: Vec<Sheet>,
    /// When the file says it was last changed, as it is written there.
    pub modified: Option<String>,
}

/// One sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Its columns and rows.
    pub grid: Grid,
}

/// The largest workbook that is read, in bytes.
const LARGEST: u64 = 256 * 1024 * 1024;
/// The most that a workbook's parts may come to, in bytes.
const UNPACKED: u64 = 1024 * 1024 * 1024;
/// The most sheets that are read.
const SHEETS: usize = 200;

impl Reader for Workbook {
    fn name(&self) -> &'static str {
        "workbook"
    }

    fn read(&self, body: &Body) -> Result<Value, String> {
        let (bytes, modified) = open(body)?;
        let sheets = sheets(bytes)?;
        serde_json::to_value(Sheets { sheets, modified }).map_err(|error| error.to_string())
    }
}

/// The bytes of a workbook that is no bomb, and when it says it was last changed.
pub(crate) fn open(body: &Body) -> Result<(Arc<[u8]>, Option<String>), String> {
    if body.len() > LARGEST {
        return Err(format!("it is larger than the {LARGEST} bytes that are read of a workbook"));
    }
    let bytes = body.head(usize::try_from(LARGEST).unwrap_or(usize::MAX)).map_err(|error| error.to_string())?;
    let modified = if bytes.starts_with(b"PK") { zipped(Cursor::new(bytes.clone()))? } else { None };
    Ok((bytes, modified))
}

fn sheets(bytes: Arc<[u8]>) -> Result<Vec<Sheet>, String> {
    let mut sheets = Vec::new();
    each_sheet(bytes, &mut |name, rows| {
        let mut grid = Builder::default();
        rows.for_each(|cells| grid.push(cells.iter().map(String::as_str)));
        sheets.push(Sheet { name, grid: grid.finish() });
    })?;
    Ok(sheets)
}

/// The rows of a sheet, first to last.
pub(crate) type SheetRows<'a> = &'a mut dyn Iterator<Item = Vec<String>>;

/// Hands every sheet's rows that are not empty to `take`, with the sheet's name.
pub(crate) fn each_sheet(bytes: Arc<[u8]>, take: &mut dyn FnMut(String, SheetRows<'_>)) -> Result<(), String> {
    each(bytes, &mut |_, name, range| {
        let rows = range.rows().map(|row| row.iter().map(written).collect::<Vec<String>>());
        take(name, &mut rows.filter(|cells| cells.iter().any(|cell| !cell.is_empty())));
    })
}

/// A sheet as it stands before people.
pub(crate) struct Spread<'a> {
    /// Its name.
    pub name: String,
    /// The row and the column, from 0, at which what is filled begins.
    pub begins: (u32, u32),
    /// Its rows from there on, empty ones among them.
    pub rows: SheetRows<'a>,
    /// The first row and column, from 0, of each group of cells that are merged into one; none are told of an ODS.
    pub merged: Vec<(u32, u32)>,
}

/// Hands every sheet to `take` as it stands.
pub(crate) fn each_spread(bytes: Arc<[u8]>, take: &mut dyn FnMut(Spread<'_>)) -> Result<(), String> {
    each(bytes, &mut |book, name, range| {
        let merged = match book {
            calamine::Sheets::Xlsx(book) => book.merge_cells_by_sheet_name(&name).unwrap_or_default(),
            calamine::Sheets::Xls(book) => book.merge_cells_by_sheet_name(&name).unwrap_or_default(),
            calamine::Sheets::Xlsb(_) | calamine::Sheets::Ods(_) => Vec::new(),
        };
        take(Spread {
            name,
            begins: range.start().unwrap_or_default(),
            rows: &mut range.rows().map(|row| row.iter().map(written).collect()),
            merged: merged.into_iter().map(|cells| cells.start).collect(),
        });
    })
}

type Book = calamine::Sheets<Cursor<Arc<[u8]>>>;

fn each(bytes: Arc<[u8]>, take: &mut dyn FnMut(&mut Book, String, Range<Data>)) -> Result<(), String> {
    let opened = calamine::open_workbook_auto_from_rs(Cursor::new(bytes));
    let mut book = opened.map_err(|error| format!("it does not open as a workbook: {error}"))?;
    for name in book.sheet_names().into_iter().take(SHEETS) {
        let range = book.worksheet_range(&name).map_err(|error| format!("sheet {name:?} cannot be read: {error}"))?;
        take(&mut book, name, range);
    }
    Ok(())
}

/// A cell as it would stand in a CSV.
fn written(cell: &Data) -> String {
    match cell {
        Data::DateTime(when) if !when.is_duration() => {
            let (year, month, day, ..) = when.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        Data::Empty => String::new(),
        other => other.to_string(),
    }
}

/// Refuses the content of an open spreadsheet that ends before its elements do: calamine would look for the rest for ever.
fn ended(content: impl BufRead) -> Result<(), String> {
    let mut content = quick_xml::Reader::from_reader(content);
    let (mut open, mut buffer) = (0u64, Vec::new());
    loop {
        buffer.clear();
        match content.read_event_into(&mut buffer) {
            Ok(Event::Start(_)) => open += 1,
            Ok(Event::End(_)) => open = open.saturating_sub(1),
            Ok(Event::Eof) if open == 0 => return Ok(()),
            Ok(Event::Eof) => return Err("its content ends before its elements do".to_owned()),
            Ok(_) => {}
            Err(error) => return Err(format!("its content cannot be read: {error}")),
        }
    }
}

/// Refuses a bomb by the archive's own directory, and a content that ends early; the time of the last change from the core properties.
fn zipped(stream: impl std::io::Read + Seek) -> Result<Option<String>, String> {
    let mut archive = zip::ZipArchive::new(stream).map_err(|error| format!("it is a broken archive: {error}"))?;
    let mut unpacked = 0u64;
    for at in 0..archive.len() {
        unpacked = unpacked.saturating_add(archive.by_index_raw(at).map_err(|error| error.to_string())?.size());
    }
    if unpacked > UNPACKED {
        return Err(format!("it unpacks to {unpacked} bytes, more than the {UNPACKED} that are read"));
    }
    if let Ok(content) = archive.by_name("content.xml") {
        ended(BufReader::new(content))?;
    }
    Ok(["docProps/core.xml", "meta.xml"].iter().find_map(|name| {
        let mut text = String::new();
        archive.by_name(name).ok()?.take(64 * 1024).read_to_string(&mut text).ok()?;
        let tag = ["<dcterms:modified", "<dc:date"].iter().find_map(|tag| text.split_once(tag))?.1;
        let (value, _) = tag.split_once('>')?.1.split_once('<')?;
        Some(value.trim().to_owned())
    }))
}
