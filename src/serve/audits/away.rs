//! After an audit its pack goes where packs are for good, and older ones leave the folder. While that place does not answer,
//! nothing is lost: packs stay in the folder, and go there when it does.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::serve::missing::Missing;
use crate::serve::{BETWEEN_LOOKS, Bench};

/// How long a place that did not answer is left alone.
const LEFT_ALONE: Duration = Duration::from_secs(15);
/// A city's latest packs that stay in the folder: an audit begins with what the last one brought, and what changed is told
/// from both.
const KEPT_HERE: usize = 2;
/// What trouble is filed under that is no city's.
const THE_PLACE: &str = "";

/// The cities of whose trouble was told, that still is: it is told once.
#[derive(Default)]
struct Said(BTreeSet<String>);

impl Said {
    fn once(&mut self, of: &str, what: &str, aside: fn(&str)) {
        // However it is worded the next time: errors tell how long they took.
        if self.0.insert(of.to_owned()) {
            aside(what);
        }
    }

    /// There is no trouble any more; whether there was.
    fn over(&mut self, of: &str) -> bool {
        self.0.remove(of)
    }
}

/// Puts away whatever comes, for ever.
pub(in super::super) async fn keep_on(bench: Arc<Bench>, aside: fn(&str)) {
    let Some(place) = bench.folder.depot().map(str::to_owned) else { return };
    let mut said = Said::default();
    let mut done = bench.folder.depot_answers().await;
    loop {
        let pause = match done {
            Ok(()) => {
                if said.over(THE_PLACE) {
                    aside(&format!("{place} takes packs again"));
                }
                BETWEEN_LOOKS
            }
            Err(Missing::Afar(problem)) => {
                let what = format!(
                    "packs stay in the folder until {place} takes them, and runs whose packs are only there are not shown: \
                     see that it can be reached and written to: {problem}"
                );
                said.once(THE_PLACE, &what, aside);
                LEFT_ALONE
            }
            Err(problem) => {
                aside(&format!("what is to be put into {place} is not known: {problem}"));
                BETWEEN_LOOKS
            }
        };
        let _ = tokio::time::timeout(pause, bench.auditors.ended.notified()).await;
        done = bench.put_all_away(&mut said, aside).await;
    }
}

impl Bench {
    /// Puts away what is not yet, city by city, each held meanwhile; trouble of the place ends it.
    async fn put_all_away(&self, said: &mut Said, aside: fn(&str)) -> Result<(), Missing> {
        let cities = self.folder.cities_to_put_away().await;
        if cities.is_empty() && said.0.contains(THE_PLACE) {
            return self.folder.depot_answers().await;
        }
        for city in cities {
            let lease = &self.auditors.lease;
            // While it is audited, here or elsewhere, it waits.
            if !self.store.hold_city(&city, lease, Timestamp::now()).await? {
                continue;
            }
            let done = self.while_held(&city, aside, self.put_city_away(&city, aside)).await;
            self.store.let_go_of_city(&city, lease).await?;
            // An audit may have waited for the city.
            self.auditors.asked.notify_one();
            match done {
                Ok(()) => drop(said.over(&city)),
                Err(problem @ (Missing::Afar(_) | Missing::Store(_))) => return Err(problem),
                Err(problem) => {
                    let what = format!("a pack of the city {city} stays in the folder alone: {problem}");
                    said.once(&city, &what, aside);
                }
            }
        }
        Ok(())
    }

    async fn put_city_away(&self, city: &str, aside: fn(&str)) -> Result<(), Missing> {
        self.folder.put_away(&self.store, city).await?;
        if let Some(watched) = self.store.watched(city).await? {
            self.drop_old_packs(&watched, aside).await?;
        }
        self.drop_what_is_away(city).await
    }

    /// Drops what lies here of a city's earlier packs and is safe where packs are for good.
    async fn drop_what_is_away(&self, city: &str) -> Result<(), Missing> {
        // Runs are settled by their packs.
        if self.store.cities_to_settle().await?.iter().any(|unsettled| unsettled == city) {
            return Ok(());
        }
        let latest = self.store.history(city, 0, KEPT_HERE).await?;
        let mut kept: BTreeSet<String> = latest.iter().map(|column| column.run.id.clone()).collect();
        if let Some(latest) = latest.first() {
            // The next one is held against these.
            let settled = self.store.settled(&latest.run.id).await?.unwrap_or_default();
            kept.extend(settled.held.into_iter().map(|held| held.run));
        }
        let safe = self.folder.safe_away(&self.store, city, &kept).await?;
        if safe.is_empty() {
            return Ok(());
        }
        {
            // Nobody signs off meanwhile.
            let _signing = self.signing.lock().await;
            for pack in safe {
                self.folder.drop_here(&self.store, pack).await?;
            }
        }
        self.folder.sweep().await
    }
}
