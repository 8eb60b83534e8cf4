//! Which passages of a document bear on the criteria, and how strongly?

mod find;
mod phrase;
mod read;
mod topic;
mod topics;
mod unit;

use std::collections::BTreeSet;

use serde::Serialize;

use crate::capture::{Captures, Need};
use crate::document::{Document, KNOWN, Refused};
use crate::finding::{Evidence, Finding, Locus};
use crate::probe::{Probe, Target};
use crate::spec::Spec;
use crate::wording::Language;

pub use read::{Passage, Quote, read, topics};
pub use topic::{Examples, Lead, Worded, Written};

crate::declare!();

/// Finds the passages of a document on every topic.
pub struct Passages;

/// What is found.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Passage {
        topic: &'static str,
        lead: Lead,
        rule: &'static str,
        place: String,
        times: usize,
        language: Option<&'static str>,
    },
    None {
        topics: usize,
        missing: Vec<&'static str>,
        unread: Vec<String>,
    },
    Unread {
        cause: String,
    },
    OtherLanguage {
        language: &'static str,
        known: usize,
        rest: usize,
    },
}

impl Probe for Passages {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let found = Document::at(target, captures)?;
        let document = match &*found.read {
            Ok(document) => document,
            Err(refused) => {
                let evidence = match refused {
                    Refused::Unseen(_, evidence) | Refused::Login(_, evidence) => evidence.clone(),
                    _ => Evidence::new(&found.capture.id, Locus::Exchange, ""),
                };
                return Ok(vec![SPEC.finding(target, &Seen::Unread { cause: refused.to_string() }, vec![evidence])]);
            }
        };
        let nowhere = || vec![Evidence::new(&found.capture.id, Locus::Exchange, "")];
        let written = document.language().unwrap_or(KNOWN);
        let Some(language) = Language::named(written) else {
            let seen = Seen::OtherLanguage { language: written, known: 0, rest: topics::TOPICS.len() };
            return Ok(vec![SPEC.finding(target, &seen, nowhere())]);
        };
        let marked = (written != KNOWN).then_some(written);
        let passages = captures.parse(&found.capture, |_, _| read(document, language));
        let mut findings = Vec::new();
        for passage in passages.iter() {
            let evidence: Vec<Evidence> =
                passage.quotes.iter().map(|quote| quote.evidence(document, &found.capture.id)).collect();
            let place = passage.quotes.first().map_or_else(String::new, |quote| quote.place(document));
            let Passage { topic, lead, rule, times, .. } = *passage;
            findings.push(SPEC.finding(
                target,
                &Seen::Passage { topic, lead, rule, place, times, language: marked },
                evidence,
            ));
        }
        let there: BTreeSet<&str> = passages.iter().map(|passage| passage.topic).collect();
        let known: Vec<&'static str> = read::known(language).collect();
        let missing: Vec<&'static str> = known.iter().copied().filter(|id| !there.contains(id)).collect();
        if !missing.is_empty() {
            let unread = document.unread.iter().map(u32::to_string).collect();
            findings.push(SPEC.finding(target, &Seen::None { topics: missing.len(), missing, unread }, nowhere()));
        }
        let rest = topics::TOPICS.len() - known.len();
        if rest > 0 {
            let seen = Seen::OtherLanguage { language: written, known: known.len(), rest };
            findings.push(SPEC.finding(target, &seen, nowhere()));
        }
        Ok(findings)
    }
}
