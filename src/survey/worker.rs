//! A worker: takes cities from a queue, audits them, and puts their packs where their survey wants them.
//!
//! Any number of workers may do so. A host sees one pace, whichever of them asks it: its turns are taken in the store.

use std::collections::BTreeMap;
use std::collections::hash_map::RandomState;
use std::fs;
use std::hash::BuildHasher as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use probes::Probe;

use super::ledger::{Planned, SurveyError, disk, other};
use super::queue::{Queue, build, hash, name, place};
use super::run::{Ended, Surveyors, audited};
use crate::audit::CRITERIA;
use crate::audit::kept::PACK;
use crate::audit::reading::Readers;
use crate::crawl::{Config, Crawler, StoredTurns};
use crate::criteria::Scheme;
use crate::pack::exchange::Robots;
use crate::store::{Lease, Place};
use crate::submission::Submission;

/// How long an idle worker waits before it looks again whether there is something to do.
const IDLE: Duration = Duration::from_millis(200);

/// A worker, and how it works.
pub struct Worker<'a> {
    /// Where it takes cities from.
    pub queue: &'a Queue,
    /// How it crawls; whose robots.txt rules hold is each survey's to say.
    pub config: Config,
    /// Every probe there is, in report order.
    pub probes: &'a [&'static dyn Probe],
    /// Who reads what is dangerous.
    pub readers: &'a Readers,
    /// How many cities it audits at the same time.
    pub at_once: usize,
    /// The folder in which audits are under way.
    pub folder: &'a Path,
    /// How long what it holds stays its own after its last sign of life.
    pub lease: Duration,
    /// The only survey that it works on, if one is named.
    pub only: Option<&'a str>,
    /// Whether it ends when there is nothing left to do.
    pub drains: bool,
    /// Set when it is to end what it has begun, and begin nothing more.
    pub stop: &'a AtomicBool,
    /// Hears of each city that it is done with.
    pub ended: &'a (dyn Fn(&Ended<'_>) + Sync),
}

/// A survey as a worker carries it out.
struct Task {
    planned: Planned,
    schemes: Vec<Scheme>,
    packs: Place,
}

/// What a worker has while it works.
struct Working<'a> {
    worker: &'a Worker<'a>,
    /// Its name among all workers.
    id: String,
    build: String,
    crawler: Crawler,
    tasks: Mutex<BTreeMap<String, Arc<Task>>>,
    done: std::sync::atomic::AtomicUsize,
}

/// Works until it is told to stop or, where it drains, until nothing is left to do.
pub fn work(worker: &Worker<'_>) -> Result<(), SurveyError> {
    let (one, other) = (RandomState::new().hash_one(0), RandomState::new().hash_one(1));
    let id = format!("{one:016x}{other:016x}");
    let queue = worker.queue;
    let alive = |so_long| queue.ask(|| queue.store().alive(&id, so_long));
    alive(worker.lease)?;
    let turns = StoredTurns::new(queue.store().clone(), id.clone());
    let working = Working {
        worker,
        build: build(&Planned::new(&[], &[], jiff::civil::Date::ZERO, Robots::default())),
        crawler: Crawler::among(worker.config.clone(), Some(Arc::new(turns)))?,
        tasks: Mutex::default(),
        done: std::sync::atomic::AtomicUsize::new(0),
        id: id.clone(),
    };
    let trouble: Mutex<Option<SurveyError>> = Mutex::default();
    let ended = AtomicBool::new(false);
    let note = |result: Result<(), SurveyError>| {
        if let Err(error) = result {
            worker.stop.store(true, Ordering::Relaxed);
            *trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        }
    };
    std::thread::scope(|scope| {
        let pulse = scope.spawn(|| {
            while !ended.load(Ordering::Relaxed) {
                note(alive(worker.lease));
                std::thread::park_timeout(worker.lease / 4);
            }
        });
        let hands: Vec<_> =
            (0..worker.at_once.max(1)).map(|_| scope.spawn(|| note(working.take_and_audit()))).collect();
        for hand in hands {
            let _ = hand.join();
        }
        ended.store(true, Ordering::Relaxed);
        pulse.thread().unpark();
    });
    // What it still holds, of hosts, is free after their pause.
    alive(Duration::ZERO)?;
    trouble.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
}

