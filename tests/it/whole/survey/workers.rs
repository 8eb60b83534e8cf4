//! A survey that several workers carry out over one store: the same tables as from one process, no city lost with a worker
//! that is killed, and every host's pace kept, whichever worker asks.

use std::fs::{self, File};
use std::process::{Child, Stdio};
use std::time::Duration;

use super::super::program::{Ended, Place, ended, flags};
#[cfg(feature = "s3")]
use super::super::storage::Storage;
use super::{CITIES, country, note, place, tables};
use crate::store::postgres::Postgres;
use tickmark::store::Store;

/// Longer than what a busy machine may delay a request's way by, so that each gap between two counts.
const APART: &str = "0.15";

/// Who carries a survey out, and how.
#[derive(Clone, Copy, Default)]
pub(in crate::whole) struct Crew<'a> {
    /// The store's address.
    pub(in crate::whole) store: &'a str,
    pub(in crate::whole) workers: usize,
    /// As soon as so many cities are sealed, the next of the workers is killed.
    pub(in crate::whole) kills: &'a [usize],
    /// Where packs go, if not into the survey's folder.
    pub(in crate::whole) packs: Option<&'a str>,
    pub(in crate::whole) environment: &'a [(&'a str, &'a str)],
}

/// How a survey by workers went.
pub(in crate::whole) struct Carried {
    pub(in crate::whole) ended: Ended,
    /// How many cities each worker audited.
    pub(in crate::whole) shares: Vec<usize>,
}

/// Has a crew carry out the survey that `args` speak of.
pub(in crate::whole) fn carried_out(place: &Place, args: &[String], crew: Crew<'_>) -> Carried {
    let Crew { store, workers, kills, .. } = crew;
    let planned = || place.path("survey/queue.json").exists();
    let sealed = || {
        let cities = fs::read_dir(place.path("survey/cities")).into_iter().flatten().flatten();
        let files = cities.flat_map(|city| fs::read_dir(city.path()).into_iter().flatten().flatten());
        files.filter(|file| file.file_name().to_string_lossy().ends_with(".wacz")).count()
    };
    // From there on they say how to crawl.
    let crawl = args.iter().position(|arg| arg == "--no-render").unwrap();
    let log = |worker: usize| place.path(&format!("worker-{worker}.log"));
    let work = |worker: usize| -> Child {
        let own = flags(&["worker", "--store", store, "--drain", "--lease", "2"], &args[crawl..]);
        let mut command = place.command(&own);
        command.envs(crew.environment.iter().copied()).stdout(Stdio::null());
        command.stderr(File::create(log(worker)).unwrap()).spawn().unwrap()
    };
    std::thread::scope(|scope| {
        let survey = scope.spawn(|| {
            let own = ["--at-once", "0", "--store", store].into_iter();
            let own = own.chain(crew.packs.into_iter().flat_map(|packs| ["--packs", packs]));
            let all: Vec<&str> = args.iter().map(String::as_str).chain(own).collect();
            let mut command = place.command(&all);
            command.envs(crew.environment.iter().copied());
            ended(command)
        });
        while !planned() && !survey.is_finished() {
            std::thread::sleep(Duration::from_millis(2));
        }
        let mut all: Vec<Child> = (0..workers).map(work).collect();
        for (worker, wanted) in kills.iter().enumerate() {
            while sealed() < *wanted && !survey.is_finished() {
                std::thread::sleep(Duration::from_millis(2));
            }
            all[worker].kill().unwrap();
            note(&format!("worker {worker} is killed with {} sealed", sealed()));
        }
        let ended = survey.join().unwrap();
        let left_in_peace = all.iter_mut().map(|worker| worker.wait().unwrap()).skip(kills.len());
        assert!(left_in_peace.into_iter().all(|status| status.success()), "a worker failed");
        let share =
            |worker| fs::read_to_string(log(worker)).unwrap().lines().filter(|line| line.ends_with(" audited")).count();
        Carried { ended, shares: (0..workers).map(share).collect() }
    })
}

fn workers_say_what_one_process_says(crew: Crew<'_>) {
    let calm = country();
    let (alone, args) = place(&calm);
    let once = alone.run(&flags(&[], &args)).with(0);
    let expected = tables(&alone.path("survey"));

    let busy = country();
    let (many, args) = place(&busy);
    let args: Vec<String> = args.into_iter().map(|arg| if arg == "0.02" { APART.to_owned() } else { arg }).collect();
    let at = args.iter().position(|arg| arg == "--at-once").unwrap();
    let args = [&args[..at], &args[at + 2..]].concat();
    // How to crawl comes after this.
    let args = in_order(&args);
    let carried = carried_out(&many, &args, Crew { workers: 4, kills: &[3, 8], ..crew });
    carried.ended.with(0);
    note(&format!("{CITIES} cities in {:?} by one process, by workers: {:?}", once.took, carried.shares));
    for host in ["a", "b", "c"].map(|host| format!("{host}.example.gov")) {
        busy.log.never_two_at_once(&host);
        busy.log.never_faster_than(&host, Duration::from_secs_f64(APART.parse().unwrap()));
    }
    let after = tables(&many.path("survey"));
    for (name, bytes) in &expected {
        assert!(after[name] == *bytes, "{name} says something else by workers");
    }
}

/// The flags with those on how to crawl at the end.
fn in_order(args: &[String]) -> Vec<String> {
    let (how, what): (Vec<_>, Vec<_>) = (args[4..].to_vec(), args[..4].to_vec());
    let rest: Vec<String> = how.into_iter().filter(|arg| arg != "--no-render").collect();
    [what, vec!["--no-render".to_owned()], rest].concat()
}

#[test]
fn workers_over_postgresql_say_what_one_process_says_and_kills_change_nothing() {
    let Some(server) = Postgres::start() else { return };
    workers_say_what_one_process_says(Crew { store: &server.address, ..Crew::default() });
}

#[test]
fn workers_over_sqlite_say_what_one_process_says_and_kills_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::in_file(&folder.path().join("queue.sqlite")).unwrap();
    // Packs go elsewhere than into the survey's folder.
    let packs = format!("file://{}/packs", folder.path().display());
    workers_say_what_one_process_says(Crew { store: &store, packs: Some(&packs), ..Crew::default() });
}

#[cfg(feature = "s3")]
#[test]
fn workers_put_packs_into_a_bucket() {
    let Some(storage) = Storage::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let store = Store::in_file(&folder.path().join("queue.sqlite")).unwrap();
    let packs = Some("s3://packs/surveys");
    let environment = storage.environment();
    workers_say_what_one_process_says(Crew { store: &store, packs, environment: &environment, ..Crew::default() });
}
