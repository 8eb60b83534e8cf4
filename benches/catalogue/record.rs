//! Records as a CKAN writes them: the same every time, no two alike, with the gaps that real catalogues have.

use std::fmt::Write as _;

use serde_json::json;

const WORDS: &[&str] = &[
    "parcels",
    "permits",
    "trees",
    "bridges",
    "budget",
    "inspections",
    "street",
    "closures",
    "monthly",
    "requests",
    "water",
    "service",
    "boundaries",
    "historic",
    "district",
    "collisions",
    "library",
    "visits",
    "park",
    "benches",
];
const ORGANISATIONS: &[&str] = &["Parks", "Finance", "Water Utility", "Police", "Planning", "Public Works", "Library"];
const FORMATS: &[&str] = &["CSV", "JSON", "GeoJSON", "SHP", "PDF", "XLSX", "HTML"];
const LICENCES: &[&str] = &["Creative Commons CCZero", "Open Data Commons PDDL", "", "License not specified"];
const FREQUENCIES: &[&str] = &["Daily", "R/P1M", "Annually", "", "As needed"];

/// A page of search results.
pub(crate) fn page(number: u64, records: u64, pages: u64) -> String {
    let results: Vec<_> = (number * records..(number + 1) * records).map(record).collect();
    json!({ "help": "", "success": true, "result": { "count": pages * records, "sort": "id asc", "results": results } })
        .to_string()
}

/// `words` words, by a number.
fn words(seed: u64, words: u64) -> String {
    (0..words).fold(String::new(), |mut text, at| {
        let word = WORDS[usize::try_from(mixed(seed * 31 + at) % WORDS.len() as u64).unwrap_or(0)];
        let _ = write!(text, "{}{word}", if at == 0 { "" } else { " " });
        text
    })
}

fn mixed(seed: u64) -> u64 {
    let seed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (seed ^ (seed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 16
}

fn of<'l>(list: &[&'l str], seed: u64) -> &'l str {
    list[usize::try_from(mixed(seed) % list.len() as u64).unwrap_or(0)]
}

fn record(number: u64) -> serde_json::Value {
    let resources: Vec<_> = (0..=mixed(number) % 3)
        .map(|at| {
            let format = of(FORMATS, number * 7 + at);
            json!({
                "id": format!("{:032x}", mixed(number * 5 + at)),
                "name": words(number + at, 3),
                "description": words(number + 2 * at, 8),
                "format": format,
                "mimetype": if at == 0 { "text/csv" } else { "" },
                "size": mixed(number + at) % 1_000_000,
                "url": format!("https://data.example.gov/files/{number}-{at}.{}", format.to_lowercase()),
                "last_modified": format!("20{:02}-0{}-11T06:00:00.000000", 10 + mixed(number) % 17, 1 + at),
            })
        })
        .collect();
    json!({
        "id": format!("{number:08x}-0000-4000-8000-000000000000"),
        "name": format!("dataset-{number}"),
        "title": format!("{} {number}", words(number, 4)),
        "notes": format!("<p>{}</p>", words(number * 3, mixed(number) % 60)),
        "type": "dataset",
        "state": "active",
        "organization": { "id": "o", "title": of(ORGANISATIONS, number) },
        "maintainer": if number.is_multiple_of(3) { "" } else { "Data desk" },
        "maintainer_email": if number.is_multiple_of(4) { "" } else { "data@example.gov" },
        "license_title": of(LICENCES, number),
        "metadata_created": "2019-03-01T08:00:00.000000",
        "metadata_modified": format!("20{:02}-0{}-01T08:00:00.000000", 12 + mixed(number) % 15, 1 + number % 9),
        "tags": [{ "name": of(WORDS, number), "display_name": of(WORDS, number) }, { "name": of(WORDS, number + 1) }],
        "groups": [],
        "extras": [{ "key": "frequency", "value": of(FREQUENCIES, number) }, { "key": "spatial", "value": "" }],
        "resources": resources,
    })
}
