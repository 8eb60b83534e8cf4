//! A portal's catalogue: the datasets that speak of a standard are opened, and of the others a sample.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use url::Url;

use super::{SPEC, Seen, page, said};
use crate::capture::{Capture, Captures, Need};
use crate::dcat::{Dataset, Speaking};
use crate::finding::{Answer, Finding, Share};
use crate::platform::{self, Behind, Catalogue};
use crate::probe::Target;
use crate::sample::{self, Measured, Without};
use crate::standards;

/// The most files that are opened because a dataset speaks of a standard.
const MOST_OPENED: usize = 8;

/// A catalogue in which no data in a standard was seen, as the finding's facts.
#[derive(Serialize)]
pub(super) struct Listed {
    portal: String,
    datasets: u64,
    speaking: Vec<BTreeMap<String, String>>,
    standards: Vec<String>,
    cause: Option<String>,
    sampled: Option<Share>,
    known: usize,
}

/// What the catalogues behind `target` hold, where the link itself speaks of one: other pages are not asked for any.
pub(super) fn look(target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
    if !platform::evident(target, captures)? {
        return Ok(Vec::new());
    }
    let mut need = Need::default();
    let mut findings: Vec<Finding> = Vec::new();
    for behind in platform::behind(target, captures)? {
        match behind {
            Behind::Catalogue(catalogue) => match of(target, captures, &catalogue) {
                Ok(found) => findings.extend(found),
                Err(lack) => need.merge(lack),
            },
            Behind::Unread { cause, evidence } => {
                findings.push(SPEC.finding(target, &Seen::Unread { cause }, evidence));
            }
            Behind::None { .. } => {}
        }
    }
    if need == Need::default() { Ok(findings) } else { Err(need) }
}

fn of(target: &Target, captures: &Captures<'_>, catalogue: &Catalogue) -> Result<Vec<Finding>, Need> {
    let opened = opened(captures, catalogue)?;
    let mut need = Need::default();
    let mut findings: Vec<Finding> = Vec::new();
    let mut cause = None;
    for (speaking, answer) in &opened {
        match page::told(captures, answer) {
            Ok(Ok(all)) => {
                for told in all {
                    let named = told.standard.id == speaking.standard;
                    findings.push(said(target, answer, told, named, catalogue.evidence.first().cloned()));
                }
            }
            Ok(Err(why)) => cause = cause.or(Some(format!("{}: {why}", answer.request.url))),
            Err(lack) => need.merge(lack),
        }
    }
    if need != Need::default() {
        return Err(need);
    }
    super::one_of_each(&mut findings);
    if findings.iter().any(|finding| finding.answer == Answer::Yes) {
        return Ok(findings);
    }
    let sampled = in_sample(target, captures, catalogue, &mut findings)?;
    super::one_of_each(&mut findings);
    if !findings.is_empty() {
        return Ok(findings);
    }
    let profile = &catalogue.profile;
    let name = |id: &str| standards::all().iter().find(|one| one.id == id).map(|one| one.name.clone());
    let listed = Listed {
        portal: catalogue.platform.to_string(),
        datasets: profile.datasets,
        speaking: profile.standards.speaking().map(row).collect(),
        standards: profile.standards.counts().filter_map(|(id, _)| name(id)).collect(),
        cause,
        sampled: sampled.share,
        known: standards::all().len(),
    };
    Ok(vec![SPEC.finding(target, &Seen::NoneListed(Box::new(listed)), catalogue.evidence.clone())])
}

/// The datasets that speak of a standard, the plainest first, and what answers at the address of each.
fn opened<'c>(captures: &Captures<'_>, catalogue: &'c Catalogue) -> Result<Vec<(&'c Speaking, Arc<Capture>)>, Need> {
    let mut speaking: Vec<&Speaking> = catalogue.profile.standards.speaking().collect();
    speaking.sort_by_key(|one| one.sign);
    let mut chosen = Vec::new();
    for one in speaking {
        let files = Dataset { distributions: one.files.clone(), ..Dataset::default() };
        let Some((file, address)) = sample::data_of(&files) else { continue };
        let Some(url) = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https")) else {
            continue;
        };
        chosen.push((one, sample::request(catalogue, &url, file)));
    }
    chosen.truncate(MOST_OPENED);
    let answers = captures.all(chosen.iter().map(|(_, request)| request))?;
    Ok(chosen.into_iter().map(|(one, _)| one).zip(answers).collect())
}

/// Looks at a sample of all datasets, whatever they are called.
fn in_sample(
    target: &Target,
    captures: &Captures<'_>,
    catalogue: &Catalogue,
    findings: &mut Vec<Finding>,
) -> Result<Measured, Need> {
    let found = RefCell::new(Vec::new());
    let measured = sample::measure(captures, catalogue, Without::PassedBy, sample::data_of, |look| {
        Ok(match page::told(captures, look.capture)? {
            Ok(told) if told.is_empty() => sample::Told::No("no sign of a standard".to_owned(), None),
            Ok(told) => {
                let of_catalogue = || catalogue.evidence.first().cloned();
                let each = told.into_iter().map(|told| said(target, look.capture, told, false, of_catalogue()));
                found.borrow_mut().extend(each);
                sample::Told::Yes(None)
            }
            Err(cause) => sample::Told::Unseen(cause),
        })
    })?;
    findings.extend(found.into_inner());
    Ok(measured)
}

fn row(speaking: &Speaking) -> BTreeMap<String, String> {
    BTreeMap::from([
        ("dataset".to_owned(), speaking.title.clone()),
        ("standard".to_owned(), speaking.standard.to_owned()),
        ("told by".to_owned(), speaking.sign.words().to_owned()),
    ])
}
