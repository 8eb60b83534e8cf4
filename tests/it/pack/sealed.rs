//! What was put in comes out again, before and after sealing.

use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::sync::Arc;

use probes::capture::{Failure, Reading, Request, Store as _, Unreadable};
use tickmark::pack::{Pack, PackError};

use super::{CSV, CSV_AGAIN, FILE, PAGE, Place, body, exchange, exchanges, extras, failure, message, open, seal, url};

#[test]
fn captures_and_bodies_survive_sealing() {
    let place = Place::new();
    let before = seal(&place);
    assert!(!place.work().exists());
    let pack = open(&place.sealed());
    assert_eq!(pack.captures(), before);
    assert_eq!(pack.damage(), []);
    assert_eq!(pack.identity(), Some(&super::identity()));
    let find = |at: &str| pack.find(&Request::submitted(&url(at))).unwrap();
    let csv = find(CSV);
    assert_eq!(csv.hops.len(), 1);
    assert_eq!(body(&pack, &csv), b"name,amount\na,1\n");
    assert_eq!(body(&pack, &find(CSV_AGAIN)), b"name,amount\na,1\n");
    assert_eq!(body(&pack, &find(PAGE)), b"<p>a</p>");
    assert_eq!(find(PAGE).answered().unwrap().headers.get("transfer-encoding"), Some("chunked"));
    assert_eq!(body(&pack, &find(FILE)), b"handed,in\n1,2\n");
    assert_eq!(body(&pack, &find("https://example.org/cut")), b"only so mu");
    assert_eq!(failure(&find("https://example.org/other")), Some(&Failure::NotInPack));
    assert_eq!(pack.extra("report.json").unwrap(), Some(b"{}".to_vec()));
    assert_eq!(pack.extra("../datapackage.json").unwrap(), None);
}

#[test]
fn the_same_body_is_stored_once() {
    let place = Place::new();
    let pack = place.begin();
    // What cannot be compressed shows how often it is there.
    let noise: Vec<u8> = (0_u32..20_000).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let sizes = ["https://example.org/a", "https://example.org/b"].map(|at| {
        let capture = pack.add(exchange(&Request::submitted(&url(at)), vec![message(at, 200, &[], &noise)])).unwrap();
        assert_eq!(body(&pack, &capture), noise);
        pack.place(&capture.id).unwrap().length
    });
    assert!(sizes[0] > 40_000 && sizes[1] < 1_000, "{sizes:?}");
}

#[test]
fn a_place_is_the_record_itself() {
    let place = Place::new();
    seal(&place);
    let pack = open(&place.sealed());
    let capture = pack.find(&Request::submitted(&url(PAGE))).unwrap();
    let at = pack.place(&capture.id).unwrap();
    let mut wacz = zip::ZipArchive::new(std::fs::File::open(place.sealed()).unwrap()).unwrap();
    let mut warc = Vec::new();
    wacz.by_name("archive/data.warc.gz").unwrap().read_to_end(&mut warc).unwrap();
    let member = &warc[usize::try_from(at.offset).unwrap()..][..usize::try_from(at.length).unwrap()];
    let mut record = String::new();
    flate2::read::GzDecoder::new(member).read_to_string(&mut record).unwrap();
    assert!(record.starts_with("WARC/1.1\r\nWARC-Type: response\r\n"), "{record}");
    assert!(record.contains("\r\nx-archive-orig-transfer-encoding: chunked\r\n"), "{record}");
    assert!(!record.contains("\r\nX: y"), "a field must not break out of its line: {record}");
    assert!(record.ends_with("\r\n\r\n<p>a</p>\r\n\r\n"), "{record}");
    assert_eq!(pack.place(&Request::submitted(&url("https://lost.example.org/")).id()), None);
}

#[test]
fn the_same_exchanges_make_the_same_file() {
    let (one, other) = (Place::new(), Place::new());
    seal(&one);
    seal(&other);
    assert_eq!(std::fs::read(one.sealed()).unwrap(), std::fs::read(other.sealed()).unwrap());
}

