//! Two hundred cities with fifty-two runs each, and fifty readers of their pages at once.
//!
//! `cargo bench --bench workbench` fills a SQLite store with made-up runs, serves it, and prints how long answers took and
//! how much memory the server had at most. `cargo bench --bench workbench -- postgres://…` does the same over PostgreSQL.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use jiff::ToSpan as _;
use jiff::civil::date;
use tickmark::criteria::verdict::{ClauseVerdict, Fix, Kind, Standing, Summary, Verdict};
use tickmark::store::{Held, NewRun, Store};

const CITIES: usize = 200;
const RUNS: usize = 52;
const CRITERIA: usize = 45;
const CLAUSES: usize = 5;
const READERS: usize = 50;
/// What each reader asks for, of each kind of page.
const REQUESTS: usize = 40;

fn main() -> io::Result<()> {
    let given = std::env::args().skip(1).find(|arg| arg.contains("://"));
    let folder = tempfile::tempdir()?;
    let file = Store::in_file(&folder.path().join("store.sqlite"));
    let address = given.or(file).ok_or_else(|| io::Error::other("no store can lie here"))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let start = Instant::now();
    let cities = runtime.block_on(fill(&address)).map_err(io::Error::other)?;
    let mut out = io::stdout();
    writeln!(out, "{} runs kept in {:.1} s", CITIES * RUNS, start.elapsed().as_secs_f64())?;

    let mut server = Server::over(folder.path(), &address)?;
    let first = "/".to_owned();
    for (what, paths) in [
        ("the list of cities", vec![first]),
        ("what to do first over all cities", vec!["/first".to_owned()]),
        ("a city's criteria, run by run", cities.iter().map(|city| format!("/cities/{city}")).collect()),
        ("a city's earlier runs", cities.iter().map(|city| format!("/cities/{city}?page=3")).collect()),
        (
            "the same as JSON, all runs",
            cities.iter().map(|city| format!("/api/cities/{city}/matrix?per_page=52")).collect(),
        ),
        (
            "a city's history as JSON",
            cities.iter().map(|city| format!("/api/cities/{city}/runs?per_page=52")).collect(),
        ),
    ] {
        let mut took = server.read_by_many(&paths)?;
        took.sort();
        let at = |share: usize| took[(took.len() - 1) * share / 100].as_secs_f64() * 1000.0;
        writeln!(out, "{what}: p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms", at(50), at(95), at(99))?;
    }
    writeln!(out, "memory: {} MiB at most", server.peak()? / 1024)?;
    server.child.kill()
}

/// Fills the store, and gives the cities' ids.
async fn fill(address: &str) -> Result<Vec<String>, tickmark::store::StoreError> {
    let store = Store::open(address).await?;
    for run in 0..CITIES * RUNS {
        let (city, week) = (run % CITIES, run / CITIES);
        let verdicts: Vec<Verdict> = (0..CRITERIA).map(|number| verdict(number, city, week)).collect();
        let counted = |which| verdicts.iter().filter(|verdict| verdict.standing == which).count();
        let standing = Summary {
            criteria: CRITERIA,
            met: counted(Standing::Met),
            not_met: counted(Standing::NotMet),
            needs_review: counted(Standing::NeedsReview),
            nothing_offered: counted(Standing::NothingOffered),
            points_sure: 10.0,
            points_possible: 20.0,
            levels: Vec::new(),
            level_sure: None,
            level_possible: None,
            score: None,
        };
        let first: Vec<Fix> = verdicts.iter().filter(|verdict| verdict.standing == Standing::NotMet).map(fix).collect();
        let (verdicts, first) = (verdicts.as_slice(), first.as_slice());
        let held = Held { scheme: "made-up", title: "Made up", edition: "e1", standing: &standing, verdicts, first };
        let weeks = i64::try_from(week).unwrap_or_default().weeks();
        let name = format!("City {city:03}");
        let run = NewRun {
            id: &format!("{run:064x}"),
            city: &name,
            as_of: date(2026, 1, 5).saturating_add(weeks),
            tool: "0.1.0",
            fetched: None,
            held: vec![held],
            lies: None,
        };
        store.keep(&run).await?;
    }
    let cities = store.cities(0, CITIES).await?;
    store.close().await;
    Ok(cities.into_iter().map(|city| city.latest.run.city_id).collect())
}

fn fix(verdict: &Verdict) -> Fix {
    Fix {
        what: format!("Do the thing of {}", verdict.code),
        link: None,
        clauses: verdict.clauses.iter().map(|clause| clause.id.clone()).collect(),
        points: None,
        findings: Vec::new(),
    }
}

fn verdict(number: usize, city: usize, week: usize) -> Verdict {
    // Some stand otherwise every few weeks.
    let standing = Standing::ALL[(number * 7 + city * 3 + week / (5 + number % 11)) % 4];
    let clause = |at: usize| ClauseVerdict {
        id: format!("M{number}.{at}"),
        kind: Kind::Requirement,
        standing,
        points: None,
        lead: None,
        says: String::new(),
        asks: None,
        reason: String::new(),
        advice: None,
        links: Vec::new(),
        findings: Vec::new(),
    };
    Verdict {
        code: format!("M{number}"),
        title: format!("The city does the thing that is numbered {number}"),
        category: format!("Category {}", number / 6),
        standing,
        points: None,
        reason: String::new(),
        clauses: (0..CLAUSES).map(clause).collect(),
    }
}

/// The workbench as a child.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn over(folder: &Path, store: &str) -> io::Result<Self> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tickmark"));
        command.arg("serve").arg(folder).args(["--port", "0", "--store", store]).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let Some(out) = child.stdout.take() else { return Err(io::Error::other("the server says nothing")) };
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        Ok(Self { child, address: line.trim().trim_start_matches("http://").trim_end_matches('/').to_owned() })
    }

    /// How long each answer took, of all readers.
    fn read_by_many(&self, paths: &[String]) -> io::Result<Vec<Duration>> {
        std::thread::scope(|threads| {
            let reader = |number: usize| threads.spawn(move || self.read(number, paths));
            let readers: Vec<_> = (0..READERS).map(reader).collect();
            let mut all = Vec::new();
            for reader in readers {
                all.extend(reader.join().map_err(|_| io::Error::other("a reader broke"))??);
            }
            Ok(all)
        })
    }

    fn read(&self, number: usize, paths: &[String]) -> io::Result<Vec<Duration>> {
        let mut stream = BufReader::new(TcpStream::connect(&self.address)?);
        stream.get_ref().set_nodelay(true)?;
        let mut took = Vec::new();
        for request in 0..REQUESTS {
            let path = &paths[(number * REQUESTS + request) % paths.len()];
            let start = Instant::now();
            write!(stream.get_mut(), "GET {path} HTTP/1.1\r\nhost: {}\r\n\r\n", self.address)?;
            let (mut line, mut length) = (String::new(), 0);
            let mut good = None;
            while stream.read_line(&mut line)? > 2 {
                good.get_or_insert_with(|| line.starts_with("HTTP/1.1 200"));
                if let Some(told) = line.strip_prefix("content-length: ") {
                    length = told.trim().parse().map_err(io::Error::other)?;
                }
                line.clear();
            }
            let mut body = vec![0; length];
            stream.read_exact(&mut body)?;
            if good != Some(true) {
                return Err(io::Error::other(format!("{path}: {}", String::from_utf8_lossy(&body))));
            }
            took.push(start.elapsed());
        }
        Ok(took)
    }

    /// The most memory that it had, in KiB.
    fn peak(&self) -> io::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
        peak.trim().trim_end_matches(" kB").parse().map_err(io::Error::other)
    }
}
