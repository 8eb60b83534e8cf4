//! One GET and its answer, streamed into a payload up to its bounds.
//!
//! GET, but for what a page in a browser posts to get its data: many servers answer HEAD with another status than GET, or not at all.

use std::io::{self, Read, Write as _};
use std::time::Duration;

use futures_util::StreamExt as _;
use jiff::Timestamp;
use probes::capture::{Cut, Failure, Headers, Want};
use reqwest::Response;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::client::{Route, route};
use super::resolve::vetted;
use super::{CrawlError, Crawler, Validators, failure};
use crate::pack::exchange::{Message, Payload};

/// The most bytes kept of a redirect's body, which no one reads.
const MOST_OF_A_REDIRECT: u64 = 64 * 1024;

/// One GET.
pub(crate) struct Ask<'a> {
    /// What to ask for.
    pub(crate) url: &'a Url,
    /// How much of it.
    pub(crate) want: Want,
    /// Whether the server is told how much.
    pub(crate) ranged: bool,
    /// Whether the body is wanted without content codings.
    pub(crate) plain: bool,
    /// What the last run knows of it.
    pub(crate) validators: Option<&'a Validators>,
    /// The most bytes that are kept.
    pub(crate) most_bytes: u64,
    /// What a script of the page wants it to be asked with.
    pub(crate) script: Option<&'a Script>,
}

/// What a script of a page wants to be sent for it.
pub(crate) struct Script {
    /// Header fields beside our own.
    pub(crate) fields: Vec<(String, String)>,
    /// The body of a POST; without one it is a GET.
    pub(crate) posted: Option<Vec<u8>>,
}

/// Fields that could let somebody in: that they were there is kept, and never what they said.
const SECRETS: &[&str] = &[
    "authorization",
    "cookie",
    "cookie2",
    "proxy-authorization",
    "set-cookie",
    "set-cookie2",
    "x-api-key",
    "x-auth-token",
];
/// What stands in their place.
const NOT_KEPT: &str = "not-kept";

/// Where reading a body ends, and what that is called.
pub(crate) struct Bound {
    bytes: u64,
    cut: Cut,
}

/// The bound on a body of which `want` is wanted.
pub(crate) fn bound(want: Want, most: u64) -> Bound {
    match want {
        Want::First(first) if first < most => Bound { bytes: first, cut: Cut::Asked },
        Want::First(_) | Want::Whole => Bound { bytes: most, cut: Cut::TooLarge },
    }
}

/// Sends one GET and reads the answer.
pub(crate) async fn send(crawler: &Crawler, ask: &Ask<'_>) -> Result<Result<Message, Failure>, CrawlError> {
    let config = &crawler.config;
    let route = route(ask.url, config);
    if matches!(route, Route::Proxy(_))
        && let Some(host) = ask.url.domain()
        && let Err(refused) = vetted(&crawler.guard, host, 0).await
        && let failure @ Failure::NotPublic { .. } = failure::of(refused.as_ref(), 0)
    {
        // The proxy resolves the name itself; what we can see of it, we hold against it.
        return Ok(Err(failure));
    }
    let client = crawler.clients.get(&route, config, &crawler.guard)?;
    let headers = headers(ask, &config.user_agent);
    let connected = connected_url(ask.url, &route);
    let moved = connected.port() != ask.url.port();
    let posted = ask.script.and_then(|script| script.posted.clone());
    let request = if posted.is_some() { client.post(connected) } else { client.get(connected) };
    let mut request = request.headers(headers.clone());
    if let Some(body) = posted {
        request = request.body(body);
    }
    if moved && let Ok(host) = HeaderValue::from_str(&authority(ask.url)) {
        request = request.header(reqwest::header::HOST, host);
    }
    let request = request.build()?;
    let start = Instant::now();
    let sent_at = Timestamp::now();
    let patience = config.first_byte.min(config.timeout);
    let response = match timeout_at(start + patience, client.execute(request)).await {
        Err(_) => return Ok(Err(Failure::Timeout { seconds: whole_seconds(patience) })),
        Ok(Err(error)) => return Ok(Err(failure::of(&error, whole_seconds(config.connect_timeout)))),
        Ok(Ok(response)) => response,
    };
    let remote = response.remote_addr().filter(|_| !matches!(route, Route::Proxy(_)));
    if let (Route::Direct { .. }, Some(remote)) = (&route, remote)
        && let Err(refused) = crawler.guard.address(ask.url.host_str().unwrap_or_default(), remote.ip())
    {
        return Ok(Err(Failure::NotPublic { host: refused.host, address: refused.address.to_string() }));
    }
    let mut message = Message {
        url: ask.url.clone(),
        sent_at,
        remote,
        request_headers: sent(ask.url, &headers),
        posted: ask.script.and_then(|script| script.posted.clone()),
        status: response.status().as_u16(),
        version: version(response.version()).to_owned(),
        headers: received(response.headers()),
        payload: Payload::new(),
    };
    let bound = if response.status().is_redirection() && message.headers.get("location").is_some() {
        Bound { bytes: MOST_OF_A_REDIRECT, cut: Cut::TooLarge }
    } else {
        bound(ask.want, ask.most_bytes)
    };
    message.payload.cut =
        read(response, &mut message.payload, &bound, start + config.timeout).await.map_err(CrawlError::Keep)?;
    if message.payload.cut.is_none() && message.status == 206 && is_partial(&message) {
        message.payload.cut = Some(Cut::Asked);
    }
    Ok(Ok(message))
}

