//! The signs of a document's age.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use crate::capture::Captures;
use crate::dates::{self, Dated, Order, Precision};
use crate::document::{Deed, Role};
use crate::finding::{Evidence, Locus};
use crate::paper::{At, Read};
use crate::text;

/// A sign.
pub(super) struct Sign {
    /// Its kind, by its place among the kinds, the most believable first.
    pub(super) rank: usize,
    /// What the document says happened on that day.
    pub(super) says: Option<&'static str>,
    pub(super) dated: Dated,
    pub(super) words: String,
    pub(super) evidence: Evidence,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    says: Vec<Says>,
    #[serde(deserialize_with = "crate::pattern::one")]
    to_come: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    keys: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    folder: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    year: Regex,
    signs: Vec<Kind>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Says {
    id: String,
    #[serde(deserialize_with = "crate::pattern::one")]
    words: Regex,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kind {
    id: String,
    called: String,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    toml::from_str(include_str!("words.toml")).expect("invariant: the bundled words of dates are well formed")
});

/// How much of a document is its head and its end, in bytes.
const HEAD: usize = 2500;
const END: usize = 1500;
/// A line that is a date and little else, in bytes beside it.
const ALONE: usize = 12;

/// The id of a kind.
pub(super) fn id(rank: usize) -> &'static str {
    WORDS.signs.get(rank).map_or("", |kind| kind.id.as_str())
}

/// What a kind is called.
pub(super) fn called(rank: usize) -> &'static str {
    WORDS.signs.get(rank).map_or("", |kind| kind.called.as_str())
}

fn rank(id: &str) -> usize {
    WORDS.signs.iter().position(|kind| kind.id == id).unwrap_or(usize::MAX)
}

/// Every sign of how old a document is.
pub(super) fn of(captures: &Captures<'_>, read: &Read) -> Vec<Sign> {
    let mut signs = in_words(read);
    signs.extend(in_metadata(captures, read));
    signs.extend(in_name(read));
    let exchange = || Evidence::new(&read.capture.id, Locus::Exchange, "");
    for stamp in &read.document().stamps {
        let says = if stamp.of == Deed::Modified { "modified" } else { "created" };
        let dated = Dated { first: stamp.day, precision: Precision::Day, otherwise: None };
        signs.push(Sign {
            rank: rank("file"),
            says: Some(says),
            dated,
            words: stamp.day.to_string(),
            evidence: exchange(),
        });
    }
    signs.extend(in_header(read));
    signs
}

fn in_words(read: &Read) -> Vec<Sign> {
    let pages = &read.document().pages;
    let all: usize = pages.iter().flat_map(|page| &page.blocks).map(|block| block.text.len()).sum();
    let mut signs = Vec::new();
    let mut before = 0;
    for (page, of) in pages.iter().enumerate() {
        for (at, block) in of.blocks.iter().enumerate() {
            let from = before;
            before += block.text.len();
            let near = from < HEAD || before + END > all;
            if near || block.role == Role::Running {
                signs.extend(in_block(read, (page, at), &block.text, from < HEAD));
            }
        }
    }
    signs
}

fn in_block(read: &Read, at: At, text: &str, at_head: bool) -> Vec<Sign> {
    let mut signs = Vec::new();
    for found in dates::find(text) {
        if !matches!(found.dated.precision, Precision::Day | Precision::Month) {
            continue;
        }
        let start = dates::begins(text, &found);
        if WORDS.to_come.is_match(&text[..start]) {
            continue;
        }
        let says =
            WORDS.says.iter().find_map(|says| Some((says.id.as_str(), says.words.find(&text[..start])?.start())));
        let alone = at_head && text.len() - (found.end - start) <= ALONE;
        if says.is_none() && !alone {
            continue;
        }
        let words = &text[says.map_or(start, |(_, from)| from)..found.end];
        signs.push(Sign {
            rank: rank("words"),
            says: says.map(|(id, _)| id),
            dated: found.dated,
            words: words.to_owned(),
            evidence: read.evidence(Some(at), words),
        });
    }
    signs
}

