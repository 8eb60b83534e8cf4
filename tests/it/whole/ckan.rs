//! A real CKAN; skipped, and said so, unless `TICKMARK_CKAN` is its address. `TICKMARK_CKAN_SEARCH` is `down` where its
//! search does not answer, `TICKMARK_CKAN_DATASETS` how many datasets it has.

use serde_json::Value;

use super::program::Place;
use super::{PORTAL, all, code, json, note, offering};

const AUDIT: &[&str] =
    &["audit", "links.csv", "--city", "Example", "--as-of", "2026-11-02", "--criteria", "what-works-cities"];

fn finding<'r>(report: &'r Value, probe: &str) -> &'r Value {
    all(&report["findings"]).iter().find(|finding| finding["probe"] == probe).unwrap()
}

/// The address of a CKAN, if there is one.
fn ckan() -> Option<String> {
    let base = std::env::var("TICKMARK_CKAN").ok();
    if base.is_none() {
        note("skipped: TICKMARK_CKAN names no CKAN");
    }
    base
}

fn search_is_down() -> bool {
    std::env::var("TICKMARK_CKAN_SEARCH").is_ok_and(|search| search == "down")
}

/// How the clauses of the criterion on portals stand.
fn standings(report: &Value) -> Vec<&str> {
    let offered = all(&report["verdicts"]).iter().filter(|verdict| verdict["code"] == code(PORTAL).as_str());
    offered.flat_map(|verdict| all(&verdict["clauses"])).filter_map(|clause| clause["standing"].as_str()).collect()
}

#[test]
fn a_real_ckan_is_counted_and_its_pack_replays() {
    let Some(base) = ckan() else { return };
    let place = Place::new();
    place.write("links.csv", offering(&[(PORTAL, &base)]));
    // The robots.txt of every CKAN asks for ten seconds between requests, and gets them.
    let live = place.run(&[AUDIT, &["--allow-private=*", "--pace", "0"]].concat()).with(0);
    let report = json(&place.path("out/report.json"));
    let catalogue = finding(&report, "catalogue");
    let (seen, facts) = (catalogue["code"].as_str().unwrap(), &catalogue["facts"]);
    note(&format!("{seen}: {facts}, {:?}, {:?} KiB", live.took, live.peak));
    let down = search_is_down();
    let counted = facts["read"].as_u64().unwrap();
    assert!(seen == "read" && counted > 0, "{catalogue}");
    // Without a search, all are counted by their names, and some are looked at.
    let named_only = facts["interface"].as_str().unwrap().contains("package_list");
    assert_eq!((named_only, facts["described"].as_u64().unwrap() < counted), (down, down), "{catalogue}");
    if let Ok(known) = std::env::var("TICKMARK_CKAN_DATASETS") {
        assert_eq!(known, counted.to_string());
    }
    for probe in ["metadata_complete", "distribution_alive"] {
        let found = finding(&report, probe);
        note(&format!("{probe} {}: {}", found["code"], found["facts"]));
    }
    assert!(!down || !standings(&report).contains(&"not-met"), "what could not be searched became a no");
    place.run(&["audit", "--from", "out/pack.wacz", "--out", "again"]).with(0);
    let read = |name: &str| std::fs::read(place.path(name)).unwrap();
    assert!(read("out/report.json") == read("again/report.json"), "the replay says something else");
    place.run(&["verify", "out/pack.wacz"]).with(0);
}

#[test]
fn a_ckan_whose_robots_forbid_its_interface_is_unknown() {
    let Some(base) = ckan() else { return };
    if search_is_down() {
        note("skipped: without a search its front page answers with an error, before robots.txt matters");
        return;
    }
    let place = Place::new();
    place.write("links.csv", offering(&[(PORTAL, &base)]));
    place.run(&[AUDIT, &["--allow-private=*", "--pace", "0", "--robots", "strict"]].concat()).with(0);
    let report = json(&place.path("out/report.json"));
    let catalogue = finding(&report, "catalogue");
    assert!(catalogue["code"] == "unread" && catalogue["answer"] == "unknown", "{catalogue}");
    assert!(catalogue["facts"]["cause"].as_str().unwrap().contains("robots.txt does not allow it"), "{catalogue}");
    let standings = standings(&report);
    assert!(!standings.is_empty() && standings.iter().all(|standing| *standing == "needs-review"), "{standings:?}");
}
