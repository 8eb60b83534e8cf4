//! A country of made-up cities on hosts that they share, drawn from a seed at rates that were measured on real portals, so
//! that what each city truly has is known.

mod city;
mod draw;
mod portal;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::hostile::{Call, Hostile, Piece};
pub(crate) use city::{City, Fault};

/// The cities, by their numbers.
#[derive(Clone)]
pub(crate) struct Country {
    pub(crate) cities: Vec<City>,
}

impl Country {
    /// Cities drawn at the measured rates; their files, and the catalogues that are mere files, lie on `shared` hosts.
    pub(crate) fn drawn(seed: u64, cities: usize, shared: usize) -> Self {
        let mut draw = draw::Draw::from(seed);
        Self { cities: (0..cities).map(|number| draw.city(number, shared)).collect() }
    }

    /// A small city on each platform that has no fault, and one with each fault.
    pub(crate) fn one_of_each(shared: usize) -> Self {
        let platforms = city::PLATFORMS.iter().map(|platform| (*platform, None));
        let faults = city::FAULTS.iter().zip(city::PLATFORMS.iter().cycle());
        let all = platforms.chain(faults.map(|(fault, platform)| (*platform, Some(*fault))));
        let cities = all.enumerate().map(|(number, (platform, fault))| City {
            number,
            platform,
            datasets: 12 + number,
            unreadable: [0, 0, 500][number % 3],
            fault,
            shared: number % shared,
        });
        Self { cities: cities.collect() }
    }

    /// Starts its servers.
    pub(crate) fn served(&self) -> Hostile {
        let country = self.clone();
        Hostile::serving(move |call| country.answer(call))
    }

    /// The cities as a table with a link for each, offered for the criterion of this code.
    pub(crate) fn table(&self, criterion: &str) -> String {
        let mut table = "id,city,url,criterion\n".to_owned();
        for city in &self.cities {
            let _ = writeln!(table, "{},City {},{},{criterion}", city.id(), city.number, city.link());
        }
        table
    }

    /// The flags by which names that nobody has do not resolve.
    pub(crate) fn nowhere(&self) -> Vec<String> {
        let nameless = self.cities.iter().filter(|city| city.fault == Some(Fault::NoName));
        nameless.flat_map(|city| ["--connect-to".to_owned(), format!("{}::nowhere.invalid:", city.host())]).collect()
    }

    /// Every host but those that never answer: they do not hear when nobody waits for them any more.
    pub(crate) fn hosts(&self) -> BTreeSet<String> {
        let silent = |city: &&City| city.fault == Some(Fault::Silent);
        let all: BTreeSet<_> = self.cities.iter().flat_map(|city| [city.host(), city.files()]).collect();
        &all - &self.cities.iter().filter(silent).map(City::host).collect()
    }

    fn answer(&self, call: &Call) -> (Vec<Piece>, bool) {
        let of = |number: &str| self.cities.get(number.parse::<usize>().ok()?);
        let label = call.host.split('.').next().unwrap_or_default();
        let in_folder = || {
            let (number, rest) = call.path.strip_prefix("/city-")?.split_once('/')?;
            Some((of(number)?, rest))
        };
        match (label.strip_prefix('c').and_then(of), in_folder()) {
            (Some(city), _) => portal::answer(city, call.path.trim_start_matches('/')),
            (None, Some((city, rest))) if label.starts_with("files-") => portal::file(city, rest),
            (None, Some((city, rest))) => portal::answer(city, rest),
            (None, None) => portal::missing(),
        }
    }
}
