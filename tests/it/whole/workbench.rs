//! The workbench shows what a hostile page said, and nothing of it does anything.

mod access;
pub(super) mod api;
mod audits;
mod depot;
#[cfg(feature = "oidc")]
mod elsewhere;
mod first;
mod hostile;
mod kept_once;
mod notified;
mod review;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command};

use super::program::{Place, flags};
use super::{POLICY, all, code, json, json_of, note, offering};
use crate::hostile::{Call, Hostile, Piece, whole};

const PAGE: &str = "<!doctype html><title>Open data policy</title><h1 onclick=alert(1)>Open data policy</h1>\
    <p>It is the policy of the City that all <b>open</b> data is published by default.</p>\
    </mark></pre><script>alert(2)</script><img src=http://elsewhere.example/x.png onerror=alert(3)>";

/// The workbench as a child; it ends when this is dropped.
pub(super) struct Workbench {
    child: Child,
    address: String,
}

impl Workbench {
    pub(super) fn over(place: &Place) -> Self {
        Self::with(place, &[])
    }

    pub(super) fn with(place: &Place, more: &[&str]) -> Self {
        Self::started(&mut place.command(&[&["serve", ".", "--port", "0"], more].concat()))
    }

    fn started(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().trim_start_matches("http://").trim_end_matches('/').to_owned();
        Self { child, address }
    }

    /// The whole answer to a request, with its headers.
    fn raw(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let own = [("host", self.address.as_str())];
        let own = own.iter().filter(|_| !headers.iter().any(|(name, _)| *name == "host"));
        let fields: Vec<String> = own.chain(headers).map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let request = format!("{method} {path} HTTP/1.1\r\nconnection: close\r\n{}", fields.concat());
        // Who refuses a body may close before it is sent.
        let _ = write!(stream, "{request}content-length: {}\r\n\r\n{body}", body.len());
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        answer
    }

    fn get(&self, path: &str, host: &str) -> String {
        String::from_utf8_lossy(&self.raw("GET", path, &[("host", host)], "")).into_owned()
    }

    /// The answer to a form that is sent.
    fn post(&self, path: &str, headers: &[(&str, &str)], form: &str) -> String {
        let mut headers = headers.to_vec();
        if !headers.iter().any(|(name, _)| *name == "content-type") {
            headers.push(("content-type", "application/x-www-form-urlencoded"));
        }
        String::from_utf8_lossy(&self.raw("POST", path, &headers, form)).into_owned()
    }

    pub(super) fn page(&self, path: &str) -> String {
        let answer = self.get(path, &self.address);
        assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
        answer
    }
}

/// The answer of a city whose policy is this page, and which has no other.
fn policy_of(page: &str, call: &Call) -> (Vec<Piece>, bool) {
    let there = call.path == "/policy";
    let status = if there { "200 OK" } else { "404 Not Found" };
    whole(status, &["content-type: text/html"], if there { page.as_bytes() } else { b"not here" })
}

/// The first thing in a page that is linked to beneath `under`.
fn linked<'p>(page: &'p str, under: &str) -> &'p str {
    let rest = page.split(&format!("href=\"{under}")).nth(1).unwrap();
    rest.split('"').next().unwrap()
}

impl Drop for Workbench {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn what_a_hostile_page_said_is_shown_and_stays_inert() {
    let city = Hostile::serving(|call: &Call| policy_of(PAGE, call));
    let place = Place::new();
    place.write("links.csv", offering(&[(POLICY, "http://a.example.gov/policy")]));
    let more = place.leading_to(&city);
    let args = ["audit", "links.csv", "--city", "<b>Example</b>", "--as-of", "2026-11-02", "--pace", "0.02", "--out"];
    place.run(&flags(&[&args[..], &["runs/2026-11-02"]].concat(), &more)).with(0);
    let workbench = Workbench::over(&place);

