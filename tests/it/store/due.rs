//! What is due is begun once, by one at a time, and goes on where its process ended; what a decision rests on is kept.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use tickmark::criteria::verdict::Standing;
use tickmark::schedule::Schedule;
use tickmark::store::{CityLease, Keeps, Outcome, State, Store, Timing};
use tickmark::submission::{Link, Submission};

use super::{Postgres, decided, keep, sqlite, wait};

fn time(written: &str) -> Timestamp {
    written.parse().unwrap()
}

fn lease(holder: &str) -> CityLease {
    CityLease { holder: holder.to_owned(), holds: SignedDuration::from_secs(60) }
}

/// A city that is audited every minute.
async fn watch(store: &Store, city: &str, since: Timestamp) -> String {
    let link = Link::to_the_web("https://data.example.gov/").unwrap();
    let (scheme, also, allow_private) = ("made-up".to_owned(), Vec::new(), Vec::new());
    let submission = Submission { city: city.to_owned(), date: None, scheme, also, allow_private, links: vec![link] };
    let id = store.submit(&submission, None, since).await.unwrap();
    let schedule = Some(Schedule::read("* * * * *", "UTC", 0).unwrap());
    store.time(&id, &Timing { schedule, keeps: Keeps::default() }, since).await.unwrap();
    id
}

async fn is_begun_once(address: &str) {
    let store = Store::open(address).await.unwrap();
    let now = time("2026-11-02T06:00:00Z");
    let city = watch(&store, "Ødby", now).await;
    let (day, minute) = (date(2026, 11, 2), SignedDuration::from_mins(1));
    assert!(store.fall_due(&city, now, day, true).await.unwrap());
    assert!(!store.fall_due(&city, now, day, true).await.unwrap(), "it is due once");
    assert!(!store.fall_due(&city, now + minute, day, false).await.unwrap(), "one waits already");
    assert!(!store.fall_due("nobody", now, day, false).await.unwrap());
    assert_eq!(store.last_due(&city).await.unwrap(), Some(now));

    // Of many who would begin it at once, one does.
    let names: Vec<CityLease> = (0..12).map(|name| lease(&name.to_string())).collect();
    let all = futures_util::future::join_all(names.iter().map(|lease| store.begin(&city, lease, now))).await;
    let begun: Vec<usize> = (0..12).filter(|at| all[*at].as_ref().unwrap().is_some()).collect();
    assert_eq!(begun.len(), 1, "{begun:?}");
    let first = &names[begun[0]];
    let audit = store.audit(&city, now).await.unwrap().unwrap();
    assert_eq!((audit.state, audit.attempts), (State::Begun, 1));

    // Another is due meanwhile, and waits as long as the lease is renewed.
    assert!(store.fall_due(&city, now + minute, day, true).await.unwrap());
    assert!(store.renew(&city, first, now + minute).await.unwrap());
    let other = lease("other");
    assert_eq!(store.begin(&city, &other, now + minute).await.unwrap(), None);
    // The first is killed: what it began goes on, and it has no say any more.
    let taken_over = store.begin(&city, &other, now + minute * 2).await.unwrap().unwrap();
    assert_eq!((taken_over.due, taken_over.attempts), (now, 2));
    assert!(!store.renew(&city, first, now + minute * 2).await.unwrap());
    let done = Outcome::Run("r1".to_owned());
    assert!(!store.end(&audit, first, &done, now + minute * 2).await.unwrap());
    assert!(store.end(&audit, &other, &done, now + minute * 2).await.unwrap());
    assert_eq!(store.to_audit().await.unwrap(), [city.as_str()]);

    let next = store.begin(&city, &other, now + minute * 2).await.unwrap().unwrap();
    assert_eq!(next.due, now + minute);
    let nothing = Outcome::Problem("no such host".to_owned());
    assert!(store.end(&next, &other, &nothing, now + minute * 2).await.unwrap());
    assert_eq!(store.begin(&city, &other, now + minute * 3).await.unwrap(), None);
    let (audits, all) = store.audits(&city, 0, 10).await.unwrap();
    let told: Vec<_> =
        audits.iter().map(|audit| (audit.state, audit.run.as_deref(), audit.problem.as_deref())).collect();
    assert_eq!(told, [(State::Failed, None, Some("no such host")), (State::Done, Some("r1"), None)]);
    assert_eq!(all, 2);

    // One that ends its process every time is given up.
    assert!(store.fall_due(&city, now + minute * 9, day, true).await.unwrap());
    for attempt in 0..5 {
        let again = store.begin(&city, &other, now + minute * (10 + 2 * attempt)).await.unwrap().unwrap();
        assert_eq!(i32::try_from(again.attempts).unwrap(), attempt + 1);
    }
    assert_eq!(store.begin(&city, &other, now + minute * 30).await.unwrap(), None);
    assert_eq!(store.audit(&city, now + minute * 9).await.unwrap().unwrap().state, State::Failed);
    store.close().await;
}

