//! What can be asked of the world, and how it ended.
//!
//! A probe never fetches. It asks [`Captures`] for a [`Request`]; what is not there yet comes back as a [`Need`]
//! through `?`, the audit fetches the union of all needs and asks again.

mod earlier;
mod failure;
mod recognition;
mod rendering;
mod view;

use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::body::Body;

pub use earlier::Earlier;
pub use failure::Failure;
pub use recognition::{RECOGNITION, Recognised, RecognisedPage, Recognition};
pub use rendering::Rendering;
pub use view::{Captures, Memo};

/// One thing to fetch.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// What to fetch, without a fragment.
    pub url: Url,
    /// Why it may be asked: decides which robots.txt rules apply.
    pub standing: Standing,
    /// How much of the body is wanted.
    pub want: Want,
    /// Whether this is the first look or the one that confirms a failure.
    pub look: Look,
    /// Whether it is wanted as it is sent, or as a browser shows it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub manner: Manner,
}

/// Why a request may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The city submitted this very link: asked at its own request.
    Submitted,
    /// The documented API of a portal that the city submitted.
    Api,
    /// Found on a page: robots.txt decides (RFC 9309).
    Discovered,
}

/// How much of a body is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Want {
    /// All of it, up to the crawl's own bound.
    Whole,
    /// The first bytes, up to this many.
    First(u64),
}

/// Which look at the same thing this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Look {
    /// The first look.
    First,
    /// A second, later look that confirms a failure of the first.
    Second,
}

/// Whether a thing is wanted as it is sent, or as a browser shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Manner {
    /// The bytes as they are sent.
    #[default]
    Plain,
    /// The document once its scripts have run.
    Rendered,
}

/// Whether a value goes without saying.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Standing {
    /// A request on these grounds.
    pub fn ask(self, url: &Url) -> Request {
        Request::new(url, self)
    }
}

impl Request {
    /// A link as the city submitted it, whole.
    pub fn submitted(url: &Url) -> Self {
        Self::new(url, Standing::Submitted)
    }

    /// A documented API call on a portal the city submitted, whole.
    pub fn api(url: &Url) -> Self {
        Self::new(url, Standing::Api)
    }

    /// Something found on a page, whole.
    pub fn discovered(url: &Url) -> Self {
        Self::new(url, Standing::Discovered)
    }

    fn new(url: &Url, standing: Standing) -> Self {
        let mut url = url.clone();
        url.set_fragment(None);
        Self { url, standing, want: Want::Whole, look: Look::First, manner: Manner::Plain }
    }

    /// The same request, for only the first `bytes` of the body.
    #[must_use]
    pub fn first(mut self, bytes: u64) -> Self {
        self.want = Want::First(bytes);
        self
    }

    /// The same request, asked once more later.
    #[must_use]
    pub fn again(mut self) -> Self {
        self.look = Look::Second;
        self
    }

    /// The same thing, whole and on the same grounds, as a browser shows it.
    #[must_use]
    pub fn rendered(&self) -> Self {
        Self { manner: Manner::Rendered, ..Self::new(&self.url, self.standing) }
    }

    /// The same thing, as it is sent.
    #[must_use]
    pub fn sent(&self) -> Self {
        Self { manner: Manner::Plain, ..self.clone() }
    }

    /// Whether it is wanted as a browser shows it.
    pub fn is_rendered(&self) -> bool {
        self.manner == Manner::Rendered
    }

    /// Requests whose captures answer this one too, as they asked for no less on no worse grounds; the best first.
    ///
    /// So a link that the city submitted and that a page links to as well is fetched once.
    pub fn answered_by(&self) -> Vec<Self> {
        let mut others = Vec::new();
        if self.look == Look::First && self.url.scheme() != "file" {
            let submitted = Self { manner: self.manner, ..Self::submitted(&self.url) };
            others.extend([submitted, Self { want: Want::Whole, ..self.clone() }]);
            others.retain(|other| other != self);
        }
        others
    }

    /// The id of the capture that answers this request: the same in every run.
    pub fn id(&self) -> CaptureId {
        let want = match self.want {
            Want::Whole => "whole".to_owned(),
            Want::First(bytes) => format!("first {bytes}"),
        };
        let mut key = format!("{}\n{:?}\n{want}\n{:?}", self.url, self.standing, self.look);
        if self.is_rendered() {
            key.push_str("\nRendered");
        }
        CaptureId(short_hash(key.as_bytes()))
    }
}

/// The first 64 bits of a SHA-256, in hexadecimal: short enough to read, unique within a run.
pub fn short_hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes)[..8])
}

/// Bytes in lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Names a capture: a hash of its request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CaptureId(pub String);

impl fmt::Display for CaptureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A request and how it ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Capture {
    /// The request's id.
    pub id: CaptureId,
    /// What was asked.
    pub request: Request,
    /// When the last exchange began.
    pub fetched_at: Timestamp,
    /// The redirects that were followed, first to last.
    pub hops: Vec<Hop>,
    /// The answer, or why there is none.
    pub outcome: Outcome,
}

/// A redirect that was followed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hop {
    /// Who answered with the redirect.
    pub url: Url,
    /// Its status code, 3xx.
    pub status: u16,
    /// The `Location` field as it was sent.
    pub location: String,
}

/// How a request ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Something answered, with whatever status.
    Answered(Answered),
    /// Nothing that can be read answered.
    Failed(Failure),
}

/// The final answer of an exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answered {
    /// The URL that answered, after redirects.
    pub url: Url,
    /// HTTP status code; 200 for a file that was handed in.
    pub status: u16,
    /// Header fields in the order they were received.
    pub headers: Headers,
    /// The stored body.
    pub body: Stored,
    /// Where that body comes from, if a browser made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rendering: Option<Box<Rendering>>,
}

