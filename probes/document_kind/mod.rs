//! What kind of document is this?

use std::collections::BTreeMap;

use serde::Serialize;

use crate::capture::{Captures, Need};
use crate::finding::{Evidence, Finding, Locus};
use crate::genre::Told;
use crate::paper::{self, Paper, Read};
use crate::probe::{Probe, Target};
use crate::spec::Spec;

crate::declare!();

/// Tells minutes from policies from contracts.
pub struct DocumentKind;

type Rows = Vec<BTreeMap<&'static str, String>>;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Told {
        kind: &'static str,
        called: &'static str,
        weight: u32,
        subjects: Vec<&'static str>,
        number: Option<String>,
        public: bool,
        signs: Rows,
        else_likeliest: Option<&'static str>,
    },
    Unsettled {
        kinds: Vec<&'static str>,
        called: String,
        signs: Rows,
    },
    UnknownKind {
        likeliest: Vec<&'static str>,
    },
    NotADocument {
        kind: String,
    },
    Unseen {
        cause: String,
    },
}

/// Fewer words than this tell nothing.
const FEW_WORDS: usize = 5;

impl Probe for DocumentKind {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let (seen, evidence) = match paper::open(target, captures)? {
            Paper::Read(read) => told(target, &read),
            Paper::Otherwise(kind, evidence) => (Seen::NotADocument { kind: kind.to_string() }, vec![evidence]),
            Paper::Unseen(cause, evidence) => (Seen::Unseen { cause }, vec![evidence]),
        };
        Ok(vec![SPEC.finding(target, &seen, evidence)])
    }
}

fn told(target: &Target, read: &Read) -> (Seen, Vec<Evidence>) {
    let exchange = || vec![Evidence::new(&read.capture.id, Locus::Exchange, "")];
    let words =
        read.document().pages.iter().flat_map(|page| &page.blocks).map(|block| block.text.split_whitespace().count());
    if words.sum::<usize>() < FEW_WORDS {
        return (Seen::Unseen { cause: "there are no words in it that could be read".to_owned() }, exchange());
    }
    let told = read.kinds();
    let Some(first) = told.kinds.first() else {
        return (Seen::UnknownKind { likeliest: told.guesses.clone() }, exchange());
    };
    if told.kind().is_some() {
        let else_likeliest = told.kinds.get(1).map(|kind| kind.called);
        let (signs, mut evidence) = signs(read, told, 1);
        evidence.extend(told.number.iter().map(|number| read.evidence(number.at, &number.words)));
        evidence.dedup();
        let seen = Seen::Told {
            kind: first.id,
            called: first.called,
            weight: first.weight,
            number: told.number.as_ref().map(|number| number.name.clone()),
            public: !target.is_file(),
            signs,
            else_likeliest,
            subjects: told.subjects.clone(),
        };
        return (seen, evidence);
    }
    let level = told.kinds.iter().filter(|kind| kind.weight == first.weight).count();
    let kinds = told.kinds[..level].iter().map(|kind| kind.id).collect();
    let called: Vec<&str> = told.kinds[..level].iter().map(|kind| kind.called).collect();
    let (signs, evidence) = signs(read, told, level);
    (Seen::Unsettled { kinds, called: called.join(" or "), signs }, evidence)
}

/// The signs of the first kinds, as rows and as evidence.
fn signs(read: &Read, told: &Told, kinds: usize) -> (Rows, Vec<Evidence>) {
    let mut rows = Vec::new();
    let mut evidence: Vec<Evidence> = Vec::new();
    for kind in &told.kinds[..kinds] {
        for seen in &kind.signs {
            rows.push(BTreeMap::from([
                ("kind", kind.id.to_owned()),
                ("sign", seen.sign.to_owned()),
                ("words", seen.words.clone()),
            ]));
            let place = read.evidence(seen.at, &seen.words);
            if !evidence.contains(&place) {
                evidence.push(place);
            }
        }
    }
    (rows, evidence)
}
