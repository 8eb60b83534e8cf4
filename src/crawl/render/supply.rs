//! What a page asks for, answered from what is held or by the crawl: the browser itself asks nobody.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use probes::capture::{Capture, Headers, Request, Store};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::cdp::Cdp;
use super::trackers;
use crate::crawl::CrawlError;
use crate::crawl::config::PageBounds;
use crate::crawl::fetch::Crawl;
use crate::crawl::hop::{self, Script};
use crate::pack::Message;

/// Header fields that speak of the exchange and not of the body, and those that would have the browser keep or send things.
const LEFT_OUT: &[&str] = &[
    "alt-svc",
    "connection",
    "content-encoding",
    "content-length",
    "keep-alive",
    "link",
    "nel",
    "report-to",
    "reporting-endpoints",
    "set-cookie",
    "strict-transport-security",
    "transfer-encoding",
];

/// How the addresses of pictures end.
const PICTURES: &[&str] = &[".ico", ".png", ".svg", ".jpg", ".jpeg", ".gif", ".webp"];

/// Answers what one page asks for.
pub(super) struct Supply<'a, 'c> {
    crawl: &'a Crawl<'c>,
    held: &'a dyn Store,
    bounds: &'a PageBounds,
    /// The page itself, as it is sent.
    page: &'a Request,
    asked: Cell<u64>,
    given: Cell<u64>,
    gap: RefCell<Option<String>>,
    scripted: RefCell<Vec<Message>>,
    /// What was asked for under another address, which redirected here.
    moved: RefCell<BTreeMap<Url, Request>>,
    /// What is being asked for: the same thing is asked for once.
    turns: RefCell<BTreeMap<Url, Arc<tokio::sync::Mutex<()>>>>,
}

/// Something that the page asks for; the browser waits until it is answered.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Paused {
    request_id: String,
    request: Asked,
    resource_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    url: String,
    method: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    post_data_entries: Vec<Entry>,
}

/// A piece of what is posted, in base64.
#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    bytes: String,
}

/// How a thing that was asked for is answered.
enum Reply {
    Answer { status: u16, headers: Vec<Value>, body: Vec<u8> },
    Refused,
}

impl<'a, 'c> Supply<'a, 'c> {
    /// Nothing was asked for yet.
    pub(super) fn new(crawl: &'a Crawl<'c>, held: &'a dyn Store, bounds: &'a PageBounds, page: &'a Request) -> Self {
        Self {
            crawl,
            held,
            bounds,
            page,
            asked: Cell::new(0),
            given: Cell::new(0),
            gap: RefCell::default(),
            scripted: RefCell::default(),
            moved: RefCell::default(),
            turns: RefCell::default(),
        }
    }

    /// How many things were asked for.
    pub(super) fn asked(&self) -> u64 {
        self.asked.get()
    }

    /// The first thing that could not be had and may be missing from the page, and why.
    pub(super) fn gap(&self) -> Option<String> {
        self.gap.borrow().clone()
    }

    /// Answers one request of the page.
    pub(super) async fn serve(&self, cdp: &Cdp, paused: Paused) -> Result<(), CrawlError> {
        let reply = self.reply(&paused).await?;
        let id = paused.request_id;
        // A page that has gone on meanwhile needs no answer.
        let _ = match reply {
            Reply::Refused => {
                cdp.send(None, "Fetch.failRequest", json!({ "requestId": id, "errorReason": "BlockedByClient" })).await
            }
            Reply::Answer { status, headers, body } => {
                let body = BASE64_STANDARD.encode(body);
                let answer =
                    json!({ "requestId": id, "responseCode": status, "responseHeaders": headers, "body": body });
                cdp.send(None, "Fetch.fulfillRequest", answer).await
            }
        };
        Ok(())
    }

    async fn reply(&self, paused: &Paused) -> Result<Reply, CrawlError> {
        let Ok(mut url) = Url::parse(&paused.request.url) else { return Ok(Reply::Refused) };
        url.set_fragment(None);
        let host = url.host_str().unwrap_or_default();
        if !matches!(url.scheme(), "http" | "https") || !shows(&paused.resource_type, &url) || trackers::is_one(host) {
            return Ok(Reply::Refused);
        }
        self.asked.set(self.asked.get() + 1);
        let refused = |why: String| {
            self.gap.borrow_mut().get_or_insert(why);
            Ok(Reply::Refused)
        };
        if self.asked.get() > self.bounds.requests {
            return refused(format!("it asked for more than {} things", self.bounds.requests));
        }
        if paused.request.method == "OPTIONS" {
            // The browser would ask whether it may ask; what it then gets says itself who may read it.
            return Ok(Reply::Answer { status: 204, headers: go_ahead(&paused.request.headers), body: Vec::new() });
        }
        match script(paused) {
            Ok(None) => {}
            Ok(Some(script)) => {
                return match self.scripted(&url, &script).await? {
                    Ok(reply) => Ok(reply),
                    Err(why) => refused(format!("{url}: {why}")),
                };
            }
            Err(why) => return refused(format!("{url}: {why}")),
        }
        let capture = self.capture(&url).await?;
        let answered = match capture.answered() {
            Ok(answered) => answered,
            Err(failure) => return refused(format!("{url}: {failure}")),
        };
        if answered.url != url && !capture.hops.is_empty() {
            // The redirect was followed already; what it leads to says who may read it.
            self.moved.borrow_mut().insert(answered.url.clone(), capture.request.clone());
            let headers = vec![field("location", answered.url.as_str()), field("access-control-allow-origin", "*")];
            return Ok(Reply::Answer { status: 302, headers, body: Vec::new() });
        }
        if matches!(answered.status, 401 | 403 | 429 | 500..) {
            self.gap.borrow_mut().get_or_insert(format!("{url}: the server answered with status {}", answered.status));
        }
        if answered.body.cut.is_some() {
            self.gap.borrow_mut().get_or_insert(format!("{url}: it did not come whole"));
        }
        match self.body(&capture) {
            Ok(body) => Ok(Reply::Answer { status: answered.status, headers: headers(&answered.headers), body }),
            Err(why) => refused(format!("{url}: {why}")),
        }
    }

