//! The store, the same on SQLite and on PostgreSQL.

mod access;
mod due;
mod first;
mod killed;
mod outbox;
pub(crate) mod postgres;
mod queue;
mod upgraded;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::date;
use sqlx::Connection as _;
use tempfile::TempDir;
use tickmark::criteria::decision::{Decided, SignOff};
use tickmark::criteria::verdict::{ClauseVerdict, Fix, Kind, Lead, Standing, Summary, Verdict};
use tickmark::store::{Agreement, Held, Keeps, LastSeen, Lying, NewRun, Settled, Store};

use postgres::Postgres;

/// Runs what is asynchronous.
fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(work)
}

/// The address of a SQLite store in a new folder.
fn sqlite() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    // What an address would take for something else is part of the file's name.
    let address = Store::in_file(&folder.path().join("runs & 50% ?.sqlite")).unwrap();
    (folder, address)
}

fn clause(id: &str, standing: Standing) -> ClauseVerdict {
    ClauseVerdict {
        id: id.to_owned(),
        kind: Kind::Requirement,
        standing,
        points: None,
        lead: Some(Lead::Weak),
        says: "It is said.".to_owned(),
        asks: None,
        reason: "It was seen.".to_owned(),
        advice: None,
        links: Vec::new(),
        findings: Vec::new(),
    }
}

fn verdict(code: &str, standing: Standing) -> Verdict {
    Verdict {
        code: code.to_owned(),
        title: format!("The {code} of it"),
        category: "Made up".to_owned(),
        standing,
        points: None,
        reason: "One of one is met.".to_owned(),
        clauses: vec![clause(&format!("{code}.1"), standing)],
    }
}

/// What came of two criteria that stand so.
fn verdicts(standings: [Standing; 2]) -> (Summary, Vec<Verdict>) {
    let counted = |which| standings.iter().filter(|standing| **standing == which).count();
    let summary = Summary {
        criteria: 2,
        met: counted(Standing::Met),
        not_met: counted(Standing::NotMet),
        needs_review: counted(Standing::NeedsReview),
        nothing_offered: counted(Standing::NothingOffered),
        points_sure: 1.5,
        points_possible: 2.0,
        levels: Vec::new(),
        level_sure: None,
        level_possible: None,
        score: None,
    };
    (summary, vec![verdict("B2", standings[0]), verdict("A1", standings[1])])
}

/// What is to be done about criteria that are not met: for each of two links the same, and one thing for all.
fn to_do(verdicts: &[Verdict]) -> Vec<Fix> {
    let open = verdicts.iter().filter(|verdict| verdict.standing == Standing::NotMet);
    let clauses: Vec<String> = open.map(|verdict| verdict.clauses[0].id.clone()).collect();
    let fix = |what: &str, link: Option<&str>, clauses: &[String]| Fix {
        what: what.to_owned(),
        link: link.map(str::to_owned),
        clauses: clauses.to_vec(),
        points: None,
        findings: Vec::new(),
    };
    let each = clauses.iter().map(|clause| fix("Mend it.", Some(clause), std::slice::from_ref(clause)));
    each.chain((!clauses.is_empty()).then(|| fix("Say so.", None, &clauses))).collect()
}

/// Keeps a run of `city` on a day of November, with two criteria that stand so.
async fn keep(store: &Store, id: &str, city: &str, day: i8, standings: [Standing; 2]) {
    let (standing, verdicts) = verdicts(standings);
    let first = to_do(&verdicts);
    let held = Held {
        scheme: "made-up",
        title: "Made up",
        edition: "e1",
        standing: &standing,
        verdicts: &verdicts,
        first: &first,
    };
    let begun: Timestamp = format!("2026-11-{day:02}T08:00:00Z").parse().unwrap();
    let run = NewRun {
        id,
        city,
        as_of: date(2026, 11, day),
        tool: "0.1.0",
        fetched: Some((begun, begun)),
        held: vec![held],
        lies: None,
    };
    store.keep(&run).await.unwrap();
}

