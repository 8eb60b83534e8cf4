//! The queue of cities and the turns at hosts: each lease counts once, and a host is nobody's or one worker's.

use std::time::{Duration, Instant};

use tickmark::store::{Lease, QueuedCity, QueuedSurvey, Store, Taken, Tally};

use super::{Postgres, sqlite, wait};
use crate::whole::note;

/// Long enough for a worker to be alive through a test.
const LONG: Duration = Duration::from_mins(10);

fn survey(id: &str) -> QueuedSurvey {
    let text = |text: &str| text.to_owned();
    QueuedSurvey {
        id: text(id),
        build: text("b1"),
        plan: text("{}"),
        criteria: text("[]"),
        packs: text("file:///packs/"),
    }
}

fn city(city: &str, place: usize) -> QueuedCity {
    QueuedCity { city: city.to_owned(), place, submission: "{}".to_owned() }
}

/// The next city of a survey for a worker that is alive.
async fn next(store: &Store, worker: &str, survey: &str) -> Option<Lease> {
    store.alive(worker, LONG).await.unwrap();
    store.lease(worker, "b1", Some(survey)).await.unwrap()
}

/// The next city, which there will be: one that a dead worker holds is given out after a while.
async fn later(store: &Store, worker: &str, survey: &str) -> (String, i64, Lease) {
    loop {
        if let Some(lease) = next(store, worker, survey).await {
            break (lease.city.clone(), lease.number, lease);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What any queue must do, from an empty one.
async fn gives_each_city_to_one_worker(address: &str) {
    let store = Store::open(address).await.unwrap();
    store.enqueue(&survey("s"), &[city("b", 0), city("a", 1)]).await.unwrap();
    // Put there again, it stays as it is.
    store.enqueue(&survey("s"), &[city("d", 0)]).await.unwrap();
    assert_eq!(store.queued("s").await.unwrap(), Some(survey("s")));
    assert_eq!(store.lease("w", "another build", None).await.unwrap(), None);
    assert_eq!(next(&store, "w", "another survey").await, None);

    // A worker that is taken for dead loses what it has, and what it says of it then does not count.
    let (name, number, first) = later(&store, "w1", "s").await;
    assert_eq!((name.as_str(), number), ("b", 1));
    store.alive("w1", Duration::ZERO).await.unwrap();
    let (_, _, failing) = later(&store, "w2", "s").await;
    let (name, number, taken_over) = later(&store, "w2", "s").await;
    assert_eq!((failing.city.as_str(), name.as_str(), number), ("a", "b", 2));
    assert!(!store.audited(&first, "w1", "x").await.unwrap());
    assert!(!store.unaudited(&first, "w1", "late").await.unwrap());
    // Said twice, since the first answer may have been lost, it is so once.
    for _ in 0..2 {
        assert!(store.audited(&taken_over, "w2", "hash").await.unwrap());
    }
    assert!(!store.unaudited(&taken_over, "w2", "late").await.unwrap());
    // What fails is not tried again at once, and after some times not at all.
    assert!(store.unaudited(&failing, "w2", "the disk is full").await.unwrap());
    assert_eq!(next(&store, "w2", "s").await, None);
    for _ in 0..2 {
        let (_, _, again) = later(&store, "w2", "s").await;
        assert!(store.unaudited(&again, "w2", "the disk is full still").await.unwrap());
    }
    let tally = Tally { waiting: 0, leased: 0, audited: 1, parked: 1, stopped: false };
    assert_eq!(store.tally("s").await.unwrap(), tally);
    let ended: Vec<_> =
        store.ended("s").await.unwrap().into_iter().map(|one| (one.city, one.number, one.outcome)).collect();
    let parked = ("a".to_owned(), 3, Err("the disk is full still".to_owned()));
    assert_eq!(ended, [parked, ("b".to_owned(), 2, Ok("hash".to_owned()))]);

    // One that kills its workers is parked too.
    store.enqueue(&survey("deadly"), &[city("c", 0)]).await.unwrap();
    for number in 1..=3 {
        let worker = format!("victim {number}");
        assert_eq!(later(&store, &worker, "deadly").await.1, number);
        store.alive(&worker, Duration::ZERO).await.unwrap();
    }
    while store.tally("deadly").await.unwrap().parked == 0 {
        assert_eq!(next(&store, "w", "deadly").await, None);
    }
    let ended = store.ended("deadly").await.unwrap();
    assert!(ended[0].outcome.as_ref().is_err_and(|why| why.contains("every worker")), "{ended:?}");

    // Stopped, nothing is begun; put there again, what was parked is tried again.
    assert!(store.stop("deadly").await.unwrap() && !store.stop("none").await.unwrap());
    assert_eq!((next(&store, "w", "deadly").await, store.to_do("b1").await.unwrap()), (None, 0));
    store.enqueue(&survey("deadly"), &[]).await.unwrap();
    assert_eq!(next(&store, "w", "deadly").await.unwrap().number, 4);

    // Many at once: each city once.
    let many: Vec<QueuedCity> = (0..40).map(|number| city(&format!("m{number:02}"), 7)).collect();
    store.enqueue(&survey("many"), &many).await.unwrap();
    let take = async |worker: usize| {
        let (worker, mut taken) = (format!("many {worker}"), Vec::new());
        while let Some(lease) = next(&store, &worker, "many").await {
            assert!(store.audited(&lease, &worker, "hash").await.unwrap());
            taken.push(lease.city);
        }
        taken
    };
    let mut taken = futures_util::future::join_all((0..6).map(take)).await.concat();
    taken.sort();
    assert_eq!(taken, many.into_iter().map(|city| city.city).collect::<Vec<_>>());
    store.close().await;
}

/// What turns at hosts must be in any store, from an empty one.
async fn keeps_every_hosts_pace(address: &str) {
    const PAUSE: Duration = Duration::from_millis(60);
    // The store's clock tells milliseconds, and is another than the one that is looked at here.
    const ROUNDED: Duration = Duration::from_millis(2);
    let store = Store::open(address).await.unwrap();
    for worker in ["w1", "w2", "w3"] {
        store.alive(worker, LONG).await.unwrap();
    }
    let taken = async |worker: &str| loop {
        match store.take("h", worker, PAUSE).await.unwrap() {
            Taken::Yes => break Instant::now(),
            Taken::After(rest) => tokio::time::sleep(rest.unwrap_or(Duration::from_millis(1))).await,
        }
    };
    taken("w1").await;
    assert_eq!(store.take("h", "w2", PAUSE).await.unwrap(), Taken::After(None));
    // Another has nothing to let go of.
    store.leave("h", "w2", PAUSE).await.unwrap();
    assert_eq!(store.take("h", "w2", PAUSE).await.unwrap(), Taken::After(None));
    let left = Instant::now();
    store.leave("h", "w1", PAUSE).await.unwrap();
    assert!(taken("w2").await - left + ROUNDED >= PAUSE);

    // What a dead worker held is free after the pause that it would have kept.
    let died = Instant::now();
    store.alive("w2", Duration::ZERO).await.unwrap();
    assert!(taken("w3").await - died + ROUNDED >= PAUSE);

    // A pause that the host asked for holds for all, and so does what its robots.txt wants, whoever read it.
    store.slow_down("h", PAUSE * 3).await.unwrap();
    store.slow_down("h", PAUSE * 2).await.unwrap();
    let left = Instant::now();
    store.leave("h", "w3", PAUSE).await.unwrap();
    assert!(taken("w1").await - left + ROUNDED >= PAUSE * 3);
    let left = Instant::now();
    store.leave("h", "w1", PAUSE * 5).await.unwrap();
    assert!(taken("w3").await - left + ROUNDED >= PAUSE * 5);

    // Many at once are one at a time, each after its pause.
    let spans = std::sync::Mutex::new(Vec::new());
    let visit = async |visitor: usize| {
        let worker = format!("v{visitor}");
        store.alive(&worker, LONG).await.unwrap();
        for _ in 0..3 {
            while store.take("i", &worker, PAUSE).await.unwrap() != Taken::Yes {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            let began = Instant::now();
            tokio::time::sleep(Duration::from_millis(3)).await;
            spans.lock().unwrap().push((began, Instant::now()));
            store.leave("i", &worker, PAUSE).await.unwrap();
        }
    };
    futures_util::future::join_all((0..4).map(visit)).await;
    let mut spans = spans.into_inner().unwrap();
    spans.sort();
    assert_eq!(spans.len(), 12);
    assert!(spans.windows(2).all(|pair| pair[1].0 + ROUNDED >= pair[0].1 + PAUSE), "{spans:?}");
    store.close().await;
}

#[test]
fn sqlite_gives_each_city_to_one_worker() {
    let (_folder, address) = sqlite();
    wait(gives_each_city_to_one_worker(&address));
}

#[test]
fn postgresql_gives_each_city_to_one_worker() {
    let Some(server) = Postgres::start() else { return };
    wait(gives_each_city_to_one_worker(&server.address));
}

#[test]
fn sqlite_keeps_every_hosts_pace() {
    let (_folder, address) = sqlite();
    wait(keeps_every_hosts_pace(&address));
}

#[test]
fn postgresql_keeps_every_hosts_pace() {
    let Some(server) = Postgres::start() else { return };
    wait(keeps_every_hosts_pace(&server.address));
}

#[test]
#[ignore = "measures: cargo test --release --test it how_much_a_store -- --ignored --nocapture"]
fn how_much_a_store_gives_out_in_a_second() {
    const EACH: usize = 500;
    let Some(server) = Postgres::start() else { return };
    wait(async {
        let store = Store::open(&server.address).await.unwrap();
        let many: Vec<QueuedCity> = (0..8 * EACH).map(|number| city(&format!("m{number}"), number)).collect();
        store.enqueue(&survey("many"), &many).await.unwrap();
        let began = Instant::now();
        let lease = async |worker: usize| {
            let worker = format!("w{worker}");
            store.alive(&worker, LONG).await.unwrap();
            while let Some(lease) = store.lease(&worker, "b1", None).await.unwrap() {
                store.audited(&lease, &worker, "hash").await.unwrap();
            }
        };
        futures_util::future::join_all((0..8).map(lease)).await;
        let leases = many.len() as f64 / began.elapsed().as_secs_f64();
        let began = Instant::now();
        let turns = async |worker: usize| {
            let (worker, host) = (format!("w{worker}"), format!("h{worker}"));
            for _ in 0..EACH {
                while store.take(&host, &worker, Duration::ZERO).await.unwrap() != Taken::Yes {}
                store.leave(&host, &worker, Duration::ZERO).await.unwrap();
            }
        };
        futures_util::future::join_all((0..8).map(turns)).await;
        let turns = (8 * EACH) as f64 / began.elapsed().as_secs_f64();
        note(&format!("cities leased and ended: {leases:.0} a second; turns at hosts: {turns:.0} a second"));
        store.close().await;
    });
}
