//! Audits that the workbench carries out itself: those that are asked for, and those that fall due.
//!
//! The store says what is due, once, and who alone audits a city; each audit has a folder of its own, named for its due time,
//! so that one whose process was killed is gone on with there, and one that is sealed already is not made again.

mod away;
mod config;
mod live;
mod retention;
mod submitting;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, Semaphore};
use tokio::task::spawn_blocking;

use super::access::who;
use super::folder::CITIES;
use super::missing::Missing;
use super::{BETWEEN_LOOKS, Bench};
use crate::audit::kept::{self, Course, WORK, files, run_after, sealed_in};
use crate::audit::{AuditError, Plan};
use crate::crawl::Crawler;
use crate::criteria::Scheme;
use crate::pack::PackError;
use crate::pack::exchange::Robots;
use crate::store::{Audit, CityLease, Event, Outcome, Watched};

pub(super) use away::keep_on as put_away;
pub use config::{Config, Unread};
pub(super) use live::{Live, Shown};
pub(super) use submitting::{Linked, Submits, Timed};

/// How long a city is held, unless the lease is renewed: the longest that a killed process keeps it from others.
const HOLDS: SignedDuration = SignedDuration::from_secs(60);
/// How often a lease is renewed.
const RENEWS: Duration = Duration::from_secs(15);

/// Who audits.
pub(super) struct Auditors {
    crawler: Arc<Crawler>,
    robots: Robots,
    lease: CityLease,
    at_once: Arc<Semaphore>,
    /// Wakes whoever looks at what is due.
    asked: Notify,
    /// Wakes whoever puts packs away.
    ended: Notify,
    /// How the audits that are under way here go, by city.
    live: Mutex<BTreeMap<String, Arc<Live>>>,
}

impl Auditors {
    /// Auditors who fetch by `crawler`, so many at once; `name` is no other process's.
    pub(super) fn new(crawler: Arc<Crawler>, robots: Robots, at_once: usize, name: String) -> Self {
        let lease = CityLease { holder: name, holds: HOLDS };
        let at_once = Arc::new(Semaphore::new(at_once.max(1)));
        Self { crawler, robots, lease, at_once, asked: Notify::new(), ended: Notify::new(), live: Mutex::default() }
    }

    /// How a city's audit goes, if it is under way here.
    pub(super) fn live(&self, city: &str) -> Option<Arc<Live>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner).get(city).cloned()
    }

    fn goes(&self, city: &str, live: Option<Arc<Live>>) {
        let mut all = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        match live {
            Some(live) => all.insert(city.to_owned(), live),
            None => all.remove(city),
        };
    }
}

/// Carries out what is due, for ever.
pub(super) async fn keep_on(bench: Arc<Bench>, aside: fn(&str)) {
    loop {
        if let Err(problem) = bench.look_at_what_is_due(aside).await {
            aside(&format!("what is due is not known: {problem}"));
        }
        let _ = tokio::time::timeout(BETWEEN_LOOKS, bench.auditors.asked.notified()).await;
    }
}

impl Bench {
    /// Has a city audited now; the audit that waits already, where one does.
    pub(super) async fn ask(&self, city: &str, as_of: Option<jiff::civil::Date>) -> Result<Audit, Missing> {
        // To the millisecond: who asks again within the second means another.
        let now = Timestamp::from_millisecond(Timestamp::now().as_millisecond()).unwrap_or_default();
        let as_of = as_of.unwrap_or_else(|| day(now));
        self.store.fall_due(city, now, as_of, false).await?;
        self.store.log(&who().by(), Event::AuditAsked, &format!("city {city}")).await?;
        self.auditors.asked.notify_one();
        let (latest, _) = self.store.audits(city, 0, 1).await?;
        latest.into_iter().next().ok_or(Missing::Nothing)
    }

    async fn look_at_what_is_due(self: &Arc<Self>, aside: fn(&str)) -> Result<(), Missing> {
        let now = super::decide::now();
        for watched in self.store.all_watched().await? {
            let Some(schedule) = &watched.timing.schedule else { continue };
            let last = self.store.last_due(&watched.city_id).await?;
            let after = last.map_or(watched.since, |last| last.max(watched.since));
            if let Some(due) = schedule.last(&watched.city_id, after, now) {
                self.store.fall_due(&watched.city_id, due, day(now), true).await?;
            }
        }
        for city in self.store.to_audit().await? {
            let Ok(permit) = Arc::clone(&self.auditors.at_once).try_acquire_owned() else { break };
            let Some(audit) = self.store.begin(&city, &self.auditors.lease, now).await? else { continue };
            let bench = Arc::clone(self);
            tokio::spawn(async move {
                if let Err(problem) = bench.carry_out(audit, aside).await {
                    aside(&format!("an audit: {problem}"));
                }
                drop(permit);
                // Whatever waited for its turn.
                bench.auditors.asked.notify_one();
            });
        }
        Ok(())
    }

