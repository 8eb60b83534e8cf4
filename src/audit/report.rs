//! The findings held against the criteria, and everything that a report says beside them.

use probes::capture::{Answered, Capture, RECOGNITION, Reading, Recognised, Recognition, Store as _};
use probes::finding::Finding;
use probes::spec::Spec;

use super::Plan;
use crate::criteria::{Scheme, fixes, judge, summary};
use crate::pack::Pack;
use crate::report::Report;
use crate::report::model::{CaptureRow, Judged, SchemeRef, Tool};
use crate::submission::Submission;

/// The report of `plan` by its findings over `pack`.
pub(super) fn assemble(plan: &Plan<'_>, pack: &Pack, findings: Vec<Finding>) -> Report {
    let specs = plan.specs();
    let mut judged = (0..plan.schemes.len()).map(|at| judged(plan.schemes, plan.submission, &specs, at, &findings));
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

/// A report's findings held against other criteria, or against the same ones anew.
///
/// # Panics
///
/// When `schemes` is empty.
pub fn rejudged(report: Report, schemes: &[Scheme], specs: &[&Spec]) -> Report {
    let (submission, findings) = (&report.submission, &report.findings);
    let mut judged = (0..schemes.len()).map(|at| judged(schemes, submission, specs, at, findings));
    let Some(Judged { scheme, standing, first, verdicts, measured }) = judged.next() else {
        panic!("invariant: findings are held against some criteria")
    };
    let further = judged.collect();
    Report { scheme, standing, first, verdicts, measured, further, ..report }
}

/// The findings held against one of the schemes.
fn judged(schemes: &[Scheme], submission: &Submission, specs: &[&Spec], at: usize, findings: &[Finding]) -> Judged {
    let scheme = &schemes[at];
    let verdicts = judge(scheme, &submission.offers(schemes, at), findings, specs);
    let written: Vec<&str> = submission.links.iter().map(|link| link.written.as_str()).collect();
    Judged {
        scheme: SchemeRef::of(scheme),
        standing: summary(scheme, &verdicts),
        first: fixes(scheme, &verdicts, findings, specs, &written),
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
        recognised: answered.ok().and_then(|answered| recognised(capture, answered, pack)),
        rendering: answered.ok().and_then(|answered| answered.rendering.as_deref().cloned()),
    }
}

/// Which pages of a body are known by text recognition alone.
fn recognised(capture: &Capture, answered: &Answered, pack: &Pack) -> Option<Recognised> {
    let (capture, sha256) = (capture.id.clone(), answered.body.sha256.clone());
    let form = pack.form(&Reading { reader: RECOGNITION, capture, sha256 })?;
    Recognition::of(&form).recognised()
}
