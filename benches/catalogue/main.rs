//! A catalogue of a million records on ten thousand stored pages: read and measured by the probes, and merely parsed.
//!
//! `cargo bench --bench catalogue` prints the table; `-- 1000` makes fewer pages. Both runs open the same pack, which
//! hashes every page once; the seconds in the last column begin behind that.

#[path = "../child/mod.rs"]
mod child;
mod record;

use std::io::{self, Write};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use jiff::Timestamp;
use jiff::civil::Date;
use probes::capture::{Headers, Request, Store as _};
use probes::probe::Target;
use tickmark::audit::reading::{Limits, Readers};
use tickmark::audit::{Question, ask};
use tickmark::pack::exchange::Robots;
use tickmark::pack::{Exchange, Identity, Message, Pack, Payload};
use url::Url;

/// As in the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const PAGES: u64 = 10_000;
const RECORDS: u64 = 100;
/// What is asked of the whole catalogue.
const ASKED: &[&str] =
    &["catalogue", "metadata_complete", "metadata_quality", "licence", "open_format", "publisher", "update_frequency"];
const PORTAL: &str = "https://data.example.gov/";

fn main() -> io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["make", pack, pages] => make(Path::new(pack), number(pages)?),
        ["measure", pack] => measure(Path::new(pack)),
        ["parse", pack, pages] => parse(Path::new(pack), number(pages)?),
        [pages] => compare(number(pages)?),
        _ => compare(PAGES),
    }
}

fn number(text: &str) -> io::Result<u64> {
    text.parse().map_err(io::Error::other)
}

fn url(path: &str) -> io::Result<Url> {
    Url::parse(&format!("{PORTAL}{path}")).map_err(io::Error::other)
}

fn page(number: u64) -> io::Result<Url> {
    url(&format!("api/3/action/package_search?rows={RECORDS}&start={}&sort=id%20asc", number * RECORDS))
}

/// Stores the pages as a crawl of a CKAN would have.
fn make(path: &Path, pages: u64) -> io::Result<()> {
    let as_of: Date = "2026-11-01".parse().map_err(io::Error::other)?;
    let identity = Identity { submission: String::new(), scheme: String::new(), as_of, robots: Robots::default() };
    let pack = Pack::create_or_resume(path, &identity, None).map_err(io::Error::other)?;
    let add = |request: Request, media_type: &str, body: &[u8]| {
        let mut payload = Payload::new();
        payload.write_all(body)?;
        let message = Message {
            url: request.url.clone(),
            sent_at: Timestamp::UNIX_EPOCH,
            remote: None,
            request_headers: Headers::default(),
            posted: None,
            status: 200,
            version: "HTTP/1.1".to_owned(),
            headers: Headers(vec![("content-type".to_owned(), media_type.to_owned())]),
            payload,
        };
        let messages = vec![message];
        let exchange = Exchange { request, fetched_at: Timestamp::UNIX_EPOCH, messages, failure: None, rendered: None };
        pack.add(exchange).map(drop).map_err(io::Error::other)
    };
    let front =
        br#"<!doctype html><title>Example</title><meta name="generator" content="ckan 2.11"><h1>Open data</h1>"#;
    add(Request::submitted(&url("")?), "text/html", front)?;
    let status = br#"{"help":"","success":true,"result":{"ckan_version":"2.11"}}"#;
    add(Request::api(&url("api/3/action/status_show")?), "application/json", status)?;
    for number in 0..pages {
        add(Request::api(&page(number)?), "application/json", record::page(number, RECORDS, pages).as_bytes())?;
    }
    Ok(())
}

fn measure(path: &Path) -> io::Result<()> {
    let pack = Pack::open(path).map_err(io::Error::other)?;
    let start = Instant::now();
    let target = Target::new(&url("")?);
    let asked = probes::ALL.iter().filter(|probe| ASKED.contains(&probe.spec().id.as_str()));
    let questions: Vec<Question> = asked.map(|probe| Question { target: target.clone(), probe: *probe }).collect();
    let as_of = "2026-11-01".parse().map_err(io::Error::other)?;
    let readers = Readers { program: std::env::current_exe()?, limits: Limits::default(), told: None };
    let answers = ask(&questions, as_of, &pack, None, &readers).map_err(io::Error::other)?;
    let read = answers.findings.iter().find_map(|finding| finding.facts.get("read"));
    let read = read.map_or_else(|| "nothing".to_owned(), ToString::to_string);
    let seconds = start.elapsed().as_secs_f64();
    writeln!(io::stdout(), "{seconds:.2} {read} records, {} probes", questions.len())
}

fn parse(path: &Path, pages: u64) -> io::Result<()> {
    let pack = Pack::open(path).map_err(io::Error::other)?;
    let start = Instant::now();
    let mut records = 0;
    for number in 0..pages {
        let capture = pack.find(&Request::api(&page(number)?)).ok_or_else(|| io::Error::other("a page lacks"))?;
        let body = pack.body(&capture)?.head(usize::MAX)?;
        let value: serde_json::Value = serde_json::from_slice(&body)?;
        records += value["result"]["results"].as_array().map_or(0, Vec::len);
    }
    writeln!(io::stdout(), "{:.2} {records} records", start.elapsed().as_secs_f64())
}

fn compare(pages: u64) -> io::Result<()> {
    let own = std::env::current_exe()?;
    let folder = tempfile::tempdir()?;
    let pack = folder.path().join("pack");
    let count = pages.to_string();
    child::run(Command::new(&own).arg("make").arg(&pack).arg(&count))?;
    let mut out = io::stdout().lock();
    writeln!(out, "{:<34} {:>8} {:>8} {:>9}  behind opening the pack", "", "seconds", "CPU s", "peak MiB")?;
    let mut row = |name: &str, command: &mut Command| -> io::Result<f64> {
        let spent = child::run(command)?;
        let (wall, cpu, peak) = (spent.wall.as_secs_f64(), spent.cpu.as_secs_f64(), spent.peak_kib as f64 / 1024.0);
        let said = spent.said.trim();
        let seconds: f64 = said.split(' ').next().and_then(|seconds| seconds.parse().ok()).unwrap_or(f64::NAN);
        let rate = (pages * RECORDS) as f64 / seconds;
        writeln!(out, "{name:<34} {wall:>8.2} {cpu:>8.2} {peak:>9.1}  {said} ({rate:.0} records/s)")?;
        Ok(seconds)
    };
    let ours = row("Tickmark: read and measured", Command::new(&own).arg("measure").arg(&pack))?;
    let plain = row("serde_json: parsed", Command::new(&own).arg("parse").arg(&pack).arg(&count))?;
    writeln!(out, "Tickmark / serde_json {:.2}", ours / plain)
}
