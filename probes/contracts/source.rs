//! The tables behind a link that may list contracts: in it, in files that its page links to, or behind an interface.

use std::sync::Arc;

use url::Url;

use super::deals::{self, Deals};
use super::fields::KNOWN;
use super::table::Table;
use crate::capture::{Capture, Captures, Need, Request};
use crate::dcat::{Dataset, Distribution};
use crate::export;
use crate::finding::{Evidence, Locus};
use crate::html::Page;
use crate::kind::{self, Kind};
use crate::obstacle;
use crate::platform::{self, One};
use crate::probe::Target;
use crate::row_api::{self, RowApi, Style};
use crate::rows;
use crate::shown;

/// Most files that are followed from a page.
const MOST_FILES: usize = 3;

/// What a link leads to.
pub(super) enum Source {
    /// Tables; and what could not be seen beside them.
    Tables(Vec<Table>, Option<Unseen>),
    /// Open contracting data.
    Deals(Arc<Deals>, Evidence),
    /// Something else.
    Other(Kind, Evidence),
    /// Nothing that could be seen.
    Unseen(Unseen),
}

/// Why something could not be seen, and where that shows.
pub(super) type Unseen = (String, Evidence);

/// The tables that `target` leads to: on it, or in the dataset whose page it is.
pub(super) fn look(target: &Target, captures: &Captures<'_>) -> Result<Source, Need> {
    let address = target.url.as_str();
    if let Some(api) = RowApi::of(address).filter(|api| gives_out_pages(&target.url, api)) {
        return of_interface(captures, &api, &target.request(), "");
    }
    let capture = captures.get(&target.request())?;
    match platform::one(target, captures)? {
        One::Unseen(cause) => Ok(Source::Unseen((cause, exchange(&capture)))),
        One::Dataset(dataset) => of_dataset(target, captures, &capture, &dataset),
        One::None => of_capture(captures, &export::behind(captures, target)?),
    }
}

/// Whether an interface at this address gives out a page of rows, and not all of them or those that were asked for.
fn gives_out_pages(address: &Url, api: &RowApi) -> bool {
    api.style != Style::Soda || (address.path().starts_with("/resource/") && address.query().is_none())
}

/// The rows of a dataset: in the first file that holds data, else by its platform's interface.
fn of_dataset(
    target: &Target,
    captures: &Captures<'_>,
    page: &Arc<Capture>,
    dataset: &Dataset,
) -> Result<Source, Need> {
    let about = format!("{} {}", dataset.title, Page::of(captures, page).title);
    let ask = |url: &Url| {
        let own = url.host_str() == target.url.host_str();
        if own { Request::api(url) } else { Request::discovered(url) }
    };
    let is_file = |one: &&Distribution| {
        !one.service && kind::holds_data(&one.format.to_lowercase()) && RowApi::of(one.address()).is_none()
    };
    let file = dataset.distributions.iter().find(is_file).and_then(|one| Url::parse(one.address()).ok());
    if let Some(url) = file {
        let capture = captures.get(&ask(&url))?;
        return Ok(match of_file(captures, &capture, &about)? {
            Ok(tables) if tables.is_empty() => Source::Other(kind::of(captures, &capture), exchange(&capture)),
            Ok(tables) => Source::Tables(tables, None),
            Err(unseen) => Source::Unseen(unseen),
        });
    }
    if let Some(api) = dataset.distributions.iter().find_map(Distribution::row_api) {
        return of_interface(captures, &api, &ask(&api.at), &about);
    }
    let cause = "the dataset's page leads to no file and no interface with rows".to_owned();
    Ok(Source::Unseen((cause, exchange(page))))
}

fn of_interface(captures: &Captures<'_>, api: &RowApi, like: &Request, about: &str) -> Result<Source, Need> {
    Ok(match row_api::whole(captures, api, like)? {
        Ok(whole) => {
            let place = exchange(&whole.pages[0].0);
            match Table::of_interface(captures, api, whole, about) {
                Some(table) => Source::Tables(vec![table], None),
                None => Source::Unseen(("the interface gives out no rows".to_owned(), place)),
            }
        }
        Err(unseen) => Source::Unseen(unseen),
    })
}

