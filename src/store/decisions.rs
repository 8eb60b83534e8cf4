//! What people decided, which is only ever added to, and the sign-off that closes a run.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use sqlx::any::AnyRow;
use sqlx::{Any, Row as _, Transaction};
use utoipa::ToSchema;

use super::{Store, StoreError, count, counted, json, parsed};
use crate::criteria::decision::{Decided, Decision, SignOff};
use crate::criteria::verdict::Standing;

/// How often people agreed with what a probe's findings had decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Agreement {
    /// Clauses that stood at met or not met, and were left so.
    pub upheld: usize,
    /// Clauses that stood at met or not met, and were set otherwise.
    pub overruled: usize,
    /// Clauses that were left to a person, who found them met.
    pub settled_met: usize,
    /// Clauses that were left to a person, who found them not met.
    pub settled_not_met: usize,
}

impl Store {
    /// Adds a decision to those of its run, which rests on findings of `probes`; none if the run is signed off.
    pub async fn decide(&self, run: &str, decided: Decided, probes: &[&str]) -> Result<Option<Decision>, StoreError> {
        let mut transaction = self.writing().await?;
        if !self.hold(&mut transaction, run).await? {
            return Ok(None);
        }
        let last = sqlx::query("SELECT number, sha256 FROM decisions WHERE run = $1 ORDER BY number DESC LIMIT 1")
            .bind(run.to_owned())
            .fetch_optional(&mut *transaction)
            .await?;
        let (number, before) = match last {
            Some(row) => (counted(&row, "number")? + 1, row.try_get("sha256")?),
            None => (1, run.to_owned()),
        };
        let decision = decided.chained(number, &before);
        add(&mut transaction, run, &decision, probes).await?;
        transaction.commit().await?;
        Ok(Some(decision))
    }

    /// Everything decided of a run, in order.
    pub async fn decisions(&self, run: &str) -> Result<Vec<Decision>, StoreError> {
        let rows = sqlx::query("SELECT whole FROM decisions WHERE run = $1 ORDER BY number")
            .bind(run.to_owned())
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(decision).collect()
    }

    /// Everything decided of every run, by run, in order.
    pub async fn all_decisions(&self) -> Result<BTreeMap<String, Vec<Decision>>, StoreError> {
        let rows = sqlx::query("SELECT run, whole FROM decisions ORDER BY run, number").fetch_all(&self.pool).await?;
        let mut all: BTreeMap<String, Vec<Decision>> = BTreeMap::new();
        for row in &rows {
            all.entry(row.try_get("run")?).or_default().push(decision(row)?);
        }
        Ok(all)
    }

    /// Closes a run with what was decided of it; one that is closed stays as it is.
    pub async fn sign(&self, run: &str, reviewer: &str, at: Timestamp) -> Result<SignOff, StoreError> {
        let mut transaction = self.writing().await?;
        if self.hold(&mut transaction, run).await? {
            let rows = sqlx::query("SELECT whole FROM decisions WHERE run = $1 ORDER BY number")
                .bind(run.to_owned())
                .fetch_all(&mut *transaction)
                .await?;
            let decisions = rows.iter().map(decision).collect::<Result<_, _>>()?;
            let signed = SignOff::of(run, decisions, reviewer, at);
            close(&mut transaction, &signed).await?;
            transaction.commit().await?;
            return Ok(signed);
        }
        drop(transaction);
        self.signed(run).await?.ok_or_else(|| StoreError::Unknown(format!("run {run}")))
    }

    /// The sign-off of a run, if it is closed.
    pub async fn signed(&self, run: &str) -> Result<Option<SignOff>, StoreError> {
        let found = sqlx::query("SELECT reviewer, at, sha256 FROM signatures WHERE run = $1")
            .bind(run.to_owned())
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = found else { return Ok(None) };
        Ok(Some(SignOff {
            run: run.to_owned(),
            decisions: self.decisions(run).await?,
            reviewer: row.try_get("reviewer")?,
            at: parsed(&row, "at")?,
            sha256: row.try_get("sha256")?,
        }))
    }

