//! Where packs are for good, taken apart: what of them goes there, comes from there, and is dropped there.
//!
//! A pack has the same name there as in the folder, `cities/ID/runs/DATE/pack.parts`; its pieces are beside the city's runs
//! and no other city's: whoever holds the city's lease may put and sweep there, and need not ask about the others. What
//! lies there is read without this program too: `tickmark verify` takes such a `pack.parts` with its pieces.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, BufReader, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::super::missing::Missing;
use super::super::opened::Opened;
use super::{CITIES, FROM_A_RUN, PIECES};
use crate::audit::kept::{PACK, PARTS};
use crate::pack::{PartsList, Pieces, piece_name};
use crate::store::Place;

/// The folder of a city that holds its runs' folders.
const RUNS: &str = "runs";
/// Where a city's pieces are, there, from a pack of its runs.
const FROM_A_RUN_THERE: &str = "../../pieces";
/// Files on their way at the same time: each is short, and its way is long.
const AT_ONCE: usize = 8;
/// So much of a list of parts is asked for at a time, in bytes: most are shorter.
const BLOCK: usize = 256 * 1024;

/// The place where packs are for good.
pub(super) struct Depot {
    place: Arc<Place>,
    /// The folder that is served.
    root: PathBuf,
}

/// What a pack is called in the folder and in the depot alike.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    /// The city's id.
    pub(super) city: String,
    run: String,
    file: &'static str,
}

impl Name {
    /// The name that is written so; none where no pack of an audit from here has it.
    fn read(written: &Path) -> Option<Self> {
        let parts: Option<Vec<&str>> = written
            .components()
            .map(|part| if let Component::Normal(part) = part { part.to_str() } else { None })
            .collect();
        let [CITIES, city, RUNS, run, file] = parts?[..] else { return None };
        let file = [PACK, PARTS].into_iter().find(|known| *known == file)?;
        Some(Self { city: city.to_owned(), run: run.to_owned(), file })
    }

    /// The same run's pack, whole where this is taken apart, and the other way round.
    pub(super) fn other(&self) -> Self {
        Self { file: if self.file == PACK { PARTS } else { PACK }, ..self.clone() }
    }

    /// Whether it is the pack as a whole.
    pub(super) fn is_whole(&self) -> bool {
        self.file == PACK
    }

    fn written(&self) -> String {
        let Self { city, run, file } = self;
        format!("{CITIES}/{city}/{RUNS}/{run}/{file}")
    }
}

/// Where the pieces of a city are, there.
fn pieces_of(city: &str) -> String {
    format!("{CITIES}/{city}/{PIECES}")
}

/// What a piece of a city is called there.
fn piece_of(city: &str, sha256: &str) -> String {
    format!("{}/{}", pieces_of(city), piece_name(sha256))
}

impl Depot {
    /// The depot in a place, of the folder `root`.
    pub(super) fn of(place: Arc<Place>, root: &Path) -> Result<Self, Missing> {
        let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if place.folder().is_some_and(|folder| real(folder).starts_with(real(root))) {
            let what = format!("{} is within the folder that is served: name a place beside it", place.url());
            return Err(Missing::Refused(what));
        }
        Ok(Self { place, root: root.to_owned() })
    }

    /// Its URL.
    pub(super) fn url(&self) -> &str {
        self.place.url()
    }

    /// The URL that a pack has there.
    pub(super) fn url_of(&self, name: &Name) -> String {
        self.place.url_of(&name.written())
    }

    /// The name of a pack that has this URL, if it is there.
    pub(super) fn name_of(&self, url: &Path) -> Option<Name> {
        Name::read(Path::new(self.place.name_of(url.to_str()?)?))
    }

    /// The name of a pack that lies in the folder, if an audit from here made it.
    pub(super) fn name_here(&self, path: &Path) -> Option<Name> {
        Name::read(path.strip_prefix(&self.root).ok()?)
    }

    /// Where a pack lies in the folder.
    pub(super) fn here(&self, name: &Name) -> PathBuf {
        self.root.join(name.written())
    }

    /// The length of the whole of a pack that is taken apart here.
    pub(super) fn whole(&self, name: &Name) -> Result<i64, Missing> {
        let bytes = PartsList::of(&self.here(name))?.whole();
        Ok(i64::try_from(bytes).unwrap_or(i64::MAX))
    }

    /// Whether it answers at all.
    pub(super) fn answers(&self) -> Result<(), Missing> {
        Ok(self.place.list(&pieces_of("none")).map(drop)?)
    }

