//! What kind of analysis does a document show: one that describes, explains, compares places, or says what to do?

use std::sync::LazyLock;

use serde::Serialize;

use crate::capture::{Captures, Need};
use crate::finding::{Evidence, Finding};
use crate::paper::Read;
use crate::probe::{Probe, Target};
use crate::spec::Spec;
use crate::statements::{self, Kinds, Rows, Stated};

crate::declare!();

/// Tells kinds of analysis.
pub struct AnalysisKind;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Told {
        kinds: Vec<&'static str>,
        descriptive: u64,
        descriptive_places: Option<Vec<String>>,
        diagnostic: u64,
        diagnostic_places: Option<Vec<String>>,
        geospatial: u64,
        geospatial_places: Option<Vec<String>>,
        prescriptive: u64,
        prescriptive_places: Option<Vec<String>>,
        statements: Rows,
    },
    None {
        unread: Option<Vec<String>>,
    },
}

static KINDS: LazyLock<Kinds> = LazyLock::new(|| Kinds::bundled(include_str!("words.toml")));

impl Probe for AnalysisKind {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        statements::finding(&SPEC, target, captures, &KINDS, told)
    }
}

fn told(read: &Read, stated: &Stated) -> (Seen, Vec<Evidence>) {
    if stated.all.is_empty() {
        return (Seen::None { unread: statements::unread(read) }, Vec::new());
    }
    let (statements, evidence) = stated.quoted(&KINDS);
    let seen = Seen::Told {
        kinds: stated.kinds(&KINDS),
        descriptive: stated.count("descriptive"),
        descriptive_places: stated.places("descriptive"),
        diagnostic: stated.count("diagnostic"),
        diagnostic_places: stated.places("diagnostic"),
        geospatial: stated.count("geospatial"),
        geospatial_places: stated.places("geospatial"),
        prescriptive: stated.count("prescriptive"),
        prescriptive_places: stated.places("prescriptive"),
        statements,
    };
    (seen, evidence)
}
