//! A page: the data files it links to, and how many of them a program can read.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use super::file::{self, Read};
use super::{SPEC, Seen, catalogue};
use crate::capture::{Capture, Captures, Need, Request, short_hash};
use crate::finding::{Evidence, Finding, Locus, Share};
use crate::html::{Link, Page};
use crate::kind;
use crate::probe::Target;
use crate::roles;

/// The most files that are asked for.
const ASKED: usize = 30;
/// How much of a file is asked for where its beginning tells, in bytes.
const BEGINNING: u64 = 256 * 1024;

/// What the page at `capture` offers.
pub(super) fn look(target: &Target, captures: &Captures<'_>, capture: &Capture) -> Result<Vec<Finding>, Need> {
    let page = Page::of(captures, capture);
    let exchange = Evidence::new(&capture.id, Locus::Exchange, "");
    let unseen = |cause: String| Ok(vec![SPEC.finding(target, &Seen::Unseen { cause }, vec![exchange.clone()])]);
    if let Some(cause) = &page.refused {
        return unseen(cause.clone());
    }
    let mut files = BTreeMap::<&Url, &Link>::new();
    let mut documents = BTreeSet::<&Url>::new();
    for link in page.links.iter().filter(|link| matches!(link.href.scheme(), "http" | "https")) {
        if kind::leads_to_data(&link.href) {
            files.entry(&link.href).or_insert(link);
        } else if kind::extension(&link.href).is_some_and(|extension| is_document(&extension)) {
            documents.insert(&link.href);
        }
    }
    if files.is_empty() {
        let sampled = catalogue::look(target, captures)?;
        if !sampled.is_empty() {
            return Ok(sampled);
        }
        return Ok(vec![match page.shell() {
            Some(cause) => SPEC.finding(
                target,
                &Seen::Unseen { cause: format!("the page needs a browser: {cause}") },
                vec![exchange],
            ),
            None => SPEC.finding(target, &Seen::NoFiles { documents: documents.len() }, vec![exchange]),
        }]);
    }
    let mut chosen: Vec<&Link> = files.values().copied().collect();
    // Drawn by the hash of the address: the same files next week.
    chosen.sort_by_key(|link| short_hash(link.href.as_str().as_bytes()));
    chosen.truncate(ASKED);
    let requests: Vec<Request> = chosen.iter().map(|link| request(&link.href)).collect();
    let answers = captures.all(&requests)?;
    let mut seen = Tally::default();
    let mut need = Need::default();
    for (link, answer) in chosen.iter().zip(&answers) {
        match file::read(captures, answer) {
            Ok(read) => seen.take(capture, link, answer, read),
            Err(lack) => need.merge(lack),
        }
    }
    if need != Need::default() {
        return Err(need);
    }
    let Some(share) = Share::of(seen.readable, seen.measured, files.len() as u64) else {
        let cause = seen.cause.unwrap_or_default();
        return unseen(format!("none of the {} files linked on the page could be seen: {cause}", files.len()));
    };
    let measured = Seen::Measured {
        share,
        files: files.len(),
        kinds: seen.kinds.into_iter().collect(),
        column_roles: roles::of(seen.columns.iter().map(String::as_str)),
        unreadable: seen.unreadable,
    };
    Ok(vec![SPEC.finding(target, &measured, seen.evidence)])
}

/// What the files turned out to be.
#[derive(Default)]
struct Tally {
    readable: u64,
    measured: u64,
    kinds: BTreeSet<String>,
    columns: BTreeSet<String>,
    unreadable: Vec<String>,
    evidence: Vec<Evidence>,
    cause: Option<String>,
}

impl Tally {
    fn take(&mut self, page: &Capture, link: &Link, answer: &Capture, read: Read) {
        let problem = match read {
            Read::Data(data) => {
                self.readable += 1;
                self.kinds.insert(data.kind.to_string());
                self.columns.extend(data.columns);
                self.evidence.push(data.evidence);
                None
            }
            Read::Not { kind, problem, evidence } => {
                self.evidence.push(evidence);
                Some(format!("{kind}, {problem}"))
            }
            Read::Page(Some(sign)) => {
                self.cause.get_or_insert(format!("it needs a browser: {sign}"));
                return;
            }
            Read::Page(None) => {
                self.evidence.push(Evidence::new(&answer.id, Locus::Exchange, ""));
                Some("a page answers where a file of data is promised".to_owned())
            }
            Read::Unseen(cause) | Read::Broke(cause) => {
                self.cause.get_or_insert(cause);
                return;
            }
        };
        self.measured += 1;
        self.evidence.push(Evidence::new(&page.id, Locus::Selector(link.selector.clone()), &link.text));
        self.unreadable.extend(problem.map(|problem| format!("{}: {problem}", link.href)));
    }
}

fn request(url: &Url) -> Request {
    let request = Request::discovered(url);
    let whole = kind::extension(url)
        .is_some_and(|extension| kind::is_packed(&extension) || matches!(extension.as_str(), "xlsx" | "xls" | "ods"));
    if whole { request } else { request.first(BEGINNING) }
}

fn is_document(extension: &str) -> bool {
    matches!(extension, "pdf" | "doc" | "docx" | "odt" | "pptx" | "png" | "jpg" | "jpeg" | "gif" | "tif" | "tiff")
}