    /// Puts a pack of the folder there, pieces first: what is there already is not sent again.
    pub(super) fn put(&self, name: &Name) -> Result<(), Missing> {
        let there = self.place.list(&pieces_of(&name.city))?;
        let path = self.here(name);
        if name.is_whole() {
            return Ok(self.place.put(&name.written(), &path)?);
        }
        let list = PartsList::of(&path)?;
        let pieces = Pieces::at(&self.root.join(PIECES));
        let lacks = |(sha256, bytes): (_, u64)| (there.get(&piece_name(sha256)) != Some(&bytes)).then_some(sha256);
        each(&list.pieces().into_iter().filter_map(lacks).collect::<Vec<_>>(), |sha256| {
            Ok(self.place.put(&piece_of(&name.city, sha256), &pieces.path(sha256))?)
        })?;
        let anew = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(&self.root))?.into_temp_path();
        PartsList::with_pieces_at(&path, Path::new(FROM_A_RUN_THERE), &anew)?;
        Ok(self.place.put(&name.written(), &anew)?)
    }

    /// Brings the pack of a run into the folder, with the pieces that are not there. What comes is believed only as far as
    /// it is what the run is called by: the hash of all that it holds.
    pub(super) fn fetch(&self, name: &Name, run: &str) -> Result<PathBuf, Missing> {
        let path = self.here(name);
        let folder = path.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder)?;
        let new = || Ok::<_, io::Error>(tempfile::NamedTempFile::new_in(folder)?.into_temp_path());
        let mut came = new()?;
        self.place.get(&name.written(), &came)?;
        let kept = Pieces::at(&self.root.join(PIECES));
        // Nobody removes a piece before the list that names it is there.
        let _lock = kept.locked(false)?;
        let spoilt = |why: &dyn ToString| Missing::Spoilt(self.url_of(name), why.to_string());
        if name.file == PARTS {
            let list = PartsList::of(&came).map_err(|error| spoilt(&error))?;
            let pieces: Vec<&str> = list.pieces().into_keys().filter(|piece| !kept.path(piece).exists()).collect();
            each(&pieces, |sha256| {
                let (room, piece) = (kept.room(sha256)?.into_temp_path(), piece_of(&name.city, sha256));
                self.place.get(&piece, &room)?;
                kept.take_in(sha256, room).map_err(|error| spoilt(&format!("{piece}: {error}")))
            })?;
            let own = new()?;
            PartsList::with_pieces_at(&came, Path::new(FROM_A_RUN), &own)?;
            came = own;
        }
        let opened = Opened::at(&came).map_err(|error| spoilt(&error))?;
        if let Some(damage) = opened.pack.damage().first() {
            return Err(spoilt(&damage.cause));
        }
        if opened.hash != run {
            return Err(spoilt(&"it holds another run"));
        }
        came.persist(&path).map_err(|error| error.error)?;
        Ok(path)
    }

    /// Removes a pack there; its pieces stay until the city is swept.
    pub(super) fn remove(&self, name: &Name) -> Result<(), Missing> {
        Ok(self.place.remove(&name.written())?)
    }

    /// Whether all of a pack that lies in the folder is there too.
    pub(super) fn holds(&self, name: &Name) -> Result<bool, Missing> {
        let path = self.here(name);
        if name.is_whole() {
            let Name { city, run, file } = name;
            let there = self.place.list(&format!("{CITIES}/{city}/{RUNS}/{run}"))?;
            return Ok(there.get(*file) == Some(&fs::metadata(&path)?.len()));
        }
        let Some(list) = self.list(name)? else { return Ok(false) };
        let there = self.place.list(&pieces_of(&name.city))?;
        let all = list.pieces().into_iter().all(|(sha256, bytes)| there.get(&piece_name(sha256)) == Some(&bytes));
        Ok(all && list.is_of_the_same(&PartsList::of(&path)?))
    }

    /// Removes the pieces of a city there that none of its packs needs. Whoever asks holds the city.
    pub(super) fn sweep(&self, city: &str) -> Result<(), Missing> {
        let mut used = BTreeSet::new();
        for run in self.place.list(&format!("{CITIES}/{city}/{RUNS}"))?.into_keys() {
            let name = Name::read(&Path::new(CITIES).join(city).join(RUNS).join(run));
            let Some(name) = name.filter(|name| name.file == PARTS) else { continue };
            // It may have been signed off meanwhile, and be whole now.
            if let Some(list) = self.list(&name)? {
                used.extend(list.pieces().into_keys().map(piece_name));
            }
        }
        let there: BTreeMap<String, u64> = self.place.list(&pieces_of(city))?;
        let unused: Vec<String> = there.into_keys().filter(|piece| !used.contains(piece)).collect();
        each(&unused, |piece| Ok(self.place.remove(&format!("{}/{piece}", pieces_of(city)))?))
    }

    /// The list of a pack's parts there; none where there is no such pack.
    fn list(&self, name: &Name) -> Result<Option<PartsList>, Missing> {
        let (written, url) = (name.written(), self.url_of(name));
        let begins = match self.place.read(&written, 0, BLOCK as u64) {
            Err(refused) if refused.is_absent() => return Ok(None),
            begins => begins?,
        };
        let rest = Rest { place: &self.place, name: &written, at: begins.len() as u64 };
        let list =
            PartsList::read(io::Cursor::new(begins).chain(BufReader::with_capacity(BLOCK, rest)), Path::new(&url));
        list.map(Some).map_err(|error| Missing::Spoilt(url, error.to_string()))
    }
}

/// What has a name in a place, from some byte on, block by block.
struct Rest<'a> {
    place: &'a Place,
    name: &'a str,
    at: u64,
}

impl Read for Rest<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.place.read(self.name, self.at, buffer.len() as u64).map_err(io::Error::other)?;
        buffer[..bytes.len()].copy_from_slice(&bytes);
        self.at += bytes.len() as u64;
        Ok(bytes.len())
    }
}

/// Does something with each, some at the same time, until one fails.
fn each<T: Sync>(all: &[T], work: impl Fn(&T) -> Result<(), Missing> + Sync) -> Result<(), Missing> {
    let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let trouble = Mutex::new(None);
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(all.len()) {
            scope.spawn(|| {
                while !failed.load(Ordering::Relaxed) {
                    let Some(one) = all.get(next.fetch_add(1, Ordering::Relaxed)) else { break };
                    if let Err(problem) = work(one) {
                        failed.store(true, Ordering::Relaxed);
                        *trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem);
                    }
                }
            });
        }
    });
    trouble.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
}
