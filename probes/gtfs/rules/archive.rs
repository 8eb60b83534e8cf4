//! Which files there are.

use serde_json::json;

use crate::gtfs::feed::Feed;
use crate::gtfs::files::{Files, GEOJSON};
use crate::gtfs::notices::Notices;
use crate::gtfs::schema::SCHEMAS;

/// Holds the names of an archive's files against those of the standard.
pub(crate) fn check(names: &[String], empty: &[String], notices: &mut Notices) {
    let known = |name: &str| name == GEOJSON || SCHEMAS.iter().any(|schema| schema.file == name);
    let nested = |name: &&String| name.rsplit_once('/').is_some_and(|(_, file)| known(file) && file != GEOJSON);
    if names.iter().any(|name| nested(&name)) {
        notices.add("invalid_input_files_in_subfolder", || json!({}));
    }
    let mut present: Vec<String> = Vec::new();
    for name in names.iter().filter(|name| !name.contains('/') && !name.trim().is_empty() && *name != ".DS_Store") {
        let lower = name.to_lowercase();
        if known(&lower) && !present.contains(&lower) {
            present.push(lower);
        } else {
            notices.add("unknown_file", || json!({ "filename": name }));
        }
    }
    let has = |name: &str| present.iter().any(|present| present == name);
    let mut required: Vec<&str> = SCHEMAS.iter().filter(|schema| schema.required).map(|schema| schema.file).collect();
    if !has(GEOJSON) {
        required.push("stops.txt");
    }
    if has("translations.txt") {
        required.push("feed_info.txt");
    } else if !has("feed_info.txt") {
        notices.add_in(Files::NONE, "missing_recommended_file", || json!({ "filename": "feed_info.txt" }));
    }
    for name in required.into_iter().filter(|name| !has(name)) {
        notices.add("missing_required_file", || json!({ "filename": name }));
    }
    if !has("calendar.txt") && !has("calendar_dates.txt") {
        notices.add("missing_calendar_and_calendar_date_files", || json!({}));
    }
    for name in empty {
        notices.add("empty_file", || json!({ "filename": name }));
    }
}

/// Shapes are recommended where riders are not taken from door to door.
pub(crate) fn check_shapes(feed: &Feed, notices: &mut Notices) {
    let calls = &feed.calls;
    let fixed = feed.table("location_groups.txt").count() > 0 && calls.named.group_only;
    if feed.shapes.all.is_empty() && !calls.named.zone_only && !fixed {
        notices.add_in(Files::ALL, "missing_recommended_file", || json!({ "filename": "shapes.txt" }));
    }
}
