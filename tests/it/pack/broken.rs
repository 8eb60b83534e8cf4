//! Damaged packs say what is damaged, and bring nothing down.

use probes::capture::{Failure, Request, Store as _};
use tickmark::pack::Pack;

use super::{CSV, PAGE, Place, failure, open, seal, url};

/// Every byte takes a minute; a step that divides nothing meets every sort of place. Built with `EVERY_BYTE=1`, all are tried.
const STEP: usize = if option_env!("EVERY_BYTE").is_some() { 1 } else { 13 };

/// Everything that can be asked of a pack.
fn read_all(pack: &Pack) {
    for capture in pack.captures() {
        if capture.answered().is_ok() {
            let _ = pack.body(&capture).map(|body| body.head(100));
        }
        let _ = pack.place(&capture.id);
    }
    let _ = pack.find(&Request::submitted(&url(CSV)));
    let _ = pack.find(&Request::submitted(&url("https://example.org/none")));
    let _ = pack.extra("report.json");
}

#[test]
fn no_flipped_byte_goes_unnoticed() {
    let place = Place::new();
    let captures = seal(&place);
    let whole = std::fs::read(place.sealed()).unwrap();
    let warc = {
        let mut wacz = zip::ZipArchive::new(std::fs::File::open(place.sealed()).unwrap()).unwrap();
        let entry = wacz.by_name("archive/data.warc.gz").unwrap();
        let start = usize::try_from(entry.data_start().unwrap()).unwrap();
        start..start + usize::try_from(entry.size()).unwrap()
    };
    for at in (0..whole.len()).step_by(STEP).chain(warc.clone().take(20)) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        let pack = match Pack::open(&place.file("flipped", &bytes)) {
            Ok(pack) => pack,
            Err(error) if warc.contains(&at) => panic!("damage to a record keeps the others away: {at}: {error}"),
            Err(_) => continue,
        };
        if warc.contains(&at) {
            assert_ne!(pack.damage(), [], "at {at}");
            let lost = pack.damage().iter().any(|damage| damage.capture.is_some());
            let same = pack.captures() == captures;
            // Either every capture is as it was, or one is named; a failure has no record but its own.
            assert!(same || lost || pack.captures().len() + 1 == captures.len(), "at {at}: {:?}", pack.damage());
        }
        read_all(&pack);
    }
}

#[test]
fn a_pack_cut_short_anywhere_is_read_or_refused() {
    let place = Place::new();
    seal(&place);
    let whole = std::fs::read(place.sealed()).unwrap();
    for len in (0..whole.len()).step_by(STEP) {
        match Pack::open(&place.file("cut", &whole[..len])) {
            Ok(pack) => read_all(&pack),
            Err(error) => assert!(error.to_string().contains("cut: at byte "), "{error}"),
        }
    }
}

#[test]
fn a_warc_cut_or_flipped_anywhere_is_read_or_refused() {
    let place = Place::new();
    let pack = place.begin();
    for exchange in super::exchanges() {
        pack.add(exchange).unwrap();
    }
    let gz = std::fs::read(place.work().join("data.warc.gz")).unwrap();
    let mut plain = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::MultiGzDecoder::new(&*gz), &mut plain).unwrap();
    for whole in [gz, plain] {
        for at in (0..whole.len()).step_by(STEP) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x11;
            for bytes in [&bytes[..], &whole[..at]] {
                if let Ok(pack) = Pack::open(&place.file("warc", bytes)) {
                    read_all(&pack);
                }
            }
        }
    }
}

#[test]
fn a_body_that_was_changed_is_damaged() {
    let place = Place::new();
    seal(&place);
    let pack = open(&place.sealed());
    let request = Request::submitted(&url(PAGE));
    let at = pack.place(&request.id()).unwrap();
    let (offset, length) = (usize::try_from(at.offset).unwrap(), usize::try_from(at.length).unwrap());
    let gz = {
        let mut wacz = zip::ZipArchive::new(std::fs::File::open(place.sealed()).unwrap()).unwrap();
        let mut gz = Vec::new();
        std::io::Read::read_to_end(&mut wacz.by_name("archive/data.warc.gz").unwrap(), &mut gz).unwrap();
        gz
    };
    // A forger knows how to compress a record again.
    let mut record = String::new();
    let mut member = flate2::read::GzDecoder::new(&gz[offset..offset + length]);
    std::io::Read::read_to_string(&mut member, &mut record).unwrap();
    let forged = super::gzip(record.replace("<p>a</p>", "<p>b</p>").as_bytes());
    let forged = [&gz[..offset], &forged, &gz[offset + length..]].concat();
    let pack = open(&place.file("forged.warc.gz", &forged));
    let capture = pack.find(&request).unwrap();
    assert!(matches!(failure(&capture), Some(Failure::Damaged { .. })), "{capture:?}");
    assert!(pack.damage().iter().any(|damage| damage.capture == Some(request.id())));
    assert!(pack.find(&Request::submitted(&url(CSV))).unwrap().answered().is_ok());
}

#[test]
fn what_is_no_pack_is_refused_with_a_remedy() {
    let place = Place::new();
    for (bytes, remedy) in [
        (&b""[..], "give a file that is one"),
        (b"hello", "give a file that is one"),
        (b"PK\x03\x04", "take it from where it was kept"),
        (b"\x1f\x8b\x08hello", "give a pack that holds captures"),
        (b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n", "give a pack that holds captures"),
    ] {
        let error = Pack::open(&place.file("none", bytes)).map(drop).unwrap_err().to_string();
        assert!(error.contains("none: at byte 0: ") && error.contains(remedy), "{error}");
    }
    assert!(Pack::open(&place.dir.path().join("absent")).map(drop).unwrap_err().to_string().contains("cannot open"));
}