impl Working<'_> {
    /// One city after the other.
    fn take_and_audit(&self) -> Result<(), SurveyError> {
        let Worker { queue, only, stop, drains, .. } = *self.worker;
        while !stop.load(Ordering::Relaxed) {
            match queue.ask(|| queue.store().lease(&self.id, &self.build, only))? {
                Some(lease) => self.city(&lease)?,
                None if drains && queue.ask(|| queue.store().to_do(&self.build))? == 0 => break,
                None => std::thread::sleep(IDLE),
            }
        }
        Ok(())
    }

    fn city(&self, lease: &Lease) -> Result<(), SurveyError> {
        let Worker { queue, folder, .. } = *self.worker;
        let folder = folder.join(&lease.survey).join(&lease.city);
        fs::create_dir_all(&folder).map_err(disk(&folder))?;
        let failed = match self.sealed(lease, &folder) {
            Ok(made) => {
                if !queue.ask(|| queue.store().audited(lease, &self.id, &made.sha256))? {
                    // What stays is in nobody's way.
                    let _ = made.task.packs.remove(&name(&lease.city, lease.number));
                }
                None
            }
            Err(why) => {
                queue.ask(|| queue.store().unaudited(lease, &self.id, &why))?;
                Some(why)
            }
        };
        // Begun by someone else, it may be gone on with from the start.
        fs::remove_dir_all(&folder).map_err(disk(&folder))?;
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        (self.worker.ended)(&Ended { id: &lease.city, failed, done, of: done });
        Ok(())
    }

    /// Audits a city and puts its pack where it belongs; else why it could not.
    fn sealed(&self, lease: &Lease, folder: &Path) -> Result<Made, String> {
        let task = self.task(&lease.survey)?;
        let submission: Submission = serde_json::from_str(&lease.submission).map_err(|error| error.to_string())?;
        let surveyors = Surveyors {
            schemes: &task.schemes,
            probes: self.worker.probes,
            crawler: &self.crawler,
            readers: self.worker.readers,
            at_once: 1,
            ended: self.worker.ended,
        };
        if let Some(why) = audited(folder, &submission, &task.planned, surveyors) {
            return Err(why);
        }
        let sealed = folder.join(PACK);
        let put = || {
            let sha256 = hash(&sealed)?;
            task.packs.hand_over(&name(&lease.city, lease.number), &sealed)?;
            Ok::<_, SurveyError>(sha256)
        };
        let sha256 = put().map_err(|error| error.to_string())?;
        Ok(Made { task, sha256 })
    }

    /// A survey as it is carried out.
    fn task(&self, survey: &str) -> Result<Arc<Task>, String> {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(task) = tasks.get(survey) {
            return Ok(Arc::clone(task));
        }
        let task = self.read(survey).map_err(|error| error.to_string())?;
        Ok(Arc::clone(tasks.entry(survey.to_owned()).or_insert(Arc::new(task))))
    }

    fn read(&self, survey: &str) -> Result<Task, SurveyError> {
        let queue = self.worker.queue;
        let wrong = |what: &dyn ToString| other(Path::new(survey), what.to_string());
        let queued = queue.ask(|| queue.store().queued(survey))?;
        let queued = queued.ok_or_else(|| wrong(&"it is not in the queue any more"))?;
        let specs: Vec<_> = self.worker.probes.iter().map(|probe| probe.spec()).collect();
        let files: Vec<BTreeMap<String, String>> =
            serde_json::from_str(&queued.criteria).map_err(|error| wrong(&error))?;
        let read = |files: &BTreeMap<String, String>| {
            Scheme::from_files(CRITERIA, files, &specs)
                .map_err(|problems| wrong(&problems.first().map_or_else(String::new, ToString::to_string)))
        };
        Ok(Task {
            planned: serde_json::from_str(&queued.plan).map_err(|error| wrong(&error))?,
            schemes: files.iter().map(read).collect::<Result<_, _>>()?,
            packs: place(&queued.packs)?,
        })
    }
}

/// A pack that was made.
struct Made {
    task: Arc<Task>,
    sha256: String,
}
