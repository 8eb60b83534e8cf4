//! One WACZ file: the captures as WARC records, and the run's submission, findings and verdicts.
//!
//! While an audit works, its pack is a directory with an append-only WARC 1.1, one gzip member a record. A `warcinfo`
//! record names the audit. A capture is `request` and `response` records (`revisit` where the body stands elsewhere,
//! `resource` for a file that was handed in), and last a `metadata` record with the capture itself as JSON: it counts
//! once that is whole, so killing the process loses no finished capture. What a reader made of a body is a
//! `conversion` record, as is what a browser made of a page; how that looked is a `resource`.

pub mod exchange;

mod add;
mod amend;
mod answer;
mod bodies;
mod cdxj;
mod contents;
mod decode;
mod digest;
mod error;
mod foreign;
mod head;
mod identity;
mod list;
mod member;
mod message;
mod open;
mod parts;
mod payload;
mod pieces;
mod record;
mod region;
mod scan;
mod seal;
mod work;
mod write;

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use probes::body::{Body, Part};
use probes::capture::{Answered, Capture, CaptureId, Earlier, Failure, Form, Outcome, Reading, Request, Store};
use serde::{Deserialize, Serialize};

#[cfg(feature = "serve")]
pub(crate) use digest::drain;
pub use error::PackError;
pub use exchange::{Exchange, Message, Payload, Picture, Rendered, Validators};
pub use identity::Identity;
pub use list::PartsList;
pub(crate) use pieces::{Pieces, name_of as piece_name};

use bodies::Bodies;
use contents::{Contents, Entry, Line};
use foreign::Foreign;
use open::Wacz;
use payload::Response;
use record::{At, KeptForm};
use scan::Segment;
use work::Work;

/// Captures, their bodies and what readers made of them: being written, or opened for reading.
///
/// Every method may be called from any thread.
pub struct Pack {
    path: PathBuf,
    identity: Option<Identity>,
    segments: Vec<Segment>,
    contents: Mutex<Contents>,
    damage: Vec<Damage>,
    work: Option<Work>,
    wacz: Option<Mutex<Wacz>>,
    foreign: Option<Foreign>,
    bodies: Bodies,
    read_again: Mutex<Forms>,
    earlier: Vec<Earlier>,
}

/// The file of a run that holds a reviewer's sign-off, in a pack that was sealed before.
pub const SIGN_OFF: &str = "sign-off.json";
/// The largest picture of a page that is read, in bytes.
const MOST_PICTURE: u64 = 16 << 20;

/// Where a file of the run stands within a pack.
fn own(name: &str) -> String {
    format!("tickmark/{name}")
}

/// What readers made of bodies, by reader and hash.
type Forms = BTreeMap<(String, String), Arc<Form>>;

/// A place in the pack's WARC file, in bytes; in one that was compressed as a whole, once that is unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Offset of the record's gzip member.
    pub offset: u64,
    /// Its length.
    pub length: u64,
}

/// Something in a pack that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Damage {
    /// The capture that rests on it, where that can be told.
    pub capture: Option<CaptureId>,
    /// The file within the pack.
    pub file: String,
    /// Where in that file.
    pub offset: u64,
    /// What is wrong.
    pub cause: String,
}

impl Pack {
    fn over(path: PathBuf, segments: Vec<Segment>, contents: Contents) -> Self {
        Self {
            path,
            identity: contents.identity.clone(),
            segments,
            damage: contents.damage.clone(),
            contents: Mutex::new(contents),
            work: None,
            wacz: None,
            foreign: None,
            bodies: Bodies::default(),
            read_again: Mutex::default(),
            earlier: Vec::new(),
        }
    }

    /// The same pack of an audit that is told what earlier runs found.
    #[must_use]
    pub fn told(mut self, earlier: Vec<Earlier>) -> Self {
        self.earlier = earlier;
        self
    }

    /// The audit it belongs to; none for what other tools wrote.
    pub fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    /// Every capture in order of id; from an opened pack also what was asked for and is not in it, and from an
    /// archive of another tool only what was asked for, as there are no requests in it.
    pub fn captures(&self) -> Vec<Arc<Capture>> {
        let contents = self.contents();
        let all: BTreeMap<_, _> = contents.captures.iter().chain(&contents.asked).collect();
        all.into_values().map(|entry| entry.capture.clone()).collect()
    }

    /// The capture of this id, if it is there.
    pub fn capture(&self, id: &CaptureId) -> Option<Arc<Capture>> {
        self.contents().captures.get(id).map(|entry| entry.capture.clone())
    }

    /// What is known of what `request` asks for, so that the next run asks only for what changed.
    pub fn validators(&self, request: &Request) -> Option<Validators> {
        let (answered, _) = self.unchanged(request)?;
        let field = |name| answered.headers.get(name).map(str::to_owned);
        let known = Validators { etag: field("etag"), last_modified: field("last-modified"), url: answered.url };
        (known.etag.is_some() || known.last_modified.is_some()).then_some(known)
    }

