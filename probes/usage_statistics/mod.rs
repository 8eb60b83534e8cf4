//! Are figures published on how often data is viewed or downloaded?

mod catalogue;
mod counted;

use serde::Serialize;

use crate::capture::{Capture, Captures, Need, Request};
use crate::finding::{Evidence, Finding, Locus};
use crate::html::Page;
use crate::json;
use crate::kind::{self, Kind};
use crate::missing::{self, Told};
use crate::obstacle::{self, Hidden};
use crate::probe::{Probe, Target};
use crate::rows::{self, Held};
use crate::shown;
use crate::spec::Spec;

crate::declare!();

/// Finds figures on the use of data.
pub struct UsageStatistics;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Figures { measures: Vec<String>, columns: Vec<String>, rows: usize, total: Option<f64>, place: String },
    Prose { phrases: usize, words: String },
    OtherData { rows: usize, columns: Vec<String> },
    None {},
    NoTable { kind: String },
    Unseen { cause: String },
}

type Said = (Seen, Vec<Evidence>);

/// The most files that are followed from a page.
const MOST_FILES: usize = 3;
/// How much of a file is asked for where its beginning tells, in bytes.
const BEGINNING: u64 = 1024 * 1024;

impl Probe for UsageStatistics {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let (seen, evidence) = seen(target, captures)?;
        let mut findings = vec![SPEC.finding(target, &seen, evidence)];
        for (seen, evidence) in catalogue::seen(target, captures)? {
            findings.push(SPEC.finding(target, &seen, evidence));
        }
        Ok(findings)
    }
}

fn seen(target: &Target, captures: &Captures<'_>) -> Result<Said, Need> {
    let capture = shown::get(captures, &target.request())?;
    let exchange = || vec![Evidence::new(&capture.id, Locus::Exchange, "")];
    match obstacle::page(captures, &capture) {
        Ok(page) => on_page(captures, &capture, &page),
        Err(Hidden::Behind(cause, evidence)) => Ok((Seen::Unseen { cause }, vec![evidence])),
        Err(Hidden::Otherwise(kind)) => {
            let tables = rows::of(captures, &capture)?;
            let tables = match &*tables {
                Ok(tables) => tables,
                Err(cause) => return Ok((Seen::Unseen { cause: cause.clone() }, exchange())),
            };
            let about = capture.request.url.path().to_owned();
            let figures = tables.iter().find_map(|table| figures(&capture, kind, table, &about));
            // Records within records are no table: their figures are found by their paths, their absence is not.
            let is_json = matches!(kind, Kind::Json | Kind::Geojson);
            let figures = figures.or_else(|| within_records(captures, &capture, tables).filter(|_| is_json));
            let named = tables.iter().filter(|table| !table.header.is_empty()).max_by_key(|table| table.rows.len());
            Ok(match (figures, named) {
                (Some(said), _) => said,
                (None, Some(table)) if !is_json => {
                    (Seen::OtherData { rows: table.rows.len(), columns: table.header.clone() }, exchange())
                }
                (None, _) => (Seen::NoTable { kind: kind.to_string() }, exchange()),
            })
        }
    }
}

fn on_page(captures: &Captures<'_>, capture: &Capture, page: &Page) -> Result<Said, Need> {
    let exchange = || vec![Evidence::new(&capture.id, Locus::Exchange, "")];
    let about = format!("{} {}", page.title, capture.request.url.path());
    let tables = rows::of(captures, capture)?;
    let on_it = tables.iter().flatten().find_map(|table| figures(capture, Kind::Html, table, &about));
    if let Some(said) = on_it {
        return Ok(said);
    }
    let links = page.links.iter().filter(|link| {
        kind::leads_to_data(&link.href) && counted::is_about(&format!("{} {}", link.text, link.href.path()))
    });
    let requests: Vec<Request> = links.take(MOST_FILES).map(|link| request(&link.href)).collect();
    let mut gap = None;
    for answer in captures.all(&requests)? {
        let kind = match (obstacle::of(captures, &answer), answer.success()) {
            (Some(obstacle), _) => Err(obstacle.to_string()),
            (None, Err(cause)) => Err(cause),
            (None, Ok(_)) => Ok(kind::of(captures, &answer)),
        };
        match kind {
            Ok(kind) => {
                let tables = rows::of(captures, &answer)?;
                let about = format!("{about} {}", answer.request.url.path());
                if let Some(said) = tables.iter().flatten().find_map(|table| figures(&answer, kind, table, &about)) {
                    return Ok(said);
                }
            }
            Err(cause) => gap = gap.or(Some(format!("{}: {cause}", answer.request.url))),
        }
    }
    let mut phrases = page.blocks.iter().filter_map(|block| Some((block, counted::phrase(&block.text)?)));
    if let Some((block, words)) = phrases.next() {
        let evidence = Evidence::new(&capture.id, Locus::Selector(block.selector.clone()), words);
        return Ok((Seen::Prose { phrases: phrases.count() + 1, words: words.to_owned() }, vec![evidence]));
    }
    let shell = page.shell().map(|sign| format!("the page needs a browser: {sign}"));
    if let Some(cause) = page.refused.clone().or(shell).or_else(|| page.cut.clone()).or(gap) {
        return Ok((Seen::Unseen { cause }, exchange()));
    }
    // Nothing on a page that is not there says nothing.
    Ok(match missing::compare(captures, capture)? {
        Told::Missing { basis, evidence } => {
            (Seen::Unseen { cause: format!("the server shows this page for what is not there: {basis}") }, evidence)
        }
        Told::There(_) => (Seen::None {}, exchange()),
    })
}

/// The figures in a table, if it counts the use of data.
fn figures(capture: &Capture, kind: Kind, table: &Held, about: &str) -> Option<Said> {
    let counted = counted::of(table, about)?;
    let (locus, quote) = match kind {
        Kind::Html => (Locus::Selector(table.name.clone()), counted.columns[0].as_str()),
        Kind::Csv | Kind::Tsv => (Locus::Row(table.first - 1), counted.columns[0].as_str()),
        _ => (Locus::Exchange, ""),
    };
    let place = capture.request.url.to_string();
    let evidence = Evidence::new(&capture.id, locus, quote);
    let (rows, total) = (table.rows.len(), counted.total);
    let seen = Seen::Figures { measures: counted.measures, columns: counted.columns, rows, total, place };
    Some((seen, vec![evidence]))
}

/// The figures in records that hold others.
fn within_records(captures: &Captures<'_>, capture: &Capture, tables: &[Held]) -> Option<Said> {
    let shape = json::shape(captures, capture);
    let counted = counted::in_paths(&shape)?;
    let rows = tables.iter().map(|table| table.rows.len()).max().unwrap_or(1);
    let place = capture.request.url.to_string();
    let seen = Seen::Figures { measures: counted.measures, columns: counted.columns, rows, total: None, place };
    Some((seen, vec![Evidence::new(&capture.id, Locus::Exchange, "")]))
}

fn request(url: &url::Url) -> Request {
    let whole = kind::extension(url).is_some_and(|extension| !matches!(extension.as_str(), "csv" | "tsv"));
    if whole { Request::discovered(url) } else { Request::discovered(url).first(BEGINNING) }
}
