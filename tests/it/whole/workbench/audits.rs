//! A city is added, audited live with progress, scheduled and audited again, from the workbench itself.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::Connection as _;
use tickmark::schedule::Schedule;
use tickmark::store::{Keeps, Store, Timing};
use tickmark::submission::{Link, Submission};

use super::super::program::Place;
use super::super::{POLICY, all, code};
use super::api::{get, post};
use super::review::{download, field};
use super::{PAGE, Workbench, linked, policy_of};
use crate::hostile::{Call, Hostile};

pub(super) const POLICY_AT: &str = "http://a.example.gov/policy";

/// A place whose workbench audits this city.
pub(super) fn beside(city: &Hostile) -> (Place, Vec<String>) {
    let place = Place::new();
    let mut flags = place.leading_to(city);
    flags.extend(["--pace", "0.02", "--no-render"].map(str::to_owned));
    (place, flags)
}

pub(super) fn open(place: &Place, flags: &[String]) -> Workbench {
    Workbench::with(place, &flags.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Waits for an audit to end, and returns it.
pub(super) fn through(workbench: &Workbench, city: &str, due: &str) -> Value {
    loop {
        let seen = get(workbench, &format!("/api/cities/{city}/audits/{due}"));
        if matches!(seen["audit"]["state"].as_str(), Some("done" | "failed")) {
            return seen["audit"].clone();
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[test]
fn a_program_adds_a_city_and_audits_it_again() {
    let city = Hostile::serving(|call: &Call| policy_of(PAGE, call));
    let (place, flags) = beside(&city);
    let workbench = open(&place, &flags);
    let link = json!({ "url": POLICY_AT, "criterion": code(POLICY) });
    let added = post(&workbench, "/api/cities", &json!({ "city": "Example", "links": [link] }));
    assert_eq!(added.status, 201, "{}", added.body);
    let id = text(&added.body["id"]).to_owned();
    let of_city = format!("/api/cities/{id}");
    for (refused, status) in [
        (json!({ "city": "Example" }), 409),
        (json!({ "city": " " }), 422),
        (json!({ "city": "Other", "scheme": "../elsewhere" }), 422),
        (json!({ "city": "Other", "links": [{ "url": "file:///etc/passwd" }] }), 422),
        (json!({ "city": "Other", "links": [{ "url": POLICY_AT, "criterion": "none" }] }), 422),
        (json!({ "city": "Other", "allow_private": ["*"] }), 422),
    ] {
        assert_eq!(post(&workbench, "/api/cities", &refused).status, status, "{refused}");
    }

    let asked = post(&workbench, &format!("{of_city}/audits"), &json!({ "as_of": "2026-11-02" }));
    assert_eq!(asked.status, 202, "{}", asked.body);
    let first = through(&workbench, &id, text(&asked.body["due"]));
    assert_eq!(
        (&first["state"], &first["as_of"], &first["attempts"]),
        (&json!("done"), &json!("2026-11-02"), &json!(1))
    );
    assert_eq!(all(&get(&workbench, &format!("{of_city}/matrix"))["lines"]).len(), 45);

    // From the matrix to the words of a quote.
    let run = text(&first["run"]).to_owned();
    let criterion = get(&workbench, &format!("/api/runs/{run}/criteria/what-works-cities/{}", code(POLICY)));
    let clauses = all(&criterion["verdict"]["clauses"]);
    let clause = clauses.iter().find(|clause| !all(&clause["findings"]).is_empty()).unwrap();
    let finding = get(&workbench, &format!("/api/runs/{run}/findings/{}", text(&clause["findings"][0])));
    assert!(finding["evidence"][0]["quote"].is_string(), "{finding}");
    // Overridden with a reason, and signed off.
    let stated = json!({ "standing": "nothing-offered", "reason": "It is another city's.", "reviewer": "Ada" });
    let decision = json!({ "scheme": "what-works-cities", "clause": clause["id"], "stated": stated });
    assert_eq!(post(&workbench, &format!("/api/runs/{run}/decisions"), &decision).status, 201);
    assert_eq!(post(&workbench, &format!("/api/runs/{run}/sign-off"), &json!({ "reviewer": "Ada" })).status, 200);
    let pack = download(&workbench, &run, &place, "downloaded.wacz");
    let told = place.run(&["verify", &pack]).with(0);
    assert!(told.out.contains("signed off with 1 decisions, which hold"), "{}", told.out);

    // Again, with one link more: what has not changed is not sent again.
    let more = json!({ "url": "http://a.example.gov/none", "note": "To come." });
    assert_eq!(post(&workbench, &format!("{of_city}/links"), &more).status, 201);
    assert_eq!(post(&workbench, &format!("{of_city}/links"), &more).status, 409);
    assert_eq!(all(&get(&workbench, &format!("{of_city}/submission"))["links"]).len(), 2);
    let asked = post(&workbench, &format!("{of_city}/audits"), &json!({ "as_of": "2026-11-09" }));
    let second = through(&workbench, &id, text(&asked.body["due"]));
    assert_ne!(first["run"], second["run"]);
    let changes = get(&workbench, &format!("/api/runs/{}/changes", text(&second["run"])));
    assert!(changes["clauses"].is_array(), "{changes}");
    assert_eq!(get(&workbench, &format!("{of_city}/audits"))["total"], 2);
    assert_eq!(get(&workbench, &format!("{of_city}/runs"))["total"], 2);
}

#[test]
fn a_person_adds_a_city_audits_it_and_gives_it_a_schedule() {
    let city = Hostile::serving(|call: &Call| policy_of(PAGE, call));
    let (place, flags) = beside(&city);
    let workbench = open(&place, &flags);
    let token = field(&workbench.page("/"), "token").to_owned();
    let form = format!("city=%3Cb%3EExample&links={}+{POLICY_AT}&token=", code(POLICY));
    assert!(workbench.post("/cities", &[], &form).starts_with("HTTP/1.1 403"));
    let answer = workbench.post("/cities", &[], &(form + &token));
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    let path = format!("/cities/{}", linked(&workbench.page("/"), "/cities/"));
    let page = workbench.page(&path);
    assert!(page.contains("Not audited yet") && page.contains("&lt;b&gt;Example") && !page.contains("<b>Ex"), "{page}");
    let token = field(&page, "token").to_owned();

    let form =
        format!("token={token}&cron=0+6+*+*+mon&time_zone=America%2FNew_York&jitter_minutes=&keep_runs=52&keep_days=");
    assert!(workbench.post(&format!("{path}/schedule"), &[], &form).starts_with("HTTP/1.1 303"));
    let wrong = form.replace("mon", "someday");
    let refused = workbench.post(&format!("{path}/schedule"), &[], &wrong);
    assert!(refused.starts_with("HTTP/1.1 422") && refused.contains("sun to sat"), "{refused}");
    let page = workbench.page(&path);
    assert!(page.contains("0 6 * * mon</code>, America&#x2f;New_York: next"), "{page}");

    let answer = workbench.post(&format!("{path}/audits"), &[], &format!("token={token}"));
    let audit = answer.lines().find_map(|line| line.strip_prefix("location: ")).unwrap().trim().to_owned();
    // What is told as it goes ends when the audit does.
    let told = workbench.page(&format!("{audit}/events"));
    assert!(told.contains("text/event-stream") && told.contains("\"fetched\":"), "{told}");
    assert!(told.rsplit("data: ").next().unwrap().contains("\"state\":\"done\""), "{told}");
    let page = workbench.page(&audit);
    assert!(page.contains("What changed, and why") && !page.contains("live.js"), "{page}");
    let page = workbench.page(&path);
    assert!(page.contains("asked for") && page.contains("Every criterion, run by run"), "{page}");
}

#[test]
fn what_was_missed_is_made_up_once() {
    let city = Hostile::serving(|call: &Call| policy_of(PAGE, call));
    let (place, flags) = beside(&city);
    let long_ago = Timestamp::now() - jiff::SignedDuration::from_hours(24 * 1000);
    let address = Store::in_file(&place.path("tickmark.sqlite")).unwrap();
    let id = wait(async {
        let store = Store::open(&address).await.unwrap();
        let link = Link { criterion: Some(code(POLICY)), ..Link::to_the_web(POLICY_AT).unwrap() };
        let (scheme, also, allow_private) = ("what-works-cities".to_owned(), Vec::new(), Vec::new());
        let submission =
            Submission { city: "Example".to_owned(), date: None, scheme, also, allow_private, links: vec![link] };
        let id = store.submit(&submission, None, long_ago).await.unwrap();
        // Two or three were missed.
        let schedule = Some(Schedule::read("0 6 1 1 *", "UTC", 0).unwrap());
        store.time(&id, &Timing { schedule, keeps: Keeps::default() }, long_ago).await.unwrap();
        store.close().await;
        id
    });
    for _ in 0..2 {
        let workbench = open(&place, &flags);
        let asked = post(&workbench, &format!("/api/cities/{id}/audits"), &json!({}));
        assert_eq!(asked.status, 202, "{}", asked.body);
        loop {
            let audits = get(&workbench, &format!("/api/cities/{id}/audits"));
            if all(&audits["items"]).iter().all(|audit| audit["state"] == "done") {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    let workbench = open(&place, &flags);
    let audits = get(&workbench, &format!("/api/cities/{id}/audits"));
    let scheduled = all(&audits["items"]).iter().filter(|audit| audit["scheduled"] == true).count();
    assert_eq!(scheduled, 1, "{audits:#}");
}

#[test]
fn an_audit_goes_on_where_its_process_was_killed() {
    // The city stands still until it is asked a second time.
    let asked = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
    let count = asked.clone();
    let city = Hostile::serving(move |call: &Call| {
        if call.path == "/policy" && count.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 0 {
            std::thread::sleep(Duration::from_secs(4));
        }
        policy_of(PAGE, call)
    });
    let (place, flags) = beside(&city);
    let workbench = open(&place, &flags);
    let link = json!({ "url": POLICY_AT, "criterion": code(POLICY) });
    let added = post(&workbench, "/api/cities", &json!({ "city": "Example", "links": [link] }));
    let id = text(&added.body["id"]).to_owned();
    let begun = post(&workbench, &format!("/api/cities/{id}/audits"), &json!({}));
    let due = text(&begun.body["due"]).to_owned();
    while asked.load(std::sync::atomic::Ordering::Relaxed) == 0 {
        std::thread::sleep(Duration::from_millis(20));
    }
    // Dropped, it is killed; its lease runs out.
    drop(workbench);
    wait(async {
        sqlx::any::install_default_drivers();
        let address = Store::in_file(&place.path("tickmark.sqlite")).unwrap();
        let mut database = sqlx::AnyConnection::connect(&address).await.unwrap();
        let held = sqlx::query("UPDATE leases SET until = 0").execute(&mut database).await.unwrap();
        assert_eq!(held.rows_affected(), 1, "the city was held");
    });
    let workbench = open(&place, &flags);
    let audit = through(&workbench, &id, &due);
    assert_eq!((&audit["state"], &audit["attempts"]), (&json!("done"), &json!(2)), "{audit}");
    assert_eq!(get(&workbench, &format!("/api/cities/{id}/runs"))["total"], 1);
    assert_eq!(get(&workbench, &format!("/api/cities/{id}/audits"))["total"], 1);
}

#[test]
fn a_file_says_which_cities_are_audited_and_how_long_packs_are_kept() {
    let city = Hostile::serving(|call: &Call| policy_of(PAGE, call));
    let (place, mut flags) = beside(&city);
    place.write("example.csv", format!("url,criterion\n{POLICY_AT},{}\n", code(POLICY)));
    place.write("handed-in.txt", "It is the policy of the City that all data is open.");
    place.write("other.csv", "url\nhanded-in.txt\n");
    place.write(
        "audits.toml",
        "audits_at_once = 1\n[[cities]]\nsubmission = 'example.csv'\nschedule = '0 6 1 1 *'\nkeep_runs = 1\n\
         [[cities]]\nsubmission = 'other.csv'\n",
    );
    flags.extend(["--config", "audits.toml"].map(str::to_owned));
    let workbench = open(&place, &flags);
    let id = |name: &str| probes::capture::short_hash(name.as_bytes());
    let of_city = format!("/api/cities/{}", id("example"));
    let schedule = get(&workbench, &format!("{of_city}/schedule"));
    assert_eq!((&schedule["cron"], &schedule["keep_runs"]), (&json!("0 6 1 1 *"), &json!(1)));
    for day in ["2026-11-02", "2026-11-09", "2026-11-16"] {
        let asked = post(&workbench, &format!("{of_city}/audits"), &json!({ "as_of": day }));
        assert_eq!(through(&workbench, &id("example"), text(&asked.body["due"]))["state"], "done");
    }
    assert_eq!(get(&workbench, &format!("{of_city}/runs"))["total"], 3, "how the runs stood stays known");
    let kept = || std::fs::read_dir(place.path(&format!("cities/{}/runs", id("example")))).unwrap().count();
    // The audit has ended before what it makes superfluous is dropped.
    let dropped = (0..200).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        kept() == 1
    });
    assert!(dropped, "{} packs are kept", kept());
    let asked = post(&workbench, &format!("/api/cities/{}/audits", id("other")), &json!({}));
    let audit = through(&workbench, &id("other"), text(&asked.body["due"]));
    assert_eq!(audit["state"], "done", "a file that was handed in is found beside its submission: {audit}");

    place.write("audits.toml", "[[cities]]\nsubmission = 'example.csv'\nschedule = 'sometimes'\n");
    let refused = place.run(&["serve", ".", "--port", "0", "--config", "audits.toml"]).with(2);
    assert!(refused.error.contains("write five"), "{}", refused.error);
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(work)
}
