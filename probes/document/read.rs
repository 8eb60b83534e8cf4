//! From a capture to its document, once for all probes.

use std::sync::Arc;

use super::{Document, Refused, markdown, plain, rst, web};
use crate::body::Body;
use crate::capture::{Answered, Capture, Captures, Need, Store};
use crate::finding::{Evidence, Locus};
use crate::html;
use crate::kind::{self, Kind};
use crate::obstacle::{self, Barrier};
use crate::probe::Target;
use crate::shown;
use crate::text;

/// What came of reading a document.
pub type Read = Result<Document, Refused>;

/// A document, and the capture that evidence of it names.
#[derive(Clone, Debug)]
pub struct Found {
    /// Where its bytes are.
    pub capture: Arc<Capture>,
    /// What is in them.
    pub read: Arc<Read>,
}

/// The most of a text that is read, in bytes.
const TEXT: u64 = 16 << 20;

impl Document {
    /// The document that `target` leads to; a page as it shows.
    pub fn at(target: &Target, captures: &Captures<'_>) -> Result<Found, Need> {
        let capture = shown::get(captures, &target.request())?;
        let read = Self::of(captures, &capture)?;
        Ok(Found { capture, read })
    }

    /// The document in a capture, or why it cannot be read.
    pub fn of(captures: &Captures<'_>, capture: &Capture) -> Result<Arc<Read>, Need> {
        if let Some(obstacle) = obstacle::of(captures, capture) {
            let cause = obstacle.to_string();
            return Ok(Arc::new(Err(match obstacle.barrier {
                Barrier::Login => Refused::Login(cause, obstacle.evidence),
                _ => Refused::Unseen(cause, obstacle.evidence),
            })));
        }
        if let Err(cause) = capture.success() {
            return Ok(Arc::new(Err(Refused::Unseen(cause, Evidence::new(&capture.id, Locus::Exchange, "")))));
        }
        if kind::of(captures, capture) == Kind::Html {
            let page = html::Page::of(captures, capture);
            if let Some(sign) = page.shell() {
                return Ok(Arc::new(Err(Refused::NeedsBrowser(sign))));
            }
        }
        Ok(captures.parse(capture, |answered, body| match body {
            Ok(body) => text_of(answered, &body),
            Err(cause) => Err(Refused::Malformed(cause)),
        }))
    }
}

/// What [`Document::of`] read in an answered capture, read again from its body where a quote of it is looked for.
pub(crate) fn again(_capture: &Capture, answered: &Answered, body: &Body, _store: &dyn Store) -> Read {
    text_of(answered, body)
}

/// A document whose words stand in the body itself.
fn text_of(answered: &Answered, body: &Body) -> Read {
    let kind = Kind::of(answered, body);
    let written = Writing::of(answered, kind).ok_or(match kind {
        Kind::Doc => Refused::Unread(kind),
        Kind::Empty => Refused::Empty,
        _ => Refused::NotADocument(kind),
    })?;
    if let Some(cause) = body.cut() {
        return Err(Refused::Cut(format!("the document was not received whole: {cause}")));
    }
    if answered.body.cut.is_some() {
        return Err(Refused::Cut("the document was not received whole".to_owned()));
    }
    if body.len() > TEXT {
        return Err(Refused::TooLarge { most: TEXT });
    }
    let bytes = body.head(usize::try_from(TEXT).unwrap_or(usize::MAX));
    let bytes = bytes.map_err(|error| Refused::Malformed(error.to_string()))?;
    let text = text::decode(&bytes, answered.headers.charset()).text;
    let document = match written {
        Writing::Web => web::document(&text).map_err(Refused::Malformed)?,
        Writing::Markdown => markdown::document(&text),
        Writing::Rst => rst::document(&text),
        Writing::Plain => plain(&text),
    };
    if document.words() == 0 { Err(Refused::Empty) } else { Ok(document) }
}

/// The ways to write a text so that it has headings and lists.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Writing {
    Web,
    Markdown,
    Rst,
    Plain,
}

impl Writing {
    /// How the text of an answer is written; `None` where it is no text.
    fn of(answered: &Answered, kind: Kind) -> Option<Self> {
        let path = answered.url.path().to_ascii_lowercase();
        let ending = path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or("", |(_, ending)| ending);
        let media_type = answered.headers.media_type().unwrap_or_default();
        // Texts with many commas, or with markup among them, look like something else.
        let textual = matches!(kind, Kind::Text | Kind::Html | Kind::Csv | Kind::Tsv);
        match ending {
            "md" | "markdown" | "mkd" | "rmd" | "qmd" if textual && !media_type.contains("html") => {
                Some(Self::Markdown)
            }
            "rst" if textual && !media_type.contains("html") => Some(Self::Rst),
            "txt" | "text" if textual && !media_type.contains("html") && kind != Kind::Html => Some(Self::Plain),
            _ => match kind {
                Kind::Html => Some(Self::Web),
                Kind::Text if media_type == "text/markdown" => Some(Self::Markdown),
                Kind::Text if media_type == "text/x-rst" => Some(Self::Rst),
                Kind::Text => Some(Self::Plain),
                _ => None,
            },
        }
    }
}
