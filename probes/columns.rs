//! Tables wherever they stand in what a link leads to, and which of their columns holds what, by words that are data.

use std::collections::BTreeMap;

use regex::Regex;
use serde::Deserialize;

use crate::capture::{Captures, Need};
use crate::document::Role;
use crate::finding::{Evidence, Locus};
use crate::kind::{self, Kind};
use crate::paper::{self, Paper, Read};
use crate::probe::Target;
use crate::rows::{self, Held};

/// Columns that a probe looks for, in the order in which they are given away.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct Fields(Vec<Field>);

/// A column that a probe looks for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Field {
    id: String,
    #[serde(deserialize_with = "crate::pattern::one")]
    words: Regex,
}

impl Fields {
    /// Which column of `held` holds which field; no column holds two.
    pub fn of(&self, held: &Held) -> BTreeMap<&str, usize> {
        let mut found: BTreeMap<&str, usize> = BTreeMap::new();
        for field in &self.0 {
            let names = held.header.iter().map(|name| crate::roles::words(name)).enumerate();
            let free = names.filter(|(at, _)| !found.values().any(|taken| taken == at));
            if let Some((at, _)) = free.into_iter().find(|(_, name)| field.words.is_match(name)) {
                found.insert(&field.id, at);
            }
        }
        found
    }
}

/// A table, and its header as evidence.
pub struct Table {
    /// Its rows.
    pub held: Held,
    /// The words of its header, where it stands.
    pub evidence: Evidence,
}

/// What a link leads to, as far as it has tables.
pub enum Seen {
    /// A page, a document or a file, with its tables if it has any; the document too, where it is one.
    Tables(Vec<Table>, Option<Read>, Evidence),
    /// Nothing that could be seen.
    Unseen(String, Evidence),
}

/// The tables that `target` leads to.
pub fn look(target: &Target, captures: &Captures<'_>) -> Result<Seen, Need> {
    let capture = captures.get(&target.request())?;
    let exchange = Evidence::new(&capture.id, Locus::Exchange, "");
    let read = match paper::open(target, captures)? {
        Paper::Unseen(cause, evidence) => return Ok(Seen::Unseen(cause, evidence)),
        Paper::Read(read) => Some(read),
        Paper::Otherwise(..) => None,
    };
    let kind = kind::of(captures, &capture);
    let held = match &*rows::of(captures, &capture)? {
        Ok(held) => held.clone(),
        Err(cause) => return Ok(Seen::Unseen(cause.clone(), exchange)),
    };
    let table = |held: Held| {
        let locus = match kind {
            Kind::Html => Locus::Selector(held.name.clone()),
            Kind::Csv | Kind::Tsv if !held.header.is_empty() => Locus::Row(held.first - 1),
            _ => Locus::Exchange,
        };
        let quote = if locus == Locus::Exchange { "" } else { held.header.iter().find(|name| !name.is_empty())? };
        Some(Table { evidence: Evidence::new(&capture.id, locus, quote), held })
    };
    let mut tables: Vec<Table> = held.into_iter().filter(|held| !held.header.is_empty()).filter_map(table).collect();
    if kind != Kind::Html {
        tables.extend(read.iter().flat_map(in_document));
    }
    Ok(Seen::Tables(tables, read, exchange))
}

/// Rows of a document that follow one another, as tables.
fn in_document(read: &Read) -> Vec<Table> {
    let mut tables = Vec::new();
    let mut open: Vec<Vec<String>> = Vec::new();
    let mut begins = None;
    let mut close = |open: &mut Vec<Vec<String>>, begins: &mut Option<(paper::At, String)>| {
        let held = Held::of("", std::mem::take(open).into_iter());
        if let Some((at, words)) = begins.take().filter(|_| !held.header.is_empty()) {
            tables.push(Table { held, evidence: read.evidence(Some(at), &words) });
        }
    };
    for (page, of) in read.document().pages.iter().enumerate() {
        for (at, block) in of.blocks.iter().enumerate() {
            if block.role == Role::Row {
                begins.get_or_insert_with(|| ((page, at), block.text.clone()));
                open.push(block.text.split(" | ").map(|cell| cell.trim().to_owned()).collect());
            } else if !open.is_empty() {
                close(&mut open, &mut begins);
            }
        }
    }
    close(&mut open, &mut begins);
    tables
}
