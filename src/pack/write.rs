//! Appends records to a WARC 1.1 file, each a gzip member of its own.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek as _, SeekFrom, Write as _};

use flate2::Compression;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::Place;
use super::member::Member;

/// The open end of a WARC file.
pub(crate) struct Writer {
    file: File,
    end: u64,
    compression: Compression,
}

/// A record's header: its type, its id and the fields that come with it.
pub(crate) struct Fields(String);

impl Fields {
    pub(crate) fn new(kind: &str, id: &str, date: Timestamp) -> Self {
        let date = date.strftime("%Y-%m-%dT%H:%M:%SZ");
        Self(format!("WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <{id}>\r\nWARC-Date: {date}\r\n"))
    }

    /// The same with one more field; control characters cannot break out of it.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        push(&mut self.0, name, value);
        self
    }

    pub(crate) fn maybe(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }
}

/// Adds a field to a header.
pub(crate) fn push(header: &mut String, name: &str, value: &str) {
    let clean = |text: &str| text.replace(|letter: char| letter.is_ascii_control() && letter != '\t', " ");
    header.push_str(&clean(name));
    header.push_str(": ");
    header.push_str(&clean(value));
    header.push_str("\r\n");
}

/// A record id that depends on nothing but `parts`: the form of a UUID, as WARC tools expect.
pub(crate) fn id(parts: &[&str]) -> String {
    let mut hash: [u8; 32] = Sha256::digest(parts.join("\n")).into();
    // RFC 9562: version 8, which leaves the rest to us.
    hash[6] = hash[6] & 0x0f | 0x80;
    hash[8] = hash[8] & 0x3f | 0x80;
    let hex = probes::capture::hex(&hash[..16]);
    format!("urn:uuid:{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// So much of a block is looked at to tell whether it is compressed already, in bytes: an answer's header, and how its
/// body begins.
const BEGINS: u64 = 16 * 1024;
/// How files begin that compressing again makes no smaller: ZIP, gzip, xz, Zstandard.
const COMPRESSED: [&[u8]; 4] = [b"PK\x03\x04", b"\x1f\x8b\x08", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd"];

/// So long a body is compressed by itself, in bytes: shorter ones are hardly longer than what finds them again.
pub(super) const BY_ITSELF: u64 = 4096;

/// Where the body begins in a block: behind an answer's header, or with the block; none where that is too long to see.
fn body_at(begins: &[u8]) -> Option<usize> {
    if !begins.starts_with(b"HTTP/") {
        return Some(0);
    }
    begins.windows(4).position(|bytes| bytes == b"\r\n\r\n").map(|end| end + 4)
}

impl Writer {
    /// Goes on behind byte `end`; what is there beyond is dropped.
    pub(crate) fn new(file: File, end: u64, compression: Compression) -> io::Result<Self> {
        file.set_len(end)?;
        Ok(Self { file, end, compression })
    }

    pub(crate) fn end(&self) -> u64 {
        self.end
    }

    /// Drops everything behind byte `end`.
    pub(crate) fn back_to(&mut self, end: u64) -> io::Result<()> {
        self.file.set_len(end)?;
        self.end = end;
        Ok(())
    }

    /// Appends a record whose block is `length` bytes long and is handed to the system when this returns.
    pub(crate) fn append(&mut self, fields: &Fields, block: &mut dyn Read, length: u64) -> io::Result<Place> {
        let offset = self.end;
        self.file.seek(SeekFrom::Start(offset))?;
        let mut block = block.take(length);
        let mut begins = Vec::new();
        (&mut block).take(BEGINS).read_to_end(&mut begins)?;
        let body = body_at(&begins);
        let compressed = body.is_some_and(|at| COMPRESSED.iter().any(|magic| begins[at..].starts_with(magic)));
        let level = if compressed { Compression::none() } else { self.compression };
        let mut out = Member::new(BufWriter::with_capacity(64 * 1024, &self.file), level)?;
        write!(out, "{}Content-Length: {length}\r\n\r\n", fields.0)?;
        let at = body.filter(|at| length - *at as u64 >= BY_ITSELF);
        if let Some(at) = at {
            out.write_all(&begins[..at])?;
            out.divide()?;
        }
        let mut block = begins[at.unwrap_or_default()..].chain(block);
        let written = at.unwrap_or_default() as u64 + io::copy(&mut block, &mut out)?;
        if written != length {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "a body ended before its length"));
        }
        out.write_all(b"\r\n\r\n")?;
        out.end()?.into_inner().map_err(io::IntoInnerError::into_error)?;
        self.end = (&self.file).stream_position()?;
        Ok(Place { offset, length: self.end - offset })
    }

    /// Appends a record as it stands, compressed, in another WARC.
    pub(crate) fn append_member(&mut self, member: &mut dyn Read) -> io::Result<Place> {
        let offset = self.end;
        self.file.seek(SeekFrom::Start(offset))?;
        let length = io::copy(member, &mut &self.file)?;
        self.end = offset + length;
        Ok(Place { offset, length })
    }
}