    /// How a page looked in a browser, if that was kept as `media_type`.
    pub fn picture(&self, capture: &Capture, media_type: &str) -> Option<Vec<u8>> {
        let rendering = capture.answered().ok()?.rendering.as_ref()?;
        let stored = rendering.screenshot.as_ref().filter(|_| rendering.picture.as_deref() == Some(media_type))?;
        let at = {
            let contents = self.contents();
            contents.lines[*contents.bodies.get(&stored.sha256)?].at
        };
        let (_, mut block) = self.segments[at.segment].open(at.place()).ok()?;
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut io::Read::take(&mut *block, MOST_PICTURE), &mut bytes).ok()?;
        (bytes.len() as u64 == stored.bytes).then_some(bytes)
    }

    /// Where the record of a capture's final answer lies in the WARC.
    pub fn place(&self, id: &CaptureId) -> Option<Place> {
        let contents = self.contents();
        Some(contents.captures.get(id).or_else(|| contents.asked.get(id))?.at?.place())
    }

    /// Everything that no longer holds what was written; empty for a sound pack.
    pub fn damage(&self) -> &[Damage] {
        &self.damage
    }

    /// A whole, good answer to `request`, and the line that holds its body.
    fn unchanged(&self, request: &Request) -> Option<(Answered, Line)> {
        // Only our own packs know requests.
        self.identity.as_ref()?;
        let contents = self.contents();
        let answered = contents.captures.get(&request.id())?.capture.answered().ok()?.clone();
        let line = contents.lines[*contents.bodies.get(&answered.body.sha256)?].clone();
        (answered.status == 200 && answered.body.cut.is_none()).then_some((answered, line))
    }

    /// A record's bytes as they stand in the WARC.
    fn member(&self, at: At) -> Part {
        self.segments[at.segment].region.reader(at.offset, at.length)
    }

    fn contents(&self) -> MutexGuard<'_, Contents> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read_again(&self) -> MutexGuard<'_, Forms> {
        self.read_again.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How an opened pack answers a request of which it holds no capture.
    fn answer(&self, request: &Request, contents: &Contents) -> (Capture, Option<At>) {
        if let Some(foreign) = &self.foreign {
            return foreign.answer(request, contents, &self.segments);
        }
        let capture = Capture {
            id: request.id(),
            request: request.clone(),
            fetched_at: self.identity.as_ref().map_or(jiff::Timestamp::UNIX_EPOCH, Identity::begins),
            hops: Vec::new(),
            outcome: Outcome::Failed(Failure::NotInPack),
        };
        (capture, None)
    }
}

impl Store for Pack {
    fn find(&self, request: &Request) -> Option<Arc<Capture>> {
        let mut contents = self.contents();
        let id = request.id();
        let others = request.answered_by();
        let mut ids = std::iter::once(id.clone()).chain(others.iter().map(Request::id));
        if let Some(entry) = ids.find_map(|id| contents.captures.get(&id)) {
            return Some(entry.capture.clone());
        }
        if self.work.is_some() {
            return None;
        }
        if let Some(entry) = contents.asked.get(&id) {
            return Some(entry.capture.clone());
        }
        let (capture, at) = self.answer(request, &contents);
        let capture = Arc::new(capture);
        contents.asked.insert(id, Entry { capture: capture.clone(), at });
        Some(capture)
    }

    fn body(&self, capture: &Capture) -> io::Result<Body> {
        let answered = capture.answered().map_err(|failure| io::Error::other(failure.clone()))?;
        let stored = &answered.body;
        if let Some(body) = self.work.as_ref().and_then(|work| work.in_place().get(&stored.sha256).cloned()) {
            return Ok(body);
        }
        let at = {
            let contents = self.contents();
            contents.bodies.get(&stored.sha256).map(|line| contents.lines[*line].at)
        };
        let at = at.ok_or_else(|| head::invalid("the pack does not hold this body"))?;
        let codings = answered.headers.all("content-encoding").collect::<Vec<_>>().join(",");
        self.bodies.get_or(format!("{} {codings}", stored.sha256), || {
            let (head, mut block) = self.segments[at.segment].open(at.place())?;
            if matches!(head.get("warc-type"), Some("resource" | "conversion")) {
                return decode::decode(&codings, &mut block, stored.bytes);
            }
            let response = Response::read(&mut *block)?;
            decode::decode(&codings, &mut response.body(&mut *block), stored.bytes)
        })
    }

    fn form(&self, reading: &Reading) -> Option<Arc<Form>> {
        let key = (reading.reader.to_owned(), reading.sha256.clone());
        if let Some(form) = self.read_again().get(&key) {
            return Some(form.clone());
        }
        let at = *self.contents().forms.get(&key)?;
        let (_, mut block) = self.segments[at.segment].open(at.place()).ok()?;
        let kept: KeptForm = record::json(&mut *block).ok()?;
        Some(Arc::new(kept.form))
    }

    fn earlier(&self) -> &[Earlier] {
        &self.earlier
    }
}
