//! The two large tables, `shapes.txt` and `stop_times.txt`: read beside each other, each in a thread, where they are
//! large and threads can be had. What comes of them is the same either way.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;

use super::archive::{self, Archive, Zip};
use super::calls::{self, Context, Named, Order, Rows, Trips, headsigns};
use super::cells::Cells;
use super::feed::Feed;
use super::notices::Notices;
use super::read::{self, Outcome};
use super::schema;
use super::shapes::{self, Shapes};
use super::strings::Strings;

/// From here on a thread is worth its while, in bytes of a table.
const WORTH: u64 = 1 << 20;
/// A thread's stack, in bytes: it recurses nowhere.
const STACK: usize = 1 << 20;

struct ShapesRead {
    shapes: Shapes,
    outcome: Outcome,
    notices: Notices,
    strings: Strings,
}

struct CallsRead {
    calls: calls::Calls,
    outcome: Outcome,
    /// Of the rows, then of the trips.
    notices: [Notices; 2],
    strings: Strings,
}

/// Reads both into the feed.
pub(super) fn read(archive: &Archive<'_>, zip: &mut Zip, feed: &mut Feed, notices: &mut Notices) {
    let mut strings = std::mem::take(&mut feed.strings);
    let names = headsigns::Names::of(feed, &mut strings);
    let below = Arc::new(strings);
    let known = below.len();
    let read_shapes = || shapes_of(archive, &below);
    let beside = is_large(archive, zip, shapes::FILE);
    let (shapes, calls) = thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK);
        let thread = beside.then(|| thread.spawn_scoped(scope, read_shapes));
        let calls = calls_of(archive, zip, feed, names, &below);
        let shapes = match thread {
            Some(Ok(thread)) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
            None | Some(Err(_)) => read_shapes(),
        };
        (shapes, calls)
    });
    let new = |shapes: &ShapesRead| shapes.strings.since(known).map(<[u8]>::to_owned).collect::<Vec<_>>();
    let new: Vec<Vec<u8>> = shapes.as_ref().map(new).unwrap_or_default();
    let mut strings = Strings::over(&below);
    drop(below);
    if let Some(read) = shapes {
        notices.merge(read.notices);
        feed.shapes = read.shapes;
        archive::settle(feed.table_mut(shapes::FILE), read.outcome);
    }
    if let Some(read) = calls {
        read.notices.into_iter().for_each(|found| notices.merge(found));
        feed.calls = read.calls;
        archive::settle(feed.table_mut(calls::FILE), read.outcome);
        strings = read.strings;
    }
    feed.strings = strings.settled();
    let numbers: Vec<u32> = new.iter().map(|text| feed.strings.id(text)).collect();
    feed.shapes.renumber(known, &numbers);
}

fn is_large(archive: &Archive<'_>, zip: &mut Zip, file: &str) -> bool {
    archive.member(file).and_then(|name| zip.by_name(name).ok()).is_some_and(|member| member.size() >= WORTH)
}

fn shapes_of(archive: &Archive<'_>, below: &Arc<Strings>) -> Option<ShapesRead> {
    let (name, schema) = (archive.member(shapes::FILE)?, schema::of(shapes::FILE)?);
    let mut shapes = Shapes::ready(schema);
    let (mut notices, mut strings) = (Notices::new(archive.options.samples), Strings::over(below));
    let mut cells = Cells::new(schema, archive.options.country.as_deref(), &mut notices, &mut strings);
    let outcome = match archive.again() {
        Some(mut zip) => archive::open(&mut zip, name, schema, |source| read::table(source, &mut cells, &mut shapes)),
        None => Outcome::unreadable(schema),
    };
    shapes.finish();
    Some(ShapesRead { shapes, outcome, notices, strings })
}

/// Reads the trips' calls: once, or again where trips' rows do not stand together.
fn calls_of(
    archive: &Archive<'_>,
    zip: &mut Zip,
    feed: &Feed,
    names: headsigns::Names,
    below: &Arc<Strings>,
) -> Option<CallsRead> {
    let (name, schema) = (archive.member(calls::FILE)?, schema::of(calls::FILE)?);
    let threads = is_large(archive, zip, calls::FILE);
    let context = Context::of(feed, below, names);
    let mut pass = |order| {
        let fresh = || (Notices::new(archive.options.samples), Strings::over(below));
        let ((mut notices, mut strings), (told, texts)) = (fresh(), fresh());
        let mut trips = Trips::new(&context, order, told, texts);
        let (outcome, seen, again) = calls::beside(&mut trips, threads, |hand| {
            let mut rows = Rows::new(&context, order, below.len(), hand);
            let outcome = archive::open(zip, name, schema, |source| {
                let mut cells = Cells::new(schema, archive.options.country.as_deref(), &mut notices, &mut strings);
                let outcome = read::table(source, &mut cells, &mut rows);
                rows.send(&cells);
                outcome
            });
            (outcome, rows.named, rows.again)
        });
        (!again).then(|| calls_read(trips, seen, outcome, notices, strings))
    };
    pass(Order::Together).or_else(|| pass(Order::Scattered))
}

fn calls_read(mut trips: Trips<'_>, named: Named, outcome: Outcome, notices: Notices, strings: Strings) -> CallsRead {
    trips.finish();
    let mut calls = trips.calls;
    calls.named = named;
    CallsRead { calls, outcome, notices: [notices, trips.telling.notices], strings }
}
