//! Packs that are put where they are for good, and come from there when they lie in the folder no more.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::task::spawn_blocking;

use super::super::missing::Missing;
use super::depot::{Depot, Name};
use super::{Folder, lying};
use crate::store::{Lying, Store};

/// Whether a pack's address is a place's, and no path.
const IN_A_PLACE: &str = "://";

/// A pack that lies here and is safe where packs are for good.
pub(in super::super) struct Safe {
    path: PathBuf,
    lying: Lying,
}

impl Folder {
    /// Where packs are for good, if not here alone.
    pub(in super::super) fn depot(&self) -> Option<&str> {
        self.depot.as_ref().map(|depot| depot.url())
    }

    /// Whether that place answers.
    pub(in super::super) async fn depot_answers(&self) -> Result<(), Missing> {
        let Some(depot) = self.depot.clone() else { return Ok(()) };
        spawn_blocking(move || depot.answers()).await?
    }

    /// Where the pack of a run lies in this folder, into which it comes if it is only where packs are for good.
    pub(in super::super) async fn pack(&self, store: &Store, run: &str) -> Result<PathBuf, Missing> {
        if let Some(path) = self.as_signed(store, run).await? {
            return Ok(path);
        }
        // One at a time; another may have had it come meanwhile.
        let _alone = self.fetching.lock().await;
        if let Some(path) = self.as_signed(store, run).await? {
            return Ok(path);
        }
        let places: Vec<PathBuf> = store.packs_of(run).await?;
        let there = self.depot.as_ref().and_then(|depot| {
            // Where both are there, a process was killed before it could remove one: the whole one is signed off.
            let name = places.iter().filter_map(|url| depot.name_of(url)).min_by_key(|name| !name.is_whole())?;
            Some((Arc::clone(depot), name))
        });
        let Some((depot, name)) = there else {
            let url = places.iter().map(|url| url.to_string_lossy()).find(|url| url.contains(IN_A_PLACE));
            return Err(url.map_or(Missing::Gone, |url| Missing::Elsewhere(url.into_owned())));
        };
        let (asked, from, what) = (run.to_owned(), Arc::clone(&depot), name.clone());
        let path = spawn_blocking(move || from.fetch(&what, &asked)).await??;
        let mut known = self.known.lock().await;
        // What lies beside it is of before it was signed off.
        let before = depot.here(&name.other());
        if known.remove(&before).is_some() {
            store.gone(&before.to_string_lossy()).await?;
            fs::remove_file(&before)?;
        }
        let lying = lying(&fs::metadata(&path)?);
        store.lies(&path.to_string_lossy(), lying, run).await?;
        known.insert(path.clone(), lying);
        Ok(path)
    }

    /// Where the pack of a run lies in this folder, unless another workbench had it signed off since.
    async fn as_signed(&self, store: &Store, run: &str) -> Result<Option<PathBuf>, Missing> {
        let path = match self.here(store, run).await {
            Err(Missing::Gone) => return Ok(None),
            here => here?,
        };
        let Some(depot) = &self.depot else { return Ok(Some(path)) };
        let Some(name) = depot.name_here(&path) else { return Ok(Some(path)) };
        Ok(if signed_elsewhere(store, depot, &name).await? { None } else { Some(path) })
    }

    /// The cities of which a pack lies here that is not yet where packs are for good as it is here.
    pub(in super::super) async fn cities_to_put_away(&self) -> BTreeSet<String> {
        let Some(depot) = &self.depot else { return BTreeSet::new() };
        self.to_put_away(depot).await.into_keys().map(|name| name.city).collect()
    }

    /// Puts a city's packs there that are not yet. Whoever asks holds the city.
    pub(in super::super) async fn put_away(&self, store: &Store, city: &str) -> Result<(), Missing> {
        let Some(depot) = &self.depot else { return Ok(()) };
        for (name, lying) in self.to_put_away(depot).await {
            let path = depot.here(&name);
            let run = if name.city == city { store.run_at(&path.to_string_lossy()).await? } else { None };
            let Some(run) = run else { continue };
            if signed_elsewhere(store, depot, &name).await? {
                self.pack(store, &run).await?;
                continue;
            }
            let (to, what) = (Arc::clone(depot), name.clone());
            match spawn_blocking(move || to.put(&what)).await? {
                // It was put together meanwhile to be signed off, or was removed.
                Err(_) if !path.exists() => continue,
                put => put?,
            }
            // A pack of a run differs from another of it by its sign-off, and so in length.
            store.lies(&depot.url_of(&name), lying, &run).await?;
            let other = name.other();
            self.away.lock().await.insert(name, lying.bytes);
            // Another workbench may have put it there.
            if store.lying(&depot.url_of(&other)).await?.is_some() {
                self.remove_there(store, depot, other).await?;
            }
        }
        Ok(())
    }

