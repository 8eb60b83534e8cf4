//! An audit that is killed, again and again, goes on where it was: nothing is lost and nothing asked for twice.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::program::{Place, flags};
use super::{PORTAL, STANDARD, json, note, offering};
use crate::hostile::{Call, Hostile, Piece, whole};

/// How often it is killed.
const KILLS: usize = 10;

/// A city of several hosts whose pages are always the same; what does not exist is said so.
fn city() -> Hostile {
    Hostile::serving(|call: &Call| {
        let name = call.path.trim_start_matches("/page-").to_owned();
        let (mut pieces, keep) = if call.path.starts_with("/page-") {
            let body = format!("<!doctype html><title>Page {name}</title><h1>{}</h1><p>Of {name}.</p>", call.host);
            whole("200 OK", &["content-type: text/html"], body.as_bytes())
        } else {
            whole("404 Not Found", &["content-type: text/plain"], b"not here")
        };
        pieces.insert(0, Piece::Pause(Duration::from_millis(2)));
        (pieces, keep)
    })
}

fn submission() -> String {
    let mut links = Vec::new();
    for host in ["a", "b", "c", "d"] {
        links.extend((0..6).map(|page| (PORTAL, format!("http://{host}.example.gov/page-{page}"))));
        links.push((STANDARD, format!("http://{host}.example.gov/lost.csv")));
    }
    offering(&links.iter().map(|(title, url)| (*title, url.as_str())).collect::<Vec<_>>())
}

fn place(city: &Hostile) -> (Place, Vec<String>) {
    let place = Place::new();
    place.write("links.csv", submission());
    let more = place.leading_to(city);
    let mut args: Vec<String> = ["audit", "links.csv", "--city", "Example", "--as-of", "2026-11-02", "--pace", "0.02"]
        .map(str::to_owned)
        .into();
    args.extend(["--criteria".to_owned(), "what-works-cities".to_owned()]);
    args.extend(more);
    (place, args)
}

/// Where the clock shows in a report: when captures were made, and where their records then came to lie.
fn without_the_clock(mut report: Value) -> Value {
    for capture in report["captures"].as_array_mut().unwrap() {
        for name in ["fetched_at", "warc"] {
            capture.as_object_mut().unwrap().remove(name);
        }
    }
    report
}

/// Where two values first differ.
fn difference(at: &str, one: &Value, other: &Value) -> Option<String> {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) if one.keys().eq(other.keys()) => {
            one.iter().find_map(|(name, value)| difference(&format!("{at}/{name}"), value, &other[name]))
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            one.iter().zip(other).enumerate().find_map(|(n, (one, other))| difference(&format!("{at}/{n}"), one, other))
        }
        (one, other) if one == other => None,
        (one, other) => Some(format!("{at}: {one:#}\nor {other:#}")),
    }
}

/// How often each thing was asked for, robots.txt files left out.
fn asked(city: &Hostile) -> BTreeMap<(String, String), usize> {
    let mut asked = BTreeMap::new();
    for call in city.log.all().into_iter().filter(|call| call.path != "/robots.txt") {
        *asked.entry((call.host, call.path)).or_default() += 1;
    }
    asked
}

#[test]
fn ten_kills_lose_nothing_and_ask_nothing_twice() {
    let calm = city();
    let (unbroken, args) = place(&calm);
    let whole = unbroken.run(&flags(&[], &args)).with(0);

    let city = city();
    let (place, args) = place(&city);
    // Moments spread over the length of the unbroken run by a fixed rule.
    let mut seed = 0x9e37_79b9_u64;
    let mut kills = 0;
    let mut killed_in_mid_air = 0;
    while kills < KILLS {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let share = u32::try_from(seed >> 33).unwrap() % 1000;
        let moment = whole.took * share / 1000 / 4;
        let start = Instant::now();
        let mut child = place.command(&flags(&[], &args)).spawn().unwrap();
        std::thread::sleep(moment.saturating_sub(start.elapsed()));
        killed_in_mid_air += usize::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
    }
    let last = place.run(&flags(&[], &args)).with(0);
    note(&format!(
        "unbroken {:?}; {killed_in_mid_air} of {KILLS} killed while at work; last run {:?}",
        whole.took, last.took
    ));
    assert!(killed_in_mid_air >= KILLS - 2);
    let report = |place: &Place| without_the_clock(json(&place.path("out/report.json")));
    assert_eq!(difference("report", &report(&unbroken), &report(&place)), None);
    // What was being asked at the moment of a kill has no capture yet, and must be asked again: at most one a host.
    let (calm, stormy) = (asked(&calm), asked(&city));
    assert_eq!(calm.keys().collect::<Vec<_>>(), stormy.keys().collect::<Vec<_>>());
    let again: usize = stormy.iter().map(|(what, times)| times - calm[what]).sum();
    note(&format!("{} requests unbroken, {again} asked again", calm.values().sum::<usize>()));
    assert!(again <= killed_in_mid_air * 4, "{again} were asked again");
    place.run(&["verify", "out/pack.wacz"]).with(0);
}
