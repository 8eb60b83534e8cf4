//! How old is a document, by every sign that it gives?

mod signs;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::capture::{Captures, Need};
use crate::finding::{Evidence, Finding, Locus};
use crate::paper::{self, Paper, Read};
use crate::probe::{Probe, Target};
use crate::spec::Spec;
use signs::Sign;

crate::declare!();

/// Tells how old a document is.
pub struct Age;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Dated(Box<Told>),
    Undated {},
    NotADocument { kind: String },
    Unseen { cause: String },
}

/// A document's age, as the finding's facts.
#[derive(Serialize)]
struct Told {
    newest: Date,
    age_days: i32,
    /// Which sign was believed.
    sign: &'static str,
    /// What the document says happened on that day.
    said: Option<&'static str>,
    why: String,
    exact: String,
    /// The first and the last day of the other signs.
    oldest: Option<Date>,
    latest: Option<Date>,
    signs: Vec<BTreeMap<&'static str, String>>,
}

/// How many signs are told.
const TOLD: usize = 20;

impl Probe for Age {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let (seen, evidence) = match paper::open(target, captures)? {
            Paper::Read(read) => told(captures, &read),
            Paper::Otherwise(kind, evidence) => (Seen::NotADocument { kind: kind.to_string() }, vec![evidence]),
            Paper::Unseen(cause, evidence) => (Seen::Unseen { cause }, vec![evidence]),
        };
        Ok(vec![SPEC.finding(target, &seen, evidence)])
    }
}

fn told(captures: &Captures<'_>, read: &Read) -> (Seen, Vec<Evidence>) {
    let as_of = captures.as_of();
    let mut signs = signs::of(captures, read);
    signs.retain(|sign| sign.dated.first <= as_of);
    // A month is as new as its last day, as far as that has come.
    let day = |sign: &Sign| sign.dated.last().min(as_of);
    signs.sort_by_key(|sign| (sign.rank, sign.dated.precision, std::cmp::Reverse(day(sign))));
    let Some(believed) = signs.first() else {
        return (Seen::Undated {}, vec![Evidence::new(&read.capture.id, Locus::Exchange, "")]);
    };
    let newest = day(believed);
    let row = |sign: &Sign| {
        BTreeMap::from([
            ("sign", signs::id(sign.rank).to_owned()),
            ("says", sign.says.unwrap_or_default().to_owned()),
            ("date", sign.dated.first.to_string()),
            ("words", sign.words.clone()),
            ("place", read.document().place(&sign.evidence.locus)),
        ])
    };
    let others = || signs[1..].iter().map(day);
    let said = believed.says.map(|says| format!(" (\"{says}\")")).unwrap_or_default();
    let told = Told {
        newest,
        age_days: as_of.since(newest).map_or(0, |span| span.get_days()),
        sign: signs::id(believed.rank),
        said: believed.says,
        why: format!("{}{said}", signs::called(believed.rank)),
        exact: believed.dated.precision.to_string(),
        oldest: others().min(),
        latest: others().max(),
        signs: signs.iter().take(TOLD).map(row).collect(),
    };
    let evidence = vec![believed.evidence.clone()];
    (Seen::Dated(Box::new(told)), evidence)
}