    /// Carries out an audit whose city is held, and says what came of it.
    async fn carry_out(self: &Arc<Self>, audit: Audit, aside: fn(&str)) -> Result<(), Missing> {
        let watched = self.store.watched(&audit.city_id).await?.ok_or(Missing::Nothing)?;
        let live = Arc::new(Live::default());
        self.auditors.goes(&audit.city_id, Some(Arc::clone(&live)));
        let work = {
            let (bench, audit, watched) = (Arc::clone(self), audit.clone(), watched.clone());
            async move { bench.audited(audit, watched, live, aside).await }
        };
        let outcome = self.while_held(&audit.city_id, aside, work).await;
        let outcome = outcome.unwrap_or_else(|problem| Outcome::Problem(problem.to_string()));
        if let Outcome::Problem(problem) = &outcome {
            aside(&format!("the audit of {}: {problem}", watched.submission.city));
        }
        self.store.end(&audit, &self.auditors.lease, &outcome, super::decide::now()).await?;
        self.auditors.goes(&audit.city_id, None);
        if self.folder.depot().is_some() {
            // Old packs are dropped once this one is put away.
            self.auditors.ended.notify_one();
            return Ok(());
        }
        self.drop_old_packs(&watched, aside).await
    }

    /// Works on a city that is held, and holds it for as long as that takes.
    async fn while_held<T>(&self, city: &str, aside: fn(&str), work: impl Future<Output = T>) -> T {
        let renewing = async {
            loop {
                tokio::time::sleep(RENEWS).await;
                match self.store.renew(city, &self.auditors.lease, Timestamp::now()).await {
                    Ok(true) => {}
                    Ok(false) => aside("a city that is worked on here is held by somebody else"),
                    Err(problem) => aside(&problem.to_string()),
                }
            }
        };
        tokio::select! {
            done = work => done,
            never = renewing => never,
        }
    }

    async fn audited(
        self: Arc<Self>,
        audit: Audit,
        watched: Watched,
        live: Arc<Live>,
        aside: fn(&str),
    ) -> Result<Outcome, Missing> {
        let (city, runs) = (audit.city_id.clone(), self.runs_of(&audit.city_id));
        let folder = runs.join(stamp(audit.due));
        let sealed = sealed_in(&folder);
        if !sealed.exists() {
            let last = self.last_pack(&audit.city_id).await?;
            let bench = Arc::clone(&self);
            let ran =
                spawn_blocking(move || bench.audit_into(&folder, last.as_deref(), &audit, &watched, &live, aside));
            if let Err(problem) = ran.await? {
                return Ok(Outcome::Problem(problem));
            }
        }
        self.folder.take_in(&self.store, aside).await?;
        let Some(run) = self.store.run_at(&sealed.to_string_lossy()).await? else {
            return Ok(Outcome::Problem(format!("{}: its pack was not taken in", sealed.display())));
        };
        // Before its pack is taken apart, as it is still open for that.
        if let Err(problem) = self.settle(&city, aside).await {
            aside(&format!("what changed since the run before is not settled yet: {problem}"));
        }
        // Nobody signs off meanwhile.
        let _signing = self.signing.lock().await;
        if let Err(problem) = self.folder.take_apart(&self.store, &runs).await {
            aside(&format!("a pack stays whole: {problem}"));
        }
        Ok(Outcome::Run(run))
    }

    /// Where the runs of a city lie that are audited from here.
    fn runs_of(&self, city: &str) -> PathBuf {
        self.folder.root().join(CITIES).join(city).join("runs")
    }

    /// Where the pack of a city's latest run lies that is there.
    async fn last_pack(&self, city: &str) -> Result<Option<PathBuf>, Missing> {
        for column in self.store.history(city, 0, 10).await? {
            if let Ok(path) = self.folder.pack(&self.store, &column.run.id).await {
                return Ok(Some(path));
            }
        }
        Ok(None)
    }

    fn audit_into(
        &self,
        folder: &Path,
        last: Option<&Path>,
        audit: &Audit,
        watched: &Watched,
        live: &Live,
        aside: fn(&str),
    ) -> Result<(), String> {
        let Self { auditors, readers, .. } = self;
        let submission = &watched.submission;
        let specs: Vec<_> = probes::specs().collect();
        let mut schemes = Vec::new();
        for name in submission.schemes() {
            let scheme = Scheme::load(name, &specs);
            schemes.push(scheme.map_err(|problems| submitting::told(&problems))?);
        }
        std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let crawler = auditors.crawler.beside(files(submission), auditors.robots);
        let plan = Plan { schemes: &schemes, submission, probes: probes::ALL, as_of: audit.as_of };
        let tell = |what: &str| aside(what);
        let course = Course { robots: auditors.robots, crawler: &crawler, progress: live, readers, aside: &tell };
        let attempt = || run_after(last, folder, &plan, course);
        let done = kept::one_of_many(|| match attempt() {
            // What a killed process began of another submission is of no use any more.
            Err(AuditError::Pack(PackError::OtherAudit { .. })) => {
                std::fs::remove_dir_all(folder.join(WORK)).map_err(PackError::io(folder, "remove"))?;
                attempt()
            }
            done => done,
        })?;
        for probe in done.broken {
            aside(&format!("the probe {probe} broke: its findings are unknown, please report it with the pack"));
        }
        Ok(())
    }
}

/// A time as a folder's name.
fn stamp(due: Timestamp) -> String {
    due.to_string().replace(':', "")
}

/// The day, in UTC: the same for everyone at the same moment.
pub(super) fn day(time: Timestamp) -> jiff::civil::Date {
    TimeZone::UTC.to_datetime(time).date()
}
