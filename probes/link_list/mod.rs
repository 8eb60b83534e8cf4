//! Is this a list of links by topic, do they open, how new are they, and in how many forms does each topic come?

mod entries;
mod form;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;
use serde::Serialize;

use crate::capture::{Capture, Captures, Need, Request};
use crate::dates::{self, Dated, Order, Precision};
use crate::finding::{Evidence, Finding, Locus};
use crate::html::Page;
use crate::obstacle::{self, Hidden};
use crate::paper::{self, Paper};
use crate::probe::{Probe, Target};
use crate::spec::Spec;
use entries::Entry;

crate::declare!();

/// Follows the links of a list.
pub struct LinkList;

type Rows = Vec<BTreeMap<&'static str, String>>;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    List(Box<Listed>),
    Few { links: u64 },
    Many { links: u64 },
    NotADocument { kind: String },
    Unseen { cause: String },
}

/// A list of links, and what is at their ends.
#[derive(Serialize)]
struct Listed {
    links: u64,
    open: u64,
    unseen: u64,
    dead: u64,
    /// Those that open and are not older than a year.
    recent: u64,
    /// Those that open and do not say how old they are.
    undated: u64,
    /// Topics with at least two links that open and are recent.
    topics: u64,
    /// Those of them with two forms or more.
    topics_in_two_forms: u64,
    /// All addresses, as they are compared.
    addresses: Vec<String>,
    found: Rows,
}

/// Fewer links make no list, more make a portal.
const FEWEST: usize = 2;
const MOST: usize = 40;
/// How many bytes of a page at the end of a link are wanted.
const WANTED: u64 = 256 * 1024;
/// How old what counts as of the last year may be, in days.
const YEAR: i32 = 365;

impl Probe for LinkList {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let (seen, evidence) = match paper::open(target, captures)? {
            Paper::Read(read) => {
                let entries = entries::read(&read);
                let exchange = vec![Evidence::new(&read.capture.id, Locus::Exchange, "")];
                match entries.len() {
                    0..FEWEST => (Seen::Few { links: entries.len() as u64 }, exchange),
                    FEWEST..=MOST => followed(target, captures, &entries)?,
                    links => (Seen::Many { links: links as u64 }, exchange),
                }
            }
            Paper::Otherwise(kind, evidence) => (Seen::NotADocument { kind: kind.to_string() }, vec![evidence]),
            Paper::Unseen(cause, evidence) => (Seen::Unseen { cause }, vec![evidence]),
        };
        Ok(vec![SPEC.finding(target, &seen, evidence)])
    }
}

/// How the end of a link looks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Open,
    Dead,
    Unseen,
}

/// Follows every link.
fn followed(target: &Target, captures: &Captures<'_>, entries: &[Entry]) -> Result<(Seen, Vec<Evidence>), Need> {
    let request = |entry: &Entry| Request::discovered(&entry.url).first(WANTED);
    let requests: Vec<Request> = entries.iter().map(request).collect();
    let ends = captures.all(&requests)?;
    let as_of = captures.as_of();
    let mut listed = Listed {
        links: entries.len() as u64,
        open: 0,
        unseen: 0,
        dead: 0,
        recent: 0,
        undated: 0,
        topics: 0,
        topics_in_two_forms: 0,
        addresses: entries.iter().map(|entry| entries::key(&entry.url)).collect(),
        found: Vec::new(),
    };
    let mut topics: BTreeMap<&str, Vec<&'static str>> = BTreeMap::new();
    let mut evidence = Vec::new();
    for (entry, capture) in entries.iter().zip(&ends) {
        let (end, why, page) = end(captures, capture);
        let dated = page.as_deref().and_then(published).or_else(|| entries::day_in(&entry.url)).or(entry.beside);
        let form = form::of(&entry.url, &target.url);
        let age = dated.and_then(|dated| age(&dated, as_of));
        match end {
            End::Open => listed.open += 1,
            End::Dead => listed.dead += 1,
            End::Unseen => listed.unseen += 1,
        }
        if end == End::Open {
            match age {
                Some(0..=YEAR) => {
                    listed.recent += 1;
                    if !entry.topic.is_empty() {
                        topics.entry(&entry.topic).or_default().push(form);
                    }
                }
                Some(_) => {}
                None => listed.undated += 1,
            }
        }
        evidence.push(entry.evidence.clone());
        listed.found.push(BTreeMap::from([
            ("topic", entry.topic.clone()),
            ("link", entry.url.to_string()),
            ("form", form.to_owned()),
            ("end", why),
            ("date", dated.map_or_else(String::new, |dated| dated.first.to_string())),
        ]));
    }
    for forms in topics.values().filter(|forms| forms.len() > 1) {
        listed.topics += 1;
        listed.topics_in_two_forms += u64::from(forms.iter().collect::<BTreeSet<_>>().len() > 1);
    }
    Ok((Seen::List(Box::new(listed)), evidence))
}

/// Whether a link opens, what was found in words, and the page where it is one.
fn end(captures: &Captures<'_>, capture: &Capture) -> (End, String, Option<std::sync::Arc<Page>>) {
    match obstacle::page(captures, capture) {
        Ok(page) => (End::Open, "opens".to_owned(), Some(page)),
        Err(Hidden::Otherwise(kind)) => (End::Open, format!("opens: {kind}"), None),
        Err(hidden @ Hidden::Behind(..)) => {
            let gone = capture.answered().is_ok_and(|answered| matches!(answered.status, 404 | 410));
            (if gone { End::Dead } else { End::Unseen }, hidden.to_string(), None)
        }
    }
}

/// How many days before `as_of` a date is at the most, as far as it has come; none for what is still to come.
fn age(dated: &Dated, as_of: Date) -> Option<i32> {
    if dated.first > as_of {
        return None;
    }
    // What is dated by its month is as old as the month's first day.
    as_of.since(dated.first).ok().map(|span| span.get_days())
}

/// The names under which pages say when they were published.
const METAS: &[&str] = &[
    "article:published_time",
    "og:published_time",
    "datepublished",
    "dc.date",
    "dcterms.created",
    "dcterms.date",
    "date",
    "pubdate",
    "publish-date",
    "parsely-pub-date",
    "sailthru.date",
];

/// When a page says that it was published: in its metadata, else in the first date at its head.
fn published(page: &Page) -> Option<Dated> {
    static LINKED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#""(?:datePublished|uploadDate)"\s*:\s*"([^"]+)""#).expect("invariant: the pattern is regular")
    });
    const HEAD: usize = 2000;
    let mut meta = page.metas.iter().filter(|(name, _)| METAS.contains(&name.to_lowercase().as_str()));
    let in_metas = meta.find_map(|(_, content)| dates::parse(content, Order::MonthFirst));
    let in_scripts = || {
        let found = page.json_ld.iter().find_map(|script| LINKED.captures(script));
        found.and_then(|found| dates::parse(found.get(1)?.as_str(), Order::MonthFirst))
    };
    let at_head = || {
        let mut read = 0;
        let near = page.blocks.iter().filter(|block| !block.chrome).take_while(|block| {
            read += block.text.len();
            read < HEAD
        });
        let found = near.flat_map(|block| dates::find(&block.text)).map(|found| found.dated);
        found.into_iter().find(|dated| dated.precision == Precision::Day)
    };
    in_metas.or_else(in_scripts).or_else(at_head)
}
