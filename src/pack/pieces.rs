//! What packs share: pieces of them in a folder, each once, named by its hash.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

use super::digest::drain;

/// The file that is locked: by many who put pieces there, or by one who removes some.
const LOCK: &str = "lock";
/// What a piece is called until it is whole.
const PARTIAL: &str = "partial";
/// How long the name of a piece's folder is: there are not too many files in one.
const FAN: usize = 2;

/// A folder of pieces.
pub(crate) struct Pieces(PathBuf);

impl Pieces {
    /// The pieces in `folder`.
    pub(crate) fn at(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    /// Keeps sweepers out for as long as the file is open; or, to sweep, everybody.
    pub(crate) fn locked(&self, to_sweep: bool) -> io::Result<File> {
        fs::create_dir_all(&self.0)?;
        let lock = File::create(self.0.join(LOCK))?;
        let held = if to_sweep { lock.lock() } else { lock.lock_shared() };
        held?;
        Ok(lock)
    }

    /// Keeps what `open` gives, and tells its hash. When this returns, it is safe.
    pub(super) fn put<R: Read>(&self, open: impl Fn() -> R) -> io::Result<String> {
        let (sha256, _) = drain(&mut open())?;
        let path = self.path(&sha256);
        if path.exists() {
            return Ok(sha256);
        }
        let mut room = self.room(&sha256)?;
        io::copy(&mut open(), &mut room)?;
        self.keep(&sha256, room.into_temp_path())?;
        File::open(path.parent().unwrap_or(&self.0))?.sync_all()?;
        File::open(&self.0)?.sync_all()?;
        Ok(sha256)
    }

    /// Where a piece of this hash may be written, to be kept or removed.
    pub(crate) fn room(&self, sha256: &str) -> io::Result<NamedTempFile> {
        let path = self.path(sha256);
        let folder = path.parent().unwrap_or(&self.0);
        fs::create_dir_all(folder)?;
        tempfile::Builder::new().prefix(PARTIAL).tempfile_in(folder)
    }

    /// Keeps a piece that came from elsewhere, if it has this hash.
    pub(crate) fn take_in(&self, sha256: &str, written: TempPath) -> io::Result<()> {
        let (is, bytes) = drain(&mut File::open(&written)?)?;
        if is != sha256 {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("{bytes} bytes of another hash came: {is}"),
            ));
        }
        self.keep(sha256, written)
    }

    fn keep(&self, sha256: &str, written: TempPath) -> io::Result<()> {
        File::open(&written)?.sync_all()?;
        written.persist(self.path(sha256)).map_err(|error| error.error)?;
        Ok(())
    }

    /// The piece of this hash.
    pub(super) fn open(&self, sha256: &str) -> io::Result<File> {
        let path = self.path(sha256);
        File::open(&path).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
    }

    /// Removes every piece that is not `used`, and what was never whole. Whoever asks holds the lock to sweep.
    pub(super) fn sweep(&self, used: &BTreeSet<String>) -> io::Result<()> {
        for folder in fs::read_dir(&self.0)? {
            let folder = folder?;
            if !folder.file_type()?.is_dir() {
                continue;
            }
            let begins = folder.file_name().to_string_lossy().into_owned();
            for piece in fs::read_dir(folder.path())? {
                let piece = piece?;
                if !used.contains(&format!("{begins}{}", piece.file_name().to_string_lossy())) {
                    fs::remove_file(piece.path())?;
                }
            }
        }
        Ok(())
    }

    /// Where the piece of this hash lies, if it is there.
    pub(crate) fn path(&self, sha256: &str) -> PathBuf {
        self.0.join(name_of(sha256))
    }
}

/// What a piece of this hash is called among the others.
pub(crate) fn name_of(sha256: &str) -> String {
    let (folder, name) = sha256.split_at_checked(FAN).unwrap_or(("", sha256));
    format!("{folder}/{name}")
}
