//! Archives that other tools wrote.

use std::fmt::Write as _;
use std::io::Write as _;

use probes::capture::{Cut, Failure, Request, Store as _};
use tickmark::pack::Pack;

use super::{Place, body, failure, gzip, open, url};

/// A record as other tools write them.
fn record(kind: &str, id: u8, at: &str, date: &str, more: &str, block: &str) -> String {
    let mut record = format!("WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{id}>\r\n");
    let content_type = if kind == "resource" { "text/csv" } else { "application/http;msgtype=response" };
    let length = block.len();
    write!(record, "WARC-Target-URI: {at}\r\nWARC-Date: {date}\r\n{more}").unwrap();
    write!(record, "Content-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n{block}\r\n\r\n").unwrap();
    record
}

fn records() -> Vec<String> {
    let date = "2026-10-01T00:00:00Z";
    let ok = |fields: &str, body: &str| format!("HTTP/1.1 200 OK\r\n{fields}\r\n{body}");
    let moved = "HTTP/1.1 302 Found\r\nLocation: /new#top\r\n\r\n";
    vec![
        "WARC/1.0\r\nWARC-Type: warcinfo\r\nWARC-Record-ID: <urn:uuid:0>\r\nContent-Length: 15\r\n\r\nsoftware: Wget/\r\n\r\n"
            .to_owned(),
        record("response", 1, "<https://example.org/old>", date, "", moved),
        record("response", 2, "https://example.org/new", date, "", &ok(
            "Transfer-Encoding: chunked\r\nContent-Type: text/csv\r\n",
            "4\r\na,b\n\r\n4\r\n1,2\n\r\n0\r\n\r\n",
        )),
        record("response", 3, "https://example.org/twice", date, "", &ok("", "early")),
        record("response", 4, "https://example.org/twice", "2026-10-02T00:00:00Z", "", &ok("", "late")),
        record("revisit", 5, "https://example.org/same", date, "WARC-Refers-To: <urn:uuid:4>\r\n", &ok("A: b\r\n", "")),
        record(
            "revisit",
            6,
            "https://example.org/unchanged",
            date,
            &format!("WARC-Refers-To-Target-URI: https://example.org/new\r\nWARC-Refers-To-Date: {date}\r\n"),
            "HTTP/1.1 304 Not Modified\r\n\r\n",
        ),
        record("revisit", 7, "https://example.org/nowhere", date, "WARC-Refers-To: <urn:uuid:99>\r\n", ""),
        record("resource", 8, "https://example.org/resource.csv", date, "WARC-Truncated: length\r\n", "x,y\n"),
        record("response", 9, "dns:example.org", date, "", "20261001000000\nexample.org. 300 IN A 192.0.2.1\n"),
        record("response", 10, "https://example.org/loop", date, "", "HTTP/1.1 301 Moved\r\nLocation: /loop\r\n\r\n"),
        record("response", 11, "https://example.org/away", date, "", "HTTP/1.1 301 M\r\nLocation: /absent\r\n\r\n"),
        record("response", 12, "https://example.org/broken", date, "", "this is no HTTP"),
    ]
}

fn holds_what_was_recorded(pack: &Pack) {
    let find = |at: &str| pack.find(&Request::submitted(&url(&format!("https://example.org/{at}")))).unwrap();
    let moved = find("old");
    assert_eq!((moved.hops.len(), moved.answered().unwrap().url.as_str()), (1, "https://example.org/new"));
    assert_eq!(body(pack, &moved), b"a,b\n1,2\n");
    assert_eq!(body(pack, &find("twice")), b"late");
    assert_eq!(body(pack, &find("same")), b"late");
    assert_eq!(find("same").answered().unwrap().headers.get("a"), Some("b"));
    assert_eq!(find("unchanged").answered().unwrap().headers.media_type().as_deref(), Some("text/csv"));
    assert_eq!(body(pack, &find("unchanged")), b"a,b\n1,2\n");
    let resource = find("resource.csv");
    assert_eq!(resource.answered().unwrap().body.cut, Some(Cut::TooLarge));
    assert_eq!(body(pack, &resource), b"x,y\n");
    assert!(matches!(failure(&find("nowhere")), Some(Failure::Damaged { .. })));
    assert!(matches!(failure(&find("loop")), Some(Failure::Redirects { .. })));
    assert!(matches!(failure(&find("broken")), Some(Failure::Damaged { .. })));
    assert_eq!(failure(&find("away")), Some(&Failure::NotInPack));
    assert_eq!(find("away").hops.len(), 1);
    assert_eq!(failure(&find("absent")), Some(&Failure::NotInPack));
    // Whatever is asked of a URL, and however, that is the answer.
    let request = Request::discovered(&url("https://example.org/twice#part")).first(2).again();
    assert_eq!(body(pack, &pack.find(&request).unwrap()), b"late");
    assert_eq!(pack.captures().len(), 11);
    assert!(pack.identity().is_none());
    assert_eq!(pack.validators(&Request::submitted(&url("https://example.org/twice"))), None);
}

#[test]
fn plain_and_by_record_and_as_a_whole() {
    let place = Place::new();
    let members: Vec<u8> = records().iter().flat_map(|record| gzip(record.as_bytes())).collect();
    let plain = records().concat();
    for (name, bytes) in
        [("a.warc", plain.clone().into_bytes()), ("a.warc.gz", members), ("whole.gz", gzip(plain.as_bytes()))]
    {
        let pack = open(&place.file(name, &bytes));
        assert_eq!(pack.damage().len(), 1, "{name}: {:?}", pack.damage());
        assert_eq!(pack.damage()[0].cause, "it holds no HTTP response");
        holds_what_was_recorded(&pack);
    }
}

#[test]
fn a_wacz_with_many_warcs() {
    let place = Place::new();
    let mut wacz = zip::ZipWriter::new(std::fs::File::create(place.sealed()).unwrap());
    for (number, record) in records().iter().enumerate() {
        // Entries should be stored, and are not always.
        let method = if number % 2 == 0 { zip::CompressionMethod::Stored } else { zip::CompressionMethod::Deflated };
        let options = zip::write::SimpleFileOptions::default().compression_method(method);
        wacz.start_file(format!("archive/../{number}.warc.gz"), options).unwrap();
        wacz.write_all(&gzip(record.as_bytes())).unwrap();
    }
    wacz.finish().unwrap();
    holds_what_was_recorded(&open(&place.sealed()));
}

#[test]
fn what_lies_behind_a_broken_record_is_read() {
    let place = Place::new();
    let mut records = records();
    records[2] = "garbage \u{1f}\u{8b}\u{8} and more\r\n".to_owned();
    let members =
        |record: &String| if record.starts_with("WARC") { gzip(record.as_bytes()) } else { record.clone().into() };
    let members: Vec<u8> = records.iter().flat_map(members).collect();
    for bytes in [records.concat().into_bytes(), members] {
        let pack = open(&place.file("broken.warc", &bytes));
        assert_eq!(body(&pack, &pack.find(&Request::submitted(&url("https://example.org/twice"))).unwrap()), b"late");
        assert!(
            pack.damage().iter().any(|damage| damage.cause == "no record begins here" || damage.cause.contains("gzip"))
        );
    }
}
