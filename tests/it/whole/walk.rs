//! A reviewer's walk: from a clause to the words that bear on it, and on to the place where they stand.

use std::fs;
use std::path::Path;

use super::program::{Place, flags};
use super::{GOVERNANCE, POLICY, offering};
use crate::hostile::{Call, Hostile, Piece, whole};

const MINUTES: &str = r#"<!doctype html><html lang="en"><head><title>Minutes of the data governance committee</title></head>
<body><nav><a href="/">Harborview</a></nav><main><h1>Minutes of the data governance committee</h1>
<p>The data governance committee met on 14 October 2026 in room 4 of the city hall.</p>
<p>The chief data officer is responsible for the inventory and leads the committee.</p>
<h2>Decisions</h2><p>The committee adopted the metadata standard. The next meeting takes place on 11 November 2026.</p>
</main></body></html>"#;

fn answer(call: &Call) -> (Vec<Piece>, bool) {
    let policy = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/probes/passages/policy-of-two-pages/policy.pdf");
    match call.path.as_str() {
        "/policy.pdf" => whole("200 OK", &["content-type: application/pdf"], &fs::read(policy).unwrap()),
        "/minutes" => whole("200 OK", &["content-type: text/html; charset=utf-8"], MINUTES.as_bytes()),
        _ => whole("404 Not Found", &["content-type: text/plain"], b"There is nothing here."),
    }
}

/// The items of lists of quotes that hold `quote`.
fn quoted<'a>(report: &'a str, quote: &str) -> Vec<&'a str> {
    let quotes = report.split("<li><q>").skip(1).filter_map(|rest| rest.split_once("</li>"));
    quotes.map(|(item, _)| item).filter(|item| item.contains(quote)).collect()
}

#[test]
fn a_reviewer_walks_from_clause_to_words_to_their_place() {
    let city = Hostile::serving(answer);
    let place = Place::new();
    let links = [(POLICY, "https://www.example.gov/policy.pdf"), (GOVERNANCE, "https://www.example.gov/minutes")];
    place.write("links.csv", offering(&links));
    let args = ["audit", "links.csv", "--city", "Harborview", "--as-of", "2026-11-02", "--pace", "0.02", "--no-render"];
    place.run(&flags(&args, &place.leading_to(&city))).with(0);
    let report = fs::read_to_string(place.path("out/report.html")).unwrap().replace("&#x2f;", "/");
    for (quote, opens) in [
        ("The city shall establish an Open Data Steering Group", "https://www.example.gov/policy.pdf#page=2"),
        ("The chief data officer is responsible for", "https://www.example.gov/minutes#:~:text=The%20chief%20data"),
    ] {
        let items = quoted(&report, quote);
        assert!(!items.is_empty(), "{quote:?} is not quoted");
        for item in items {
            assert!(item.contains(&format!("<a href=\"{opens}")), "{item}");
        }
    }
    place.run(&["verify", "out/pack.wacz"]).with(0);
}
