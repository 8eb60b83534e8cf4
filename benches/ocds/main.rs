//! Contracting data held against OCDS: by Tickmark, by the parser alone, and by peers on the path.
//!
//! `cargo bench --bench ocds` makes a package of 100 MB and as much JSON Lines, and prints the table; `-- 1100` makes them
//! of 1.1 GB; `-- package.json lines.jsonl` takes files that are there. `libcoveocds` is asked about the package where it is
//! found, with the standard's archive that `OCDS_STANDARD_ZIP` names, and `ocdscardinal` about the lines.

#[path = "../child/mod.rs"]
mod child;

use std::fs::File;
use std::io::{self, BufWriter, Read as _, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use probes::body::Body;
use probes::ocds;
use probes::ocds::schema::Standard;
use serde::de::IgnoredAny;

const MEGABYTES: u64 = 100;

fn main() -> io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["pass", path] => pass(Path::new(path)),
        ["parse", path] => parse(Path::new(path)),
        ["lines", path] => lines(Path::new(path)),
        [package, lines] => compare(Path::new(package), Path::new(lines)),
        [megabytes] => made(megabytes.parse().map_err(io::Error::other)?),
        _ => made(MEGABYTES),
    }
}

/// Our pass alone, over the file as it lies there.
fn pass(path: &Path) -> io::Result<()> {
    let (len, path) = (path.metadata()?.len(), path.to_owned());
    let body = Body::stored(len, Arc::new(move || Ok(Box::new(File::open(&path)?) as _)));
    let report = ocds::read(&body, Standard::bundled(), false).map_err(io::Error::other)?;
    writeln!(io::stdout(), "{} errors in {} releases", report.structural(), report.releases)
}

/// The parser's own limit: every byte is parsed, and nothing kept.
fn parse(path: &Path) -> io::Result<()> {
    let bytes = std::fs::read(path)?;
    let values = serde_json::Deserializer::from_slice(&bytes).into_iter::<IgnoredAny>().flatten().count();
    writeln!(io::stdout(), "{values} values")
}

/// The same, a line at a time.
fn lines(path: &Path) -> io::Result<()> {
    let mut file = File::open(path)?;
    let (mut buffer, mut values) = (Vec::new(), 0);
    loop {
        let had = buffer.len();
        (&mut file).take(1 << 20).read_to_end(&mut buffer)?;
        if buffer.len() == had {
            return writeln!(io::stdout(), "{values} values");
        }
        let end = buffer.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        values += serde_json::Deserializer::from_slice(&buffer[..end]).into_iter::<IgnoredAny>().count();
        buffer.drain(..end);
    }
}

fn made(megabytes: u64) -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let (package, lines) = (folder.path().join("package.json"), folder.path().join("lines.jsonl"));
    make(&package, &lines, megabytes * 1_000_000)?;
    compare(&package, &lines)
}

/// The same releases as a package and as lines: most in order, some with a mistake.
fn make(package: &Path, lines: &Path, bytes: u64) -> io::Result<()> {
    let (mut package, mut lines) = (BufWriter::new(File::create(package)?), BufWriter::new(File::create(lines)?));
    package.write_all(
        br#"{"uri":"https://data.example.gov/contracts.json","version":"1.1","publishedDate":"2026-01-01T00:00:00Z","publisher":{"name":"City of Exampleton"},"releases":["#,
    )?;
    let mut written = 0;
    for at in 0u64.. {
        let release = release(at);
        written += release.len() as u64;
        package.write_all(if at == 0 { b"\n" } else { b",\n" })?;
        package.write_all(release.as_bytes())?;
        writeln!(lines, "{release}")?;
        if written >= bytes {
            break;
        }
    }
    package.write_all(b"]}")?;
    package.flush()?;
    lines.flush()
}

