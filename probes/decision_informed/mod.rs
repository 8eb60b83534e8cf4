//! Does a document tell of a decision, and of the data that is said to have informed it?

use std::sync::LazyLock;

use serde::Serialize;

use crate::capture::{Captures, Need};
use crate::finding::{Evidence, Finding};
use crate::paper::Read;
use crate::probe::{Probe, Target};
use crate::spec::Spec;
use crate::statements::{self, Kinds, Rows, Stated};

crate::declare!();

/// Finds decisions that are said to rest on data.
pub struct DecisionInformed;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Informed {
        decisions: u64,
        places: Option<Vec<String>>,
        of_money: u64,
        of_programmes: u64,
        of_rules: u64,
        statements: Rows,
    },
    None {
        set_aside: u64,
        unread: Option<Vec<String>>,
    },
}

static KINDS: LazyLock<Kinds> = LazyLock::new(|| Kinds::bundled(include_str!("words.toml")));

impl Probe for DecisionInformed {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        statements::finding(&SPEC, target, captures, &KINDS, told)
    }
}

fn told(read: &Read, stated: &Stated) -> (Seen, Vec<Evidence>) {
    if stated.all.is_empty() {
        return (Seen::None { set_aside: stated.aside, unread: statements::unread(read) }, Vec::new());
    }
    let (statements, evidence) = stated.quoted(&KINDS);
    let seen = Seen::Informed {
        decisions: stated.all.len() as u64,
        places: stated.all_places(),
        of_money: stated.count("money"),
        of_programmes: stated.count("programme"),
        of_rules: stated.count("rule"),
        statements,
    };
    (seen, evidence)
}
