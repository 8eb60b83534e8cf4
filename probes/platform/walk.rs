//! The pages that make up a catalogue, as each platform hands them out.
//!
//! A page that is shorter than asked for does not end the reading: what the platform claims does.

use std::collections::BTreeSet;
use std::sync::Arc;

use url::Url;

use super::detect::Sighting;
use super::form::Form;
use super::page::Page;
use super::{Platform, arcgis_hub, ckan, dcat_rdf, dkan, geonode, opendatasoft, sitemap, socrata, udata};
use crate::capture::{Capture, Captures, Failure, Need, Request, short_hash};
use crate::json;

/// The most pages that are read of one catalogue.
const MOST_PAGES: u64 = 12_000;
/// How many datasets are looked at one by one where the platform only lists their names.
const ONE_BY_ONE: usize = 60;
/// The most maps of a site that are read.
const MAPS: usize = 20;

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
        return first_only(seen, captures);
    }
    match seen.platform {
        Platform::DcatRdf => return rdf_pages(seen, captures),
        Platform::SchemaOrg if !seen.document => return mapped_pages(seen, captures),
        Platform::SchemaOrg => return Ok(Walk { pages: vec![seen.answer.clone()], ..Walk::default() }),
        _ => {}
    }
    let written = Page::of(captures, &seen.answer).form;
    let is = |form: &'static Form| written.is_some_and(|written| std::ptr::eq(written, form));
    let form = written.map(|form| form.platform);
    match seen.platform {
        Platform::Dkan if is(&dkan::PACKAGES) && !seen.document => dkan_packages(seen, captures),
        Platform::Dkan if !seen.document => dkan_whole(seen, captures),
        Platform::Opendatasoft if is(&opendatasoft::SEARCH) => {
            windows(seen, captures, opendatasoft::PAGE, u64::MAX, None, &|offset, _| opendatasoft::search(base, offset))
        }
        Platform::Ckan if !seen.document || form == Some(Platform::Ckan) => ckan_search(seen, captures),
        Platform::Socrata if form == Some(Platform::Socrata) => socrata_scroll(seen, captures),
        Platform::ArcgisHub if form == Some(Platform::ArcgisHub) => {
            windows(seen, captures, arcgis_hub::PAGE, arcgis_hub::REACH, Some(arcgis_hub::LATEST), &|offset, last| {
                arcgis_hub::page(base, offset + 1, last.and_then(serde_json::Value::as_i64))
            })
        }
        Platform::Opendatasoft if form == Some(Platform::Opendatasoft) => {
            windows(seen, captures, opendatasoft::PAGE, opendatasoft::REACH, None, &|offset, last| {
                opendatasoft::page(base, offset, last.and_then(serde_json::Value::as_str))
            })
        }
        Platform::Udata if form == Some(Platform::Udata) => {
            windows(seen, captures, udata::PAGE, u64::MAX, None, &|offset, _| {
                udata::page(base, offset / udata::PAGE + 1)
            })
        }
        Platform::Geonode if form == Some(Platform::Geonode) => {
            windows(seen, captures, geonode::PAGE, u64::MAX, None, &|offset, _| {
                geonode::page(base, offset / geonode::PAGE + 1)
            })
        }
        Platform::Jkan => jkan_files(seen, captures),
        _ => first_only(seen, captures),
    }
}

/// The one document there is.
fn first_only(seen: &Sighting, captures: &Captures<'_>) -> Result<Walk, Need> {
    let claimed = match seen.platform {
        Platform::DcatRdf => {
            dcat_rdf::listing(captures, &seen.answer)?.as_ref().as_ref().ok().and_then(dcat_rdf::claimed)
        }
        Platform::SchemaOrg => None,
        _ => Page::of(captures, &seen.answer).claimed,
    };
    let claim = claimed.map(|claimed| (seen.answer.clone(), claimed));
    Ok(Walk { pages: vec![seen.answer.clone()], claim, ..Walk::default() })
}

/// DKAN 2 hands out all at once; its search counts them.
fn dkan_whole(seen: &Sighting, captures: &Captures<'_>) -> Result<Walk, Need> {
    let mut walk = first_only(seen, captures)?;
    let search = captures.get(&seen.ask(&dkan::search(&seen.base)))?;
    if search.success().is_ok()
        && let Ok(answer) = json::of(captures, &search).as_ref()
        && let Some(total) = json::count(json::pick(answer, "total"))
    {
        walk.claim = Some((search, total));
    }
    Ok(walk)
}

