//! Whether a pack still says what its report says: bodies hashed, quotes found, findings and verdicts derived again.

use std::collections::{BTreeMap, BTreeSet};

use probes::Probe;
use probes::capture::CaptureId;
use probes::finding::Finding;
use probes::quote;

use super::reading::Readers;
use super::{AuditError, Plan, run, signed};
use crate::criteria::Scheme;
use crate::criteria::verdict::Verdict;
use crate::pack::{Pack, SIGN_OFF};
use crate::report::Report;
use crate::report::model::ByScheme;

/// What of a report holds; everything that does not, by name, with the reason.
#[derive(Debug, Default)]
pub struct Held {
    /// Captures whose stored bytes are not what was written.
    pub damaged: BTreeMap<String, String>,
    /// Findings with a quote that does not stand where it is said to.
    pub quotes: BTreeMap<String, String>,
    /// Findings that rest on damage, or that the probes do not say again.
    pub findings: BTreeMap<String, String>,
    /// Criteria and clauses that rest on such findings, or that the criteria do not give again.
    pub verdicts: BTreeMap<String, String>,
    /// Decisions of a sign-off that are not as they were signed, or that speak of what the report does not have.
    pub decisions: BTreeMap<String, String>,
    /// How much was looked at.
    pub of: Counted,
}

/// How much was looked at.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counted {
    /// Captures.
    pub captures: usize,
    /// Quotes.
    pub quotes: usize,
    /// Findings.
    pub findings: usize,
    /// Clauses and criteria.
    pub verdicts: usize,
    /// Decisions; none where no one signed.
    pub decisions: Option<usize>,
}

impl Held {
    /// Whether all of it holds.
    pub fn sound(&self) -> bool {
        let all = [&self.damaged, &self.quotes, &self.findings, &self.verdicts, &self.decisions];
        all.into_iter().all(BTreeMap::is_empty)
    }
}