/// The front matter of a text, and the meta tags of a page.
fn in_metadata(captures: &Captures<'_>, read: &Read) -> Vec<Sign> {
    let mut signs = Vec::new();
    let id = &read.capture.id;
    let mut add = |written: &str, locus: Locus| {
        let Some(dated) = dates::parse(written, Order::MonthFirst) else { return };
        let evidence = Evidence::new(id, locus, written);
        signs.push(Sign { rank: rank("metadata"), says: None, dated, words: written.to_owned(), evidence });
    };
    if let Some(page) = &read.page {
        for (name, content) in &page.metas {
            if WORDS.keys.is_match(name) {
                add(content.trim(), Locus::Selector("html".to_owned()));
            }
        }
        return signs;
    }
    let Ok(body) = captures.body(&read.capture) else { return signs };
    let Ok(head) = body.head(HEAD) else { return signs };
    let head = text::decode(&head, None).text;
    for (number, line) in head[..text::front_matter(&head)].lines().enumerate() {
        let Some((key, value)) = line.split_once(':') else { continue };
        if WORDS.keys.is_match(key.trim()) {
            add(value.trim().trim_matches(['"', '\'']), Locus::Line(number as u64 + 1));
        }
    }
    signs
}

/// Dates in the title, the file's name and the folders of the address.
fn in_name(read: &Read) -> Vec<Sign> {
    let mut signs = Vec::new();
    let mut add = |dated: Dated, words: &str, evidence: Evidence| {
        signs.push(Sign { rank: rank("name"), says: None, dated, words: words.to_owned(), evidence });
    };
    let Ok(answered) = read.capture.answered() else { return signs };
    let address = || Evidence::new(&read.capture.id, Locus::Url, answered.url.as_str());
    // Digits run on into what is joined by an underscore.
    let name = read.file_name().replace('_', " ");
    let in_it = |text: &str| -> Option<(Dated, String)> {
        let exact = dates::find(text).into_iter().find(|found| found.dated.precision <= Precision::Month);
        let exact = exact.map(|found| (found.dated, text[found.start..found.end].to_owned()));
        exact.or_else(|| {
            let year = WORDS.year.find(text)?;
            let first = jiff::civil::Date::new(year.as_str().parse().ok()?, 1, 1).ok()?;
            Some((Dated { first, precision: Precision::Year, otherwise: None }, year.as_str().to_owned()))
        })
    };
    if let Some((dated, words)) = in_it(&name) {
        add(dated, &words, address());
    }
    if let Some(folder) = WORDS.folder.captures(answered.url.path())
        && let (Ok(year), Ok(month)) = (folder[1].parse(), folder[2].parse())
        && let Ok(first) = jiff::civil::Date::new(year, month, 1)
    {
        add(Dated { first, precision: Precision::Month, otherwise: None }, &folder[0], address());
    }
    let title = read.document().title.as_deref().unwrap_or_default();
    if let Some((dated, words)) = in_it(title) {
        let evidence = read.evidence(None, &words);
        add(dated, &words, evidence);
    }
    signs
}

/// The header Last-Modified, unless the server made the answer up on the spot.
fn in_header(read: &Read) -> Option<Sign> {
    let answered = read.capture.answered().ok()?;
    let written = answered.headers.get("last-modified")?;
    let dated = dates::find(written).first()?.dated;
    let fetched = jiff::tz::Offset::UTC.to_datetime(read.capture.fetched_at).date();
    let made_up = answered.headers.get("date") == Some(written) || dated.first >= fetched;
    let evidence = Evidence::new(&read.capture.id, Locus::Header("last-modified".to_owned()), written);
    (!made_up).then(|| Sign { rank: rank("header"), says: None, dated, words: written.to_owned(), evidence })
}