/// DKAN 1 never counts its packages: an empty page, or one that does not answer, ends the reading.
fn dkan_packages(seen: &Sighting, captures: &Captures<'_>) -> Result<Walk, Need> {
    let mut walk = Walk::default();
    for page in 0..MOST_PAGES {
        let asked = seen.ask(&dkan::packages(&seen.base, page * dkan::PAGE));
        let before = walk.pages.len();
        let end = fetch(captures, &[asked], &mut walk)?;
        let Some(end) = end.filter(|_| walk.pages.len() > before) else { break };
        let same = before > 0
            && walk.pages[before - 1].answered().ok().map(|one| &one.body.sha256)
                == end.answered().ok().map(|one| &one.body.sha256);
        let empty = Page::of(captures, &end).records == 0;
        // Some versions ignore the offset, and hand out all each time.
        if same || (empty && before > 0) {
            walk.pages.truncate(before);
        }
        if same || empty {
            break;
        }
    }
    Ok(walk)
}

/// A catalogue in RDF, from page to page as each names the next.
fn rdf_pages(seen: &Sighting, captures: &Captures<'_>) -> Result<Walk, Need> {
    let mut walk = first_only(seen, captures)?;
    let mut read = BTreeSet::from([seen.answer.request.url.clone()]);
    let mut last = seen.answer.clone();
    loop {
        let listing = dcat_rdf::listing(captures, &last)?;
        let at = last.answered().map_or(&last.request.url, |answered| &answered.url);
        let next = listing.as_ref().as_ref().ok().and_then(|listing| dcat_rdf::next(listing, at));
        let Some(next) = next.filter(|next| !read.contains(next)) else { return Ok(walk) };
        if next.host_str() != seen.base.host_str() {
            walk.troubles.push(format!("the next page is on another host: {next}"));
            return Ok(walk);
        }
        if read.len() as u64 >= MOST_PAGES {
            walk.troubles.push(format!("reading was ended after {MOST_PAGES} pages"));
            return Ok(walk);
        }
        let before = walk.pages.len();
        let Some(page) = fetch(captures, &[seen.ask(&next)], &mut walk)?.filter(|_| walk.pages.len() > before) else {
            return Ok(walk);
        };
        read.insert(next);
        last = page;
    }
}

/// Some of the pages of datasets that the site's map lists, the same ones each time.
fn mapped_pages(seen: &Sighting, captures: &Captures<'_>) -> Result<Walk, Need> {
    let map = sitemap::of(captures, &seen.answer);
    let mut walk = Walk::default();
    let maps: Vec<Request> = map.maps.iter().take(MAPS).map(|url| seen.ask(url)).collect();
    let mut pages: BTreeSet<Url> = map.pages.iter().cloned().collect();
    for capture in captures.all(&maps)? {
        if capture.success().is_ok() {
            pages.extend(sitemap::of(captures, &capture).pages.iter().cloned());
        } else {
            walk.troubles.push(trouble(captures, &capture));
        }
    }
    if map.maps.len() > MAPS {
        walk.troubles.push(format!("only {MAPS} of {} site maps were read", map.maps.len()));
    }
    walk.listed = Some(pages.len() as u64);
    walk.claim = Some((seen.answer.clone(), pages.len() as u64));
    let mut pages: Vec<Url> = pages.into_iter().collect();
    pages.sort_by_cached_key(|url| short_hash(url.as_str().as_bytes()));
    let requests: Vec<Request> = pages.iter().take(ONE_BY_ONE).map(|url| seen.ask(url)).collect();
    fetch(captures, &requests, &mut walk)?;
    Ok(walk)
}

/// A static site's own catalogue file tells more than its list; the list tells how many there should be.
fn jkan_files(seen: &Sighting, captures: &Captures<'_>) -> Result<Walk, Need> {
    let feed = captures.get(&seen.ask(&super::at(&seen.base, "data.json")))?;
    let page = feed.success().is_ok().then(|| Page::of(captures, &feed));
    if page.and_then(|page| page.form).is_none_or(|form| form.platform != Platform::DataJson) {
        return first_only(seen, captures);
    }
    let claimed = Page::of(captures, &seen.answer).records;
    Ok(Walk { pages: vec![feed], claim: Some((seen.answer.clone(), claimed)), ..Walk::default() })
}

