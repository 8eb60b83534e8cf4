//! A survey in a store's queue: put there, looked at, and its packs fetched from where workers put them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use probes::capture::hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::ledger::{Ledger, Planned, State, SurveyError, disk, other};
use crate::criteria::Scheme;
use crate::pack::drain;
use crate::store::{Place, QueuedCity, QueuedSurvey, Store, StoreError, Tally};

/// The file in a survey's folder that says under which name it is in a queue.
const QUEUED: &str = "queue.json";
/// How often a store that does not answer is asked again, and how long after.
const TRIES: u32 = 60;
const BETWEEN_TRIES: Duration = Duration::from_secs(1);
/// How long storage that does not answer is asked again: a pack is hours of looking, and no longer than its signature holds.
const PATIENCE: Duration = Duration::from_mins(3);

/// A store's queue, with the runtime that it is waited for in.
pub struct Queue {
    runtime: tokio::runtime::Runtime,
    store: Store,
}

/// A survey that is in a queue.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Queued {
    /// A hash of all that it is.
    pub id: String,
    /// Where its packs go.
    pub packs: String,
}

impl Queue {
    /// The queue in the store at this address.
    pub fn open(address: &str) -> Result<Self, SurveyError> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.map_err(disk(Path::new("the queue's runtime")))?;
        let store = runtime.block_on(Store::open(address))?;
        Ok(Self { runtime, store })
    }

    /// The store.
    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// Asks the store, again and again where it does not answer for a while.
    pub(super) fn ask<T, F>(&self, what: impl Fn() -> F) -> Result<T, SurveyError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let mut tries = 0;
        loop {
            match self.runtime.block_on(what()) {
                Err(StoreError::Database(_)) if tries < TRIES => {
                    tries += 1;
                    std::thread::sleep(BETWEEN_TRIES);
                }
                answered => return Ok(answered?),
            }
        }
    }

    /// Puts a survey into the queue, its packs to go to `packs` or, where nothing is said, into the survey's folder; one
    /// that is there goes on.
    pub fn enqueue(&self, ledger: &Ledger, schemes: &[Scheme], packs: Option<&str>) -> Result<Queued, SurveyError> {
        let folder = std::path::absolute(ledger.folder()).map_err(disk(ledger.folder()))?;
        let own = || Url::from_directory_path(&folder).map_or_else(|()| String::new(), String::from);
        let packs = packs.map_or_else(own, str::to_owned);
        place(&packs)?;
        let planned = ledger.planned();
        let json = |what: Result<String, serde_json::Error>| what.map_err(|error| other(&folder, error.to_string()));
        let files: Vec<_> = schemes.iter().map(|scheme| &scheme.files).collect();
        let criteria = json(serde_json::to_string(&files))?;
        let whole = json(serde_json::to_string(planned))?;
        let survey = QueuedSurvey {
            id: hex(&Sha256::digest(format!("{packs}\n{criteria}\n{whole}"))),
            build: build(planned),
            plan: json(serde_json::to_string(&Planned { cities: Vec::new(), ..planned.clone() }))?,
            criteria,
            packs,
        };
        let mut on_host: BTreeMap<&str, usize> = BTreeMap::new();
        let mut cities = Vec::new();
        for city in planned.cities.iter().filter(|city| ledger.state(&city.id) != State::Audited) {
            if city.submission.links.iter().any(|link| link.path.is_some()) {
                let what = format!("{} hands in files, which stay on this machine: leave out --store", city.id);
                return Err(other(&folder, what));
            }
            // Those on one host come one in each round, so that workers do not all wait for that host.
            let host = city.submission.links.first().and_then(|link| link.url.host_str()).unwrap_or_default();
            let place = on_host.entry(host).or_default();
            let submission = json(serde_json::to_string(&city.submission))?;
            cities.push(QueuedCity { city: city.id.clone(), place: *place, submission });
            *place += 1;
        }
        self.ask(|| self.store.enqueue(&survey, &cities))?;
        let queued = Queued { id: survey.id, packs: survey.packs };
        let path = ledger.folder().join(QUEUED);
        fs::write(&path, json(serde_json::to_string_pretty(&queued))?).map_err(disk(&path))?;
        Ok(queued)
    }

    /// How many cities of a survey stand how.
    pub fn tally(&self, queued: &Queued) -> Result<Tally, SurveyError> {
        self.ask(|| self.store.tally(&queued.id))
    }

    /// No more cities of a survey are begun until it is put into the queue again.
    pub fn stop(&self, queued: &Queued) -> Result<(), SurveyError> {
        self.ask(|| self.store.stop(&queued.id)).map(drop)
    }

    /// Fetches the packs of cities that ended, and writes down what failed; `known` are those of which that was done.
    /// `ended` hears of each, with why it failed if so.
    pub fn gather(
        &self,
        ledger: &Ledger,
        queued: &Queued,
        known: &mut BTreeSet<String>,
        ended: &mut dyn FnMut(&str, Option<&str>),
    ) -> Result<(), SurveyError> {
        let packs = place(&queued.packs)?;
        for city in self.ask(|| self.store.ended(&queued.id))? {
            if known.contains(&city.city) {
                continue;
            }
            match &city.outcome {
                Ok(sha256) => {
                    ledger.again(&city.city)?;
                    let into = ledger.pack(&city.city);
                    if !into.exists() {
                        let fetched = into.with_extension("fetched");
                        packs.get(&name(&city.city, city.number), &fetched)?;
                        if hash(&fetched)? != *sha256 {
                            return Err(other(&fetched, "is not the pack that its worker made: audit the city anew"));
                        }
                        fs::rename(&fetched, &into).map_err(disk(&into))?;
                    }
                    ended(&city.city, None);
                }
                Err(why) => {
                    ledger.failed(&city.city, why)?;
                    ended(&city.city, Some(why));
                }
            }
            known.insert(city.city);
        }
        Ok(())
    }
}

/// The survey that the folder has in a queue; none where it has none.
pub fn queued(folder: &Path) -> Option<Queued> {
    serde_json::from_slice(&fs::read(folder.join(QUEUED)).ok()?).ok()
}

/// Where packs go.
pub(super) fn place(packs: &str) -> Result<Place, SurveyError> {
    Ok(Place::at(packs, PATIENCE)?)
}

/// The program and probes that carry a survey out.
pub(super) fn build(planned: &Planned) -> String {
    format!("{} {} {}", planned.tool.name, planned.tool.version, planned.probes)
}

/// What the pack of a city is called that was made under a lease: nobody else's has the name.
pub(super) fn name(city: &str, number: i64) -> String {
    let within = PathBuf::from("cities").join(city).join(format!("pack-{number}.wacz"));
    within.to_string_lossy().into_owned()
}

/// SHA-256 of a file.
pub(super) fn hash(path: &Path) -> Result<String, SurveyError> {
    let mut file = fs::File::open(path).map_err(disk(path))?;
    Ok(drain(&mut file).map_err(disk(path))?.0)
}
