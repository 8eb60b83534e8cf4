//! The file that says which cities are audited, and when: for those who keep such things in files.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Deserialize;
use url::Url;

#[cfg(feature = "oidc")]
use super::super::access::{Access, Settings};
use super::submitting::told;
use crate::criteria::Scheme;
use crate::notify::{Notify, Pace, Untold, Written, WrittenNotify, WrittenRelay};
use crate::schedule::Schedule;
use crate::store::{Keeps, Store, StoreError, Timing};
use crate::submission::Submission;

/// What is said of all audits, of each city, and of who is told what changed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Cities that are audited at the same time.
    #[serde(default = "two")]
    pub audits_at_once: usize,
    #[serde(default)]
    cities: Vec<Regular>,
    public_url: Option<Url>,
    #[serde(default)]
    notify: Vec<Written>,
    smtp: Option<WrittenRelay>,
    #[serde(default)]
    delivery: Pace,
    /// Who is told, as far as it was read.
    #[serde(skip)]
    pub(in super::super) told: Notify,
    /// Who signs people in beside this workbench.
    #[cfg(feature = "oidc")]
    oidc: Option<Settings>,
    /// A build that cannot have anybody signed in elsewhere says so.
    #[cfg(not(feature = "oidc"))]
    oidc: Option<serde::de::IgnoredAny>,
    /// Where the file lies: what it names lies beside it.
    #[serde(skip)]
    folder: PathBuf,
}

/// A city that is audited.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Regular {
    /// Its submission's file.
    submission: PathBuf,
    schedule: Option<String>,
    #[serde(default = "utc")]
    time_zone: String,
    #[serde(default)]
    jitter_minutes: u32,
    keep_runs: Option<u32>,
    keep_days: Option<u32>,
}

/// Why a file says nothing that can be done.
#[derive(Debug, thiserror::Error)]
pub enum Unread {
    /// It cannot be read, or is no TOML of this form.
    #[error("{0}: {1}")]
    File(String, String),
    /// Nobody can be told as it says.
    #[error("{0}: {1}")]
    Untold(String, Untold),
    /// The store does not take it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn two() -> usize {
    2
}

fn utc() -> String {
    "UTC".to_owned()
}

impl Default for Config {
    fn default() -> Self {
        Self {
            audits_at_once: two(),
            cities: Vec::new(),
            oidc: None,
            public_url: None,
            notify: Vec::new(),
            smtp: None,
            delivery: Pace::default(),
            told: Notify::default(),
            folder: PathBuf::new(),
        }
    }
}

impl Config {
    /// Reads the file at `path`.
    pub fn read(path: &Path) -> Result<Self, Unread> {
        let unread = |why: String| Unread::File(path.display().to_string(), why);
        let text = std::fs::read_to_string(path).map_err(|error| unread(error.to_string()))?;
        let mut config: Self = toml::from_str(&text).map_err(|error| unread(error.to_string()))?;
        config.folder = path.parent().map(Path::to_owned).unwrap_or_default();
        let Self { public_url, notify, smtp, delivery, folder, .. } = &mut config;
        let written = WrittenNotify {
            public_url: public_url.clone(),
            channels: std::mem::take(notify),
            smtp: smtp.take(),
            delivery: *delivery,
        };
        let untold = |untold| Unread::Untold(path.display().to_string(), untold);
        config.told = Notify::read(&written, folder).map_err(untold)?;
        #[cfg(feature = "oidc")]
        let problem = config.oidc.as_ref().and_then(|oidc| oidc.problem(config.public_url.as_ref()));
        #[cfg(not(feature = "oidc"))]
        let problem =
            config.oidc.map(|_| "oidc: this program was built without it: build it with --features oidc".to_owned());
        problem.map_or(Ok(config), |problem| Err(unread(problem)))
    }

    /// Whether people sign in elsewhere too, so that no account need be there before.
    pub(in super::super) fn signs_in_elsewhere(&self) -> bool {
        self.oidc.is_some()
    }

    /// Who is let in, by whoever the file says signs people in.
    #[cfg(feature = "oidc")]
    pub(in super::super) fn lets_in(&self, access: Access) -> Result<Access, Unread> {
        match (self.oidc.clone(), &self.public_url) {
            (Some(settings), Some(url)) => {
                access.with(settings, url, &self.folder).map_err(|why| Unread::File("oidc".to_owned(), why))
            }
            _ => Ok(access),
        }
    }

    /// Puts into the store what the file says of each city; `aside` hears of what it says in vain.
    pub(in super::super) async fn take_up(&self, store: &Store, now: Timestamp, aside: fn(&str)) -> Result<(), Unread> {
        let specs: Vec<_> = probes::specs().collect();
        for city in &self.cities {
            let path = std::path::absolute(self.folder.join(&city.submission));
            let unread = |why: String| Unread::File(city.submission.display().to_string(), why);
            let path = path.map_err(|error| unread(error.to_string()))?;
            let placed = Submission::read(&path, None).map_err(|problems| unread(told(&problems)))?;
            let mut submission = placed.submission.clone();
            let mut schemes = Vec::new();
            for name in std::iter::once(&mut submission.scheme).chain(&mut submission.also) {
                // A folder of criteria lies where the file that names it does, from wherever this is started.
                let beside = self.folder.join(&*name);
                if !Scheme::bundled_names().contains(name)
                    && let Some(folder) = beside.is_dir().then(|| std::path::absolute(&beside).ok()).flatten()
                {
                    *name = folder.to_string_lossy().into_owned();
                }
                schemes.push(Scheme::load(name, &specs).map_err(|problems| unread(told(&problems)))?);
            }
            placed.check_against(&schemes).map_err(|problems| unread(told(&problems)))?;
            if !submission.allow_private.is_empty() {
                aside(&format!(
                    "{}: what a submission says of private networks does not hold here: --allow-private does",
                    city.submission.display()
                ));
            }
            let schedule =
                city.schedule.as_ref().map(|cron| Schedule::read(cron, &city.time_zone, city.jitter_minutes));
            let schedule = schedule.transpose().map_err(&unread)?;
            let keeps = Keeps { runs: city.keep_runs, days: city.keep_days };
            let folder = path.parent().and_then(Path::to_str);
            let id = store.submit(&submission, folder, now).await?;
            store.time(&id, &Timing { schedule, keeps }, now).await?;
        }
        Ok(())
    }
}
