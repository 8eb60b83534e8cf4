//! What to do first: the fixes that would earn most points or, where none are earned, move most clauses.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use probes::finding::{Answer, Finding};
use probes::spec::Spec;

use super::scheme::Scheme;
use super::verdict::{Fix, Kind, Points, Shows, Standing, Verdict};

/// How sure it is that something must be done; the surest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Certainty {
    Seen,
    Open,
    Unseen,
}

/// The fixes of what was found and the advice of clauses that are not met, those that move most first.
///
/// `written` is each link as the city wrote it, in the submission's order.
pub fn fixes(
    scheme: &Scheme,
    verdicts: &[Verdict],
    findings: &[Finding],
    specs: &[&Spec],
    written: &[&str],
) -> Vec<Fix> {
    let by_id: BTreeMap<&str, &Finding> = findings.iter().map(|finding| (finding.id.as_str(), finding)).collect();
    let mut rows: BTreeMap<(String, Option<String>), (Certainty, usize, Fix)> = BTreeMap::new();
    let mut bare = Vec::new();
    let mut place = 0;
    let mut add = |what: &str,
                   link: Option<&str>,
                   sure: Certainty,
                   place: usize,
                   clause: &str,
                   finding: Option<&str>| {
        let link = link.map(ToOwned::to_owned);
        let row = rows.entry((what.to_owned(), link.clone())).or_insert_with(|| {
            (sure, place, Fix { what: what.to_owned(), link, clauses: Vec::new(), points: None, findings: Vec::new() })
        });
        row.0 = row.0.min(sure);
        for (list, item) in [(&mut row.2.clauses, Some(clause)), (&mut row.2.findings, finding)] {
            if let Some(item) = item
                && !list.iter().any(|other| other == item)
            {
                list.push(item.to_owned());
            }
        }
    };
    let known = scheme.criteria.iter().flat_map(|criterion| &criterion.clauses);
    let by_machine: BTreeMap<&str, bool> =
        known.map(|clause| (clause.id.get_ref().as_str(), clause.by_machine())).collect();
    for clause in verdicts.iter().flat_map(|verdict| &verdict.clauses) {
        place += 1;
        if clause.standing == Standing::NothingOffered && clause.kind == Kind::Requirement {
            bare.push(clause.id.clone());
        }
        if matches!(clause.standing, Standing::Met | Standing::NothingOffered) {
            continue;
        }
        for link in clause.links.iter().filter(|link| link.shows != Shows::Yes) {
            let at = link.link.checked_sub(1).and_then(|at| written.get(at)).copied();
            for finding in link.findings.iter().filter_map(|id| by_id.get(id.as_str())) {
                let declared = specs.iter().find(|spec| spec.id == finding.probe);
                let fix = declared.and_then(|spec| spec.findings.get(&finding.code)?.fix.as_deref());
                let sure = match finding.answer {
                    Answer::No => Certainty::Seen,
                    Answer::Unknown => Certainty::Unseen,
                    Answer::Yes | Answer::NotApplicable => continue,
                };
                if let Some(fix) = fix {
                    add(fix, at, sure, place, &clause.id, Some(&finding.id));
                }
            }
        }
        if by_machine.get(clause.id.as_str()).is_some_and(|by_machine| *by_machine)
            && let Some(advice) = &clause.advice
        {
            let sure = if clause.standing == Standing::NotMet { Certainty::Seen } else { Certainty::Open };
            add(advice, None, sure, place, &clause.id, None);
        }
    }
    let mut rows: Vec<_> = rows.into_values().collect();
    for (_, _, fix) in &mut rows {
        fix.points = missing(verdicts, &fix.clauses);
    }
    rows.sort_by(|a, b| {
        let points = |row: &(Certainty, usize, Fix)| row.2.points.unwrap_or(0.0);
        let key = |row: &(Certainty, usize, Fix)| (Reverse(row.2.clauses.len()), row.0, row.1);
        let by_words = || (&a.2.what, &a.2.link).cmp(&(&b.2.what, &b.2.link));
        points(b).total_cmp(&points(a)).then_with(|| key(a).cmp(&key(b))).then_with(by_words)
    });
    let mut fixes: Vec<Fix> = rows.into_iter().map(|(_, _, fix)| fix).collect();
    if !bare.is_empty() {
        let what = match bare.len() {
            1 => "Offer a link for the requirement that has none.".to_owned(),
            many => format!("Offer links for the {many} requirements that have none."),
        };
        let points = missing(verdicts, &bare);
        fixes.push(Fix { what, link: None, clauses: bare, points, findings: Vec::new() });
    }
    fixes
}

/// The points that clauses do not surely earn, where they are worth any.
pub(crate) fn missing(verdicts: &[Verdict], clauses: &[String]) -> Option<f64> {
    let named = verdicts.iter().flat_map(|verdict| &verdict.clauses).filter(|clause| clauses.contains(&clause.id));
    let points: Points = named.filter_map(|clause| clause.points).sum();
    (points.of > 0.0).then(|| points.missing())
}
