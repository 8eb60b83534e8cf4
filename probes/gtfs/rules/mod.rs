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

pub(crate) use archive::check as check_archive;
pub(crate) use services::{Dated, Services};

use super::feed::Feed;
use super::matching;
use super::notices::Notices;
use super::shapes;

/// Runs every rule that does not speak of the date.
pub(crate) fn check(feed: &Feed, extra: bool, notices: &mut Notices) {
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
    matching::check(feed, notices);
    if extra {
        extra::check(feed, notices);
    }
}
