//! What the templates fill in: the report, with everything they would have to look up already in place.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use probes::finding::{Answer, Fact, Finding};
use probes::probe::Target;
use serde::Serialize;

use super::super::chart::{Chart, charts};
use super::super::model::{ByScheme, CaptureRow, Fix, Report, Robots, SchemeRef, Summary, Tool};
use super::super::text::{self, standing_name};
use super::super::view::View;
use crate::criteria::verdict::{Shows, Standing, Verdict};
use crate::submission::Link;

#[derive(Serialize)]
pub(super) struct Page<'a> {
    report: Head<'a>,
    robots: Option<Robots>,
    /// The findings held against the submission's own scheme.
    held: Held<'a>,
    further: Vec<Held<'a>>,
    links: Vec<LinkRow<'a>>,
    /// Findings by id.
    found: BTreeMap<&'a str, Found<'a>>,
    by_target: Vec<Group<'a>>,
    captures: Vec<CaptureView<'a>>,
}

/// What the page says of the report as a whole: the long lists stand beside it, each once.
#[derive(Serialize)]
struct Head<'a> {
    tool: &'a Tool,
    city: &'a str,
    date: Option<Date>,
    as_of: Date,
}

/// The findings held against one scheme.
#[derive(Serialize)]
struct Held<'a> {
    /// What stands before its codes in the names of places, so that schemes do not meet.
    mark: String,
    scheme: &'a SchemeRef,
    standing: &'a Summary,
    first: &'a [Fix],
    counts: Vec<Count>,
    categories: Vec<Category<'a>>,
    /// For each clause the findings that no link of it accounts for.
    loose: BTreeMap<&'a str, Vec<&'a str>>,
    /// For each clause with a lead, how often such leads were right.
    measured: BTreeMap<&'a str, String>,
}

/// How many criteria stand so, and where their part of the bar lies.
#[derive(Serialize)]
struct Count {
    standing: &'static str,
    criteria: usize,
    from: String,
    width: String,
}

#[derive(Serialize)]
struct Category<'a> {
    name: &'a str,
    criteria: Vec<&'a Verdict>,
    met: usize,
}

#[derive(Serialize)]
struct LinkRow<'a> {
    number: usize,
    link: &'a Link,
    /// The first finding about it, in report order: the state it is in.
    state: Option<&'a str>,
    shows: usize,
    shows_not: usize,
    unsure: usize,
}

#[derive(Serialize)]
struct Found<'a> {
    id: &'a str,
    probe: &'a str,
    question: Option<&'a str>,
    code: &'a str,
    answer: Answer,
    sentence: String,
    fix: Option<&'a str>,
    facts: Vec<FactView<'a>>,
    /// Whether any of them is drawn.
    drawn: bool,
    evidence: Vec<Quoted<'a>>,
    rests_on: Vec<&'a str>,
}

#[derive(Serialize)]
struct FactView<'a> {
    name: &'a str,
    text: String,
    columns: Vec<&'a str>,
    /// Shown as a table.
    rows: Vec<Vec<&'a str>>,
    /// Whether there are more than those.
    cut: bool,
    /// The same as bars, as the probe wants it drawn.
    charts: Vec<ChartView<'a>>,
}

#[derive(Serialize)]
struct ChartView<'a> {
    chart: Chart<'a>,
    told: String,
}

#[derive(Serialize)]
struct Quoted<'a> {
    capture: &'a str,
    place: String,
    /// The address that opens it there.
    opens: Option<String>,
    quote: &'a str,
}

/// The findings about one target.
#[derive(Serialize)]
struct Group<'a> {
    target: &'a str,
    url: Option<&'a str>,
    findings: Vec<&'a str>,
}

#[derive(Serialize)]
struct CaptureView<'a> {
    row: &'a CaptureRow,
    failure: Option<String>,
    /// How the page looked, in a URL that holds the picture itself.
    picture: Option<String>,
}

impl<'a> Page<'a> {
    pub(super) fn of(report: &'a Report, view: &View<'a>) -> Self {
        let mut judged = report.by_scheme().enumerate().map(|(at, by)| Held::of(at, by));
        let Some(held) = judged.next() else { panic!("invariant: a report has a scheme") };
        Self {
            report: Head {
                tool: &report.tool,
                city: &report.submission.city,
                date: report.submission.date,
                as_of: report.as_of,
            },
            robots: report.robots,
            held,
            further: judged.collect(),
            links: report.submission.links.iter().enumerate().map(|(at, link)| link_row(report, at, link)).collect(),
            found: report.findings.iter().map(|finding| (finding.id.as_str(), found(finding, view))).collect(),
            by_target: by_target(report, view),
            captures: report
                .captures
                .iter()
                .map(|row| CaptureView {
                    row,
                    failure: row.failure.as_ref().map(ToString::to_string),
                    picture: view.picture(&row.id).map(str::to_owned),
                })
                .collect(),
        }
    }
}

