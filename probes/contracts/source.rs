//! The tables behind a link that may list contracts.

use std::sync::Arc;

use crate::capture::{Capture, Captures, Need};
use crate::finding::{Evidence, Locus};
use crate::kind::{self, Kind};
use crate::obstacle;
use crate::probe::Target;
use crate::row_api::{self, RowApi, Style};
use crate::rows::{self, Held, Tables};
use crate::table;

/// What a link leads to.
pub(super) enum Source {
    /// Tables: where they come from, and why they are not whole, if they are not.
    Tables(Vec<Table>, Origin),
    /// Something else.
    Other(Kind, Evidence),
    /// Nothing that could be seen.
    Unseen(String, Evidence),
}

/// Where tables come from.
pub(super) struct Origin {
    /// What they came in.
    pub(super) kind: String,
    /// Whether a program can take it as it is.
    pub(super) machine_readable: bool,
    /// Why only a part of them is there, if so.
    pub(super) cut: Option<String>,
    /// What shows that they are there.
    pub(super) evidence: Evidence,
}

/// A table, and how all its rows are reached.
pub(super) struct Table {
    captures: Vec<Arc<Capture>>,
    held: Arc<Tables>,
    at: usize,
    /// The rows that stand on further pages of an interface.
    further: Vec<Arc<Tables>>,
    /// What its address and its name say.
    pub(super) about: String,
    /// Where its header stands.
    pub(super) evidence: Evidence,
    /// Whether its records can be pointed at.
    records: bool,
}

type Each<'a> = &'a mut dyn FnMut(u64, &[String]);

impl Table {
    /// Its header and first rows.
    pub(super) fn held(&self) -> &Held {
        match &*self.held {
            Ok(tables) => &tables[self.at],
            Err(cause) => panic!("invariant: what could not be read is no table: {cause}"),
        }
    }

    /// Hands over every row with the number of its record; an error says where the reading ended.
    pub(super) fn each(&self, captures: &Captures<'_>, take: Each<'_>) -> Result<(), String> {
        let held = self.held();
        let capture = &self.captures[0];
        if held.more && matches!(kind::of(captures, capture), Kind::Csv | Kind::Tsv) {
            let charset = capture.answered().ok().and_then(|answered| answered.headers.charset());
            return rows::each(&captures.body(capture)?, charset, held.first, take);
        }
        for (at, row) in held.rows.iter().enumerate() {
            take(held.record(at), row);
        }
        for page in self.further.iter().filter_map(|page| page.as_ref().as_ref().ok()).flatten() {
            page.rows.iter().enumerate().for_each(|(at, row)| take(page.record(at), row));
        }
        if held.more { Err(format!("only the first {} rows of the table were read", held.rows.len())) } else { Ok(()) }
    }

    /// A record of it as evidence, where records can be pointed at.
    pub(super) fn record(&self, record: u64) -> Option<Evidence> {
        self.records.then(|| Evidence::new(&self.captures[0].id, Locus::Row(record), ""))
    }
}

/// The tables that `target` leads to.
pub(super) fn look(target: &Target, captures: &Captures<'_>) -> Result<Source, Need> {
    if let Some(api) = RowApi::of(target.url.as_str()).filter(|api| asks_for_no_rows(target, api)) {
        return of_interface(target, captures, &api);
    }
    let capture = captures.get(&target.request())?;
    of_capture(captures, &capture)
}

/// Whether the address is an interface's, which gives out a page of rows unless it is asked for all.
fn asks_for_no_rows(target: &Target, api: &RowApi) -> bool {
    api.style == Style::Soda && target.url.path().starts_with("/resource/") && target.url.query().is_none()
}

