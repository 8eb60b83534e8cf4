//! Recorded answers: a status line, header fields, and the body with its content coding undone.

use std::io::Read as _;
use std::path::Path;

use crate::hostile::{Call, Hostile, whole};

/// One recorded answer.
pub(super) struct Recorded {
    head: String,
    pub(super) body: Vec<u8>,
}

impl Recorded {
    pub(super) fn read(path: &Path) -> Self {
        let bytes = std::fs::read(path).unwrap();
        let ends = ["\r\n\r\n", "\n\n"].map(|end| (find(&bytes, end.as_bytes()), end.len()));
        let (end, skip) = ends.into_iter().filter_map(|(at, skip)| Some((at?, skip))).min().unwrap();
        let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
        let mut body = bytes[end + skip..].to_vec();
        if body.starts_with(&[0x1f, 0x8b]) {
            let mut plain = Vec::new();
            flate2::read::GzDecoder::new(body.as_slice()).read_to_end(&mut plain).unwrap();
            body = plain;
        }
        Self { head, body }
    }

    /// The ending of a file of its media type.
    pub(super) fn extension(&self) -> &'static str {
        let media_type = self.head.lines().find_map(|line| line.strip_prefix("content-type:")).unwrap_or_default();
        if media_type.contains("json") {
            "json"
        } else if media_type.contains("html") {
            "html"
        } else {
            "txt"
        }
    }
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

/// A CKAN that answers a search with the recorded pages, by where each begins.
pub(super) fn ckan(pages: Vec<Recorded>) -> Hostile {
    Hostile::serving(move |call: &Call| {
        let json = ["content-type: application/json"];
        let (path, query) = call.path.split_once('?').unwrap_or((&call.path, ""));
        let start = query.split('&').find_map(|pair| pair.strip_prefix("start=")?.parse::<usize>().ok());
        match (path, start.and_then(|start| pages.get(start / 100))) {
            ("/api/3/action/status_show", _) => {
                whole("200 OK", &json, br#"{"help": "", "success": true, "result": {"ckan_version": "2.8.4"}}"#)
            }
            ("/api/3/action/package_search", Some(page)) => whole("200 OK", &json, &page.body),
            ("/dataset", _) => whole("200 OK", &["content-type: text/html"], b"<!doctype html><title>Data</title><p>x"),
            _ => whole("404 Not Found", &[], b""),
        }
    })
}
