//! Ten weeks of one city: every change has its right cause, and a day's outage changes nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use serde_json::Value;
use tickmark::audit::diff::{Recorded, Run, diff};
use tickmark::audit::reading::{Limits, Readers};
use tickmark::criteria::Scheme;
use tickmark::pack::Pack;

use super::program::{Ended, Place, flags};
use super::{all, json};
use crate::hostile::{Call, Hostile, Piece, whole};

const SCHEME: &str = "id = 'own'\ntitle = 'Own'\nedition = '1'\nabout = ''\nsource = ''\npoints_per_criterion = 1\norder = ['M1']\ncategories = [{ code = 'M', title = 'M' }]\nlost = [{ probe = 'link_state', finding = 'gone' }]\nunseen = [{ probe = 'link_state', finding = 'server-error' }]\n";

/// Two clauses: a table that programs can read, and one that is at most so many days old.
fn criterion(days: u32) -> String {
    format!(
        "code = 'M1'\ntitle = 'A table'\ncategory = 'M'\nneeds = 'all'\n\
         [[clauses]]\nid = 'M.1'\nkind = 'requirement'\nsays = 'It is a table.'\nlinks = 'every'\n\
         shown_by = [{{ probe = 'machine_readable', finding = 'readable' }}]\nadvice = {{ not_met = 'Offer a table.' }}\n\
         [[clauses]]\nid = 'M.2'\nkind = 'requirement'\nsays = 'It is new.'\n\
         shown_by = [{{ probe = 'fresh', finding = 'dated', where = {{ age_days = {{ at-most = {days} }} }} }}]\nadvice = {{ not_met = 'Update it.' }}\n"
    )
}

const TABLE: &[u8] = b"day,trees\n2026-10-18,11\n2026-10-19,12\n2026-10-20,14\n";
const PICTURES: &[u8] = b"%PDF-1.4\n%%EOF\n";

/// What the city serves: its table, a scan in its place, or nothing.
const AS_USUAL: u8 = 0;
const SCAN: u8 = 1;
const OUTAGE: u8 = 2;

fn answer(mood: u8, call: &Call) -> (Vec<Piece>, bool) {
    match (mood, call.path.as_str()) {
        (_, "/robots.txt") => whole("404 Not Found", &[], b""),
        (OUTAGE, _) => whole("500 Internal Server Error", &["content-type: text/plain"], b"out of order"),
        (AS_USUAL, "/trees") => whole("200 OK", &["content-type: text/csv"], TABLE),
        (_, "/trees" | "/scan") => whole("200 OK", &["content-type: application/pdf"], PICTURES),
        _ => whole("404 Not Found", &[], b"no such page"),
    }
}

struct City {
    place: Place,
    servers: Hostile,
    mood: Arc<AtomicU8>,
    weeks: AtomicU8,
}

impl City {
    fn new() -> Self {
        let mood = Arc::new(AtomicU8::new(AS_USUAL));
        let now = mood.clone();
        let servers = Hostile::serving(move |call| answer(now.load(Ordering::Relaxed), call));
        let place = Place::new();
        std::fs::create_dir(place.path("own")).unwrap();
        place.write("own/scheme.toml", SCHEME);
        Self { place, servers, mood, weeks: AtomicU8::new(0) }
    }

    /// The audit of a week, under a rule on how old data may be, of these links.
    fn week(&self, day: &str, mood: u8, days: u32, links: &[&str]) -> String {
        self.mood.store(mood, Ordering::Relaxed);
        self.place.write("own/m1.toml", criterion(days));
        let mut submission = "city = 'Exampleton'\nscheme = 'own'\n".to_owned();
        for link in links {
            submission.extend(["[[links]]\nurl = 'http://data.example.gov/", link, "'\ncriterion = 'M1'\n"]);
        }
        self.place.write("s.toml", submission);
        let folder = format!("week-{}", self.weeks.fetch_add(1, Ordering::Relaxed));
        let more = self.place.leading_to(&self.servers);
        let args = ["audit", "s.toml", "--as-of", day, "--out", &folder, "--pace", "0.01", "--most-wait", "0.2"];
        self.place.run(&flags(&args, &more)).with(0);
        folder
    }

    fn diff(&self, old: &str, new: &str, code: i32) -> Ended {
        self.place.run(&["diff", old, new]).with(code)
    }

    /// Each clause that changed, how, and by what causes; and whether that is to be believed.
    fn changes(&self, old: &str, new: &str) -> Vec<(String, String, Vec<String>, bool)> {
        let out = self.place.run(&["diff", old, new, "--format", "json"]).out;
        let told: Value = serde_json::from_str(&out).unwrap();
        let text = |value: &Value| value.as_str().unwrap_or("not-asked").to_owned();
        let change = |change: &Value| {
            let causes = all(&change["causes"]).iter().map(|cause| text(&cause["cause"])).collect();
            let moved = format!("{} to {}", text(&change["was"]), text(&change["now"]));
            (text(&change["clause"]), moved, causes, change["settled"].as_bool().unwrap())
        };
        all(&told["clauses"]).iter().map(change).collect()
    }
}