    let cities = workbench.page("/");
    assert!(cities.contains("&lt;b&gt;Example") && !cities.contains("<b>Example"), "{cities}");
    let found = workbench.page("/?name=EXAMP");
    assert!(found.contains("whose name holds <bdi>EXAMP</bdi>") && found.contains("&lt;b&gt;Example"), "{found}");
    let none = workbench.page("/?name=%3Cb%3Enowhere&page=1");
    assert!(none.contains("No city's name holds these words") && !none.contains("<b>nowhere"), "{none}");
    let run = linked(&cities, "/runs/");
    let criteria = workbench.page(&format!("/runs/{run}"));
    assert!(criteria.contains("Download the pack"), "{criteria}");
    let criterion = workbench.page(&format!("/runs/{run}/criteria/what-works-cities/{}", code(POLICY)));
    assert!(criterion.contains(&format!("href=\"/runs/{run}/evidence/")), "{criterion}");
    assert!(criterion.contains("<q><bdi>") && !criterion.contains("<b>open"), "{criterion}");
    let report = workbench.page(&format!("/runs/{run}/report"));
    assert!(report.contains("form-action 'none'; frame-ancestors 'none'; sandbox allow-popups"), "{report}");
    assert!(workbench.page(&format!("/runs/{run}/pack.wacz")).contains("application/wacz"));

    let mut marked = 0;
    for finding in all(&json(&place.path("runs/2026-11-02/report.json"))["findings"]) {
        for at in 0..all(&finding["evidence"]).len() {
            let path = format!("/runs/{run}/evidence/{}/{at}", finding["id"].as_str().unwrap());
            let shown = workbench.page(&path);
            assert!(!shown.contains("<script") && shown.contains("sandbox=\"\""), "{shown}");
            let body = workbench.get(&format!("{path}/body"), &workbench.address);
            let lower = body.to_lowercase();
            assert!(lower.contains("content-security-policy: default-src 'none'"), "{body}");
            assert!(!lower.contains("<script") && !lower.contains("<img") && !lower.contains("<h1"), "{body}");
            assert!(lower.matches("</pre>").count() <= 1, "{body}");
            marked += usize::from(body.contains("<mark id=\"quote\">"));
        }
    }
    assert!(marked > 0, "no quote was marked");

