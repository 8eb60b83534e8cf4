//! A gibibyte is read in a few mebibytes: as a file, from a server into a pack, and out of that pack again.

use std::io::Write as _;

use super::program::{Ended, Place, flags};
use super::{CONTRACTS, note, offering};
use crate::hostile::{Call, Hostile, Piece, whole};

/// The most memory of its own that the program may have, in KiB.
const MOST: u64 = 64 * 1024;

/// Rows of a table, and how many of these blocks make a gibibyte.
fn rows() -> (Vec<u8>, u64) {
    let mut block = Vec::new();
    while block.len() < 1 << 20 {
        writeln!(block, "2026-10-{:02},Streets,\"Paving, block {}\",{}.50", 1 + block.len() % 30, block.len(), 7)
            .unwrap();
    }
    let times = (1 << 30) / block.len() as u64 + 1;
    (block, times)
}

const HEADER: &[u8] = b"date,department,description,amount\n";

#[track_caller]
fn lean(what: &str, ended: &Ended) {
    note(&format!("{what}: {:?}, {:?} KiB at most", ended.took, ended.peak));
    assert!(ended.peak.own < MOST, "{what}: {:?}", ended.peak);
}

#[test]
#[ignore = "a gibibyte takes minutes in a debug build: cargo test --release --test it a_gibibyte -- --ignored --nocapture"]
fn a_gibibyte_is_read_in_little_memory() {
    let place = Place::new();
    let (block, times) = rows();
    let mut file = std::fs::File::create(place.path("large.csv")).unwrap();
    file.write_all(HEADER).unwrap();
    for _ in 0..times {
        file.write_all(&block).unwrap();
    }
    let bytes = file.metadata().unwrap().len();
    assert!(bytes > 1 << 30);
    for probe in ["format", "machine_readable", "fresh"] {
        let args = ["check", probe, "large.csv", "--format", "json", "--most-megabytes", "2000"];
        let ended = place.run(&args);
        assert!(ended.code.is_some_and(|code| code < 2), "{}", ended.error);
        lean(&format!("check {probe} FILE"), &ended);
    }

    let large = Hostile::serving(move |call: &Call| match call.path.as_str() {
        "/large.csv" => {
            let head = format!("HTTP/1.1 200 OK\r\ncontent-type: text/csv\r\ncontent-length: {bytes}\r\n\r\n");
            let start = [head.as_bytes(), HEADER].concat();
            (vec![Piece::Bytes(start), Piece::Times(block.clone(), times)], true)
        }
        _ => whole("404 Not Found", &[], b""),
    });
    place.write("links.csv", offering(&[(CONTRACTS, "http://data.example.gov/large.csv")]));
    let more = place.leading_to(&large);
    let args = ["audit", "links.csv", "--city", "Example", "--as-of", "2026-11-02", "--most-megabytes", "2000"];
    let args = [&args[..], &["--criteria", "what-works-cities", "--timeout", "900"]].concat();
    lean("audit", &place.run(&flags(&args, &more)).with(0));
    lean("audit --from", &place.run(&["audit", "--from", "out/pack.wacz", "--out", "again"]).with(0));
    lean("verify", &place.run(&["verify", "out/pack.wacz"]).with(0));
    let pack = std::fs::metadata(place.path("out/pack.wacz")).unwrap().len();
    note(&format!("{bytes} bytes in a pack of {pack}"));
}
