//! Transit feeds held against GTFS: by Tickmark and by the fastest peer, five times in turn; and how the cost grows.
//!
//! `cargo bench --bench transit -- feed.zip 2026-11-23` prints medians of CPU, wall and peak memory of both on a feed and
//! date, child processes included, with `gtfs-guru` on the path; both write JSON. Without a feed it makes ones of 0.4 to
//! 15 million stop times, and prints what each takes.

#[path = "../child/mod.rs"]
mod child;
mod feed;

use std::io::{self, Write};
use std::path::Path;
use std::process::Command;

use child::Spent;

/// How often each is run.
const TURNS: usize = 5;
/// Stop times of the feeds that are made.
const SIZES: [u64; 6] = [400_000, 940_000, 1_880_000, 3_750_000, 7_500_000, 15_000_000];
/// The date that feeds are held against, unless one is given: within those that are made.
const DATE: &str = "2026-06-01";

fn main() -> io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [feed, date] => compare(Path::new(feed), date),
        [feed] => compare(Path::new(feed), DATE),
        _ => grow(),
    }
}

fn ours(feed: &Path, date: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tickmark"));
    command.args(["check", "gtfs_valid", "--format", "json", "--date", date]).arg(feed);
    command
}

fn theirs(feed: &Path, date: &str) -> Command {
    let mut command = Command::new("gtfs-guru");
    command.args(["--stdout", "--skip_validator_update", "--date", date, "--input"]).arg(feed);
    command
}

/// Medians of several runs in turn.
fn compare(feed: &Path, date: &str) -> io::Result<()> {
    let (mut own, mut peer) = (Vec::new(), Vec::new());
    let mut missing = None;
    for _ in 0..TURNS {
        own.push(child::run(&mut ours(feed, date))?);
        match child::run(&mut theirs(feed, date)) {
            Ok(spent) => peer.push(spent),
            Err(error) => missing = Some(error),
        }
    }
    let mut out = io::stdout().lock();
    head(&mut out)?;
    row(&mut out, "Tickmark check gtfs_valid", &own)?;
    if let Some(error) = missing {
        return writeln!(out, "gtfs-guru not asked: {error}");
    }
    row(&mut out, "gtfs-guru", &peer)?;
    let ratio = |of: fn(&Spent) -> f64| median(&own, of) / median(&peer, of);
    writeln!(out, "{:<34} {:>8.3} {:>8.3} {:>9.3}", "of its", ratio(cpu), ratio(wall), ratio(peak))
}

/// What feeds of growing size take.
fn grow() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let mut out = io::stdout().lock();
    head(&mut out)?;
    for size in SIZES {
        let path = folder.path().join("feed.zip");
        feed::make(&path, size)?;
        row(&mut out, &format!("{size} stop times"), &[child::run(&mut ours(&path, DATE))?])?;
    }
    Ok(())
}

fn head(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{:<34} {:>8} {:>8} {:>9} {:>9}", "", "CPU s", "wall s", "peak MiB", "JSON KiB")
}

fn row(out: &mut dyn Write, name: &str, runs: &[Spent]) -> io::Result<()> {
    let [cpu, wall, peak] = [cpu, wall, peak].map(|of| median(runs, of));
    let json = median(runs, |spent| spent.said.len() as f64 / 1024.0);
    writeln!(out, "{name:<34} {cpu:>8.2} {wall:>8.2} {peak:>9.1} {json:>9.1}")
}

fn cpu(spent: &Spent) -> f64 {
    spent.cpu.as_secs_f64()
}

fn wall(spent: &Spent) -> f64 {
    spent.wall.as_secs_f64()
}

fn peak(spent: &Spent) -> f64 {
    spent.peak_kib as f64 / 1024.0
}

fn median(runs: &[Spent], of: fn(&Spent) -> f64) -> f64 {
    let mut figures: Vec<f64> = runs.iter().map(of).collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
