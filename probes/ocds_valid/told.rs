//! A report as a finding: which of them it is, and what stands in its tables.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Data, wording};
use crate::capture::Capture;
use crate::finding::{Evidence, Locus};
use crate::ocds::form::Form;
use crate::ocds::report::{Problem, Report};
use crate::ocds::tally::Kind;

/// How many rows a table has at most.
const ROWS: usize = 50;
/// How many problems are quoted as evidence.
const QUOTED: usize = 10;
/// The largest document in which a place is named by its pointer, in bytes: to find it again, all of it is parsed.
const POINTED: u64 = 8 << 20;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Seen {
    Valid {
        #[serde(flatten)]
        held: Held,
    },
    Unpackaged {
        #[serde(flatten)]
        held: Held,
        lacking: Vec<String>,
    },
    Invalid {
        #[serde(flatten)]
        held: Held,
        errors: Option<u64>,
        kinds: Option<Vec<String>>,
        everywhere: Option<Vec<String>>,
        wrong_codes: Option<usize>,
        part: Option<String>,
        broken: Option<u64>,
        breaks: Vec<Row>,
    },
    NotOcds {
        kind: String,
    },
    Unseen {
        cause: String,
    },
}

/// What is said of any data.
#[derive(Serialize)]
pub(super) struct Held {
    edition: String,
    form: String,
    releases: u64,
    records: u64,
    processes: u64,
    references: Option<u64>,
    nobody: Option<u64>,
    doubted: Option<u64>,
    undecoded: Option<u64>,
    next: Option<String>,
    unknown_version: Option<String>,
    unreached: Option<Vec<String>>,
    problems: Vec<Row>,
    doubts: Vec<Row>,
    codes: Vec<Row>,
    additional: Vec<Row>,
    extended: Vec<Row>,
    deprecated: Vec<Row>,
    filled: Vec<Row>,
    extensions: Vec<Row>,
}

type Row = BTreeMap<String, String>;

/// Whether all of it stands in packages.
pub(super) fn is_package(report: &Report) -> bool {
    !report.forms.is_empty()
        && report.forms.keys().all(|form| matches!(form, Form::ReleasePackage | Form::RecordPackage))
}

/// The finding, and the places of the first problems.
pub(super) fn told(data: &Data, capture: &Capture) -> (Seen, Vec<Evidence>) {
    let Data { report, cut, .. } = data;
    let packaged = is_package(report);
    let errors = report.structural() + report.wrong_codes() as u64;
    // Of a beginning without any release or record nobody can tell what it is.
    let told = cut.is_none() || report.releases + report.records > 0;
    let seen = if told && errors + report.broken > 0 {
        let lacking = everywhere(report);
        Seen::Invalid {
            held: held(data),
            errors: Some(report.structural()).filter(|errors| *errors > 0),
            kinds: Some(kinds(report)).filter(|kinds| !kinds.is_empty()),
            everywhere: (!lacking.is_empty()).then_some(lacking),
            wrong_codes: Some(report.wrong_codes()).filter(|codes| *codes > 0),
            part: cut.clone(),
            broken: Some(report.broken).filter(|broken| *broken > 0),
            breaks: breaks(report),
        }
    } else if let Some(cause) = cut {
        Seen::Unseen { cause: cause.clone() }
    } else if packaged {
        Seen::Valid { held: held(data) }
    } else {
        let lacking = ["uri", "version", "publishedDate", "publisher"].map(str::to_owned).to_vec();
        Seen::Unpackaged { held: held(data), lacking }
    };
    (seen, evidence(data, capture))
}

