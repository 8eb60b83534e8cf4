//! What can be wrong with a pack: each with its path, and what to do.

use std::io;
use std::path::{Path, PathBuf};

/// Why a pack cannot be opened, added to or sealed.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// The system does not let us read or write.
    #[error("{}: cannot {doing}: {cause}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// What the system said.
        cause: io::Error,
    },
    /// It is no pack, or one that cannot be read at all.
    #[error("{}: at byte {offset}: {problem}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where in it, as far as that is known.
        offset: u64,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// The unfinished pack was begun by another audit.
    #[error(
        "{}: was begun by an audit with {what} {was}, and this one has {is}: give the same again to go on, \
         or another --out, or remove that directory to begin anew",
        path.display()
    )]
    OtherAudit {
        /// The work directory.
        path: PathBuf,
        /// Which part of the identity differs.
        what: &'static str,
        /// What it was begun with.
        was: String,
        /// What is asked for now.
        is: String,
    },
    /// Another process works on it.
    #[error("{}: another audit is writing to it: wait for its end, or give another --out", path.display())]
    InUse {
        /// The work directory.
        path: PathBuf,
    },
    /// Only an unsealed pack takes more captures.
    #[error("{}: is sealed and takes no more captures", path.display())]
    Sealed {
        /// The pack.
        path: PathBuf,
    },
}

impl PackError {
    pub(crate) fn io(path: &Path, doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self::Io { path: path.to_owned(), doing, cause }
    }

    pub(crate) fn malformed(path: &Path, offset: u64, problem: impl Into<String>) -> Self {
        Self::Malformed { path: path.to_owned(), offset, problem: problem.into() }
    }
}
