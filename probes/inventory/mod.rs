//! Is this a list of the city's datasets by department, and which departments are in it?

mod columns;
mod coverage;
mod departments;
mod found;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::capture::{Captures, Need};
use crate::dates::{self, Order};
use crate::finding::{Evidence, Finding, Share};
use crate::kind::Kind;
use crate::probe::{Probe, Target};
use crate::rows::Held;
use crate::spec::Spec;
use columns::{Columns, Field};
use coverage::Covered;
use found::{Gathered, Seen as Found, Table};

crate::declare!();

/// Reads an inventory of datasets.
pub struct Inventory;

type Rows = Vec<BTreeMap<String, String>>;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    List(Box<Listed>),
    Participation {
        departments: usize,
        place: String,
        lowest_coverage: Option<Share>,
        highest_coverage: Option<Share>,
        denominators: Rows,
    },
    Catalogue {
        rows: usize,
        departments: usize,
        place: String,
    },
    NoDepartments {
        rows: usize,
        columns: Vec<String>,
        place: String,
    },
    OtherTable {
        rows: usize,
        columns: Vec<String>,
    },
    NoTable {
        kind: String,
    },
    Unseen {
        cause: String,
    },
}

/// An inventory, as the finding's facts.
#[derive(Serialize)]
struct Listed {
    rows: usize,
    departments: usize,
    fields: Vec<&'static str>,
    field_count: usize,
    columns: Rows,
    place: String,
    public: bool,
    lowest_coverage: Option<Share>,
    highest_coverage: Option<Share>,
    denominators: Rows,
    newest: Option<Date>,
    age_days: Option<i32>,
    date_column: Option<String>,
    dated: Option<Share>,
}

impl Probe for Inventory {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let (seen, evidence) = match found::look(target, captures)? {
            Found::Unseen { cause, evidence } => (Seen::Unseen { cause }, vec![evidence]),
            Found::Nothing { kind, evidence } => (no_table(kind), vec![evidence]),
            Found::Tables(gathered) => match best(&gathered.tables) {
                Some(table) => told(target, captures, &gathered, table)?,
                None => (no_table(Kind::Html), Vec::new()),
            },
        };
        Ok(vec![SPEC.finding(target, &seen, evidence)])
    }
}

fn no_table(kind: Kind) -> Seen {
    Seen::NoTable { kind: kind.to_string() }
}

/// The table that is most like an inventory: then one of departments that take part, then the longest.
fn best(tables: &[Table]) -> Option<&Table> {
    tables.iter().max_by_key(|table| {
        let is = |field| table.columns.contains_key(&field);
        let listing = is(Field::Title) && table.lists_datasets;
        let part = is(Field::TakingPart) && is(Field::Department);
        (listing && is(Field::Department), listing, part, table.held.rows.len())
    })
}

fn told(
    target: &Target,
    captures: &Captures<'_>,
    gathered: &Gathered,
    table: &Table,
) -> Result<(Seen, Vec<Evidence>), Need> {
    let Table { held, columns, place, .. } = table;
    let evidence = table.evidence.clone();
    let place = place.clone();
    let (having, all) = coverage::of_inventory(held, columns);
    let rows = coverage::datasets(held, columns);
    let names = || held.header.iter().filter(|name| !name.is_empty()).cloned().collect();
    if !columns.contains_key(&Field::Title) || !table.lists_datasets {
        let covered = coverage::taking_part(held, columns, &place, &evidence);
        if covered.is_empty() {
            return Ok((Seen::OtherTable { rows: held.rows.len(), columns: names() }, vec![evidence]));
        }
        let (lowest_coverage, highest_coverage) = coverage::range(&covered);
        let denominators = denominators(&covered);
        let departments = all.len();
        let seen = Seen::Participation { departments, place, lowest_coverage, highest_coverage, denominators };
        return Ok((seen, vec![evidence]));
    }
    if !columns.contains_key(&Field::Department) {
        return Ok((Seen::NoDepartments { rows, columns: names(), place }, vec![evidence]));
    }
    let departments = having.len();
    if coverage::is_catalogue(held, columns) {
        return Ok((Seen::Catalogue { rows, departments, place }, vec![evidence]));
    }
    let mut lists = found::lists(target, captures, gathered, table)?;
    if all.len() > having.len() {
        let place = "the inventory's own rows, those without a dataset counted".to_owned();
        lists.push(coverage::List { place, names: all, evidence: evidence.clone() });
    }
    let covered: Vec<Covered> = lists.iter().filter_map(|list| coverage::against(&having, list)).collect();
    let (lowest_coverage, highest_coverage) = coverage::range(&covered);
    let (newest, dated) = newest(held, columns, captures.as_of());
    let fields = columns::MAKING.iter().filter(|(field, _)| columns.contains_key(field)).map(|(_, name)| *name);
    let fields: Vec<&str> = fields.collect();
    let seen = Seen::List(Box::new(Listed {
        rows,
        departments,
        field_count: fields.len(),
        fields,
        columns: mapping(held, columns),
        place,
        public: !target.is_file(),
        lowest_coverage,
        highest_coverage,
        denominators: denominators(&covered),
        newest,
        age_days: newest.and_then(|newest| captures.as_of().since(newest).ok()).map(|span| span.get_days()),
        date_column: newest.and_then(|_| columns.get(&Field::Updated)).map(|column| held.header[*column].clone()),
        dated,
    }));
    let evidence = std::iter::once(evidence).chain(covered.into_iter().map(|covered| covered.evidence)).collect();
    Ok((seen, evidence))
}

/// The newest date of an entry that is not after `as_of`, and how many entries have one.
fn newest(held: &Held, columns: &Columns, as_of: Date) -> (Option<Date>, Option<Share>) {
    let Some(column) = columns.get(&Field::Updated) else { return (None, None) };
    let dates: Vec<Date> = held
        .column(*column)
        .filter_map(|(_, cell)| dates::parse(cell, Order::MonthFirst))
        .map(|dated| dated.last().min(as_of).max(dated.first))
        .filter(|date| *date <= as_of)
        .collect();
    let all = held.rows.len() as u64;
    (dates.iter().max().copied(), Share::of(dates.len() as u64, all, all))
}

/// Which column holds which field.
fn mapping(held: &Held, columns: &Columns) -> Rows {
    let row = |(field, column): (&Field, &usize)| {
        let field =
            serde_json::to_value(field).ok().and_then(|name| Some(name.as_str()?.to_owned())).unwrap_or_default();
        BTreeMap::from([("field".to_owned(), field), ("column".to_owned(), held.header[*column].clone())])
    };
    columns.iter().map(row).collect()
}

fn denominators(covered: &[Covered]) -> Rows {
    let row = |covered: &Covered| {
        BTreeMap::from([
            ("list".to_owned(), covered.place.clone()),
            ("departments".to_owned(), covered.departments.to_string()),
            ("covered".to_owned(), covered.sure.to_string()),
            ("at_most".to_owned(), covered.possible.to_string()),
            ("missing".to_owned(), covered.missing.join("; ")),
        ])
    };
    covered.iter().map(row).collect()
}
