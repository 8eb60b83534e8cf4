//! The pages that make up a catalogue, as each platform hands them out.
//!
//! A page that is shorter than asked for does not end the reading: what the platform claims does.

use std::sync::Arc;

use url::Url;

use super::detect::Sighting;
use super::page::Page;
use super::{Platform, arcgis_hub, ckan, geonode, opendatasoft, socrata, udata};
use crate::capture::{Capture, Captures, Need, Request, short_hash};
use crate::json;

/// The most pages that are read of one catalogue.
const MOST_PAGES: u64 = 12_000;
/// How many datasets are looked at one by one where the platform only lists their names.
const ONE_BY_ONE: usize = 60;

/// The pages of a catalogue.
#[derive(Default)]
pub(super) struct Walk {
    /// Captures that answered, in order.
    pub(super) pages: Vec<Arc<Capture>>,
    /// The capture that says how many datasets there are.
    pub(super) claim: Option<(Arc<Capture>, u64)>,
    /// How many names were listed, where each dataset stands on a page of its own and only some were read.
    pub(super) listed: Option<u64>,
    /// What went wrong on the way, in words.
    pub(super) troubles: Vec<String>,
}

/// All pages of the catalogue that was seen.
pub(super) fn walk(seen: &Sighting, captures: &Captures<'_>) -> Result<Walk, Need> {
    let base = &seen.base;
    if seen.base.scheme() == "file" {
        return Ok(first_only(seen, captures));
    }
    let form = Page::of(captures, &seen.answer).form.map(|form| form.platform);
    match seen.platform {
        Platform::Ckan if !seen.document || form == Some(Platform::Ckan) => ckan_search(seen, captures),
        Platform::Socrata if form == Some(Platform::Socrata) => socrata_scroll(seen, captures),
        Platform::ArcgisHub if form == Some(Platform::ArcgisHub) => {
            windows(captures, arcgis_hub::PAGE, arcgis_hub::REACH, Some(arcgis_hub::LATEST), &|offset, last| {
                arcgis_hub::page(base, offset + 1, last.and_then(serde_json::Value::as_i64))
            })
        }
        Platform::Opendatasoft if form == Some(Platform::Opendatasoft) => {
            windows(captures, opendatasoft::PAGE, opendatasoft::REACH, None, &|offset, last| {
                opendatasoft::page(base, offset, last.and_then(serde_json::Value::as_str))
            })
        }
        Platform::Udata if form == Some(Platform::Udata) => {
            windows(captures, udata::PAGE, u64::MAX, None, &|offset, _| udata::page(base, offset / udata::PAGE + 1))
        }
        Platform::Geonode if form == Some(Platform::Geonode) => {
            windows(captures, geonode::PAGE, u64::MAX, None, &|offset, _| {
                geonode::page(base, offset / geonode::PAGE + 1)
            })
        }
        Platform::Jkan => jkan_files(seen, captures),
        _ => Ok(first_only(seen, captures)),
    }
}

/// The one document there is.
fn first_only(seen: &Sighting, captures: &Captures<'_>) -> Walk {
    let page = Page::of(captures, &seen.answer);
    let claim = page.claimed.map(|claimed| (seen.answer.clone(), claimed));
    Walk { pages: vec![seen.answer.clone()], claim, ..Walk::default() }
}

/// A static site's own catalogue file tells more than its list; the list tells how many there should be.
fn jkan_files(seen: &Sighting, captures: &Captures<'_>) -> Result<Walk, Need> {
    let feed = captures.get(&Request::api(&super::at(&seen.base, "data.json")))?;
    let page = feed.success().is_ok().then(|| Page::of(captures, &feed));
    if page.and_then(|page| page.form).is_none_or(|form| form.platform != Platform::DataJson) {
        return Ok(first_only(seen, captures));
    }
    let claimed = Page::of(captures, &seen.answer).records;
    Ok(Walk { pages: vec![feed], claim: Some((seen.answer.clone(), claimed)), ..Walk::default() })
}

/// Pages by offset, all asked at once; where paging reaches only so far, in windows that each begin where the last ended.
///
/// `sorted` is where the first window begins, for a platform that sorts its records only when it is told where.
fn windows(
    captures: &Captures<'_>,
    size: u64,
    reach: u64,
    sorted: Option<i64>,
    url: &dyn Fn(u64, Option<&serde_json::Value>) -> Url,
) -> Result<Walk, Need> {
    let mut walk = Walk::default();
    let mut last: Option<serde_json::Value> = None;
    loop {
        let first = captures.get(&Request::api(&url(0, last.as_ref())))?;
        let Some(claimed) = first.success().ok().and_then(|_| Page::of(captures, &first).claimed) else {
            walk.troubles.push(trouble(captures, &first));
            return Ok(walk);
        };
        walk.claim.get_or_insert((first.clone(), claimed));
        if claimed >= reach
            && last.is_none()
            && let Some(sorted) = sorted
        {
            last = Some(sorted.into());
            continue;
        }
        let within = claimed.min(reach).min(MOST_PAGES * size);
        let requests: Vec<Request> = (0..within.max(1))
            .step_by(usize::try_from(size).unwrap_or(1))
            .map(|at| Request::api(&url(at, last.as_ref())))
            .collect();
        let end = fetch(captures, &requests, &mut walk)?;
        let reached = end.as_ref().map(|page| Page::of(captures, page).last_changed.clone()).filter(|at| !at.is_null());
        if claimed < reach || reached == last || reached.is_none() || walk.pages.len() as u64 > MOST_PAGES {
            return Ok(walk);
        }
        last = reached;
    }
}

