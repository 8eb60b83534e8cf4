//! A JSON text that comes as a stream, taken value by value: only the value in hand is in memory.

use std::io::{self, Read};

use memchr::memchr_iter;

use super::form::Form;
use super::scan::Scan;
use super::walk::Place;

/// How much is read at a time, in bytes.
const BLOCK: usize = 256 << 10;

/// A stream, and the part of it that is in memory.
pub(super) struct Source<R> {
    stream: R,
    buffer: Vec<u8>,
    /// How much of the buffer is done with.
    at: usize,
    /// Where in the stream the buffer begins.
    offset: u64,
    /// The line that the next byte stands on, from 1.
    line: u64,
    ended: bool,
}

/// Why a value cannot be taken.
#[derive(Debug)]
pub(super) enum Refused {
    /// The stream broke.
    Io(io::Error),
    /// The stream ended within it.
    Ended,
    /// It is longer than may be held.
    TooLong,
}

/// What stands on a line.
pub(super) enum Line {
    /// A value of this length.
    Value(usize),
    /// The beginning of a value, and on the next line another object begins.
    BreaksOff,
    /// Something else: a value that goes on, or the end of the text.
    Other,
}

impl<R: Read> Source<R> {
    /// From the stream's beginning; a byte order mark is passed over.
    pub(super) fn new(stream: R) -> io::Result<Self> {
        let mut source = Self { stream, buffer: Vec::new(), at: 0, offset: 0, line: 1, ended: false };
        source.fill()?;
        if source.buffer.starts_with(b"\xef\xbb\xbf") {
            source.at = 3;
        }
        Ok(source)
    }

    /// A text that is a part of another, and stands there at `place`.
    pub(super) fn within(text: R, place: Place) -> Self {
        Self { stream: text, buffer: Vec::new(), at: 0, offset: place.byte, line: place.line, ended: false }
    }

    /// Where the next byte stands.
    pub(super) fn place(&self) -> Place {
        Place { byte: self.offset + self.at as u64, line: self.line }
    }

    /// What the stream begins with, as far as it is there.
    pub(super) fn ahead(&self) -> &[u8] {
        &self.buffer[self.at..]
    }

    /// The next byte that is no white space.
    pub(super) fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            let ahead = &self.buffer[self.at..];
            if let Some(blanks) = ahead.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n')) {
                self.skip(blanks);
                return Ok(Some(self.buffer[self.at]));
            }
            let blanks = ahead.len();
            self.skip(blanks);
            if !self.fill()? {
                return Ok(None);
            }
        }
    }

    /// Passes over what was looked at.
    pub(super) fn skip(&mut self, bytes: usize) {
        self.line += memchr_iter(b'\n', &self.buffer[self.at..self.at + bytes]).count() as u64;
        self.at += bytes;
    }

    /// How long the value is that begins with the next byte, once it is in memory as a whole.
    pub(super) fn value(&mut self, most: usize) -> Result<usize, Refused> {
        let mut scan = Scan::default();
        loop {
            if let Some(end) = scan.end(&self.buffer[self.at..]) {
                return Ok(end);
            }
            if self.buffer.len() - self.at > most {
                return Err(Refused::TooLong);
            }
            if !self.fill().map_err(Refused::Io)? {
                // A number at the very end has nothing behind it.
                let left = self.buffer.len() - self.at;
                let scalar = left > 0 && !matches!(self.buffer[self.at], b'{' | b'[' | b'"');
                return if scalar { Ok(left) } else { Err(Refused::Ended) };
            }
        }
    }

    /// Passes over everything up to the next line; whether there is one.
    pub(super) fn next_line(&mut self) -> io::Result<bool> {
        loop {
            let ahead = &self.buffer[self.at..];
            if let Some(end) = memchr::memchr(b'\n', ahead) {
                self.skip(end + 1);
                return Ok(true);
            }
            let all = ahead.len();
            self.skip(all);
            if !self.fill()? {
                return Ok(false);
            }
        }
    }

    /// What stands on the line of the next byte, where values stand on a line each.
    pub(super) fn line(&mut self, most: usize) -> io::Result<Line> {
        let mut from = 0;
        let end = loop {
            let ahead = &self.buffer[self.at..];
            if let Some(end) = memchr::memchr(b'\n', &ahead[from..]) {
                break from + end;
            }
            from = ahead.len();
            if from > most || !self.fill()? {
                return Ok(Line::Other);
            }
        };
        if let Some(length) = Scan::default().end(&self.buffer[self.at..self.at + end]) {
            return Ok(Line::Value(length));
        }
        if self.at + end + 1 == self.buffer.len() {
            self.fill()?;
        }
        let again = self.buffer.get(self.at + end + 1) == Some(&b'{');
        Ok(if again { Line::BreaksOff } else { Line::Other })
    }

    /// Whether the value of this length has no line break in it, and a line ends behind it.
    pub(super) fn ends_line(&self, length: usize) -> bool {
        let (value, rest) = self.buffer[self.at..].split_at(length);
        let next = rest.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r'));
        next.is_none_or(|byte| *byte == b'\n') && memchr::memchr(b'\n', value).is_none()
    }

    /// Passes over a broken value: up to what looks like the next release or record, else over all that is there.
    pub(super) fn resume(&mut self, form: Form) {
        self.resume_within(self.buffer.len() - self.at, form);
    }

    /// The same, at most over so many bytes.
    pub(super) fn resume_within(&mut self, length: usize, form: Form) {
        let broken = &self.buffer[self.at..self.at + length];
        // In a record stand releases that begin as records do.
        let named = matches!(form, Form::Releases | Form::ReleasePackage);
        let next = next_element(broken, named, self.indent());
        self.skip(next.unwrap_or(length));
    }

    /// What stands before the next byte on its line, if that is white space.
    fn indent(&self) -> Option<&[u8]> {
        let before = &self.buffer[..self.at];
        let line = memchr::memrchr(b'\n', before)?;
        let indent = &before[line..];
        indent[1..].iter().all(|byte| matches!(byte, b' ' | b'\t')).then_some(indent)
    }

    fn fill(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        self.buffer.drain(..self.at);
        self.offset += self.at as u64;
        self.at = 0;
        let had = self.buffer.len();
        // What is long already is doubled, so that a long value is not moved once for each block.
        let more = BLOCK.max(had) as u64;
        (&mut self.stream).take(more).read_to_end(&mut self.buffer)?;
        self.ended = self.buffer.len() == had;
        Ok(!self.ended)
    }
}

/// Where in a broken value the next one seems to begin: an object whose first member is its `ocid`, or one that begins its
/// line as the broken one does.
fn next_element(broken: &[u8], named: bool, indent: Option<&[u8]>) -> Option<usize> {
    let by_name = memchr::memmem::find_iter(broken, b"\"ocid\"").filter(|_| named).find_map(|at| {
        let open = broken[..at].iter().rposition(|byte| !byte.is_ascii_whitespace())?;
        (open > 0 && broken[open] == b'{').then_some(open)
    });
    let by_line = indent.and_then(|indent| {
        let mut begins = memchr::memmem::find_iter(broken, indent).map(|at| at + indent.len());
        begins.find(|at| broken.get(*at) == Some(&b'{'))
    });
    by_name.into_iter().chain(by_line).min()
}
