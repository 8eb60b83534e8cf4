//! One byte of one body in a sealed pack turned over: so that the container stays sound, or under its feet.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

/// The WARC's name in a pack.
const WARC: &str = "archive/data.warc.gz";

/// The pack with another byte in the body of the record at `offset`: every container around it is written anew.
pub(super) fn in_the_body(pack: &Path, offset: u64, length: u64) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(fs::File::open(pack).unwrap()).unwrap();
    let mut to = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for number in 0..from.len() {
        let mut entry = from.by_index(number).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        let name = entry.name().unwrap().into_owned();
        if name == WARC {
            let (start, end) = (usize::try_from(offset).unwrap(), usize::try_from(offset + length).unwrap());
            let member = turned(&bytes[start..end]);
            bytes.splice(start..end, member);
        }
        to.start_file(name, stored).unwrap();
        to.write_all(&bytes).unwrap();
    }
    to.finish().unwrap().into_inner()
}

/// A gzip member whose record has one other byte in the middle of its body.
fn turned(member: &[u8]) -> Vec<u8> {
    let mut record = Vec::new();
    GzDecoder::new(member).read_to_end(&mut record).unwrap();
    let blank = |from: usize| {
        let at = record[from..].windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        from + at + 4
    };
    // After the record's header and the response's.
    let body = blank(blank(0));
    let middle = body + (record.len() - 4 - body) / 2;
    record[middle] ^= 1;
    let mut out = GzEncoder::new(Vec::new(), Compression::default());
    out.write_all(&record).unwrap();
    out.finish().unwrap()
}

/// The pack with another byte at `offset` of its WARC, and nothing else changed.
pub(super) fn on_the_disk(pack: &Path, offset: u64) -> Vec<u8> {
    let mut zip = zip::ZipArchive::new(fs::File::open(pack).unwrap()).unwrap();
    let start = zip.by_name(WARC).unwrap().data_start().unwrap();
    let mut bytes = fs::read(pack).unwrap();
    bytes[usize::try_from(start + offset).unwrap()] ^= 0x55;
    bytes
}
