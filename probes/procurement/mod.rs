//! What does a contract or a request for offers state: goals, measures, incentives, and what follows when they are missed?

use std::sync::LazyLock;

use serde::Serialize;

use crate::capture::{Captures, Need};
use crate::finding::{Evidence, Finding};
use crate::paper::Read;
use crate::probe::{Probe, Target};
use crate::spec::Spec;
use crate::statements::{self, Kinds, Rows, Stated};

crate::declare!();

/// Reads contracts and requests for offers.
pub struct Procurement;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Measured {
        measures: u64,
        measure_places: Option<Vec<String>>,
        #[serde(flatten)]
        beside: Beside,
    },
    Unmeasured {
        #[serde(flatten)]
        beside: Beside,
        unread: Option<Vec<String>>,
    },
    NoContract {
        called: Option<&'static str>,
    },
}

/// What stands beside measures, and what the document is.
#[derive(Serialize)]
struct Beside {
    kind: &'static str,
    called: &'static str,
    number: Option<String>,
    goals: u64,
    goal_places: Option<Vec<String>>,
    incentives: u64,
    incentive_places: Option<Vec<String>>,
    remedies: u64,
    remedy_places: Option<Vec<String>>,
    aside: u64,
    statements: Rows,
}

static KINDS: LazyLock<Kinds> = LazyLock::new(|| Kinds::bundled(include_str!("words.toml")));

/// The kinds of documents that are read.
const CONTRACTS: [&str; 3] = ["request-for-proposals", "contract", "amendment"];

impl Probe for Procurement {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        statements::finding(&SPEC, target, captures, &KINDS, told)
    }
}

fn told(read: &Read, stated: &Stated) -> (Seen, Vec<Evidence>) {
    let told = read.kinds();
    let Some(kind) = told.kind().filter(|kind| CONTRACTS.contains(&kind.id)) else {
        return (Seen::NoContract { called: told.kind().map(|kind| kind.called) }, Vec::new());
    };
    let (statements, evidence) = stated.quoted(&KINDS);
    let beside = Beside {
        kind: kind.id,
        called: kind.called,
        number: told.number.as_ref().map(|number| number.name.clone()),
        goals: stated.count("goal"),
        goal_places: stated.places("goal"),
        incentives: stated.count("incentive"),
        incentive_places: stated.places("incentive"),
        remedies: stated.count("remedy"),
        remedy_places: stated.places("remedy"),
        aside: stated.aside,
        statements,
    };
    let measures = stated.count("measure");
    let seen = if measures > 0 {
        Seen::Measured { measures, measure_places: stated.places("measure"), beside }
    } else {
        Seen::Unmeasured { beside, unread: statements::unread(read) }
    };
    (seen, evidence)
}
