//! What the crawl hands to the pack: the messages of one request as they went over the wire.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom, Write};
use std::net::SocketAddr;
use std::sync::Arc;

use jiff::Timestamp;
use probes::body::Body;
use probes::capture::{CaptureId, Cut, Failure, Headers, Request, hex};
use sha2::{Digest as _, Sha256};
use url::Url;

/// A request and everything that went over the wire to answer it, redirects included.
#[derive(Debug)]
pub struct Exchange {
    /// What was asked.
    pub request: Request,
    /// When the last message was sent, or when the failure was met.
    pub fetched_at: Timestamp,
    /// Every answer in order: redirects, then the final one if there is one.
    pub messages: Vec<Message>,
    /// Why there is no final answer; redirects before it stay in `messages`.
    pub failure: Option<Failure>,
    /// What a browser made of the page; then no message is the final answer.
    pub rendered: Option<Box<Rendered>>,
}

/// What a browser made of a page that scripts write.
#[derive(Debug)]
pub struct Rendered {
    /// The capture of the page as it was sent.
    pub of: CaptureId,
    /// When the page was taken down.
    pub at: Timestamp,
    /// The document's URL.
    pub url: Url,
    /// The status that the page was sent with.
    pub status: u16,
    /// The document as its scripts have left it, in UTF-8.
    pub document: Payload,
    /// How it looked.
    pub picture: Option<Picture>,
    /// The browser, by its own words.
    pub browser: String,
    /// How many things the page asked for.
    pub requests: u64,
    /// Why the page may not be whole.
    pub gap: Option<String>,
}

/// A picture of a page.
#[derive(Debug)]
pub struct Picture {
    /// Its media type.
    pub media_type: String,
    /// Its bytes.
    pub payload: Payload,
}

/// One HTTP request and its response, or a file that was handed in.
#[derive(Debug)]
pub struct Message {
    /// The URL asked.
    pub url: Url,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// Who answered; unknown behind a proxy and for files.
    pub remote: Option<SocketAddr>,
    /// The request's header fields as they were sent.
    pub request_headers: Headers,
    /// What was sent with it, of a POST; all else is GET.
    pub posted: Option<Vec<u8>>,
    /// Status code; 304 stands for "as in the last run" and is never the final word on a body.
    pub status: u16,
    /// `HTTP/1.1` or `HTTP/2`; empty for a file.
    pub version: String,
    /// Response header fields in the order received.
    pub headers: Headers,
    /// The body as it was sent, transfer coding removed, content coding kept.
    pub payload: Payload,
}

/// Which robots.txt rule the crawl went by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Robots {
    /// Submitted links and documented APIs are asked at the city's own request.
    #[default]
    AtTheCitysRequest,
    /// robots.txt decides everywhere.
    Strict,
}

/// What the last run knows of a URL, to ask only for what changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validators {
    /// The URL that answered, after redirects.
    pub url: Url,
    /// Its `ETag`.
    pub etag: Option<String>,
    /// Its `Last-Modified`.
    pub last_modified: Option<String>,
}

/// Bodies up to this size stay in memory, larger ones go to a temporary file.
pub const IN_MEMORY: usize = 256 * 1024;

/// A body as it came in: hashed on the way, in memory while small, on disk beyond.
pub struct Payload {
    kept: tempfile::SpooledTempFile,
    /// The file that begins with the body, where that was not taken in.
    stays: Option<Arc<File>>,
    hash: Sha256,
    bytes: u64,
    /// Why the body is not whole, if it is not.
    pub cut: Option<Cut>,
}

impl Payload {
    /// An empty body to be written to.
    pub fn new() -> Self {
        let kept = tempfile::SpooledTempFile::new(IN_MEMORY);
        Self { kept, stays: None, hash: Sha256::new(), bytes: 0, cut: None }
    }

    /// A body that stays in the file that begins with it: what is written is hashed and not kept.
    pub fn staying(file: File) -> Self {
        Self { stays: Some(Arc::new(file)), ..Self::new() }
    }

    /// The body, if it stays in a file.
    pub(crate) fn in_place(&self) -> Option<Body> {
        self.stays.as_ref().map(|file| Body::in_file(file.clone(), self.bytes))
    }

    /// How many bytes came in.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// SHA-256 of all bytes, in hexadecimal.
    pub fn sha256(&self) -> String {
        hex(&self.hash.clone().finalize())
    }

    /// SHA-256 of all bytes.
    pub fn digest(&self) -> [u8; 32] {
        self.hash.clone().finalize().into()
    }

    /// Reads the body from its beginning.
    pub fn reader(&mut self) -> io::Result<impl Read + '_> {
        self.kept.seek(SeekFrom::Start(0))?;
        Ok(&mut self.kept)
    }
}

impl Default for Payload {
    fn default() -> Self {
        Self::new()
    }
}

impl Write for Payload {
    fn write(&mut self, chunk: &[u8]) -> io::Result<usize> {
        let written = if self.stays.is_some() { chunk.len() } else { self.kept.write(chunk)? };
        self.hash.update(&chunk[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.kept.flush()
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Payload({} bytes)", self.bytes)
    }
}
