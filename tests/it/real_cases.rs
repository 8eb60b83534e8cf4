//! What real portals did once, each with the small fixture that shows the right answer to it.

use std::path::Path;

use serde_json::{Value, json};

/// What happened, the case that shows it (`fixtures/probes/…`), the finding, and what it must say.
fn cases() -> Vec<(&'static str, &'static str, &'static str, Value)> {
    vec![
        (
            "a page of a hundred holds one less, and is not the last",
            "catalogue/ckan-whose-second-page-is-one-short",
            "read",
            json!({ "claimed": 250, "read": 249, "difference": 1.0, "pages": 3 }),
        ),
        (
            "one address moves to another platform, and no dataset was taken away",
            "catalogue/data-json-once-socrata-now-hub",
            "read",
            json!({ "platform": "arcgis-hub", "read": 2, "difference": 0.0 }),
        ),
        (
            "an empty answer between full ones is not zero",
            "catalogue/empty-then-full-again",
            "unread",
            json!({ "cause": "it listed no dataset on the first look, and some on the second" }),
        ),
        (
            "more than half is gone since the last run",
            "catalogue/data-json-lost-half-since-the-last-run",
            "halved",
            json!({ "read": 2, "earlier": 5 }),
        ),
        (
            "exactly a thousand is where the files of one platform end",
            "catalogue/data-json-of-exactly-a-thousand",
            "capped",
            json!({ "read": 1000 }),
        ),
        (
            "a date that is null, and 311 as a number among the keywords",
            "catalogue/data-json-with-null-dates-and-a-number-for-a-keyword",
            "read",
            json!({ "difference": 0.0 }),
        ),
        (
            "a page is served where a table is promised",
            "format/page-sent-as-a-table",
            "other-than-declared",
            json!({ "kind": "html" }),
        ),
        ("robots.txt forbids the interface", "catalogue/ckan-robots-refuse-the-api", "unread", json!({})),
    ]
}

#[test]
fn what_real_portals_did_is_answered_rightly() {
    for (what, case, code, wanted) in cases() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/probes").join(case).join("findings.json");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{what}: {case}: {error}"));
        let findings: Vec<Value> = serde_json::from_str(&text).unwrap();
        let finding = findings.iter().find(|finding| finding["code"] == code);
        let finding = finding.unwrap_or_else(|| panic!("{what}: {case} has no {code}: {findings:#?}"));
        for (fact, value) in wanted.as_object().unwrap() {
            assert_eq!(&finding["facts"][fact], value, "{what}: {case}: {fact}");
        }
    }
}
