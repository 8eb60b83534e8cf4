//! Ten weeks of one city: every change has its right cause, and a day's outage changes nothing.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json as made};
use tickmark::audit::diff::{Recorded, Run, diff};
use tickmark::audit::kept;
use tickmark::audit::reading::{Limits, Readers};
use tickmark::criteria::Scheme;
use tickmark::pack::Pack;

use super::program::{Ended, Place, flags};
use super::workbench::Workbench;
use super::workbench::api::{ask, get};
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

    /// What the report of a week says where it was made by an older program, which took the table for none.
    fn by_an_older_program(&self, folder: &str) {
        let pack = self.place.path(folder).join("pack.wacz");
        let mut report: Value = kept::report(&Pack::open(&pack).unwrap()).unwrap();
        report["tool"]["version"] = "0.0.9".into();
        report["verdicts"][0]["standing"] = "not-met".into();
        report["verdicts"][0]["clauses"][0]["standing"] = "not-met".into();
        Pack::amend(&pack, "report.json", report.to_string().as_bytes()).unwrap();
    }

    fn diff(&self, old: &str, new: &str, code: i32) -> Ended {
        self.place.run(&["diff", old, new]).with(code)
    }

    /// Each clause that changed, how, and by what causes; and whether that is to be believed.
    fn changes(&self, old: &str, new: &str) -> Vec<(String, String, Vec<String>, bool)> {
        let out = self.place.run(&["diff", old, new, "--format", "json"]).out;
        let told: Value = serde_json::from_str(&out).unwrap();
        let with = |told: &Value| {
            let (clause, moved, causes) = change(told);
            (clause, moved, causes, told["settled"].as_bool().unwrap())
        };
        all(&told["clauses"]).iter().map(with).collect()
    }
}

