//! The runs in a folder: every folder in it that holds a sealed pack. A pack is sealed at once, so a run is whole or absent.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use probes::capture::short_hash;
use serde::Deserialize;

use super::pages::Missing;
use crate::audit::kept::{self, PACK};
use crate::criteria::verdict::Summary;
use crate::pack::Pack;
use crate::report::Report;

/// How deep runs may lie: `cities/ID/runs/DATE`.
const DEEPEST: usize = 4;

/// The runs in a folder.
pub(super) struct Runs {
    folder: PathBuf,
}

/// A run as lists show it.
pub(super) struct Run {
    /// Names it in addresses: a hash of its place in the folder.
    pub(super) id: String,
    /// The city's name.
    pub(super) city: String,
    /// The date it speaks of.
    pub(super) as_of: Date,
    /// The result in figures.
    pub(super) standing: Summary,
}

/// No more of a report than lists show.
#[derive(Deserialize)]
struct Listed {
    submission: Named,
    as_of: Date,
    standing: Summary,
}

#[derive(Deserialize)]
struct Named {
    city: String,
}

impl Runs {
    pub(super) fn of(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Every run whose report can be read, by city, the latest first.
    pub(super) fn list(&self) -> Vec<Run> {
        let mut runs: Vec<Run> = self.folders().iter().filter_map(|folder| self.listed(folder)).collect();
        runs.sort_by(|a, b| a.city.cmp(&b.city).then(b.as_of.cmp(&a.as_of)).then(a.id.cmp(&b.id)));
        runs
    }

    /// The pack of a run, and its report.
    pub(super) fn open(&self, id: &str) -> Result<(Pack, Report), Missing> {
        let pack = Pack::open(&self.pack(id)?).map_err(kept::NoReport::from)?;
        let report = kept::report(&pack)?;
        Ok((pack, report))
    }

    /// The bytes of a run's pack, as they lie there.
    pub(super) fn pack_bytes(&self, id: &str) -> Result<Vec<u8>, Missing> {
        Ok(fs::read(self.pack(id)?)?)
    }

    fn pack(&self, id: &str) -> Result<PathBuf, Missing> {
        let found = self.folders().into_iter().find(|folder| self.id(folder) == id);
        found.map(|folder| folder.join(PACK)).ok_or(Missing::Nothing)
    }

    fn id(&self, run: &Path) -> String {
        short_hash(run.strip_prefix(&self.folder).unwrap_or(run).as_os_str().as_encoded_bytes())
    }

    fn listed(&self, run: &Path) -> Option<Run> {
        let pack = Pack::open(&run.join(PACK)).ok()?;
        let Listed { submission, as_of, standing } = kept::report(&pack).ok()?;
        Some(Run { id: self.id(run), city: submission.city, as_of, standing })
    }

    fn folders(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut open = vec![(self.folder.clone(), 0)];
        while let Some((folder, depth)) = open.pop() {
            if folder.join(PACK).is_file() {
                found.push(folder.clone());
            }
            let inner = if depth < DEEPEST { fs::read_dir(&folder).ok() } else { None };
            // A link could lead out of the folder.
            let inner = inner.into_iter().flatten().filter_map(Result::ok);
            let folders = inner.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
            open.extend(folders.map(|entry| (entry.path(), depth + 1)));
        }
        found
    }
}
