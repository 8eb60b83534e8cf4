//! A pack that was taken apart: what other packs hold too is kept once, and the rest with how it goes together.
//!
//! A sealed pack's file is cut where bodies begin and end, and where the files of its run do. A body that was not changed
//! is the same bytes in every pack, as it is compressed by itself: it becomes a piece, named by its hash, in a folder that
//! packs share. Put together it is the same file, byte for byte; that is tried before the file is removed.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek as _, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use probes::body::Part;

use super::digest::{Hashing, drain};
use super::list::{PartsList, begins_so};
use super::member::{DIVIDED, TRAILER};
use super::open::broken_zip;
use super::pieces::Pieces;
use super::seal::at_once;
use super::write::BY_ITSELF;
use super::{Pack, PackError, own};

/// So much of a record is looked at for where its body begins, in bytes: a header is shorter.
const HEAD: u64 = 64 * 1024;

impl Pack {
    /// Writes the sealed pack anew as `parts`, beside it, with its bodies in the folder `pieces`, whose place from there is
    /// `from_there`; then removes it. Killed at any moment, one of the two is whole.
    pub fn take_apart(&self, parts: &Path, pieces: &Path, from_there: &Path) -> Result<(), PackError> {
        let disk = |doing| PackError::io(&self.path, doing);
        let cuts = self.cuts()?;
        let file = Arc::new(File::open(&self.path).map_err(disk("open"))?);
        let bytes = file.metadata().map_err(disk("read"))?.len();
        let of = |range: &Range<u64>| Part::of(file.clone(), range.start, range.end - range.start);
        let (sha256, _) = drain(&mut of(&(0..bytes))).map_err(disk("read"))?;
        let kept = Pieces::at(pieces);
        let lock = kept.locked(false).map_err(PackError::io(pieces, "lock"))?;
        let mut list = PartsList { sha256, bytes, pieces: from_there.to_owned(), parts: Vec::new() };
        let (mut own, mut at) = (Vec::new(), 0);
        for cut in cuts.iter().chain([&(bytes..bytes)]) {
            if cut.start < at || cut.end > bytes {
                continue;
            }
            if cut.start > at {
                list.parts.push((cut.start - at, None));
                own.push(at..cut.start);
            }
            if cut.end > cut.start {
                let piece = kept.put(|| of(cut)).map_err(PackError::io(pieces, "write a piece into"))?;
                list.parts.push((cut.end - cut.start, Some(piece)));
            }
            at = cut.end;
        }
        list.write(parts, own.iter().map(of))?;
        drop(lock);
        let again = joined(parts)?;
        if drain(&mut BufReader::with_capacity(64 * 1024, again)).map_err(PackError::io(parts, "read"))?.0
            != list.sha256
        {
            fs::remove_file(parts).map_err(PackError::io(parts, "remove"))?;
            return Err(PackError::malformed(parts, 0, "its parts do not make the pack: it stays whole"));
        }
        fs::remove_file(&self.path).map_err(disk("remove"))
    }

    /// Writes the pack that was taken apart as `parts` to `path`, whole again, and removes `parts`.
    pub fn put_together(parts: &Path, path: &Path) -> Result<(), PackError> {
        at_once(path, |mut file| {
            io::copy(&mut joined(parts).map_err(io::Error::other)?, &mut file)?;
            file.sync_all()
        })?;
        fs::remove_file(parts).map_err(PackError::io(parts, "remove"))
    }

    /// The bytes of a sealed pack, whole, from their beginning: those at `path`, or what was taken apart as that.
    pub fn bytes(path: &Path) -> Result<File, PackError> {
        let mut file = File::open(path).map_err(PackError::io(path, "open"))?;
        if !begins_so(&mut file).map_err(PackError::io(path, "read"))? {
            return Ok(file);
        }
        let beside = path.parent().unwrap_or(Path::new("."));
        // On its own disk: it may be larger than what is for temporary files.
        let whole = tempfile::tempfile_in(beside).and_then(|mut whole| {
            let mut hashing = Hashing::new(&mut whole);
            let joined = joined(path).map_err(io::Error::other)?;
            let sha256 = joined.sha256.clone();
            io::copy(&mut BufReader::with_capacity(64 * 1024, joined), &mut hashing)?;
            if hashing.finish().0 != sha256 {
                return Err(io::Error::other("a piece of it is not as it was kept"));
            }
            whole.seek(SeekFrom::Start(0))?;
            Ok(whole)
        });
        whole.map_err(PackError::io(path, "put together"))
    }

