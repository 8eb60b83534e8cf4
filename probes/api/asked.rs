//! What one interface says when it is asked for two pages of rows, and for rows of one value.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::capture::{Capture, Captures, Need, Request};
use crate::finding::{Evidence, Locus};
use crate::json;
use crate::obstacle::{self, Barrier};
use crate::row_api::{Filter, PAGE, RowApi, Rows};
use crate::sample::{self, Life};

/// Whether an interface does one of its tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// It was seen to.
    Shown,
    /// It was seen not to; what was seen.
    Fails(String),
    /// It asks for a login or a token first.
    Walled(String),
    /// Neither was seen, and why.
    Unseen(String),
}

/// What was asked of one interface.
pub(super) struct Asked {
    /// Whether it gives out rows.
    pub(super) answers: Part,
    /// Whether its second page is another than its first.
    pub(super) paged: Part,
    /// Whether a condition keeps other rows away.
    pub(super) filtered: Part,
    /// What shows it.
    pub(super) evidence: Vec<Evidence>,
}

/// Asks on, where the first page holds rows.
pub(super) fn ask(captures: &Captures<'_>, api: &RowApi, first: &Arc<Capture>) -> Result<Asked, Need> {
    let (rows, evidence) = match rows(captures, api, first)? {
        Ok(rows) => rows,
        Err((part, evidence)) => {
            let evidence = vec![evidence];
            return Ok(Asked { answers: part.clone(), paged: part.clone(), filtered: part, evidence });
        }
    };
    let mut evidence = vec![evidence];
    if rows.rows.is_empty() {
        let none = || Part::Unseen("its table has no rows".to_owned());
        return Ok(Asked { answers: Part::Shown, paged: none(), filtered: none(), evidence });
    }
    let on_like_grounds = |url| Request { url, ..first.request.clone() };
    let filter = Filter::from(api.style, &rows);
    let second = captures.get(&on_like_grounds(api.page(PAGE)));
    let some = filter.as_ref().map(|filter| captures.get(&on_like_grounds(api.filtered(filter)))).transpose();
    let (second, some) = match (second, some) {
        (Ok(second), Ok(some)) => (second, some),
        (second, some) => {
            let mut need = Need::default();
            need.merge(second.err().unwrap_or_default());
            need.merge(some.err().unwrap_or_default());
            return Err(need);
        }
    };
    let further = |capture: &Arc<Capture>, evidence: &mut Vec<Evidence>| -> Result<Result<Rows, Part>, Need> {
        evidence.push(Evidence::new(&capture.id, Locus::Exchange, ""));
        Ok(match self::rows(captures, api, capture)? {
            Ok((rows, _)) => Ok(rows),
            // The first page is there, so what a further question meets is its own fault or ours.
            Err((Part::Fails(what), _)) => Err(Part::Unseen(what)),
            Err((part, _)) => Err(part),
        })
    };
    let paged = match further(&second, &mut evidence)? {
        Ok(second) => pages(&rows, &second),
        Err(part) => part,
    };
    let filtered = match (filter, some) {
        (Some(filter), Some(some)) => match further(&some, &mut evidence)? {
            Ok(some) => filters(&filter, &rows, &some),
            Err(part) => part,
        },
        _ => Part::Unseen("no column of its first row holds plain words to ask for".to_owned()),
    };
    Ok(Asked { answers: Part::Shown, paged, filtered, evidence })
}

/// The rows that answer, or what became of the question; and what shows it.
type Answer = Result<(Rows, Evidence), (Part, Evidence)>;

/// What an interface answered.
fn rows(captures: &Captures<'_>, api: &RowApi, capture: &Arc<Capture>) -> Result<Answer, Need> {
    if let Some(wall) = obstacle::of(captures, capture).filter(|wall| wall.barrier == Barrier::Login) {
        return Ok(Err((Part::Walled(wall.to_string()), wall.evidence)));
    }
    let (life, evidence) = sample::life(captures, capture)?;
    let part = match life {
        Life::Dead(how) => Part::Fails(how),
        Life::Unseen(cause) => Part::Unseen(cause),
        Life::Alive => match json::of(captures, capture).as_ref() {
            Ok(answer) => match Rows::of(api.style, answer) {
                Ok(rows) => return Ok(Ok((rows, evidence))),
                Err(what) => Part::Unseen(what),
            },
            Err(cause) => Part::Unseen(format!("its answer is no JSON: {cause}")),
        },
    };
    Ok(Err((part, evidence)))
}