fn release(at: u64) -> String {
    let day = at % 28 + 1;
    let date = if at.is_multiple_of(50) { format!("2026-03-{day:02}") } else { format!("2026-03-{day:02}T00:00:00Z") };
    let supplier = if at.is_multiple_of(40) { at + 1 } else { at };
    let items: Vec<String> = (0..at % 9)
        .map(|item| {
            format!(
                r#"{{"id":"{item}","description":"Gravel of size {item}, delivered to the depot","classification":{{"scheme":"CPV","id":"142126{item}0","description":"Crushed stone"}},"quantity":{},"unit":{{"name":"tonne","value":{{"amount":{}.5,"currency":"USD"}}}}}}"#,
                item * 7 + 1,
                item * 13 + 40
            )
        })
        .collect();
    let items = items.join(",");
    let listed = if items.is_empty() { String::new() } else { format!(r#","items":[{items}]"#) };
    format!(
        r#"{{"ocid":"ocds-abc123-{at}","id":"{at}-1","date":"2026-06-01T00:00:00Z","tag":["contract"],"initiationType":"tender","language":"en","parties":[{{"id":"GB-1","name":"City of Exampleton","roles":["buyer","procuringEntity"],"address":{{"streetAddress":"1 Main Street","locality":"Exampleton","postalCode":"12345"}},"contactPoint":{{"name":"Purchasing","email":"purchasing@example.gov"}}}},{{"id":"S-{at}","name":"Supplier of lot {at}","roles":["supplier"],"identifier":{{"scheme":"US-EIN","id":"{at}"}}}}],"buyer":{{"id":"GB-1","name":"City of Exampleton"}},"tender":{{"id":"T-{at}","title":"Gravel for roads, lot {at}","description":"Crushed stone for the city's roads: delivered, unloaded and weighed at the depot.","status":"complete","procurementMethod":"open","value":{{"amount":{},"currency":"USD"}},"tenderPeriod":{{"startDate":"2026-01-01T00:00:00Z","endDate":"2026-02-01T00:00:00Z"}},"documents":[{{"id":"1","documentType":"tenderNotice","title":"Notice","url":"https://data.example.gov/notices/{at}","datePublished":"2026-01-01T00:00:00Z","format":"text/html","language":"en"}}]{listed}}},"awards":[{{"id":"A-{at}","status":"active","date":"2026-02-15T00:00:00Z","suppliers":[{{"id":"S-{supplier}","name":"Supplier of lot {at}"}}],"value":{{"amount":{},"currency":"USD"}}}}],"contracts":[{{"id":"C-{at}","awardID":"A-{at}","title":"Gravel, lot {at}","status":"active","dateSigned":"{date}","period":{{"startDate":"2026-04-01T00:00:00Z","endDate":"2027-03-31T00:00:00Z"}},"value":{{"amount":{},"currency":"USD"}}}}]}}"#,
        1000 + at % 9000,
        1000 + at % 9000,
        1000 + at % 9000,
    )
}

fn compare(package: &Path, lines: &Path) -> io::Result<()> {
    let own = std::env::current_exe()?;
    let tickmark = PathBuf::from(env!("CARGO_BIN_EXE_tickmark"));
    let mut out = io::stdout().lock();
    let check = ["check", "ocds_valid"];
    let mut cove: Vec<String> = vec!["--output-dir".into(), "cove".into(), "--delete".into()];
    cove.extend(std::env::var("OCDS_STANDARD_ZIP").into_iter().flat_map(|zip| ["--standard-zip".to_owned(), zip]));
    for (path, peer, parser) in
        [(package, ("libcoveocds", cove), "parse"), (lines, ("ocdscardinal", vec!["coverage".to_owned()]), "lines")]
    {
        let megabytes = path.metadata()?.len() as f64 / 1e6;
        writeln!(out, "{} of {megabytes:.0} MB", path.display())?;
        writeln!(out, "  {:<34} {:>8} {:>8} {:>9} {:>8}", "", "seconds", "CPU s", "peak MiB", "of ours")?;
        let mut ours = None;
        let owned = |args: &[&str]| args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>();
        let runs: [(&str, &Path, Vec<String>); 4] = [
            ("Tickmark check ocds_valid", &tickmark, owned(&check)),
            ("its pass over the file alone", &own, owned(&["pass"])),
            ("serde_json, parsing alone", &own, owned(&[parser])),
            (peer.0, Path::new(peer.0), peer.1),
        ];
        for (name, program, args) in runs {
            let folder = tempfile::tempdir()?;
            match child::run(Command::new(program).args(args).arg(path).current_dir(folder.path())) {
                Ok(spent) => {
                    let cpu = spent.cpu.as_secs_f64();
                    let ratio = cpu / *ours.get_or_insert(cpu);
                    let (seconds, peak) = (spent.wall.as_secs_f64(), spent.peak_kib as f64 / 1024.0);
                    let said =
                        spent.said.lines().find(|line| line.len() < 100 && line.contains("rror")).unwrap_or_default();
                    writeln!(out, "  {name:<34} {seconds:>8.2} {cpu:>8.2} {peak:>9.1} {ratio:>8.2}  {}", said.trim())?;
                }
                Err(error) => writeln!(out, "  {name:<34} not asked: {error}")?,
            }
        }
    }
    Ok(())
}
