//! Contracting data damaged at random, as JSON, as tables and as archives: each ends in a report or a refusal, and nothing
//! panics.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use probes::body::Body;
use probes::ocds;
use probes::ocds::schema::Standard;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::damage::{Draw, damaged, tried};
use crate::world;

/// What the fixtures of a probe hold that begins with one of these bytes, or in files of these endings.
fn seeds(probe: &str, wanted: impl Fn(&Path, &[u8]) -> Option<Vec<u8>>) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/probes").join(probe);
    let mut files: Vec<_> = fs::read_dir(root)
        .unwrap()
        .flat_map(|case| fs::read_dir(case.unwrap().path()).unwrap())
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    files.iter().filter_map(|file| wanted(file, &fs::read(file).unwrap())).collect()
}

/// The JSON that was answered in an exchange.
fn json(file: &Path, bytes: &[u8]) -> Option<Vec<u8>> {
    let answered = file.extension()? == "http";
    let begin = bytes.iter().position(|byte| matches!(byte, b'{' | b'['))?;
    answered.then(|| bytes[begin..].to_vec())
}

/// The text that was answered in an exchange, behind the head.
fn text(file: &Path, bytes: &[u8]) -> Option<Vec<u8>> {
    let answered = file.extension()? == "http";
    let begin = bytes.windows(2).position(|pair| pair == b"\n\n")?;
    answered.then(|| bytes[begin + 2..].to_vec())
}

fn archive(file: &Path, bytes: &[u8]) -> Option<Vec<u8>> {
    let packed = file.extension().is_some_and(|ending| ending == "zip" || ending == "gz");
    packed.then(|| bytes.to_vec())
}

fn pick(seeds: &[Vec<u8>], draw: &mut Draw) -> Vec<u8> {
    let (a, b) = (draw.below(seeds.len()), draw.below(seeds.len()));
    damaged(&seeds[a], &seeds[b], draw)
}

/// Reads what `make` makes, as the probes of contracting data do, until the time is up.
fn read(what: &str, make: impl FnMut(&mut Draw) -> Vec<u8>) {
    let longest = tried(what, make, |bytes| {
        let body = Body::in_memory(bytes);
        let mut deals = 0u64;
        let handed = ocds::each_deal(&body, &mut |_| deals += 1);
        let read = ocds::read(&body, Standard::bundled(), false);
        assert_eq!(handed.is_err(), read.is_err(), "both read the same bytes");
        read.is_err()
    });
    assert!(longest.busy < Duration::from_secs(10), "{what}: one took {:?}", longest.busy);
}

#[test]
#[ignore = "takes two minutes: cargo test --release --test it mutated_contracting_json -- --ignored --nocapture"]
fn mutated_contracting_json_ends_in_a_report() {
    let seeds = seeds("ocds_valid", json);
    assert!(seeds.len() > 10, "{} fixtures hold JSON", seeds.len());
    read("contracting JSON", |draw| pick(&seeds, draw));
}

#[test]
#[ignore = "takes two minutes: cargo test --release --test it mutated_contracting_archives -- --ignored --nocapture"]
fn mutated_contracting_archives_end_in_a_report_or_a_refusal() {
    let (whole, inside) = (seeds("ocds_valid", archive), seeds("ocds_valid", json));
    assert!(whole.len() > 1, "{} fixtures are archives", whole.len());
    read("contracting archives", |draw| match draw.below(3) {
        0 => pick(&whole, draw),
        1 => {
            let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
            gzip.write_all(&pick(&inside, draw)).unwrap();
            gzip.finish().unwrap()
        }
        _ => {
            let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
            for name in ["releases.json", "more.jsonl", "main.csv"] {
                zip.start_file(name, SimpleFileOptions::default()).unwrap();
                zip.write_all(&pick(&inside, draw)).unwrap();
            }
            zip.finish().unwrap().into_inner()
        }
    });
}

#[test]
#[ignore = "takes two minutes: cargo test --release --test it mutated_contracting_tables -- --ignored --nocapture"]
fn mutated_contracting_tables_end_in_a_finding() {
    let seeds = [seeds("ocds_valid", text), seeds("contract_catalogue", text)].concat();
    assert!(seeds.len() > 20, "{} fixtures hold texts", seeds.len());
    let probes: Vec<_> = probes::ALL
        .iter()
        .copied()
        .filter(|probe| ["ocds_valid", "contract_catalogue", "procurement_forecast"].contains(&&*probe.spec().id))
        .collect();
    assert_eq!(probes.len(), 3);
    let longest = tried(
        "contracting tables",
        |draw| pick(&seeds, draw),
        // What looks like a workbook is left to a child, and there is none here.
        |bytes| world::look(&probes, "https://data.example.gov/contracts.csv", 200, &bytes).is_err(),
    );
    assert!(longest.busy < Duration::from_secs(10), "one took {:?}", longest.busy);
}