fn held(data: &Data) -> Held {
    let report = &*data.report;
    let of = |wanted: &dyn Fn(&Problem) -> bool| -> u64 {
        report.problems.iter().filter(|problem| wanted(problem)).map(|problem| problem.count).sum()
    };
    let nobody = of(&|problem| problem.kind == Kind::NoParty);
    let doubted = of(&|problem| !problem.kind.is_structural());
    let dangling = nobody > 0;
    let deprecated = report.deprecated.iter().take(ROWS);
    let (structural, doubts): (Vec<_>, Vec<_>) =
        report.problems.iter().partition(|problem| problem.kind.is_structural());
    let (extended, additional): (Vec<_>, Vec<_>) = report.outside().partition(|member| member.extension().is_some());
    let unreached: Vec<String> = data
        .extensions
        .iter()
        .filter(|extension| extension.lacking.is_some())
        .map(|extension| extension.title.clone().unwrap_or_else(|| extension.address.clone()))
        .collect();
    Held {
        edition: if report.versions.keys().any(|version| version == "1.0") { "1.0" } else { "1.1" }.to_owned(),
        form: form(report),
        releases: report.releases,
        records: report.records,
        processes: report.processes,
        references: dangling.then_some(report.checked.parties),
        nobody: dangling.then_some(nobody),
        doubted: Some(doubted).filter(|doubted| *doubted > 0),
        undecoded: Some(report.undecoded).filter(|undecoded| *undecoded > 0),
        next: report.next.first().cloned(),
        unknown_version: report.versions.keys().find(|one| !matches!(one.as_str(), "" | "1.0" | "1.1")).cloned(),
        unreached: (!unreached.is_empty()).then_some(unreached),
        problems: structural.into_iter().take(ROWS).map(|one| problem(one, report.flat)).collect(),
        doubts: doubts.into_iter().take(ROWS).map(|one| problem(one, report.flat)).collect(),
        codes: report.codes.iter().take(ROWS).map(codes).collect(),
        additional: additional
            .iter()
            .take(ROWS)
            .map(|member| row([("path", member.path()), ("times", member.count.to_string())]))
            .collect(),
        extended: extended
            .iter()
            .take(ROWS)
            .map(|member| {
                let extension = member.extension().unwrap_or_default().to_owned();
                row([("path", member.path()), ("times", member.count.to_string()), ("extension", extension)])
            })
            .collect(),
        deprecated: deprecated
            .map(|(path, times)| row([("path", path.clone()), ("times", times.to_string())]))
            .collect(),
        filled: filled(report),
        extensions: data
            .extensions
            .iter()
            .take(ROWS)
            .map(|extension| {
                let applied = extension.lacking.clone().unwrap_or_else(|| "applied".to_owned());
                let title = extension.title.clone().unwrap_or_default();
                row([("extension", title), ("address", extension.address.clone()), ("applied", applied)])
            })
            .collect(),
    }
}

fn codes(codes: &crate::ocds::report::Codes) -> Row {
    let closed = if codes.closed { "closed" } else { "open" };
    row([("path", codes.path.clone()), ("codelist", closed.to_owned()), ("values", some(&codes.values))])
}

/// How many of a hundred releases or records have each field, the most frequent first.
fn filled(report: &Report) -> Vec<Row> {
    let all = (report.releases + report.records).max(1);
    let mut filled: Vec<_> = report.filled.iter().filter(|(field, _)| field.contains('/')).collect();
    filled.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let share = |times: u64| format!("{:.1}", times.min(all) as f64 * 100.0 / all as f64);
    filled
        .iter()
        .take(ROWS)
        .map(|(field, times)| row([("field", (*field).clone()), ("share", share(**times))]))
        .collect()
}

fn row<const N: usize>(cells: [(&str, String); N]) -> Row {
    cells.into_iter().map(|(name, cell)| (name.to_owned(), cell)).collect()
}

fn some(values: &[String]) -> String {
    const SHOWN: usize = 5;
    let shown = values.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if values.len() > SHOWN { format!("{shown} and {} more", values.len() - SHOWN) } else { shown }
}

fn form(report: &Report) -> String {
    let words = |form: &Form, count: u64| match (form, count) {
        (Form::ReleasePackage, 1) => "a release package".to_owned(),
        (Form::ReleasePackage, count) => format!("{count} release packages"),
        (Form::RecordPackage, 1) => "a record package".to_owned(),
        (Form::RecordPackage, count) => format!("{count} record packages"),
        (Form::Releases, 1) => "a release".to_owned(),
        (Form::Releases, count) => format!("{count} releases"),
        (Form::Records, 1) => "a record".to_owned(),
        (Form::Records, count) => format!("{count} records"),
    };
    report.forms.iter().map(|(form, count)| words(form, *count)).collect::<Vec<_>>().join(" and ")
}

