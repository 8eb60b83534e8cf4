//! A document out of its packing: gzip, a ZIP archive, or none.

use std::io::{self, BufReader, Read};

use flate2::read::MultiGzDecoder;

use super::deal::{Deal, deals};
use super::read::Document;
use super::report::Report;
use crate::body::Body;

/// The most that is read of a document, unpacked, in bytes.
const MOST: u64 = 8 << 30;
/// The most members of an archive that are read.
const MEMBERS: usize = 1000;

/// Reads a document. `package` takes whatever stands at its top for a package.
pub fn read(body: &Body, package: bool) -> Result<Report, String> {
    let mut document = Document::default();
    take_in(&mut document, body, package)?;
    Ok(Report::of(document))
}

/// Hands over every contract in a document, in its order; whether the document holds any release or record at all.
pub fn each_deal(body: &Body, take: &mut dyn FnMut(Deal)) -> Result<bool, String> {
    let mut any = false;
    let mut hand = |form, element: &[u8]| {
        any = true;
        deals(form, element).into_iter().for_each(&mut *take);
    };
    let mut document = Document { hand: Some(&mut hand), ..Document::default() };
    take_in(&mut document, body, false)?;
    Ok(any)
}

fn take_in(document: &mut Document<'_>, body: &Body, package: bool) -> Result<(), String> {
    let mut magic = [0; 4];
    let read = body.open().and_then(|stream| filled(stream, &mut magic)).map_err(|error| error.to_string())?;
    match &magic[..read] {
        [0x1f, 0x8b, ..] => {
            let stream = body.open().map_err(|error| error.to_string())?;
            take(document, MultiGzDecoder::new(BufReader::new(stream)), package)?;
        }
        b"PK\x03\x04" => {
            let stream = body.open().map_err(|error| error.to_string())?;
            let mut archive =
                zip::ZipArchive::new(stream).map_err(|error| format!("it is a broken archive: {error}"))?;
            for at in 0..archive.len().min(MEMBERS) {
                let member = archive.by_index(at).map_err(|error| format!("member {at} cannot be opened: {error}"))?;
                let name = member.name().map(|name| name.to_ascii_lowercase()).unwrap_or_default();
                if member.is_file() && [".json", ".jsonl", ".ndjson"].iter().any(|ending| name.ends_with(ending)) {
                    take(document, member, package)?;
                }
            }
        }
        _ => take(document, body.open().map_err(|error| error.to_string())?, package)?,
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
