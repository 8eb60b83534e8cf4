//! From a record's block to the body in it: the HTTP header read, the transfer coding taken off.

use std::io::{self, BufRead, Read};

use super::head::{Head, invalid};

/// The status and header fields of an HTTP response that was stored in a record.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) head: Head,
}

impl Response {
    /// Reads the header; what is left in `block` is the body with its transfer coding.
    pub(crate) fn read(block: &mut dyn BufRead) -> io::Result<Self> {
        let head = Head::read(block)?.ok_or_else(|| invalid("it holds no HTTP message"))?;
        let status = head.first.split_ascii_whitespace().nth(1).and_then(|status| status.parse().ok());
        match status {
            Some(status) if head.first.starts_with("HTTP/") => Ok(Self { status, head }),
            _ => Err(invalid("it holds no HTTP response")),
        }
    }

    /// The body in `block`, transfer coding removed.
    pub(crate) fn body<'a>(&self, block: &'a mut dyn BufRead) -> Box<dyn Read + 'a> {
        let coding = self.head.get("transfer-encoding").unwrap_or_default();
        if coding.to_ascii_lowercase().contains("chunked") {
            Box::new(Chunked { from: block, state: State::Start })
        } else {
            Box::new(block)
        }
    }
}

/// Takes the chunked transfer coding off; a body that only claims to have it is passed through.
struct Chunked<'a> {
    from: &'a mut dyn BufRead,
    state: State,
}

enum State {
    Start,
    Between,
    Chunk(u64),
    AsIs(io::Cursor<Vec<u8>>),
    End,
}

impl Chunked<'_> {
    fn line(&mut self) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        (&mut self.from).take(256).read_until(b'\n', &mut line)?;
        Ok(line)
    }
}

impl Read for Chunked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match &mut self.state {
                State::Start => {
                    let line = self.line()?;
                    self.state = match size(&line) {
                        Some(size) => State::Chunk(size),
                        None => State::AsIs(io::Cursor::new(line)),
                    };
                }
                State::Between => {
                    let mut line = self.line()?;
                    if line.trim_ascii().is_empty() && !line.is_empty() {
                        line = self.line()?;
                    }
                    self.state = size(&line).map_or(State::End, State::Chunk);
                }
                State::Chunk(0) | State::End => {
                    self.state = State::End;
                    return Ok(0);
                }
                State::Chunk(left) => {
                    let most = usize::try_from(*left).unwrap_or(usize::MAX).min(buffer.len());
                    if most == 0 {
                        return Ok(0);
                    }
                    let read = self.from.read(&mut buffer[..most])?;
                    *left -= read as u64;
                    self.state = match *left {
                        _ if read == 0 => State::End,
                        0 => State::Between,
                        left => State::Chunk(left),
                    };
                    if read > 0 {
                        return Ok(read);
                    }
                }
                State::AsIs(line) => {
                    let read = line.read(buffer)?;
                    return if read > 0 { Ok(read) } else { self.from.read(buffer) };
                }
            }
        }
    }
}

fn size(line: &[u8]) -> Option<u64> {
    let line = std::str::from_utf8(line).ok()?;
    u64::from_str_radix(line.split(';').next()?.trim(), 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(message: &[u8]) -> Vec<u8> {
        let mut block = message;
        let response = Response::read(&mut block).unwrap();
        let mut body = Vec::new();
        response.body(&mut block).read_to_end(&mut body).unwrap();
        body
    }

    #[test]
    fn chunks_are_joined_up() {
        let start = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        let of = |coded: &[u8]| body(&[start, coded].concat());
        assert_eq!(of(b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"), b"abcde");
        assert_eq!(of(b"3\r\nabc\r\n5\r\nde"), b"abcde");
        assert_eq!(of(b"not chunked\nat all"), b"not chunked\nat all");
        assert_eq!(of(b""), b"");
        assert_eq!(of(b"ffffffffffffffff\r\nab"), b"ab");
    }

    #[test]
    fn only_http_responses_are_read() {
        assert_eq!(body(b"HTTP/1.1 404 Not Found\n\nx"), b"x");
        assert!(Response::read(&mut &b"GET / HTTP/1.1\r\n\r\n"[..]).is_err());
        assert!(Response::read(&mut &b""[..]).is_err());
    }
}
