//! Containers, told by what they hold: ZIP archives and OLE compound files.

use std::io::{Read as _, Seek as _, SeekFrom};

use super::Kind;
use crate::body::Body;

/// The largest archive whose directory is read, in bytes; beyond it the first member decides.
const LARGEST: u64 = 256 * 1024 * 1024;

/// What a ZIP archive is by the names in its directory.
pub(super) fn archive(head: &[u8], body: &Body) -> Kind {
    if let Some(kind) = open_document(head) {
        return kind;
    }
    let names = names(body).unwrap_or_else(|| first_name(head).into_iter().collect());
    let under = |folder: &str| names.iter().any(|name| name.starts_with(folder));
    let file = |wanted: &str| names.iter().any(|name| name.rsplit('/').next() == Some(wanted));
    let ends = |suffix: &str| names.iter().any(|name| name.ends_with(suffix));
    let office = file("[content_types].xml");
    if office && under("xl/") {
        Kind::Xlsx
    } else if office && under("word/") {
        Kind::Docx
    } else if office && under("ppt/") {
        Kind::Pptx
    } else if file("agency.txt") && file("stops.txt") {
        Kind::GtfsZip
    } else if ends(".shp") {
        Kind::ShapefileZip
    } else if names.iter().any(|name| name.strip_suffix(".kml").is_some_and(|stem| !stem.contains('/'))) {
        Kind::Kmz
    } else {
        Kind::Zip
    }
}

/// The member names in lower case; `None` where the directory cannot be read.
fn names(body: &Body) -> Option<Vec<String>> {
    if body.len() > LARGEST {
        return None;
    }
    let archive = zip::ZipArchive::new(body.open().ok()?).ok()?;
    Some(archive.file_names().flatten().map(|name| name.to_lowercase()).collect())
}

/// The name of the first member in lower case, from its local header.
fn first_name(head: &[u8]) -> Option<String> {
    let length = usize::from(u16::from_le_bytes(head.get(26..28)?.try_into().ok()?));
    Some(String::from_utf8_lossy(head.get(30..30 + length)?).to_lowercase())
}

/// The media type that an `OpenDocument` file keeps, uncompressed, as its first member.
fn open_document(head: &[u8]) -> Option<Kind> {
    let content = head.get(30..)?.strip_prefix(b"mimetype")?;
    if content.starts_with(b"application/vnd.oasis.opendocument.spreadsheet") {
        Some(Kind::Ods)
    } else if content.starts_with(b"application/vnd.oasis.opendocument.text") {
        Some(Kind::Odt)
    } else {
        None
    }
}

/// What an OLE compound file is by the streams its directory names.
pub(super) fn compound(head: &[u8], body: &Body) -> Kind {
    let directory = directory(head, body).unwrap_or_default();
    let names = |stream: &str| {
        let name: Vec<u8> = stream.encode_utf16().flat_map(u16::to_le_bytes).collect();
        directory.windows(name.len()).any(|window| window == name)
    };
    if names("Workbook") || names("Book\0") {
        Kind::Xls
    } else if names("WordDocument") {
        Kind::Doc
    } else {
        Kind::Unknown
    }
}

/// The first sectors of a compound file's directory ([MS-CFB] 2.2).
fn directory(head: &[u8], body: &Body) -> Option<Vec<u8>> {
    let shift = u16::from_le_bytes(head.get(30..32)?.try_into().ok()?);
    let sector = u64::from(u32::from_le_bytes(head.get(48..52)?.try_into().ok()?));
    let size = 1u64.checked_shl(u32::from(shift)).filter(|size| (512..=4096).contains(size))?;
    let mut stream = body.open().ok()?;
    stream.seek(SeekFrom::Start((sector + 1) * size)).ok()?;
    let mut directory = Vec::new();
    stream.take(4 * size).read_to_end(&mut directory).ok()?;
    Some(directory)
}
