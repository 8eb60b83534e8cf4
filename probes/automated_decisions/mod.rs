//! Is this a record of where decisions are made by machines, with risks and what is done against them?

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::capture::{Captures, Need};
use crate::columns::{self, Fields, Table};
use crate::finding::{Evidence, Finding, Share};
use crate::genre;
use crate::probe::{Probe, Target};
use crate::roles::words;
use crate::spec::Spec;

crate::declare!();

/// Reads an inventory of automated decisions.
pub struct AutomatedDecisions;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Inventory(Box<Inventory>),
    OtherTable { columns: Vec<String> },
    NoTable {},
    Unseen { cause: String },
}

/// An inventory, as the finding's facts.
#[derive(Serialize)]
struct Inventory {
    rows: u64,
    fields: Vec<String>,
    lacking: Vec<&'static str>,
    /// Rows with words in the column of risks, and in that of measures against them.
    with_risks: Option<Share>,
    with_mitigations: Option<Share>,
    public: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    fields: Fields,
    #[serde(deserialize_with = "crate::pattern::one")]
    about: Regex,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    toml::from_str(include_str!("words.toml"))
        .expect("invariant: the bundled words of automated decisions are well formed")
});

/// What a whole record has.
const PARTS: &[&str] = &["tool", "agency", "purpose", "risk", "mitigation"];

impl Probe for AutomatedDecisions {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let (seen, evidence) = match columns::look(target, captures)? {
            columns::Seen::Unseen(cause, evidence) => (Seen::Unseen { cause }, vec![evidence]),
            columns::Seen::Tables(tables, read, exchange) => {
                let mut about = genre::name_in(target.url.path());
                if let Some(title) = read.as_ref().and_then(|read| read.document().title.as_deref()) {
                    about.push(' ');
                    about.push_str(title);
                }
                told(target, &tables, &about, exchange)
            }
        };
        Ok(vec![SPEC.finding(target, &seen, evidence)])
    }
}

fn told(target: &Target, tables: &[Table], about: &str, exchange: Evidence) -> (Seen, Vec<Evidence>) {
    let of_decisions = |table: &&Table| {
        let columns = WORDS.fields.of(&table.held);
        let named = WORDS.about.is_match(&words(about)) || WORDS.about.is_match(&words(&table.held.header.join(" ")));
        named && columns.contains_key("tool") && (columns.contains_key("purpose") || columns.contains_key("agency"))
    };
    let Some(table) = tables.iter().filter(of_decisions).max_by_key(|table| table.held.rows.len()) else {
        return match tables.iter().max_by_key(|table| table.held.rows.len()) {
            Some(table) => {
                let columns = table.held.header.iter().filter(|name| !name.is_empty()).cloned().collect();
                (Seen::OtherTable { columns }, vec![table.evidence.clone()])
            }
            None => (Seen::NoTable {}, vec![exchange]),
        };
    };
    let columns: BTreeMap<&str, usize> = WORDS.fields.of(&table.held);
    let all = table.held.rows.len() as u64;
    let filled = |field: &str| {
        let column = columns.get(field)?;
        Share::of(table.held.column(*column).count() as u64, all, all)
    };
    let inventory = Inventory {
        rows: all,
        fields: columns.keys().map(|&field| field.to_owned()).collect(),
        lacking: PARTS.iter().copied().filter(|part| !columns.contains_key(part)).collect(),
        with_risks: filled("risk"),
        with_mitigations: filled("mitigation"),
        public: !target.is_file(),
    };
    (Seen::Inventory(Box::new(inventory)), vec![table.evidence.clone()])
}