impl<'a> Held<'a> {
    fn of(at: usize, by: ByScheme<'a>) -> Self {
        let ByScheme { scheme, standing, first, verdicts, measured } = by;
        let loose = verdicts.iter().flat_map(|verdict| &verdict.clauses).map(|clause| {
            let told: BTreeSet<&String> = clause.links.iter().flat_map(|link| &link.findings).collect();
            let rest = clause.findings.iter().filter(|id| !told.contains(id)).map(String::as_str);
            (clause.id.as_str(), rest.collect())
        });
        Self {
            mark: if at == 0 { String::new() } else { format!("{at}:") },
            scheme,
            standing,
            first,
            counts: counts(standing),
            categories: categories(verdicts),
            loose: loose.collect(),
            measured: verdicts
                .iter()
                .flat_map(|verdict| &verdict.clauses)
                .filter(|clause| clause.lead.is_some())
                .map(|clause| (clause.id.as_str(), text::measured(measured.get(&clause.id))))
                .collect(),
        }
    }
}

fn counts(s: &Summary) -> Vec<Count> {
    let all = s.criteria.max(1) as f64;
    let mut from = 0.0;
    [
        (Standing::Met, s.met),
        (Standing::NeedsReview, s.needs_review),
        (Standing::NotMet, s.not_met),
        (Standing::NothingOffered, s.nothing_offered),
    ]
    .into_iter()
    .map(|(standing, count)| {
        let width = count as f64 / all * 100.0;
        let part = Count {
            standing: standing_name(standing),
            criteria: count,
            from: format!("{from:.2}"),
            width: format!("{width:.2}"),
        };
        from += width;
        part
    })
    .collect()
}

fn categories(verdicts: &[Verdict]) -> Vec<Category<'_>> {
    let mut categories: Vec<Category<'_>> = Vec::new();
    for verdict in verdicts {
        let at = categories.iter().position(|category| category.name == verdict.category).unwrap_or_else(|| {
            categories.push(Category { name: &verdict.category, criteria: Vec::new(), met: 0 });
            categories.len() - 1
        });
        categories[at].criteria.push(verdict);
        categories[at].met += usize::from(verdict.standing == Standing::Met);
    }
    categories
}

fn link_row<'a>(report: &'a Report, at: usize, link: &'a Link) -> LinkRow<'a> {
    let number = at + 1;
    let target = Target::new(&link.url).id;
    let told = |what: Shows| {
        let clauses = report.by_scheme().flat_map(|by| by.verdicts).flat_map(|verdict| &verdict.clauses);
        clauses.flat_map(|clause| &clause.links).filter(|l| l.link == number && l.shows == what).count()
    };
    LinkRow {
        number,
        link,
        state: report.findings.iter().find(|finding| finding.target == target).map(|finding| finding.id.as_str()),
        shows: told(Shows::Yes),
        shows_not: told(Shows::No),
        unsure: told(Shows::Unsure),
    }
}

fn found<'a>(finding: &'a Finding, view: &View<'a>) -> Found<'a> {
    let spec = view.spec(finding);
    let mut charts = spec.map(|spec| charts(finding, spec)).unwrap_or_default();
    let drawn = !charts.is_empty();
    Found {
        id: &finding.id,
        probe: &finding.probe,
        question: spec.map(|spec| spec.question.as_str()),
        code: &finding.code,
        answer: finding.answer,
        sentence: view.sentence(finding),
        fix: spec.and_then(|spec| spec.findings.get(&finding.code)?.fix.as_deref()),
        facts: finding
            .facts
            .iter()
            .map(|(name, fact)| fact_view(name, fact, charts.extract_if(.., |chart| chart.fact == name).collect()))
            .collect(),
        drawn,
        evidence: finding
            .evidence
            .iter()
            .map(|e| Quoted { capture: &e.capture.0, place: view.place(e), opens: view.opens(e), quote: &e.quote })
            .collect(),
        rests_on: finding.rests_on.iter().map(|capture| capture.0.as_str()).collect(),
    }
}

/// Rows shown of a fact that is a table; `report.json` has them all.
const ROWS: usize = 50;

fn fact_view<'a>(name: &'a str, fact: &'a Fact, charts: Vec<Chart<'a>>) -> FactView<'a> {
    let charts: Vec<ChartView<'_>> = charts.into_iter().map(|chart| ChartView { told: chart.told(), chart }).collect();
    let Fact::Table(table) = fact else {
        return FactView { name, text: fact.to_string(), columns: Vec::new(), rows: Vec::new(), cut: false, charts };
    };
    let named: BTreeSet<&str> = table.iter().flat_map(|row| row.keys()).map(String::as_str).collect();
    let mut columns: Vec<&str> = named.into_iter().collect();
    // What is drawn goes first.
    let drawn = charts.first().map(|chart| chart.chart.columns).unwrap_or_default();
    columns.sort_by_key(|column| drawn.iter().position(|first| first == column).unwrap_or(drawn.len()));
    let cells = |row: &'a BTreeMap<String, String>| {
        columns.iter().map(|&column| row.get(column).map_or("", String::as_str)).collect()
    };
    let rows = table.iter().take(ROWS).map(cells).collect();
    let text = match table.len() {
        all if all > ROWS => format!("{all} rows, the first {ROWS} of them here"),
        1 => "1 row".to_owned(),
        all => format!("{all} rows"),
    };
    FactView { name, text, columns, rows, cut: table.len() > ROWS, charts }
}

fn by_target<'a>(report: &'a Report, view: &View<'a>) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut places = BTreeMap::new();
    for finding in &report.findings {
        let target = finding.target.as_str();
        let at = *places.entry(target).or_insert_with(|| {
            let url = view.link(target).map(|link| link.url.as_str());
            groups.push(Group { target, url, findings: Vec::new() });
            groups.len() - 1
        });
        groups[at].findings.push(&finding.id);
    }
    groups
}
