//! The cities, and a city's history.

use std::fmt::Write as _;

use minijinja::{Value, context};
use url::form_urlencoded;

use super::super::missing::Missing;
use super::audit::regular;
use super::fill;
use crate::criteria::Scheme;
use crate::criteria::verdict::{Standing, points};
use crate::report::{html, text};
use crate::store::{Cell, City, Column, KeptRun, Line, Matrix, Store};
use crate::submission::DEFAULT_SCHEME;

/// Cities on one page.
const CITIES: usize = 50;
/// Runs on one page: as many as a telephone shows side by side.
const RUNS: usize = 12;

/// A page of the cities whose name holds these words, by name.
pub(in super::super) async fn cities(store: &Store, name: &str, page: usize, token: &str) -> Result<String, Missing> {
    let cities = store.cities_named(name, (page - 1) * CITIES, CITIES).await?;
    let all = store.how_many_cities_named(name).await?;
    let rows: Vec<Value> = cities
        .iter()
        .map(|City { runs, latest }| context! { runs, city => &latest.run.city, id => &latest.run.city_id, ..result(latest) })
        .collect();
    // Kept from one part of the list to the next.
    let more: String = form_urlencoded::Serializer::new(String::new()).append_pair("name", name).finish() + "&";
    let (waiting, schemes, chosen) = (store.never_audited().await?, Scheme::bundled_names(), DEFAULT_SCHEME);
    let pager = pager(page, CITIES, all);
    fill("bench/cities.html", context! { rows, all, name, more, waiting, schemes, chosen, token, ..pager })
}

/// How a city's criteria stood, run by run.
pub(in super::super) async fn city(store: &Store, city: &str, page: usize, token: &str) -> Result<String, Missing> {
    let Matrix { columns, lines } = store.matrix(city, (page - 1) * RUNS, RUNS).await?;
    let watched = store.watched(city).await?;
    let named = watched.as_ref().map(|watched| &watched.submission.city);
    let latest = columns.first();
    let name = latest.map(|latest| &latest.run.city).or(named).ok_or(Missing::Nothing)?;
    let all = store.how_many_runs(city).await?;
    let mut groups: Vec<(&str, Vec<Value>)> = Vec::new();
    for line in &lines {
        let row = context! { code => &line.code, title => &line.title, cells => cells(line, &columns) };
        match groups.iter_mut().find(|(category, _)| *category == line.category) {
            Some((_, rows)) => rows.push(row),
            None => groups.push((&line.category, vec![row])),
        }
    }
    let groups: Vec<Value> = groups.into_iter().map(|(category, rows)| context! { category, rows }).collect();
    fill(
        "bench/city.html",
        context! {
            id => city, city => name, all, groups, latest => latest.map(result), token,
            scheme => latest.map(|latest| &latest.title), regular => regular(store, city, watched.as_ref()).await?,
            columns => columns.iter().map(result).collect::<Vec<_>>(), ..pager(page, RUNS, all)
        },
    )
}

/// A criterion's cells as the page has them, run by run. A page has hundreds, and a template took most of its time over them.
fn cells(line: &Line, columns: &[Column]) -> Value {
    let (scheme, code) = (html::escaped(&line.scheme), html::escaped(&line.code));
    let mut written = String::with_capacity(columns.len() * 400);
    for (cell, column) in line.cells.iter().zip(columns) {
        let Some(Cell { standing, changed, last_seen }) = *cell else {
            written.push_str("<td></td>\n");
            continue;
        };
        let (mark, mut class, mut says) = (standing.name(), String::new(), text::standing(standing).to_owned());
        if let Some(on) = last_seen {
            class.push_str(" last-seen");
            says = format!("{says}, last seen on {on}");
        }
        if changed == Some(true) {
            class.push_str(" changed");
            says.push_str(", otherwise than before");
        }
        let KeptRun { id, as_of, .. } = &column.run;
        let _ = writeln!(
            written,
            "<td><a class=\"s-{mark}{class}\" href=\"/runs/{id}/criteria/{scheme}/{code}\" title=\"{code}, {as_of}: {says}\">\
             <svg class=\"mark\" aria-hidden=\"true\" focusable=\"false\"><use href=\"#s-{mark}\"/></svg>\
             <span class=\"hidden\">{says}</span></a></td>"
        );
    }
    Value::from_safe_string(written)
}

/// A run's result in figures, and its parts of a bar.
fn result(column: &Column) -> Value {
    let all = column.criteria.max(1) as f64;
    let mut from = 0.0;
    let counts: Vec<Value> = [
        (Standing::Met, column.met),
        (Standing::NeedsReview, column.needs_review),
        (Standing::NotMet, column.not_met),
        (Standing::NothingOffered, column.nothing_offered),
    ]
    .into_iter()
    .map(|(standing, criteria)| {
        let width = criteria as f64 / all * 100.0;
        let (from_here, standing) = (from, standing.name());
        from += width;
        context! { standing, criteria, from => format!("{from_here:.2}"), width => format!("{width:.2}") }
    })
    .collect();
    let run = &column.run;
    context! {
        counts, run => &run.id, as_of => run.as_of.to_string(), criteria => column.criteria,
        sure => points(column.points_sure), possible => points(column.points_possible),
        last_seen => column.last_seen.iter().map(|it| it.code.clone()).collect::<Vec<_>>(),
    }
}

/// Where the parts before and after this one are.
pub(super) fn pager(page: usize, most: usize, all: usize) -> Value {
    let pages = all.div_ceil(most).max(1);
    context! { page, pages, before => (page > 1).then_some(page - 1), after => (page < pages).then_some(page + 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_scheme_calls_itself_stays_text_in_a_cell() {
        let run = KeptRun {
            id: "ab12".to_owned(),
            city_id: String::new(),
            city: String::new(),
            as_of: jiff::civil::date(2026, 3, 2),
            tool: String::new(),
            started: None,
            finished: None,
        };
        let [edition, scheme, title] = [const { String::new() }; 3];
        let (criteria, met, not_met, needs_review, nothing_offered) = (1, 1, 0, 0, 0);
        let column = Column {
            run,
            edition,
            scheme,
            title,
            criteria,
            met,
            not_met,
            needs_review,
            nothing_offered,
            points_sure: 0.0,
            points_possible: 0.0,
            last_seen: Vec::new(),
        };
        let cell = Cell { standing: Standing::Met, changed: Some(true), last_seen: Some(column.run.as_of) };
        let line = Line {
            scheme: "a\"><script>".to_owned(),
            code: "<b>\u{202e}1".to_owned(),
            title: String::new(),
            category: String::new(),
            cells: vec![Some(cell), None],
        };
        let written = cells(&line, &[column.clone(), column]).to_string();
        assert_eq!(written.matches("<td>").count(), 2);
        assert!(
            !written.contains("<script>") && !written.contains("<b>") && !written.contains('\u{202e}'),
            "{written}"
        );
        assert!(written.contains("class=\"s-met last-seen changed\""), "{written}");
        assert!(written.contains("\u{27e8}U+202E\u{27e9}1, 2026-03-02: met, last seen on 2026-03-02"), "{written}");
    }
}
