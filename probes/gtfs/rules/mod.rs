//! The rules, each family in its own file, documented in the TOML file beside it.

mod archive;
mod extra;
mod fares;
mod flex;
mod keys;
mod pathways;
mod routes;
mod services;
pub(crate) mod stops;
mod texts;
mod transfers;
mod translations;

use std::panic::resume_unwind;
use std::thread;

use super::feed::Feed;
use super::matching;
use super::notices::Notices;
use super::shapes;
pub(crate) use archive::check as check_archive;
pub(crate) use services::{Dated, Services};

/// From here on a thread for the shapes is worth its while, in calls.
const WORTH: u64 = 1 << 15;

/// Runs every rule that does not speak of the date: those that match stops to shapes in a second thread, where there is
/// much to match and one can be had.
pub(crate) fn check(feed: &Feed, extra: bool, notices: &mut Notices) {
    let fresh = notices.another();
    let matched = || {
        let mut found = fresh.another();
        matching::check(feed, &mut found);
        found
    };
    let found = thread::scope(|scope| {
        let thread = (feed.calls.named.rows >= WORTH).then(|| thread::Builder::new().spawn_scoped(scope, matched));
        check_rest(feed, extra, notices);
        match thread {
            Some(Ok(thread)) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
            None | Some(Err(_)) => matched(),
        }
    });
    notices.merge(found);
}

fn check_rest(feed: &Feed, extra: bool, notices: &mut Notices) {
    keys::check(feed, notices);
    texts::check(feed, notices);
    stops::check(feed, notices);
    routes::check(feed, notices);
    services::check(feed, notices);
    stops::check_calls(feed, notices);
    routes::check_trips(feed, notices);
    shapes::check(feed, notices);
    transfers::check(feed, notices);
    pathways::check(feed, notices);
    fares::check(feed, notices);
    flex::check(feed, notices);
    translations::check(feed, notices);
    if extra {
        extra::check(feed, notices);
    }
}
