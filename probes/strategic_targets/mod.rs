//! Does a document set goals, each with what is measured, the value wanted and the time for it?

mod scope;
mod statement;
mod tabled;
mod words;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::capture::{Captures, Need};
use crate::columns::{self, Table};
use crate::document::{KNOWN, Role};
use crate::finding::{Evidence, Finding};
use crate::paper::Read;
use crate::probe::{Probe, Target};
use crate::spec::Spec;
use crate::wording;
use statement::{Goal, Parts};

crate::declare!();

/// Finds goals with measure, value and time.
pub struct StrategicTargets;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Targets {
        complete: u64,
        with_baseline: u64,
        #[serde(flatten)]
        beside: Beside,
    },
    InPart {
        #[serde(flatten)]
        beside: Beside,
    },
    None {
        unread: Option<Vec<String>>,
    },
    OtherLanguage {
        language: &'static str,
    },
    Unseen {
        cause: String,
    },
}

/// What stands beside whole goals, and whose plan it is.
#[derive(Serialize)]
struct Beside {
    without_time: u64,
    milestones: u64,
    of_one_department: bool,
    whose: Option<String>,
    period: Option<String>,
    places: Option<Vec<String>>,
    examples: Vec<BTreeMap<&'static str, String>>,
}

/// How many goals are quoted.
const EXAMPLES: usize = 6;
/// How many places are named.
const PLACES: usize = 12;

/// A goal, and where it stands.
struct Placed {
    goal: Goal,
    place: String,
    evidence: Evidence,
}

impl Probe for StrategicTargets {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let (seen, evidence) = match columns::look(target, captures)? {
            columns::Seen::Unseen(cause, evidence) => (Seen::Unseen { cause }, vec![evidence]),
            columns::Seen::Tables(tables, read, exchange) => told(&tables, read.as_ref(), exchange),
        };
        Ok(vec![SPEC.finding(target, &seen, evidence)])
    }
}

fn told(tables: &[Table], read: Option<&Read>, exchange: Evidence) -> (Seen, Vec<Evidence>) {
    if let Some(language) = read.and_then(|read| read.document().language()).filter(|language| *language != KNOWN) {
        return (Seen::OtherLanguage { language }, vec![exchange]);
    }
    let mut goals: Vec<Placed> = read.map(in_text).unwrap_or_default();
    for table in tables {
        let place = read.map_or_else(String::new, |read| read.document().place(&table.evidence.locus));
        goals.extend(tabled::goals(table).into_iter().map(|goal| Placed {
            goal,
            place: place.clone(),
            evidence: table.evidence.clone(),
        }));
    }
    goals.sort_by_key(|placed| placed.goal.parts);
    let of = |parts: Parts| goals.iter().filter(|placed| placed.goal.parts == parts).count() as u64;
    let (complete, without_time, milestones) = (of(Parts::All), of(Parts::NoTime), of(Parts::Task));
    if goals.is_empty() {
        let unread = read.map(|read| read.document().unread.iter().map(u32::to_string).collect::<Vec<_>>());
        return (Seen::None { unread: unread.filter(|pages| !pages.is_empty()) }, vec![exchange]);
    }
    let mut evidence: Vec<Evidence> = Vec::new();
    for placed in goals.iter().take(EXAMPLES) {
        if !evidence.contains(&placed.evidence) {
            evidence.push(placed.evidence.clone());
        }
    }
    let scope = read.map(scope::of).unwrap_or_default();
    evidence.extend(scope.evidence);
    let mut places: Vec<String> = Vec::new();
    for placed in goals.iter().filter(|placed| placed.goal.parts == goals[0].goal.parts) {
        if places.len() < PLACES && !placed.place.is_empty() && !places.contains(&placed.place) {
            places.push(placed.place.clone());
        }
    }
    let beside = Beside {
        without_time,
        milestones,
        of_one_department: scope.whose.is_some(),
        whose: scope.whose,
        period: scope.period,
        places: Some(places).filter(|places| !places.is_empty()),
        examples: goals.iter().take(EXAMPLES).map(row).collect(),
    };
    if complete == 0 {
        return (Seen::InPart { beside }, evidence);
    }
    let whole = goals.iter().filter(|placed| placed.goal.parts == Parts::All);
    let with_baseline = whole.filter(|placed| placed.goal.baseline.is_some()).count() as u64;
    (Seen::Targets { complete, with_baseline, beside }, evidence)
}

fn row(placed: &Placed) -> BTreeMap<&'static str, String> {
    let Goal { measure, value, by, baseline, .. } = &placed.goal;
    let cells =
        [("measure", Some(measure)), ("value", value.as_ref()), ("by", by.as_ref()), ("from", baseline.as_ref())];
    let mut row: BTreeMap<&'static str, String> =
        cells.into_iter().filter_map(|(name, cell)| Some((name, cell?.clone()))).collect();
    row.insert("place", placed.place.clone());
    row
}

/// The goals in sentences, items and headings; rows of tables are read by their columns.
fn in_text(read: &Read) -> Vec<Placed> {
    let document = read.document();
    let mut goals: Vec<Placed> = Vec::new();
    let mut said = std::collections::BTreeSet::new();
    for (page, of) in document.pages.iter().enumerate() {
        for (at, block) in of.blocks.iter().enumerate() {
            if matches!(block.role, Role::Running | Role::Contents | Role::Row) {
                continue;
            }
            for range in wording::sentences(&block.text) {
                let words = &block.text[range];
                let Some(goal) = statement::read(words) else { continue };
                // What the head of a plan lists comes again over the pages on each goal.
                if !said.insert(words.to_lowercase().replace(|c: char| !c.is_alphanumeric(), "")) {
                    continue;
                }
                let evidence = read.evidence(Some((page, at)), words);
                goals.push(Placed { goal, place: document.place(&evidence.locus), evidence });
            }
        }
    }
    goals
}
