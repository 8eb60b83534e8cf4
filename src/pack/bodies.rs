//! Bodies with their content codings removed, kept for a while: small ones in memory, large ones in files without a name.

use std::collections::VecDeque;
use std::io::{self, BufReader, Read as _, Seek as _};
use std::sync::{Arc, Mutex, PoisonError};

use probes::body::{Body, Part, ReadSeek};

use super::decode::{Decoded, IN_MEMORY};

/// How much decoded bodies take up at most, beside those in use.
const MOST_MEMORY: u64 = 32 * 1024 * 1024;
const MOST_FILES: u64 = 16;

/// The bodies that were asked for last.
#[derive(Default)]
pub(crate) struct Bodies(Mutex<VecDeque<(String, Body)>>);

impl Bodies {
    /// The body kept as `key`, or what `make` makes.
    pub(crate) fn get_or(&self, key: String, make: impl FnOnce() -> io::Result<Decoded>) -> io::Result<Body> {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut kept = lock();
        if let Some(found) = kept.iter().position(|(name, _)| *name == key) {
            let entry = kept.remove(found).expect("invariant: its position was just found");
            let body = entry.1.clone();
            kept.push_back(entry);
            return Ok(body);
        }
        drop(kept);
        let body = body(make()?)?;
        let mut kept = lock();
        kept.push_back((key, body.clone()));
        loop {
            let (files, memory): (Vec<u64>, Vec<u64>) =
                kept.iter().map(|(_, body)| body.len()).partition(|bytes| in_file(*bytes));
            let full = files.len() as u64 > MOST_FILES || memory.iter().sum::<u64>() > MOST_MEMORY;
            if !full || kept.pop_front().is_none() {
                return Ok(body);
            }
        }
    }
}

fn in_file(bytes: u64) -> bool {
    bytes > IN_MEMORY as u64
}

fn body(decoded: Decoded) -> io::Result<Body> {
    let Decoded { mut kept, bytes, cut } = decoded;
    let body = if in_file(bytes) {
        kept.roll()?;
        let tempfile::SpooledData::OnDisk(file) = kept.into_inner() else {
            return Err(io::Error::other("invariant: a body that was rolled over is in a file"));
        };
        let file = Arc::new(file);
        // Not as its file: a child that reads it gets a copy that it may break.
        let open = move || -> io::Result<Box<dyn ReadSeek>> {
            Ok(Box::new(BufReader::with_capacity(64 * 1024, Part::of(file.clone(), 0, bytes))))
        };
        Body::stored(bytes, Arc::new(open))
    } else {
        let mut plain = Vec::with_capacity(usize::try_from(bytes).unwrap_or(0));
        kept.rewind()?;
        kept.read_to_end(&mut plain)?;
        Body::in_memory(plain)
    };
    Ok(match cut {
        Some(cause) => body.cut_by(cause),
        None => body,
    })
}
