//! Feeds damaged at random, as archives and table by table: each ends in a report or a refusal, and nothing panics.

use std::time::Duration;

use probes::body::Body;
use probes::gtfs::Options;

use super::{Fault, Files, change, clean, faults, report, zipped};
use crate::damage::{Draw, damaged, tried};

/// The clean feed with each fault in turn: together they have every table.
fn seeds() -> Vec<Files> {
    let feed = |fault: &Fault| {
        let mut files = clean();
        fault.changes.iter().for_each(|one| change(&mut files, one));
        files
    };
    faults("faults.toml")
        .iter()
        .map(feed)
        .filter(|files| files.values().map(Vec::len).sum::<usize>() < 100_000)
        .collect()
}

/// Reads what `damage` makes until the time is up.
fn read(what: &str, damage: impl FnMut(&mut Draw) -> Body) {
    let options = Options { extra: true, ..Options::default() };
    let longest = tried(what, damage, |body| report(&body, &options).is_err());
    assert!(longest.busy < Duration::from_secs(10), "{what}: one took {:?}", longest.busy);
}

#[test]
#[ignore = "takes two minutes a test: cargo test --release --test it mutated_archives -- --ignored --nocapture"]
fn mutated_archives_end_in_a_report_or_a_refusal() {
    let seeds: Vec<Vec<u8>> = seeds().iter().map(|files| zipped(files).head(usize::MAX).unwrap().to_vec()).collect();
    read("archives", |draw| {
        let (a, b) = (draw.below(seeds.len()), draw.below(seeds.len()));
        Body::in_memory(damaged(&seeds[a], &seeds[b], draw))
    });
}

#[test]
#[ignore = "takes two minutes a test: cargo test --release --test it mutated_tables -- --ignored --nocapture"]
fn mutated_tables_end_in_a_report() {
    let seeds = seeds();
    read("tables", |draw| {
        let mut files = seeds[draw.below(seeds.len())].clone();
        let other = &seeds[draw.below(seeds.len())];
        for _ in 0..=draw.below(3) {
            let (name, text) = files.iter().nth(draw.below(files.len())).unwrap();
            let from = other.get(name).unwrap_or(text);
            let (name, text) = (name.clone(), damaged(text, from, draw));
            files.insert(name, text);
        }
        zipped(&files)
    });
}