/// Pages by offset, all asked at once; where paging reaches only so far, in windows that each begin where the last ended.
///
/// `sorted` is where the first window begins, for a platform that sorts its records only when it is told where.
fn windows(
    seen: &Sighting,
    captures: &Captures<'_>,
    size: u64,
    reach: u64,
    sorted: Option<i64>,
    url: &dyn Fn(u64, Option<&serde_json::Value>) -> Url,
) -> Result<Walk, Need> {
    let mut walk = Walk::default();
    let mut last: Option<serde_json::Value> = None;
    loop {
        let first = captures.get(&seen.ask(&url(0, last.as_ref())))?;
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
            .map(|at| seen.ask(&url(at, last.as_ref())))
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
        let request = seen.ask(&socrata::page(&seen.base, &host, after.as_deref()));
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
    let mut rows = ckan::PAGE;
    let mut first = captures.get(&seen.ask(&ckan::page(&seen.base, 0, rows)))?;
    while is_overtaxed(&first) && rows > ckan::LEAST {
        rows /= 2;
        first = captures.get(&seen.ask(&ckan::page(&seen.base, 0, rows)))?;
    }
    let Some(claimed) = first.success().ok().and_then(|_| Page::of(captures, &first).claimed) else {
        walk.troubles.push(format!("its search does not work: {}", trouble(captures, &first)));
        return ckan_one_by_one(seen, captures, walk);
    };
    walk.claim = Some((first, claimed));
    let within = claimed.clamp(1, MOST_PAGES * ckan::PAGE);
    let mut starts: Vec<u64> = (0..within).step_by(usize::try_from(rows).unwrap_or(1)).collect();
    loop {
        let requests: Vec<Request> =
            starts.iter().map(|start| seen.ask(&ckan::page(&seen.base, *start, rows))).collect();
        let mut failed = Vec::new();
        for (start, capture) in starts.iter().zip(look(captures, &requests)?) {
            if is_overtaxed(&capture) && rows > ckan::LEAST {
                failed.push(*start);
            } else {
                keep(captures, capture, &mut walk);
            }
        }
        if failed.is_empty() {
            return Ok(walk);
        }
        // What a server cannot give at once, it may give in halves.
        rows /= 2;
        starts = failed.into_iter().flat_map(|start| [start, start + rows]).filter(|start| *start < within).collect();
    }
}

/// Whether a server failed as one does that was asked for too much.
fn is_overtaxed(capture: &Capture) -> bool {
    match capture.answered() {
        Ok(answered) => answered.status >= 500 || answered.body.cut.is_some(),
        Err(failure) => matches!(failure, Failure::Timeout { .. }),
    }
}

/// Where the search does not work, the list of names does: some of them are read, the same ones each time.
fn ckan_one_by_one(seen: &Sighting, captures: &Captures<'_>, mut walk: Walk) -> Result<Walk, Need> {
    let list = captures.get(&seen.ask(&ckan::action(&seen.base, "package_list", "")))?;
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
        seen.ask(&ckan::action(&seen.base, "package_show", &query))
    };
    let requests: Vec<Request> = names.iter().map(show).collect();
    fetch(captures, &requests, &mut walk)?;
    Ok(walk)
}

/// Adds the pages that answer `requests`; the last of all pages, if any answered.
fn fetch(captures: &Captures<'_>, requests: &[Request], walk: &mut Walk) -> Result<Option<Arc<Capture>>, Need> {
    look(captures, requests)?.into_iter().for_each(|capture| keep(captures, capture, walk));
    Ok(walk.pages.last().cloned())
}

/// What answers each of `requests`; one that fails is asked for once more, later.
fn look(captures: &Captures<'_>, requests: &[Request]) -> Result<Vec<Arc<Capture>>, Need> {
    let mut looks = captures.all(requests)?;
    let mut failed: Vec<&mut Arc<Capture>> = looks.iter_mut().filter(|capture| capture.success().is_err()).collect();
    let again: Vec<Request> = failed.iter().map(|capture| capture.request.clone().again()).collect();
    for (first, second) in failed.iter_mut().zip(captures.all(&again)?) {
        **first = second;
    }
    Ok(looks)
}

/// Adds a page that answered; of another, what is wrong with it.
fn keep(captures: &Captures<'_>, capture: Arc<Capture>, walk: &mut Walk) {
    if capture.success().is_err() {
        walk.troubles.push(trouble(captures, &capture));
    } else {
        walk.pages.push(capture);
    }
}

/// Why a page gave nothing.
fn trouble(captures: &Captures<'_>, capture: &Capture) -> String {
    let why = match capture.success() {
        Err(cause) => cause,
        Ok(_) => Page::of(captures, capture).broken.clone().unwrap_or_else(|| "it is no list of datasets".to_owned()),
    };
    format!("{}: {why}", capture.request.url)
}
