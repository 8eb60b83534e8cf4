//! From a capture to its document, once for all probes.

use std::sync::Arc;

use url::Url;

use super::recognised::{fill, pictures};
use super::{Document, Paper, Refused, child, markdown, plain, rst, web};
use crate::body::Body;
use crate::capture::{Answered, Capture, Captures, Cut, Need, RECOGNITION, Reader as _, Reading, Recognition, Store};
use crate::export;
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

/// Whether a document has pages that are pictures.
struct Pictured(bool);

/// The most of a text that is read, in bytes.
const TEXT: u64 = 16 << 20;

impl Document {
    /// The document that `target` leads to, a page as it shows; where a platform shows it in a page of its own, as the platform exports it.
    pub fn at(target: &Target, captures: &Captures<'_>) -> Result<Found, Need> {
        if let Some(found) = export::of(&target.url).map(|url| exported(captures, &url)).transpose()?.flatten() {
            return Ok(found);
        }
        let capture = shown::get(captures, &target.request())?;
        // Short links lead to such places too.
        let led = capture.answered().ok().filter(|answered| answered.url != target.url);
        let export = led.and_then(|answered| export::of(&answered.url));
        if let Some(found) = export.map(|url| exported(captures, &url)).transpose()?.flatten() {
            return Ok(found);
        }
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
        let answered = match capture.success() {
            Ok(answered) => answered,
            Err(cause) => {
                return Ok(Arc::new(Err(Refused::Unseen(cause, Evidence::new(&capture.id, Locus::Exchange, "")))));
            }
        };
        let kind = kind::of(captures, capture);
        if kind == Kind::Html {
            let page = html::Page::of(captures, capture);
            if let Some(sign) = page.shell() {
                return Ok(Arc::new(Err(Refused::NeedsBrowser(sign))));
            }
        }
        if let Some(cause) = whole(answered) {
            return Ok(Arc::new(Err(cause)));
        }
        if child::reads(kind) {
            let form = captures.form(capture, &Paper)?;
            let pictured = captures.note(capture, |_, _| Pictured(!pictures(&child::read(&form)).is_empty()));
            if !pictured.0 {
                return Ok(captures.parse(capture, |_, _| child::read(&form)));
            }
            let recognition = Recognition::of(&*captures.made(capture, RECOGNITION)?);
            return Ok(captures.parse(capture, |_, _| fill(&recognition, &child::read(&form))));
        }
        Ok(captures.parse(capture, |answered, body| match body {
            Ok(body) => text_of(answered, &body),
            Err(cause) => Err(Refused::Malformed(cause)),
        }))
    }
}

/// What an export gave; `None` where the platform gives none of this, so that its page is all there is.
fn exported(captures: &Captures<'_>, url: &Url) -> Result<Option<Found>, Need> {
    let capture = export::file(captures, url)?;
    let read = Document::of(captures, &capture)?;
    let given = !matches!(&*read, Err(Refused::Unseen(..) | Refused::NeedsBrowser(_) | Refused::NotADocument(_)));
    Ok(given.then_some(Found { capture, read }))
}

/// Why a body is not the whole document, if it is not.
fn whole(answered: &Answered) -> Option<Refused> {
    answered.body.cut.map(|cut| match cut {
        Cut::TooLarge => Refused::TooLarge { most: answered.body.bytes },
        _ => Refused::Cut("the document was not received whole".to_owned()),
    })
}

/// What [`Document::of`] read in an answered capture, read again from its body where a quote of it is looked for.
pub(crate) fn again(capture: &Capture, answered: &Answered, body: &Body, store: &dyn Store) -> Read {
    let kind = Kind::of(answered, body);
    if !child::reads(kind) {
        return text_of(answered, body);
    }
    let (reader, sha256) = (Paper.name(), answered.body.sha256.clone());
    let reading = Reading { reader, capture: capture.id.clone(), sha256 };
    match store.form(&reading) {
        Some(form) => {
            let recognition = store.form(&Recognition::reading(&reading));
            let recognition = recognition.map_or_else(Recognition::default, |form| Recognition::of(&form));
            fill(&recognition, &child::read(&form))
        }
        None => Err(Refused::Malformed("it was not read again".to_owned())),
    }
}

/// A document whose words stand in the body itself: a page, Markdown, reStructuredText or plain text.
pub fn text_of(answered: &Answered, body: &Body) -> Read {
    let kind = Kind::of(answered, body);
    let written = Writing::of(answered, kind).ok_or(match kind {
        Kind::Doc => Refused::Unread(kind),
        Kind::Empty => Refused::Empty,
        _ => Refused::NotADocument(kind),
    })?;
    if let Some(cause) = body.cut() {
        return Err(Refused::Cut(format!("the document was not received whole: {cause}")));
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