/// What any store must do, from an empty one.
async fn holds_what_it_is_given(address: &str) {
    use Standing::{Met, NeedsReview, NotMet};
    let store = Store::open(address).await.unwrap();
    assert_eq!(store.how_many_cities().await.unwrap(), 0);
    keep(&store, "r2", "Ødby", 9, [Met, NotMet]).await;
    keep(&store, "r1", "Ødby", 2, [Met, NeedsReview]).await;
    keep(&store, "r3", "Ødby", 16, [NotMet, NotMet]).await;
    keep(&store, "q1", "Aville", 2, [Met, Met]).await;
    // Taken in again, it changes nothing.
    keep(&store, "r1", "Elsewhere", 30, [NotMet, NotMet]).await;
    store.close().await;

    let store = Store::open(address).await.unwrap();
    let cities = store.cities(0, 10).await.unwrap();
    let names: Vec<(&str, usize, &str)> =
        cities.iter().map(|city| (city.latest.run.city.as_str(), city.runs, city.latest.run.id.as_str())).collect();
    assert_eq!(names, [("Aville", 1, "q1"), ("Ødby", 3, "r3")]);
    assert_eq!(store.cities(1, 1).await.unwrap(), cities[1..]);
    for (words, found) in [("VILL", 1), ("Ød", 1), ("", 2), ("%", 0), ("_v", 0), ("!", 0), ("a\0v", 1), ("nowhere", 0)]
    {
        assert_eq!(store.cities_named(words, 0, 9).await.unwrap().len(), found, "{words:?}");
        assert_eq!(store.how_many_cities_named(words).await.unwrap(), found, "{words:?}");
    }
    store.look_at_tables().await.unwrap();
    assert_eq!((cities[0].latest.met, cities[0].latest.points_sure), (2, 1.5));
    assert_eq!(store.run("r1").await.unwrap().unwrap().city, "Ødby");
    assert_eq!(store.run("none").await.unwrap(), None);

    let city = &cities[1].latest.run.city_id;
    assert_eq!(store.how_many_runs(city).await.unwrap(), 3);
    let matrix = store.matrix(city, 0, 2).await.unwrap();
    assert_eq!(matrix.columns.iter().map(|column| column.run.id.as_str()).collect::<Vec<_>>(), ["r3", "r2"]);
    let told: Vec<_> = matrix
        .lines
        .iter()
        .map(|line| {
            let cells = line.cells.iter().flatten().map(|cell| (cell.standing, cell.changed));
            (line.code.as_str(), cells.collect::<Vec<_>>())
        })
        .collect();
    // In the scheme's order; the oldest shown is held against the one before it, which is not.
    let expected = [
        ("B2", vec![(NotMet, Some(true)), (Met, Some(false))]),
        ("A1", vec![(NotMet, Some(false)), (NotMet, Some(true))]),
    ];
    assert_eq!(told, expected);

    let lying = Lying { bytes: 7, modified: 1_793_000_000_000_000_000 };
    store.lies("/a/b/pack.wacz", lying, "r1").await.unwrap();
    store.lies("/ab/pack.wacz", lying, "r1").await.unwrap();
    store.lies("/a/b/pack.wacz", Lying { bytes: 8, ..lying }, "r2").await.unwrap();
    let within = store.packs("/a".as_ref()).await.unwrap();
    assert_eq!(within.into_iter().collect::<Vec<_>>(), [("/a/b/pack.wacz".into(), Lying { bytes: 8, ..lying })]);
    store.gone("/a/b/pack.wacz").await.unwrap();
    assert_eq!(store.packs_of("r1").await.unwrap(), ["/ab/pack.wacz".as_ref() as &std::path::Path]);
    assert!(store.packs_of("r2").await.unwrap().is_empty());
    store.close().await;
}

fn decided(clause: &str, found: Standing, decided: Standing) -> Decided {
    Decided {
        scheme: "made-up".to_owned(),
        clause: clause.to_owned(),
        found,
        decided,
        reason: "It is so.".to_owned(),
        reviewer: "Ada".to_owned(),
        at: Timestamp::UNIX_EPOCH,
        findings: vec!["f1".to_owned(), "f2".to_owned()],
    }
}

