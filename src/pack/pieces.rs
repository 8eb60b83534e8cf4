//! What packs share: pieces of them in a folder, each once, named by its hash.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::digest::drain;

/// The file that is locked: by many who put pieces there, or by one who removes some.
const LOCK: &str = "lock";
/// What a piece is called until it is whole.
const PARTIAL: &str = "partial";
/// How long the name of a piece's folder is: there are not too many files in one.
const FAN: usize = 2;

/// A folder of pieces.
pub(super) struct Pieces(PathBuf);

impl Pieces {
    /// The pieces in `folder`.
    pub(super) fn at(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    /// Keeps sweepers out for as long as the file is open; or, to sweep, everybody.
    pub(super) fn locked(&self, to_sweep: bool) -> io::Result<File> {
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
        let folder = path.parent().unwrap_or(&self.0);
        fs::create_dir_all(folder)?;
        let mut partial = tempfile::Builder::new().prefix(PARTIAL).tempfile_in(folder)?;
        io::copy(&mut open(), &mut partial)?;
        partial.as_file().sync_all()?;
        partial.persist(&path).map_err(|error| error.error)?;
        File::open(folder)?.sync_all()?;
        File::open(&self.0)?.sync_all()?;
        Ok(sha256)
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

    fn path(&self, sha256: &str) -> PathBuf {
        let (folder, name) = sha256.split_at_checked(FAN).unwrap_or(("", sha256));
        self.0.join(folder).join(name)
    }
}
