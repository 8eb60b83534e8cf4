//! Does it list contracts, and those that end soon, with name, description, time and amount?

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::capture::{Captures, Need};
use crate::contracts::{Field, List, Listing, Reading, read};
use crate::finding::{Evidence, Finding, Share};
use crate::probe::{Probe, Target};
use crate::spec::Spec;

crate::declare!();

/// Reads a list of contracts.
pub struct ContractCatalogue;

type Rows = Vec<BTreeMap<String, String>>;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Listed(Box<Listed>),
    Lacking {
        rows: u64,
        contracts: u64,
        missing: Vec<&'static str>,
        columns: Vec<String>,
        kind: String,
        mapping: Rows,
    },
    Doubtful {
        rows: u64,
        contracts: u64,
        doubt: String,
        past: u64,
        within_six: u64,
        within_twelve: u64,
        complete: Option<Share>,
        columns: Vec<String>,
        kind: String,
        mapping: Rows,
    },
    Partial {
        cause: String,
        rows: u64,
        contracts: u64,
        past: u64,
        within_six: u64,
        within_twelve: u64,
        complete: Option<Share>,
        kind: String,
        mapping: Rows,
    },
    OtherTable {
        rows: u64,
        columns: Vec<String>,
        kind: String,
    },
    NotATable {
        kind: String,
    },
    Unseen {
        cause: String,
    },
}

/// A list of contracts, as the finding's facts.
#[derive(Serialize)]
struct Listed {
    rows: u64,
    contracts: u64,
    past: u64,
    within_six: u64,
    within_twelve: u64,
    planned: Option<u64>,
    ahead: u64,
    complete: Option<Share>,
    without_amount: Option<u64>,
    without_end: Option<u64>,
    endless: u64,
    unread_ends: Option<u64>,
    amount_rule: Option<&'static str>,
    amount_words: Vec<String>,
    newest: Option<Date>,
    age_days: Option<i32>,
    machine_readable: bool,
    kind: String,
    one_text: bool,
    mapping: Rows,
    gaps: Rows,
}

/// What a catalogue of contracts tells, by any of these fields.
const WANTED: &[(&[Field], &str)] = &[
    (&[Field::Name], "what the contracts are called or for"),
    (&[Field::End, Field::Period, Field::Due], "when they end"),
    (&[Field::Amount], "what they cost"),
];

impl Probe for ContractCatalogue {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let (seen, evidence) = match read(target, captures)? {
            Reading::Unseen(cause, evidence) => (Seen::Unseen { cause }, vec![evidence]),
            Reading::NoTable(kind, evidence) => (Seen::NotATable { kind: kind.to_string() }, vec![evidence]),
            Reading::Other { rows, columns, kind, evidence } => {
                (Seen::OtherTable { rows, columns, kind }, vec![evidence])
            }
            Reading::List(list) => told(captures.as_of(), *list),
        };
        Ok(vec![SPEC.finding(target, &seen, evidence)])
    }
}

fn told(as_of: Date, list: List) -> (Seen, Vec<Evidence>) {
    let complete = list.complete();
    let gaps = list.gaps();
    let List { counts, listing, kind, cut, columns, machine_readable, evidence, mapping } = list;
    let missing = listing.missing(WANTED);
    let (rows, contracts, past) = (counts.rows, counts.contracts, counts.past);
    let (within_six, within_twelve) = (counts.within_six, counts.within_twelve);
    let seen = match (listing, cut) {
        (Listing::Doubtful(doubt), _) => {
            Seen::Doubtful { rows, contracts, doubt, past, within_six, within_twelve, complete, columns, kind, mapping }
        }
        (Listing::Fields(_), _) if !missing.is_empty() => {
            Seen::Lacking { rows, contracts, missing, columns, kind, mapping }
        }
        (Listing::Fields(_), Some(cause)) => {
            Seen::Partial { cause, rows, contracts, past, within_six, within_twelve, complete, kind, mapping }
        }
        (Listing::Fields(fields), None) => {
            let some = |count: u64| (count > 0).then_some(count);
            let words = counts.words.iter().map(|(word, count)| format!("{word} ({count})"));
            Seen::Listed(Box::new(Listed {
                rows,
                contracts,
                past,
                within_six,
                within_twelve,
                planned: some(counts.planned),
                ahead: counts.ahead,
                complete,
                without_amount: some(counts.without_amount),
                without_end: some(counts.without_end),
                endless: counts.endless,
                unread_ends: some(counts.unread_ends),
                amount_rule: counts.amounts,
                amount_words: words.collect(),
                newest: counts.newest,
                age_days: counts.newest.and_then(|newest| as_of.since(newest).ok()).map(|span| span.get_days()),
                machine_readable,
                kind,
                one_text: fields.one_text,
                mapping,
                gaps,
            }))
        }
    };
    (seen, evidence)
}
