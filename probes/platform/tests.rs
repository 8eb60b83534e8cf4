//! Portals larger than their interfaces can page through in one go, answered as the real ones answer.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};
use url::Url;

use super::{Catalogue, Reading, detect, read};
use crate::body::Body;
use crate::capture::{
    Answered, Capture, Captures, Form, Headers, Memo, Outcome, Reading as Derived, Request, Store, Stored, hex,
};
use crate::probe::Target;

/// A portal that answers every address by rule; what it was asked is kept, as a crawl would have fetched it.
struct Portal {
    answer: fn(&Url) -> String,
    fetched: RefCell<BTreeMap<Request, Arc<Capture>>>,
}

impl Portal {
    /// The catalogue behind its front page, however many rounds of fetching that takes.
    fn catalogue(answer: fn(&Url) -> String) -> Arc<Catalogue> {
        let portal = Self { answer, fetched: RefCell::default() };
        let memo = Memo::default();
        let target = Target::new(&Url::parse("https://data.example.gov/").unwrap());
        loop {
            let captures = Captures::new(&portal, &memo, "2026-11-01".parse().unwrap());
            let looked = detect(&target, &captures).and_then(|detected| {
                let front = captures.get(&target.request())?;
                read(&detected.platforms[0], &front, &captures)
            });
            match looked {
                Ok(Reading::Read(catalogue)) => return catalogue,
                Ok(_) => panic!("it should be read"),
                Err(need) => portal.fetch(&need.requests),
            }
        }
    }

    fn fetch(&self, requests: &BTreeSet<Request>) {
        for request in requests {
            let body = (self.answer)(&request.url);
            let html = body.starts_with('<');
            let media_type = if html { "text/html" } else { "application/json" };
            let answered = Answered {
                url: request.url.clone(),
                status: 200,
                headers: Headers(vec![("content-type".to_owned(), media_type.to_owned())]),
                body: Stored { sha256: hex(request.url.as_str().as_bytes()), bytes: body.len() as u64, cut: None },
                rendering: None,
            };
            let capture = Capture {
                id: request.id(),
                request: request.clone(),
                fetched_at: Timestamp::UNIX_EPOCH,
                hops: Vec::new(),
                outcome: Outcome::Answered(answered),
            };
            self.fetched.borrow_mut().insert(request.clone(), Arc::new(capture));
        }
    }
}

impl Store for Portal {
    fn find(&self, request: &Request) -> Option<Arc<Capture>> {
        self.fetched.borrow().get(request).cloned()
    }

    fn body(&self, capture: &Capture) -> io::Result<Body> {
        Ok(Body::in_memory((self.answer)(&capture.request.url).into_bytes()))
    }

    fn form(&self, _: &Derived) -> Option<Arc<Form>> {
        None
    }
}

fn asked(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

fn number(url: &Url, name: &str) -> u64 {
    asked(url, name).and_then(|value| value.parse().ok()).unwrap_or_default()
}

/// How many datasets each of these portals has; the number of one is also the time of its last change.
const ALL: u64 = 10_250;

fn hub(url: &Url) -> String {
    if url.path() == "/" {
        let site = "%7B%22site%22%3A%7B%22data%22%3A%7B%22catalogV2%22%3A%7B%22scopes%22%3A%7B%22item%22%3A%7B%22filters%22%3A%5B1%5D%7D%7D%7D%7D%7D%7D";
        return format!("<!doctype html><title>Hub</title><script>window.__SITE=\"{site}\"</script>");
    }
    let until = asked(url, "filter").and_then(|filter| filter.rsplit(' ').next()?.parse().ok()).unwrap_or(ALL);
    let matching = until.min(ALL);
    let start = number(url, "startindex");
    assert!(start + 99 <= 10_000, "the real one fails beyond its reach");
    let item = |n: u64| json!({ "id": format!("i{n}"), "properties": { "type": "CSV", "title": "t", "modified": n } });
    // Newest first.
    let items: Vec<Value> =
        (start..start + 100).filter(|at| *at <= matching).map(|at| item(matching + 1 - at)).collect();
    json!({ "features": items, "numberMatched": matching.min(10_000) }).to_string()
}

fn opendatasoft(url: &Url) -> String {
    if url.path() == "/" {
        return "<!doctype html><title>ODS</title><script src=/ods-widgets.js></script>".to_owned();
    }
    let since = asked(url, "where").and_then(|clause| clause.split('\'').nth(1)?.rsplit('T').next()?.parse().ok());
    let since: u64 = since.unwrap_or(1);
    let offset = number(url, "offset");
    assert!(offset + 100 <= 10_000, "the real one fails beyond its reach");
    let record = |n: u64| json!({ "dataset_id": format!("d{n}"), "metas": { "default": { "title": "t", "modified": format!("T{n}") } } });
    let records: Vec<Value> = (since + offset..since + offset + 100).filter(|n| *n <= ALL).map(record).collect();
    json!({ "results": records, "total_count": ALL + 1 - since }).to_string()
}

fn socrata(url: &Url) -> String {
    if url.path() == "/" {
        return "<!doctype html><title>Socrata</title><script>window.socrata = {}</script>".to_owned();
    }
    let after: u64 = asked(url, "scroll_id").and_then(|id| id.replace('-', "").parse().ok()).unwrap_or_default();
    let record = |n: u64| {
        let id = format!("{:04}-{:04}", n / 10_000, n % 10_000);
        json!({ "resource": { "id": id, "name": "t" }, "metadata": { "domain": "data.example.gov" } })
    };
    // A page that is shorter than asked for stands in the middle.
    let end = if after == 3000 { 3990 } else { after + 1000 };
    let records: Vec<Value> = (after + 1..=end.min(ALL)).map(record).collect();
    json!({ "results": records, "resultSetSize": ALL }).to_string()
}

#[test]
fn hub_is_read_beyond_the_reach_of_its_paging() {
    let catalogue = Portal::catalogue(hub);
    // It never counts beyond its reach.
    assert_eq!((catalogue.claimed, catalogue.read), (10_000, ALL));
}

#[test]
fn opendatasoft_is_read_beyond_the_reach_of_its_paging() {
    let catalogue = Portal::catalogue(opendatasoft);
    assert_eq!((catalogue.claimed, catalogue.read), (ALL, ALL));
}

#[test]
fn socrata_is_scrolled_to_its_end() {
    let catalogue = Portal::catalogue(socrata);
    assert_eq!((catalogue.claimed, catalogue.read), (ALL, ALL));
}