/// Socrata pages on from the last record of each page.
fn socrata_scroll(seen: &Sighting, captures: &Captures<'_>) -> Result<Walk, Need> {
    let host = domain(seen);
    let mut walk = Walk::default();
    let mut after: Option<String> = None;
    let mut read = 0;
    loop {
        let request = Request::api(&socrata::page(&seen.base, &host, after.as_deref()));
        let Some(capture) = fetch(captures, &[request], &mut walk)? else { return Ok(walk) };
        let page = Page::of(captures, &capture);
        let claimed = page.claimed.unwrap_or(0);
        walk.claim.get_or_insert((capture, claimed));
        read += page.records;
        // Only an empty page ends the reading early.
        if page.records == 0 || page.last.is_empty() || read >= walk.claim.as_ref().map_or(0, |(_, claimed)| *claimed) {
            return Ok(walk);
        }
        if walk.pages.len() as u64 >= MOST_PAGES {
            walk.troubles.push(format!("reading was ended after {MOST_PAGES} pages"));
            return Ok(walk);
        }
        after = Some(page.last.clone());
    }
}

/// The domain whose records were asked for: that of the page, wherever its interface stands.
fn domain(seen: &Sighting) -> String {
    let asked = &seen.answer.request.url;
    let named = asked.query_pairs().find(|(key, _)| key == "domains").map(|(_, host)| host.into_owned());
    named.or_else(|| asked.host_str().map(str::to_owned)).unwrap_or_default()
}

fn ckan_search(seen: &Sighting, captures: &Captures<'_>) -> Result<Walk, Need> {
    let mut walk = Walk::default();
    let first = captures.get(&Request::api(&ckan::page(&seen.base, 0)))?;
    let Some(claimed) = first.success().ok().and_then(|_| Page::of(captures, &first).claimed) else {
        walk.troubles.push(format!("its search does not work: {}", trouble(captures, &first)));
        return ckan_one_by_one(seen, captures, walk);
    };
    walk.claim = Some((first, claimed));
    let within = claimed.clamp(1, MOST_PAGES * ckan::PAGE);
    let requests: Vec<Request> = (0..within)
        .step_by(usize::try_from(ckan::PAGE).unwrap_or(1))
        .map(|start| Request::api(&ckan::page(&seen.base, start)))
        .collect();
    fetch(captures, &requests, &mut walk)?;
    Ok(walk)
}

/// Where the search does not work, the list of names does: some of them are read, the same ones each time.
fn ckan_one_by_one(seen: &Sighting, captures: &Captures<'_>, mut walk: Walk) -> Result<Walk, Need> {
    let list = captures.get(&Request::api(&ckan::action(&seen.base, "package_list", "")))?;
    let answer = list.success().ok().map(|_| json::of(captures, &list));
    let names = answer.as_ref().and_then(|answer| answer.as_ref().as_ref().ok()?.get("result")?.as_array());
    let Some(names) = names else {
        walk.troubles.push(trouble(captures, &list));
        return Ok(walk);
    };
    let mut names: Vec<&str> = names.iter().filter_map(serde_json::Value::as_str).collect();
    walk.listed = Some(names.len() as u64);
    walk.claim = Some((list.clone(), names.len() as u64));
    names.sort_by_cached_key(|name| short_hash(name.as_bytes()));
    names.truncate(ONE_BY_ONE);
    let show = |name: &&str| {
        let query: String = url::form_urlencoded::Serializer::new(String::new()).append_pair("id", name).finish();
        Request::api(&ckan::action(&seen.base, "package_show", &query))
    };
    let requests: Vec<Request> = names.iter().map(show).collect();
    fetch(captures, &requests, &mut walk)?;
    Ok(walk)
}

/// Adds the pages that answer `requests`; one that fails is asked for once more, later. The last of them, if any answered.
fn fetch(captures: &Captures<'_>, requests: &[Request], walk: &mut Walk) -> Result<Option<Arc<Capture>>, Need> {
    let first = captures.all(requests)?;
    let failed = |capture: &Arc<Capture>| capture.success().is_err();
    let again: Vec<Request> =
        first.iter().filter(|capture| failed(capture)).map(|one| one.request.clone().again()).collect();
    let mut second = captures.all(&again)?.into_iter();
    for capture in first {
        let capture = if failed(&capture) { second.next().unwrap_or(capture) } else { capture };
        if failed(&capture) {
            walk.troubles.push(trouble(captures, &capture));
        } else {
            walk.pages.push(capture);
        }
    }
    Ok(walk.pages.last().cloned())
}

/// Why a page gave nothing.
fn trouble(captures: &Captures<'_>, capture: &Capture) -> String {
    let why = match capture.success() {
        Err(cause) => cause,
        Ok(_) => Page::of(captures, capture).broken.clone().unwrap_or_else(|| "it is no list of datasets".to_owned()),
    };
    format!("{}: {why}", capture.request.url)
}
