//! The packs in a folder, taken into the store: each is opened once, when it is new or was written anew.

mod away;
mod depot;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use super::missing::Missing;
use super::opened::Opened;
use crate::audit::kept::{PACK, PARTS, sealed_in};
use crate::audit::signed;
use crate::pack::{Pack, SIGN_OFF};
use crate::report::Report;
use crate::report::model::ByScheme;
use crate::store::{Held, Lying, NewRun, Place, Store};
use depot::{Depot, Name};

/// How deep runs may lie: `cities/ID/runs/DATE`.
const DEEPEST: usize = 4;

/// The folder within it which holds a folder for each city that is audited from here.
pub(super) const CITIES: &str = "cities";
/// The folder within it of what packs share, once they are taken apart.
const PIECES: &str = "pieces";
/// Where that is from a pack in `cities/ID/runs/DATE`.
const FROM_A_RUN: &str = "../../../../pieces";

/// A folder, and what is known of the packs in it.
pub(super) struct Folder {
    root: PathBuf,
    /// Those that were looked into, runs or not.
    known: Mutex<BTreeMap<PathBuf, Lying>>,
    /// Where packs are for good, if not here alone.
    depot: Option<Arc<Depot>>,
    /// The packs that are there, as long as they were when they were put there.
    away: Mutex<BTreeMap<Name, i64>>,
    /// Held while a pack comes from there.
    fetching: Mutex<()>,
}

impl Folder {
    /// The folder `root`, of whose packs the store knows some; `place` is where they are for good.
    pub(super) async fn of(root: PathBuf, place: Option<Arc<Place>>, store: &Store) -> Result<Self, Missing> {
        let root = std::path::absolute(root)?;
        let known = Mutex::new(store.packs(&root).await?);
        let depot = place.map(|place| Depot::of(place, &root)).transpose()?.map(Arc::new);
        let mut away = BTreeMap::new();
        if let Some(depot) = &depot {
            let there = store.packs(Path::new(depot.url())).await?.into_iter();
            away.extend(there.filter_map(|(url, lying)| Some((depot.name_of(&url)?, lying.bytes))));
        }
        Ok(Self { root, known, depot, away: Mutex::new(away), fetching: Mutex::default() })
    }

    /// The folder, from the root of the file system.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Takes in what is new, and forgets what is gone; `aside` hears of packs that hold no run.
    pub(super) async fn take_in(&self, store: &Store, aside: fn(&str)) -> Result<(), Missing> {
        // One at a time.
        let mut known = self.known.lock().await;
        let root = self.root.clone();
        let there = spawn_blocking(move || packs_in(&root)).await?;
        let gone: Vec<PathBuf> = known.keys().filter(|path| !there.contains_key(*path)).cloned().collect();
        for path in gone {
            store.gone(&path.to_string_lossy()).await?;
            known.remove(&path);
        }
        for (path, lying) in there {
            if known.get(&path) == Some(&lying) {
                continue;
            }
            if let Err(problem) = take(store, &path, lying, aside).await {
                // The store's own trouble is not the pack's: it is tried again the next time.
                if let Missing::Store(_) = problem {
                    return Err(problem);
                }
                aside(&format!("{}: holds no run to show: {problem}", path.display()));
            }
            known.insert(path, lying);
        }
        Ok(())
    }

    /// Takes apart the packs that lie whole in `runs`, a city's: what did not change from run to run is kept once.
    pub(super) async fn take_apart(&self, store: &Store, runs: &Path) -> Result<(), Missing> {
        let mut known = self.known.lock().await;
        let own = |path: &&PathBuf| path.ends_with(PACK) && path.parent().and_then(Path::parent) == Some(runs);
        let whole: Vec<PathBuf> = known.keys().filter(own).cloned().collect();
        for path in whole {
            let Some(run) = store.run_at(&path.to_string_lossy()).await? else { continue };
            let (pack, parts, pieces) = (path.clone(), path.with_file_name(PARTS), self.root.join(PIECES));
            let taken = move || Pack::open(&pack)?.take_apart(&parts, &pieces, Path::new(FROM_A_RUN));
            spawn_blocking(taken).await??;
            moved(store, &mut known, &path, &path.with_file_name(PARTS), &run).await?;
        }
        Ok(())
    }

    /// Where the pack of a run lies in this folder, whole: put together again, if it was taken apart.
    pub(super) async fn whole(&self, store: &Store, run: &str) -> Result<PathBuf, Missing> {
        self.pack(store, run).await?;
        let mut known = self.known.lock().await;
        let path = self.here(store, run).await?;
        if !path.ends_with(PARTS) {
            return Ok(path);
        }
        let (parts, whole) = (path.clone(), path.with_file_name(PACK));
        let into = whole.clone();
        spawn_blocking(move || Pack::put_together(&parts, &into)).await??;
        moved(store, &mut known, &path, &whole, run).await?;
        Ok(whole)
    }

