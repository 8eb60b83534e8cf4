//! Packs: what was fetched is there again, whatever happened in between.

mod apart;
mod broken;
mod crawled;
mod foreign;
mod resume;
mod sealed;
mod tools;

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use probes::capture::{Capture, Cut, Failure, Headers, Outcome, Request, Store as _};
use tempfile::TempDir;
use tickmark::pack::exchange::Robots;
use tickmark::pack::{Exchange, Identity, Message, Pack, Payload};
use url::Url;

fn url(url: &str) -> Url {
    Url::parse(url).unwrap()
}

fn identity() -> Identity {
    Identity {
        submission: "5".repeat(64),
        scheme: "what-works-cities".to_owned(),
        as_of: "2026-11-01".parse().unwrap(),
        robots: Robots::AtTheCitysRequest,
    }
}

fn headers(fields: &[(&str, &str)]) -> Headers {
    Headers(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

fn message(at: &str, status: u16, fields: &[(&str, &str)], body: &[u8]) -> Message {
    let mut payload = Payload::new();
    payload.write_all(body).unwrap();
    let is_file = at.starts_with("file:");
    Message {
        url: url(at),
        sent_at: "2026-11-01T12:00:00.25Z".parse().unwrap(),
        remote: (!is_file).then(|| "192.0.2.1:443".parse().unwrap()),
        request_headers: headers(&[("host", "example.org"), ("user-agent", "Tickmark/0.1")]),
        posted: None,
        status,
        version: if is_file { "" } else { "HTTP/1.1" }.to_owned(),
        headers: headers(fields),
        payload,
    }
}

fn exchange(request: &Request, messages: Vec<Message>) -> Exchange {
    let fetched_at = "2026-11-01T12:00:00.25Z".parse().unwrap();
    Exchange { request: request.clone(), fetched_at, messages, failure: None, rendered: None }
}

fn failed(request: &Request, messages: Vec<Message>, failure: Failure) -> Exchange {
    Exchange { failure: Some(failure), ..exchange(request, messages) }
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(body).unwrap();
    out.finish().unwrap()
}

fn body(pack: &Pack, capture: &Capture) -> Vec<u8> {
    let mut bytes = Vec::new();
    pack.body(capture).unwrap().open().unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

const PAGE: &str = "https://example.org/";
const CSV: &str = "https://example.org/old.csv";
const CSV_AGAIN: &str = "https://example.org/same.csv";
const LOST: &str = "https://lost.example.org/";
const FILE: &str = "file:///budget.csv";

/// One exchange of every sort.
fn exchanges() -> Vec<Exchange> {
    let coded = gzip(b"name,amount\na,1\n");
    let csv = [("content-type", "text/csv"), ("content-encoding", "gzip")];
    let mut cut = message("https://example.org/cut", 200, &[("content-length", "100")], b"only so mu");
    cut.payload.cut = Some(Cut::Broken);
    let mut chunked = message(PAGE, 200, &[("transfer-encoding", "chunked"), ("x", "caf\u{e9}\r\nX: y")], b"<p>a</p>");
    "HTTP/2".clone_into(&mut chunked.version);
    let moved = message(CSV, 301, &[("location", "/new.csv"), ("content-length", "5")], b"moved");
    let looping = message("https://example.org/loop", 302, &[("location", "/loop")], b"");
    let page = Request::submitted(&url(PAGE));
    vec![
        exchange(
            &Request::discovered(&url("https://example.org/robots.txt")),
            vec![message("https://example.org/robots.txt", 404, &[], b"")],
        ),
        exchange(&page, vec![chunked]),
        exchange(
            &Request::submitted(&url(CSV)),
            vec![moved, message("https://example.org/new.csv", 200, &csv, &coded)],
        ),
        exchange(&Request::submitted(&url(CSV_AGAIN)), vec![message(CSV_AGAIN, 200, &csv, &coded)]),
        exchange(&Request::submitted(&url("https://example.org/cut")), vec![cut]),
        failed(&Request::submitted(&url("https://example.org/loop")), vec![looping], Failure::Redirects { most: 10 }),
        failed(
            &Request::submitted(&url(LOST)),
            Vec::new(),
            Failure::Dns { host: "lost.example.org".to_owned(), cause: "no such name".to_owned() },
        ),
        exchange(&Request::submitted(&url(FILE)), vec![message(FILE, 200, &[], b"handed,in\n1,2\n")]),
    ]
}

struct Place {
    dir: TempDir,
}

impl Place {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    fn work(&self) -> PathBuf {
        self.dir.path().join("pack.work")
    }

    fn sealed(&self) -> PathBuf {
        self.dir.path().join("pack.wacz")
    }

    fn begin(&self) -> Pack {
        Pack::create_or_resume(&self.work(), &identity(), None).unwrap()
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

fn extras() -> BTreeMap<String, Vec<u8>> {
    BTreeMap::from([("report.json".to_owned(), b"{}".to_vec()), ("submission.json".to_owned(), b"[]".to_vec())])
}

/// A sealed pack with one exchange of every sort.
fn seal(place: &Place) -> Vec<Arc<Capture>> {
    let pack = place.begin();
    for exchange in exchanges() {
        pack.add(exchange).unwrap();
    }
    let captures = pack.captures();
    pack.seal(&place.sealed(), &extras()).unwrap();
    captures
}

fn open(path: &Path) -> Pack {
    Pack::open(path).unwrap()
}

fn failure(capture: &Capture) -> Option<&Failure> {
    match &capture.outcome {
        Outcome::Failed(failure) => Some(failure),
        Outcome::Answered(_) => None,
    }
}
