//! The archive: which tables are in it, and in which order they are read.

use std::io::{BufReader, Read};

use zip::ZipArchive;

use super::Options;
use super::calls;
use super::cells::{Cells, Value};
use super::feed::Feed;
use super::files::GEOJSON;
use super::geojson;
use super::large;
use super::notices::Notices;
use super::read::{self, Outcome, Sink};
use super::report::Report;
use super::rules;
use super::schema::{SCHEMAS, Schema};
use super::shapes;
use super::table::Table;
use crate::body::{Body, ReadSeek};

/// The most members of an archive.
const MEMBERS: usize = 1000;
/// The most that they may come to unpacked, in bytes.
const UNPACKED: u64 = 16 << 30;
/// A large member may come to so many times what it is packed.
const RATIO: u64 = 400;
/// From here on a member is large, in bytes.
const LARGE: u64 = 64 << 20;

/// The most of it that is read ahead, in bytes.
const READ_AHEAD: usize = 1 << 18;

/// An open archive.
pub(super) type Zip = ZipArchive<BufReader<Box<dyn ReadSeek>>>;

/// An archive that may be read.
pub(super) struct Archive<'a> {
    body: &'a Body,
    /// The names of its members.
    names: &'a [String],
    pub(super) options: &'a Options,
}

/// Reads a feed.
pub(super) fn read(body: &Body, options: &Options) -> Result<Report, String> {
    let mut zip = opened(body)?;
    let mut notices = Notices::new(options.samples);
    let (names, empty) = guard(&mut zip)?;
    rules::check_archive(&names, &empty, &mut notices);
    let archive = Archive { body, names: &names, options };
    let mut feed = Feed::new();
    for schema in SCHEMAS.iter().filter(|schema| ![calls::FILE, shapes::FILE].contains(&schema.file)) {
        if let Some(name) = archive.member(schema.file) {
            table(&mut zip, name, schema, options, &mut feed, &mut notices);
        }
    }
    if let Some(name) = archive.member(GEOJSON) {
        feed.zones = match zip.by_name(name) {
            Ok(member) => geojson::read(member, &mut feed.strings, &mut notices),
            Err(_) => geojson::Zones::unreadable(),
        };
    }
    large::read(&archive, &mut zip, &mut feed, &mut notices);
    rules::check(&feed, options.extra, &mut notices);
    let file = |name: &String| name.rsplit('/').next().unwrap_or_default().to_lowercase();
    let tables = names.iter().filter(|name| SCHEMAS.iter().any(|schema| schema.file == file(name))).count();
    Ok(Report::of(&feed, &notices, options, tables as u64))
}

fn opened(body: &Body) -> Result<Zip, String> {
    let stream = body.open().map_err(|error| error.to_string())?;
    let most = usize::try_from(body.len()).unwrap_or(READ_AHEAD).min(READ_AHEAD);
    ZipArchive::new(BufReader::with_capacity(most, stream))
        .map_err(|error| format!("it is no archive that can be opened: {error}"))
}

impl<'a> Archive<'a> {
    /// The member that is a file of the standard, whatever its case.
    pub(super) fn member(&self, file: &str) -> Option<&'a str> {
        self.names.iter().map(String::as_str).find(|name| name.to_lowercase() == file)
    }

    /// The same archive once more, to be read beside.
    pub(super) fn again(&self) -> Option<Zip> {
        opened(self.body).ok()
    }
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
    let outcome = open(zip, name, schema, |source| {
        let mut cells = Cells::new(schema, options.country.as_deref(), notices, &mut strings);
        read::table(source, &mut cells, feed.table_mut(schema.file))
    });
    feed.strings = strings;
    settle(feed.table_mut(schema.file), outcome);
}

/// What became of a table.
pub(super) fn settle(table: &mut Table, outcome: Outcome) {
    table.state = outcome.state;
    table.lost = outcome.lost;
    table.has = outcome.has;
}

/// Reads a member.
pub(super) fn open(zip: &mut Zip, name: &str, schema: &Schema, take: impl FnOnce(&mut dyn Read) -> Outcome) -> Outcome {
    match zip.by_name(name) {
        Ok(mut member) => take(&mut member),
        Err(_) => Outcome::unreadable(schema),
    }
}
