//! The tables that a link leads to, and the lists of departments that stand near.

use std::sync::Arc;

use url::Url;

use super::columns::{self, Columns, Field};
use super::coverage::{self, List};
use super::departments;
use crate::capture::{Capture, Captures, Need, Request};
use crate::finding::{Evidence, Locus};
use crate::html::Page;
use crate::kind::{self, Kind};
use crate::obstacle::{self, Hidden};
use crate::probe::Target;
use crate::rows::{self, Held};
use crate::shown;
use crate::site;

/// Most files that are followed from a page.
const MOST_FILES: usize = 3;
/// Most pages of departments that are opened.
const MOST_LISTS: usize = 2;
/// The most rows asked for from a portal's interface.
const ROWS: usize = 20_000;

/// What a link leads to.
pub(super) enum Seen {
    /// It could not be seen.
    Unseen { cause: String, evidence: Evidence },
    /// It was seen, and has no table.
    Nothing { kind: Kind, evidence: Evidence },
    /// Tables, on it or one link further.
    Tables(Gathered),
}

/// A page that could be opened.
type Opened = (Arc<Capture>, Arc<Page>);

/// Tables, and the page they were found by.
pub(super) struct Gathered {
    pub(super) tables: Vec<Table>,
    page: Option<Opened>,
}

/// A table that may be an inventory, or a list of departments.
pub(super) struct Table {
    pub(super) held: Held,
    pub(super) columns: Columns,
    /// Where it stands, in words.
    pub(super) place: String,
    /// Whether it lists datasets, by its columns and the words about it.
    pub(super) lists_datasets: bool,
    pub(super) evidence: Evidence,
}

/// Gathers the tables that the target leads to.
pub(super) fn look(target: &Target, captures: &Captures<'_>) -> Result<Seen, Need> {
    let capture = shown::get(captures, &target.request())?;
    let evidence = Evidence::new(&capture.id, Locus::Exchange, "");
    let page = match obstacle::page(captures, &capture) {
        Ok(page) => page,
        Err(Hidden::Behind(cause, evidence)) => return Ok(Seen::Unseen { cause, evidence }),
        Err(Hidden::Otherwise(kind)) => {
            return Ok(match tables(captures, &capture, "")? {
                Ok(tables) if tables.is_empty() => Seen::Nothing { kind, evidence },
                Ok(tables) => Seen::Tables(Gathered { tables, page: None }),
                Err(cause) => Seen::Unseen { cause, evidence },
            });
        }
    };
    let about = about(&page);
    let mut found = tables(captures, &capture, &about)?.unwrap_or_default();
    let mut cause = None;
    if !found.iter().any(|table| table.lists_datasets) {
        let requests = files(&capture, &page, &about);
        for answer in captures.all(&requests)? {
            let seen = match obstacle::of(captures, &answer) {
                Some(obstacle) => Err(obstacle.to_string()),
                None => match answer.success() {
                    Ok(_) => tables(captures, &answer, &about)?,
                    Err(cause) => Err(cause),
                },
            };
            match seen {
                Ok(tables) => found.extend(tables),
                Err(why) => cause = cause.or(Some(format!("{}: {why}", answer.request.url))),
            }
        }
    }
    let hidden = page.refused.clone().or_else(|| page.shell().map(|sign| format!("the page needs a browser: {sign}")));
    Ok(match cause.or(hidden) {
        Some(cause) if !found.iter().any(|table| table.lists_datasets) => Seen::Unseen { cause, evidence },
        _ if found.is_empty() => Seen::Nothing { kind: Kind::Html, evidence },
        _ => Seen::Tables(Gathered { tables: found, page: Some((capture, page)) }),
    })
}

/// The tables of a capture; `about` are the words of the page that led there.
fn tables(captures: &Captures<'_>, capture: &Capture, about: &str) -> Result<Result<Vec<Table>, String>, Need> {
    let held = match &*rows::of(captures, capture)? {
        Ok(held) => held.clone(),
        Err(cause) => return Ok(Err(cause.clone())),
    };
    let kind = kind::of(captures, capture);
    let url = &capture.request.url;
    let table = |held: Held| {
        let columns = columns::map(&held);
        let (locus, place) = match kind {
            Kind::Html => (Locus::Selector(held.name.clone()), format!("a table on {url}")),
            Kind::Csv | Kind::Tsv if !held.header.is_empty() => (Locus::Row(held.first - 1), url.to_string()),
            Kind::Xlsx | Kind::Xls | Kind::Ods => (Locus::Exchange, format!("sheet {:?} of {url}", held.name)),
            _ => (Locus::Exchange, url.to_string()),
        };
        let quote = if locus == Locus::Exchange { "" } else { held.header.iter().find(|name| !name.is_empty())? };
        let evidence = Evidence::new(&capture.id, locus, quote);
        let path = percent_encoding(url.path());
        let lists_datasets = columns::lists_datasets(&held, &columns, &format!("{about} {path}"));
        Some(Table { held, columns, place, lists_datasets, evidence })
    };
    Ok(Ok(held.into_iter().filter(|held| !held.header.is_empty() && !held.rows.is_empty()).filter_map(table).collect()))
}

/// A path with its encoded blanks as blanks.
fn percent_encoding(path: &str) -> String {
    path.replace("%20", " ")
}

