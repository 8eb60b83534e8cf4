//! All rows of a dataset, page by page.

use std::sync::Arc;

use url::Url;

use super::{RowApi, Style, with_path};
use crate::capture::{Capture, Captures, Need, Request};
use crate::finding::{Evidence, Locus};
use crate::obstacle;
use crate::rows::{self, Tables};

/// How many rows a page is asked for.
const BATCH: u64 = 10_000;
/// The most pages that are asked for.
const PAGES: u64 = 30;

/// The rows of a dataset, page by page; the first page is there.
pub struct Whole {
    /// Each page with its table.
    pub pages: Vec<(Arc<Capture>, Arc<Tables>)>,
    /// Why there are more rows than these, if so.
    pub cut: Option<String>,
}

/// All rows that `api` gives out, asked for on the grounds of `like`; an error says why its first page could not be seen.
pub fn whole(captures: &Captures<'_>, api: &RowApi, like: &Request) -> Result<Result<Whole, (String, Evidence)>, Need> {
    let mut whole = Whole { pages: Vec::new(), cut: None };
    for page in 0..PAGES {
        let capture = captures.get(&Request { url: api.batch(page * BATCH), ..like.clone() })?;
        let unseen = match obstacle::of(captures, &capture) {
            Some(obstacle) => Some((obstacle.to_string(), obstacle.evidence)),
            None => capture.success().err().map(|cause| (cause, Evidence::new(&capture.id, Locus::Exchange, ""))),
        };
        let held = match unseen {
            None => rows::of(captures, &capture)?,
            Some((cause, _)) if page > 0 => {
                whole.cut = Some(format!("behind {} rows {cause}", page * BATCH));
                break;
            }
            Some(unseen) => return Ok(Err(unseen)),
        };
        let rows = match &*held {
            Ok(tables) => tables.first().map_or(0, |table| table.rows.len()) as u64,
            Err(cause) if page > 0 => {
                whole.cut = Some(format!("behind {} rows {cause}", page * BATCH));
                break;
            }
            Err(cause) => return Ok(Err((cause.clone(), Evidence::new(&capture.id, Locus::Exchange, "")))),
        };
        whole.pages.push((capture, held));
        if rows < BATCH {
            return Ok(Ok(whole));
        }
    }
    whole.cut = whole.cut.or_else(|| Some(format!("only the first {} rows were asked for", PAGES * BATCH)));
    Ok(Ok(whole))
}

impl RowApi {
    /// The address of a large page behind `offset` rows.
    fn batch(&self, offset: u64) -> Url {
        match self.style {
            // A table without the overhead of names in every row.
            Style::Soda => {
                let at = with_path(&self.at, &self.at.path().replace(".json", ".csv"));
                Self { style: self.style, at }.asking(&format!("$limit={BATCH}&$offset={offset}&$order=:id"))
            }
            _ => self.page(offset),
        }
    }
}
