//! A place where packs are for good: a folder that several machines reach, or S3-compatible storage.
//!
//! Whoever asks waits: these functions are for threads that may. A name is a path within the place, parted by slashes.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use url::Url;

/// What comes behind the name of a file that is not whole yet.
const PARTIAL: &str = ".part";

/// A place that every machine concerned reaches.
#[derive(Debug)]
pub struct Place {
    url: String,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Folder(PathBuf),
    /// A place in S3-compatible storage, and what it is waited for in.
    #[cfg(feature = "s3")]
    Bucket(super::Bucket, tokio::runtime::Runtime),
}

/// Why something is not put into a place, or had from there.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// It is none for packs.
    #[error("{0}: {1}")]
    Unfit(String, String),
    /// It does not do as it is asked.
    #[error("{0}: {1}")]
    Refused(String, io::Error),
}

impl PlaceError {
    /// Whether the place answers, and has nothing of this name.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Refused(_, error) if error.kind() == io::ErrorKind::NotFound)
    }
}

impl Place {
    /// The place at a URL; storage that does not answer is asked again for so long.
    #[cfg_attr(not(feature = "s3"), expect(unused_variables, reason = "a folder answers at once, or not at all"))]
    pub fn at(url: &str, patience: Duration) -> Result<Self, PlaceError> {
        let unfit = |what: &dyn ToString| PlaceError::Unfit(url.to_owned(), what.to_string());
        let parsed = Url::parse(url).map_err(|error| unfit(&error))?;
        let kind = match parsed.scheme() {
            "file" => Kind::Folder(parsed.to_file_path().map_err(|()| unfit(&"names no folder of this machine"))?),
            #[cfg(feature = "s3")]
            "s3" => {
                let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
                let bucket = super::Bucket::at(&parsed, patience).map_err(|error| unfit(&error))?;
                Kind::Bucket(bucket, runtime.map_err(|error| unfit(&error))?)
            }
            #[cfg(not(feature = "s3"))]
            "s3" => {
                return Err(unfit(&"this program was built without storage in buckets: build it with --features s3"));
            }
            _ => {
                return Err(unfit(
                    &"packs go to a folder that all machines reach, as in file:///srv/packs, or to s3://",
                ));
            }
        };
        Ok(Self { url: url.trim_end_matches('/').to_owned(), kind })
    }

    /// Its URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The URL of what has this name.
    pub fn url_of(&self, name: &str) -> String {
        format!("{}/{name}", self.url)
    }

    /// The name of what has this URL, if that is in this place.
    pub fn name_of<'u>(&self, url: &'u str) -> Option<&'u str> {
        url.strip_prefix(&self.url)?.strip_prefix('/')
    }

    /// The folder that it is; none where it is none of this machine's.
    pub fn folder(&self) -> Option<&Path> {
        match &self.kind {
            Kind::Folder(folder) => Some(folder),
            #[cfg(feature = "s3")]
            Kind::Bucket(..) => None,
        }
    }

    /// Puts a copy of a file there, to be found by this name: nobody sees less than the whole of it, and when this
    /// returns, it is safe.
    pub fn put(&self, name: &str, from: &Path) -> Result<(), PlaceError> {
        let done = match &self.kind {
            Kind::Folder(folder) => within(folder, name).and_then(|into| copied(from, &into)),
            #[cfg(feature = "s3")]
            Kind::Bucket(bucket, runtime) => runtime.block_on(bucket.put(name, from)),
        };
        done.map_err(self.refused(name))
    }

    /// Moves a file there, as [`Place::put`] copies it.
    pub fn hand_over(&self, name: &str, from: &Path) -> Result<(), PlaceError> {
        let done = match &self.kind {
            Kind::Folder(folder) => within(folder, name).and_then(|into| moved(from, &into)),
            #[cfg(feature = "s3")]
            Kind::Bucket(bucket, runtime) => {
                runtime.block_on(bucket.put(name, from)).and_then(|()| fs::remove_file(from))
            }
        };
        done.map_err(self.refused(name))
    }

    /// Writes what has this name to a file of this machine; where that lies in the very place, it is moved there.
    pub fn get(&self, name: &str, into: &Path) -> Result<(), PlaceError> {
        if let Some(parent) = into.parent() {
            fs::create_dir_all(parent).map_err(self.refused(name))?;
        }
        let done = match &self.kind {
            Kind::Folder(folder) => {
                let from = folder.join(name);
                if into.starts_with(folder) { moved(&from, into) } else { copied(&from, into) }
            }
            #[cfg(feature = "s3")]
            Kind::Bucket(bucket, runtime) => runtime.block_on(bucket.get(name, into)),
        };
        done.map_err(self.refused(name))
    }

    /// So many bytes of what has this name, from the byte `start` on; fewer where it ends before.
    pub fn read(&self, name: &str, start: u64, length: u64) -> Result<Vec<u8>, PlaceError> {
        let done = match &self.kind {
            Kind::Folder(folder) => piece_of(&folder.join(name), start, length),
            #[cfg(feature = "s3")]
            Kind::Bucket(bucket, runtime) => runtime.block_on(bucket.read(name, start, length)),
        };
        done.map_err(self.refused(name))
    }

    /// The length of each file whose name begins with the folder `within`, by the rest of its name.
    pub fn list(&self, within: &str) -> Result<BTreeMap<String, u64>, PlaceError> {
        let done = match &self.kind {
            // A disk that is not mounted is not empty.
            Kind::Folder(folder) if !folder.is_dir() => {
                let what = "there is no such folder: make it, or mount what holds it".to_owned();
                return Err(PlaceError::Unfit(self.url.clone(), what));
            }
            Kind::Folder(folder) => listed(folder, within),
            #[cfg(feature = "s3")]
            Kind::Bucket(bucket, runtime) => runtime.block_on(bucket.list(within)),
        };
        done.map_err(self.refused(within))
    }

    /// Removes what has this name; it may be gone already.
    pub fn remove(&self, name: &str) -> Result<(), PlaceError> {
        let done = match &self.kind {
            Kind::Folder(folder) => fs::remove_file(folder.join(name)),
            #[cfg(feature = "s3")]
            Kind::Bucket(bucket, runtime) => runtime.block_on(bucket.remove(name)),
        };
        match done.map_err(self.refused(name)) {
            Err(refused) if refused.is_absent() => Ok(()),
            done => done,
        }
    }

    fn refused(&self, name: &str) -> impl FnOnce(io::Error) -> PlaceError {
        let url = self.url_of(name);
        move |error| PlaceError::Refused(url, error)
    }
}