/// What a page says it is about: its title and first headings.
fn about(page: &Page) -> String {
    let headings = page.blocks.iter().filter(|block| block.heading.is_some_and(|rank| rank < 3) && !block.chrome);
    let headings: Vec<&str> = headings.take(3).map(|block| block.text.as_str()).collect();
    format!("{} {}", page.title, headings.join(" "))
}

/// The files that may be the inventory: those whose words say so; all data files of a page that is about one; and the rows
/// of a dataset that a portal shows by scripts.
fn files(capture: &Capture, page: &Page, about: &str) -> Vec<Request> {
    let mut ranked: Vec<(u8, &Url)> = Vec::new();
    for link in &page.links {
        let named = columns::speaks_of_inventory(&link.text)
            || columns::speaks_of_inventory(&percent_encoding(link.href.path()));
        let rank = match (kind::leads_to_data(&link.href), named) {
            (true, true) => 0,
            (true, false) if columns::speaks_of_inventory(about) => 1,
            _ => continue,
        };
        if !ranked.iter().any(|(_, url)| **url == link.href) {
            ranked.push((rank, &link.href));
        }
    }
    ranked.sort_by_key(|(rank, _)| *rank);
    let rows = socrata_rows(capture).map(|url| Request::api(&url));
    rows.into_iter().chain(ranked.into_iter().map(|(_, url)| Request::discovered(url))).take(MOST_FILES).collect()
}

/// Where Socrata's interface gives out the rows of the dataset that a page shows.
fn socrata_rows(capture: &Capture) -> Option<Url> {
    let answered = capture.answered().ok()?;
    answered.headers.get("x-socrata-requestid")?;
    let id = answered.url.path_segments()?.rev().find(|step| {
        step.len() == 9
            && step.as_bytes()[4] == b'-'
            && step.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    })?;
    answered.url.join(&format!("/resource/{id}.csv?$limit={ROWS}")).ok()
}

/// Lists of departments near the inventory `table`: those that were handed in with it; else those of the city's pages.
pub(super) fn lists(
    target: &Target,
    captures: &Captures<'_>,
    gathered: &Gathered,
    table: &Table,
) -> Result<Vec<List>, Need> {
    let others = gathered.tables.iter().filter(|other| !std::ptr::eq(*other, table));
    let mut lists: Vec<List> = others.flat_map(in_table).collect();
    if let Some((capture, page)) = &gathered.page {
        lists.extend(in_page(capture, page));
    }
    if !lists.is_empty() || target.is_file() {
        return Ok(lists);
    }
    let pages: Vec<Opened> = match &gathered.page {
        Some(page) => vec![page.clone()],
        None => opened(captures, &homes(&target.url))?,
    };
    let mut urls: Vec<Url> = Vec::new();
    for (capture, page) in &pages {
        let at = capture.answered().map_or(&capture.request.url, |answered| &answered.url);
        for link in page.links.iter().filter(|link| departments::leads_to_a_list(&link.text)) {
            let mut url = link.href.clone();
            url.set_fragment(None);
            if site::same(&url, at) && !urls.contains(&url) {
                urls.push(url);
            }
        }
    }
    urls.truncate(MOST_LISTS);
    for (capture, page) in opened(captures, &urls)? {
        lists.extend(in_page(&capture, &page));
        lists.extend(tables(captures, &capture, "")?.unwrap_or_default().iter().flat_map(in_table));
    }
    Ok(lists)
}

/// The lists in a table that is not itself an inventory.
fn in_table(table: &Table) -> Vec<List> {
    let mut columns = table.columns.clone();
    if table.lists_datasets && columns.contains_key(&Field::Title) && columns.contains_key(&Field::Department) {
        return Vec::new();
    }
    // A sheet of departments may call its column a name.
    let named = columns.get(&Field::Title).copied();
    if let (false, Some(name)) = (columns.contains_key(&Field::Department), named) {
        let like = table.held.column(name).filter(|(_, cell)| departments::looks_like_one(cell)).count();
        if like * 2 < table.held.rows.len() {
            return Vec::new();
        }
        columns.insert(Field::Department, name);
    }
    coverage::in_table(&table.held, &columns, &table.place, &table.evidence)
}

fn in_page(capture: &Capture, page: &Page) -> Vec<List> {
    let place = format!("the list on {}", capture.request.url);
    let evidence =
        |selector: &str, quote: &str| Evidence::new(&capture.id, Locus::Selector(selector.to_owned()), quote);
    coverage::in_page(page, &place, evidence)
}

/// Where a city's home page may be: that of the host, and that of the site it belongs to.
fn homes(url: &Url) -> Vec<Url> {
    let host = url.host_str().map(site::of);
    let own = url.join("/").ok();
    let city = host.and_then(|host| Url::parse(&format!("{}://www.{host}/", url.scheme())).ok());
    let mut homes: Vec<Url> = own.into_iter().chain(city).collect();
    homes.dedup();
    homes
}

/// Those of the pages that could be opened.
fn opened(captures: &Captures<'_>, urls: &[Url]) -> Result<Vec<Opened>, Need> {
    let requests: Vec<Request> = urls.iter().map(Request::discovered).collect();
    let answers = captures.all(&requests)?;
    Ok(answers
        .into_iter()
        .filter_map(|capture| Some((capture.clone(), obstacle::page(captures, &capture).ok()?)))
        .collect())
}
