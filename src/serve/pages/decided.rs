//! What was decided of a run, as pages show it.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::{Value, context};

use super::super::missing::Missing;
use super::super::opened::Opened;
use crate::criteria::decision::{Decision, SignOff};
use crate::criteria::verdict::{ClauseVerdict, Standing};
use crate::pack::SIGN_OFF;
use crate::store::{KeptRun, LastSeen};

/// A run as the store knows it, with all that was decided of it.
pub(in super::super) struct Review {
    /// The run.
    pub(in super::super) known: KeptRun,
    /// The run of its city before it.
    pub(in super::super) before: Option<KeptRun>,
    /// Every decision that may be shown, in order.
    pub(in super::super) decisions: Vec<Decision>,
    /// Where two must decide: the clauses that one has, by scheme and clause.
    pub(in super::super) half: BTreeSet<(String, String)>,
    /// Where two must decide: the clauses on which they disagree, and that none has settled.
    pub(in super::super) unsettled: BTreeSet<(String, String)>,
    /// The clauses that could not be looked at, as they were last seen.
    pub(in super::super) held: Vec<LastSeen>,
    /// Its sign-off, if it is closed.
    pub(in super::super) signed: Option<SignOff>,
    /// What its forms bring back.
    pub(in super::super) token: String,
}

impl Review {
    /// The decisions on a clause, in order: the last is in force.
    pub(super) fn of_clause<'a>(&'a self, scheme: &str, clause: &str) -> impl Iterator<Item = &'a Decision> {
        self.decisions.iter().filter(move |it| it.decided.scheme == scheme && it.decided.clause == clause)
    }

    /// How a clause that could not be looked at was last seen.
    pub(super) fn last_seen(&self, scheme: &str, clause: &str) -> Option<Value> {
        let seen = self.held.iter().find(|it| it.scheme == scheme && it.clause == clause)?;
        let LastSeen { run, on, since, out_of_sight, standing, .. } = seen;
        let standing = standing.map(Standing::name);
        Some(context! { run, on => on.to_string(), since => since.to_string(), out_of_sight, standing })
    }

    /// The sign-off, and whether the pack that is open says so too.
    pub(super) fn signature(&self, opened: &Opened) -> Result<Option<Value>, Missing> {
        let Some(signed) = &self.signed else { return Ok(None) };
        let in_pack = opened.pack.extra(SIGN_OFF)?.is_some();
        let SignOff { reviewer, at, sha256, .. } = signed;
        Ok(Some(context! { reviewer, at => at.to_string(), sha256, in_pack }))
    }
}

/// A decision.
pub(super) fn decided(decision: &Decision) -> Value {
    let it = &decision.decided;
    context! {
        number => decision.number, scheme => &it.scheme, clause => &it.clause, found => it.found.name(),
        decided => it.decided.name(), accepted => it.decided == it.found, reason => &it.reason, reviewer => &it.reviewer,
        at => it.at.to_string(), findings => it.findings.len(), sha256 => &decision.sha256,
    }
}

/// How a clause stands by the last decision on it, else as it stood; so too while two disagree on it.
pub(in super::super) fn in_force(review: &Review, scheme: &str, clause: &ClauseVerdict) -> Standing {
    if review.unsettled.contains(&(scheme.to_owned(), clause.id.clone())) {
        return clause.standing;
    }
    review.of_clause(scheme, &clause.id).last().map_or(clause.standing, |decision| decision.decided.decided)
}

/// How each criterion with a decision on it stands by them, by scheme and code, where the pack's criteria tell.
pub(in super::super) fn standing_as_decided<'a>(
    opened: &'a Opened,
    review: &Review,
) -> Result<BTreeMap<(&'a str, &'a str), Standing>, Missing> {
    let mut stand = BTreeMap::new();
    if review.decisions.is_empty() {
        return Ok(stand);
    }
    let schemes = opened.schemes()?;
    for by in opened.report.by_scheme() {
        let Some(scheme) = schemes.iter().find(|scheme| scheme.sha256 == by.scheme.sha256) else { continue };
        for verdict in by.verdicts {
            let touched = verdict.clauses.iter().any(|it| review.of_clause(&by.scheme.id, &it.id).next().is_some());
            let criterion = scheme.criteria.iter().find(|criterion| *criterion.code.get_ref() == verdict.code);
            if let (true, Some(criterion)) = (touched, criterion) {
                let clauses: Vec<_> =
                    verdict.clauses.iter().map(|it| (it.kind, in_force(review, &by.scheme.id, it))).collect();
                stand.insert((by.scheme.id.as_str(), verdict.code.as_str()), criterion.stands(&clauses));
            }
        }
    }
    Ok(stand)
}