    /// Keeps what is to be done first by the latest runs that an earlier version took in, as far as their packs are there.
    pub(super) async fn keep_fixes(&self, store: &Store) -> Result<(), Missing> {
        for run in store.without_fixes().await? {
            let Ok(path) = self.here(store, &run).await else { continue };
            let opened = spawn_blocking(move || Opened::at(&path)).await?;
            if let Some(opened) = opened.ok().filter(|opened| opened.hash == run) {
                store.keep_fixes(&run, &held(&opened.report)).await?;
            }
        }
        Ok(())
    }

    /// Removes what no pack needs any more of what they share.
    pub(super) async fn sweep(&self) -> Result<(), Missing> {
        // What comes is needed by no pack yet.
        let _fetching = self.fetching.lock().await;
        let _known = self.known.lock().await;
        let root = self.root.clone();
        let parts = move || {
            let all = packs_in(&root).into_keys();
            // Beside one that is whole again, its parts may still lie.
            let parts = all.map(|path| path.with_file_name(PARTS)).filter(|path| path.exists());
            Pack::sweep(&root.join(PIECES), || Ok(parts.collect()))
        };
        Ok(spawn_blocking(parts).await??)
    }

    /// Where the pack of a run lies in this folder.
    pub(super) async fn here(&self, store: &Store, run: &str) -> Result<PathBuf, Missing> {
        let packs = store.packs_of(run).await?;
        packs.into_iter().find(|path| path.starts_with(&self.root) && path.is_file()).ok_or(Missing::Gone)
    }
}

/// Remembers that a pack lies elsewhere now.
async fn moved(
    store: &Store,
    known: &mut BTreeMap<PathBuf, Lying>,
    from: &Path,
    to: &Path,
    run: &str,
) -> Result<(), Missing> {
    let lying = lying(&fs::metadata(to)?);
    store.lies(&to.to_string_lossy(), lying, run).await?;
    store.gone(&from.to_string_lossy()).await?;
    known.remove(from);
    known.insert(to.to_owned(), lying);
    Ok(())
}

/// Takes a pack in, with what was decided of its run.
async fn take(store: &Store, path: &Path, lying: Lying, aside: fn(&str)) -> Result<(), Missing> {
    let name = path.to_str().ok_or(Missing::Nothing)?;
    let pack = path.to_owned();
    let Opened { report, hash, pack } = spawn_blocking(move || Opened::at(&pack)).await??;
    let times = report.captures.iter().map(|capture| capture.fetched_at);
    let run = NewRun {
        id: &hash,
        city: &report.submission.city,
        as_of: report.as_of,
        tool: &report.tool.version,
        fetched: times.clone().min().zip(times.max()),
        held: held(&report),
        lies: Some((name, lying)),
    };
    store.keep(&run).await?;
    // Signed off over another store, or by a process that was killed before it could say so.
    if let Some(sign_off) = pack.extra(SIGN_OFF)? {
        match signed::read(&sign_off, &hash, &report) {
            Ok(sign_off) => {
                let probes = report.findings.iter().map(|finding| (finding.id.as_str(), finding.probe.as_str()));
                store.adopt(&sign_off, &probes.collect()).await?;
            }
            Err(problems) => {
                for (what, why) in problems {
                    aside(&format!("{}: {what} is left aside: {why}", path.display()));
                }
            }
        }
    }
    Ok(())
}

/// What came of a run by each scheme.
fn held(report: &Report) -> Vec<Held<'_>> {
    let by_scheme = report.by_scheme().map(|ByScheme { scheme, standing, first, verdicts, .. }| Held {
        scheme: &scheme.id,
        title: &scheme.title,
        edition: &scheme.sha256,
        standing,
        verdicts,
        first,
    });
    by_scheme.collect()
}

/// Every sealed pack in a folder and the folders in it. A pack is sealed at once, so it is whole or absent.
fn packs_in(root: &Path) -> BTreeMap<PathBuf, Lying> {
    let mut found = BTreeMap::new();
    let mut open = vec![(root.to_owned(), 0)];
    while let Some((folder, depth)) = open.pop() {
        let pack = sealed_in(&folder);
        if let Some(lying) = fs::metadata(&pack).ok().filter(fs::Metadata::is_file).map(|file| lying(&file)) {
            found.insert(pack, lying);
        }
        let inner = if depth < DEEPEST { fs::read_dir(&folder).ok() } else { None };
        // A link could lead out of the folder.
        let inner = inner.into_iter().flatten().filter_map(Result::ok);
        let folders = inner.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
        // No pack lies among the pieces of packs, of which there are many.
        let folders = folders.filter(|entry| depth > 0 || entry.file_name() != PIECES);
        open.extend(folders.map(|entry| (entry.path(), depth + 1)));
    }
    found
}

fn lying(file: &fs::Metadata) -> Lying {
    let modified = file.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    Lying {
        bytes: i64::try_from(file.len()).unwrap_or(i64::MAX),
        modified: i64::try_from(modified.as_nanos()).unwrap_or(i64::MAX),
    }
}
