//! A made-up city: what it truly has, and what goes wrong when it is looked at.

use super::draw::mixed;

/// What a portal runs on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Platform {
    Hub,
    Socrata,
    Ckan,
    Opendatasoft,
    /// A catalogue file in a folder of a host that cities share.
    File,
}

pub(super) const PLATFORMS: [Platform; 5] =
    [Platform::Hub, Platform::Socrata, Platform::Ckan, Platform::Opendatasoft, Platform::File];

/// What is wrong with a portal on the day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fault {
    /// It is gone, and says so.
    Gone,
    /// Its name does not resolve any more.
    NoName,
    /// Other words stand where it was, whatever is asked for.
    Worded,
    /// Programs are turned away.
    Walled,
    /// It says that it is down.
    Down,
    /// It hangs up.
    Reset,
    /// It never answers.
    Silent,
    /// It wants a password.
    Login,
    /// Its catalogue breaks off.
    Cut,
    /// Its catalogue is empty, and all is said to be well.
    Empty,
    /// Its catalogue counts all datasets, and gives out less than half.
    Halved,
}

pub(super) const FAULTS: [Fault; 11] = [
    Fault::Gone,
    Fault::NoName,
    Fault::Worded,
    Fault::Walled,
    Fault::Down,
    Fault::Reset,
    Fault::Silent,
    Fault::Login,
    Fault::Cut,
    Fault::Empty,
    Fault::Halved,
];

/// How a dataset's file fares.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fate {
    Table,
    /// Nothing that a program reads.
    Document,
    /// Listed, and not there.
    Dead,
    /// There, but programs are turned away.
    Walled,
}

/// Of a thousand files, how many are dead.
const DEAD: u64 = 10;
/// Of a thousand tables, how many turn programs away.
const WALLED: u64 = 15;

/// A made-up city.
#[derive(Clone, Debug)]
pub(crate) struct City {
    pub(crate) number: usize,
    pub(crate) platform: Platform,
    /// How many it has, whatever is given out on the day.
    pub(crate) datasets: usize,
    /// Of a thousand of its datasets, how many are documents.
    pub(super) unreadable: u64,
    pub(crate) fault: Option<Fault>,
    /// Which of the shared hosts it uses.
    pub(super) shared: usize,
}

impl City {
    pub(crate) fn id(&self) -> String {
        format!("c{:03}", self.number)
    }

    /// The host of its portal.
    pub(crate) fn host(&self) -> String {
        match (self.platform, self.fault) {
            (Platform::File, fault) if fault != Some(Fault::NoName) => format!("shared-{}.example.gov", self.shared),
            _ => format!("c{}.example.gov", self.number),
        }
    }

    /// The host of its files.
    pub(super) fn files(&self) -> String {
        format!("files-{}.example.gov", self.shared)
    }

    /// What it hands in.
    pub(crate) fn link(&self) -> String {
        let folder =
            if self.platform == Platform::File { format!("city-{}/data.json", self.number) } else { String::new() };
        format!("http://{}/{folder}", self.host())
    }

    /// Whether a portal with datasets is truly there, seen or not.
    pub(crate) fn has_a_portal(&self) -> bool {
        !matches!(self.fault, Some(Fault::Gone | Fault::NoName | Fault::Worded))
    }

    /// The true share of its datasets that a program can read, 0 to 1.
    pub(crate) fn readable(&self) -> f64 {
        let readable = (0..self.datasets).filter(|dataset| matches!(self.fate(*dataset), Fate::Table | Fate::Walled));
        readable.count() as f64 / self.datasets as f64
    }

    /// How one dataset's file fares.
    pub(super) fn fate(&self, dataset: usize) -> Fate {
        let lot = |of: u64| mixed((self.number as u64) << 32 | (dataset as u64) << 2 | of) % 1000;
        // That platform holds tables only.
        let unreadable = if self.platform == Platform::Socrata { 0 } else { self.unreadable };
        match lot(0) {
            lot if lot < unreadable => Fate::Document,
            lot if lot < unreadable + DEAD => Fate::Dead,
            _ if lot(1) < WALLED => Fate::Walled,
            _ => Fate::Table,
        }
    }
}
