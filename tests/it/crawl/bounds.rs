//! Bytes, time and requests end where they should, and what came in is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::time::{Duration, Instant};

use probes::capture::{Cut, Failure, Request};
use tickmark::crawl::{Config, Crawler, Previous, Validators};

use super::{answer, body, config, failure, fetch, fetch_all, submitted, url};
use crate::hostile::{Hostile, table};

#[test]
fn only_the_first_bytes_are_asked_for_and_read() {
    let city = Hostile::start();
    for (path, status) in [("table.csv", 206), ("ignores-range", 200)] {
        let request = submitted(&format!("http://data.example.gov/{path}")).first(50);
        let mut exchange = fetch(config(&city), &request);
        assert_eq!((answer(&exchange).status, answer(&exchange).payload.cut), (status, Some(Cut::Asked)));
        assert_eq!(body(&mut exchange), &table()[..50]);
    }
    let more = submitted("http://data.example.gov/table.csv").first(1_000_000);
    let exchange = fetch(config(&city), &more);
    assert_eq!((answer(&exchange).payload.bytes(), answer(&exchange).payload.cut), (table().len() as u64, None));
    let empty = fetch(config(&city), &submitted("http://data.example.gov/empty").first(10));
    assert_eq!((answer(&empty).status, answer(&empty).payload.bytes()), (200, 0));
}

#[test]
fn a_body_without_end_is_cut_at_the_bound() {
    let city = Hostile::start();
    let bound = Config { most_bytes: 1_000_000, ..config(&city) };
    let exchange = fetch(bound.clone(), &submitted("http://data.example.gov/endless"));
    assert_eq!((answer(&exchange).payload.bytes(), answer(&exchange).payload.cut), (1_000_000, Some(Cut::TooLarge)));
    let exchange = fetch(bound, &submitted("http://data.example.gov/endless-redirect"));
    assert_eq!(exchange.messages[0].payload.bytes(), 64 * 1024);
    assert_eq!(answer(&exchange).status, 200);
}

#[test]
fn a_bomb_is_kept_as_it_was_sent() {
    let city = Hostile::start();
    let exchange = fetch(config(&city), &submitted("http://data.example.gov/bomb"));
    assert_eq!(answer(&exchange).headers.get("content-encoding"), Some("gzip"));
    assert!(answer(&exchange).payload.bytes() < 4 * 1024 * 1024);
}

#[test]
fn broken_bodies_are_kept_up_to_where_they_broke() {
    let city = Hostile::start();
    for (path, kept, cut) in [
        ("too-short", "only this", Some(Cut::Broken)),
        ("too-long", "four", None),
        ("bad-chunk", "good", Some(Cut::Broken)),
    ] {
        let mut exchange = fetch(config(&city), &submitted(&format!("http://data.example.gov/{path}")));
        assert_eq!(answer(&exchange).payload.cut, cut, "{path}");
        assert_eq!(String::from_utf8(body(&mut exchange)).unwrap(), kept);
    }
}

#[test]
fn slow_servers_do_not_hold_the_crawl() {
    let city = Hostile::start();
    let hurry = Config { first_byte: Duration::from_millis(500), timeout: Duration::from_millis(800), ..config(&city) };
    let start = Instant::now();
    assert_eq!(failure(hurry.clone(), "http://data.example.gov/never"), Failure::Timeout { seconds: 1 });
    assert_eq!(failure(hurry.clone(), "http://data.example.gov/slow-header"), Failure::Timeout { seconds: 1 });
    let exchange = fetch(hurry, &submitted("http://data.example.gov/slow-body"));
    assert_eq!(answer(&exchange).payload.cut, Some(Cut::Timeout));
    assert!((2..8).contains(&answer(&exchange).payload.bytes()));
    assert!(start.elapsed() < Duration::from_mins(1));
}

#[test]
fn a_header_without_end_is_no_answer() {
    let city = Hostile::start();
    assert!(matches!(failure(config(&city), "http://data.example.gov/endless-header"), Failure::Protocol { .. }));
}

#[test]
fn an_audit_asks_no_more_than_its_bound() {
    let city = Hostile::start();
    let requests = ["a", "b", "c"].map(|page| submitted(&format!("http://data.example.gov/page/{page}")));
    let exchanges = fetch_all(Config { most_requests: 3, ..config(&city) }, &requests);
    let last = exchanges.last().unwrap();
    assert_eq!(last.failure, Some(Failure::Budget { most: 3 }));
    assert_eq!(city.log.all().len(), 3);
}

#[test]
fn a_sink_that_is_full_ends_the_crawl() {
    let city = Hostile::start();
    let requests: BTreeSet<_> =
        ["a", "b", "c"].map(|host| submitted(&format!("http://{host}.example.gov/never"))).into();
    let mut sink = |_| Err(io::Error::other("the disk is full"));
    let start = Instant::now();
    let patient = Config { first_byte: Duration::from_hours(1), timeout: Duration::from_hours(1), ..config(&city) };
    let ended = Crawler::new(patient).unwrap().fetch(&requests, &(), &mut sink, &());
    assert!(ended.unwrap_err().to_string().contains("the disk is full"));
    assert!(start.elapsed() < Duration::from_mins(5));
}

#[test]
fn what_did_not_change_is_not_sent_again() {
    struct LastRun;
    impl Previous for LastRun {
        fn validators(&self, request: &Request) -> Option<Validators> {
            let known = request.url.path() == "/cached";
            known.then(|| Validators { url: request.url.clone(), etag: Some("\"v1\"".into()), last_modified: None })
        }
    }
    let city = Hostile::start();
    let requests = BTreeSet::from([submitted("http://data.example.gov/cached")]);
    let mut statuses = Vec::new();
    let mut sink = |exchange| {
        statuses.push(answer(&exchange).status);
        Ok(())
    };
    Crawler::new(config(&city)).unwrap().fetch(&requests, &LastRun, &mut sink, &()).unwrap();
    assert_eq!(statuses, [404, 304]);
}

#[test]
fn only_files_that_were_handed_in_are_read() {
    let city = Hostile::start();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), b"a,b\n1,2\n").unwrap();
    let files = BTreeMap::from([
        (url("file:///budget.csv"), file.path().to_owned()),
        (url("file:///lost.csv"), "/nowhere/lost.csv".into()),
    ]);
    let config = Config { files, ..config(&city) };
    let mut exchange = fetch(config.clone(), &submitted("file:///budget.csv"));
    assert_eq!((answer(&exchange).status, answer(&exchange).version.as_str()), (200, ""));
    assert_eq!(body(&mut exchange), b"a,b\n1,2\n");
    assert!(matches!(failure(config.clone(), "file:///lost.csv"), Failure::File { .. }));
    assert!(matches!(failure(config.clone(), "file:///etc/passwd"), Failure::File { .. }));
    assert_eq!(failure(config, "mailto:a@example.gov"), Failure::Scheme { scheme: "mailto".into() });
}
