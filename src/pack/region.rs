//! A file from some byte on, read from any place by many readers at once.

use std::fs::File;
use std::sync::Arc;

use probes::body::Part;

/// A file from some byte on; clones share the open file, which may have lost its name.
#[derive(Clone, Debug)]
pub(crate) struct Region {
    file: Arc<File>,
    start: u64,
}

impl Region {
    pub(crate) fn new(file: File) -> Self {
        Self { file: Arc::new(file), start: 0 }
    }

    /// The same file from byte `start` of it on.
    pub(crate) fn from(&self, start: u64) -> Self {
        Self { file: self.file.clone(), start }
    }

    /// Where in the file the byte at `offset` is.
    pub(crate) fn place(&self, offset: u64) -> u64 {
        self.start.saturating_add(offset)
    }

    /// A stream over `len` bytes.
    pub(crate) fn reader(&self, offset: u64, len: u64) -> Part {
        Part::of(self.file.clone(), self.start.saturating_add(offset), len)
    }
}
