//! Calls on their way from whoever reads the rows to whoever looks at the trips: in the same thread, or from one to
//! another where the file is large.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use super::{Call, Flex, Trips};

/// So many calls go over at once, or a few more: a trip goes over whole.
const FULL: usize = 4096;
/// So many batches may wait.
const WAITING: usize = 4;
/// The second thread's stack, in bytes: it recurses nowhere.
const STACK: usize = 1 << 20;

/// Calls that stand together in the file.
pub(crate) struct Batch {
    pub(super) calls: Vec<Call>,
    pub(super) blocks: Vec<Block>,
    /// The flexible parts, counted from 1 by the calls.
    pub(super) flex: Vec<Flex>,
    /// Texts that are new since the last batch.
    pub(super) texts: Vec<Vec<u8>>,
    /// Which fields the file has.
    pub(super) has: Arc<[bool]>,
}

/// Calls of one trip that follow each other.
#[derive(Clone, Copy)]
pub(super) struct Block {
    pub(super) trip: u32,
    pub(super) count: usize,
    /// Whether a row of it cannot be taken.
    pub(super) damaged: bool,
}

impl Default for Batch {
    fn default() -> Self {
        let calls = Vec::with_capacity(FULL + FULL / 8);
        Self { calls, blocks: Vec::new(), flex: Vec::new(), texts: Vec::new(), has: Arc::new([]) }
    }
}

impl Batch {
    pub(super) fn is_full(&self) -> bool {
        self.calls.len() >= FULL
    }

    /// One more call of the last block.
    pub(super) fn push(&mut self, call: Call, good: bool) {
        self.calls.push(call);
        if let Some(block) = self.blocks.last_mut() {
            block.count += 1;
            block.damaged |= !good;
        }
    }
}

/// Where batches go.
pub(crate) enum Hand<'t, 'a> {
    /// To the trips, at once.
    Here(&'t mut Trips<'a>),
    /// To the thread that looks at the trips.
    Beside(SyncSender<Batch>),
}

impl Hand<'_, '_> {
    /// Hands a batch over; says whether it was taken.
    pub(super) fn over(&mut self, batch: Batch) -> bool {
        match self {
            Self::Here(trips) => {
                trips.take(batch);
                true
            }
            Self::Beside(sender) => sender.send(batch).is_ok(),
        }
    }
}

/// Reads rows while their trips are looked at: in a second thread if that is wished and one can be had, else in this one.
pub(crate) fn beside<'a, T>(trips: &mut Trips<'a>, threads: bool, read: impl FnOnce(&mut Hand<'_, 'a>) -> T) -> T {
    if !threads {
        return read(&mut Hand::Here(trips));
    }
    let done = thread::scope(|scope| {
        let (sender, receiver) = sync_channel(WAITING);
        let looking = || receiver.into_iter().for_each(|batch| trips.take(batch));
        match thread::Builder::new().stack_size(STACK).spawn_scoped(scope, looking) {
            Ok(thread) => {
                let mut hand = Hand::Beside(sender);
                let done = read(&mut hand);
                drop(hand);
                thread.join().unwrap_or_else(|panic| resume_unwind(panic));
                Ok(done)
            }
            Err(_) => Err(read),
        }
    });
    done.unwrap_or_else(|read| read(&mut Hand::Here(trips)))
}