    let refused = workbench.get("/", "elsewhere.example");
    assert!(refused.starts_with("HTTP/1.1 421"), "{refused}");
    let outside = ["/runs/none", &format!("/runs/{run}/criteria/what-works-cities/none"), "/cities/none"];
    for path in outside.into_iter().chain(["/runs/..%2f..", &format!("/runs/{run}/evidence/none/0")]) {
        assert!(workbench.get(path, &workbench.address).starts_with("HTTP/1.1 404"), "{path}");
    }
}

#[test]
fn what_changed_since_the_run_before_is_told_with_its_cause() {
    let place = Place::new();
    place.write("links.csv", offering(&[(POLICY, "http://a.example.gov/policy")]));
    for (day, page) in
        [("2026-11-02", PAGE), ("2026-11-03", "<!doctype html><title>Moved</title><p>Nothing is here.</p>")]
    {
        let city = Hostile::serving(move |call: &Call| policy_of(page, call));
        let more = place.leading_to(&city);
        let args = ["audit", "links.csv", "--city", "Example", "--pace", "0.02", "--as-of", day, "--out"];
        place.run(&flags(&[&args[..], &[&format!("runs/{day}")]].concat(), &more)).with(0);
    }
    let workbench = Workbench::over(&place);
    let history = workbench.page(&format!("/cities/{}", linked(&workbench.page("/"), "/cities/")));
    let run = linked(&history, "/runs/");
    let page = workbench.page(&format!("/runs/{run}"));
    assert!(page.contains("What changed since 2026-11-02, and why"), "{page}");
    let changes = workbench.page(&format!("/runs/{run}/changes"));
    assert!(changes.contains("The site serves something else"), "{changes}");
    assert!(changes.contains("a.example.gov&#x2f;policy"), "{changes}");
    // Worked out once, it is the same, and as the command tells it.
    assert_eq!(without_date(&changes), without_date(&workbench.page(&format!("/runs/{run}/changes"))));
    let told = place.run(&["diff", "runs/2026-11-02", "runs/2026-11-03", "--format", "json"]).with(1);
    let of_api = workbench.page(&format!("/api/runs/{run}/changes"));
    assert_eq!(json_of(of_api.split("\r\n\r\n").nth(1).unwrap()), json_of(&told.out));
    let first =
        history.rsplit("href=\"/runs/").find(|link| link.contains("2026-11-02")).unwrap().split('"').next().unwrap();
    let first = first.split('/').next().unwrap();
    assert!(workbench.get(&format!("/runs/{first}/changes"), &workbench.address).starts_with("HTTP/1.1 404"));
}

#[test]
fn every_page_is_accessible_and_fits_light_dark_narrow_and_wide() {
    let Some(modules) = std::env::var_os("TICKMARK_AXE") else {
        return note("skipped: TICKMARK_AXE names no folder with axe-core and playwright-core");
    };
    let place = review::audited();
    let workbench = Workbench::over(&place);
    let home = workbench.page("/");
    let (city, run) = (format!("/cities/{}", linked(&home, "/cities/")), format!("/runs/{}", linked(&home, "/runs/")));
    let criterion = format!("{run}/criteria/what-works-cities/{}", code(POLICY));
    let evidence = format!("{run}/evidence/{}", linked(&workbench.page(&criterion), &format!("{run}/evidence/")));
    let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/axe/run.js");
    let fix = format!("/first/{}", linked(&workbench.page("/first"), "/first/"));
    for path in ["/", &city, &run, &criterion, &evidence, "/first", &fix, "/accuracy", "/notifications", "/nowhere"] {
        let url = format!("http://{}{path}", workbench.address);
        let ran = Command::new("node").arg(&script).arg(url).env("TICKMARK_AXE", &modules).output().unwrap();
        // A page that is not there is told of by the browser, too.
        let told = String::from_utf8_lossy(&ran.stdout).into_owned();
        let faults = told
            .lines()
            .filter(|line| !line.contains("Failed to load resource: the server responded with a status of 404"));
        let faults: Vec<&str> = faults.filter(|line| !line.ends_with(" faults")).collect();
        assert!(faults.is_empty(), "{path}: {told}");
    }
}

/// An answer without the time at which it was given.
fn without_date(answer: &str) -> String {
    answer.lines().filter(|line| !line.starts_with("date:")).collect()
}

#[test]
fn a_run_whose_pack_is_gone_stays_in_its_citys_history() {
    let city = Hostile::serving(|_: &Call| whole("200 OK", &["content-type: text/html"], PAGE.as_bytes()));
    let place = Place::new();
    place.write("links.csv", offering(&[(POLICY, "http://a.example.gov/policy")]));
    let more = place.leading_to(&city);
    for day in ["2026-11-02", "2026-11-09"] {
        let args = ["audit", "links.csv", "--city", "Example", "--pace", "0.02", "--as-of", day, "--out"];
        place.run(&flags(&[&args[..], &[&format!("runs/{day}")]].concat(), &more)).with(0);
    }
    std::fs::create_dir(place.path("no-pack")).unwrap();
    place.write("no-pack/pack.wacz", "no zip at all");
    let run = {
        let workbench = Workbench::over(&place);
        let history = workbench.page(&format!("/cities/{}", linked(&workbench.page("/"), "/cities/")));
        assert!(history.contains("2026-11-02") && history.contains("2026-11-09"), "{history}");
        let latest = linked(&history, "/runs/").to_owned();
        let [first, second] = [latest.as_str(), history.rsplit("href=\"/runs/").next().unwrap()];
        assert_ne!(Some(first), second.split(['/', '"']).next());
        latest
    };
    std::fs::remove_file(place.path("runs/2026-11-09/pack.wacz")).unwrap();
    let workbench = Workbench::over(&place);
    let history = workbench.page(&format!("/cities/{}", linked(&workbench.page("/"), "/cities/")));
    assert!(history.contains("2026-11-02") && history.contains("2026-11-09"), "{history}");
    let gone = workbench.get(&format!("/runs/{run}/pack.wacz"), &workbench.address);
    assert!(gone.starts_with("HTTP/1.1 410") && gone.contains("not in the folder any more"), "{gone}");
}
