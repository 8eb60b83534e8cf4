//! What gives a platform away on a page, in a header, in a host's name, or in the records it writes. The signs are data.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;
use serde_json::Value;

use super::Platform;
use crate::capture::{Capture, Captures};
use crate::finding::{Evidence, Locus};
use crate::html::Page;
use crate::kind::{self, Kind};
use crate::text;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Signs {
    linked: Linked,
    #[serde(rename = "signs")]
    shown: Vec<Sign>,
    records: Vec<InRecord>,
}

/// Hosts that a page links to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Linked {
    portals: Vec<String>,
    not_customers: Vec<String>,
}

/// One sign; exactly one place is set.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sign {
    platform: Platform,
    #[serde(default)]
    certain: bool,
    header: Option<String>,
    contains: Option<String>,
    host: Option<String>,
    generator: Option<String>,
    text: Option<String>,
    source: Option<String>,
}

/// A sign in a record of a catalogue file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InRecord {
    platform: Platform,
    at: String,
    #[serde(deserialize_with = "pattern")]
    like: Regex,
}

fn pattern<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Regex, D::Error> {
    Regex::new(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

static SIGNS: LazyLock<Signs> = LazyLock::new(|| match toml::from_str(include_str!("signs.toml")) {
    Ok(signs) => signs,
    Err(error) => panic!("invariant: the bundled signs are well formed: {error}"),
});

/// How much of a page's source is searched, in bytes.
const SOURCE: usize = 512 * 1024;

/// What speaks of a platform, and how surely.
#[derive(Clone, Debug)]
pub(super) struct Hint {
    pub(super) platform: Platform,
    pub(super) certain: bool,
    pub(super) evidence: Evidence,
}

/// The signs of each platform on an answered page, one a platform, the certain first.
pub(super) fn on_page(captures: &Captures<'_>, capture: &Capture) -> Vec<Hint> {
    let Ok(answered) = capture.answered() else { return Vec::new() };
    let page = (kind::of(captures, capture) == Kind::Html).then(|| Page::of(captures, capture));
    let source = page.is_some().then(|| captures.body(capture).ok()?.head(SOURCE).ok()).flatten();
    let source = source.map(|bytes| text::decode(&bytes, answered.headers.charset()).text).unwrap_or_default();
    let seen = |sign: &Sign| -> Option<Evidence> {
        let here = |locus, quote: &str| Some(Evidence::new(&capture.id, locus, quote));
        if let Some(name) = &sign.header {
            let value = answered.headers.get(name)?;
            let quote = match &sign.contains {
                Some(part) => value.get(value.find(part.as_str())?..)?.get(..part.len())?,
                None => value,
            };
            return here(Locus::Header(name.clone()), quote);
        }
        if let Some(ending) = &sign.host {
            return answered
                .url
                .host_str()?
                .ends_with(ending.as_str())
                .then(|| here(Locus::Url, answered.url.as_str()))?;
        }
        let page = page.as_ref()?;
        if let Some(beginning) = &sign.generator {
            let generator = page.generator.as_ref()?;
            let named = generator.to_lowercase().starts_with(beginning.as_str());
            return named.then(|| here(Locus::Selector("meta[name=generator]".to_owned()), generator))?;
        }
        if let Some(words) = &sign.text {
            let block = page.blocks.iter().find(|block| block.text.contains(words.as_str()))?;
            return here(Locus::Selector(block.selector.clone()), &block.text);
        }
        let piece = sign.source.as_ref()?;
        let line = source.lines().position(|line| line.contains(piece.as_str()))?;
        here(Locus::Line(line as u64 + 1), piece)
    };
    let mut hints: Vec<Hint> = Vec::new();
    for certain in [true, false] {
        for sign in SIGNS.shown.iter().filter(|sign| sign.certain == certain) {
            if hints.iter().all(|hint| hint.platform != sign.platform)
                && let Some(evidence) = seen(sign)
            {
                hints.push(Hint { platform: sign.platform, certain, evidence });
            }
        }
    }
    hints
}

/// The platform that serves a customer's portal at `host`, as its name tells.
pub(super) fn of_linked_host(host: &str) -> Option<Platform> {
    let (first, _) = host.split_once('.')?;
    let is_customers = SIGNS.linked.not_customers.iter().all(|label| label != first);
    let ends = |sign: &&Sign| sign.host.as_ref().is_some_and(|ending| host.ends_with(ending.as_str()));
    SIGNS.shown.iter().find(ends).map(|sign| sign.platform).filter(|_| is_customers)
}

/// Whether a host is called as data portals are.
pub(super) fn names_a_portal(host: &str) -> bool {
    host.split_once('.').is_some_and(|(first, _)| SIGNS.linked.portals.iter().any(|label| label == first))
}

/// The platform that wrote a record, with the sign's JSON pointer in the document and the words there.
pub(super) fn in_record(record: &Value, array: &str, at: u64) -> Option<(Platform, String, String)> {
    SIGNS.records.iter().find_map(|sign| {
        let (pointer, words) = found(record, &sign.at, &sign.like)?;
        Some((sign.platform, format!("{array}/{at}{pointer}"), words))
    })
}

/// The first place like `path`, with its words, where `like` matches.
fn found(record: &Value, path: &str, like: &Regex) -> Option<(String, String)> {
    let Some((list, rest)) = path.split_once("/*") else {
        let words = record.pointer(path)?.as_str()?;
        return like.is_match(words).then(|| (path.to_owned(), words.to_owned()));
    };
    let values = record.pointer(list)?.as_array()?;
    values.iter().enumerate().find_map(|(at, value)| {
        let (pointer, words) = found(value, rest, like)?;
        Some((format!("{list}/{at}{pointer}"), words))
    })
}
