//! The rows behind the figures: a page for each criterion, and one for each probe.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::page::{criterion_rows, probe_rows};
use super::read::{FactRow, Read, StandingRow};
use crate::report::text::points;

/// The standings in the order in which they are told.
const STANDINGS: [&str; 4] = ["met", "not-met", "needs-review", "nothing-offered"];

/// A page of rows, and where it belongs.
#[derive(Serialize)]
pub(super) struct RowsPage {
    #[serde(skip)]
    pub(super) path: String,
    title: String,
    about: String,
    /// Of a criterion: itself and its clauses.
    questions: Vec<Question>,
    /// Of a probe: what it found.
    findings: Vec<Findings>,
}

#[derive(Serialize)]
struct Question {
    code: String,
    says: String,
    /// By standing: the cities that stand so.
    groups: Vec<(&'static str, Vec<CityRow>)>,
}

#[derive(Serialize)]
struct CityRow {
    city: String,
    reason: String,
    /// Where the city's own report tells of it.
    opens: Option<String>,
}

#[derive(Serialize)]
struct Findings {
    code: String,
    answer: String,
    means: String,
    facts: Vec<String>,
    rows: Vec<FindingRow>,
}

#[derive(Serialize)]
struct FindingRow {
    city: String,
    url: String,
    opens: Option<String>,
    /// A cell for each fact.
    cells: Vec<String>,
}

/// Every page of rows.
pub(super) fn pages(read: &Read) -> Vec<RowsPage> {
    let schemes = read.package.criteria.iter().enumerate();
    let criteria = schemes.flat_map(|(at, scheme)| of_scheme(read, at, &scheme.id));
    criteria.chain(of_probes(read)).collect()
}

/// The address of a place in a city's report, if it lies there.
fn opens(read: &Read, city: &str, place: &str) -> Option<String> {
    read.reported.contains(city).then(|| format!("../../cities/{city}/report.html#{place}"))
}

fn of_scheme(read: &Read, at: usize, scheme: &str) -> Vec<RowsPage> {
    // How a city's report marks the criteria of its further schemes.
    let mark = if at == 0 { String::new() } else { format!("{at}:") };
    let mut order = Vec::new();
    let mut asked: BTreeMap<(&str, &str), Vec<&StandingRow>> = BTreeMap::new();
    let all = read.criteria.iter().chain(&read.clauses).filter(|row| row.scheme == scheme);
    for row in all {
        let key = (&*row.criterion, &*row.clause);
        asked.entry(key).or_insert_with(|| {
            order.push(key);
            Vec::new()
        });
        if let Some(rows) = asked.get_mut(&key) {
            rows.push(row);
        }
    }
    let question = |(criterion, clause): (&str, &str)| {
        let (kind, within, code, place) =
            if clause.is_empty() { ("criterion", scheme, criterion, 'c') } else { ("clause", criterion, clause, 'k') };
        let row = |row: &&StandingRow| CityRow {
            city: read.name(&row.city_id),
            reason: row.reason.clone(),
            opens: opens(read, &row.city_id, &format!("{place}-{mark}{}", crate::report::html::anchor(code))),
        };
        let of = |standing: &'static str| {
            let rows = asked[&(criterion, clause)].iter().filter(|row| row.standing == standing);
            (standing, rows.map(row).collect::<Vec<_>>())
        };
        let groups = STANDINGS.map(of).into_iter().filter(|(_, rows)| !rows.is_empty()).collect();
        Question { code: code.to_owned(), says: read.means(kind, within, code), groups }
    };
    let criteria: Vec<&str> =
        order.iter().filter(|(_, clause)| clause.is_empty()).map(|(criterion, _)| *criterion).collect();
    let page = |criterion: &str| RowsPage {
        path: criterion_rows(scheme, criterion),
        title: format!("{criterion} {}", read.means("criterion", scheme, criterion)),
        about: "A row for each city: how it stands, and why.".to_owned(),
        questions: order.iter().filter(|(of, _)| *of == criterion).map(|key| question(*key)).collect(),
        findings: Vec::new(),
    };
    criteria.into_iter().map(page).collect()
}

fn of_probes(read: &Read) -> Vec<RowsPage> {
    let mut probes: BTreeMap<&str, BTreeMap<(&str, &str), Vec<&FactRow>>> = BTreeMap::new();
    for row in &read.facts {
        probes.entry(&row.probe).or_default().entry((&row.code, &row.answer)).or_default().push(row);
    }
    let page = |(probe, found): (&str, BTreeMap<(&str, &str), Vec<&FactRow>>)| RowsPage {
        path: probe_rows(probe),
        title: format!("{probe}: {}", read.means("probe", probe, probe)),
        about: "A row for each finding. Lists and tables stand in the cities' own reports.".to_owned(),
        questions: Vec::new(),
        findings: found.into_iter().map(|((code, answer), rows)| findings(read, probe, code, answer, &rows)).collect(),
    };
    probes.into_iter().map(page).collect()
}

fn findings(read: &Read, probe: &str, code: &str, answer: &str, rows: &[&FactRow]) -> Findings {
    let shown = |row: &&&FactRow| row.fact.is_some() && !matches!(&*row.kind, "list" | "table");
    let facts: BTreeSet<&str> = rows.iter().filter(shown).filter_map(|row| row.fact.as_deref()).collect();
    let facts: Vec<&str> = facts.into_iter().collect();
    let mut found: Vec<FindingRow> = Vec::new();
    let mut at: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for row in rows {
        let place = *at.entry((&row.city_id, &row.finding)).or_insert_with(|| {
            found.push(FindingRow {
                city: read.name(&row.city_id),
                url: row.url.clone().unwrap_or_default(),
                opens: opens(read, &row.city_id, &format!("f-{}", row.finding)),
                cells: vec![String::new(); facts.len()],
            });
            found.len() - 1
        });
        if let Some(column) = row.fact.as_deref().and_then(|fact| facts.iter().position(|known| *known == fact)) {
            found[place].cells[column] = cell(row);
        }
    }
    Findings {
        code: code.to_owned(),
        answer: answer.to_owned(),
        means: read.means("finding", probe, code),
        facts: facts.into_iter().map(str::to_owned).collect(),
        rows: found,
    }
}

/// A fact in words: a share with its interval and its n.
fn cell(row: &FactRow) -> String {
    match (&*row.kind, row.number, row.n) {
        ("share", Some(share), Some(n)) => {
            let percent = |share: f64| points((share * 1000.0).round() / 10.0);
            let ends = row.low.zip(row.high).filter(|(low, high)| low < high);
            let ends = ends.map(|(low, high)| format!("{} to {}, ", percent(low), percent(high))).unwrap_or_default();
            format!("{} % ({ends}n {n})", percent(share))
        }
        _ => row.value.clone(),
    }
}
