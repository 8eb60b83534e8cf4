//! A survey's folder: what is surveyed, and how far it has come.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::City;
use crate::audit::kept::{PACK, WORK};
use crate::criteria::Scheme;
use crate::pack::PackError;
use crate::pack::exchange::Robots;
use crate::report::ReportError;
use crate::report::model::{SchemeRef, Tool};
use crate::submission::Submission;

/// The file that says what is surveyed.
const PLAN: &str = "survey.json";
/// The folder of the cities' folders.
const CITIES: &str = "cities";
/// Why a city could not be audited, in its folder.
const TROUBLE: &str = "trouble.txt";
/// The longest such reason that is kept, in bytes.
const LONGEST_TROUBLE: usize = 2000;

/// Why a survey could not go on.
#[derive(Debug, thiserror::Error)]
pub enum SurveyError {
    /// A file or folder of the survey cannot be read or written.
    #[error("{place}: {error}")]
    Disk {
        /// Which.
        place: String,
        /// What the system said.
        error: io::Error,
    },
    /// The folder holds something else.
    #[error("{place}: {what}")]
    Other {
        /// The folder.
        place: String,
        /// What is there, and what to do.
        what: String,
    },
    /// A city's pack cannot be read.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// A table cannot be written.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// The queue does not answer.
    #[cfg(feature = "serve")]
    #[error(transparent)]
    Queue(#[from] crate::store::StoreError),
    /// The place of the packs does not do as it is asked.
    #[cfg(feature = "serve")]
    #[error(transparent)]
    Place(#[from] crate::store::PlaceError),
    /// The worker's crawler cannot be set up.
    #[cfg(feature = "serve")]
    #[error(transparent)]
    Crawl(#[from] crate::crawl::CrawlError),
    /// A table cannot be written in Parquet.
    #[cfg(feature = "parquet")]
    #[error(transparent)]
    Parquet(#[from] parquet::errors::ParquetError),
}

/// What is surveyed: the same for every run into the same folder.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Planned {
    /// By which program.
    pub tool: Tool,
    /// A hash of the probes that look: two builds of one version may have others.
    #[serde(default)]
    pub probes: String,
    /// By which criteria, the cities' own first.
    pub schemes: Vec<SchemeRef>,
    /// The date that every audit speaks of.
    pub as_of: Date,
    /// Whose robots.txt rules hold.
    pub robots: Robots,
    /// The cities, in the order of their ids.
    pub cities: Vec<PlannedCity>,
}

/// A city of a survey.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedCity {
    /// Its folder's name.
    pub id: String,
    /// What it submits.
    pub submission: Submission,
}

/// How far a city has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing was asked yet.
    Waiting,
    /// It is being audited, or its audit was cut off.
    Begun,
    /// It could not be audited, and why; it is tried again.
    Failed(String),
    /// Its pack is sealed.
    Audited,
}

/// A survey's folder.
#[derive(Debug)]
pub struct Ledger {
    folder: PathBuf,
    planned: Planned,
    /// Locked by whoever surveys.
    _lock: Option<File>,
}

impl Planned {
    /// A survey of `cities` by `schemes`.
    pub fn new(cities: &[City], schemes: &[Scheme], as_of: Date, robots: Robots) -> Self {
        Self {
            tool: Tool { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
            probes: env!("PROBES_HASH").to_owned(),
            schemes: schemes.iter().map(SchemeRef::of).collect(),
            as_of,
            robots,
            cities: cities
                .iter()
                .map(|city| PlannedCity { id: city.id.clone(), submission: city.submission.clone() })
                .collect(),
        }
    }

    /// What another plan has otherwise, if that would mix two surveys.
    fn differs(&self, other: &Self) -> Option<&'static str> {
        let ids = |schemes: &[SchemeRef]| schemes.iter().map(|scheme| scheme.sha256.clone()).collect::<Vec<_>>();
        let links = |plan: &Self| serde_json::to_string(&plan.cities).unwrap_or_default();
        [
            (self.tool.version != other.tool.version, "version of the program"),
            (self.probes != other.probes, "build of the probes"),
            (ids(&self.schemes) != ids(&other.schemes), "criteria"),
            (self.as_of != other.as_of, "date"),
            (self.robots != other.robots, "rule for robots.txt"),
            (links(self) != links(other), "cities"),
        ]
        .into_iter()
        .find_map(|(differs, what)| differs.then_some(what))
    }
}

impl Ledger {
    /// The survey in `folder`, begun as `planned` if there is none; nobody else surveys into it while this lives.
    pub fn begin(folder: &Path, planned: Planned) -> Result<Self, SurveyError> {
        fs::create_dir_all(folder.join(CITIES)).map_err(disk(folder))?;
        let path = folder.join(PLAN);
        let lock = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let lock = lock.map_err(disk(&path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(other(folder, "another survey into this folder is running: wait for it, or name another"));
            }
            Err(TryLockError::Error(error)) => return Err(disk(&path)(error)),
        }
        // A kill while the plan was first written down leaves less than a plan, and nothing else.
        let begun = fs::read(&path).map_err(disk(&path))?;
        match serde_json::from_slice::<Planned>(&begun) {
            Ok(before) => {
                if let Some(what) = before.differs(&planned) {
                    let what = format!("it holds a survey with another {what}: name another folder with --out");
                    return Err(other(folder, what));
                }
                Ok(Self { folder: folder.to_owned(), planned, _lock: Some(lock) })
            }
            Err(_) if fs::read_dir(folder.join(CITIES)).map_err(disk(folder))?.next().is_none() => {
                let written = serde_json::to_vec_pretty(&planned).map_err(|error| disk(&path)(error.into()))?;
                lock.set_len(0).and_then(|()| (&lock).write_all(&written)).map_err(disk(&path))?;
                Ok(Self { folder: folder.to_owned(), planned, _lock: Some(lock) })
            }
            Err(error) => Err(other(&path, format!("cannot be read as a survey's plan: {error}"))),
        }
    }