/// What any store must do with what people decide, from an empty one.
async fn only_adds_decisions(address: &str) {
    use Standing::{Met, NeedsReview, NotMet};
    let store = Store::open(address).await.unwrap();
    for run in ["r1", "r2", "r3"] {
        keep(&store, run, "Ødby", 2, [Met, NeedsReview]).await;
    }
    // Many at once come one after the other.
    let all = futures_util::future::join_all((0..12).map(|_| store.decide("r1", decided("B2.1", Met, Met), &["seen"])));
    for one in all.await {
        assert!(one.unwrap().is_some());
    }
    store.decide("r1", decided("B2.1", Met, NotMet), &["seen", "read"]).await.unwrap().unwrap();
    store.decide("r1", decided("A1.1", NeedsReview, Met), &["read"]).await.unwrap().unwrap();
    store.decide("r2", decided("B2.1", Met, Met), &["seen"]).await.unwrap().unwrap();
    assert!(store.decide("none", decided("B2.1", Met, Met), &[]).await.is_err());

    let agreement = store.agreement().await.unwrap();
    // Of fourteen decisions on one clause of one run the last counts.
    assert_eq!(agreement["seen"], Agreement { upheld: 1, overruled: 1, ..Agreement::default() });
    assert_eq!(agreement["read"], Agreement { overruled: 1, settled_met: 1, ..Agreement::default() });

    let signed = store.sign("r1", "Ada", Timestamp::UNIX_EPOCH).await.unwrap();
    assert_eq!((signed.decisions.len(), signed.problems()), (14, Vec::new()));
    assert_eq!(store.decide("r1", decided("B2.1", Met, Met), &[]).await.unwrap(), None);
    // Signed again, it stays as it was.
    let again = store.sign("r1", "Eve", "2026-11-02T00:00:00Z".parse().unwrap()).await.unwrap();
    assert_eq!(again, signed);
    assert_eq!(store.signed("r1").await.unwrap(), Some(signed));
    assert_eq!(store.signed("r2").await.unwrap(), None);

    // What was signed elsewhere is taken over where nothing is decided yet, and nowhere else.
    let elsewhere =
        SignOff::of("r3", vec![decided("A1.1", NeedsReview, NotMet).chained(1, "r3")], "Bob", Timestamp::UNIX_EPOCH);
    store.adopt(&elsewhere, &BTreeMap::from([("f1", "seen"), ("f2", "seen")])).await.unwrap();
    assert_eq!(store.signed("r3").await.unwrap(), Some(elsewhere));
    assert_eq!(store.agreement().await.unwrap()["seen"].settled_not_met, 1);
    let late = SignOff::of("r2", Vec::new(), "Bob", Timestamp::UNIX_EPOCH);
    store.adopt(&late, &BTreeMap::new()).await.unwrap();
    assert_eq!((store.signed("r2").await.unwrap(), store.decisions("r2").await.unwrap().len()), (None, 1));
    store.close().await;

    // Nor does anything else that opens the database change them.
    let mut database = sqlx::AnyConnection::connect(address).await.unwrap();
    for change in [
        "UPDATE decisions SET decided = 'met'",
        "DELETE FROM decisions WHERE number = 14",
        "UPDATE signatures SET reviewer = 'Eve'",
        "DELETE FROM signatures",
        "INSERT INTO decisions SELECT run, 99, scheme, clause, found, decided, reviewer, at, whole, sha256 FROM decisions \
         WHERE run = 'r1' AND number = 1",
    ] {
        assert!(sqlx::query(change).execute(&mut database).await.is_err(), "{change}");
    }
}

