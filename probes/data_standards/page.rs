//! A page: the standards it names, and the links that may lead to data in one.

use url::Url;

use super::standard::Told;
use super::{SPEC, Seen, signs};
use crate::capture::{Capture, Captures, Need, Request};
use crate::finding::{Evidence, Finding, Locus};
use crate::html::{Link, Page};
use crate::kind::{self, Kind};
use crate::obstacle;
use crate::probe::Target;
use crate::standards::{self, Standard};

/// The most links that are followed.
const MOST_FOLLOWED: usize = 6;
/// How much is asked for where the beginning tells, in bytes.
const BEGINNING: u64 = 1024 * 1024;

/// A link that may lead to data in a standard.
struct Candidate<'p> {
    link: &'p Link,
    /// How plainly it says so: the address, its own words, the words around it.
    rank: u8,
}

/// What the page at `capture` says, and what its links lead to.
pub(super) fn look(
    target: &Target,
    captures: &Captures<'_>,
    capture: &Capture,
    page: &Page,
) -> Result<Vec<Finding>, Need> {
    let at = capture.answered().map_or(&target.url, |answered| &answered.url);
    let named = names(capture, page);
    let followed = candidates(page, at);
    let requests: Vec<Request> = followed.iter().map(|candidate| request(&candidate.link.href)).collect();
    let answers = captures.all(&requests)?;
    let mut need = Need::default();
    let mut findings: Vec<Finding> = Vec::new();
    let mut cause = None;
    for (candidate, answer) in followed.iter().zip(&answers) {
        match told(captures, answer) {
            Ok(Ok(all)) => {
                for told in all {
                    let link = candidate.link;
                    let by_address = standards::addressed(&link.href);
                    let is_named = named.iter().any(|(standard, _)| standard.id == told.standard.id)
                        || by_address.iter().any(|standard| standard.id == told.standard.id);
                    let on_page = Evidence::new(&capture.id, Locus::Selector(link.selector.clone()), &link.text);
                    findings.push(super::said(target, answer, told, is_named, Some(on_page)));
                }
            }
            Ok(Err(why)) => cause = cause.or(Some(format!("{}: {why}", candidate.link.href))),
            Err(lack) => need.merge(lack),
        }
    }
    if need != Need::default() {
        return Err(need);
    }
    super::one_of_each(&mut findings);
    if !findings.is_empty() {
        return Ok(findings);
    }
    Ok(vec![if named.is_empty() {
        let exchange = Evidence::new(&capture.id, Locus::Exchange, "");
        SPEC.finding(target, &Seen::NoneNamed { known: standards::all().len() }, vec![exchange])
    } else {
        let standards = named.iter().map(|(standard, _)| standard.name.clone()).collect();
        let evidence = named.into_iter().map(|(_, evidence)| evidence).collect();
        SPEC.finding(target, &Seen::NamedOnly { standards, cause }, evidence)
    }])
}

/// The standards that the page names, each where it does so first.
fn names(capture: &Capture, page: &Page) -> Vec<(&'static Standard, Evidence)> {
    let mut names: Vec<(&Standard, Evidence)> = Vec::new();
    let title = (Locus::Selector("title".to_owned()), page.title.as_str());
    let blocks = page.blocks.iter().map(|block| (Locus::Selector(block.selector.clone()), block.text.as_str()));
    for (locus, text) in std::iter::once(title).chain(blocks) {
        for (standard, place) in standards::named(text) {
            if !names.iter().any(|(other, _)| other.id == standard.id) {
                names.push((standard, Evidence::new(&capture.id, locus.clone(), &text[place])));
            }
        }
    }
    names
}

/// The links that speak of a standard and may lead to data, those that say so most plainly first.
fn candidates<'p>(page: &'p Page, at: &Url) -> Vec<Candidate<'p>> {
    let mut found: Vec<Candidate<'p>> = Vec::new();
    for link in page.links.iter().filter(|link| matches!(link.href.scheme(), "http" | "https")) {
        let own = link.href[..url::Position::AfterQuery] == at[..url::Position::AfterQuery];
        if own || standards::documents(&link.href) || found.iter().any(|other| other.link.href == link.href) {
            continue;
        }
        let is_data = kind::leads_to_data(&link.href);
        let around = || {
            let around = page.blocks.iter().find(|block| {
                link.selector.starts_with(&block.selector) && (link.text.is_empty() || block.text.contains(&link.text))
            });
            around.is_some_and(|block| !standards::named(&block.text).is_empty())
        };
        let rank = if !standards::addressed(&link.href).is_empty() {
            0
        } else if !standards::named(&link.text).is_empty() {
            1
        } else if is_data && around() {
            2
        } else {
            continue;
        };
        found.push(Candidate { link, rank: if is_data { rank } else { rank + 3 } });
    }
    found.sort_by_key(|candidate| candidate.rank);
    found.truncate(MOST_FOLLOWED);
    found
}

fn request(url: &Url) -> Request {
    let request = Request::discovered(url);
    // The directory of an archive stands at its end, and an address without an extension may lead to one.
    let beginning = kind::extension(url).is_some_and(|extension| {
        ["csv", "tsv", "json", "geojson", "jsonl", "ndjson", "xml", "rdf"].contains(&extension.as_str())
    });
    if beginning { request.first(BEGINNING) } else { request }
}

/// What the data behind a link is told to be; an error says why that could not be seen.
pub(super) fn told(captures: &Captures<'_>, answer: &Capture) -> Result<Result<Vec<Told>, String>, Need> {
    if let Some(obstacle) = obstacle::of(captures, answer) {
        return Ok(Err(obstacle.to_string()));
    }
    let answered = match answer.success() {
        Ok(answered) => answered,
        Err(cause) => return Ok(Err(cause)),
    };
    if kind::of(captures, answer) == Kind::Html {
        return Ok(Err("it leads to another page".to_owned()));
    }
    Ok(match signs::read(captures, answer, answered)? {
        Ok(signs) => super::sure(&signs),
        Err(cause) => Err(cause),
    })
}
