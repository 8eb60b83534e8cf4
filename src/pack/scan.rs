//! Reads a WARC from its beginning to its end, record by record, and goes on behind what is broken.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::GzDecoder;

use super::Place;
use super::head::{Head, invalid};
use super::region::Region;

/// One WARC file, or one entry of a WACZ.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    /// Its name in the WACZ, or the file's.
    pub(crate) name: String,
    pub(crate) region: Region,
    /// Whether every record is a gzip member of its own.
    pub(crate) gzip: bool,
}

impl Segment {
    /// Opens the record at `place`: its header, and its block as a stream.
    pub(crate) fn open(&self, place: Place) -> io::Result<(Head, Box<dyn BufRead>)> {
        let raw = BufReader::new(self.region.reader(place.offset, place.length));
        let mut plain: Box<dyn BufRead> =
            if self.gzip { Box::new(BufReader::new(GzDecoder::new(raw))) } else { Box::new(raw) };
        let (head, length) = begin(&mut *plain)?.ok_or_else(|| invalid("there is no record"))?;
        Ok((head, Box::new(plain.take(length))))
    }
}

/// What a scan came across.
pub(crate) enum Met<T> {
    /// A record, and what the visitor made of it.
    Record(Place, T),
    /// Bytes that are no record, up to the next one or the end.
    Broken(Place, String),
    /// The first gzip member holds more than one record: the file was compressed as a whole.
    OneMember,
}

/// A walk over the records of a segment.
pub(crate) struct Scan<'a> {
    segment: &'a Segment,
    len: u64,
    at: u64,
}

impl<'a> Scan<'a> {
    /// Begins at the first of the segment's `len` bytes.
    pub(crate) fn new(segment: &'a Segment, len: u64) -> Self {
        Self { segment, len, at: 0 }
    }

    /// The next record, its header and block given to `visit`; what that leaves unread is skipped.
    pub(crate) fn next<T>(&mut self, visit: impl FnOnce(&Head, &mut dyn BufRead) -> io::Result<T>) -> Option<Met<T>> {
        if self.at >= self.len {
            return None;
        }
        let offset = self.at;
        let mut raw = BufReader::with_capacity(64 * 1024, self.segment.region.reader(offset, self.len - offset));
        let read = if self.segment.gzip {
            let mut plain = BufReader::with_capacity(64 * 1024, GzDecoder::new(&mut raw));
            one(&mut plain, visit).and_then(|made| {
                let more = skip_line_ends(&mut plain)?;
                // The end of the member, and with it its checksum, is still to be read.
                let again = more && plain.fill_buf()?.starts_with(b"WARC/");
                io::copy(&mut plain, &mut io::sink())?;
                Ok((made, more.then_some(again)))
            })
        } else {
            one(&mut raw, visit).and_then(|made| {
                skip_line_ends(&mut raw)?;
                Ok((made, None))
            })
        };
        let length = raw.get_ref().position() - raw.buffer().len() as u64;
        match read {
            Ok((_, Some(true))) if offset == 0 => Some(Met::OneMember),
            Ok((Some(made), None)) => {
                self.at = offset + length;
                Some(Met::Record(Place { offset, length }, made))
            }
            // Only line ends were left.
            Ok((None, None)) if !self.segment.gzip => {
                self.at = self.len;
                None
            }
            broken => {
                let cause = match broken {
                    Ok((_, Some(_))) => "one gzip member holds more than one record".to_owned(),
                    Ok(_) => "a gzip member holds no record".to_owned(),
                    Err(error) => error.to_string(),
                };
                self.at = self.next_start(offset + 1).unwrap_or(self.len);
                Some(Met::Broken(Place { offset, length: self.at - offset }, cause))
            }
        }
    }

    /// Where the next record seems to begin, from byte `from` on.
    fn next_start(&self, from: u64) -> Option<u64> {
        let mark: &[u8] = if self.segment.gzip { b"\x1f\x8b\x08" } else { b"\nWARC/" };
        let mut from = from;
        let mut window = vec![0; 64 * 1024];
        loop {
            let len = fill(&mut self.segment.region.reader(from, self.len.checked_sub(from)?), &mut window).ok()?;
            for (at, _) in window[..len].windows(mark.len()).enumerate().filter(|(_, bytes)| *bytes == mark) {
                let start = from + at as u64 + u64::from(!self.segment.gzip);
                if !self.segment.gzip || self.begins_record(start) {
                    return Some(start);
                }
            }
            if len < window.len() {
                return None;
            }
            // A mark may lie across two windows.
            from += (len - mark.len() + 1) as u64;
        }
    }

    fn begins_record(&self, start: u64) -> bool {
        let raw = BufReader::new(self.segment.region.reader(start, self.len - start));
        let mut first = [0; 5];
        GzDecoder::new(raw).read_exact(&mut first).is_ok() && &first == b"WARC/"
    }
}

/// Reads one record with its block to the block's end.
fn one<T>(
    from: &mut dyn BufRead,
    visit: impl FnOnce(&Head, &mut dyn BufRead) -> io::Result<T>,
) -> io::Result<Option<T>> {
    let Some((head, length)) = begin(from)? else { return Ok(None) };
    let mut block = from.take(length);
    let made = visit(&head, &mut block)?;
    io::copy(&mut block, &mut io::sink())?;
    if block.limit() > 0 {
        return Err(invalid(format!("the record ends {} bytes early", block.limit())));
    }
    Ok(Some(made))
}

/// Reads a record's header, and its block's length from it.
fn begin(from: &mut dyn BufRead) -> io::Result<Option<(Head, u64)>> {
    if !skip_line_ends(from)? {
        return Ok(None);
    }
    let mut version = [0; 5];
    let head = from.fill_buf()?;
    let known = head.len().min(version.len());
    version[..known].copy_from_slice(&head[..known]);
    if !b"WARC/".starts_with(&version[..known]) {
        return Err(invalid("no record begins here"));
    }
    let Some(head) = Head::read(from)? else { return Ok(None) };
    let length = head.get("content-length").and_then(|length| length.parse().ok());
    let length = length.ok_or_else(|| invalid("a record does not say how long it is"))?;
    Ok(Some((head, length)))
}

/// Skips line ends; whether anything comes after them.
fn skip_line_ends(from: &mut dyn BufRead) -> io::Result<bool> {
    loop {
        let buffer = from.fill_buf()?;
        if buffer.is_empty() {
            return Ok(false);
        }
        let blank = buffer.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let more = blank < buffer.len();
        from.consume(blank);
        if more {
            return Ok(true);
        }
    }
}

fn fill(from: &mut impl Read, window: &mut [u8]) -> io::Result<usize> {
    let mut len = 0;
    while len < window.len() {
        match from.read(&mut window[len..])? {
            0 => break,
            read => len += read,
        }
    }
    Ok(len)
}
