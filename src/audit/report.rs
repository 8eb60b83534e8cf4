//! The findings held against the criteria, and everything that a report says beside them.

use probes::capture::Capture;
use probes::finding::Finding;

use super::Plan;
use crate::criteria::{fixes, judge, summary};
use crate::pack::Pack;
use crate::report::Report;
use crate::report::model::{CaptureRow, Judged, SchemeRef, Tool};

/// The report of `plan` by its findings over `pack`.
pub(super) fn assemble(plan: &Plan<'_>, pack: &Pack, findings: Vec<Finding>) -> Report {
    let mut judged = (0..plan.schemes.len()).map(|at| judged(plan, at, &findings));
    let Some(own) = judged.next() else { panic!("invariant: an audit has a scheme") };
    let further = judged.collect();
    let captures = pack.captures().iter().map(|capture| row(capture, pack)).collect();
    Report {
        tool: Tool { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        scheme: own.scheme,
        submission: plan.submission.clone(),
        as_of: plan.as_of,
        robots: pack.identity().map(|identity| identity.robots),
        standing: own.standing,
        first: own.first,
        verdicts: own.verdicts,
        measured: own.measured,
        further,
        findings,
        captures,
    }
}

/// The findings held against one of the schemes.
fn judged(plan: &Plan<'_>, at: usize, findings: &[Finding]) -> Judged {
    let specs = plan.specs();
    let scheme = &plan.schemes[at];
    let verdicts = judge(scheme, &plan.submission.offers(plan.schemes, at), findings, &specs);
    let written: Vec<&str> = plan.submission.links.iter().map(|link| link.written.as_str()).collect();
    let (id, title) = (scheme.file.id.clone(), scheme.file.title.clone());
    Judged {
        scheme: SchemeRef { id, title, sha256: scheme.sha256.clone() },
        standing: summary(scheme, &verdicts),
        first: fixes(scheme, &verdicts, findings, &specs, &written),
        verdicts,
        measured: scheme.measured.clone(),
    }
}

fn row(capture: &Capture, pack: &Pack) -> CaptureRow {
    let answered = capture.answered();
    let body = answered.map(|answered| &answered.body);
    CaptureRow {
        id: capture.id.to_string(),
        url: capture.request.url.clone(),
        method: "GET".to_owned(),
        request: capture.request.clone(),
        final_url: answered.ok().map(|answered| answered.url.clone()),
        status: answered.ok().map(|answered| answered.status),
        failure: answered.err().cloned(),
        fetched_at: capture.fetched_at,
        sha256: body.ok().map(|body| body.sha256.clone()),
        bytes: body.ok().map(|body| body.bytes),
        cut: body.ok().and_then(|body| body.cut),
        media_type: answered.ok().and_then(|answered| answered.headers.media_type()),
        warc: pack.place(&capture.id),
        rendering: answered.ok().and_then(|answered| answered.rendering.as_deref().cloned()),
    }
}
