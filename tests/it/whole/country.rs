//! A made-up country surveyed: what is said of its cities is true of them, or is left to a person.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use super::program::{Place, flags};
use super::survey::tables;
use super::{PORTAL, code, note};
use crate::country::{City, Country};
use crate::hostile::Hostile;

/// The share of datasets from which on the clause on machine-readable data is met.
const MOST: f64 = 0.9;
/// What the clauses say of which the truth is known.
const READABLE: &str = "Programs can read the public data, and everyone can download it without paying.";
const LINKED: &str = "A link to the portal was offered.";

/// What a survey said, held against what is so.
#[derive(Default, Debug)]
struct Held {
    /// Clauses said to be met or not met, as they are.
    right: usize,
    /// Clauses left to a person.
    review: usize,
    /// Clauses said to be met or not met, as they are not.
    wrong: Vec<String>,
    /// Cities without a fault of which something else was counted than they have.
    miscounted: Vec<String>,
    /// Cities without a fault whose portal was not recognised as one.
    unrecognised: Vec<String>,
}

fn rows(folder: &Path, name: &str) -> Vec<BTreeMap<String, String>> {
    super::survey::rows(&fs::read(folder.join(name)).unwrap())
}

fn held(country: &Country, survey: &Path) -> Held {
    let portal = code(PORTAL);
    let mut held = Held::default();
    let clauses = rows(survey, "clauses.csv");
    let facts = rows(survey, "facts.csv");
    let codebook = rows(survey, "codebook.csv");
    let clause = |says: &str| codebook.iter().find(|row| row["means"] == says).map(|row| row["name"].clone()).unwrap();
    let (readable, linked) = (clause(READABLE), clause(LINKED));
    for city in &country.cities {
        let id = city.id();
        for row in clauses.iter().filter(|row| row["city_id"] == id) {
            // Of the third clause a machine never says that it is met; that it is not is untrue where a portal stands.
            let truth = city.has_a_portal() && (row["clause"] != readable || city.readable() >= MOST);
            match (&*row["standing"], truth) {
                ("nothing-offered", _) if row["criterion"] != portal => {}
                ("met", true) | ("not-met", false) => held.right += 1,
                ("needs-review", _) => held.review += 1,
                (standing, _) => {
                    held.wrong.push(told(city, &format!("{} {standing}: {}", row["clause"], row["reason"])));
                }
            }
            if row["clause"] == linked && city.fault.is_none() && row["standing"] != "met" {
                held.unrecognised.push(told(city, &row["reason"]));
            }
        }
        let read =
            facts.iter().find(|row| row["city_id"] == id && row["probe"] == "catalogue" && row["fact"] == "read");
        let read = read.map_or("nothing", |row| &row["value"]);
        if city.fault.is_none() && read != city.datasets.to_string() {
            held.miscounted.push(told(city, read));
        }
    }
    held
}

fn told(city: &City, what: &str) -> String {
    format!("{city:?}, {:.3} readable: {what}", city.readable())
}

/// A place with the cities' table, and the flags of a survey of them that is in a hurry.
fn begun(country: &Country, servers: &Hostile, apart: &str) -> (Place, Vec<String>) {
    let place = Place::new();
    place.write("cities.csv", country.table(&code(PORTAL)));
    let mut args: Vec<String> =
        ["survey", "cities.csv", "--as-of", "2026-11-02", "--no-render", "--first-byte", "1", "--pace", apart]
            .map(str::to_owned)
            .into();
    args.extend(country.nowhere());
    args.extend(place.leading_to(servers));
    (place, args)
}

#[track_caller]
fn nothing_wrong(held: &Held) {
    assert!(held.wrong.is_empty() && held.miscounted.is_empty() && held.unrecognised.is_empty(), "{held:#?}");
}

#[test]
fn every_platform_and_every_fault_is_told_as_it_is() {
    let country = Country::one_of_each(3);
    let servers = country.served();
    let (place, args) = begun(&country, &servers, "0.005");
    let ended = place.run(&flags(&[], &args)).with(0);
    let survey = place.path("survey");
    let held = held(&country, &survey);
    note(&format!(
        "{} cities in {:?}, {:?} KiB: {} right, {} for a person",
        country.cities.len(),
        ended.took,
        ended.peak,
        held.right,
        held.review
    ));
    nothing_wrong(&held);
    let states: Vec<String> = rows(&survey, "cities.csv").into_iter().map(|row| row["state"].clone()).collect();
    assert!(states.iter().all(|state| state == "seen" || state == "unseen"), "{states:?}");
    for host in country.hosts() {
        servers.log.never_two_at_once(&host);
    }
}