/// Whether the pages are pages: no longer than asked for, and the second another than the first.
fn pages(first: &Rows, second: &Rows) -> Part {
    let most = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let (rows, further) = (&first.rows, &second.rows);
    if rows.len() > most {
        return Part::Fails(format!("asked for {PAGE} rows, it gives {}", rows.len()));
    }
    if rows.len() < most && further.is_empty() {
        return Part::Unseen(format!("its table has only {} rows: one page", rows.len()));
    }
    if further.is_empty() {
        return match first.total {
            Some(total) if total > PAGE => Part::Fails(format!("of {total} rows, its second page holds none")),
            _ => Part::Unseen(format!("it gives no row beyond the first {PAGE}, and there may be none")),
        };
    }
    if rows != further {
        return Part::Shown;
    }
    // Where rows are alike, so may be pages.
    let different: BTreeSet<String> =
        rows.iter().map(|row| serde_json::Value::Object(row.clone()).to_string()).collect();
    if different.len() == rows.len() && rows.len() > 1 {
        Part::Fails("its second page is the same as its first".to_owned())
    } else {
        Part::Unseen("its rows are alike, so that its pages cannot be told apart".to_owned())
    }
}

/// Whether the condition did what it says.
fn filters(filter: &Filter, unfiltered: &Rows, some: &Rows) -> Part {
    let asked = format!("{} = {}", filter.field, filter.value);
    if some.rows.is_empty() {
        return Part::Unseen(format!("asked for {asked}, it gives no row, though its first row has that value"));
    }
    if some.rows.iter().all(|row| filter.passes(row)) {
        return Part::Shown;
    }
    if some.rows == unfiltered.rows {
        return Part::Fails(format!("asked for {asked}, it gives the same rows as without"));
    }
    Part::Unseen(format!("asked for {asked}, it gives other rows too"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rows(values: &[i64], total: Option<u64>) -> Rows {
        let row = |value: &i64| json!({"n": value, "ward": format!("w{value}")}).as_object().unwrap().clone();
        Rows { rows: values.iter().map(row).collect(), total, ..Rows::default() }
    }

    #[test]
    fn a_second_page_that_is_the_first_shows_that_nothing_is_paged() {
        let first = rows(&[1, 2, 3, 4, 5], None);
        assert_eq!(pages(&first, &rows(&[6], None)), Part::Shown);
        assert!(matches!(pages(&first, &first), Part::Fails(_)));
        let alike = rows(&[1, 1, 1, 1, 1], None);
        assert!(matches!(pages(&alike, &alike), Part::Unseen(_)));
        assert!(matches!(pages(&rows(&[1, 2, 3, 4, 5, 6], None), &first), Part::Fails(_)));
    }

    #[test]
    fn a_table_of_one_page_shows_nothing() {
        assert!(matches!(pages(&rows(&[1, 2], Some(2)), &rows(&[], None)), Part::Unseen(_)));
        assert!(matches!(pages(&rows(&[1, 2, 3, 4, 5], None), &rows(&[], None)), Part::Unseen(_)));
        assert!(matches!(pages(&rows(&[1, 2, 3, 4, 5], Some(9)), &rows(&[], None)), Part::Fails(_)));
    }

    #[test]
    fn a_condition_must_keep_other_rows_away() {
        let filter = Filter { field: "ward".to_owned(), value: json!("W1") };
        let all = rows(&[1, 2, 3], None);
        assert_eq!(filters(&filter, &all, &rows(&[1, 1], None)), Part::Shown);
        assert!(matches!(filters(&filter, &all, &all), Part::Fails(_)));
        assert!(matches!(filters(&filter, &all, &rows(&[1, 3], None)), Part::Unseen(_)));
        assert!(matches!(filters(&filter, &all, &rows(&[], None)), Part::Unseen(_)));
    }
}
