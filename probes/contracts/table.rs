//! A table that may list contracts, and how all its rows are reached, however many there are.

use std::sync::Arc;

use crate::capture::{Capture, Captures};
use crate::finding::{Evidence, Locus};
use crate::kind::{self, Kind};
use crate::row_api::{RowApi, Whole};
use crate::rows::{self, Held, Tables};
use crate::table;

/// A table, held as far as it is small, else read again.
pub(super) struct Table {
    capture: Arc<Capture>,
    held: Arc<Tables>,
    at: usize,
    /// The rows that stand on further pages of an interface.
    further: Vec<Arc<Tables>>,
    /// Whether its records can be pointed at.
    records: bool,
    /// What its address and its name say.
    pub(super) about: String,
    /// What it came in.
    pub(super) kind: String,
    /// Whether a program can take it as it is.
    pub(super) machine_readable: bool,
    /// Why only a part of it is there, if so.
    pub(super) cut: Option<String>,
    /// Where its header stands.
    pub(super) evidence: Evidence,
}

/// What takes the rows of a table, each with the number of its record; 0 where none can be pointed at.
type Each<'a> = &'a mut dyn FnMut(u64, &[String]);

impl Table {
    /// The table at `at` of those in a file or page.
    pub(super) fn of_file(
        captures: &Captures<'_>,
        capture: &Arc<Capture>,
        held: &Arc<Tables>,
        at: usize,
        about: &str,
    ) -> Self {
        let kind = kind::of(captures, capture);
        let records = matches!(kind, Kind::Csv | Kind::Tsv);
        let answered = capture.answered().ok();
        let path = answered.map(|answered| answered.url.path()).unwrap_or_default();
        let path = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
        let mut cut = answered
            .and_then(|answered| answered.body.cut)
            .map(|_| "only the beginning of the file came in".to_owned());
        if records && let Ok(table) = &*table::of(captures, capture) {
            let broken = table.broken.as_ref();
            let broken = broken.map(|broken| format!("reading ended at line {}: {}", broken.line, broken.cause));
            cut = cut.or(broken);
        }
        let mut table = Self {
            capture: capture.clone(),
            held: held.clone(),
            at,
            further: Vec::new(),
            records,
            about: String::new(),
            kind: kind.to_string(),
            machine_readable: kind != Kind::Html,
            cut,
            evidence: Evidence::new(&capture.id, Locus::Exchange, ""),
        };
        let own = table.held();
        let name = if kind == Kind::Html { "" } else { own.name.as_str() };
        let header = own.header.iter().find(|name| !name.is_empty());
        let locus = match kind {
            Kind::Html => Some(Locus::Selector(own.name.clone())),
            _ => records.then(|| Locus::Row(own.first.saturating_sub(1))),
        };
        let evidence = locus.zip(header).map(|(locus, header)| Evidence::new(&capture.id, locus, header));
        let about = format!("{about} {path} {name}");
        table.evidence = evidence.unwrap_or(table.evidence);
        table.about = about;
        table
    }

    /// The rows that an interface gives out; none where there are none.
    pub(super) fn of_interface(captures: &Captures<'_>, api: &RowApi, whole: Whole, about: &str) -> Option<Self> {
        let mut pages = whole.pages.into_iter();
        let (capture, held) = pages.next()?;
        let header =
            held.as_ref().as_ref().ok()?.first().filter(|table| !table.rows.is_empty())?.header.first().cloned();
        let records = kind::of(captures, &capture) == Kind::Csv;
        let place = header.filter(|_| records).map(|header| Evidence::new(&capture.id, Locus::Row(1), header));
        Some(Self {
            evidence: place.unwrap_or_else(|| Evidence::new(&capture.id, Locus::Exchange, "")),
            capture,
            held,
            at: 0,
            further: pages.map(|(_, held)| held).collect(),
            records,
            about: format!("{about} {}", api.at.path()),
            kind: format!("rows of {}", api.style),
            machine_readable: true,
            cut: whole.cut,
        })
    }

    /// Its header and first rows.
    pub(super) fn held(&self) -> &Held {
        match &*self.held {
            Ok(tables) => &tables[self.at],
            Err(cause) => panic!("invariant: what could not be read is no table: {cause}"),
        }
    }

    /// Hands over every row; an error says where the reading ended.
    pub(super) fn each(&self, captures: &Captures<'_>, take: Each<'_>) -> Result<(), String> {
        let held = self.held();
        if held.more && self.records && self.further.is_empty() {
            let charset = self.capture.answered().ok().and_then(|answered| answered.headers.charset());
            return rows::each(&captures.body(&self.capture)?, charset, held.first, take);
        }
        for (at, row) in held.rows.iter().enumerate() {
            take(if self.records { held.record(at) } else { 0 }, row);
        }
        for page in self.further.iter().filter_map(|page| page.as_ref().as_ref().ok()).flatten() {
            let places: Vec<Option<usize>> =
                held.header.iter().map(|name| page.header.iter().position(|other| other == name)).collect();
            for row in &page.rows {
                let cell = |place: &Option<usize>| place.and_then(|at| row.get(at)).cloned().unwrap_or_default();
                take(0, &places.iter().map(cell).collect::<Vec<String>>());
            }
        }
        if held.more { Err(format!("only the first {} rows of the table were read", held.rows.len())) } else { Ok(()) }
    }

    /// A record of it as evidence, where records can be pointed at.
    pub(super) fn record(&self, record: u64) -> Option<Evidence> {
        (self.records && record > 0).then(|| Evidence::new(&self.capture.id, Locus::Row(record), ""))
    }
}
