//! The trips of `stop_times.txt`, each looked at once its calls are there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::batch::Batch;
use super::{Call, Calls, Columns, Context, Flex, Order, block, headsigns, set, speed};
use crate::gtfs::notices::Notices;
use crate::gtfs::strings::{NONE, Strings, small};

/// What is told, and the texts for it.
pub(crate) struct Telling {
    pub(crate) notices: Notices,
    pub(crate) strings: Strings,
}

/// Takes the calls, trip by trip.
pub(crate) struct Trips<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) columns: Columns,
    has: Arc<[bool]>,
    order: Order,
    pub(super) flex: Vec<Flex>,
    /// Every call with its trip, where they are scattered.
    kept: Vec<(u32, Call)>,
    harmed: BTreeSet<u32>,
    pub(super) speed: speed::Speeds,
    pub(super) heads: headsigns::Heads,
    pub(super) ways: block::Ways,
    /// Which pairs of zones overlap, as far as it was asked.
    pub(super) overlapping: BTreeMap<(u32, u32), bool>,
    pub(crate) calls: Calls,
    pub(crate) telling: Telling,
}

impl<'a> Trips<'a> {
    pub(crate) fn new(context: &'a Context<'a>, order: Order, notices: Notices, strings: Strings) -> Self {
        Self {
            context,
            columns: Columns::of_schema(),
            has: Arc::new([]),
            order,
            flex: vec![Flex::NONE],
            kept: Vec::new(),
            harmed: BTreeSet::new(),
            speed: speed::Speeds::default(),
            heads: headsigns::Heads::default(),
            ways: block::Ways::default(),
            overlapping: BTreeMap::new(),
            calls: Calls::default(),
            telling: Telling { notices, strings },
        }
    }

    pub(super) fn has(&self, place: usize) -> bool {
        self.has.get(place).copied().unwrap_or(false)
    }

    /// Takes calls: looks at their trips, or keeps them until the end.
    pub(super) fn take(&mut self, mut batch: Batch) {
        for text in &batch.texts {
            self.telling.strings.id(text);
        }
        self.has = batch.has;
        if self.order == Order::Together {
            self.flex.truncate(1);
        }
        let before = small(self.flex.len() - 1);
        self.flex.append(&mut batch.flex);
        let mut rest = batch.calls.as_mut_slice();
        for block in &batch.blocks {
            let calls;
            (calls, rest) = std::mem::take(&mut rest).split_at_mut(block.count);
            if self.order == Order::Together {
                self.close(block.trip, block.damaged, calls);
                continue;
            }
            if block.damaged {
                self.harmed.insert(block.trip);
            }
            for call in calls {
                call.flex += if call.flex == 0 { 0 } else { before };
                self.kept.push((block.trip, *call));
            }
        }
    }

    /// Looks at what was kept, and at what only all trips together show.
    pub(crate) fn finish(&mut self) {
        let mut kept = std::mem::take(&mut self.kept);
        let mut first: Vec<u32> = Vec::new();
        for (at, (trip, _)) in kept.iter().enumerate() {
            set(&mut first, *trip, small(at), NONE);
        }
        kept.sort_by_key(|(trip, call)| (first[*trip as usize], call.line));
        for same in kept.chunk_by(|a, b| a.0 == b.0) {
            let trip = same[0].0;
            let mut calls: Vec<Call> = same.iter().map(|(_, call)| *call).collect();
            self.close(trip, self.harmed.contains(&trip), &mut calls);
        }
        self.heads.tell(self.context.feed, &mut self.telling);
        self.calls.served = std::mem::take(&mut self.ways.served);
        self.calls.served.sort_by_key(|served| served.trip);
    }
}
