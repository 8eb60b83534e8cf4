//! Does it list procurements to come, with name, description, expected time and amount?

use std::collections::BTreeMap;

use serde::Serialize;

use crate::capture::{Captures, Need};
use crate::contracts::{Field, List, Listing, Reading, read};
use crate::finding::{Evidence, Finding, Share};
use crate::probe::{Probe, Target};
use crate::spec::Spec;

crate::declare!();

/// Reads a list of procurements that are planned.
pub struct ProcurementForecast;

type Rows = Vec<BTreeMap<String, String>>;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Forecast {
        rows: u64,
        planned: u64,
        planned_in_six: u64,
        complete: Option<Share>,
        machine_readable: bool,
        kind: String,
        one_text: bool,
        mapping: Rows,
    },
    NoneToCome {
        rows: u64,
        contracts: u64,
        kind: String,
        mapping: Rows,
    },
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
        doubt: String,
        columns: Vec<String>,
        kind: String,
        mapping: Rows,
    },
    Partial {
        cause: String,
        rows: u64,
        planned: u64,
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

/// What a forecast tells, by any of these fields.
const WANTED: &[(&[Field], &str)] = &[
    (&[Field::Name], "what is to be bought"),
    (&[Field::Due, Field::Start, Field::Period], "when it is expected"),
    (&[Field::Amount], "what it may cost"),
];

impl Probe for ProcurementForecast {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let (seen, evidence) = match read(target, captures)? {
            Reading::List(list) => told(*list),
            Reading::Other { rows, columns, kind, evidence } => {
                (Seen::OtherTable { rows, columns, kind }, vec![evidence])
            }
            Reading::NoTable(kind, evidence) => (Seen::NotATable { kind: kind.to_string() }, vec![evidence]),
            Reading::Unseen(cause, evidence) => (Seen::Unseen { cause }, vec![evidence]),
        };
        Ok(vec![SPEC.finding(target, &seen, evidence)])
    }
}

fn told(list: List) -> (Seen, Vec<Evidence>) {
    let List { counts, listing, kind, cut, columns, machine_readable, evidence, mapping } = list;
    let missing = listing.missing(WANTED);
    let (rows, contracts, planned) = (counts.rows, counts.contracts, counts.planned);
    let seen = match (listing, cut) {
        (Listing::Doubtful(doubt), _) => Seen::Doubtful { rows, doubt, columns, kind, mapping },
        (Listing::Fields(_), _) if !missing.is_empty() => {
            Seen::Lacking { rows, contracts, missing, columns, kind, mapping }
        }
        (Listing::Fields(_), Some(cause)) => Seen::Partial { cause, rows, planned, kind, mapping },
        (Listing::Fields(_), None) if planned == 0 => Seen::NoneToCome { rows, contracts, kind, mapping },
        (Listing::Fields(fields), None) => Seen::Forecast {
            rows,
            planned,
            planned_in_six: counts.planned_in_six,
            complete: Share::of(counts.planned_complete, planned, planned),
            machine_readable,
            kind,
            one_text: fields.one_text,
            mapping,
        },
    };
    (seen, evidence)
}
