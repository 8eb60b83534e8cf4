//! Is this an agreement on the sharing of data, or a list of such, and which are in force?

mod agreement;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::capture::{Captures, Need};
use crate::columns::{self, Fields, Table};
use crate::dates::{self, Order};
use crate::finding::{Evidence, Finding};
use crate::genre;
use crate::paper::Read;
use crate::probe::{Probe, Target};
use crate::roles::words;
use crate::spec::Spec;

crate::declare!();

/// Reads agreements on the sharing of data.
pub struct SharingAgreement;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    List { agreements: u64, fields: Vec<String>, field_count: u64, dated: u64, in_force: Option<u64> },
    Agreement(Box<Facts>),
    None {},
    Unseen { cause: String },
}

/// One agreement, as the finding's facts.
#[derive(Serialize)]
struct Facts {
    called: &'static str,
    begins: Option<Date>,
    ends: Option<Date>,
    /// Whether the audit's date lies between beginning and end; unsaid where an end is not given.
    in_force: Option<bool>,
    blanks: u64,
    template: bool,
    signed: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    fields: Fields,
    #[serde(deserialize_with = "crate::pattern::one")]
    about: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    blank: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    begins: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    ends: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    signed: Regex,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    toml::from_str(include_str!("words.toml")).expect("invariant: the bundled words of agreements are well formed")
});

/// More places left blank than this, and it is a template.
const BLANKS: u64 = 1;

impl Probe for SharingAgreement {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let (seen, evidence) = match columns::look(target, captures)? {
            columns::Seen::Unseen(cause, evidence) => (Seen::Unseen { cause }, vec![evidence]),
            columns::Seen::Tables(tables, read, exchange) => {
                told(target, captures.as_of(), &tables, read.as_ref(), exchange)
            }
        };
        Ok(vec![SPEC.finding(target, &seen, evidence)])
    }
}

fn told(
    target: &Target,
    as_of: Date,
    tables: &[Table],
    read: Option<&Read>,
    exchange: Evidence,
) -> (Seen, Vec<Evidence>) {
    let agreement = read.map(Read::kinds).and_then(|told| {
        let kind = told.kind()?;
        let shares = kind.id == "data-sharing-agreement";
        let other = matches!(kind.id, "contract" | "amendment") && told.subjects.contains(&"data-sharing");
        (shares || other).then_some(kind)
    });
    if let (Some(kind), Some(read)) = (agreement, read) {
        let found = agreement::read(read);
        let in_force = found.ends.map(|ends| found.begins.is_none_or(|begins| begins <= as_of) && ends >= as_of);
        let evidence = if found.evidence.is_empty() { vec![exchange] } else { found.evidence };
        let facts = Facts {
            called: kind.called,
            begins: found.begins,
            ends: found.ends,
            in_force,
            blanks: found.blanks,
            template: found.blanks > BLANKS,
            signed: found.signed,
        };
        return (Seen::Agreement(Box::new(facts)), evidence);
    }
    let mut about = genre::name_in(target.url.path());
    if let Some(read) = read {
        for text in read.document().title.iter().map(String::as_str).chain(read.headings()) {
            about.push(' ');
            about.push_str(text);
        }
    }
    list(as_of, tables, &about).unwrap_or((Seen::None {}, vec![exchange]))
}

/// The list of agreements among the tables, the longest if there are several.
fn list(as_of: Date, tables: &[Table], about: &str) -> Option<(Seen, Vec<Evidence>)> {
    let is_list = |table: &&Table| {
        let columns = WORDS.fields.of(&table.held);
        let named = WORDS.about.is_match(&words(about)) || WORDS.about.is_match(&words(&table.held.header.join(" ")));
        named && columns.contains_key("party") && columns.contains_key("subject")
    };
    let table = tables.iter().filter(is_list).max_by_key(|table| table.held.rows.len())?;
    let columns: BTreeMap<&str, usize> = WORDS.fields.of(&table.held);
    let days = |field: &str| -> Vec<Date> {
        let Some(column) = columns.get(field) else { return Vec::new() };
        let cells = table.held.column(*column);
        cells.filter_map(|(_, cell)| dates::parse(cell, Order::MonthFirst)).map(|dated| dated.last()).collect()
    };
    let ends = days("expires");
    let seen = Seen::List {
        agreements: table.held.column(columns["party"]).count() as u64,
        field_count: columns.len() as u64,
        fields: columns.keys().map(|&field| field.to_owned()).collect(),
        dated: days("executed").len() as u64,
        in_force: columns.contains_key("expires").then(|| ends.iter().filter(|end| **end >= as_of).count() as u64),
    };
    Some((seen, vec![table.evidence.clone()]))
}
