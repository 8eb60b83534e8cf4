//! A report as a finding: which of them it is, and what stands in its tables.

use std::collections::BTreeMap;

use serde::Serialize;

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
    problems: Vec<Row>,
    codes: Vec<Row>,
    additional: Vec<Row>,
    deprecated: Vec<Row>,
    filled: Vec<Row>,
    extensions: Vec<String>,
}

type Row = BTreeMap<String, String>;

/// Whether all of it stands in packages.
pub(super) fn is_package(report: &Report) -> bool {
    !report.forms.is_empty()
        && report.forms.keys().all(|form| matches!(form, Form::ReleasePackage | Form::RecordPackage))
}

/// The finding, and the places of the first problems.
pub(super) fn told(report: &Report, cut: Option<String>, capture: &Capture) -> (Seen, Vec<Evidence>) {
    let packaged = is_package(report);
    let errors = report.structural() + report.wrong_codes() as u64;
    // Where only the beginning is there, its end is no fault.
    let broken = if cut.is_some() { report.broken.saturating_sub(1) } else { report.broken };
    let seen = if errors + broken > 0 {
        let lacking = everywhere(report);
        Seen::Invalid {
            held: held(report),
            errors: Some(report.structural()).filter(|errors| *errors > 0),
            kinds: Some(kinds(report)).filter(|kinds| !kinds.is_empty()),
            everywhere: (!lacking.is_empty()).then_some(lacking),
            wrong_codes: Some(report.wrong_codes()).filter(|codes| *codes > 0),
            broken: Some(broken).filter(|broken| *broken > 0),
            breaks: breaks(report),
        }
    } else if let Some(cause) = cut {
        Seen::Unseen { cause }
    } else if packaged {
        Seen::Valid { held: held(report) }
    } else {
        let lacking = ["uri", "version", "publishedDate", "publisher"].map(str::to_owned).to_vec();
        Seen::Unpackaged { held: held(report), lacking }
    };
    (seen, evidence(report, capture))
}

fn held(report: &Report) -> Held {
    let nobody =
        report.problems.iter().filter(|problem| problem.kind == Kind::NoParty).map(|problem| problem.count).sum();
    let dangling = nobody > 0;
    let deprecated = report.deprecated.iter().take(ROWS);
    let mut filled: Vec<_> = report.filled.iter().collect();
    filled.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    Held {
        edition: if report.versions.keys().any(|version| version == "1.0") { "1.0" } else { "1.1" }.to_owned(),
        form: form(report),
        releases: report.releases,
        records: report.records,
        processes: report.processes,
        references: dangling.then_some(report.checked.parties),
        nobody: dangling.then_some(nobody),
        problems: report.problems.iter().take(ROWS).map(problem).collect(),
        codes: report
            .codes
            .iter()
            .take(ROWS)
            .map(|codes| {
                let closed = if codes.closed { "closed" } else { "open" };
                row([("path", codes.path.clone()), ("codelist", closed.to_owned()), ("values", some(&codes.values))])
            })
            .collect(),
        additional: report
            .outside()
            .take(ROWS)
            .map(|member| {
                row([("path", format!("{}/{}", member.above, member.name)), ("times", member.count.to_string())])
            })
            .collect(),
        deprecated: deprecated
            .map(|(path, times)| row([("path", path.clone()), ("times", times.to_string())]))
            .collect(),
        filled: filled
            .iter()
            .take(ROWS)
            .map(|(field, times)| row([("field", (*field).clone()), ("times", times.to_string())]))
            .collect(),
        extensions: report.extensions.clone(),
    }
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
        *kinds.entry(words(&problem.kind)).or_default() += problem.count;
    }
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by_key(|(kind, count)| (std::cmp::Reverse(*count), *kind));
    kinds.into_iter().map(|(kind, count)| format!("{kind} ({count})")).collect()
}

/// A kind of problem, as someone says it who does not know JSON Schema.
fn words(kind: &Kind) -> &'static str {
    match kind {
        Kind::Type(_) => "values of the wrong type",
        Kind::Required(_) => "required fields that are missing",
        Kind::DateTime => "dates that are not written as the standard asks",
        Kind::Uri => "addresses that are none",
        Kind::MinLength => "empty texts",
        Kind::MinItems => "empty lists",
        Kind::UniqueItems => "identifiers or entries that stand twice",
        Kind::OneOf => "records that mix links and releases",
        Kind::Pattern => "versions that are none",
        Kind::Twice => "members that stand twice",
        Kind::Unnamed => "references to organizations that have no id",
        Kind::NoParty => "references that name no party",
        Kind::Role(_) => "parties without the role that they are referred to in",
        Kind::NoAward => "contracts without their award",
        Kind::Period => "periods that end before they begin",
    }
}

fn problem(problem: &Problem) -> Row {
    let what = match &problem.kind {
        Kind::Required(field) => format!("{}: {field}", words(&problem.kind)),
        Kind::Role(role) => format!("{}: {role}", words(&problem.kind)),
        Kind::Type(wanted) => format!("{}, where the standard has {}", words(&problem.kind), wanted.name()),
        kind => words(kind).to_owned(),
    };
    let at = if problem.path.is_empty() { "the package" } else { problem.path.as_str() };
    let first = problem.examples.first();
    row([
        ("problem", format!("{at}: {what}")),
        ("kind", problem.kind.name().to_owned()),
        ("count", problem.count.to_string()),
        (
            "first",
            first
                .map(|first| format!("{} (line {}, byte {})", first.pointer, first.line, first.byte))
                .unwrap_or_default(),
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

fn evidence(report: &Report, capture: &Capture) -> Vec<Evidence> {
    let bytes = capture.answered().map_or(0, |answered| answered.body.bytes);
    let one = report.forms.values().sum::<u64>() == 1;
    let mut evidence: Vec<Evidence> = Vec::new();
    for problem in report.problems.iter().take(QUOTED) {
        let Some(first) = problem.examples.first() else { continue };
        let quoted = matches!(problem.kind, Kind::DateTime | Kind::Uri);
        let quote = if quoted { first.value.trim_end_matches('…') } else { "" };
        let locus = if one && bytes < POINTED && report.broken == 0 {
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
