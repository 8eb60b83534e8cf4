//! What is remembered of a record once it was read: enough to find it, and to know whether it is sound.

use std::io::{self, BufRead, Read as _};

use jiff::Timestamp;
use probes::capture::{Capture, CaptureId, Cut, Form};
use serde::{Deserialize, Serialize};
use url::Url;

use super::digest::{Algorithm, Declared, Hashing, drain};
use super::head::{Head, invalid};
use super::payload::Response;
use super::{Identity, Place};

/// Media types of the records that only we write.
pub(crate) const CAPTURE: &str = "application/vnd.tickmark.capture+json";
pub(crate) const FORM: &str = "application/vnd.tickmark.form+json";

/// The field that names the capture a record belongs to.
pub(crate) const BELONGS_TO: &str = "Tickmark-Capture";
/// The field of a `warcinfo` record that names the audit.
pub(crate) const AUDIT: &str = "tickmark-audit";

/// The longest record of ours that is read into memory, in bytes: beyond any header and any form.
const MOST_JSON: u64 = 64 * 1024 * 1024;

/// A capture as it stands in the WARC.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kept {
    pub(crate) capture: Capture,
    /// The ids of the records it was made from; the last is the final answer's.
    pub(crate) records: Vec<String>,
}

/// What a reader made of a body, as it stands in the WARC.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeptForm {
    pub(crate) reader: String,
    pub(crate) sha256: String,
    pub(crate) form: Form,
}

/// A place in one of the segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct At {
    pub(crate) segment: usize,
    pub(crate) offset: u64,
    pub(crate) length: u64,
}

impl At {
    pub(crate) fn new(segment: usize, place: Place) -> Self {
        Self { segment, offset: place.offset, length: place.length }
    }

    pub(crate) fn place(self) -> Place {
        Place { offset: self.offset, length: self.length }
    }
}

/// What a record is.
#[derive(Debug)]
pub(crate) enum Kind {
    /// A response or a resource, with its body.
    Answer(Answer),
    /// A response whose body stands elsewhere.
    Revisit(Answer, Original),
    /// The audit that the pack belongs to.
    Audit(Identity),
    /// A capture of ours.
    Capture(Box<Kept>),
    /// A form of ours, by reader and body hash.
    Form(String, String),
    /// Anything else.
    Other,
}

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
}

/// Where a revisit says its body stands.
#[derive(Clone, Debug)]
pub(crate) struct Original {
    pub(crate) id: Option<String>,
    pub(crate) url: Option<Url>,
    pub(crate) date: Option<Timestamp>,
}

/// A record that was read to its end.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) belongs_to: Option<CaptureId>,
    pub(crate) kind: Kind,
    /// Why its bytes are not those that were written, if they are not, and the URL it would have answered.
    pub(crate) damage: Option<(String, Option<Url>)>,
}

impl Record {
    /// Reads a record: every byte of it is hashed, none but ours is kept.
    pub(crate) fn read(head: &Head, block: &mut dyn BufRead) -> io::Result<Self> {
        let stored = head.get("warc-block-digest").and_then(Declared::parse);
        let mut block = Hashing::with(stored.as_ref().map_or(Algorithm::Sha256, |stored| stored.algorithm), block);
        let mut damage = None;
        let kind = match kind(head, &mut block) {
            Ok(kind) => kind,
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                damage = Some(error.to_string());
                Kind::Other
            }
            Err(error) => return Err(error),
        };
        io::copy(&mut block, &mut io::sink())?;
        let (hash, _) = block.finish();
        let belongs_to = head.get(BELONGS_TO).map(|id| CaptureId(id.to_owned()));
        // Other tools give revisits the digest of what they stand for.
        let checked = belongs_to.is_some() || !matches!(kind, Kind::Revisit(..));
        if checked && stored.is_some_and(|stored| stored.value != hash) {
            damage = Some("the record does not have the hash it was stored with".to_owned());
        }
        // Other tools do not agree on whether a payload is hashed with its chunks.
        if let Kind::Answer(answer) = &kind
            && belongs_to.is_some()
            && let Some(stored) = answer.declared.as_deref().and_then(Declared::parse)
            && stored.value != answer.sha256
        {
            damage = Some("the body does not have the hash it was stored with".to_owned());
        }
        let id = head.bare("warc-record-id").unwrap_or_default().to_owned();
        let is_answer = matches!(head.get("warc-type"), Some("response" | "revisit" | "resource"));
        let url = if is_answer { url(head, "warc-target-uri") } else { None };
        Ok(Self { id, belongs_to, kind, damage: damage.map(|cause| (cause, url)) })
    }
}

fn kind(head: &Head, block: &mut dyn BufRead) -> io::Result<Kind> {
    let content_type = head.get("content-type").unwrap_or_default();
    Ok(match (head.get("warc-type").unwrap_or_default(), content_type) {
        ("warcinfo", _) => {
            let fields = Head::read(&mut (&b"warcinfo\n"[..]).chain(block.take(64 * 1024)))?.unwrap_or_default();
            match fields.get(AUDIT) {
                Some(audit) => Kind::Audit(json(&mut audit.as_bytes())?),
                None => Kind::Other,
            }
        }
        ("metadata", CAPTURE) => Kind::Capture(json(block)?),
        ("conversion", FORM) => {
            let kept: KeptForm = json(block)?;
            Kind::Form(kept.reader, kept.sha256)
        }
        (kind @ ("response" | "resource" | "revisit"), _) => match url(head, "warc-target-uri") {
            Some(url) => {
                let http = content_type.is_empty() || content_type.starts_with("application/http");
                let answer = if kind != "resource" && http {
                    answer(head, url, block, kind == "revisit")?
                } else if kind == "resource" {
                    resource(head, url, block)?
                } else {
                    return Ok(Kind::Other);
                };
                if kind == "revisit" {
                    let id = head.bare("warc-refers-to").map(str::to_owned);
                    let date = head.get("warc-refers-to-date").and_then(|date| date.parse().ok());
                    Kind::Revisit(answer, Original { id, url: url_of_original(head), date })
                } else {
                    Kind::Answer(answer)
                }
            }
            None => Kind::Other,
        },
        _ => Kind::Other,
    })
}

fn answer(head: &Head, url: Url, block: &mut dyn BufRead, revisit: bool) -> io::Result<Answer> {
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

fn resource(head: &Head, url: Url, block: &mut dyn BufRead) -> io::Result<Answer> {
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
    })
}

fn url_of_original(head: &Head) -> Option<Url> {
    url(head, "warc-refers-to-target-uri")
}

/// A URL that can be asked for; DNS lookups and the like are none.
fn url(head: &Head, name: &str) -> Option<Url> {
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

pub(crate) fn json<T: serde::de::DeserializeOwned>(block: &mut dyn BufRead) -> io::Result<T> {
    let mut bytes = Vec::new();
    block.take(MOST_JSON).read_to_end(&mut bytes)?;
    serde_json::from_slice(&bytes).map_err(|error| invalid(format!("it is not as this version writes it: {error}")))
}