async fn keeps_what_decisions_rest_on(address: &str) {
    let store = Store::open(address).await.unwrap();
    for (run, day) in [("r1", 2), ("r2", 9), ("r3", 16), ("r4", 23)] {
        keep(&store, run, "Ødby", day, [Standing::Met; 2]).await;
    }
    store.decide("r2", decided("B2.1", Standing::Met, Standing::Met), &[]).await.unwrap().unwrap();
    let city = store.run("r1").await.unwrap().unwrap().city_id;
    let droppable = async |runs, days, today: &str| {
        let dropped = store.droppable(&city, Keeps { runs, days }, today.parse().unwrap()).await.unwrap();
        dropped.join(" ")
    };
    let today = "2026-11-23";
    assert_eq!(droppable(None, None, today).await, "");
    assert_eq!(droppable(Some(1), None, today).await, "r3 r1");
    assert_eq!(droppable(Some(3), None, today).await, "r1");
    assert_eq!(droppable(None, Some(10), today).await, "r1");
    assert_eq!(droppable(Some(2), Some(3), "2027-11-23").await, "r3 r1", "the latest stays");
    store.close().await;
}

#[test]
fn sqlite_begins_once_what_is_due() {
    let (_folder, address) = sqlite();
    wait(is_begun_once(&address));
}

#[test]
fn postgresql_begins_once_what_is_due() {
    let Some(server) = Postgres::start() else { return };
    wait(is_begun_once(&server.address));
}

#[test]
fn sqlite_keeps_what_decisions_rest_on() {
    let (_folder, address) = sqlite();
    wait(keeps_what_decisions_rest_on(&address));
}

#[test]
fn postgresql_keeps_what_decisions_rest_on() {
    let Some(server) = Postgres::start() else { return };
    wait(keeps_what_decisions_rest_on(&server.address));
}

/// How often it is killed, unless `TICKMARK_KILLS` says otherwise.
const KILLS: i32 = 12;
/// Where the child finds its store, and in which minute it is.
const AUDITS_FROM: &str = "TICKMARK_TEST_AUDITS_FROM";
const MINUTE: &str = "TICKMARK_TEST_MINUTE";

/// Audits a city minute by minute, and says what it begins and ends, until it is killed: only ever as a child of the tests below.
#[test]
fn audits_until_it_is_killed() {
    let (Ok(address), Ok(minute)) = (std::env::var(AUDITS_FROM), std::env::var(MINUTE)) else { return };
    wait(async {
        let store = Store::open(&address).await.unwrap();
        // Held for no time at all: who comes next need not wait.
        let lease = CityLease { holder: minute.clone(), holds: SignedDuration::ZERO };
        let city = probes::capture::short_hash("Example".as_bytes());
        for minute in minute.parse::<i32>().unwrap().. {
            let now = time("2026-11-02T06:00:30Z") + SignedDuration::from_mins(1) * minute;
            let watched = store.watched(&city).await.unwrap().unwrap();
            let after = store.last_due(&city).await.unwrap().unwrap_or(watched.since);
            if let Some(due) = watched.timing.schedule.unwrap().last(&city, after, now) {
                store.fall_due(&city, due, date(2026, 11, 2), true).await.unwrap();
            }
            while let Some(audit) = store.begin(&city, &lease, now).await.unwrap() {
                say("begun", audit.due);
                keep(&store, &audit.due.to_string(), "Example", 2, [Standing::Met; 2]).await;
                let done = Outcome::Run(audit.due.to_string());
                assert!(store.end(&audit, &lease, &done, now).await.unwrap());
                say("ended", audit.due);
            }
        }
    });
}

#[expect(clippy::print_stdout, reason = "what the parent reads")]
fn say(what: &str, due: Timestamp) {
    println!("\n{what} {due}");
}

fn nothing_is_audited_twice(address: &str) {
    let kills = std::env::var("TICKMARK_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS);
    let since = time("2026-11-02T06:00:00Z");
    let city = wait(async {
        let store = Store::open(address).await.unwrap();
        let city = watch(&store, "Example", since).await;
        store.close().await;
        city
    });
    let (mut ended, mut minute) = (BTreeSet::new(), 1);
    for kill in 0..kills {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "store::due::audits_until_it_is_killed", "--nocapture"])
            .envs([(AUDITS_FROM, address), (MINUTE, &minute.to_string())])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut said = 0;
        let mut through = false;
        for line in lines {
            let Some((what @ ("begun" | "ended"), due)) = line.split_once(' ') else { continue };
            assert!(!ended.contains(due), "{due} is {what} again");
            if what == "ended" {
                ended.insert(due.to_owned());
            }
            said += 1;
            // Sooner or later each time; what it said before that is read to the end.
            if said > 1 + kill % 9 && !through {
                child.kill().unwrap();
                through = true;
            }
        }
        child.wait().unwrap();
        // The next one comes three minutes late: of those, one is made up.
        minute = i32::try_from(ended.len()).unwrap() + 4 * (kill + 1);
    }
    wait(async {
        let store = Store::open(address).await.unwrap();
        let (audits, all) = store.audits(&city, 0, 100_000).await.unwrap();
        for due in &ended {
            let audit = audits.iter().find(|audit| audit.due.to_string() == *due).unwrap();
            assert_eq!((audit.state, audit.run.as_ref()), (State::Done, Some(due)));
        }
        let runs = store.how_many_runs(&city).await.unwrap();
        assert!(runs == all || runs + 1 == all, "{runs} runs of {all} audits");
        store.close().await;
    });
}

#[test]
fn kills_make_sqlite_audit_nothing_twice() {
    let (_folder, address) = sqlite();
    nothing_is_audited_twice(&address);
}

#[test]
fn kills_make_postgresql_audit_nothing_twice() {
    let Some(server) = Postgres::start() else { return };
    nothing_is_audited_twice(&server.address);
}
