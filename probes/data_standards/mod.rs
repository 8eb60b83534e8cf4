//! Is data published in a standard that others use too?

mod catalogue;
mod page;
mod signs;
mod standard;

use serde::Serialize;

use crate::capture::{Capture, Captures, Need};
use crate::finding::{Answer, Evidence, Finding, Locus};
use crate::kind::Kind;
use crate::obstacle::{self, Hidden};
use crate::probe::{Probe, Target};
use crate::shown;
use crate::spec::Spec;
use crate::standards::{self, Within};
use signs::Signs;
use standard::Told;

crate::declare!();

/// Tells which common standard data is made in.
pub struct DataStandards;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    InUse(Whole),
    Incomplete(Lacking),
    NamedOnly { standards: Vec<String>, cause: Option<String> },
    NoneNamed { known: usize },
    NoneListed(Box<catalogue::Listed>),
    Unread { cause: String },
    None { kind: String, known: usize },
    Unseen { cause: String },
}

/// Data in a standard.
#[derive(Serialize)]
struct Whole {
    standard: String,
    name: String,
    version: Option<String>,
    within: Within,
    signs: Vec<String>,
    required: u64,
    sample: String,
    named: bool,
}

/// Data that is made to be in a standard and is not.
#[derive(Serialize)]
struct Lacking {
    standard: String,
    name: String,
    version: Option<String>,
    within: Within,
    signs: Vec<String>,
    required: u64,
    missing: Vec<String>,
    sample: String,
    named: bool,
}

const UNKNOWN: &str = "its bytes are of no format that we know";

impl Probe for DataStandards {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let mut findings = itself(target, captures)?;
        // Data that is itself in a standard needs no further search.
        if findings.iter().all(|finding| finding.answer != Answer::Yes) {
            findings.extend(catalogue::look(target, captures)?);
        }
        Ok(findings)
    }
}

/// What the link itself leads to: data, or a page that speaks of it.
fn itself(target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
    let capture = shown::get(captures, &target.request())?;
    let exchange = || vec![Evidence::new(&capture.id, Locus::Exchange, "")];
    let unseen = |cause, evidence| Ok(vec![SPEC.finding(target, &Seen::Unseen { cause }, evidence)]);
    match obstacle::page(captures, &capture) {
        Ok(page) => {
            let shell = page.shell().map(|sign| format!("the page needs a browser: {sign}"));
            match page.refused.clone().or(shell) {
                Some(cause) => unseen(cause, exchange()),
                None => page::look(target, captures, &capture, &page),
            }
        }
        Err(Hidden::Behind(cause, evidence)) => unseen(cause, vec![evidence]),
        Err(Hidden::Otherwise(kind)) => {
            let answered = match capture.success() {
                Ok(answered) => answered,
                Err(cause) => return unseen(cause, exchange()),
            };
            let signs = match signs::read(captures, &capture, answered)? {
                Ok(signs) => signs,
                Err(cause) => return unseen(cause, exchange()),
            };
            let named = standards::addressed(&answered.url);
            match sure(&signs) {
                Ok(told) if told.is_empty() => {
                    let seen = Seen::None { kind: kind.to_string(), known: standards::all().len() };
                    Ok(vec![SPEC.finding(target, &seen, exchange())])
                }
                Ok(told) => Ok(told
                    .into_iter()
                    .map(|told| {
                        let named = named.iter().any(|standard| standard.id == told.standard.id);
                        said(target, &capture, told, named, None)
                    })
                    .collect()),
                Err(cause) => unseen(cause, exchange()),
            }
        }
    }
}

/// What the signs tell; what is missing from a part of a body may stand in the rest of it.
fn sure(signs: &Signs) -> Result<Vec<Told>, String> {
    let told = standard::tell(signs);
    match &signs.part {
        Some(part) if told.is_empty() || told.iter().any(|told| !told.missing.is_empty()) => Err(part.clone()),
        None if told.is_empty() && signs.kind == Kind::Unknown => Err(UNKNOWN.to_owned()),
        _ => Ok(told),
    }
}

/// The finding that data was told to be in a standard; `on_page` is the link that led there.
fn said(target: &Target, capture: &Capture, told: Told, named: bool, on_page: Option<Evidence>) -> Finding {
    let Told { standard, within, version, signs, required, missing, place: (locus, quote) } = told;
    let (id, name) = (standard.id.clone(), standard.name.clone());
    let sample = capture.request.url.to_string();
    let seen = if missing.is_empty() {
        Seen::InUse(Whole { standard: id, name, version, within, signs, required, sample, named })
    } else {
        Seen::Incomplete(Lacking { standard: id, name, version, within, signs, required, missing, sample, named })
    };
    let evidence = on_page.into_iter().chain([Evidence::new(&capture.id, locus, quote)]).collect();
    SPEC.finding(target, &seen, evidence)
}

/// Keeps one sample of each standard, a whole one before others.
fn one_of_each(findings: &mut Vec<Finding>) {
    findings.sort_by_key(|finding| finding.answer);
    let mut seen = Vec::new();
    findings.retain(|finding| {
        let standard = finding.facts.get("standard").map(ToString::to_string);
        let new = !seen.contains(&standard);
        seen.push(standard);
        new
    });
}
