//! A document out of its packing: compressed, in an archive of one sort or another, or neither; and tables, out of cells.

use std::io::{self, BufReader, Read, Seek as _};

use encoding_rs::{Encoding, UTF_8};
use flate2::read::MultiGzDecoder;

use super::deal::{Deal, deals};
use super::flat;
use super::form::Form;
use super::halves;
use super::pointer::Pointer;
use super::read::{Distinct, Document};
use super::report::Report;
use super::schema::Standard;
use super::walk::Place;
use crate::body::Body;
use crate::rows::Held;

/// The most that is read of a document, unpacked, in bytes.
const MOST: u64 = 8 << 30;
/// The most members of an archive that are read.
const MEMBERS: usize = 1000;
/// The most that is held of one table in an archive, in bytes.
const TABLE: u64 = 64 << 20;
/// How deep archives may lie in each other.
const DEPTH: u8 = 3;

/// From how many bytes on a file is read by two at once.
const LONG: u64 = 8 << 20;

/// Reads a document. `package` takes whatever stands at its top for a package.
pub fn read(body: &Body, standard: &Standard, package: bool) -> Result<Report, String> {
    if !package
        && body.len() <= MOST
        && let Some(document) = halves::read(body, standard, LONG)
    {
        return Ok(Report::of(document));
    }
    let mut document = Document::new(standard);
    take_in(&mut document, body, package)?;
    Ok(Report::of(document))
}

/// Reads the tables of a workbook or delimited file, if their columns are paths into releases.
pub fn read_tables(tables: &[Held], standard: &Standard) -> Option<Report> {
    let mut document = Document::new(standard);
    take_tables(&mut document, tables).then(|| Report::of(document))
}

/// Hands over every contract in a document, in its order; whether the document holds any release or record at all.
pub fn each_deal(body: &Body, take: &mut (dyn FnMut(Deal) + Send)) -> Result<bool, String> {
    let mut any = false;
    let mut hand = |form, element: &[u8]| {
        any = true;
        deals(form, element).into_iter().for_each(&mut *take);
    };
    let mut document = Document::handing(&mut hand);
    take_in(&mut document, body, false)?;
    Ok(any)
}

/// The same of tables.
pub fn each_deal_of_tables(tables: &[Held], take: &mut (dyn FnMut(Deal) + Send)) -> bool {
    let mut hand = |form, element: &[u8]| deals(form, element).into_iter().for_each(&mut *take);
    let mut document = Document::handing(&mut hand);
    take_tables(&mut document, tables)
}

fn take_in(document: &mut Document<'_>, body: &Body, package: bool) -> Result<(), String> {
    let mut stream = body.open().map_err(|error| error.to_string())?;
    let mut magic = [0; 4];
    let read = filled(&mut stream, &mut magic).map_err(|error| error.to_string())?;
    stream.rewind().map_err(|error| error.to_string())?;
    if magic[..read] != *b"PK\x03\x04" {
        return stream_in(document, &mut stream.take(MOST), package, DEPTH);
    }
    let mut archive = zip::ZipArchive::new(stream).map_err(|error| format!("it is a broken archive: {error}"))?;
    document.packed = true;
    let mut tables = Vec::new();
    for at in 0..archive.len().min(MEMBERS) {
        let member = archive.by_index(at).map_err(|error| format!("member {at} cannot be opened: {error}"))?;
        let name = member.name().map(|name| name.to_string()).unwrap_or_default();
        if member.is_file() {
            member_in(document, &mut tables, &name, member, package, DEPTH - 1)?;
        }
    }
    take_tables(document, &tables);
    Ok(())
}

/// A text, or what it is when it is unpacked.
fn stream_in(document: &mut Document<'_>, stream: &mut dyn Read, package: bool, depth: u8) -> Result<(), String> {
    let unpacking = |error: io::Error| format!("it cannot be unpacked: {error}");
    // A tar archive says what it is behind the name, size and times of its first member.
    let mut head = [0; 512];
    let read = filled(&mut *stream, &mut head).map_err(unpacking)?;
    let mut stream = (&head[..read]).chain(stream);
    match &head[..read] {
        [0x1f, 0x8b, ..] if depth > 0 => {
            document.packed = true;
            let stream = MultiGzDecoder::new(BufReader::new(stream));
            stream_in(document, &mut stream.take(MOST), package, depth - 1)
        }
        head if depth > 0 && head.get(257..262) == Some(b"ustar") => {
            document.packed = true;
            let mut tables = Vec::new();
            let mut archive = tar::Archive::new(stream);
            let members = archive.entries().map_err(unpacking)?;
            for member in members.take(MEMBERS) {
                let member = member.map_err(unpacking)?;
                let name = String::from_utf8_lossy(&member.path_bytes()).into_owned();
                if member.header().entry_type().is_file() {
                    member_in(document, &mut tables, &name, member, package, depth - 1)?;
                }
            }
            take_tables(document, &tables);
            Ok(())
        }
        head if let Some((encoding, _)) = Encoding::for_bom(head).filter(|(own, _)| *own != UTF_8) => {
            document.undecoded += 1;
            take(document, crate::table::decoded(stream, encoding), package)
        }
        _ => take(document, &mut stream, package),
    }
}

/// A member of an archive, if its name promises records or a table.
fn member_in(
    document: &mut Document<'_>,
    tables: &mut Vec<Held>,
    name: &str,
    stream: impl Read,
    package: bool,
    depth: u8,
) -> Result<(), String> {
    let lower = name.to_ascii_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| lower.ends_with(ending));
    if ends(&[".json", ".jsonl", ".ndjson", ".geojson", ".json.gz", ".jsonl.gz"]) {
        return stream_in(document, &mut stream.take(MOST), package, depth);
    }
    if ends(&[".csv"]) {
        let mut text = Vec::new();
        stream.take(TABLE).read_to_end(&mut text).map_err(|error| format!("{name:?} cannot be unpacked: {error}"))?;
        tables.extend(Held::of_text(name, &Body::in_memory(text), None).ok());
    }
    Ok(())
}

fn take(document: &mut Document<'_>, stream: impl Read, package: bool) -> Result<(), String> {
    let mut stream = stream.take(MOST);
    document.take_in(&mut stream, package).map_err(|error| format!("it cannot be unpacked: {error}"))?;
    if stream.limit() == 0 {
        return Err(format!("it is larger than the {MOST} bytes that are read"));
    }
    Ok(())
}

/// Takes what the rows of tables tell of, if their columns are paths into releases.
fn take_tables(document: &mut Document<'_>, tables: &[Held]) -> bool {
    if !flat::is_flat(tables) {
        return false;
    }
    document.flat = true;
    let mut distinct = Distinct::default();
    for release in flat::releases(tables, document.walk.schema) {
        let place = Place { byte: 0, line: release.row };
        let text = release.value.to_string();
        *document.forms.entry(Form::Releases).or_default() += 1;
        document.take(text.as_bytes(), Form::Releases, place, Pointer::default(), &mut distinct);
    }
    true
}

fn filled(mut stream: impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut read = 0;
    while read < buffer.len() {
        match stream.read(&mut buffer[read..])? {
            0 => break,
            more => read += more,
        }
    }
    Ok(read)
}
