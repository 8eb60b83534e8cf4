//! An audit that was killed goes on where it was.

use probes::capture::{Request, Store as _};
use tickmark::pack::exchange::Robots;
use tickmark::pack::{Identity, Pack, PackError};

use super::{PAGE, Place, body, exchange, exchanges, identity, message, url};

#[test]
fn a_kill_at_any_byte_loses_no_finished_capture() {
    let place = Place::new();
    let pack = place.begin();
    let warc = place.work().join("data.warc.gz");
    let mut ends = Vec::new();
    for exchange in exchanges() {
        pack.add(exchange).unwrap();
        ends.push(std::fs::metadata(&warc).unwrap().len());
    }
    let all = pack.captures();
    drop(pack);
    let whole = std::fs::read(&warc).unwrap();
    let kills = (0..whole.len()).step_by(7).chain(ends.iter().flat_map(|end| {
        let end = usize::try_from(*end).unwrap();
        [end - 1, end]
    }));
    for len in kills {
        let killed = Place::new();
        std::fs::create_dir(killed.work()).unwrap();
        std::fs::write(killed.work().join("data.warc.gz"), &whole[..len]).unwrap();
        let pack = killed.begin();
        assert_eq!(pack.captures().len(), ends.iter().filter(|end| **end <= len as u64).count(), "at {len}");
        if len % 389 == 0 {
            for exchange in exchanges() {
                pack.add(exchange).unwrap();
            }
            assert_eq!(pack.captures(), all);
            drop(pack);
            assert_eq!(std::fs::read(killed.work().join("data.warc.gz")).unwrap(), whole, "at {len}");
        }
    }
}

#[test]
fn the_first_of_two_captures_stands() {
    let place = Place::new();
    let request = Request::submitted(&url(PAGE));
    let pack = place.begin();
    pack.add(exchange(&request, vec![message(PAGE, 200, &[], b"first")])).unwrap();
    drop(pack);
    let pack = place.begin();
    let capture = pack.add(exchange(&request, vec![message(PAGE, 500, &[], b"second")])).unwrap();
    assert_eq!(body(&pack, &capture), b"first");
    assert!(pack.find(&Request::submitted(&url("https://example.org/not-yet"))).is_none());
}

#[test]
fn another_audit_is_refused() {
    let place = Place::new();
    let begin = |identity: &Identity| Pack::create_or_resume(&place.work(), identity, None).map(drop);
    begin(&identity()).unwrap();
    for (other, what) in [
        (Identity { submission: "6".repeat(64), ..identity() }, "submission 5555"),
        (
            Identity { as_of: "2026-11-02".parse().unwrap(), ..identity() },
            "date 2026-11-01, and this one has 2026-11-02",
        ),
        (Identity { robots: Robots::Strict, ..identity() }, "robots"),
    ] {
        let error = begin(&other).unwrap_err().to_string();
        assert!(error.contains(what) && error.contains("--out"), "{error}");
    }
    begin(&identity()).unwrap();
}

#[test]
fn two_audits_do_not_write_to_one_pack() {
    let place = Place::new();
    let _pack = place.begin();
    assert!(matches!(Pack::create_or_resume(&place.work(), &identity(), None), Err(PackError::InUse { .. })));
}

#[test]
fn damage_is_not_written_over() {
    let place = Place::new();
    let pack = place.begin();
    for exchange in exchanges() {
        pack.add(exchange).unwrap();
    }
    drop(pack);
    let warc = place.work().join("data.warc.gz");
    let mut bytes = std::fs::read(&warc).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    std::fs::write(&warc, &bytes).unwrap();
    let error = Pack::create_or_resume(&place.work(), &identity(), None).map(drop).unwrap_err().to_string();
    assert!(error.contains("move the directory away"), "{error}");
    assert_eq!(std::fs::read(&warc).unwrap(), bytes);
}

#[test]
fn an_unsealed_pack_can_be_read() {
    let place = Place::new();
    let pack = place.begin();
    for exchange in exchanges() {
        pack.add(exchange).unwrap();
    }
    let read = super::open(&place.work());
    assert_eq!(read.captures(), pack.captures());
    assert_eq!(read.damage(), []);
}
