//! A stored body: read as a stream, or as a slice when it is small.

use std::fmt;
use std::io::{self, Cursor, Read, Seek};
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
    File(Arc<Open>),
}

impl Body {
    /// A body that is in memory.
    pub fn in_memory(bytes: impl Into<Arc<[u8]>>) -> Self {
        let bytes = bytes.into();
        Self { len: bytes.len() as u64, kept: Kept::Memory(bytes), cut: None }
    }

    /// A body that stays where it is stored; `open` gives a new stream from its beginning.
    pub fn stored(len: u64, open: Arc<Open>) -> Self {
        Self { len, kept: Kept::File(open), cut: None }
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
            Kept::File(open) => open(),
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

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes)", self.len)
    }
}