    /// The packs of a city that lie here and, whole, where packs are for good, but for those of the runs `kept`.
    pub(in super::super) async fn safe_away(
        &self,
        store: &Store,
        city: &str,
        kept: &BTreeSet<String>,
    ) -> Result<Vec<Safe>, Missing> {
        let Some(depot) = &self.depot else { return Ok(Vec::new()) };
        let here: Vec<(PathBuf, Lying)> =
            self.known.lock().await.iter().map(|(path, is)| (path.clone(), *is)).collect();
        let mut safe = Vec::new();
        for (path, lying) in here {
            let Some(name) = depot.name_here(&path).filter(|name| name.city == city) else { continue };
            let run = store.run_at(&path.to_string_lossy()).await?.filter(|run| !kept.contains(run));
            if run.is_none() || self.away.lock().await.get(&name) != Some(&lying.bytes) {
                continue;
            }
            let (at, what) = (Arc::clone(depot), name.clone());
            if spawn_blocking(move || at.holds(&what)).await?? {
                safe.push(Safe { path, lying });
            } else {
                // Somebody removed some of it there: it is put there again.
                self.away.lock().await.remove(&name);
            }
        }
        Ok(safe)
    }

    /// Removes a pack here that is safe elsewhere, unless it was written anew meanwhile.
    pub(in super::super) async fn drop_here(&self, store: &Store, Safe { path, lying }: Safe) -> Result<(), Missing> {
        let mut known = self.known.lock().await;
        if fs::metadata(&path).ok().map(|file| super::lying(&file)) != Some(lying) {
            return Ok(());
        }
        store.gone(&path.to_string_lossy()).await?;
        known.remove(&path);
        fs::remove_file(&path)?;
        // What else lies there is somebody's own.
        let _ = path.parent().map(fs::remove_dir);
        Ok(())
    }

    /// Drops the pack of a run where packs are for good; whether it was there.
    pub(in super::super) async fn drop_there(&self, store: &Store, run: &str) -> Result<bool, Missing> {
        let Some(depot) = &self.depot else { return Ok(false) };
        let mut dropped = false;
        for url in store.packs_of(run).await? {
            if let Some(name) = depot.name_of(&url) {
                self.remove_there(store, depot, name).await?;
                dropped = true;
            }
        }
        Ok(dropped)
    }

    /// Removes there what no pack of a city needs any more. Whoever asks holds the city.
    pub(in super::super) async fn sweep_there(&self, city: &str) -> Result<(), Missing> {
        let Some(depot) = self.depot.clone() else { return Ok(()) };
        let city = city.to_owned();
        spawn_blocking(move || depot.sweep(&city)).await?
    }

    async fn remove_there(&self, store: &Store, depot: &Arc<Depot>, name: Name) -> Result<(), Missing> {
        let (at, what) = (Arc::clone(depot), name.clone());
        spawn_blocking(move || at.remove(&what)).await??;
        store.gone(&depot.url_of(&name)).await?;
        self.away.lock().await.remove(&name);
        Ok(())
    }

    async fn to_put_away(&self, depot: &Depot) -> BTreeMap<Name, Lying> {
        let (known, away) = (self.known.lock().await, self.away.lock().await);
        let own = known.iter().filter_map(|(path, lying)| Some((depot.name_here(path)?, *lying)));
        own.filter(|(name, lying)| away.get(name) != Some(&lying.bytes)).collect()
    }
}

/// Whether a pack that is taken apart here is another than the whole one that is there: a sign-off makes it longer, and
/// whoever signs puts it there whole.
async fn signed_elsewhere(store: &Store, depot: &Arc<Depot>, name: &Name) -> Result<bool, Missing> {
    if name.is_whole() {
        return Ok(false);
    }
    let Some(there) = store.lying(&depot.url_of(&name.other())).await? else { return Ok(false) };
    let (at, what) = (Arc::clone(depot), name.clone());
    Ok(spawn_blocking(move || at.whole(&what)).await?? < there.bytes)
}