fn changed(clause: &str, moved: &str, causes: &[&str], settled: bool) -> (String, String, Vec<String>, bool) {
    (clause.to_owned(), moved.to_owned(), causes.iter().map(|cause| (*cause).to_owned()).collect(), settled)
}

#[test]
fn every_change_of_ten_weeks_has_its_cause() {
    let city = City::new();
    let one = ["trees"];
    let first = city.week("2026-11-02", AS_USUAL, 60, &one);
    let second = city.week("2026-11-09", AS_USUAL, 60, &one);
    assert_eq!(city.changes(&first, &second), []);
    city.diff(&first, &second, 0);

    let scan = city.week("2026-11-16", SCAN, 60, &one);
    let lost =
        [changed("M.1", "met to not-met", &["site"], true), changed("M.2", "met to needs-review", &["site"], true)];
    assert_eq!(city.changes(&second, &scan), lost);
    let said = city.diff(&second, &scan, 1).out;
    assert!(said.contains("site: ") && said.contains("http://data.example.gov/trees: 200 "), "{said}");
    let back = city.week("2026-11-23", AS_USUAL, 60, &one);
    assert_eq!(city.changes(&second, &back), []);

    let outage = city.week("2026-11-30", OUTAGE, 60, &one);
    let out_of_sight = ["M.1", "M.2"].map(|clause| changed(clause, "met to needs-review", &["network"], false));
    assert_eq!(city.changes(&back, &outage), out_of_sight);
    let said = city.diff(&back, &outage, 0).out;
    assert!(said.contains("last seen met on 2026-11-23"), "{said}");
    let seen_again = city.week("2026-12-07", AS_USUAL, 60, &one);
    assert_eq!(city.changes(&back, &seen_again), []);

    let stricter = city.week("2026-12-07", AS_USUAL, 30, &one);
    assert_eq!(city.changes(&seen_again, &stricter), [changed("M.2", "met to not-met", &["rule"], true)]);
    let drifted = city.week("2026-12-28", AS_USUAL, 60, &one);
    assert_eq!(city.changes(&seen_again, &drifted), [changed("M.2", "met to not-met", &["date"], true)]);
    let more = city.week("2026-12-07", AS_USUAL, 60, &["trees", "scan"]);
    assert_eq!(city.changes(&seen_again, &more), [changed("M.1", "met to not-met", &["submission"], true)]);
}

#[test]
fn what_another_version_made_of_the_same_bytes_is_named() {
    let city = City::new();
    let folders = ["2026-11-02", "2026-11-09"].map(|day| city.week(day, AS_USUAL, 60, &["trees"]));
    let packs = folders.each_ref().map(|folder| Pack::open(&city.place.path(folder).join("pack.wacz")).unwrap());
    let reports = folders.each_ref().map(|folder| json(&city.place.path(folder).join("report.json")));
    // An older program took the table for none, and knew a fact that no probe tells any more.
    let mut older = reports[0].clone();
    older["tool"]["version"] = "0.0.9".into();
    older["verdicts"][0]["clauses"][0]["standing"] = "not-met".into();
    older["findings"][0]["facts"]["forgotten"] = 1.into();
    let recorded = [&older, &reports[1]].map(|report| serde_json::from_value::<Recorded>(report.clone()).unwrap());
    let specs: Vec<_> = probes::ALL.iter().map(|probe| probe.spec()).collect();
    let schemes = [Scheme::load(city.place.path("own").to_str().unwrap(), &specs).unwrap()];
    let limits = Limits { wall: Duration::from_mins(5), ..Limits::default() };
    let readers = Readers { program: env!("CARGO_BIN_EXE_tickmark").into(), limits, told: None };
    let [old, new] = [0, 1].map(|at| Run { pack: &packs[at], recorded: &recorded[at], schemes: &schemes });
    let difference = serde_json::to_value(diff(old, new, probes::ALL, &readers).unwrap()).unwrap();
    assert_eq!(all(&difference["clauses"]).len(), 1, "{difference:#}");
    let change = &difference["clauses"][0];
    assert_eq!((&change["clause"], &change["settled"]), (&"M.1".into(), &true.into()));
    assert_eq!(
        change["causes"],
        serde_json::json!([{ "cause": "tool", "was": "0.0.9", "now": env!("CARGO_PKG_VERSION") }])
    );
}

#[test]
fn runs_of_two_cities_are_not_compared() {
    let city = City::new();
    let one = city.week("2026-11-02", AS_USUAL, 60, &["trees"]);
    let harborview = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/cities/harborview/pack.wacz");
    let ended = city.place.run(&["diff", &one, harborview]).with(2);
    assert!(ended.error.contains("two cities"), "{}", ended.error);
}
