//! What is remembered of a record once it was read: enough to find it, and to know whether it is sound.

use std::io::{self, BufRead, Read as _};

use probes::capture::{Capture, CaptureId, Form};
use serde::{Deserialize, Serialize};
use url::Url;

use super::answer::{Answer, Original, Role, answer, original, resource, url, viewed};
use super::digest::{Algorithm, Declared, Hashing};
use super::head::{Head, invalid};
use super::{Identity, Place};

/// Media types of the records that only we write.
pub(crate) const CAPTURE: &str = "application/vnd.tickmark.capture+json";
pub(crate) const FORM: &str = "application/vnd.tickmark.form+json";

/// The field that names the capture a record belongs to.
pub(crate) const BELONGS_TO: &str = "Tickmark-Capture";
/// The field of a response that names its request's method, where that is not GET.
pub(crate) const METHOD: &str = "Tickmark-Method";
/// The field of a `warcinfo` record that names the audit.
pub(crate) const AUDIT: &str = "tickmark-audit";

/// The longest record of ours that is read into memory, in bytes: beyond any header and any form.
pub(crate) const MOST_JSON: u64 = 64 * 1024 * 1024;

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
    let own = head.get(BELONGS_TO).is_some();
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
        ("conversion", _) if own => match url(head, "warc-target-uri") {
            Some(at) => Kind::Answer(resource(head, at, Role::Rendered, block)?),
            None => Kind::Other,
        },
        ("resource", _) => match (url(head, "warc-target-uri"), viewed(head).filter(|_| own)) {
            (Some(at), _) => Kind::Answer(resource(head, at, Role::Sent, block)?),
            (None, Some(at)) => Kind::Answer(resource(head, at, Role::View, block)?),
            (None, None) => Kind::Other,
        },
        (kind @ ("response" | "revisit"), _) => match url(head, "warc-target-uri") {
            Some(at) if content_type.is_empty() || content_type.starts_with("application/http") => {
                let revisit = kind == "revisit";
                let answer = answer(head, at, block, revisit)?;
                if revisit { Kind::Revisit(answer, original(head)) } else { Kind::Answer(answer) }
            }
            _ => Kind::Other,
        },
        _ => Kind::Other,
    })
}

pub(crate) fn json<T: serde::de::DeserializeOwned>(block: &mut dyn BufRead) -> io::Result<T> {
    let mut bytes = Vec::new();
    block.take(MOST_JSON).read_to_end(&mut bytes)?;
    serde_json::from_slice(&bytes).map_err(|error| invalid(format!("it is not as this version writes it: {error}")))
}
