//! The dates that a page gives for itself: in its metadata, and in phrases such as "last updated".

use std::sync::LazyLock;

use regex::Regex;

use super::{Basis, Mention, mention};
use crate::capture::{Capture, Captures};
use crate::dates;
use crate::finding::{Evidence, Locus};
use crate::html::Page;

const METAS: &[&str] = &[
    "article:modified_time",
    "og:updated_time",
    "dcterms.modified",
    "dc.date.modified",
    "last-modified",
    "revised",
    "datemodified",
    "lastmod",
    "last_updated",
];

/// How far before a date the words that speak of a change may stand, in bytes.
const NEAR: usize = 48;

static CHANGED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:last\s+)?\b(?:updated?|modified|revised|refreshed|reviewed|actualizad[oa]|actualizaci[óo]n|modificad[oa]|atualizad[oa]|atualiza[çc][ãa]o|mis(?:e)? [àa] jour|current as of|data through|as of)\b")
        .expect("invariant: the pattern is regular")
});

static LINKED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#""dateModified"\s*:\s*"([^"]+)""#).expect("invariant: the pattern is regular"));

/// Adds what the page says; why it could not be read, if so.
pub(super) fn gather(captures: &Captures<'_>, capture: &Capture, into: &mut Vec<Mention>) -> Option<String> {
    let page = Page::of(captures, capture);
    for (name, content) in &page.metas {
        if METAS.contains(&name.to_lowercase().as_str()) {
            into.extend(mention(
                Basis::Metadata,
                content,
                Evidence::new(&capture.id, Locus::Selector("html".to_owned()), content),
            ));
        }
    }
    for (at, script) in page.json_ld.iter().enumerate() {
        for found in LINKED.captures_iter(script) {
            let Some(written) = found.get(1) else { continue };
            let (locus, quote) = match at {
                0 => (Locus::Selector("script[type=\"application/ld+json\"]".to_owned()), written.as_str()),
                _ => (Locus::Exchange, ""),
            };
            into.extend(mention(Basis::Metadata, written.as_str(), Evidence::new(&capture.id, locus, quote)));
        }
    }
    for block in &page.blocks {
        for found in dates::find(&block.text) {
            let before = &block.text[..found.start];
            let Some(words) = CHANGED.find_iter(before).last().filter(|words| found.start - words.end() <= NEAR) else {
                continue;
            };
            let phrase = &block.text[words.start()..found.end];
            into.push(Mention {
                basis: Basis::Text,
                dated: found.dated,
                words: phrase.to_owned(),
                evidence: Evidence::new(&capture.id, Locus::Selector(block.selector.clone()), phrase),
                planned: false,
            });
        }
    }
    let shell = page.shell().map(|cause| format!("the page needs a browser: {cause}"));
    page.refused.clone().or(shell)
}
