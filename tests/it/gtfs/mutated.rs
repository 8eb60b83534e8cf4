//! Feeds damaged at random, as archives and table by table: each ends in a report or a refusal, and nothing panics.

use std::time::{Duration, Instant};

use probes::body::Body;
use probes::gtfs::Options;

use super::{Fault, Files, change, clean, faults, report, zipped};
use crate::damage::{Draw, damaged, seconds};
use crate::whole::note;

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

/// What this process had in memory at most, in KiB; 0 where it is not told.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|peak| peak.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
}

/// Reads what `damage` makes until the time is up.
fn tried(what: &str, mut damage: impl FnMut(&mut Draw) -> Body) {
    let (mut draw, begun, options) = (Draw(0x5eed), Instant::now(), Options { extra: true, ..Options::default() });
    let (mut tried, mut refused, mut longest) = (0u64, 0u64, Duration::ZERO);
    while begun.elapsed() < seconds() {
        let body = damage(&mut draw);
        let start = Instant::now();
        refused += u64::from(report(&body, &options).is_err());
        longest = longest.max(start.elapsed());
        tried += 1;
    }
    let peak = peak() / 1024;
    note(&format!(
        "{what}: {tried} damaged feeds, {refused} refused, the longest took {longest:?}, {peak} MiB at most"
    ));
    assert!(longest < Duration::from_secs(10), "{what}: one took {longest:?}");
}

#[test]
#[ignore = "takes two minutes a test: cargo test --release --test it mutated_archives -- --ignored --nocapture"]
fn mutated_archives_end_in_a_report_or_a_refusal() {
    let seeds: Vec<Vec<u8>> = seeds().iter().map(|files| zipped(files).head(usize::MAX).unwrap().to_vec()).collect();
    tried("archives", |draw| {
        let (a, b) = (draw.below(seeds.len()), draw.below(seeds.len()));
        Body::in_memory(damaged(&seeds[a], &seeds[b], draw))
    });
}

#[test]
#[ignore = "takes two minutes a test: cargo test --release --test it mutated_tables -- --ignored --nocapture"]
fn mutated_tables_end_in_a_report() {
    let seeds = seeds();
    tried("tables", |draw| {
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
