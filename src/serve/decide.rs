//! What a reviewer says of a clause, and of a run as a whole: put into the store, and at the sign-off into the pack.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;
use tokio::task::spawn_blocking;
use utoipa::ToSchema;

use super::Bench;
use super::access::who;
use super::missing::Missing;
use super::opened::Opened;
use crate::criteria::agreement;
use crate::criteria::decision::{Decided, Decision, SignOff};
use crate::criteria::verdict::Standing;
use crate::pack::{Pack, SIGN_OFF};
use crate::store::Event;

/// What a reviewer says of a clause.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct Stated {
    /// How it stands by them; the standing it has in the run accepts that.
    pub(super) standing: Standing,
    /// Why; needed where it is set otherwise than it stood.
    #[serde(default)]
    #[schema(max_length = 4000)]
    pub(super) reason: String,
    /// Their name, where the workbench has no accounts: with them, the decision bears the account's.
    #[schema(min_length = 1, max_length = 100, pattern = r"\S")]
    pub(super) reviewer: Option<String>,
}

impl Bench {
    /// Takes a decision on a clause of a run.
    pub(super) async fn decide(
        self: &Arc<Self>,
        run: &str,
        scheme: &str,
        clause: &str,
        stated: &Stated,
    ) -> Result<Decision, Missing> {
        let opened = Arc::clone(self).open(run.to_owned()).await?;
        let asks = who();
        let (decided, probes) = decided(&opened, scheme, clause, stated, &asks.signs_as(stated.reviewer.as_deref())?)?;
        let probes: Vec<&str> = probes.iter().map(String::as_str).collect();
        let decision = self.store.decide(run, decided, &probes).await?.ok_or(Missing::Closed)?;
        let about = format!("{clause} of {scheme} in run {run}, decision {}", decision.number);
        self.store.log(&asks.by(), Event::Decided, &about).await?;
        Ok(decision)
    }

    /// Signs a run off, and freezes it with its decisions into its pack. Where it is signed off already and the pack does
    /// not say so yet, the pack is written again.
    pub(super) async fn sign(self: &Arc<Self>, run: &str, said: Option<&str>) -> Result<SignOff, Missing> {
        let asks = who();
        let reviewer = asks.signs_as(said)?;
        if self.two_reviewers {
            let decisions = self.store.decisions(run).await?;
            let agreement::Open { half, unsettled } = agreement::open(&decisions);
            let open: Vec<&str> = half.union(&unsettled).map(|(_, clause)| *clause).collect();
            if !open.is_empty() {
                return Err(Missing::Unsettled(open.join(", ")));
            }
        }
        // One at a time: two must not write the same pack.
        let _signing = self.signing.lock().await;
        // The pack must be there to be written.
        let opened = Arc::clone(self).open(run.to_owned()).await?;
        let path = self.folder.whole(&self.store, run).await?;
        let signed = self.store.sign(run, &kept(&reviewer), now()).await?;
        self.store.log(&asks.by(), Event::SignedOff, &format!("run {run}")).await?;
        let bytes = serde_json::to_vec_pretty(&signed).map_err(std::io::Error::from)?;
        spawn_blocking(move || {
            // Bodies that are being read are read from the file as it was.
            let is_in = opened.pack.extra(SIGN_OFF)?.is_some_and(|there| there == bytes);
            if is_in { Ok(()) } else { Pack::amend(&path, SIGN_OFF, &bytes) }
        })
        .await??;
        self.open.forget(run);
        Ok(signed)
    }
}

/// The decision that is stated, and the probes whose findings had decided its clause.
fn decided(
    opened: &Opened,
    scheme: &str,
    clause: &str,
    stated: &Stated,
    reviewer: &str,
) -> Result<(Decided, BTreeSet<String>), Missing> {
    let by = opened.report.by_scheme().find(|by| by.scheme.id == scheme).ok_or(Missing::Nothing)?;
    let clauses = by.verdicts.iter().flat_map(|verdict| &verdict.clauses);
    let clause = clauses.into_iter().find(|it| it.id == clause).ok_or(Missing::Nothing)?;
    let mut decided = Decided {
        scheme: scheme.to_owned(),
        clause: clause.id.clone(),
        found: clause.standing,
        decided: stated.standing,
        reason: stated.reason.clone(),
        reviewer: reviewer.to_owned(),
        at: now(),
        findings: clause.findings.clone(),
    };
    // Whether one is needed depends on how the clause stands, not on what was sent alone.
    if decided.decided != decided.found && decided.reason.trim().is_empty() {
        return Err(Missing::Unfounded);
    }
    if let Some(problem) = decided.problem() {
        return Err(Missing::Refused(problem.to_owned()));
    }
    for text in [&mut decided.reason, &mut decided.reviewer] {
        *text = kept(text);
    }
    let view = opened.view();
    let probes = clause.findings.iter().filter_map(|id| view.finding(id)).map(|finding| finding.probe.clone());
    Ok((decided, probes.collect()))
}

/// Words as they are kept: PostgreSQL takes no NUL.
fn kept(words: &str) -> String {
    words.trim().replace('\0', "\u{FFFD}")
}

/// The time, to the second.
pub(super) fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}
