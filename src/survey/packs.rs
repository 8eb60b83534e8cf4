//! Where the packs of a survey go that many workers carry out.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use url::Url;

use super::ledger::{SurveyError, disk, other};

/// A place that every worker reaches, and the survey's own program too.
#[derive(Debug)]
pub(super) enum Packs {
    /// A folder.
    Folder(PathBuf),
    /// A place in S3-compatible storage, and what it is waited for in.
    #[cfg(feature = "s3")]
    Bucket(crate::store::Bucket, tokio::runtime::Runtime),
}

impl Packs {
    /// The place at a URL.
    pub(super) fn at(url: &str) -> Result<Self, SurveyError> {
        let place = Path::new(url);
        let parsed = Url::parse(url).map_err(|error| other(place, error.to_string()))?;
        match parsed.scheme() {
            "file" => {
                let folder = parsed.to_file_path().map_err(|()| other(place, "names no folder of this machine"))?;
                Ok(Self::Folder(folder))
            }
            #[cfg(feature = "s3")]
            "s3" => {
                let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
                let bucket = crate::store::Bucket::at(&parsed).map_err(|error| other(place, error.to_string()))?;
                Ok(Self::Bucket(bucket, runtime.map_err(disk(place))?))
            }
            #[cfg(not(feature = "s3"))]
            "s3" => Err(other(place, "this program was built without storage in buckets: build it with --features s3")),
            _ => Err(other(place, "packs go to a folder that all workers reach, as in file:///srv/packs, or to s3://")),
        }
    }

    /// Moves a file there, to be found by this name: nobody sees less than the whole of it.
    pub(super) fn put(&self, name: &str, from: &Path) -> Result<(), SurveyError> {
        match self {
            Self::Folder(folder) => {
                let into = folder.join(name);
                let parent = into.parent().unwrap_or(folder);
                fs::create_dir_all(parent).map_err(disk(parent))?;
                moved(from, &into).map_err(disk(&into))
            }
            #[cfg(feature = "s3")]
            Self::Bucket(bucket, runtime) => {
                runtime.block_on(bucket.put(name, from)).and_then(|()| fs::remove_file(from)).map_err(disk(from))
            }
        }
    }

    /// Writes what has this name to a file of this machine; where that lies in the very place, it is moved there.
    pub(super) fn get(&self, name: &str, into: &Path) -> Result<(), SurveyError> {
        if let Some(parent) = into.parent() {
            fs::create_dir_all(parent).map_err(disk(parent))?;
        }
        match self {
            Self::Folder(folder) => {
                let from = folder.join(name);
                if into.starts_with(folder) { moved(&from, into) } else { copied(&from, into) }.map_err(disk(&from))
            }
            #[cfg(feature = "s3")]
            Self::Bucket(bucket, runtime) => runtime.block_on(bucket.get(name, into)).map_err(disk(Path::new(name))),
        }
    }

    /// Removes what has this name, if it is there: nobody will ask for it.
    pub(super) fn remove(&self, name: &str) {
        // What stays is in nobody's way.
        let _ = match self {
            Self::Folder(folder) => fs::remove_file(folder.join(name)),
            #[cfg(feature = "s3")]
            Self::Bucket(bucket, runtime) => runtime.block_on(bucket.remove(name)),
        };
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
