//! One WACZ file: the captures as WARC records, and the run's submission, findings and verdicts.
//!
//! While an audit works, its pack is a directory with an append-only WARC, one gzip member a record. A capture is in
//! it once its last record, the capture itself as JSON, is whole; so killing the process loses no finished capture.

pub mod exchange;

mod contents;
mod decode;
mod digest;
mod error;
mod head;
mod identity;
mod payload;
mod record;
mod region;
mod scan;
mod write;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use probes::body::Body;
use probes::capture::{Capture, CaptureId, Form, Reading, Request, Store};
use serde::{Deserialize, Serialize};

pub use error::PackError;
pub use exchange::{Exchange, Message, Payload, Validators};
pub use identity::Identity;

/// Captures, their bodies and what readers made of them: being written, or opened for reading.
///
/// Every method may be called from any thread.
pub struct Pack {}

/// A place in the pack's WARC file, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Offset of the record's gzip member.
    pub offset: u64,
    /// Its length.
    pub length: u64,
}

/// Something in a pack that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Damage {
    /// The capture that rests on it, where that can be told.
    pub capture: Option<CaptureId>,
    /// The file within the pack.
    pub file: String,
    /// Where in that file.
    pub offset: u64,
    /// What is wrong.
    pub cause: String,
}

impl Pack {
    /// The unsealed pack in the directory `work`, begun if it is not there, gone on with if `identity` is that of
    /// its audit.
    ///
    /// What a killed process left of an unfinished capture is dropped. Bodies that a server says are unchanged are
    /// taken from `previous`.
    pub fn create_or_resume(work: &Path, identity: &Identity, previous: Option<Arc<Pack>>) -> Result<Self, PackError> {
        todo!()
    }

    /// Opens a pack to read: a WACZ file, ours or any other tool's, a `.warc` or `.warc.gz` file, or an unsealed
    /// pack's directory.
    ///
    /// Every body is read and hashed once here; see [`Pack::damage`]. A request that it does not hold is answered
    /// with [`Failure::NotInPack`](probes::capture::Failure::NotInPack).
    pub fn open(path: &Path) -> Result<Self, PackError> {
        todo!()
    }

    /// The audit it belongs to; none for what other tools wrote.
    pub fn identity(&self) -> Option<&Identity> {
        todo!()
    }

    /// Keeps an exchange; it is handed to the system before this returns, but not synced to the disk.
    ///
    /// A second exchange for the same request is not kept: the first stands, and is what is returned.
    pub fn add(&self, exchange: Exchange) -> Result<Arc<Capture>, PackError> {
        todo!()
    }

    /// Every capture in order of id; from an archive of another tool those that were asked for so far, as there are
    /// no requests in it.
    pub fn captures(&self) -> Vec<Arc<Capture>> {
        todo!()
    }

    /// Keeps what a reader made of a body: in the WARC of an unsealed pack, in memory for an opened one.
    pub fn put_form(&self, reading: &Reading, form: Form) -> Result<(), PackError> {
        todo!()
    }

    /// What is known of what `request` asks for, so that the next run asks only for what changed.
    pub fn validators(&self, request: &Request) -> Option<Validators> {
        todo!()
    }

    /// Where the record of a capture's final answer lies in the WARC.
    pub fn place(&self, id: &CaptureId) -> Option<Place> {
        todo!()
    }

    /// Everything that no longer holds what was written; empty for a sound pack.
    pub fn damage(&self) -> &[Damage] {
        todo!()
    }

    /// A file of the run by its name (`report.json`) as it was handed to [`Pack::seal`]; none if there is no such.
    pub fn extra(&self, name: &str) -> Result<Option<Vec<u8>>, PackError> {
        todo!()
    }

    /// Writes the sealed pack to `path` in one step, the `extras` (name to bytes) in it, and removes the work
    /// directory; what is open stays readable.
    pub fn seal(&self, path: &Path, extras: &BTreeMap<String, Vec<u8>>) -> Result<(), PackError> {
        todo!()
    }
}

impl Store for Pack {
    fn find(&self, request: &Request) -> Option<Arc<Capture>> {
        todo!()
    }

    fn body(&self, capture: &Capture) -> io::Result<Body> {
        todo!()
    }

    fn form(&self, reading: &Reading) -> Option<Arc<Form>> {
        todo!()
    }
}
