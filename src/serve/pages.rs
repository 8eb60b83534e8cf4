//! The pages, filled from templates that escape whatever they are given.

use minijinja::{Environment, UndefinedBehavior, Value, context};
use probes::capture::{Capture, CaptureId, Store as _};
use probes::finding::Evidence;
use probes::text::decode;

use super::marked::find;
use super::runs::Runs;
use crate::audit::kept::NoReport;
use crate::pack::Pack;
use crate::report::text::{answer, points, standing, visible};
use crate::report::{Report, ReportError, View, html};

const TEMPLATES: [(&str, &str); 5] = [
    ("frame.html", include_str!("pages/frame.html")),
    ("cities.html", include_str!("pages/cities.html")),
    ("run.html", include_str!("pages/run.html")),
    ("evidence.html", include_str!("pages/evidence.html")),
    ("body.html", include_str!("pages/body.html")),
];
/// The most of a body that is shown, in bytes.
const SHOWN: usize = 1024 * 1024;

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub(super) enum Missing {
    /// Nothing has this address.
    #[error("there is nothing at this address")]
    Nothing,
    /// The run's pack gives no report.
    #[error(transparent)]
    NoReport(#[from] NoReport),
    /// A file cannot be read.
    #[error("cannot be read: {0}")]
    Disk(#[from] std::io::Error),
    /// The report cannot be written.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// A template asks for what there is not: a bug.
    #[error("cannot fill the template: {0:#}")]
    Template(#[from] minijinja::Error),
}

/// Every run, by city.
pub(super) fn cities(runs: &Runs) -> Result<String, Missing> {
    let rows: Vec<Value> = runs
        .list()
        .into_iter()
        .map(|run| {
            let s = run.standing;
            context! {
                id => run.id, city => shown(&run.city), as_of => run.as_of.to_string(), met => s.met, not_met => s.not_met,
                needs_review => s.needs_review, nothing_offered => s.nothing_offered,
                points => format!("{} to {}", points(s.points_sure), points(s.points_possible)),
            }
        })
        .collect();
    fill("cities.html", &context! { rows })
}

/// A run: its criteria and clauses, each with what was found and the words it rests on.
pub(super) fn run(runs: &Runs, id: &str) -> Result<String, Missing> {
    let (_, report) = runs.open(id)?;
    let view = view(&report);
    let found = |finding: &String| {
        let finding = view.finding(finding)?;
        let quotes = finding.evidence.iter().enumerate();
        let quotes: Vec<Value> = quotes
            .map(|(at, evidence)| context! { at, place => shown(&view.place(evidence)), quote => shown(&evidence.quote) })
            .collect();
        Some(context! {
            id => &finding.id, answer => answer(finding.answer), says => shown(&view.sentence(finding)), quotes,
        })
    };
    let criteria: Vec<Value> = report
        .by_scheme()
        .flat_map(|by| by.verdicts)
        .map(|verdict| {
            let clauses: Vec<Value> = verdict
                .clauses
                .iter()
                .map(|clause| {
                    let findings: Vec<Value> =
                        clause.links.iter().flat_map(|link| &link.findings).filter_map(found).collect();
                    context! {
                        id => &clause.id, says => &clause.says, standing => standing(clause.standing),
                        reason => shown(&clause.reason), asks => &clause.asks, findings,
                    }
                })
                .collect();
            context! { code => &verdict.code, title => &verdict.title, standing => standing(verdict.standing), clauses }
        })
        .collect();
    let city = shown(&report.submission.city);
    fill("run.html", &context! { id, city, as_of => report.as_of.to_string(), criteria })
}

/// The report of a run, as it is written for people.
pub(super) fn report(runs: &Runs, id: &str) -> Result<String, Missing> {
    let (_, report) = runs.open(id)?;
    let mut page = Vec::new();
    html::write(&report, &view(&report), &mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

/// One place of evidence: its words, and how, when and from where its bytes came.
pub(super) fn evidence(runs: &Runs, id: &str, finding: &str, place: usize) -> Result<String, Missing> {
    let (pack, report) = runs.open(id)?;
    let view = view(&report);
    let evidence = at(&view, finding, place)?;
    let capture = capture(&pack, &evidence.capture)?;
    let answered = capture.answered().ok();
    let headers = answered.iter().flat_map(|answered| &answered.headers.0);
    let headers: Vec<Value> =
        headers.map(|(name, value)| context! { name => shown(name), value => shown(value) }).collect();
    let failure = capture.answered().err().map(|failure| shown(&failure.to_string()));
    let sha256 = answered.map(|answered| answered.body.sha256.clone());
    fill(
        "evidence.html",
        &context! {
            id, finding, place, quote => shown(&evidence.quote), stands => shown(&view.place(evidence)),
            url => shown(capture.request.url.as_str()), fetched_at => capture.fetched_at.to_string(),
            capture => capture.id.to_string(), status => answered.map(|answered| answered.status), sha256, failure, headers,
        },
    )
}

/// The archived body as text, with the quoted words marked.
pub(super) fn body(runs: &Runs, id: &str, finding: &str, place: usize) -> Result<String, Missing> {
    let (pack, report) = runs.open(id)?;
    let view = view(&report);
    let evidence = at(&view, finding, place)?;
    let capture = capture(&pack, &evidence.capture)?;
    let answered = capture.answered().map_err(|_| Missing::Nothing)?;
    let bytes = pack.body(&capture)?.head(SHOWN)?;
    if bytes.contains(&0) || bytes.starts_with(b"%PDF") {
        return fill(
            "body.html",
            &context! { before => "", words => "", after => "", told => "This is no text: download the pack to open it." },
        );
    }
    let text = decode(&bytes, answered.headers.charset()).text;
    let markup = answered.headers.media_type().is_some_and(|kind| kind.contains("html") || kind.contains("xml"));
    let found = find(&text, &evidence.quote, markup);
    let told = if found.is_some() {
        ""
    } else {
        "The quoted words are not marked: they stand here otherwise encoded, or elsewhere than in these bytes."
    };
    let at = found.unwrap_or(0..0);
    fill(
        "body.html",
        &context! {
            before => shown(&text[..at.start]), words => shown(&text[at.clone()]), after => shown(&text[at.end..]), told,
        },
    )
}

fn at<'a>(view: &View<'a>, finding: &str, place: usize) -> Result<&'a Evidence, Missing> {
    view.finding(finding).and_then(|finding| finding.evidence.get(place)).ok_or(Missing::Nothing)
}

fn capture(pack: &Pack, id: &CaptureId) -> Result<std::sync::Arc<Capture>, Missing> {
    pack.capture(id).ok_or(Missing::Nothing)
}

fn view(report: &Report) -> View<'_> {
    View::of(report, probes::ALL.iter().map(|probe| probe.spec()))
}

/// Words from outside, with what hides in them made visible.
fn shown(words: &str) -> String {
    visible(words).into_owned()
}

fn fill(name: &str, with: &Value) -> Result<String, Missing> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    environment.add_global("style", Value::from_safe_string(include_str!("../report/html/style.css").to_owned()));
    Ok(environment.get_template(name)?.render(with)?)
}
