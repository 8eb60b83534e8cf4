//! The archive: which tables are in it, and in which order they are read.

use std::io::{BufReader, Read};

use zip::ZipArchive;

use super::Options;
use super::calls::{self, Order, Pass, headsigns};
use super::cells::{Cells, Value};
use super::feed::Feed;
use super::files::GEOJSON;
use super::geojson;
use super::notices::Notices;
use super::read::{self, Outcome, Sink};
use super::report::Report;
use super::rules;
use super::schema::{SCHEMAS, Schema};
use super::shapes::{self, Shapes};
use super::table::{State, Table};
use crate::body::{Body, ReadSeek};

/// The most members of an archive.
const MEMBERS: usize = 1000;
/// The most that they may come to unpacked, in bytes.
const UNPACKED: u64 = 16 << 30;
/// A large member may come to so many times what it is packed.
const RATIO: u64 = 400;
/// From here on a member is large, in bytes.
const LARGE: u64 = 64 << 20;

type Zip = ZipArchive<BufReader<Box<dyn ReadSeek>>>;

/// Reads a feed.
pub(super) fn read(body: &Body, options: &Options) -> Result<Report, String> {
    let stream = body.open().map_err(|error| error.to_string())?;
    let mut zip = ZipArchive::new(BufReader::with_capacity(1 << 18, stream))
        .map_err(|error| format!("it is no archive that can be opened: {error}"))?;
    let mut notices = Notices::new(options.samples);
    let (names, empty) = guard(&mut zip)?;
    rules::check_archive(&names, &empty, &mut notices);
    let mut feed = Feed::new();
    for schema in SCHEMAS.iter().filter(|schema| schema.file != calls::FILE) {
        if let Some(name) = find(&names, schema.file) {
            table(&mut zip, name, schema, options, &mut feed, &mut notices);
        }
    }
    if let Some(name) = find(&names, GEOJSON) {
        feed.zones = match zip.by_name(name) {
            Ok(member) => geojson::read(member, &mut feed.strings, &mut notices),
            Err(_) => geojson::Zones::unreadable(),
        };
    }
    if let Some(name) = find(&names, calls::FILE) {
        calls(&mut zip, name, options, &mut feed, &mut notices);
    }
    rules::check(&feed, options.extra, &mut notices);
    let file = |name: &String| name.rsplit('/').next().unwrap_or_default().to_lowercase();
    let tables = names.iter().filter(|name| SCHEMAS.iter().any(|schema| schema.file == file(name))).count();
    Ok(Report::of(&feed, &notices, options, tables as u64))
}

/// The names of the members, and those that are empty; an archive that could do harm is refused.
fn guard(zip: &mut Zip) -> Result<(Vec<String>, Vec<String>), String> {
    if zip.len() > MEMBERS {
        return Err(format!("it has {} members, more than the {MEMBERS} that are read", zip.len()));
    }
    let (mut names, mut empty, mut unpacked) = (Vec::new(), Vec::new(), 0u64);
    for at in 0..zip.len() {
        let member = zip.by_index_raw(at).map_err(|error| format!("member {at} cannot be opened: {error}"))?;
        let (name, size) = (String::from_utf8_lossy(member.name_raw()).into_owned(), member.size());
        unpacked = unpacked.saturating_add(size);
        if unpacked > UNPACKED || (size > LARGE && size / RATIO > member.compressed_size()) {
            return Err(format!("{name:?} unpacks to {size} bytes: it is not read"));
        }
        if size == 0 && SCHEMAS.iter().any(|schema| schema.file == name.to_lowercase()) {
            empty.push(name.to_lowercase());
        }
        names.push(name);
    }
    Ok((names, empty))
}

/// The member that is a file of the standard, whatever its case.
fn find<'a>(names: &'a [String], file: &str) -> Option<&'a str> {
    names.iter().map(String::as_str).find(|name| name.to_lowercase() == file)
}

impl Sink for Table {
    fn row(&mut self, cells: &mut Cells<'_>, row: &[Value], good: bool) -> bool {
        self.push(cells.line, row, good);
        true
    }
}

fn table(
    zip: &mut Zip,
    name: &str,
    schema: &'static Schema,
    options: &Options,
    feed: &mut Feed,
    notices: &mut Notices,
) {
    let mut strings = std::mem::take(&mut feed.strings);
    let outcome = open(zip, name, |source| {
        let mut cells = Cells::new(schema, options.country.as_deref(), notices, &mut strings);
        if schema.file == shapes::FILE {
            let mut all = Shapes::ready(schema);
            let outcome = read::table(source, &mut cells, &mut all);
            all.finish();
            feed.shapes = all;
            outcome
        } else {
            read::table(source, &mut cells, feed.table_mut(schema.file))
        }
    });
    feed.strings = strings;
    settle(feed.table_mut(schema.file), outcome);
}

fn settle(table: &mut Table, outcome: Outcome) {
    table.state = outcome.state;
    table.lost = outcome.lost;
    table.has = outcome.has;
}

fn open(zip: &mut Zip, name: &str, take: impl FnOnce(&mut dyn Read) -> Outcome) -> Outcome {
    match zip.by_name(name) {
        Ok(mut member) => take(&mut member),
        Err(_) => Outcome { state: State::Unreadable, has: Vec::new(), lost: 1 },
    }
}

/// Reads the trips' calls: once, or again where trips' rows do not stand together.
fn calls(zip: &mut Zip, name: &str, options: &Options, feed: &mut Feed, notices: &mut Notices) {
    let Some(schema) = SCHEMAS.iter().find(|schema| schema.file == calls::FILE) else { return };
    let mut strings = std::mem::take(&mut feed.strings);
    let folded = headsigns::Names::of(feed, &mut strings);
    for order in [Order::Together, Order::Scattered] {
        let mut found = notices.another();
        let mut pass = Pass::new(feed, &strings, folded.clone(), order);
        let outcome = open(zip, name, |source| {
            let mut cells = Cells::new(schema, options.country.as_deref(), &mut found, &mut strings);
            let outcome = read::table(source, &mut cells, &mut pass);
            if !pass.again {
                pass.finish(&mut cells);
            }
            outcome
        });
        if !pass.again {
            let reduced = std::mem::take(&mut pass.calls);
            notices.merge(found);
            feed.calls = reduced;
            settle(feed.table_mut(schema.file), outcome);
            break;
        }
    }
    feed.strings = strings;
}
