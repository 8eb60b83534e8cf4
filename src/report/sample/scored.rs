//! The sample held against a further scheme, one whose clauses earn points, with codes that the first has too.

use std::collections::BTreeMap;

use probes::finding::Finding;

use super::{HOSTILE, SchemeRef};
use crate::criteria::verdict::{
    ClauseVerdict, Dimension, Fix, Kind, LinkVerdict, Points, Score, Shows, Standing, Summary, Verdict,
};
use crate::report::model::Judged;

pub(super) fn judged(findings: &[Finding]) -> Judged {
    let (named, dated) = (Points::part(60.0, 0.5, 0.5), Points::part(40.0, 0.0, 1.0));
    let verdicts = vec![
        verdict("ZZ1", Standing::NotMet, named, findings.first()),
        verdict("ZZ3", Standing::NeedsReview, dated, findings.get(2)),
    ];
    let points: Points = [named, dated].into_iter().sum();
    let dimension = |title: &str, points| Dimension { title: title.into(), points };
    Judged {
        scheme: SchemeRef { id: "scored".into(), title: format!("Scored {HOSTILE}"), sha256: "cd".repeat(32) },
        standing: Summary {
            criteria: 2,
            met: 0,
            not_met: 1,
            needs_review: 1,
            nothing_offered: 0,
            points_sure: points.low,
            points_possible: points.high,
            levels: vec!["fair".into(), HOSTILE.into()],
            level_sure: Some("fair".into()),
            level_possible: Some(HOSTILE.into()),
            score: Some(Score {
                points,
                ratings: vec!["fair".into(), HOSTILE.into()],
                dimensions: vec![dimension("Names", named), dimension(HOSTILE, dated)],
            }),
        },
        first: vec![Fix {
            what: "Name it.".into(),
            link: None,
            clauses: vec!["ZZ1.1".into()],
            points: Some(named.missing()),
            findings: vec![],
        }],
        verdicts,
        measured: BTreeMap::new(),
    }
}

fn verdict(code: &str, standing: Standing, points: Points, finding: Option<&Finding>) -> Verdict {
    let findings: Vec<String> = finding.iter().map(|finding| finding.id.clone()).collect();
    let shown = |finding: &Finding| LinkVerdict {
        link: 1,
        target: finding.target.clone(),
        shows: if standing == Standing::NotMet { Shows::No } else { Shows::Unsure },
        points: Some(points),
        reason: format!("{points} points: {HOSTILE}"),
        findings: findings.clone(),
    };
    let clause = ClauseVerdict {
        id: format!("{code}.1"),
        kind: Kind::Requirement,
        standing,
        points: Some(points),
        lead: None,
        says: "The clause earns a share of its points.".into(),
        asks: None,
        reason: format!("{points} points: {HOSTILE}"),
        advice: Some("Name it.".into()),
        links: finding.map(shown).into_iter().collect(),
        findings: findings.clone(),
    };
    Verdict {
        code: code.into(),
        title: "What can be counted".into(),
        category: "Names".into(),
        standing,
        points: Some(points),
        reason: format!("{points} points."),
        clauses: vec![clause],
    }
}
