//! A submission of every sort of trouble: each is told apart, and none that hides something becomes a no.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::Value;

use super::program::{Ended, Place, flags};
use super::{PORTAL, all, code, json, note, texts};
use crate::hostile::Hostile;

/// Links and what must be said of them.
const LINKS: &[(&str, &str)] = &[
    ("http://data.example.gov/", "ok"),
    ("http://data.example.gov/table.csv", "ok"),
    ("http://data.example.gov/ignores-range", "ok"),
    ("http://hangs-up-once.example.gov/hangs-up-once", "ok"),
    ("http://reset-once.example.gov/reset-once", "ok"),
    ("http://bad-gateway-once.example.gov/bad-gateway-once", "ok"),
    ("http://throttled-once.example.gov/throttled-once", "ok"),
    ("http://data.example.gov/bomb", "ok"),
    ("https://secure.example.gov/", "ok"),
    ("http://data.example.gov/moved", "moved"),
    ("http://data.example.gov/to-https", "moved"),
    ("http://data.example.gov/gone", "gone"),
    ("http://data.example.gov/nowhere", "gone"),
    ("http://gone.example.gov/", "dns"),
    ("http://data.example.gov/shows-a-page.csv", "wrong-content"),
    ("http://soft.example.gov/some-page", "soft-404"),
    ("http://data.example.gov/page/like-any-other", "soft-404"),
    ("http://cloudflare.example.gov/", "blocked"),
    ("http://data.example.gov/to-login", "login"),
    ("http://closed.example.gov/", "closed"),
    ("http://throttled.example.gov/throttled", "throttled"),
    ("http://long.example.gov/throttled-for-long", "throttled"),
    ("http://data.example.gov/error", "server-error"),
    ("http://data.example.gov/unavailable", "closed"),
    ("https://expired.example.gov/", "tls"),
    ("https://other-name.example.gov/", "tls"),
    ("https://self-signed.example.gov/", "tls"),
    ("https://no-certificate.example.gov/", "tls"),
    ("https://plain.example.gov/", "tls"),
    ("http://nine.example.gov:9/", "unreachable"),
    ("http://hangs-up.example.gov/hangs-up", "unreachable"),
    ("http://reset.example.gov/reset", "unreachable"),
    ("http://data.example.gov/not-http", "unreachable"),
    ("http://data.example.gov/loop", "unreachable"),
    ("http://data.example.gov/cookie-wall", "unreachable"),
    ("http://data.example.gov/endless-header", "unreachable"),
    ("http://data.example.gov/to-ftp", "unreachable"),
    ("http://strict.example.gov/private/page", "refused-by-robots"),
    ("http://forbids.example.gov/page/one", "refused-by-robots"),
    ("http://data.example.gov/endless", "too-large"),
    ("http://10.0.0.1/data", "not-public"),
    ("http://data.example.gov/to-private", "not-public"),
    ("http://data.example.gov/to-localhost", "not-public"),
    ("http://data.example.gov/to-mapped", "not-public"),
];

/// Links that take for ever, audited by themselves in a hurry: whatever else is slow, on a machine with much to do, is
/// then waited for, and nothing hangs on the time it takes.
const SLOW: &[(&str, &str)] = &[
    ("http://never.example.gov/never", "timeout"),
    ("http://slow-header.example.gov/slow-header", "timeout"),
    ("http://slow-body.example.gov/slow-body", "timeout"),
];
/// How robots.txt is kept to where every answer is waited for.
const PATIENT: &[&str] = &["--robots", "strict"];
/// A robots.txt that comes too late in a hurry must not stand for the link's own state.
const HURRIED: &[&str] = &["--first-byte", "0.4", "--timeout", "0.8"];

/// The states that say how a thing is; all others say that it could not be seen.
const SEEN: &[&str] = &["ok", "moved", "gone", "dns", "wrong-content"];

const PACE: Duration = Duration::from_millis(200);

