//! Where the packs of a survey go that many workers carry out.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use url::Url;

use super::ledger::{SurveyError, disk, other};

/// A place that every worker reaches, and the survey's own program too.
#[derive(Debug)]
pub(super) struct Packs {
    folder: PathBuf,
}

impl Packs {
    /// The place at a URL.
    pub(super) fn at(url: &str) -> Result<Self, SurveyError> {
        let place = Path::new(url);
        let parsed = Url::parse(url).map_err(|error| other(place, error.to_string()))?;
        match parsed.scheme() {
            "file" => {
                let folder = parsed.to_file_path().map_err(|()| other(place, "names no folder of this machine"))?;
                Ok(Self { folder })
            }
            _ => Err(other(place, "packs go to a folder that all workers reach, as in file:///srv/packs")),
        }
    }

    /// Moves a file there, to be found by this name: nobody sees less than the whole of it.
    pub(super) fn put(&self, name: &str, from: &Path) -> Result<(), SurveyError> {
        let into = self.folder.join(name);
        let parent = into.parent().unwrap_or(&self.folder);
        fs::create_dir_all(parent).map_err(disk(parent))?;
        moved(from, &into).map_err(disk(&into))
    }

    /// Writes what has this name to a file of this machine; where that lies in the very place, it is moved there.
    pub(super) fn get(&self, name: &str, into: &Path) -> Result<(), SurveyError> {
        let from = self.folder.join(name);
        if let Some(parent) = into.parent() {
            fs::create_dir_all(parent).map_err(disk(parent))?;
        }
        let within = into.starts_with(&self.folder);
        if within { moved(&from, into) } else { copied(&from, into) }.map_err(disk(&from))
    }

    /// Removes what has this name, if it is there: nobody will ask for it.
    pub(super) fn remove(&self, name: &str) {
        // It is in nobody's way.
        let _ = fs::remove_file(self.folder.join(name));
    }
}

/// Moves a file, to another disk if need be.
fn moved(from: &Path, into: &Path) -> io::Result<()> {
    match fs::rename(from, into) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            copied(from, into)?;
            fs::remove_file(from)
        }
        done => done,
    }
}

/// Copies a file that is there whole or not at all.
fn copied(from: &Path, into: &Path) -> io::Result<()> {
    let under_way = into.with_extension("part");
    fs::copy(from, &under_way)?;
    fs::File::open(&under_way)?.sync_all()?;
    fs::rename(&under_way, into)
}
