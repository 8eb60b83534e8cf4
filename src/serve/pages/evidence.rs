//! A place of evidence: its words, its capture, and the archived body with the words marked.

use minijinja::{Value, context};
use probes::capture::Store as _;
use probes::text::decode;

use super::super::marked::{Marked, find};
use super::super::missing::Missing;
use super::super::opened::Opened;
use super::{at, capture, fill};

/// The most of a body that is shown, in bytes.
const SHOWN: usize = 1024 * 1024;

/// One place of evidence: its words, and how, when and from where its bytes came.
pub(in super::super) fn evidence(opened: &Opened, finding: &str, place: usize) -> Result<String, Missing> {
    let view = opened.view();
    let evidence = at(opened, finding, place)?;
    let found = view.finding(finding).ok_or(Missing::Nothing)?;
    let capture = capture(opened, &evidence.capture)?;
    let answered = capture.answered().ok();
    let headers = answered.iter().flat_map(|answered| &answered.headers.0);
    let headers: Vec<Value> = headers.map(|(name, value)| context! { name, value }).collect();
    let report = &opened.report;
    fill(
        "bench/evidence.html",
        context! {
            run => context! { id => &opened.hash, city => &report.submission.city, as_of => report.as_of.to_string() },
            finding, place, quote => &evidence.quote, stands => view.place(evidence), opens => view.opens(evidence),
            says => view.sentence(found), question => view.spec(found).map(|spec| &spec.question),
            before => place.checked_sub(1), after => (place + 1 < found.evidence.len()).then_some(place + 1),
            places => found.evidence.len(), url => capture.request.url.as_str(),
            fetched_at => capture.fetched_at.to_string(), capture => capture.id.to_string(),
            status => answered.map(|answered| answered.status), bytes => answered.map(|answered| answered.body.bytes),
            sha256 => answered.map(|answered| answered.body.sha256.clone()), headers,
            failure => capture.answered().err().map(ToString::to_string),
        },
    )
}

/// The archived body as text, with the quoted words marked.
pub(in super::super) fn body(opened: &Opened, finding: &str, place: usize) -> Result<String, Missing> {
    let evidence = at(opened, finding, place)?;
    let capture = capture(opened, &evidence.capture)?;
    let answered = capture.answered().map_err(|_| Missing::Nothing)?;
    let bytes = opened.pack.body(&capture)?.head(SHOWN)?;
    if bytes.contains(&0) || bytes.starts_with(b"%PDF") {
        let told = "This is no text: download the pack to open it.";
        return fill("bench/body.html", context! { pieces => Vec::<Value>::new(), told, meant => false });
    }
    let text = decode(&bytes, answered.headers.charset()).text;
    let markup = answered.headers.media_type().is_some_and(|kind| kind.contains("html") || kind.contains("xml"));
    let Marked { places, meant } = find(&text, &evidence.quote, markup, &evidence.locus);
    let told = match (places.len(), meant) {
        (0, _) if evidence.quote.is_empty() => String::new(),
        (0, _) => {
            "The quoted words are not marked: they stand here otherwise encoded, or elsewhere than in these bytes."
                .to_owned()
        }
        (1, _) => String::new(),
        (n, Some(at)) => format!("These words stand here {n} times; the {} place is meant.", ordinal(at + 1)),
        (n, None) => format!(
            "These words stand here {n} times; all are marked, as the place meant is told otherwise than by a line."
        ),
    };
    let mut pieces = Vec::new();
    let mut behind = 0;
    for (number, at) in places.into_iter().enumerate() {
        let meant = Some(number) == meant || (meant.is_none() && number == 0);
        pieces.push(context! { before => &text[behind..at.start], words => &text[at.clone()], meant });
        behind = at.end;
    }
    let anything = !pieces.is_empty();
    pieces.push(context! { before => &text[behind..], words => "", meant => false });
    fill("bench/body.html", context! { pieces, told, meant => anything })
}

/// A place in a row, as people count.
fn ordinal(number: usize) -> String {
    let end = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{number}{end}")
}