    /// Takes over the decisions of a run that was signed off elsewhere, where none are known here; `probes` tells which
    /// probes a finding is of.
    pub async fn adopt(&self, signed: &SignOff, probes: &BTreeMap<&str, &str>) -> Result<(), StoreError> {
        let mut transaction = self.writing().await?;
        let open = self.hold(&mut transaction, &signed.run).await?;
        let row = sqlx::query("SELECT count(*) AS n FROM decisions WHERE run = $1")
            .bind(signed.run.clone())
            .fetch_one(&mut *transaction)
            .await?;
        if !open || counted(&row, "n")? > 0 {
            return Ok(());
        }
        for decision in &signed.decisions {
            let weighed: Vec<&str> =
                decision.decided.findings.iter().filter_map(|id| probes.get(id.as_str()).copied()).collect();
            add(&mut transaction, &signed.run, decision, &weighed).await?;
        }
        close(&mut transaction, signed).await?;
        Ok(transaction.commit().await?)
    }

    /// By probe, how often people agreed: of several decisions on one clause of one run, the last counts.
    pub async fn agreement(&self) -> Result<BTreeMap<String, Agreement>, StoreError> {
        let rows = sqlx::query(
            "SELECT probe, found, decided, count(*) AS n FROM decisions \
             JOIN weighed ON weighed.run = decisions.run AND weighed.number = decisions.number \
             WHERE NOT EXISTS (SELECT 1 FROM decisions AS later WHERE later.run = decisions.run \
             AND later.scheme = decisions.scheme AND later.clause = decisions.clause AND later.number > decisions.number) \
             GROUP BY probe, found, decided",
        )
        .fetch_all(&self.pool)
        .await?;
        let mut by_probe: BTreeMap<String, Agreement> = BTreeMap::new();
        for row in &rows {
            let agreement = by_probe.entry(row.try_get("probe")?).or_default();
            let n = counted(row, "n")?;
            let (found, decided): (Standing, Standing) = (parsed(row, "found")?, parsed(row, "decided")?);
            match (found, decided) {
                (Standing::Met | Standing::NotMet, _) if found == decided => agreement.upheld += n,
                (Standing::Met | Standing::NotMet, _) => agreement.overruled += n,
                (_, Standing::Met) => agreement.settled_met += n,
                (_, Standing::NotMet) => agreement.settled_not_met += n,
                _ => {}
            }
        }
        Ok(by_probe)
    }

    /// Holds a run, so that its decisions are added one after the other; whether it is still open.
    async fn hold(&self, transaction: &mut Transaction<'_, Any>, run: &str) -> Result<bool, StoreError> {
        let held = sqlx::query("UPDATE runs SET city = city WHERE id = $1")
            .bind(run.to_owned())
            .execute(&mut **transaction)
            .await?;
        if held.rows_affected() == 0 {
            return Err(StoreError::Unknown(format!("run {run}")));
        }
        let signed = sqlx::query("SELECT run FROM signatures WHERE run = $1")
            .bind(run.to_owned())
            .fetch_optional(&mut **transaction)
            .await?;
        Ok(signed.is_none())
    }
}

async fn add(
    transaction: &mut Transaction<'_, Any>,
    run: &str,
    decision: &Decision,
    probes: &[&str],
) -> Result<(), StoreError> {
    let Decision { number, decided, sha256, .. } = decision;
    sqlx::query(
        "INSERT INTO decisions (run, number, scheme, clause, found, decided, reviewer, at, whole, sha256) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(run.to_owned())
    .bind(count(*number))
    .bind(decided.scheme.clone())
    .bind(decided.clause.clone())
    .bind(decided.found.name())
    .bind(decided.decided.name())
    .bind(decided.reviewer.clone())
    .bind(decided.at.to_string())
    .bind(json(decision)?)
    .bind(sha256.clone())
    .execute(&mut **transaction)
    .await?;
    for probe in probes {
        sqlx::query(
            "INSERT INTO weighed (run, number, probe) VALUES ($1, $2, $3) ON CONFLICT (run, number, probe) DO NOTHING",
        )
        .bind(run.to_owned())
        .bind(count(*number))
        .bind((*probe).to_owned())
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}

async fn close(transaction: &mut Transaction<'_, Any>, signed: &SignOff) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO signatures (run, reviewer, at, sha256) VALUES ($1, $2, $3, $4)")
        .bind(signed.run.clone())
        .bind(signed.reviewer.clone())
        .bind(signed.at.to_string())
        .bind(signed.sha256.clone())
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

fn decision(row: &AnyRow) -> Result<Decision, StoreError> {
    let whole: String = row.try_get("whole")?;
    serde_json::from_str(&whole).map_err(|error| StoreError::Unknown(format!("decision: {error}")))
}