    /// What is sent for a request of a script's own kind; it is kept with the page, as nothing else asks for it.
    async fn scripted(&self, url: &Url, script: &Script) -> Result<Result<Reply, String>, CrawlError> {
        let mut message = match self.crawl.scripted(url, script).await? {
            Ok(message) => message,
            Err(failure) => return Ok(Err(failure.to_string())),
        };
        let left = self.bounds.bytes.saturating_sub(self.given.get());
        let body = hop::read_plain(&mut message, left).map_err(CrawlError::Keep)?;
        self.given.set(self.given.get() + body.len() as u64);
        let status = message.status;
        let whole = message.payload.cut.is_none();
        let headers = headers(&message.headers);
        self.scripted.borrow_mut().push(message);
        if matches!(status, 300..=399 | 401 | 403 | 429 | 500..) || !whole {
            self.gap.borrow_mut().get_or_insert(format!("{url}: the server answered a script with status {status}"));
        }
        Ok(Ok(Reply::Answer { status, headers, body }))
    }

    /// What was sent for requests of scripts' own kinds.
    pub(super) fn take_scripted(&self) -> Vec<Message> {
        self.scripted.take()
    }

    /// What answers `url`: what is held, or what the crawl now fetches.
    async fn capture(&self, url: &Url) -> Result<Arc<Capture>, CrawlError> {
        let moved = self.moved.borrow().get(url).cloned();
        let request = match moved {
            Some(request) => request,
            None if *url == self.page.url => self.page.clone(),
            None => Request::discovered(url),
        };
        let turn = self.turns.borrow_mut().entry(url.clone()).or_default().clone();
        let _turn = turn.lock().await;
        if let Some(capture) = self.held.find(&request) {
            return Ok(capture);
        }
        self.crawl.queue(vec![&request]).await?;
        let Some(capture) = self.held.find(&request) else {
            panic!("invariant: what was handed on is held");
        };
        Ok(capture)
    }

    fn body(&self, capture: &Capture) -> Result<Vec<u8>, String> {
        let body = self.held.body(capture).map_err(|error| error.to_string())?;
        let left = self.bounds.bytes.saturating_sub(self.given.get());
        if body.len() > left {
            return Err(format!("the page was given more than {} bytes", self.bounds.bytes));
        }
        let mut bytes = Vec::new();
        let read = body.open().and_then(|stream| stream.take(left).read_to_end(&mut bytes));
        read.map_err(|error| error.to_string())?;
        self.given.set(self.given.get() + bytes.len() as u64);
        Ok(bytes)
    }
}

/// Whether what is asked for can change the words on a page; pictures and fonts do not, and what never ends is not begun.
fn shows(kind: &str, url: &Url) -> bool {
    // The sign in a browser's tab goes by no kind of its own.
    let is_picture = || PICTURES.iter().any(|ending| url.path().to_ascii_lowercase().ends_with(ending));
    matches!(kind, "Document" | "Stylesheet" | "Script" | "XHR" | "Fetch") || kind == "Other" && !is_picture()
}

/// What a script wants to be sent beside a plain GET, if anything; an error says what of it is not done.
fn script(paused: &Paused) -> Result<Option<Script>, String> {
    let Asked { method, headers, post_data_entries, .. } = &paused.request;
    let own = |name: &str| name.starts_with("x-") && name != "x-requested-with";
    let by_script = matches!(paused.resource_type.as_str(), "XHR" | "Fetch");
    let fields: Vec<(String, String)> =
        headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())).collect();
    let posted = match method.as_str() {
        "GET" if !by_script || !fields.iter().any(|(name, _)| own(name)) => return Ok(None),
        "GET" => None,
        "POST" if by_script => {
            let pieces: Result<Vec<Vec<u8>>, _> =
                post_data_entries.iter().map(|entry| BASE64_STANDARD.decode(&entry.bytes)).collect();
            Some(pieces.map_err(|error| format!("what it posts cannot be read: {error}"))?.concat())
        }
        "POST" => return Err("it would send a form".to_owned()),
        method => return Err(format!("it would send {method}, and only GET and POST are sent")),
    };
    let kept = fields.into_iter().filter(|(name, _)| own(name) || matches!(name.as_str(), "accept" | "content-type"));
    Ok(Some(Script { fields: kept.collect(), posted }))
}

/// The answer to a browser's question whether a script may ask.
fn go_ahead(asked: &BTreeMap<String, String>) -> Vec<Value> {
    let said =
        |name: &str| asked.iter().find(|(field, _)| field.eq_ignore_ascii_case(name)).map_or("*", |(_, value)| value);
    vec![
        field("access-control-allow-origin", said("origin")),
        field("access-control-allow-methods", "GET, POST"),
        field("access-control-allow-headers", said("access-control-request-headers")),
    ]
}

fn headers(headers: &Headers) -> Vec<Value> {
    let kept = headers.0.iter().filter(|(name, _)| !LEFT_OUT.contains(&name.to_ascii_lowercase().as_str()));
    kept.map(|(name, value)| field(name, value)).collect()
}

fn field(name: &str, value: &str) -> Value {
    json!({ "name": name, "value": value })
}