#[test]
fn forms_are_kept() {
    let place = Place::new();
    let pack = place.begin();
    let capture = pack.add(exchanges().remove(1)).unwrap();
    let sha256 = capture.answered().unwrap().body.sha256.clone();
    let reading = |reader| Reading { reader, capture: capture.id.clone(), sha256: sha256.clone() };
    assert!(pack.form(&reading("pdf")).is_none());
    pack.put_form(&reading("pdf"), Ok(serde_json::json!({ "pages": 3 }))).unwrap();
    pack.put_form(&reading("zip"), Err(Unreadable::Broke("out of memory".to_owned()))).unwrap();
    pack.seal(&place.sealed(), &extras()).unwrap();
    let pack = open(&place.sealed());
    assert_eq!(*pack.form(&reading("pdf")).unwrap(), Ok(serde_json::json!({ "pages": 3 })));
    assert_eq!(*pack.form(&reading("zip")).unwrap(), Err(Unreadable::Broke("out of memory".to_owned())));
    // A newer reader's form is kept as long as the pack is open.
    pack.put_form(&reading("docx"), Ok(serde_json::json!(1))).unwrap();
    assert_eq!(*pack.form(&reading("docx")).unwrap(), Ok(serde_json::json!(1)));
    assert_eq!(pack.damage(), []);
    assert!(matches!(pack.add(exchanges().remove(0)), Err(PackError::Sealed { .. })));
}

#[test]
fn a_large_body_is_read_from_any_place() {
    let place = Place::new();
    let pack = place.begin();
    let at = "https://example.org/large.bin";
    let mut large = message(at, 200, &[("content-type", "application/octet-stream")], b"");
    for part in 0..48_u8 {
        large.payload.write_all(&vec![part; 128 * 1024]).unwrap();
    }
    let capture = pack.add(exchange(&Request::submitted(&url(at)), vec![large])).unwrap();
    let body = pack.body(&capture).unwrap();
    assert_eq!(body.len(), 48 * 128 * 1024);
    let (mut one, mut other) = (body.open().unwrap(), body.open().unwrap());
    let mut part = [0; 2];
    one.seek(SeekFrom::Start(128 * 1024 - 1)).unwrap();
    one.read_exact(&mut part).unwrap();
    assert_eq!(part, [0, 1]);
    other.seek(SeekFrom::End(-2)).unwrap();
    other.read_exact(&mut part).unwrap();
    assert_eq!(part, [47, 47]);
}

#[test]
fn what_did_not_change_is_taken_from_the_last_run() {
    let (last, next) = (Place::new(), Place::new());
    let at = "https://example.org/data.json";
    let request = Request::submitted(&url(at));
    let pack = last.begin();
    let fields = [("etag", "\"1\""), ("date", "Sat, 31 Oct 2026 00:00:00 GMT"), ("content-type", "application/json")];
    pack.add(exchange(&request, vec![message(at, 200, &fields, b"{}")])).unwrap();
    pack.seal(&last.sealed(), &extras()).unwrap();
    drop(pack);

    let previous = Arc::new(open(&last.sealed()));
    let validators = previous.validators(&request).unwrap();
    assert_eq!((validators.url.as_str(), validators.etag.as_deref()), (at, Some("\"1\"")));
    assert_eq!(previous.validators(&request.clone().again()), None);

    let pack = Pack::create_or_resume(&next.work(), &super::identity(), Some(previous)).unwrap();
    let fields = [("date", "Sun, 01 Nov 2026 00:00:00 GMT"), ("content-length", "0")];
    let capture = pack.add(exchange(&request, vec![message(at, 304, &fields, b"")])).unwrap();
    let answered = capture.answered().unwrap();
    assert_eq!(answered.status, 200);
    assert_eq!(answered.headers.get("date"), Some("Sun, 01 Nov 2026 00:00:00 GMT"));
    assert_eq!(answered.headers.get("content-type"), Some("application/json"));
    assert_eq!(body(&pack, &capture), b"{}");
    pack.seal(&next.sealed(), &extras()).unwrap();
    std::fs::remove_file(last.sealed()).unwrap();

    // It stands by itself, and can be the last run of a third.
    let pack = open(&next.sealed());
    assert_eq!(pack.damage(), []);
    assert_eq!(pack.captures(), std::slice::from_ref(&capture));
    assert_eq!(body(&pack, &capture), b"{}");
    assert!(pack.validators(&request).is_some());
}

#[test]
fn what_is_not_there_is_so_whatever_was_asked_before() {
    let place = Place::new();
    seal(&place);
    let at = url("https://example.org/absent");
    let requests = [Request::submitted(&at), Request::discovered(&at)];
    let asked = |requests: &mut dyn Iterator<Item = &Request>| {
        let pack = open(&place.sealed());
        for request in requests {
            assert_eq!(pack.find(request).unwrap().id, request.id());
        }
        pack.captures()
    };
    assert_eq!(asked(&mut requests.iter()), asked(&mut requests.iter().rev()));
}
