//! Link checking over 200 hosts with 10,000 links: Tickmark against lychee, on the same server in the same run.
//!
//! `cargo bench --bench links`; lychee is looked for on the path (`cargo install lychee`), and left out, saying so, where
//! it is not. Each host is a loopback address, so both programs take them for 200 hosts without being told.

#![expect(clippy::print_stdout, reason = "a benchmark's result is what it prints")]

#[path = "links/measure.rs"]
mod measure;
#[path = "links/server.rs"]
mod server;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use measure::{Measured, measure};
use server::Server;

const HOSTS: usize = 200;
const LINKS_A_HOST: usize = 50;
/// The shortest time between two requests to a host, where pacing is on.
const PACE: Duration = Duration::from_millis(100);

fn main() {
    let server = Server::start(HOSTS);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let links = links(&server);
    write(folder.path(), &links);
    println!("{} links on {HOSTS} hosts; one in ten has moved, one in ten is gone\n", links.len());
    println!(
        "{:<22} {:>8} {:>8} {:>9} {:>9} {:>8} {:>9} {:>9}",
        "", "requests", "wall s", "requests/s", "CPU s", "peak MB", "at once", "least ms"
    );
    for pace in [Duration::ZERO, PACE] {
        let pacing = if pace.is_zero() { "pacing off" } else { "pacing on" };
        let ours = run(&server, &mut tickmark(folder.path(), pace));
        row(&format!("tickmark, {pacing}"), &ours);
        match lychee(folder.path(), pace) {
            None => println!("lychee is not on the path: no row for it"),
            Some(mut lychee) => {
                let theirs = run(&server, &mut lychee);
                row(&format!("lychee, {pacing}"), &theirs);
                let each = |row: &Row| row.measured.cpu.as_secs_f64() / row.requests as f64;
                let speed = |row: &Row| row.requests as f64 / row.measured.wall.as_secs_f64();
                let (speed, cpu) = (speed(&ours) / speed(&theirs), each(&ours) / each(&theirs));
                println!("  requests/s {speed:.2} of lychee's, CPU a request {cpu:.2} of lychee's");
            }
        }
        if !pace.is_zero() {
            let bound = pace * u32::try_from(ours.most_a_host - 1).unwrap_or(u32::MAX);
            println!(
                "  politeness alone takes {:.2} s: {} requests to the busiest host",
                bound.as_secs_f64(),
                ours.most_a_host
            );
        }
    }
}

/// What one program did.
struct Row {
    measured: Measured,
    requests: usize,
    most_a_host: usize,
    most_at_once: usize,
    least_between: Duration,
}

fn run(server: &Server, command: &mut Command) -> Row {
    server.forget();
    let measured = measure(command);
    let seen = server.seen();
    Row {
        measured,
        requests: seen.requests,
        most_a_host: seen.most_a_host,
        most_at_once: seen.most_at_once,
        least_between: seen.least_between,
    }
}

fn row(name: &str, row: &Row) {
    let measured = &row.measured;
    println!(
        "{name:<22} {:>8} {:>8.2} {:>9.0} {:>9.2} {:>8.0} {:>9} {:>9.1}",
        row.requests,
        measured.wall.as_secs_f64(),
        row.requests as f64 / measured.wall.as_secs_f64(),
        measured.cpu.as_secs_f64(),
        measured.peak as f64 / 1e6,
        row.most_at_once,
        row.least_between.as_secs_f64() * 1e3,
    );
}

fn links(server: &Server) -> Vec<String> {
    let links = (0..LINKS_A_HOST).flat_map(|link| {
        (0..HOSTS).map(move |host| {
            let kind = match link % 10 {
                0 => "moved",
                1 => "gone",
                _ => "table",
            };
            (host, format!("/{kind}/{link}.csv"))
        })
    });
    links.map(|(host, path)| format!("http://{}{path}", server.host(host))).collect()
}

/// The links as each program takes them, and criteria that ask for no more than lychee does: does the link answer?
fn write(folder: &Path, links: &[String]) {
    let put = |name: &str, text: String| fs::write(folder.join(name), text).expect("the folder can be written");
    put("links.md", links.iter().map(|link| format!("<{link}>\n")).collect());
    put("links.csv", std::iter::once("url".to_owned()).chain(links.iter().cloned()).collect::<Vec<_>>().join("\n"));
    fs::create_dir(folder.join("criteria")).expect("the folder can be written");
    put(
        "criteria/scheme.toml",
        "id='links'\ntitle='Links'\nedition=''\nabout=''\nsource=''\npoints_per_criterion=1\norder=['L']\ncategories=[{code='L',title='L'}]"
            .to_owned(),
    );
    put(
        "criteria/l.toml",
        "code='L'\ntitle='Links'\ncategory='L'\nneeds='all'\n[[clauses]]\nid='L.1'\nkind='requirement'\nsays='Every link answers.'\nlinks='every'\nshown_by=[{probe='link_state',finding='ok'},{probe='link_state',finding='moved'}]"
            .to_owned(),
    );
}

fn tickmark(folder: &Path, pace: Duration) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tickmark"));
    let out = folder.join(format!("out-{}", pace.as_millis()));
    command.arg("audit").arg(folder.join("links.csv")).arg("--out").arg(out);
    command.arg("--criteria").arg(folder.join("criteria"));
    command.args(["--as-of", "2026-11-01", "--allow-private", "--second-look", "0.1", "--backoff", "0.1"]);
    command.args(["--hosts-at-once", "200", "--most-requests", "100000"]);
    command.arg("--pace").arg(pace.as_secs_f64().to_string());
    command
}

fn lychee(folder: &Path, pace: Duration) -> Option<Command> {
    Command::new("lychee").arg("--version").output().ok()?;
    let mut command = Command::new("lychee");
    command.arg("--no-progress").args(["--max-concurrency", "200", "--max-retries", "0"]);
    command.arg("--host-request-interval").arg(format!("{}ms", pace.as_millis()));
    // Paced, it must not ask a host twice at once either; unpaced, it has its own default.
    command.args(["--host-concurrency", if pace.is_zero() { "10" } else { "1" }]);
    command.arg(folder.join("links.md"));
    Some(command)
}
