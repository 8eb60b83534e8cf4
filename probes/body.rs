//! A stored body: read as a stream, or as a slice when it is small.

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

/// A stream that can be read again from any place.
pub trait ReadSeek: Read + Seek + Send {}
impl<T: Read + Seek + Send> ReadSeek for T {}

/// Opens one more stream over a stored body.
pub type Open = dyn Fn() -> io::Result<Box<dyn ReadSeek>> + Send + Sync;

/// A body with its content codings removed, in memory or in a stored file.
#[derive(Clone)]
pub struct Body {
    len: u64,
    kept: Kept,
    /// Why the body ends early, if taking its content codings off failed or met a bound.
    cut: Option<String>,
}

#[derive(Clone)]
enum Kept {
    Memory(Arc<[u8]>),
    File(Arc<File>),
    Elsewhere(Arc<Open>),
}

/// How much is read of a file at a time, in bytes.
const BLOCK: usize = 64 * 1024;

impl Body {
    /// A body that is in memory.
    pub fn in_memory(bytes: impl Into<Arc<[u8]>>) -> Self {
        let bytes = bytes.into();
        Self { len: bytes.len() as u64, kept: Kept::Memory(bytes), cut: None }
    }

    /// A body that a file begins with; the file's own position is neither used nor moved.
    pub fn in_file(file: Arc<File>, len: u64) -> Self {
        Self { len, kept: Kept::File(file), cut: None }
    }

    /// A body that stays where it is stored; `open` gives a new stream from its beginning.
    pub fn stored(len: u64, open: Arc<Open>) -> Self {
        Self { len, kept: Kept::Elsewhere(open), cut: None }
    }

    /// The same body, known to end early, and why.
    #[must_use]
    pub fn cut_by(mut self, cause: impl Into<String>) -> Self {
        self.cut = Some(cause.into());
        self
    }

    /// Why the decoded body ends early, if it does.
    pub fn cut(&self) -> Option<&str> {
        self.cut.as_deref()
    }

    /// Length in bytes.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// A new stream from the beginning.
    pub fn open(&self) -> io::Result<Box<dyn ReadSeek>> {
        match &self.kept {
            Kept::Memory(bytes) => Ok(Box::new(Cursor::new(bytes.clone()))),
            Kept::File(file) => {
                let part = Part::of(file.clone(), 0, self.len);
                Ok(Box::new(BufReader::with_capacity(BLOCK, part)))
            }
            Kept::Elsewhere(open) => open(),
        }
    }

    /// The file that it lies in, if nothing else does.
    pub fn file(&self) -> Option<&Arc<File>> {
        match &self.kept {
            Kept::File(file) if file.metadata().is_ok_and(|about| about.len() == self.len) => Some(file),
            _ => None,
        }
    }

    /// The first bytes, up to `most`: shared where the body is in memory, read where it is not.
    pub fn head(&self, most: usize) -> io::Result<Arc<[u8]>> {
        if let Kept::Memory(bytes) = &self.kept
            && bytes.len() <= most
        {
            return Ok(bytes.clone());
        }
        let mut head = Vec::with_capacity(most.min(usize::try_from(self.len).unwrap_or(most)));
        self.open()?.take(most as u64).read_to_end(&mut head)?;
        Ok(head.into())
    }
}

/// A stream over a part of a file, whose own position is neither used nor moved: several may be in use at once.
#[derive(Clone, Debug)]
pub struct Part {
    file: Arc<File>,
    start: u64,
    len: u64,
    at: u64,
}

impl Part {
    /// The `len` bytes of the file from byte `start` on, read from their beginning.
    pub fn of(file: Arc<File>, start: u64, len: u64) -> Self {
        Self { file, start, len, at: 0 }
    }

    /// Where the next byte is, counted from the part's beginning.
    pub fn position(&self) -> u64 {
        self.at
    }
}

impl Read for Part {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.len.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let most = buffer.len().min(left);
        let read = self.file.read_at(&mut buffer[..most], self.start.saturating_add(self.at))?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Part {
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

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes)", self.len)
    }
}
