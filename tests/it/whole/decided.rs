//! What the program decides alone about a portal is decided on the made-up cities, either way, and left open elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{PORTAL, STANDARD, all, code, json};

/// The criteria that a portal bears on most.
const CRITERIA: [&str; 5] = [
    "An inventory of the city's data",
    PORTAL,
    STANDARD,
    "What users tell shapes open data",
    "Guidance and metadata for users",
];

fn at(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn folders(path: &str) -> Vec<PathBuf> {
    fs::read_dir(at(path)).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// The clauses of a criterion that a probe's finding shows.
fn decided(criterion: &str) -> Vec<String> {
    let text = fs::read_to_string(at(&format!("criteria/what-works-cities/{criterion}.toml"))).unwrap();
    let table: toml::Table = text.parse().unwrap();
    let shown = table["clauses"].as_array().unwrap().iter().filter(|clause| clause.get("shown_by").is_some());
    shown.map(|clause| clause["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn clauses_on_the_portal_stand_in_every_way() {
    let mut on_cities: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for city in folders("fixtures/cities") {
        for verdict in all(&json(&city.join("report.json"))["verdicts"]) {
            for clause in all(&verdict["clauses"]) {
                let standing = clause["standing"].as_str().unwrap().to_owned();
                on_cities.entry(clause["id"].as_str().unwrap().to_owned()).or_default().insert(standing);
            }
        }
    }
    let mut clauses = 0;
    for title in CRITERIA {
        let criterion = code(title).to_lowercase();
        let cases: Vec<Value> = folders(&format!("fixtures/criteria/what-works-cities/{criterion}"))
            .iter()
            .map(|case| json(&case.join("verdict.json")))
            .collect();
        for clause in decided(&criterion) {
            clauses += 1;
            for standing in ["met", "not-met"] {
                assert!(on_cities[&clause].contains(standing), "no city has {clause} {standing}");
            }
            for standing in ["met", "not-met", "needs-review"] {
                let stands = cases.iter().any(|case| case["clauses"][&clause] == standing);
                assert!(stands, "no case of fixtures/criteria has {clause} {standing}");
            }
        }
    }
    assert_eq!(clauses, 14);
}
