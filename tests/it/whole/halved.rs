//! A catalogue that lost more than half since the last run: not believed on the first look, believed on the second.

use std::fmt::Write as _;

use serde_json::Value;

use super::program::Place;
use super::{PORTAL, all, json, offering};

/// A catalogue file of so many datasets.
fn catalogue(datasets: usize) -> String {
    let mut listed = String::new();
    for number in 0..datasets {
        let comma = if number == 0 { "" } else { "," };
        let _ = write!(listed, r#"{comma}{{"title": "Trees of ward {number}", "identifier": "t{number}"}}"#);
    }
    format!(r#"{{"conformsTo": "https://project-open-data.cio.gov/v1.1/schema", "dataset": [{listed}]}}"#)
}

/// Audits a file of so many datasets into the folder `out`, and replays that run; what is said of the catalogue.
fn run(place: &Place, day: &str, datasets: usize) -> Value {
    place.write("data.json", catalogue(datasets));
    place.run(&["audit", "links.csv", "--city", "Example", "--criteria", "what-works-cities", "--as-of", day]).with(0);
    place.run(&["audit", "--from", "out/pack.wacz", "--out", "again"]).with(0);
    let [one, other] = ["out", "again"].map(|folder| std::fs::read(place.path(folder).join("report.json")).unwrap());
    assert!(one == other, "the replay of {day} says something else");
    place.run(&["verify", "out/pack.wacz"]).with(0);
    let report = json(&place.path("out/report.json"));
    all(&report["findings"]).iter().find(|finding| finding["probe"] == "catalogue").unwrap().clone()
}

#[test]
fn half_a_catalogue_is_not_believed_to_be_gone_on_the_first_look() {
    let place = Place::new();
    place.write("links.csv", offering(&[(PORTAL, "data.json")]));
    assert_eq!(run(&place, "2026-11-02", 10)["code"], "read");
    // An empty answer says nothing of how many there were.
    assert_eq!(run(&place, "2026-11-09", 0)["code"], "empty");
    let halved = run(&place, "2026-11-16", 4);
    assert_eq!((&halved["code"], &halved["answer"]), (&"halved".into(), &"unknown".into()));
    assert_eq!(halved["facts"]["earlier"], 10);
    assert_eq!(halved["facts"]["earlier_on"], "2026-11-02");
    assert_eq!(run(&place, "2026-11-23", 4)["code"], "read");
}
