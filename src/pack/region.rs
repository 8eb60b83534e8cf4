//! A part of a file, read from any place by many readers at once.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

/// A file from some byte on; clones share the open file, which may have lost its name.
#[derive(Clone, Debug)]
pub(crate) struct Region {
    file: Arc<Mutex<File>>,
    start: u64,
}

impl Region {
    pub(crate) fn new(file: File) -> Self {
        Self { file: Arc::new(Mutex::new(file)), start: 0 }
    }

    /// The same file from byte `start` of it on.
    pub(crate) fn from(&self, start: u64) -> Self {
        Self { file: self.file.clone(), start }
    }

    /// A stream over `len` bytes.
    pub(crate) fn reader(&self, offset: u64, len: u64) -> Reader {
        Reader { region: self.clone(), offset, len, at: 0 }
    }

    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.start.saturating_add(at)))?;
        file.read(buffer)
    }
}

/// A stream over a part of a region.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    region: Region,
    offset: u64,
    len: u64,
    at: u64,
}

impl Reader {
    /// How many bytes were read, counted from the stream's beginning.
    pub(crate) fn position(&self) -> u64 {
        self.at
    }
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.len.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let most = buffer.len().min(left);
        if most == 0 {
            return Ok(0);
        }
        let read = self.region.read_at(&mut buffer[..most], self.offset.saturating_add(self.at))?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Reader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.len.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "a seek before the beginning"))?;
        Ok(self.at)
    }
}
