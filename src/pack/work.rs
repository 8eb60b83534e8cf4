//! An unsealed pack: a directory with a WARC that grows, and is gone on with after a kill.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use flate2::Compression;
use probes::body::Body;
use probes::capture::{Capture, Form, Reading};

use super::add::{self, SEGMENT, Written};
use super::contents::Contents;
use super::exchange::Exchange;
use super::region::Region;
use super::scan::Segment;
use super::write::Writer;
use super::{Identity, Pack, PackError};

/// The file in the work directory.
const FILE: &str = "data.warc.gz";
/// The name it will have in the WACZ.
pub(crate) const ENTRY: &str = "archive/data.warc.gz";

/// What a pack that is being written has beside its contents.
pub(crate) struct Work {
    pub(crate) directory: PathBuf,
    writer: Mutex<Writer>,
    /// Bodies that stay in the files that were handed in, by hash; only where the pack is thrown away.
    in_place: Mutex<BTreeMap<String, Body>>,
    previous: Option<Arc<Pack>>,
}

impl Work {
    /// Bodies that stay where they are, by hash.
    pub(crate) fn in_place(&self) -> MutexGuard<'_, BTreeMap<String, Body>> {
        self.in_place.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The WARC of an unsealed pack's directory.
pub(crate) fn segment(directory: &Path) -> Result<(Segment, u64), PackError> {
    let path = directory.join(FILE);
    let file = File::open(&path).map_err(PackError::io(&path, "open"))?;
    let len = file.metadata().map_err(PackError::io(&path, "read"))?.len();
    Ok((Segment { name: ENTRY.to_owned(), region: Region::new(file), gzip: true }, len))
}

impl Pack {
    /// The unsealed pack in the directory `work`, begun if it is not there, gone on with if `identity` is that of
    /// its audit.
    ///
    /// What a killed process left of an unfinished capture is dropped. Bodies that a server says are unchanged are
    /// taken from `previous`.
    pub fn create_or_resume(work: &Path, identity: &Identity, previous: Option<Arc<Pack>>) -> Result<Self, PackError> {
        Self::begin(work, identity, previous, Compression::default())
    }

    /// The same for a directory that is thrown away after one look: what is in it takes more room and less time.
    pub fn passing(work: &Path, identity: &Identity) -> Result<Self, PackError> {
        Self::begin(work, identity, None, Compression::none())
    }

    fn begin(
        work: &Path,
        identity: &Identity,
        previous: Option<Arc<Pack>>,
        compression: Compression,
    ) -> Result<Self, PackError> {
        fs::create_dir_all(work).map_err(PackError::io(work, "create"))?;
        let path = work.join(FILE);
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let file = file.map_err(PackError::io(&path, "open"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(PackError::InUse { path: work.to_owned() }),
            Err(TryLockError::Error(error)) => return Err(PackError::io(&path, "lock")(error)),
        }
        let (segment, len) = segment(work)?;
        let contents = resume(&path, &segment, len)?;
        if let Some(begun) = &contents.identity
            && let Some((what, was, is)) = begun.difference(identity)
        {
            return Err(PackError::OtherAudit { path: work.to_owned(), what, was, is });
        }
        let begun = contents.identity.is_some();
        let writer = Writer::new(file, contents.whole_to, compression).map_err(PackError::io(&path, "write"))?;
        let writer = Mutex::new(writer);
        let work = Work { directory: work.to_owned(), writer, in_place: Mutex::default(), previous };
        let mut pack = Self::over(path, vec![segment], contents);
        pack.identity = Some(identity.clone());
        pack.work = Some(work);
        if !begun {
            pack.write_down(|writer, _| add::audit(writer, identity))?;
        }
        Ok(pack)
    }

    /// Keeps an exchange; it is handed to the system before this returns, but not synced to the disk.
    ///
    /// A second exchange for the same request is not kept: the first stands, and is what is returned.
    pub fn add(&self, exchange: Exchange) -> Result<Arc<Capture>, PackError> {
        let id = exchange.request.id();
        let previous = self.work.as_ref().and_then(|work| work.previous.as_deref());
        if let Some(work) = &self.work {
            let payloads = exchange.messages.iter().map(|message| &message.payload);
            work.in_place().extend(payloads.filter_map(|payload| Some((payload.sha256(), payload.in_place()?))));
        }
        self.write_down(|writer, contents| {
            if contents.captures.contains_key(&id) {
                return Ok(Written::new());
            }
            add::exchange(writer, contents, exchange, previous)
        })?;
        let capture = self.contents().captures.get(&id).map(|entry| entry.capture.clone());
        Ok(capture.expect("invariant: a capture that was kept is in the contents"))
    }

    /// Keeps what a reader made of a body: in the WARC of an unsealed pack, in memory for an opened one.
    pub fn put_form(&self, reading: &Reading, form: Form) -> Result<(), PackError> {
        let key = (reading.reader.to_owned(), reading.sha256.clone());
        if self.work.is_some() {
            self.write_down(|writer, contents| {
                if contents.forms.contains_key(&key) {
                    return Ok(Written::new());
                }
                let line = contents.bodies.get(&reading.sha256).map(|line| &contents.lines[*line]);
                let line = line.ok_or_else(|| io::Error::other("the pack does not hold the body that was read"))?;
                add::form(writer, reading, &form, line)
            })?;
        } else {
            self.read_again().insert(key, Arc::new(form));
        }
        Ok(())
    }

    /// The open end of a pack that is being written.
    pub(crate) fn writer(&self) -> Result<MutexGuard<'_, Writer>, PackError> {
        let work = self.work.as_ref().ok_or_else(|| PackError::Sealed { path: self.path.clone() })?;
        Ok(work.writer.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Writes records, and takes them back if that fails half-way.
    fn write_down(&self, write: impl FnOnce(&mut Writer, &Contents) -> io::Result<Written>) -> Result<(), PackError> {
        let mut writer = self.writer()?;
        let before = writer.end();
        let mut contents = self.contents();
        match write(&mut writer, &contents) {
            Ok(written) => {
                for (at, record) in written {
                    contents.take(at, record, ENTRY);
                }
                Ok(())
            }
            Err(error) => {
                // What cannot be taken back now is dropped when the pack is opened again.
                let _ = writer.back_to(before);
                Err(PackError::io(&self.path, "write")(error))
            }
        }
    }
}

/// What is whole in a WARC that may end in the middle of a record.
fn resume(path: &Path, segment: &Segment, len: u64) -> Result<Contents, PackError> {
    let mut contents = Contents::default();
    let sound = contents.scan(SEGMENT, segment, len);
    let keep = "move the directory away to keep what is in it, and begin anew";
    if !sound || contents.identity.is_none() && contents.whole_to + contents.lines.len() as u64 > 0 {
        return Err(PackError::malformed(path, 0, format!("this was not begun by an audit of ours; {keep}")));
    }
    // A kill leaves a broken end; anything else is damage that must not be written over.
    if let Some(damage) = contents.damage.iter().find(|damage| damage.offset < contents.whole_to) {
        return Err(PackError::malformed(path, damage.offset, format!("{}; {keep}", damage.cause)));
    }
    if contents.whole_to < len {
        let whole_to = contents.whole_to;
        contents = Contents::default();
        contents.scan(SEGMENT, segment, whole_to);
    }
    Ok(contents)
}
