//! How far each run is to be believed: what could not be looked at is held as it was last seen, until a second look on another
//! day fails too. What changed is told once it is settled, and only then.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::decide::now;
use super::missing::Missing;
use super::opened::Opened;
use super::{BETWEEN_LOOKS, Bench};
use crate::audit::kept::NoReport;
use crate::criteria::verdict::{ClauseVerdict, Standing, Verdict};
use crate::report::Report;
use crate::store::{KeptRun, LastSeen, Settled, SettledChange};

/// Runs of a city that is new here which are settled one by one, its last: as many as its page shows.
const MOST_AT_FIRST: usize = 12;

/// A clause that stands otherwise in one run than in another.
#[derive(Clone, Debug, Deserialize)]
struct Told {
    #[serde(flatten)]
    change: SettledChange,
    settled: bool,
}

#[derive(Deserialize)]
struct Difference {
    clauses: Vec<Told>,
}

/// Settles whatever run comes, for ever.
pub(super) async fn keep_on(bench: Arc<Bench>, aside: fn(&str)) {
    loop {
        if let Err(problem) = bench.settle_all(aside).await {
            aside(&format!("what changed is not settled: {problem}"));
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}

impl Bench {
    async fn settle_all(self: &Arc<Self>, aside: fn(&str)) -> Result<(), Missing> {
        for city in self.store.cities_to_settle().await? {
            self.settle(&city, aside).await?;
        }
        Ok(())
    }

    /// Settles the runs of a city that are not yet, the earliest first.
    pub(super) async fn settle(self: &Arc<Self>, city: &str, aside: fn(&str)) -> Result<(), Missing> {
        let _alone = self.settling.lock().await;
        let waiting = self.store.to_settle(city, MOST_AT_FIRST).await?;
        for run in waiting.runs {
            // What lies in the folder of another workbench over this store is settled there.
            if self.folder.here(&self.store, &run.id).await.is_err() {
                continue;
            }
            let settled = match self.weigh(&run).await {
                Ok(settled) => settled,
                // The store's own trouble, or the depot's, is not the run's: it is tried again.
                Err(problem @ (Missing::Store(_) | Missing::Afar(_))) => return Err(problem),
                Err(problem) => {
                    aside(&format!("the run of {} on {} is taken as it stands: {problem}", run.city, run.as_of));
                    Settled::default()
                }
            };
            // What changed before the city came here is no news.
            let channels = if waiting.known { self.notify.channels_for(&run.city) } else { Vec::new() };
            if self.store.settle(&run, &settled, &channels, now()).await? {
                self.notify.wake();
            }
        }
        Ok(())
    }

    async fn weigh(self: &Arc<Self>, run: &KeptRun) -> Result<Settled, Missing> {
        let Some(before) = self.store.before(run).await? else { return Ok(Settled::default()) };
        let held = self.store.settled(&before.id).await?.unwrap_or_default().held;
        let since = self.told(&before, run).await?;
        let mut since_seen = BTreeMap::from([(before.id.clone(), Some(since.clone()))]);
        for seen in held.iter().map(|held| &held.run) {
            if !since_seen.contains_key(seen) {
                let told = self.told_since(seen, run).await?;
                since_seen.insert(seen.clone(), told);
            }
        }
        let was = Arc::clone(self).open(before.id.clone()).await?;
        let is = Arc::clone(self).open(run.id.clone()).await?;
        Ok(Step { before: &before, was: &was, run, is: &is, since, since_seen }.weigh(held))
    }

    /// What changed from one run to another, as `tickmark diff` tells it.
    async fn told(self: &Arc<Self>, old: &KeptRun, new: &KeptRun) -> Result<Vec<Told>, Missing> {
        let difference: Difference = serde_json::from_str(&self.difference(old, new).await?).map_err(NoReport::from)?;
        Ok(difference.clauses)
    }

    /// What changed since the run that saw a clause last; none where its pack is gone.
    async fn told_since(self: &Arc<Self>, seen: &str, run: &KeptRun) -> Result<Option<Vec<Told>>, Missing> {
        let Some(seen) = self.store.run(seen).await? else { return Ok(None) };
        match self.told(&seen, run).await {
            Ok(told) => Ok(Some(told)),
            Err(Missing::Gone | Missing::Elsewhere(_)) => Ok(None),
            Err(problem) => Err(problem),
        }
    }
}

/// The way from the run before to a run.
struct Step<'a> {
    before: &'a KeptRun,
    was: &'a Opened,
    run: &'a KeptRun,
    is: &'a Opened,
    /// What changed since the run before.
    since: Vec<Told>,
    /// What changed since each run in which something was last seen; none where its pack is gone.
    since_seen: BTreeMap<String, Option<Vec<Told>>>,
}

impl Step<'_> {
    /// What is held from here on, and what is told now, of what was held so far.
    fn weigh(&self, held: Vec<LastSeen>) -> Settled {
        let mut settled = Settled::default();
        let known = |told: &&Told| held.iter().any(|held| named(held, &told.change));
        for told in self.since.iter().filter(|told| !known(told)) {
            if told.settled {
                settled.changes.push(told.change.clone());
            } else {
                settled.held.extend(self.hold(&told.change));
            }
        }
        for held in held {
            self.look_again(held, &mut settled);
        }
        settled
    }

    /// A clause that is out of sight for the first time.
    fn hold(&self, change: &SettledChange) -> Option<LastSeen> {
        let (verdict, _) = clause(&self.was.report, &change.scheme, &change.clause)?;
        Some(LastSeen {
            scheme: change.scheme.clone(),
            code: verdict.code.clone(),
            criterion: verdict.standing,
            found: self.found(&change.scheme, &verdict.code)?,
            clause: change.clause.clone(),
            standing: change.was,
            lead: change.led,
            run: self.before.id.clone(),
            on: self.before.as_of,
            since: self.run.as_of,
            out_of_sight: false,
        })
    }

    /// What comes of a clause that was out of sight.
    fn look_again(&self, held: LastSeen, settled: &mut Settled) {
        let now = clause(&self.is.report, &held.scheme, &held.clause).map(|(_, clause)| clause);
        let compared = self.since_seen.get(&held.run).and_then(Option::as_ref);
        let told = match compared {
            Some(told) => told.iter().find(|told| named(&held, &told.change)).cloned(),
            None => compared_alone(&held, now),
        };
        // What was told of it last: that it is out of sight, or nothing since it was seen.
        let last = self.since.iter().find(|told| named(&held, &told.change)).map(|told| &told.change);
        let Some(Told { change, settled: seen }) = told else {
            if held.out_of_sight {
                settled.changes.extend(last.cloned());
            }
            return;
        };
        match (seen, held.out_of_sight) {
            (true, false) => settled.changes.push(change),
            (true, true) => {
                if let Some(last) = last {
                    settled.changes.push(SettledChange { was: last.was, led: last.led, ..change });
                }
            }
            (false, out_of_sight) => {
                let second = !out_of_sight && self.run.as_of > held.since;
                if second {
                    settled.changes.push(change);
                }
                let found = self.found(&held.scheme, &held.code).unwrap_or(held.found);
                settled.held.push(LastSeen { out_of_sight: out_of_sight || second, found, ..held });
            }
        }
    }

    /// How a criterion stands in the run.
    fn found(&self, scheme: &str, code: &str) -> Option<Standing> {
        let by = self.is.report.by_scheme().find(|by| by.scheme.id == scheme)?;
        by.verdicts.iter().find(|verdict| verdict.code == code).map(|verdict| verdict.standing)
    }
}

fn named(held: &LastSeen, change: &SettledChange) -> bool {
    held.scheme == change.scheme && held.clause == change.clause
}

/// What changed of a clause whose run is there no more to tell why.
fn compared_alone(held: &LastSeen, now: Option<&ClauseVerdict>) -> Option<Told> {
    let (standing, leads) = (now.map(|now| now.standing), now.and_then(|now| now.lead));
    (standing != held.standing || leads != held.lead).then(|| Told {
        change: SettledChange {
            scheme: held.scheme.clone(),
            clause: held.clause.clone(),
            was: held.standing,
            now: standing,
            led: held.lead,
            leads,
            causes: Vec::new(),
        },
        settled: false,
    })
}

fn clause<'r>(report: &'r Report, scheme: &str, id: &str) -> Option<(&'r Verdict, &'r ClauseVerdict)> {
    let by = report.by_scheme().find(|by| by.scheme.id == scheme)?;
    let mut each = by.verdicts.iter().flat_map(|verdict| verdict.clauses.iter().map(move |clause| (verdict, clause)));
    each.find(|(_, clause)| clause.id == id)
}