fn of_capture(captures: &Captures<'_>, capture: &Arc<Capture>) -> Result<Source, Need> {
    let there = obstacle::of(captures, capture).is_none() && capture.success().is_ok();
    if there && kind::of(captures, capture) == Kind::Html {
        return of_page(captures, &shown::of(captures, capture.clone())?);
    }
    if there && let Some(deals) = deals::of(captures, capture)? {
        return Ok(Source::Deals(deals, exchange(capture)));
    }
    Ok(match of_file(captures, capture, "")? {
        Ok(tables) if tables.is_empty() => Source::Other(kind::of(captures, capture), exchange(capture)),
        Ok(tables) => Source::Tables(tables, None),
        Err(unseen) => Source::Unseen(unseen),
    })
}

/// The tables on a page, and those of the files it links to whose words speak of contracts.
fn of_page(captures: &Captures<'_>, capture: &Arc<Capture>) -> Result<Source, Need> {
    let mut tables = match of_file(captures, capture, "")? {
        Ok(tables) => tables,
        Err(unseen) => return Ok(Source::Unseen(unseen)),
    };
    let page = Page::of(captures, capture);
    let hidden = page.refused.clone().or_else(|| page.shell().map(|sign| format!("the page needs a browser: {sign}")));
    let mut unseen = hidden.map(|cause| (cause, exchange(capture)));
    let mut files: Vec<&Url> = Vec::new();
    for link in page.links.iter().filter(|link| kind::leads_to_data(&link.href)) {
        let named = KNOWN.about.is_match(&format!("{} {}", link.text, link.href.path()));
        if named && !files.contains(&&link.href) && files.len() < MOST_FILES {
            files.push(&link.href);
        }
    }
    let requests: Vec<Request> = files.into_iter().map(Request::discovered).collect();
    let mut need = Need::default();
    for file in captures.all(&requests)? {
        match of_file(captures, &file, &page.title) {
            Ok(Ok(found)) => tables.extend(found),
            Ok(Err((cause, evidence))) => {
                unseen = unseen.or_else(|| Some((format!("{}: {cause}", file.request.url), evidence)));
            }
            Err(lack) => need.merge(lack),
        }
    }
    if need != Need::default() {
        return Err(need);
    }
    Ok(match unseen {
        Some(unseen) if tables.is_empty() => Source::Unseen(unseen),
        None if tables.is_empty() => Source::Other(Kind::Html, exchange(capture)),
        unseen => Source::Tables(tables, unseen),
    })
}

/// The tables of one file or page.
fn of_file(captures: &Captures<'_>, capture: &Arc<Capture>, about: &str) -> Result<Result<Vec<Table>, Unseen>, Need> {
    if let Some(obstacle) = obstacle::of(captures, capture) {
        return Ok(Err((obstacle.to_string(), obstacle.evidence)));
    }
    let answered = match capture.success() {
        Ok(answered) => answered,
        Err(cause) => return Ok(Err((cause, exchange(capture)))),
    };
    let kind = kind::of(captures, capture);
    let text = matches!(kind, Kind::Csv | Kind::Tsv | Kind::Html);
    if answered.body.cut.is_some() && !text {
        return Ok(Err(("only the beginning of the file came in".to_owned(), exchange(capture))));
    }
    let held = rows::of(captures, capture)?;
    let count = match &*held {
        Ok(tables) => tables.len(),
        Err(cause) => return Ok(Err((cause.clone(), exchange(capture)))),
    };
    let tables = (0..count).map(|at| Table::of_file(captures, capture, &held, at, about));
    Ok(Ok(tables.filter(|table| !table.held().rows.is_empty()).collect()))
}

fn exchange(capture: &Capture) -> Evidence {
    Evidence::new(&capture.id, Locus::Exchange, "")
}
