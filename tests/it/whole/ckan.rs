//! A real CKAN, its search in order or not; skipped, and said so, unless `TICKMARK_CKAN` is its address.

use serde_json::Value;

use super::program::Place;
use super::{PORTAL, all, json, note, offering};

fn finding<'r>(report: &'r Value, probe: &str) -> &'r Value {
    all(&report["findings"]).iter().find(|finding| finding["probe"] == probe).unwrap()
}

#[test]
fn a_real_ckan_is_counted_and_its_pack_replays() {
    let Ok(base) = std::env::var("TICKMARK_CKAN") else {
        note("skipped: TICKMARK_CKAN names no CKAN");
        return;
    };
    let place = Place::new();
    place.write("links.csv", offering(&[(PORTAL, &base)]));
    let args = ["audit", "links.csv", "--city", "Example", "--as-of", "2026-11-02", "--criteria", "what-works-cities"];
    // The robots.txt of every CKAN asks for ten seconds between requests, and gets them.
    let live = place.run(&[&args[..], &["--allow-private=*", "--pace", "0"]].concat()).with(0);
    let report = json(&place.path("out/report.json"));
    let answered = finding(&report, "catalogue");
    let (code, datasets) = (answered["code"].as_str().unwrap(), answered["facts"]["read"].as_u64().unwrap());
    note(&format!("{code}: {}, {:?}, {:?} KiB", answered["facts"], live.took, live.peak));
    assert!(code == "read" && datasets > 0, "{answered}");
    if let Ok(known) = std::env::var("TICKMARK_CKAN_DATASETS") {
        assert_eq!(known, datasets.to_string());
    }
    place.run(&["audit", "--from", "out/pack.wacz", "--out", "again"]).with(0);
    let read = |name: &str| std::fs::read(place.path(name)).unwrap();
    assert!(read("out/report.json") == read("again/report.json"), "the replay says something else");
    place.run(&["verify", "out/pack.wacz"]).with(0);
}
