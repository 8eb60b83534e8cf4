//! A delimited text of 200 MB, looked at cell by cell: by Tickmark, by the `csv` crate alone, and by peers on the path.
//!
//! `cargo bench --bench table` prints the table; `-- 10` makes a file of 10 MB. `qsv` and `frictionless` are asked where
//! they are found, and named where they are not.

#[path = "../child/mod.rs"]
mod child;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::Command;

const MEGABYTES: u64 = 200;
/// How much is told of what each said, in characters.
const SAID: usize = 60;
const FILE: &str = "table.csv";

fn main() -> io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["read", path] => read(Path::new(path)),
        [megabytes] => compare(megabytes.parse().map_err(io::Error::other)?),
        _ => compare(MEGABYTES),
    }
}

/// A table with numbers, dates, quoted text, and many empty cells.
fn make(path: &Path, bytes: u64) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    let mut written = file.write(b"id,opened,address,amount,lat,lon,status,note\n")? as u64;
    for row in 1u64.. {
        let (month, day) = (row % 12 + 1, row % 28 + 1);
        let status = if row.is_multiple_of(3) { "closed" } else { "open" };
        let note = if row.is_multiple_of(5) { "\"seen by the crew, twice\"" } else { "" };
        let line = format!(
            "{row},2026-{month:02}-{day:02},\"{} Main St, Apt {}\",{}.{:02},44.{:03},-93.{:03},{status},{note}\n",
            row % 9999,
            row % 40,
            row * 7 % 100_000,
            row % 100,
            row % 1000,
            row % 997,
        );
        file.write_all(line.as_bytes())?;
        written += line.len() as u64;
        if written >= bytes {
            break;
        }
    }
    file.flush()
}

/// What reading alone takes.
fn read(path: &Path) -> io::Result<()> {
    let mut reader = csv::Reader::from_path(path)?;
    let mut record = csv::ByteRecord::new();
    let mut cells = 0;
    while reader.read_byte_record(&mut record)? {
        cells += record.len();
    }
    writeln!(io::stdout(), "{cells} cells")
}

fn compare(megabytes: u64) -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join(FILE);
    make(&path, megabytes * 1_000_000)?;
    let own = std::env::current_exe()?;
    let mut out = io::stdout().lock();
    writeln!(out, "{:<30} {:>8} {:>8} {:>9} {:>8}", "", "seconds", "CPU s", "peak MiB", "of ours")?;
    let mut ours = None;
    let runs: [(&str, &Path, &[&str]); 5] = [
        ("Tickmark table_structure", Path::new(env!("CARGO_BIN_EXE_tickmark")), &["check", "table_structure", FILE]),
        ("csv crate, reading alone", &own, &["read", FILE]),
        ("qsv validate", Path::new("qsv"), &["validate", FILE]),
        ("qsv stats --everything", Path::new("qsv"), &["stats", "--everything", FILE]),
        ("frictionless validate", Path::new("frictionless"), &["validate", FILE]),
    ];
    for (name, program, args) in runs {
        match child::run(Command::new(program).args(args).current_dir(folder.path())) {
            Ok(spent) => {
                let seconds = spent.wall.as_secs_f64();
                let ratio = seconds / *ours.get_or_insert(seconds);
                let (cpu, peak) = (spent.cpu.as_secs_f64(), spent.peak_kib as f64 / 1024.0);
                // The last line says what it found; drawn borders say nothing.
                let said = spent.said.lines().rfind(|line| line.contains(char::is_alphanumeric)).unwrap_or_default();
                let said: String = said.trim().chars().take(SAID).collect();
                writeln!(out, "{name:<30} {seconds:>8.2} {cpu:>8.2} {peak:>9.1} {ratio:>8.2}  {said}")?;
            }
            Err(error) => writeln!(out, "{name:<30} not asked: {error}")?,
        }
    }
    Ok(())
}
