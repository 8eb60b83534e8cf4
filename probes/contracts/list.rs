//! A list of contracts as a whole: its tables read, and what they come to.

use std::collections::{BTreeMap, BTreeSet};

use super::deals::Deals;
use super::fields::{Field, KNOWN};
use super::map::{Column, Mapped, Nature, map};
use super::source::{Source, look};
use super::table::Table;
use super::tally::{Counts, Gap, Tally};
use crate::capture::{Captures, Need};
use crate::dates::Order;
use crate::finding::{Evidence, Share};
use crate::kind::Kind;
use crate::probe::Target;

/// How many places of gaps are quoted.
const QUOTED: usize = 5;

/// What became of reading a link as a list of contracts.
pub enum Reading {
    /// It is one, or may be.
    List(Box<List>),
    /// It has tables, of something else or by words that we do not know.
    Other {
        /// How many rows.
        rows: u64,
        /// The names of its columns.
        columns: Vec<String>,
        /// What they came in.
        kind: String,
        /// Where they stand.
        evidence: Evidence,
    },
    /// It has no table.
    NoTable(Kind, Evidence),
    /// It could not be seen.
    Unseen(String, Evidence),
}

/// A list of contracts.
pub struct List {
    /// What was counted.
    pub counts: Counts,
    /// Which fields it has, or why that is in doubt.
    pub listing: Listing,
    /// What it came in.
    pub kind: String,
    /// Whether a program can take it as it is.
    pub machine_readable: bool,
    /// Why it was not read to its end, if so.
    pub cut: Option<String>,
    /// The names of its columns.
    pub columns: Vec<String>,
    /// Its header, and places where something lacks.
    pub evidence: Vec<Evidence>,
    /// Which column holds what, and how sure that is.
    pub mapping: Vec<BTreeMap<String, String>>,
}

/// What a list has columns for.
pub enum Listing {
    /// These fields are known.
    Fields(Fields),
    /// A person has to look, and why.
    Doubtful(String),
}

/// The fields that a list has.
pub struct Fields {
    /// Those with a column.
    pub there: BTreeSet<Field>,
    /// Whether one column is both name and description.
    pub one_text: bool,
}

impl Listing {
    /// The words of those of `wanted` of which none of the fields has a column; nothing while that is in doubt.
    pub fn missing<'w>(&self, wanted: &[(&[Field], &'w str)]) -> Vec<&'w str> {
        let Self::Fields(fields) = self else { return Vec::new() };
        let lacks = |(any, _): &&(&[Field], &'w str)| !any.iter().any(|field| fields.there.contains(field));
        wanted.iter().filter(lacks).map(|(_, words)| *words).collect()
    }
}

/// Reads the tables behind `target` as a list of contracts.
pub fn read(target: &Target, captures: &Captures<'_>) -> Result<Reading, Need> {
    let (tables, unseen) = match look(target, captures)? {
        Source::Unseen((cause, evidence)) => return Ok(Reading::Unseen(cause, evidence)),
        Source::Deals(deals, evidence) => return Ok(Reading::List(Box::new(List::of_deals(&deals, evidence)))),
        Source::Other(kind, evidence) => return Ok(Reading::NoTable(kind, evidence)),
        Source::Tables(tables, unseen) => (tables, unseen),
    };
    let mapped: Vec<(Table, Mapped)> = tables
        .into_iter()
        .map(|table| {
            let held = table.held();
            let mapped = map(&held.header, &held.rows, &table.about);
            (table, mapped)
        })
        .collect();
    let rank = |(table, mapped): &&(Table, Mapped)| {
        let nature = match mapped.nature {
            Nature::Contracts => 2,
            Nature::Doubtful(_) => 1,
            Nature::Other => 0,
        };
        (nature, table.machine_readable, mapped.columns.len(), table.held().rows.len())
    };
    let Some((best, chosen)) = mapped.iter().max_by_key(rank) else { panic!("invariant: a source has a table") };
    let columns: Vec<String> = best.held().header.iter().filter(|name| !name.is_empty()).cloned().collect();
    if chosen.nature == Nature::Other {
        return Ok(match unseen {
            Some((cause, evidence)) => Reading::Unseen(cause, evidence),
            None => Reading::Other {
                rows: best.held().rows.len() as u64,
                columns,
                kind: best.kind.clone(),
                evidence: best.evidence.clone(),
            },
        });
    }
    // A file may say again what the page says, or another file.
    let alike = |(table, mapped): &&(Table, Mapped)| mapped.nature == chosen.nature && table.kind == best.kind;
    let listing: Vec<&(Table, Mapped)> = mapped.iter().filter(alike).collect();
    Ok(Reading::List(Box::new(list(captures, &listing, best, chosen, columns))))
}