/// What is held as it was last seen, the figures that follow, and what of it may be dropped.
async fn settles_each_run_once(address: &str) {
    use Standing::{Met, NeedsReview};
    let store = Store::open(address).await.unwrap();
    let now: Timestamp = "2026-11-23T08:00:00Z".parse().unwrap();
    for (id, day, first) in [("r1", 2, Met), ("r2", 9, NeedsReview), ("r3", 16, NeedsReview)] {
        keep(&store, id, "Ødby", day, [first, Met]).await;
        store.lies(&format!("/{id}/pack.wacz"), Lying { bytes: 1, modified: 1 }, id).await.unwrap();
    }
    let city = store.cities_to_settle().await.unwrap().remove(0);
    let waiting = store.to_settle(&city, 2).await.unwrap();
    assert!(!waiting.known, "none of its runs was settled before");
    assert_eq!(waiting.runs.iter().map(|run| run.id.as_str()).collect::<Vec<_>>(), ["r2", "r3"]);
    assert_eq!(store.settled("r1").await.unwrap(), Some(Settled::default()), "taken as it stands");

    let seen = LastSeen {
        scheme: "made-up".to_owned(),
        code: "B2".to_owned(),
        criterion: Met,
        found: NeedsReview,
        clause: "B2.1".to_owned(),
        standing: Some(Met),
        lead: None,
        run: "r1".to_owned(),
        on: date(2026, 11, 2),
        since: date(2026, 11, 9),
        out_of_sight: false,
    };
    let held = Settled { held: vec![seen.clone()], changes: vec![] };
    assert!(store.settle(&waiting.runs[0], &held, &[], now).await.unwrap());
    assert!(
        !store.settle(&waiting.runs[0], &Settled::default(), &[], now).await.unwrap(),
        "it stays as it was settled"
    );
    let column = &store.history(&city, 1, 1).await.unwrap()[0];
    assert_eq!((column.met, column.needs_review, column.last_seen.len()), (2, 0, 1), "it counts as it was last seen");
    let cells = &store.matrix(&city, 1, 1).await.unwrap().lines[0].cells;
    assert_eq!(cells[0].map(|cell| (cell.standing, cell.last_seen)), Some((Met, Some(date(2026, 11, 2)))));

    let gone = Settled { held: vec![LastSeen { out_of_sight: true, ..seen }], changes: vec![] };
    let waiting = store.to_settle(&city, 2).await.unwrap();
    assert!(waiting.known && waiting.runs.len() == 1);
    assert!(store.settle(&waiting.runs[0], &gone, &[], now).await.unwrap());
    let column = &store.history(&city, 0, 1).await.unwrap()[0];
    assert_eq!((column.met, column.needs_review), (1, 1), "a second look failed: it stands as the run has it");
    let keeps = Keeps { runs: Some(1), days: None };
    let droppable = store.droppable(&city, keeps, date(2026, 11, 23)).await.unwrap();
    assert_eq!(droppable, ["r2"], "what it is compared with once it is seen again stays");
    assert!(store.cities_to_settle().await.unwrap().is_empty());
    // One that comes late is no news.
    keep(&store, "r0", "Ødby", 1, [NeedsReview, Met]).await;
    assert!(store.to_settle(&city, 2).await.unwrap().runs.is_empty());
    assert_eq!(store.settled("r0").await.unwrap(), Some(Settled::default()));
}

#[test]
fn sqlite_settles_each_run_once() {
    let (_folder, address) = sqlite();
    wait(settles_each_run_once(&address));
}

#[test]
fn postgresql_settles_each_run_once() {
    let Some(server) = Postgres::start() else { return };
    wait(settles_each_run_once(&server.address));
}

#[test]
fn sqlite_only_adds_decisions() {
    let (_folder, address) = sqlite();
    wait(only_adds_decisions(&address));
}

#[test]
fn postgresql_only_adds_decisions() {
    let Some(server) = Postgres::start() else { return };
    wait(only_adds_decisions(&server.address));
}

#[test]
fn sqlite_holds_what_it_is_given() {
    let (_folder, address) = sqlite();
    wait(holds_what_it_is_given(&address));
}

#[test]
fn postgresql_holds_what_it_is_given() {
    let Some(server) = Postgres::start() else { return };
    wait(holds_what_it_is_given(&server.address));
}

#[test]
fn an_address_that_is_no_store_is_refused_with_what_one_is() {
    for address in ["runs.sqlite", "mysql://localhost/runs", ""] {
        let problem = wait(Store::open(address)).unwrap_err().to_string();
        assert!(problem.contains("sqlite://PATH or postgres://"), "{problem}");
    }
}
