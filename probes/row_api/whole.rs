//! All rows of a dataset, page by page.

use std::sync::Arc;

use serde_json::Value;
use url::Url;

use super::{RowApi, Rows, Style, with_path};
use crate::capture::{Capture, Captures, Need, Request};
use crate::dates;
use crate::finding::{Evidence, Locus};
use crate::json;
use crate::obstacle;
use crate::rows::{self, Held, Tables};

/// The most pages that are asked for.
const PAGES: usize = 30;

/// The rows of a dataset, page by page; the first page is there.
pub struct Whole {
    /// Each page with its table.
    pub pages: Vec<(Arc<Capture>, Arc<Tables>)>,
    /// Why there are more rows than these, if so.
    pub cut: Option<String>,
}

/// A page: its table, how many rows that has, and whether there are more behind it.
struct Page {
    tables: Arc<Tables>,
    rows: u64,
    more: bool,
}

/// All rows that `api` gives out, asked for on the grounds of `like`; an error says why its first page could not be seen.
pub fn whole(captures: &Captures<'_>, api: &RowApi, like: &Request) -> Result<Result<Whole, (String, Evidence)>, Need> {
    let mut whole = Whole { pages: Vec::new(), cut: None };
    let mut behind = 0;
    while whole.pages.len() < PAGES {
        let capture = captures.get(&Request { url: api.batch(behind), ..like.clone() })?;
        match page(captures, api, &capture, behind)? {
            Ok(Page { tables, rows, more }) => {
                behind += rows;
                whole.pages.push((capture, tables));
                if !more || rows == 0 {
                    return Ok(Ok(whole));
                }
            }
            Err((cause, _)) if behind > 0 => {
                whole.cut = Some(format!("behind {behind} rows {cause}"));
                return Ok(Ok(whole));
            }
            Err(unseen) => return Ok(Err(unseen)),
        }
    }
    whole.cut = Some(format!("only the first {behind} rows were asked for"));
    Ok(Ok(whole))
}

fn page(
    captures: &Captures<'_>,
    api: &RowApi,
    capture: &Arc<Capture>,
    behind: u64,
) -> Result<Result<Page, (String, Evidence)>, Need> {
    let unseen = |cause: String| (cause, Evidence::new(&capture.id, Locus::Exchange, ""));
    if let Some(obstacle) = obstacle::of(captures, capture) {
        return Ok(Err((obstacle.to_string(), obstacle.evidence)));
    }
    if let Err(cause) = capture.success() {
        return Ok(Err(unseen(cause)));
    }
    if matches!(api.style, Style::Soda | Style::Explore) {
        let tables = rows::of(captures, capture)?;
        let rows = match &*tables {
            Ok(tables) => tables.first().map_or(0, |table| table.rows.len()) as u64,
            Err(cause) => return Ok(Err(unseen(cause.clone()))),
        };
        let more = api.style == Style::Soda && rows >= api.most();
        return Ok(Ok(Page { tables, rows, more }));
    }
    let answer = json::of(captures, capture);
    let answer = match &*answer {
        Ok(answer) => answer,
        Err(cause) => return Ok(Err(unseen(format!("its answer is no JSON: {cause}")))),
    };
    let mut given = match Rows::of(api.style, answer) {
        Ok(given) => given,
        Err(cause) => return Ok(Err(unseen(cause))),
    };
    given.write_dates();
    let rows = given.rows.len() as u64;
    let more = given.more || given.total.map_or(rows >= api.most(), |total| behind + rows < total);
    let held = Held::of_records(&given.rows.iter().collect::<Vec<_>>());
    Ok(Ok(Page { tables: Arc::new(Ok(held.into_iter().collect())), rows, more }))
}

impl Rows {
    /// Writes the days that a feature service gives as numbers as dates.
    fn write_dates(&mut self) {
        let dated = |(name, kind): (&String, &String)| (kind == "esriFieldTypeDate").then(|| name.clone());
        let names: Vec<String> = self.types.iter().filter_map(dated).collect();
        let day = |number: &Value| Some(Value::String(dates::epoch(number.as_i64()?)?.to_string()));
        for row in &mut self.rows {
            for name in &names {
                if let Some(day) = row.get(name).and_then(day) {
                    row.insert(name.clone(), day);
                }
            }
        }
    }
}

impl RowApi {
    /// The most rows that a page is asked for: as many as servers give out and an answer may be long.
    fn most(&self) -> u64 {
        match self.style {
            Style::Soda => 10_000,
            Style::Datastore => 5000,
            Style::FeatureService => 2000,
            Style::DatastoreQuery => 500,
            // It has an export of everything.
            Style::Explore => u64::MAX,
        }
    }

    /// The address of a large page behind `offset` rows.
    fn batch(&self, offset: u64) -> Url {
        if self.style == Style::Explore {
            let all = with_path(&self.at, &self.at.path().replace("/records", "/exports/csv"));
            return Self { style: self.style, at: all }.asking("use_labels=true");
        }
        let at = match self.style {
            // A table without the overhead of names in every row.
            Style::Soda => with_path(&self.at, &self.at.path().replace(".json", ".csv")),
            _ => self.at.clone(),
        };
        Self { style: self.style, at }.page_of(self.most(), offset)
    }
}