    /// The survey in `folder`, to be looked at.
    pub fn open(folder: &Path) -> Result<Self, SurveyError> {
        let path = folder.join(PLAN);
        let written = fs::read(&path).map_err(disk(&path))?;
        let planned = serde_json::from_slice(&written)
            .map_err(|error| other(&path, format!("cannot be read as a survey's plan: {error}")))?;
        Ok(Self { folder: folder.to_owned(), planned, _lock: None })
    }

    /// What is surveyed.
    pub fn planned(&self) -> &Planned {
        &self.planned
    }

    /// The survey's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A city's folder.
    pub fn city(&self, id: &str) -> PathBuf {
        self.folder.join(CITIES).join(id)
    }

    /// A city's sealed pack.
    pub fn pack(&self, id: &str) -> PathBuf {
        self.city(id).join(PACK)
    }

    /// How far a city has come.
    pub fn state(&self, id: &str) -> State {
        let folder = self.city(id);
        if folder.join(PACK).exists() {
            return State::Audited;
        }
        if let Ok(why) = fs::read_to_string(folder.join(TROUBLE)) {
            return State::Failed(why);
        }
        if folder.join(WORK).exists() { State::Begun } else { State::Waiting }
    }

    /// Writes down that a city could not be audited.
    pub fn failed(&self, id: &str, why: &str) -> Result<(), SurveyError> {
        let path = self.city(id).join(TROUBLE);
        let shortened: String = why.chars().take(LONGEST_TROUBLE).collect();
        fs::create_dir_all(self.city(id)).and_then(|()| fs::write(&path, shortened)).map_err(disk(&path))
    }

    /// A city is tried again.
    pub fn again(&self, id: &str) -> Result<(), SurveyError> {
        let path = self.city(id).join(TROUBLE);
        fs::create_dir_all(self.city(id)).map_err(disk(&path))?;
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(disk(&path)(error)),
            _ => Ok(()),
        }
    }
}

pub(super) fn disk(place: &Path) -> impl FnOnce(io::Error) -> SurveyError {
    let place = place.display().to_string();
    move |error| SurveyError::Disk { place, error }
}

pub(super) fn other(place: &Path, what: impl Into<String>) -> SurveyError {
    SurveyError::Other { place: place.display().to_string(), what: what.into() }
}
