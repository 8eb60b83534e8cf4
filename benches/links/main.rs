//! Ten thousand links on two hundred hosts, asked by Tickmark's crawler and by lychee, one after the other.
//!
//! `cargo bench --bench links` prints the table. The hosts are the loopback addresses 127.0.1.1 to 127.0.1.200 at one
//! port, for both alike. Both send GET to each link once; the crawler asks each host for its robots.txt besides, and
//! reads and hashes every body.

#[path = "../child/mod.rs"]
mod child;
mod server;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead as _, Write};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use probes::capture::Request;
use tickmark::crawl::{Config, Crawler};
use url::Url;

use child::Spent;

const HOSTS: usize = 200;
const LINKS_PER_HOST: usize = 50;
/// The pace of the polite runs: ten requests a second to each host.
const PACE: Duration = Duration::from_millis(100);

fn main() -> io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve"] => server::run(),
        ["crawl", links, pace] => crawl(Path::new(links), pace.parse().map_err(io::Error::other)?),
        _ => compare(),
    }
}

/// Asks every link in the file, and says how many answered with what.
fn crawl(links: &Path, pace: u64) -> io::Result<()> {
    let links = std::fs::read_to_string(links)?;
    let urls = links.lines().map(|line| Url::parse(line).map_err(io::Error::other));
    let requests = urls.map(|url| Ok(Request::submitted(&url?))).collect::<io::Result<BTreeSet<_>>>()?;
    let config = Config {
        pace: Duration::from_millis(pace),
        hosts_at_once: HOSTS,
        most_requests: u64::MAX,
        allow_private: vec!["*".to_owned()],
        ..Config::default()
    };
    let mut ended: BTreeMap<String, usize> = BTreeMap::new();
    let mut sink = |exchange: tickmark::pack::Exchange| {
        let how = match (&exchange.failure, exchange.messages.last()) {
            (None, Some(last)) => last.status.to_string(),
            (failure, _) => failure.as_ref().map_or_else(String::new, ToString::to_string),
        };
        *ended.entry(how).or_default() += usize::from(requests.contains(&exchange.request));
        Ok(())
    };
    let crawler = Crawler::new(config).map_err(io::Error::other)?;
    crawler.fetch(&requests, &(), &mut sink, &()).map_err(io::Error::other)?;
    writeln!(io::stdout(), "{ended:?}")
}

/// Runs both, and prints what each took.
fn compare() -> io::Result<()> {
    let own = std::env::current_exe()?;
    let mut server = Command::new(&own).arg("serve").stdout(std::process::Stdio::piped()).spawn()?;
    let Some(out) = server.stdout.take() else { return Err(io::Error::other("the server says nothing")) };
    let mut port = String::new();
    io::BufReader::new(out).read_line(&mut port)?;
    let measured = measured(&own, port.trim());
    server.kill()?;
    server.wait()?;
    measured
}

fn measured(own: &Path, port: &str) -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let links = folder.path().join("links.txt");
    let mut file = std::fs::File::create(&links)?;
    for link in 0..LINKS_PER_HOST {
        for host in 1..=HOSTS {
            writeln!(file, "http://127.0.1.{host}:{port}/{}/{link}", server::kind(link))?;
        }
    }
    let lychee = std::env::var_os("LYCHEE").unwrap_or_else(|| "lychee".into());
    let there = Command::new(&lychee).arg("--version").output().is_ok_and(|done| done.status.success());
    let mut out = io::stdout().lock();
    if !there {
        writeln!(out, "lychee is not on the path (LYCHEE names it): only Tickmark is measured")?;
    }
    writeln!(out, "{:<28} {:>9} {:>9} {:>9} {:>9}", "", "seconds", "links/s", "CPU s", "peak MiB")?;
    for pace in [Duration::ZERO, PACE] {
        let named = if pace.is_zero() { "as fast as it goes".to_owned() } else { format!("one in {pace:?} a host") };
        let mut crawl = Command::new(own);
        crawl.arg("crawl").arg(&links).arg(pace.as_millis().to_string());
        let ours = child::run(&mut crawl)?;
        row(&mut out, &format!("Tickmark, {named}"), &ours)?;
        if there {
            let mut check = Command::new(&lychee);
            let interval = format!("{}ms", pace.as_millis());
            check.args(["--no-progress", "--method", "get", "--max-retries", "0", "--max-concurrency", "200"]);
            check.args(["--host-request-interval", &interval, "--host-concurrency", "1", "--format", "json"]);
            check.current_dir(folder.path()).arg(&links);
            let theirs = child::run(&mut check)?;
            row(&mut out, &format!("lychee, {named}"), &theirs)?;
            let ratio = |ours: f64, theirs: f64| ours / theirs;
            writeln!(
                out,
                "{:<28} {:>9.2} {:>9} {:>9.2} {:>9.2}",
                "Tickmark / lychee",
                ratio(ours.wall.as_secs_f64(), theirs.wall.as_secs_f64()),
                "",
                ratio(ours.cpu.as_secs_f64(), theirs.cpu.as_secs_f64()),
                ratio(ours.peak_kib as f64, theirs.peak_kib as f64),
            )?;
            writeln!(out, "lychee said: {}", totals(&theirs.said))?;
        }
        writeln!(out, "Tickmark said: {}", ours.said.trim())?;
        if !pace.is_zero() {
            // Every redirect of the crawler's is a request like any other, and waits for its turn.
            let moved = (0..LINKS_PER_HOST).filter(|link| server::kind(*link) == "moved").count();
            let wait = |requests: usize| pace.as_secs_f64() * (requests - 1) as f64;
            let (bare, whole) = (wait(LINKS_PER_HOST), wait(LINKS_PER_HOST + 1 + moved));
            writeln!(out, "politeness alone: {bare:.2} s; with robots.txt and paced redirects {whole:.2} s")?;
        }
    }
    Ok(())
}

fn row(out: &mut impl Write, name: &str, spent: &Spent) -> io::Result<()> {
    let links = (HOSTS * LINKS_PER_HOST) as f64;
    let wall = spent.wall.as_secs_f64();
    let peak = spent.peak_kib as f64 / 1024.0;
    writeln!(out, "{name:<28} {wall:>9.2} {:>9.0} {:>9.2} {peak:>9.1}", links / wall, spent.cpu.as_secs_f64())
}

/// The counts in lychee's JSON.
fn totals(said: &str) -> String {
    let Ok(report) = serde_json::from_str::<serde_json::Value>(said) else {
        return said.chars().take(300).collect();
    };
    let counts = ["total", "successful", "errors", "redirects", "excludes", "unknown", "timeouts", "cached"];
    counts.map(|name| format!("{name} {}", report[name])).join(", ")
}
