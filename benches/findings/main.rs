//! A survey's tables of a million findings: written in all forms, and read back from Parquet.
//!
//! `cargo bench --bench findings` prints the table; `-- 10000` writes so many findings. A million take 4 GB of disk.

#[path = "../child/mod.rs"]
mod child;

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::Command;

use parquet::file::reader::{FileReader as _, SerializedFileReader};
use probes::finding::Fact;
use tickmark::report::Report;
use tickmark::survey::Tables;

const FINDINGS: usize = 1_000_000;
/// The cities whose reports are written again and again, each time with other figures.
const CITIES: [&str; 3] = ["harborview", "larkfield", "quarry-falls"];

fn main() -> io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["write", findings, into] => write(findings.parse().map_err(io::Error::other)?, Path::new(into)),
        ["read", table] => read(Path::new(table)),
        [findings] => measure(findings),
        _ => measure(&FINDINGS.to_string()),
    }
}

fn measure(findings: &str) -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let into = folder.path().to_string_lossy();
    let table = folder.path().join("facts.parquet").to_string_lossy().into_owned();
    let mut out = io::stdout().lock();
    writeln!(out, "{:<8} {:>8} {:>8} {:>9}", "", "seconds", "CPU s", "peak MiB")?;
    for args in [&["write", findings, &into][..], &["read", &table]] {
        let spent = child::run(Command::new(std::env::current_exe()?).args(args))?;
        let (wall, cpu, peak) = (spent.wall.as_secs_f64(), spent.cpu.as_secs_f64(), spent.peak_kib as f64 / 1024.0);
        writeln!(out, "{:<8} {wall:>8.2} {cpu:>8.2} {peak:>9.1}  {}", args[0], spent.said.trim())?;
    }
    for name in ["clauses", "facts"] {
        for form in ["csv", "jsonl", "parquet"] {
            let bytes = folder.path().join(format!("{name}.{form}")).metadata()?.len();
            writeln!(out, "{name}.{form}: {:.1} MB", bytes as f64 / 1e6)?;
        }
    }
    Ok(())
}

/// Writes the tables of as many cities as have so many findings.
fn write(findings: usize, into: &Path) -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cities");
    let read = |city: &&str| -> io::Result<Report> {
        Ok(serde_json::from_slice(&std::fs::read(folder.join(city).join("report.json"))?)?)
    };
    let mut reports = CITIES.iter().map(read).collect::<io::Result<Vec<_>>>()?;
    let mut tables = Tables::begin(into).map_err(io::Error::other)?;
    let (mut written, mut cities) = (0, 0);
    while written < findings {
        let at = cities % reports.len();
        let report = &mut reports[at];
        for finding in &mut report.findings {
            finding.id = format!("{:016x}", written as u64);
            written += 1;
            for fact in finding.facts.values_mut() {
                if let Fact::Count(count) = fact {
                    *count = (*count + 7) % 10_000;
                }
            }
        }
        tables.put(&format!("city-{cities}"), report).map_err(io::Error::other)?;
        cities += 1;
    }
    let rows = tables.end().map_err(io::Error::other)?;
    writeln!(io::stdout(), "{written} findings of {cities} cities: {rows:?}")
}

/// Reads a table back, every cell of it.
fn read(table: &Path) -> io::Result<()> {
    let file = SerializedFileReader::new(File::open(table)?).map_err(io::Error::other)?;
    let (mut rows, mut cells) = (0_u64, 0_u64);
    for row in file.get_row_iter(None).map_err(io::Error::other)? {
        rows += 1;
        cells += row.map_err(io::Error::other)?.get_column_iter().count() as u64;
    }
    writeln!(io::stdout(), "{rows} rows, {cells} cells")
}