/// Where a file of this name goes in a folder, which is made ready for it.
fn within(folder: &Path, name: &str) -> io::Result<PathBuf> {
    let into = folder.join(name);
    fs::create_dir_all(into.parent().unwrap_or(folder))?;
    Ok(into)
}

/// Moves a file, to another disk if need be.
fn moved(from: &Path, into: &Path) -> io::Result<()> {
    match renamed(from, into) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            copied(from, into)?;
            fs::remove_file(from)
        }
        done => done,
    }
}

/// Copies a file that is there whole or not at all.
fn copied(from: &Path, into: &Path) -> io::Result<()> {
    let mut under_way = into.file_name().unwrap_or_default().to_owned();
    under_way.push(PARTIAL);
    let under_way = into.with_file_name(under_way);
    fs::copy(from, &under_way)?;
    File::open(&under_way)?.sync_all()?;
    renamed(&under_way, into)
}

fn renamed(from: &Path, into: &Path) -> io::Result<()> {
    fs::rename(from, into)?;
    // Its name is safe once its folder is; not every system can do that.
    if let Some(folder) = into.parent().and_then(|folder| File::open(folder).ok()) {
        let _ = folder.sync_all();
    }
    Ok(())
}

fn piece_of(path: &Path, start: u64, length: u64) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Every file in a folder within `root`, and its length.
fn listed(root: &Path, within: &str) -> io::Result<BTreeMap<String, u64>> {
    let (mut found, mut open) = (BTreeMap::new(), vec![String::new()]);
    while let Some(prefix) = open.pop() {
        let entries = match fs::read_dir(root.join(within).join(&prefix)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let of = entry.metadata()?;
            if of.is_dir() {
                open.push(format!("{name}/"));
            } else {
                found.insert(name, of.len());
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a place is there for, which has nothing yet.
    fn gives_back_what_was_put_there(place: &Place) {
        let folder = tempfile::tempdir().unwrap();
        let (from, into) = (folder.path().join("from"), folder.path().join("into"));
        fs::write(&from, "0123456789").unwrap();
        place.put("cities/a/pieces/ab/cd", &from).unwrap();
        place.put("cities/b/pieces/ab/cd", &from).unwrap();
        assert_eq!(place.list("cities/a").unwrap(), BTreeMap::from([("pieces/ab/cd".to_owned(), 10)]));
        assert!(place.list("cities/c").unwrap().is_empty());
        assert_eq!(place.read("cities/a/pieces/ab/cd", 7, 100).unwrap(), b"789");
        place.get("cities/a/pieces/ab/cd", &into).unwrap();
        assert_eq!((fs::read(&into).unwrap(), from.exists()), (b"0123456789".to_vec(), true));
        place.hand_over("cities/a/one", &from).unwrap();
        assert!(!from.exists());
        place.remove("cities/a/pieces/ab/cd").unwrap();
        place.remove("cities/a/pieces/ab/cd").unwrap();
        assert!(place.get("cities/a/pieces/ab/cd", &into).unwrap_err().is_absent());
        assert!(place.read("cities/a/pieces/ab/cd", 0, 1).unwrap_err().is_absent());
        let url = place.url_of("cities/a/one");
        assert_eq!(place.name_of(&url), Some("cities/a/one"));
        assert_eq!(place.name_of(&format!("{}else/one", place.url())), None);
    }

    #[test]
    fn a_folder_is_such_a_place_and_is_not_empty_where_it_is_not_mounted() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::at(&format!("file://{}/packs/", folder.path().display()), Duration::ZERO).unwrap();
        assert!(place.list("cities/a").is_err());
        gives_back_what_was_put_there(&place);
    }

    #[cfg(feature = "s3")]
    #[test]
    fn a_bucket_is_such_a_place() {
        let bucket =
            super::super::Bucket::within(std::sync::Arc::new(object_store::memory::InMemory::new()), "/packs/");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
        gives_back_what_was_put_there(&Place { url: "s3://a/packs".to_owned(), kind: Kind::Bucket(bucket, runtime) });
    }
}