    /// Removes the pieces in a folder that none of these packs, taken apart, needs.
    pub fn sweep(pieces: &Path, parts: impl FnOnce() -> io::Result<Vec<PathBuf>>) -> Result<(), PackError> {
        let kept = Pieces::at(pieces);
        // Nobody puts one there meanwhile that no list names yet.
        let _lock = kept.locked(true).map_err(PackError::io(pieces, "lock"))?;
        let mut used = BTreeSet::new();
        for path in parts().map_err(PackError::io(pieces, "look for packs by"))? {
            used.extend(PartsList::of(&path)?.parts.into_iter().filter_map(|(_, piece)| piece));
        }
        kept.sweep(&used).map_err(PackError::io(pieces, "sweep"))
    }

    /// Where the file of a pack of ours is cut: around what later packs may hold too.
    fn cuts(&self) -> Result<Vec<Range<u64>>, PackError> {
        let mut cuts = Vec::new();
        {
            let contents = self.contents();
            let records = contents.lines.iter().map(|line| line.at).chain(contents.forms.values().copied());
            for at in records.filter(|at| at.length >= BY_ITSELF) {
                let region = &self.segments[at.segment].region;
                let mut head = Vec::new();
                let begins = region.reader(at.offset, at.length).take(HEAD).read_to_end(&mut head);
                begins.map_err(PackError::io(&self.path, "read"))?;
                let divided = head.windows(DIVIDED.len()).position(|bytes| bytes == DIVIDED);
                let begins = divided.map_or(0, |at| (at + DIVIDED.len()) as u64);
                let ends = at.length.saturating_sub(TRAILER).max(begins);
                cuts.push(region.place(at.offset + begins)..region.place(at.offset + ends));
            }
        }
        if let Some(wacz) = &self.wacz {
            let mut wacz = wacz.lock().unwrap_or_else(PoisonError::into_inner);
            for number in 0..wacz.len() {
                let entry = wacz.by_index_raw(number).map_err(|error| broken_zip(&self.path, &error))?;
                let of_the_run = String::from_utf8_lossy(entry.name_raw()).starts_with(&own(""));
                if let Some(start) = entry.data_start().filter(|_| of_the_run) {
                    cuts.push(start..start + entry.compressed_size());
                }
            }
        }
        cuts.retain(|cut| cut.end - cut.start >= BY_ITSELF);
        cuts.sort_by_key(|cut| (cut.start, cut.end));
        Ok(cuts)
    }
}

/// The whole of a pack that was taken apart, one part after another.
struct Joined {
    /// The hash of the whole.
    sha256: String,
    own: Arc<File>,
    /// Where the next of the bytes is that are no piece.
    at: u64,
    pieces: Pieces,
    parts: std::vec::IntoIter<(u64, Option<String>)>,
    now: Option<Part>,
}

fn joined(path: &Path) -> Result<Joined, PackError> {
    let own = Arc::new(File::open(path).map_err(PackError::io(path, "open"))?);
    let (list, at) = PartsList::begins(&*own, path)?;
    let pieces = Pieces::at(&path.parent().unwrap_or(Path::new(".")).join(&list.pieces));
    Ok(Joined { sha256: list.sha256, own, at, pieces, parts: list.parts.into_iter(), now: None })
}

impl Read for Joined {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if let Some(now) = &mut self.now {
                let read = now.read(buffer)?;
                if read > 0 {
                    return Ok(read);
                }
            }
            let Some((bytes, piece)) = self.parts.next() else { return Ok(0) };
            self.now = Some(if let Some(piece) = piece {
                Part::of(Arc::new(self.pieces.open(&piece)?), 0, bytes)
            } else {
                self.at += bytes;
                Part::of(self.own.clone(), self.at - bytes, bytes)
            });
        }
    }
}