/// The links with what must be said of them, spread over more hosts: they are asked side by side.
fn links() -> Vec<(String, &'static str)> {
    let spread = |(at, (link, state)): (usize, &(&str, &'static str))| {
        (link.replace("//data.", &format!("//data{}.", at % 8)), *state)
    };
    LINKS.iter().enumerate().map(spread).collect()
}

fn slow_links() -> Vec<(String, &'static str)> {
    SLOW.iter().map(|(link, state)| ((*link).to_owned(), *state)).collect()
}

/// What a login says of itself: that it is one.
const LOGINS: &[(&str, &str)] = &[("open_access", "login"), ("open_access", "cookies-needed")];

fn audit(city: &Hostile, links: &[(String, &str)], how: &[&str]) -> (Place, Ended) {
    let place = Place::new();
    let mut submission = "city = \"Example\"\ndate = 2026-11-02\nscheme = \"what-works-cities\"\n".to_owned();
    let portal = code(PORTAL);
    for (link, _) in links {
        // Once to whatever it may show, once to a criterion with requirements and evidence.
        let link = format!("[[links]]\nurl = \"{link}\"\n");
        submission.extend([&link, &link, "criterion = \"", &portal, "\"\n"]);
    }
    place.write("submission.toml", submission);
    let more = place.leading_to(city);
    let args = ["audit", "submission.toml", "--pace", "0.2", "--most-wait", "2", "--most-megabytes", "2"];
    let ended = place.run(&flags(&[&args[..], how].concat(), &more));
    (place, ended.with(0))
}

fn by_target(report: &Value) -> BTreeMap<&str, Vec<&Value>> {
    let mut findings: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for finding in all(&report["findings"]) {
        findings.entry(finding["target"].as_str().unwrap()).or_default().push(finding);
    }
    findings
}

fn target(url: &str) -> String {
    probes::probe::Target::new(&url.parse().unwrap()).id
}

/// What is said of a link that should not be, in words.
fn wrong(report: &Value, links: &[(String, &str)]) -> Vec<String> {
    let findings = by_target(report);
    let mut wrong = Vec::new();
    for (link, wanted) in links {
        let of = &findings[target(link).as_str()];
        let state = of.iter().find(|finding| finding["probe"] == "link_state").unwrap();
        if state["code"] != *wanted {
            wrong.push(format!("{link} is {} and should be {wanted}: {}", state["code"], state["facts"]));
        }
        if SEEN.contains(wanted) {
            continue;
        }
        for finding in of.iter().filter(|finding| finding["answer"] == "no") {
            let says = (finding["probe"].as_str().unwrap(), finding["code"].as_str().unwrap());
            if !LOGINS.contains(&says) {
                wrong.push(format!("{link} is {wanted}, and yet {says:?} is no: {}", finding["facts"]));
            }
        }
    }
    wrong
}

/// Audits `links`; each must be told as it is, politely, and in bounds.
fn told_apart(links: &[(String, &str)], how: &[&str]) -> Hostile {
    let city = Hostile::start();
    let (place, ended) = audit(&city, links, how);
    let wrong = wrong(&json(&place.path("out/report.json")), links);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let hosts: BTreeSet<String> = city.log.all().into_iter().map(|asked| asked.host).collect();
    for host in &hosts {
        city.log.never_faster_than(host, PACE);
    }
    assert_eq!(city.log.methods(), ["GET"]);
    let asked = city.log.all().len();
    note(&format!("{asked} requests to {} hosts in {:?}, {:?} KiB", hosts.len(), ended.took, ended.peak));
    assert!(ended.peak.resident < 200 * 1024, "{:?}", ended.peak);
    city
}

#[test]
fn every_state_is_told_apart_politely_and_in_bounds() {
    let city = told_apart(&links(), PATIENT);
    let hosts: BTreeSet<String> = city.log.all().into_iter().map(|asked| asked.host).collect();
    assert!(hosts.len() > 20, "{hosts:?}");
    for host in &hosts {
        city.log.never_two_at_once(host);
    }
    let forbidden = |asked: &crate::hostile::Asked| {
        asked.host.starts_with("forbids.") && asked.path != "/robots.txt" || asked.path.starts_with("/private/page")
    };
    assert!(!city.log.all().iter().any(forbidden), "robots.txt was not kept to");
}

#[test]
fn what_takes_for_ever_is_left_after_a_while() {
    // A server that says nothing does not notice that nobody listens any more, so its requests seem to overlap.
    told_apart(&slow_links(), HURRIED);
}

#[test]
fn what_could_not_be_seen_makes_nothing_not_met() {
    let unseen: Vec<_> = links().into_iter().filter(|(_, state)| !SEEN.contains(state)).collect();
    for (links, how) in [(unseen, PATIENT), (slow_links(), HURRIED)] {
        let (place, _) = audit(&Hostile::start(), &links, how);
        let report = json(&place.path("out/report.json"));
        let mut offered = 0;
        for verdict in all(&report["verdicts"]) {
            for clause in all(&verdict["clauses"]) {
                assert_ne!(clause["standing"], "not-met", "{clause:#}");
                offered += usize::from(clause["standing"] == "needs-review");
                assert!(texts(&clause["findings"]).is_empty() || clause["standing"] != "nothing-offered");
            }
        }
        assert!(offered > 0, "no clause was looked at");
    }
}