fn kinds(report: &Report) -> Vec<String> {
    let mut kinds: BTreeMap<&str, u64> = BTreeMap::new();
    for problem in report.problems.iter().filter(|problem| problem.kind.is_structural()) {
        *kinds.entry(wording::of(&problem.kind).says.as_str()).or_default() += problem.count;
    }
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by_key(|(kind, count)| (std::cmp::Reverse(*count), *kind));
    kinds.into_iter().map(|(kind, count)| format!("{kind} ({count})")).collect()
}

fn problem(problem: &Problem, flat: bool) -> Row {
    let what = match &problem.kind {
        Kind::Required(field) => format!("{}: {field}", wording::of(&problem.kind).says),
        Kind::Role(role) | Kind::IdleRole(role) => format!("{}: {role}", wording::of(&problem.kind).says),
        Kind::Type(wanted) => format!("{}, where the standard has {}", wording::of(&problem.kind).says, wanted.name()),
        kind => wording::of(kind).says.clone(),
    };
    let at = if problem.path.is_empty() { "the package" } else { problem.path.as_str() };
    let first = problem.examples.first();
    row([
        ("problem", format!("{at}: {what}")),
        ("kind", problem.kind.name().to_owned()),
        ("count", problem.count.to_string()),
        ("do", wording::of(&problem.kind).advice.clone()),
        (
            "first",
            match first {
                Some(first) if flat => format!("{} (row {})", first.pointer, first.line),
                Some(first) => format!("{} (line {}, byte {})", first.pointer, first.line, first.byte),
                None => String::new(),
            },
        ),
        ("value", first.map(|first| first.value.clone()).unwrap_or_default()),
    ])
}

/// Fields that every single release or record lacks: a fault of the export, not of the data.
fn everywhere(report: &Report) -> Vec<String> {
    let lacking = report.problems.iter().filter_map(|problem| match (&problem.kind, problem.path.as_str()) {
        (Kind::Required(field), "releases") if problem.count == report.releases => Some(field.clone()),
        (Kind::Required(field), "records") if problem.count == report.records => Some(field.clone()),
        _ => None,
    });
    lacking.collect()
}

fn breaks(report: &Report) -> Vec<Row> {
    let at = |broken: &crate::ocds::read::Break| {
        row([
            ("line", broken.place.line.to_string()),
            ("byte", broken.place.byte.to_string()),
            ("why", broken.why.clone()),
        ])
    };
    report.breaks.iter().map(at).collect()
}

fn evidence(data: &Data, capture: &Capture) -> Vec<Evidence> {
    let report = &*data.report;
    let bytes = capture.answered().map_or(0, |answered| answered.body.bytes);
    let one = report.forms.values().sum::<u64>() == 1;
    let mut evidence: Vec<Evidence> = Vec::new();
    // In what is packed or in a workbook, a line or pointer would lead nowhere.
    let placed = !report.packed && (!report.flat || data.rows);
    for problem in report.problems.iter().filter(|_| placed).take(QUOTED) {
        let Some(first) = problem.examples.first() else { continue };
        let quoted = matches!(problem.kind, Kind::DateTime | Kind::Uri);
        let quote = if quoted { first.value.trim_end_matches('…') } else { "" };
        let locus = if data.rows {
            Locus::Row(first.line)
        } else if one && data.cut.is_none() && bytes < POINTED && report.broken + report.undecoded == 0 && !report.flat
        {
            Locus::Pointer(first.pointer.clone())
        } else {
            Locus::Line(first.line)
        };
        let quote = if matches!(locus, Locus::Pointer(_)) { quote } else { "" };
        evidence.push(Evidence::new(&capture.id, locus, quote));
    }
    if evidence.is_empty() {
        evidence.push(Evidence::new(&capture.id, Locus::Exchange, ""));
    }
    evidence
}