/// Holds `report` against the pack it was made from.
pub fn verify(
    pack: &Pack,
    report: &Report,
    schemes: &[Scheme],
    probes: &[&'static dyn Probe],
    readers: &Readers,
) -> Result<Held, AuditError> {
    let plan = Plan { schemes, submission: &report.submission, probes, as_of: report.as_of };
    let (again, _) = run(&plan, pack, None, readers)?;
    let mut held = Held::default();
    damage(pack, report, &mut held);
    quotes(pack, report, &mut held);
    findings(report, &again, &mut held);
    verdicts(report, &again, &mut held);
    decisions(pack, report, &mut held)?;
    Ok(held)
}

/// Every capture is as the report has it, and its bytes are those that were written.
fn damage(pack: &Pack, report: &Report, held: &mut Held) {
    held.of.captures = report.captures.len();
    for damage in pack.damage() {
        let name = damage.capture.as_ref().map_or_else(|| damage.file.clone(), named);
        let place = format!("{} at byte {}: {}", damage.file, damage.offset, damage.cause);
        held.damaged.entry(name).or_insert(place);
    }
    for row in &report.captures {
        let id = CaptureId(row.id.clone());
        let stored = pack.capture(&id);
        let sha256 = stored.as_ref().and_then(|capture| Some(capture.answered().ok()?.body.sha256.clone()));
        let why = match stored {
            None => "the pack has no such capture any more",
            Some(_) if sha256 != row.sha256 => "its body is not the one the report names",
            Some(_) => continue,
        };
        held.damaged.entry(named(&id)).or_insert_with(|| why.to_owned());
    }
}

fn named(id: &CaptureId) -> String {
    format!("capture {id}")
}

fn quotes(pack: &Pack, report: &Report, held: &mut Held) {
    for finding in &report.findings {
        for evidence in &finding.evidence {
            held.of.quotes += 1;
            let found = match pack.capture(&evidence.capture) {
                None => Err("the pack has no such capture".to_owned()),
                Some(capture) => quote::holds(evidence, &capture, pack),
            };
            if let Err(why) = found {
                held.quotes.entry(called(finding)).or_insert(why);
            }
        }
    }
}

fn called(finding: &Finding) -> String {
    format!("finding {} ({} {})", finding.id, finding.probe, finding.code)
}

fn findings(report: &Report, again: &Report, held: &mut Held) {
    held.of.findings = report.findings.len();
    let derived: BTreeSet<&str> = again.findings.iter().map(|finding| finding.id.as_str()).collect();
    for finding in &report.findings {
        let damaged = finding.rests_on.iter().map(named).find(|capture| held.damaged.contains_key(capture));
        if let Some(capture) = damaged {
            held.findings.insert(called(finding), format!("it rests on {capture}"));
        } else if held.quotes.contains_key(&called(finding)) {
            held.findings.insert(called(finding), "a quote of it does not stand where it is said to".to_owned());
        } else if !derived.contains(finding.id.as_str()) {
            held.findings.insert(called(finding), "the probe does not say it again".to_owned());
        }
    }
    let stored: BTreeSet<&str> = report.findings.iter().map(|finding| finding.id.as_str()).collect();
    let rests_on_damage =
        |finding: &Finding| finding.rests_on.iter().any(|capture| held.damaged.contains_key(&named(capture)));
    let new: Vec<&Finding> =
        again.findings.iter().filter(|f| !stored.contains(f.id.as_str()) && !rests_on_damage(f)).collect();
    for finding in new {
        held.findings.insert(called(finding), "the probe says it now, and the report does not have it".to_owned());
    }
}

fn verdicts(report: &Report, again: &Report, held: &mut Held) {
    let fallen: BTreeMap<&str, String> = report
        .findings
        .iter()
        .filter(|finding| held.findings.contains_key(&called(finding)))
        .map(|finding| (finding.id.as_str(), called(finding)))
        .collect();
    for (at, stored) in report.by_scheme().enumerate() {
        // A code means a criterion of the submission's own scheme, unless it says of which it is.
        let of = if at == 0 { String::new() } else { format!(" of {}", stored.scheme.id) };
        let derived = again.by_scheme().nth(at);
        by_one_scheme(stored, derived, &fallen, &of, held);
    }
}

fn by_one_scheme(
    stored: ByScheme<'_>,
    derived: Option<ByScheme<'_>>,
    fallen: &BTreeMap<&str, String>,
    of: &str,
    held: &mut Held,
) {
    const CHANGED: &str = "the criteria do not give it again";
    let verdicts = derived.iter().flat_map(|derived| derived.verdicts);
    let now: BTreeMap<&str, &Verdict> = verdicts.map(|verdict| (verdict.code.as_str(), verdict)).collect();
    let mut sound = true;
    for verdict in stored.verdicts {
        held.of.verdicts += 1 + verdict.clauses.len();
        let mut why = None;
        for clause in &verdict.clauses {
            let resting = clause.findings.iter().find_map(|id| fallen.get(id.as_str()));
            let now = now.get(verdict.code.as_str()).and_then(|v| v.clauses.iter().find(|c| c.id == clause.id));
            let because = match (resting, now) {
                (Some(finding), _) => format!("it rests on {finding}"),
                (None, Some(now)) if now == clause => continue,
                (None, _) => CHANGED.to_owned(),
            };
            why.get_or_insert_with(|| format!("its clause {} does not hold", clause.id));
            held.verdicts.insert(format!("clause {}{of}", clause.id), because);
        }
        let same = now
            .get(verdict.code.as_str())
            .is_some_and(|now| (now.standing, now.points) == (verdict.standing, verdict.points));
        if let Some(why) = why.or_else(|| (!same).then(|| CHANGED.to_owned())) {
            held.verdicts.insert(format!("criterion {}{of}", verdict.code), why);
            sound = false;
        }
    }
    // Figures follow from the verdicts: they are looked at where those hold.
    if sound && derived.is_none_or(|derived| derived.standing != stored.standing) {
        held.verdicts.insert(format!("the result{of}"), CHANGED.to_owned());
    }
}

/// What was decided is as it was signed, and of this very report.
fn decisions(pack: &Pack, report: &Report, held: &mut Held) -> Result<(), AuditError> {
    let Some(bytes) = pack.extra(SIGN_OFF)? else { return Ok(()) };
    let hash = pack.content_hash()?.unwrap_or_default();
    match signed::read(&bytes, &hash, report) {
        Ok(sign_off) => held.of.decisions = Some(sign_off.decisions.len()),
        Err(problems) => held.decisions = problems,
    }
    Ok(())
}
