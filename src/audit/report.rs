//! The findings held against the criteria, and everything that a report says beside them.

use probes::capture::Capture;
use probes::finding::Finding;

use super::Plan;
use crate::criteria::{fixes, judge, summary};
use crate::pack::Pack;
use crate::report::Report;
use crate::report::model::{CaptureRow, SchemeRef, Tool};

/// The report of `plan` by its findings over `pack`.
pub(super) fn assemble(plan: &Plan<'_>, pack: &Pack, findings: Vec<Finding>) -> Report {
    let specs = plan.specs();
    let scheme = plan.scheme;
    let verdicts = judge(scheme, &plan.submission.offers(), &findings, &specs);
    let written: Vec<&str> = plan.submission.links.iter().map(|link| link.written.as_str()).collect();
    let first = fixes(scheme, &verdicts, &findings, &specs, &written);
    let captures = pack.captures().iter().map(|capture| row(capture, pack)).collect();
    Report {
        tool: Tool { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        scheme: SchemeRef {
            id: scheme.file.id.clone(),
            title: scheme.file.title.clone(),
            sha256: scheme.sha256.clone(),
        },
        submission: plan.submission.clone(),
        as_of: plan.as_of,
        robots: pack.identity().map(|identity| identity.robots),
        standing: summary(scheme, &verdicts),
        first,
        verdicts,
        findings,
        captures,
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
    }
}
