//! Does the link lead to a document whose words can be read?

use std::collections::BTreeMap;

use serde::Serialize;

use crate::capture::{Captures, Need};
use crate::document::{Block, Document, KNOWN, Page, Paging, Refused, Role};
use crate::finding::{Evidence, Finding, Locus, fold};
use crate::probe::{Probe, Target};
use crate::spec::Spec;

crate::declare!();

/// Reads a document.
pub struct DocumentText;

/// The most headings that are told.
const HEADINGS: usize = 40;
/// The most pages whose beginning is told.
const PAGES: usize = 200;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Read(Box<Told>),
    OtherLanguage(Box<Told>),
    Scanned { cause: String, pages: usize },
    Encrypted { cause: String },
    Login { cause: String },
    NeedsBrowser { cause: String },
    TooLarge { cause: String },
    Broken { cause: String },
    Wordless {},
    UnreadFormat { cause: String },
    Other { kind: String },
    Unseen { cause: String },
}

/// A document, as the finding's facts.
#[derive(Serialize)]
struct Told {
    words: usize,
    pages: Option<usize>,
    paging: &'static str,
    language: Option<&'static str>,
    title: Option<String>,
    headings: Vec<String>,
    unread: Vec<String>,
    recognised: Option<Vec<String>>,
    recogniser: Option<String>,
    text: Vec<BTreeMap<&'static str, String>>,
}

impl Probe for DocumentText {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let found = Document::at(target, captures)?;
        let nowhere = || Evidence::new(&found.capture.id, Locus::Exchange, "");
        let (seen, evidence) = match &*found.read {
            Ok(document) => {
                let told = Box::new(told(document));
                let known = told.language.is_none_or(|language| language == KNOWN);
                let seen = if known { Seen::Read(told) } else { Seen::OtherLanguage(told) };
                let first = first(document);
                let quoted = first
                    .map(|(page, block)| Evidence::new(&found.capture.id, document.locus(page, block), &block.text));
                (seen, quoted.unwrap_or_else(nowhere))
            }
            Err(refused) => {
                let evidence = match refused {
                    Refused::Login(_, evidence) | Refused::Unseen(_, evidence) => evidence.clone(),
                    _ => nowhere(),
                };
                (refusal(refused), evidence)
            }
        };
        Ok(vec![SPEC.finding(target, &seen, vec![evidence])])
    }
}

fn refusal(refused: &Refused) -> Seen {
    let cause = refused.to_string();
    match refused {
        Refused::Scanned { pages, .. } => Seen::Scanned { cause, pages: *pages },
        Refused::Encrypted => Seen::Encrypted { cause },
        Refused::Login(..) => Seen::Login { cause },
        Refused::NeedsBrowser(_) => Seen::NeedsBrowser { cause },
        Refused::TooLarge { .. } => Seen::TooLarge { cause },
        Refused::Cut(_) | Refused::Malformed(_) | Refused::Broke(_) => Seen::Broken { cause },
        Refused::Empty => Seen::Wordless {},
        Refused::Unread(_) => Seen::UnreadFormat { cause },
        Refused::NotADocument(kind) => Seen::Other { kind: kind.to_string() },
        Refused::Unseen(..) => Seen::Unseen { cause },
    }
}

fn told(document: &Document) -> Told {
    let blocks = || document.pages.iter().flat_map(|page| &page.blocks);
    let paged = document.paging != Paging::Lines;
    let headings = blocks().filter(|block| matches!(block.role, Role::Heading(_))).map(|block| fold(&block.text));
    Told {
        words: document.words(),
        pages: paged.then_some(document.pages.len()),
        paging: match document.paging {
            Paging::Exact => "pages as they print",
            Paging::Approximate => "pages as a word processor last broke them",
            Paging::Slides => "slides",
            Paging::Sheets => "sheets",
            Paging::Lines => "no pages",
        },
        language: document.language(),
        title: document.title.as_deref().map(fold),
        headings: headings.take(HEADINGS).collect(),
        recognised: document.recognised.as_ref().map(|by| by.pages.iter().map(u32::to_string).collect()),
        recogniser: document.recognised.as_ref().map(|recognised| recognised.by.clone()),
        unread: document.unread.iter().map(u32::to_string).collect(),
        text: document.pages.iter().take(PAGES).map(beginning).collect(),
    }
}

/// How a page begins, as far as a finding has room for it.
fn beginning(page: &Page) -> BTreeMap<&'static str, String> {
    let mut begins = String::new();
    for block in page.blocks.iter().filter(|block| block.role != Role::Running) {
        if begins.len() > 400 {
            break;
        }
        begins.push_str(&block.text);
        begins.push_str("  ");
    }
    let words: usize = page.blocks.iter().map(|block| block.text.split_whitespace().count()).sum();
    BTreeMap::from([("page", page.number.to_string()), ("words", words.to_string()), ("begins", fold(&begins))])
}

/// The first block that stands on no other page.
fn first(document: &Document) -> Option<(&Page, &Block)> {
    let mut blocks = document.pages.iter().flat_map(|page| page.blocks.iter().map(move |block| (page, block)));
    blocks.find(|(_, block)| block.role != Role::Running)
}
