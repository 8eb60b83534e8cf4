//! Who publishes the feed and who runs the vehicles.

use serde_json::json;

use crate::gtfs::cells::{NO_INT, language};
use crate::gtfs::feed::Feed;
use crate::gtfs::files::Files;
use crate::gtfs::notices::Notices;
use crate::gtfs::strings::{EMPTY, NONE};

/// A feed of many languages.
const MANY: &str = "mul";

pub(super) fn check(feed: &Feed, notices: &mut Notices) {
    feed_info(feed, notices);
    agencies(feed, notices);
    ids(feed, notices);
    attributions(feed, notices);
}

fn feed_info(feed: &Feed, notices: &mut Notices) {
    let info = feed.table("feed_info.txt");
    for row in info.good() {
        let line = info.line(row);
        let blank = |name: &str| feed.text(info.ids(name)[row]).trim().is_empty();
        if blank("feed_contact_email") && blank("feed_contact_url") {
            notices.add("missing_feed_contact_email_and_url", || json!({ "csvRowNumber": line }));
        }
        let [start, end] = ["feed_start_date", "feed_end_date"].map(|name| info.ints(name)[row] != NO_INT);
        if start != end {
            let lacks = if start { "feed_end_date" } else { "feed_start_date" };
            notices.add("missing_feed_info_date", || json!({ "csvRowNumber": line, "fieldName": lacks }));
        }
    }
}

fn agencies(feed: &Feed, notices: &mut Notices) {
    let (agencies, info) = (feed.table("agency.txt"), feed.table("feed_info.txt"));
    let languages = agencies.ids("agency_lang");
    let said = |id: u32| !matches!(id, NONE | EMPTY);
    let zones = agencies.ids("agency_timezone");
    let mut first = None;
    let mut language_of_first = None;
    for row in agencies.good() {
        let line = agencies.line(row);
        let zone = *first.get_or_insert(zones[row]);
        if zones[row] != zone {
            notices.add(
                "inconsistent_agency_timezone",
                || json!({ "csvRowNumber": line, "expected": feed.text(zone), "actual": feed.text(zones[row]) }),
            );
        }
        if said(languages[row]) {
            let expected = *language_of_first.get_or_insert(languages[row]);
            if languages[row] != expected {
                notices.add("inconsistent_agency_lang", || {
                    json!({ "csvRowNumber": line, "expected": language::primary(feed.text(expected)), "actual": language::primary(feed.text(languages[row])) })
                });
            }
        }
    }
    let Some(language) = info.good().next().map(|row| info.ids("feed_lang")[row]) else { return };
    if !said(language) || feed.text(language) == MANY {
        return;
    }
    for row in agencies.good().filter(|row| said(languages[*row]) && languages[*row] != language) {
        let text = |column: &str| feed.text(agencies.ids(column)[row]);
        notices.add("feed_info_lang_and_agency_lang_mismatch", || {
            json!({ "csvRowNumber": agencies.line(row), "agencyId": text("agency_id"), "agencyName": text("agency_name"), "agencyLang": text("agency_lang"), "feedLang": feed.text(language) })
        });
    }
}

/// Where there are several agencies, what belongs to one says to which.
fn ids(feed: &Feed, notices: &mut Notices) {
    let agencies = feed.table("agency.txt");
    let count = agencies.count();
    let mut lacks = |file: &'static str, line: u32, name: Option<&str>| {
        let needs = Files::of(&["agency.txt", file]);
        if count > 1 {
            notices.add_in(needs, "missing_required_agency_id", || match name {
                Some(name) => json!({ "filename": file, "csvRowNumber": line, "agencyName": name }),
                None => json!({ "filename": file, "csvRowNumber": line }),
            });
        } else if count == 1 {
            notices.add_in(
                needs,
                "missing_recommended_field",
                || json!({ "filename": file, "csvRowNumber": line, "fieldName": "agency_id" }),
            );
        }
    };
    for row in agencies.good().filter(|row| agencies.ids("agency_id")[*row] == NONE) {
        lacks("agency.txt", agencies.line(row), Some(feed.text(agencies.ids("agency_name")[row])));
    }
    for file in ["routes.txt", "fare_attributes.txt"] {
        let table = feed.table(file);
        for row in table.good().filter(|row| table.ids("agency_id")[*row] == NONE) {
            lacks(file, table.line(row), None);
        }
    }
}

fn attributions(feed: &Feed, notices: &mut Notices) {
    let table = feed.table("attributions.txt");
    let roles = ["is_producer", "is_operator", "is_authority"];
    if !roles.iter().any(|role| table.has(role)) {
        return;
    }
    for row in table.good().filter(|row| roles.iter().all(|role| table.ints(role)[*row] != 1)) {
        notices.add(
            "attribution_without_role",
            || json!({ "csvRowNumber": table.line(row), "attributionId": feed.text(table.ids("attribution_id")[row]) }),
        );
    }
}