fn list(
    captures: &Captures<'_>,
    tables: &[&(Table, Mapped)],
    best: &Table,
    chosen: &Mapped,
    columns: Vec<String>,
) -> List {
    let (counts, broken) = tallied(captures, tables, |mapped| mapped.order);
    let mut listing = if let Nature::Doubtful(doubt) = &chosen.nature {
        Listing::Doubtful(doubt.clone())
    } else {
        let at = |field| chosen.columns.get(&field).map(|column| column.at);
        let one_text = at(Field::Name) == at(Field::Description);
        Listing::Fields(Fields { there: chosen.columns.keys().copied().collect(), one_text })
    };
    if matches!(listing, Listing::Fields(_)) && tables.iter().any(|(_, mapped)| mapped.either_order) {
        let (other, _) = tallied(captures, tables, |mapped| match mapped.order {
            order if !mapped.either_order => order,
            Order::DayFirst => Order::MonthFirst,
            Order::MonthFirst => Order::DayFirst,
        });
        let windows = |counts: &Counts| (counts.past, counts.within_six, counts.within_twelve, counts.ahead);
        if windows(&counts) != windows(&other) {
            let doubt = "its dates can be read with the day first or the month first, and other contracts end soon in either way";
            listing = Listing::Doubtful(doubt.to_owned());
        }
    }
    let full = counts.full.then(|| format!("it has more than the {} contracts that are told apart", counts.contracts));
    let mut evidence = vec![best.evidence.clone()];
    let places = counts.lacking.values().flat_map(|(_, places)| places);
    let places: BTreeSet<&(usize, u64)> = places.collect();
    evidence.extend(places.into_iter().filter_map(|(table, record)| tables[*table].0.record(*record)).take(QUOTED));
    List {
        counts,
        listing,
        kind: best.kind.clone(),
        machine_readable: best.machine_readable,
        cut: tables.iter().find_map(|(table, _)| table.cut.clone()).or(broken).or(full),
        columns,
        evidence,
        mapping: chosen.columns.iter().map(mapped_column).collect(),
    }
}

/// The contracts of all tables counted, their dates read in the order that `order` says, and why some rows are not among
/// them.
fn tallied(
    captures: &Captures<'_>,
    tables: &[&(Table, Mapped)],
    order: impl Fn(&Mapped) -> Order,
) -> (Counts, Option<String>) {
    let mut tally = Tally::new(captures.as_of());
    let mut broken = None;
    for (at, (table, mapped)) in tables.iter().enumerate() {
        let order = order(mapped);
        let ended = table.each(captures, &mut |record, row| tally.row(mapped, order, (at, record), row));
        broken = broken.or(ended.err());
    }
    (tally.counts(), broken)
}

/// A row of the mapping: which column holds a field, and how sure that is.
fn mapped_column((field, column): (&Field, &Column)) -> BTreeMap<String, String> {
    let place = if column.name.is_empty() { format!("column {}", column.at + 1) } else { column.name.clone() };
    let sure = column.confidence >= KNOWN.confidence.sure;
    cells([
        ("field", field.to_string()),
        ("column", place),
        ("confidence", format!("{} %", column.confidence)),
        ("by", if sure { "name and values" } else { "values alone" }.to_owned()),
        ("filled", format!("{} %", column.filled)),
    ])
}

fn cells<const N: usize>(cells: [(&str, String); N]) -> BTreeMap<String, String> {
    cells.into_iter().map(|(name, cell)| (name.to_owned(), cell)).collect()
}

impl List {
    /// What open contracting data comes to, which says itself what its fields are.
    fn of_deals(deals: &Deals, evidence: Evidence) -> Self {
        let column = |(field, told): (&Field, &u64)| {
            cells([
                ("field", field.to_string()),
                ("column", KNOWN.in_standard(*field)),
                ("confidence", "100 %".to_owned()),
                ("by", "the standard".to_owned()),
                ("filled", format!("{} %", told * 100 / deals.counts.contracts.max(1))),
            ])
        };
        let there = deals.told.keys().copied().collect();
        Self {
            counts: deals.counts.clone(),
            listing: Listing::Fields(Fields { there, one_text: false }),
            kind: deals.kind(),
            machine_readable: true,
            cut: deals.cut.clone(),
            columns: deals.told.keys().map(ToString::to_string).collect(),
            evidence: vec![evidence],
            mapping: deals.told.iter().map(column).collect(),
        }
    }

    /// Of the contracts to come, how many have name, description, time and amount; those whose end could not be read may
    /// be among them or not.
    pub fn complete(&self) -> Option<Share> {
        let Counts { complete, ahead, unread_ends, .. } = self.counts;
        Share::of(complete, ahead, ahead).map(|share| share.beside(unread_ends))
    }

    /// What lacks of the contracts to come, as a table.
    pub fn gaps(&self) -> Vec<BTreeMap<String, String>> {
        let row = |(field, (lack, places)): (&Field, &Gap)| {
            let places: Vec<String> = places.iter().map(|(_, record)| record.to_string()).collect();
            cells([("field", field.to_string()), ("contracts", lack.to_string()), ("first_rows", places.join(", "))])
        };
        self.counts.lacking.iter().map(row).collect()
    }
}
