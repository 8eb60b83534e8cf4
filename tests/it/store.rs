//! The store, the same on SQLite and on PostgreSQL.

mod killed;
mod postgres;

use jiff::Timestamp;
use jiff::civil::date;
use tempfile::TempDir;
use tickmark::criteria::verdict::{ClauseVerdict, Kind, Lead, Standing, Summary, Verdict};
use tickmark::store::{Held, Lying, NewRun, Store};

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

/// Keeps a run of `city` on a day of November, with two criteria that stand so.
async fn keep(store: &Store, id: &str, city: &str, day: i8, standings: [Standing; 2]) {
    let (standing, verdicts) = verdicts(standings);
    let held = Held { scheme: "made-up", title: "Made up", edition: "e1", standing: &standing, verdicts: &verdicts };
    let begun: Timestamp = format!("2026-11-{day:02}T08:00:00Z").parse().unwrap();
    let run =
        NewRun { id, city, as_of: date(2026, 11, day), tool: "0.1.0", fetched: Some((begun, begun)), held: vec![held] };
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