/// A clause that changed, as it is told in JSON.
fn change(told: &Value) -> Told {
    let text = |value: &Value| value.as_str().unwrap_or("not-asked").to_owned();
    let causes = all(&told["causes"]).iter().map(|cause| text(&cause["cause"])).collect();
    (text(&told["clause"]), format!("{} to {}", text(&told["was"]), text(&told["now"])), causes)
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

/// A clause that changed, how, and by what causes.
type Told = (String, String, Vec<String>);

fn serve(city: &City) -> Workbench {
    Workbench::with(&city.place, &["--config", "serve.toml"])
}

/// What somebody was told, in order, each message with its id.
type Messages = Arc<Mutex<Vec<(String, Value)>>>;

/// Somebody who is told what is settled.
fn told_to(city: &City) -> (Hostile, Messages) {
    let told: Messages = Arc::default();
    let kept = Arc::clone(&told);
    let receiver = Hostile::serving(move |call: &Call| {
        let id = call.headers.iter().find(|(name, _)| name == "webhook-id").unwrap().1.clone();
        let mut kept = kept.lock().unwrap();
        // As a receiver does: the process that sent it may have been killed before it could write that down.
        if kept.iter().all(|(known, _)| *known != id) {
            kept.push((id, serde_json::from_slice(&call.body).unwrap()));
        }
        whole("204 No Content", &[], b"")
    });
    city.place.write("key", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let channel = "name = 'team'\nformat = 'standard'\nsecret_file = 'key'";
    city.place.write("serve.toml", format!("[[notify]]\n{channel}\nwebhook = 'http://{}/'\n", receiver.addr));
    (receiver, told)
}

/// What is settled of the latest run, by a workbench that begins anew: each change with its causes; what is held, and since when.
fn settled(city: &City) -> (Vec<Told>, Vec<(String, String)>) {
    let workbench = serve(city);
    let latest = get(&workbench, "/api/cities")["items"][0]["latest"].clone();
    let path = format!("/api/runs/{}/settled", latest["run"]["id"].as_str().unwrap());
    // It is settled a moment after it is taken in.
    let settled = loop {
        let answer = ask(&workbench, "GET", &path, &[], "");
        if answer.status == 200 {
            break answer.body;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let changes = all(&settled["changes"]).iter().map(change).collect();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let held = all(&settled["held"]).iter().map(|held| (text(&held["clause"]), text(&held["on"]))).collect();
    (changes, held)
}

#[test]
fn ten_weeks_are_told_as_they_were_settled_and_an_outage_is_not() {
    let city = City::new();
    let one = ["trees"];
    let week = |day: &str, mood: u8, days: u32| city.week(day, mood, days, &one);
    let told = |clause: &str, moved: &str, cause: &str| {
        let (clause, moved, causes, _) = changed(clause, moved, &[cause], true);
        (clause, moved, causes)
    };
    let (_receiver, messages) = told_to(&city);
    let mut expected: Vec<Vec<Told>> = Vec::new();
    let mut settles = |changes: Vec<Told>, held: Vec<(String, String)>| {
        assert_eq!(settled(&city), (changes.clone(), held));
        expected.extend((!changes.is_empty()).then_some(changes));
    };
    let held = |on: &str| ["M.1", "M.2"].map(|clause| (clause.to_owned(), on.to_owned())).to_vec();
    for day in ["2026-11-02", "2026-11-09"] {
        city.by_an_older_program(&week(day, AS_USUAL, 90));
        settles(vec![], vec![]);
    }
    week("2026-11-16", AS_USUAL, 90);
    settles(vec![told("M.1", "not-met to met", "tool")], vec![]);
    week("2026-11-23", SCAN, 90);
    let lost = vec![told("M.1", "met to not-met", "site"), told("M.2", "met to needs-review", "site")];
    settles(lost, vec![]);
    week("2026-11-30", AS_USUAL, 90);
    let back = vec![told("M.1", "not-met to met", "site"), told("M.2", "needs-review to met", "site")];
    settles(back, vec![]);

    // One day's outage, of which the matrix keeps quiet.
    week("2026-12-07", OUTAGE, 90);
    settles(vec![], held("2026-11-30"));
    let workbench = serve(&city);
    let latest = get(&workbench, "/api/cities")["items"][0]["latest"].clone();
    assert_eq!((&latest["met"], &latest["needs_review"]), (&1.into(), &0.into()));
    let cell = made!({ "standing": "met", "changed": false, "last_seen": "2026-11-30" });
    let of_city = latest["run"]["city_id"].as_str().unwrap().to_owned();
    assert_eq!(get(&workbench, &format!("/api/cities/{of_city}/matrix"))["lines"][0]["cells"][0], cell);
    assert!(workbench.page(&format!("/cities/{of_city}")).contains("met, last seen on 2026-11-30"));
    let page = workbench.page(&format!("/runs/{}/criteria/own/M1", latest["run"]["id"].as_str().unwrap()));
    assert!(page.contains("It could not be looked at on 2026-12-07: it counts as it was last seen"), "{page}");
    drop(workbench);
    week("2026-12-14", AS_USUAL, 90);
    settles(vec![], vec![]);

    week("2026-12-21", AS_USUAL, 50);
    settles(vec![told("M.2", "met to not-met", "rule")], vec![]);
    week("2026-12-28", AS_USUAL, 90);
    settles(vec![told("M.2", "not-met to met", "rule")], vec![]);
    // Nobody has touched the table since October.
    week("2027-01-25", AS_USUAL, 90);
    settles(vec![told("M.2", "met to not-met", "date")], vec![]);

    // Out of sight on one day, twice, and on another.
    week("2027-02-01", OUTAGE, 90);
    settles(vec![], held("2027-01-25"));
    week("2027-02-01", OUTAGE, 90);
    settles(vec![], held("2027-01-25"));
    week("2027-02-08", OUTAGE, 90);
    let gone = vec![told("M.1", "met to needs-review", "network"), told("M.2", "not-met to needs-review", "network")];
    settles(gone, held("2027-01-25"));
    week("2027-02-15", OUTAGE, 90);
    settles(vec![], held("2027-01-25"));
    week("2027-02-22", AS_USUAL, 90);
    let again = vec![told("M.1", "needs-review to met", "network"), told("M.2", "needs-review to not-met", "network")];
    settles(again, vec![]);

    // Whoever is told heard of each of these once, and of nothing else; so did whoever reads the feed. What a process was
    // killed over comes later.
    let workbench = serve(&city);
    while all(&get(&workbench, "/api/notifications")["items"]).iter().any(|message| message["state"] != "sent") {
        std::thread::sleep(Duration::from_millis(20));
    }
    let changes = |(_, message): &(String, Value)| all(&message["data"]["changes"]).iter().map(change).collect();
    let mut messages = messages.lock().unwrap().clone();
    messages.sort_by_key(|(_, message)| message["data"]["as_of"].as_str().unwrap().to_owned());
    assert_eq!(messages.iter().map(changes).collect::<Vec<Vec<Told>>>(), expected);
    assert_eq!(get(&workbench, "/api/notifications")["total"], expected.len());
    let feed = workbench.page(&format!("/cities/{of_city}/changes.atom"));
    assert_eq!(feed.matches("<entry>").count(), expected.len());
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