fn of_interface(target: &Target, captures: &Captures<'_>, api: &RowApi) -> Result<Source, Need> {
    let whole = match row_api::whole(captures, api, &target.request())? {
        Ok(whole) => whole,
        Err((cause, evidence)) => return Ok(Source::Unseen(cause, evidence)),
    };
    let first = &whole.pages[0];
    let exchange = Evidence::new(&first.0.id, Locus::Exchange, "");
    let held = first.1.clone();
    if held.as_ref().as_ref().is_ok_and(Vec::is_empty) {
        return Ok(Source::Unseen("the interface gives out no rows".to_owned(), exchange));
    }
    let header = held.as_ref().as_ref().ok().and_then(|tables| tables[0].header.first().cloned()).unwrap_or_default();
    let records = kind::of(captures, &first.0) == Kind::Csv;
    let evidence = if records { Evidence::new(&first.0.id, Locus::Row(1), header) } else { exchange.clone() };
    let table = Table {
        captures: whole.pages.iter().map(|(capture, _)| capture.clone()).collect(),
        held,
        at: 0,
        further: whole.pages[1..].iter().map(|(_, held)| held.clone()).collect(),
        about: target.url.path().to_owned(),
        evidence,
        records,
    };
    let kind = format!("rows of {}", api.style);
    Ok(Source::Tables(vec![table], Origin { kind, machine_readable: true, cut: whole.cut, evidence: exchange }))
}

fn of_capture(captures: &Captures<'_>, capture: &Arc<Capture>) -> Result<Source, Need> {
    let exchange = Evidence::new(&capture.id, Locus::Exchange, "");
    if let Some(obstacle) = obstacle::of(captures, capture) {
        return Ok(Source::Unseen(obstacle.to_string(), obstacle.evidence));
    }
    let answered = match capture.success() {
        Ok(answered) => answered,
        Err(cause) => return Ok(Source::Unseen(cause, exchange)),
    };
    let kind = kind::of(captures, capture);
    let mut cut = answered.body.cut.map(|_| "only the beginning of the file came in".to_owned());
    let workbook = matches!(kind, Kind::Xlsx | Kind::Xls | Kind::Ods);
    if let Some(cause) = cut.clone().filter(|_| workbook || matches!(kind, Kind::Json | Kind::Geojson)) {
        return Ok(Source::Unseen(cause, exchange));
    }
    let held = rows::of(captures, capture)?;
    let tables = match &*held {
        Ok(tables) => tables,
        Err(cause) => return Ok(Source::Unseen(cause.clone(), exchange)),
    };
    let text = matches!(kind, Kind::Csv | Kind::Tsv);
    if text
        && let Some(broken) = table::of(captures, capture).as_ref().as_ref().ok().and_then(|table| table.broken.clone())
    {
        cut = cut.or_else(|| Some(format!("reading ended at line {}: {}", broken.line, broken.cause)));
    }
    let url = percent_encoding::percent_decode_str(answered.url.path()).decode_utf8_lossy().into_owned();
    let table = |(at, table): (usize, &Held)| {
        let header = table.header.iter().find(|name| !name.is_empty());
        let locus = match kind {
            Kind::Html => Locus::Selector(table.name.clone()),
            Kind::Csv | Kind::Tsv if header.is_some() => Locus::Row(table.first - 1),
            _ => Locus::Exchange,
        };
        let quote = header.filter(|_| locus != Locus::Exchange).map_or("", String::as_str);
        Table {
            captures: vec![capture.clone()],
            held: held.clone(),
            at,
            further: Vec::new(),
            about: if workbook { format!("{url} {}", table.name) } else { url.clone() },
            evidence: Evidence::new(&capture.id, locus, quote),
            records: text,
        }
    };
    let tables: Vec<Table> = tables.iter().enumerate().filter(|(_, table)| !table.rows.is_empty()).map(table).collect();
    if tables.is_empty() {
        return Ok(Source::Other(kind, exchange));
    }
    let origin = Origin { kind: kind.to_string(), machine_readable: kind != Kind::Html, cut, evidence: exchange };
    Ok(Source::Tables(tables, origin))
}
