//! What a response, revisit or resource record answers.

use std::io::{self, BufRead};

use jiff::Timestamp;
use probes::capture::Cut;
use url::Url;

use super::digest::{Declared, drain};
use super::head::{Head, invalid};
use super::payload::Response;
use super::record::METHOD;

/// What a response, revisit or resource record answers.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) url: Url,
    pub(crate) date: Timestamp,
    pub(crate) status: u16,
    pub(crate) media_type: Option<String>,
    pub(crate) location: Option<String>,
    /// SHA-256 of the body as it was sent; of a revisit, as it is declared.
    pub(crate) sha256: String,
    pub(crate) bytes: u64,
    pub(crate) cut: Option<Cut>,
    /// Digest of the body in the record's own words.
    pub(crate) declared: Option<String>,
    pub(crate) role: Role,
}

/// What a body is to its URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// What was sent from there.
    Sent,
    /// What was sent from there for what was posted to it.
    Posted,
    /// What a browser made of a page.
    Rendered,
    /// How it looked.
    View,
}

/// What stands before a page's URL where the record is a picture of it.
pub(crate) const VIEW: &str = "urn:view:";

/// Where a revisit says its body stands.
#[derive(Clone, Debug)]
pub(crate) struct Original {
    pub(crate) id: Option<String>,
    pub(crate) url: Option<Url>,
    pub(crate) date: Option<Timestamp>,
}

/// Reads a response, or a revisit of one.
pub(crate) fn answer(head: &Head, url: Url, block: &mut dyn BufRead, revisit: bool) -> io::Result<Answer> {
    let declared = head.get("warc-payload-digest").map(str::to_owned);
    let mut answer = Answer {
        url,
        date: date(head)?,
        status: 0,
        media_type: None,
        location: None,
        sha256: declared.as_deref().and_then(Declared::parse).map(|declared| declared.value).unwrap_or_default(),
        bytes: 0,
        cut: cut(head),
        declared,
        role: if head.get(METHOD).is_some() { Role::Posted } else { Role::Sent },
    };
    // A revisit may leave the header out.
    if !revisit || !block.fill_buf()?.is_empty() {
        let response = Response::read(block)?;
        answer.status = response.status;
        answer.media_type = response.head.fields.media_type();
        answer.location = response.head.get("location").map(str::to_owned);
        if !revisit {
            (answer.sha256, answer.bytes) = drain(&mut response.body(block))?;
        }
    }
    Ok(answer)
}

/// Where a revisit says its body stands.
pub(crate) fn original(head: &Head) -> Original {
    Original {
        id: head.bare("warc-refers-to").map(str::to_owned),
        url: url(head, "warc-refers-to-target-uri"),
        date: head.get("warc-refers-to-date").and_then(|date| date.parse().ok()),
    }
}

/// Reads what was not fetched over HTTP: the block is the body.
pub(crate) fn resource(head: &Head, url: Url, role: Role, block: &mut dyn BufRead) -> io::Result<Answer> {
    let (sha256, bytes) = drain(block)?;
    Ok(Answer {
        url,
        date: date(head)?,
        status: 200,
        media_type: head.fields.media_type(),
        location: None,
        sha256,
        bytes,
        cut: cut(head),
        declared: head.get("warc-payload-digest").map(str::to_owned),
        role,
    })
}

/// The page that a record is a picture of.
pub(crate) fn viewed(head: &Head) -> Option<Url> {
    Url::parse(head.bare("warc-target-uri")?.strip_prefix(VIEW)?).ok()
}

/// A URL that can be asked for; DNS lookups and the like are none.
pub(crate) fn url(head: &Head, name: &str) -> Option<Url> {
    let mut url = Url::parse(head.bare(name)?).ok()?;
    url.set_fragment(None);
    matches!(url.scheme(), "http" | "https" | "file").then_some(url)
}

fn date(head: &Head) -> io::Result<Timestamp> {
    let date = head.get("warc-date").and_then(|date| date.parse().ok());
    date.ok_or_else(|| invalid("it does not say when it was fetched"))
}

fn cut(head: &Head) -> Option<Cut> {
    match head.get("warc-truncated")? {
        "length" => Some(Cut::TooLarge),
        "time" => Some(Cut::Timeout),
        _ => Some(Cut::Broken),
    }
}
