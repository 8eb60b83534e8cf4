//! Week after week of a city that hardly changes takes hardly more than one pack; each pack comes out whole.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::json;

use super::super::{POLICY, all, code, note};
use super::api::{get, post};
use super::audits::{POLICY_AT, beside, open, through};
use super::review::{download, field};
use super::{PAGE, Workbench};
use crate::hostile::{Call, Hostile, Piece, whole};

/// The tables that are always the same; one more is new each week.
pub(super) const TABLES: u32 = 6;

/// A table of figures.
fn table(seed: u32) -> Vec<u8> {
    let row = |n: u32| format!("{},{}\n", n, (n ^ (seed << 16)).wrapping_mul(2_654_435_761) >> 8);
    (0..6_000).flat_map(|n| row(n).into_bytes()).collect()
}

/// A server that is asked for everything anew each week: it gives out no validators, and another date.
pub(super) fn answer(week: u32, call: &Call) -> (Vec<Piece>, bool) {
    let number = call.path.strip_prefix("/table-").and_then(|rest| rest.strip_suffix(".csv")?.parse().ok());
    let date = format!("date: Mon, 02 Nov 2026 12:{:02}:00 GMT", week % 60);
    let fields = |kind| [kind, date.as_str()].map(str::to_owned);
    let (status, fields, body) = match (number, call.path.as_str()) {
        (Some(TABLES), _) => ("200 OK", fields("content-type: text/csv"), table(1000 + week)),
        (Some(number), _) => ("200 OK", fields("content-type: text/csv"), table(number)),
        (None, "/policy") => ("200 OK", fields("content-type: text/html"), PAGE.as_bytes().to_vec()),
        (None, _) => ("404 Not Found", fields("content-type: text/html"), b"not here".to_vec()),
    };
    whole(status, &fields.each_ref().map(String::as_str), &body)
}

/// What the files in a folder take, in bytes.
pub(super) fn bytes(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().map(Result::unwrap);
    entries
        .map(|entry| if entry.path().is_dir() { bytes(&entry.path()) } else { entry.metadata().unwrap().len() })
        .sum()
}

/// The id of the city, which is added with these tables.
pub(super) fn added(workbench: &Workbench, tables: impl IntoIterator<Item = u32>) -> String {
    let tables = tables.into_iter().map(|number| json!({ "url": format!("http://a.example.gov/table-{number}.csv") }));
    let links: Vec<_> = tables.chain([json!({ "url": POLICY_AT, "criterion": code(POLICY) })]).collect();
    let added = post(workbench, "/api/cities", &json!({ "city": "Example", "links": links }));
    added.body["id"].as_str().unwrap().to_owned()
}

pub(super) fn audited(workbench: &Workbench, city: &str, week: u32) -> String {
    let day = jiff::civil::date(2026, 11, 2).saturating_add(jiff::Span::new().days(7 * i64::from(week)));
    let asked = post(workbench, &format!("/api/cities/{city}/audits"), &json!({ "as_of": day.to_string() }));
    let audit = through(workbench, city, asked.body["due"].as_str().unwrap());
    assert_eq!(audit["state"], "done", "{audit}");
    audit["run"].as_str().unwrap().to_owned()
}

/// Decides a clause of a run, and signs it off.
pub(super) fn signed_off(workbench: &Workbench, run: &str) {
    let at = format!("/runs/{run}/criteria/what-works-cities/{}", code(POLICY));
    let criterion = workbench.page(&at);
    let stated = format!(
        "token={}&clause={}&standing=met&reason=So.&reviewer=Ada",
        field(&criterion, "token"),
        field(&criterion, "clause")
    );
    assert!(workbench.post(&at, &[], &stated).starts_with("HTTP/1.1 303"));
    assert_eq!(post(workbench, &format!("/api/runs/{run}/sign-off"), &json!({ "reviewer": "Ada" })).status, 200);
}

/// Has so many packs of a city kept, beside those that a decision rests on.
pub(super) fn keeps(workbench: &Workbench, city: &str, runs: u32) {
    let schedule = json!({ "keep_runs": runs }).to_string();
    let fields = [("content-type", "application/json")];
    let set = super::api::ask(workbench, "PUT", &format!("/api/cities/{city}/schedule"), &fields, &schedule);
    assert!(set.status < 300, "{}", set.body);
}

#[test]
fn weeks_without_changes_take_little_and_every_pack_is_whole() {
    // As many as are asked for, to measure.
    let weeks: u32 = std::env::var("TICKMARK_WEEKS").ok().and_then(|weeks| weeks.parse().ok()).unwrap_or(4);
    let week = Arc::new(AtomicU32::new(0));
    let now = week.clone();
    let city = Hostile::serving(move |call: &Call| answer(now.load(Ordering::Relaxed), call));
    let (place, flags) = beside(&city);
    let workbench = open(&place, &flags);
    let id = added(&workbench, 0..=TABLES);

    let taken = || bytes(&place.path("cities")) + bytes(&place.path("pieces"));
    let (mut runs, mut whole, mut first) = (Vec::new(), 0, 0);
    for n in 0..weeks {
        week.store(n, Ordering::Relaxed);
        runs.push(audited(&workbench, &id, n));
        let pack = download(&workbench, runs.last().unwrap(), &place, "pack.wacz");
        whole += std::fs::metadata(place.path(&pack)).unwrap().len();
        if n == 0 {
            first = taken();
        }
    }
    let more = (taken() - first) / u64::from(weeks - 1);
    note(&format!("{weeks} packs of {} bytes: {} on disk, {more} for each after the first", whole, taken()));
    // Its own table, and what was found.
    assert!(more * 2 < whole / u64::from(weeks), "{more} of {}", whole / u64::from(weeks));

    // What was taken apart verifies alone, is diffed and shown, and is signed off.
    let run = runs[1].clone();
    let pack = download(&workbench, &run, &place, "apart.wacz");
    place.run(&["verify", &pack]).with(0);
    assert!(all(&get(&workbench, &format!("/api/runs/{run}/changes"))["clauses"]).is_empty());
    signed_off(&workbench, &run);
    let verified = |name: &str| {
        let pack = download(&workbench, &run, &place, name);
        place.run(&["verify", &pack]).with(0).out.contains("signed off with 1 decisions, which hold")
    };
    assert!(verified("signed.wacz"));

    // The next audit takes it apart again, and retention drops what no pack needs; the signed one is kept.
    keeps(&workbench, &id, 1);
    week.store(weeks, Ordering::Relaxed);
    let last = audited(&workbench, &id, weeks);
    let settled = || std::fs::read_dir(place.path(&format!("cities/{id}/runs"))).unwrap().count() == 2;
    while !settled() {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let folders =
        std::fs::read_dir(place.path(&format!("cities/{id}/runs"))).unwrap().map(|entry| entry.unwrap().path());
    assert!(folders.into_iter().all(|folder| folder.join("pack.parts").exists() && !folder.join("pack.wacz").exists()));
    assert!(verified("signed-and-apart.wacz"));
    let swept = (0..100).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        taken() < first + 3 * more
    });
    assert!(swept, "{} for two packs, {first} for the first", taken());
    let pack = download(&workbench, &last, &place, "last.wacz");
    place.run(&["verify", &pack]).with(0);
}