async fn read(response: Response, payload: &mut Payload, bound: &Bound, until: Instant) -> io::Result<Option<Cut>> {
    let mut chunks = response.bytes_stream();
    loop {
        let chunk = match timeout_at(until, chunks.next()).await {
            Err(_) => return Ok(Some(Cut::Timeout)),
            Ok(None) => return Ok(None),
            Ok(Some(Err(_))) => return Ok(Some(Cut::Broken)),
            Ok(Some(Ok(chunk))) => chunk,
        };
        let room = usize::try_from(bound.bytes - payload.bytes()).unwrap_or(usize::MAX);
        payload.write_all(&chunk[..chunk.len().min(room)])?;
        if chunk.len() > room {
            return Ok(Some(bound.cut));
        }
    }
}

/// Copies a file into a payload up to its bound; the inner error is the file's, the outer the payload's.
pub(crate) fn copy(from: &mut impl Read, payload: &mut Payload, bound: &Bound) -> Result<io::Result<()>, CrawlError> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = match from.read(&mut buffer) {
            Ok(0) => return Ok(Ok(())),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Ok(Err(error)),
        };
        let room = usize::try_from(bound.bytes - payload.bytes()).unwrap_or(usize::MAX);
        payload.write_all(&buffer[..read.min(room)]).map_err(CrawlError::Keep)?;
        if read > room {
            payload.cut = Some(bound.cut);
            return Ok(Ok(()));
        }
    }
}

/// A small body without its gzip coding, which some servers send unasked.
pub(crate) fn read_plain(message: &mut Message, most: u64) -> io::Result<Vec<u8>> {
    let gzip = message.headers.get("content-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("gzip"));
    let mut body = Vec::new();
    if gzip {
        // A broken end does not undo the lines before it.
        let _ = flate2::read::MultiGzDecoder::new(message.payload.reader()?).take(most).read_to_end(&mut body);
    } else {
        message.payload.reader()?.take(most).read_to_end(&mut body)?;
    }
    Ok(body)
}

/// The URL for the client: a port in it would override the one to connect to.
fn connected_url(url: &Url, route: &Route) -> Url {
    let mut url = url.clone();
    if matches!(route, Route::Fixed { .. } | Route::Direct { port: 1.. }) && url.domain().is_some() {
        let _ = url.set_port(None);
    }
    url
}

fn headers(ask: &Ask<'_>, user_agent: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set(reqwest::header::ACCEPT, "*/*");
    for (name, value) in ask.script.iter().flat_map(|script| &script.fields) {
        if let Ok(name) = HeaderName::from_bytes(name.as_bytes()) {
            set(name, value);
        }
    }
    set(reqwest::header::USER_AGENT, user_agent);
    let first = match ask.want {
        Want::First(bytes) if ask.ranged => Some(bytes),
        _ => None,
    };
    // A range of a compressed body would be of little use.
    let coding = if ask.plain || ask.want != Want::Whole { "identity" } else { "gzip, br" };
    set(reqwest::header::ACCEPT_ENCODING, coding);
    if let Some(bytes) = first {
        set(reqwest::header::RANGE, &format!("bytes=0-{}", bytes.max(1) - 1));
    }
    if let Some(known) = ask.validators {
        if let Some(etag) = &known.etag {
            set(reqwest::header::IF_NONE_MATCH, etag);
        }
        if let Some(modified) = &known.last_modified {
            set(reqwest::header::IF_MODIFIED_SINCE, modified);
        }
    }
    headers
}

fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The fields as they were sent, with the host that the client adds (HTTP/2 calls it the authority).
fn sent(url: &Url, headers: &HeaderMap) -> Headers {
    let mut fields = received(headers).0;
    fields.insert(0, ("host".to_owned(), authority(url)));
    Headers(fields)
}

fn version(version: reqwest::Version) -> &'static str {
    match version {
        reqwest::Version::HTTP_2 => "HTTP/2",
        reqwest::Version::HTTP_10 => "HTTP/1.0",
        _ => "HTTP/1.1",
    }
}

fn received(headers: &HeaderMap) -> Headers {
    // Fields that are not UTF-8 are read as ISO 8859-1, as they were in HTTP/1.1's first days.
    let text = |value: &HeaderValue| {
        std::str::from_utf8(value.as_bytes())
            .map_or_else(|_| value.as_bytes().iter().map(|byte| char::from(*byte)).collect(), str::to_owned)
    };
    let kept = |(name, value): (&HeaderName, &HeaderValue)| {
        let value = if SECRETS.contains(&name.as_str()) { NOT_KEPT.to_owned() } else { text(value) };
        (name.as_str().to_owned(), value)
    };
    Headers(headers.iter().map(kept).collect())
}

/// Whether a 206 holds less than there is.
fn is_partial(message: &Message) -> bool {
    let total = message.headers.get("content-range").and_then(|range| range.rsplit('/').next()?.trim().parse().ok());
    total.is_none_or(|total: u64| total > message.payload.bytes())
}

fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}
