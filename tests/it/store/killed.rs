//! A process that is killed while it writes: the store opens, and every run that was reported kept is there whole.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use tickmark::criteria::verdict::Standing;
use tickmark::store::Store;

use super::{Postgres, keep, sqlite, wait};

/// How often it is killed, unless `TICKMARK_KILLS` says otherwise.
const KILLS: u64 = 12;
/// Where the child finds its store, and from which run on it writes.
const WRITES_TO: &str = "TICKMARK_TEST_WRITES_TO";
const FROM: &str = "TICKMARK_TEST_FROM";
/// What the child says of a run that is safe.
const KEPT: &str = "kept ";

/// Writes runs, and says so after each, until it is killed: only ever as a child of the tests below.
#[test]
fn writes_until_it_is_killed() {
    let (Ok(address), Ok(from)) = (std::env::var(WRITES_TO), std::env::var(FROM)) else { return };
    wait(async {
        let store = Store::open(&address).await.unwrap();
        for number in from.parse::<u64>().unwrap().. {
            keep(&store, &format!("run {number}"), "Example", 2, [Standing::Met, Standing::NotMet]).await;
            say(number);
        }
    });
}

#[expect(clippy::print_stdout, reason = "what the parent reads")]
fn say(number: u64) {
    println!("\n{KEPT}{number}");
}

fn loses_nothing(address: &str) {
    let kills = std::env::var("TICKMARK_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS);
    let mut next = 0;
    for kill in 0..kills {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "store::killed::writes_until_it_is_killed", "--nocapture"])
            .envs([(WRITES_TO, address), (FROM, &next.to_string())])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut kept = lines.filter_map(|line| line.strip_prefix(KEPT)?.parse::<u64>().ok());
        // Sooner or later each time, and at whatever it is doing then.
        let last = kept.nth(usize::try_from(1 + kill % 7).unwrap()).expect("it wrote");
        child.kill().unwrap();
        // What it had said before that counts too.
        let last = kept.last().unwrap_or(last);
        child.wait().unwrap();

        wait(async {
            let store = Store::open(address).await.unwrap();
            let city =
                store.run(&format!("run {last}")).await.unwrap().expect("the last run reported is there").city_id;
            let all = u64::try_from(store.how_many_runs(&city).await.unwrap()).unwrap();
            // One may have been written that it could not report any more.
            assert!(all == last + 1 || all == last + 2, "{all} runs after {last} was reported");
            let matrix = store.matrix(&city, 0, usize::try_from(all).unwrap()).await.unwrap();
            let whole = matrix.columns.len() == usize::try_from(all).unwrap()
                && matrix.lines.len() == 2
                && matrix.lines.iter().all(|line| line.cells.iter().all(Option::is_some));
            assert!(whole, "a run is not whole");
            next = all;
            store.close().await;
        });
    }
}

#[test]
fn a_kill_loses_nothing_of_sqlite() {
    let (_folder, address) = sqlite();
    loses_nothing(&address);
}

#[test]
fn a_kill_loses_nothing_of_postgresql() {
    let Some(server) = Postgres::start() else { return };
    loses_nothing(&server.address);
}