/// Header fields in the order they were received.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Headers(pub Vec<(String, String)>);

impl Headers {
    /// The first field of this name, whatever its case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Every field of this name, whatever its case.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The media type of `Content-Type` in lower case, without parameters.
    pub fn media_type(&self) -> Option<String> {
        let value = self.get("content-type")?;
        let media_type = value.split(';').next()?.trim().to_ascii_lowercase();
        (!media_type.is_empty()).then_some(media_type)
    }

    /// The `charset` parameter of `Content-Type`.
    pub fn charset(&self) -> Option<&str> {
        self.get("content-type")?.split(';').skip(1).find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"'))
        })
    }
}

/// What is known of a stored body without opening it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stored {
    /// SHA-256 of the body as it was sent (content-coded), in hexadecimal.
    pub sha256: String,
    /// Its length in bytes, as it was sent.
    pub bytes: u64,
    /// Why the body is not whole, if it is not.
    pub cut: Option<Cut>,
}

/// Why a stored body is not whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cut {
    /// Only the first bytes were asked for.
    Asked,
    /// The crawl's bound on bytes was reached.
    TooLarge,
    /// The bound on time was reached while the body came in.
    Timeout,
    /// The connection ended before the announced length.
    Broken,
}

impl Capture {
    /// The answer, if something answered.
    pub fn answered(&self) -> Result<&Answered, &Failure> {
        match &self.outcome {
            Outcome::Answered(answered) => Ok(answered),
            Outcome::Failed(failure) => Err(failure),
        }
    }

    /// The answer if its status is a success (2xx); otherwise why it is none, in words.
    pub fn success(&self) -> Result<&Answered, String> {
        match self.answered() {
            Ok(answered) if (200..300).contains(&answered.status) => Ok(answered),
            Ok(answered) => Err(format!("the server answered with status {}", answered.status)),
            Err(failure) => Err(failure.to_string()),
        }
    }
}

/// What a probe still lacks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Need {
    /// Requests to fetch.
    pub requests: BTreeSet<Request>,
    /// Bodies to read in the child process.
    pub readings: BTreeSet<Reading>,
}

/// A stored body to be read by a reader in the child process.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reading {
    /// The reader's name.
    pub reader: &'static str,
    /// The capture whose body is to be read.
    pub capture: CaptureId,
    /// The hash of that body: one reading serves every capture of the same bytes.
    pub sha256: String,
}

impl Need {
    /// Takes in everything that `other` lacks.
    pub fn merge(&mut self, other: Self) {
        self.requests.extend(other.requests);
        self.readings.extend(other.readings);
    }
}

/// Reads a body that could loop or exhaust memory; runs in a child process under limits.
pub trait Reader: Sync {
    /// The name a [`Reading`] asks for it by.
    fn name(&self) -> &'static str;

    /// Reads the whole body into a form that can be written as JSON; an error says what is wrong with the body.
    fn read(&self, body: &Body) -> Result<serde_json::Value, String>;

    /// The same, as a person told the program to: never in an audit, whose forms depend on the body alone.
    fn read_told(&self, body: &Body, _told: &str) -> Result<serde_json::Value, String> {
        self.read(body)
    }
}

/// What a reader made of a body, or why it could not.
pub type Form = Result<serde_json::Value, Unreadable>;

/// Why a reader in the child process gave no form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum Unreadable {
    /// The reader understood the body enough to say what is wrong with it.
    #[error("{0}")]
    Malformed(String),
    /// The reader itself ended: a limit on memory or time, or a crash.
    #[error("the document broke the reader: {0}")]
    Broke(String),
}

/// Where captures and their bodies are kept.
pub trait Store {
    /// The capture that answers `request`, if it is there.
    fn find(&self, request: &Request) -> Option<Arc<Capture>>;

    /// The body of an answered capture, content codings removed.
    fn body(&self, capture: &Capture) -> io::Result<Body>;

    /// The form that a reader made of a body, if it was read.
    fn form(&self, reading: &Reading) -> Option<Arc<Form>>;

    /// What earlier runs found; nothing where this is the first.
    fn earlier(&self) -> &[Earlier] {
        &[]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_named_by_what_it_asks() {
        let url = Url::parse("https://example.org/a#b").unwrap();
        let request = Request::submitted(&url);
        assert_eq!(request.url.as_str(), "https://example.org/a");
        assert_eq!(request.id(), Request::submitted(&Url::parse("https://example.org/a").unwrap()).id());
        assert_ne!(request.id(), request.clone().again().id());
        assert_ne!(request.id(), request.clone().first(10).id());
        assert_ne!(request.id(), Request::discovered(&url).id());
        let other = Request::discovered(&url).first(10);
        assert_eq!(other.answered_by(), [request.clone(), Request::discovered(&url)]);
        assert_eq!(request.answered_by(), []);
        let rendered = Request::discovered(&url).rendered();
        assert_ne!(rendered.id(), Request::discovered(&url).id());
        assert_eq!(rendered.answered_by(), [request.rendered()]);
        assert_eq!(other.again().answered_by(), []);
    }

    #[test]
    fn content_type_is_read_without_its_parameters() {
        let headers = Headers(vec![("Content-Type".into(), "Text/CSV; header=present; charset=\"latin1\"".into())]);
        assert_eq!(headers.media_type().as_deref(), Some("text/csv"));
        assert_eq!(headers.charset(), Some("latin1"));
    }
}
