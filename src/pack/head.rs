//! The header of a WARC record or an HTTP message: one first line, then named fields.

use std::io::{self, BufRead, Read as _};

use probes::capture::Headers;

/// The longest header that is read, in bytes.
const MOST_BYTES: u64 = 1024 * 1024;

/// A first line and named fields.
#[derive(Clone, Debug, Default)]
pub(crate) struct Head {
    /// `WARC/1.1`, or the status line.
    pub(crate) first: String,
    /// The fields in their order.
    pub(crate) fields: Headers,
}

impl Head {
    /// Reads up to and with the empty line; `None` at the end of the stream.
    pub(crate) fn read(from: &mut dyn BufRead) -> io::Result<Option<Self>> {
        let mut limited = from.take(MOST_BYTES);
        let mut head = Self::default();
        let mut line = Vec::new();
        if limited.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        head.first = text(&line);
        loop {
            line.clear();
            if limited.read_until(b'\n', &mut line)? == 0 {
                return if limited.limit() == 0 {
                    Err(invalid(format!("its header is longer than {MOST_BYTES} bytes")))
                } else {
                    Ok(Some(head))
                };
            }
            let text = text(&line);
            if text.is_empty() {
                return Ok(Some(head));
            }
            // A folded line goes on with the field before it.
            if let (b' ' | b'\t', Some((_, value))) = (line[0], head.fields.0.last_mut()) {
                value.push(' ');
                value.push_str(&text);
            } else {
                let (name, value) = text.split_once(':').unwrap_or((&text, ""));
                head.fields.0.push((name.trim().to_owned(), value.trim().to_owned()));
            }
        }
    }

    /// The field `name`, if it is not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.fields.get(name).filter(|value| !value.is_empty())
    }

    /// The field `name` without the angle brackets that ids, and with some tools URLs, stand in.
    pub(crate) fn bare(&self, name: &str) -> Option<&str> {
        let value = self.get(name)?;
        Some(value.strip_prefix('<').and_then(|value| value.strip_suffix('>')).unwrap_or(value))
    }
}

/// A line without its end; what is not UTF-8 is read as ISO 8859-1.
fn text(line: &[u8]) -> String {
    let line = line.trim_ascii();
    std::str::from_utf8(line).map_or_else(|_| line.iter().map(|byte| char::from(*byte)).collect(), str::to_owned)
}

pub(crate) fn invalid(problem: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_may_be_folded_and_end_without_an_empty_line() {
        let mut from: &[u8] = b"HTTP/1.1 200 OK\r\nA: b\n\tc \r\nno colon\r\nLatin: caf\xe9\r\n\r\nbody";
        let head = Head::read(&mut from).unwrap().unwrap();
        assert_eq!(head.first, "HTTP/1.1 200 OK");
        assert_eq!(head.get("a"), Some("b c"));
        assert_eq!(head.get("no colon"), None);
        assert_eq!(head.get("latin"), Some("café"));
        assert_eq!(from, b"body");
        assert_eq!(Head::read(&mut &b"WARC/1.0\nA: b"[..]).unwrap().unwrap().get("A"), Some("b"));
        assert!(Head::read(&mut &b""[..]).unwrap().is_none());
    }

    #[test]
    fn a_header_without_end_is_refused() {
        assert!(Head::read(&mut io::BufReader::new(io::repeat(b'a'))).is_err());
        assert!(Head::read(&mut io::BufReader::new(io::repeat(b'\n'))).unwrap().is_some());
    }
}