#[test]
#[ignore = "takes minutes: cargo test --release --test it six_hundred -- --ignored --nocapture"]
fn six_hundred_cities_are_told_as_they_are_and_kills_change_nothing() {
    const CITIES: usize = 600;
    let country = Country::drawn(1, CITIES, 40);
    let faulty = country.cities.iter().filter(|city| city.fault.is_some()).count();
    let calm = country.served();
    let (unbroken, args) = begun(&country, &calm, "0.001");
    let ended = unbroken.run(&flags(&[], &args)).with(0);
    let held = held(&country, &unbroken.path("survey"));
    note(&format!(
        "{CITIES} cities, {faulty} with a fault, {} requests in {:?} ({:?} of a processor), {:?} KiB: {} right, {} for a person",
        calm.log.all().len(),
        ended.took,
        ended.busy,
        ended.peak,
        held.right,
        held.review
    ));
    nothing_wrong(&held);
    for host in country.hosts() {
        calm.log.never_two_at_once(&host);
    }
    assert!(ended.peak.resident < 400 * 1024, "{:?} KiB", ended.peak);

    let stormy = country.served();
    let (broken, args) = begun(&country, &stormy, "0.001");
    let sealed = || {
        country
            .cities
            .iter()
            .filter(|city| broken.path(&format!("survey/cities/{}/pack.wacz", city.id())).exists())
            .count()
    };
    for wanted in [7, 101, 263, 480, 599] {
        let mut child = broken.command(&flags(&[], &args)).spawn().unwrap();
        let (mut out, mut error) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        // Whoever does not read what is said stops who says it.
        let heard = [
            std::thread::spawn(move || std::io::copy(&mut out, &mut std::io::sink())),
            std::thread::spawn(move || std::io::copy(&mut error, &mut std::io::sink())),
        ];
        while sealed() < wanted && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(5));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        for ear in heard {
            ear.join().unwrap().unwrap();
        }
        note(&format!("killed with {} of {CITIES} sealed", sealed()));
    }
    broken.run(&flags(&[], &args)).with(0);
    let (expected, after) = (tables(&unbroken.path("survey")), tables(&broken.path("survey")));
    assert!(expected.keys().eq(after.keys()), "there are other files after kills");
    for (name, bytes) in &after {
        assert!(expected[name] == *bytes, "{name} says something else after kills");
    }
}

#[cfg(feature = "serve")]
mod by_workers {
    use super::*;
    use crate::store::postgres::Postgres;
    use crate::whole::survey::workers::{Crew, carried_out};

    /// What a host is given between two requests.
    const APART: &str = "0.03";

    #[test]
    #[ignore = "takes minutes: cargo test --release --test it six_hundred -- --ignored --nocapture"]
    fn six_hundred_cities_by_four_workers_are_told_as_by_one_process_and_kills_change_nothing() {
        const CITIES: usize = 600;
        let Some(server) = Postgres::start() else { return };
        let country = Country::drawn(1, CITIES, 40);
        let calm = country.served();
        let (alone, args) = begun(&country, &calm, APART);
        let once = alone.run(&flags(&[], &args)).with(0);
        note(&format!(
            "{CITIES} cities by one process in {:?} ({:?} of a processor), {:?} KiB",
            once.took, once.busy, once.peak
        ));
        note(&once.out);
        let packs = country
            .cities
            .iter()
            .filter_map(|city| fs::metadata(alone.path(&format!("survey/cities/{}/pack.wacz", city.id()))).ok());
        note(&format!("{} bytes of packs", packs.map(|pack| pack.len()).sum::<u64>()));
        politely(&country, &calm);
        let expected = tables(&alone.path("survey"));
        for (name, bytes) in &expected {
            note(&format!("{name}: {} bytes", bytes.len()));
        }
        for again in
            [&["rejudge", "survey", "--criteria", "what-works-cities", "--out", "again"][..], &["report", "survey"]]
        {
            let ended = alone.run(&[&["survey"], again].concat()).with(0);
            note(&format!("{} in {:?} ({:?} of a processor), {:?} KiB", again[0], ended.took, ended.busy, ended.peak));
        }
        for (workers, kills) in [(1, &[][..]), (4, &[][..]), (4, &[97, 311][..])] {
            let servers = country.served();
            let (many, args) = begun(&country, &servers, APART);
            // Each time another survey, of the same cities: it has another folder.
            let carried = carried_out(&many, &args, Crew { store: &server.address, workers, kills, ..Crew::default() });
            let ended = carried.ended.with(0);
            note(&format!(
                "{CITIES} cities by {workers} workers in {:?}, {} requests, cities by worker {:?}",
                ended.took,
                servers.log.all().len(),
                carried.shares
            ));
            politely(&country, &servers);
            let after = tables(&many.path("survey"));
            for (name, bytes) in &expected {
                assert!(after[name] == *bytes, "{name} says something else by {workers} workers");
            }
        }
    }

    /// Every host saw one request at a time, and its pause after each.
    fn politely(country: &Country, servers: &Hostile) {
        let closest = country.hosts().iter().filter_map(|host| servers.log.closest(host)).min();
        note(&format!("closest to each other on any of {} hosts: {closest:?}", country.hosts().len()));
        for host in country.hosts() {
            servers.log.never_two_at_once(&host);
            servers.log.never_faster_than(&host, Duration::from_secs_f64(APART.parse().unwrap()));
        }
    }
}
