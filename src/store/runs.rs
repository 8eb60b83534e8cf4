//! Runs taken in, each whole or not at all.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use sqlx::any::AnyRow;
use sqlx::{Any, Row as _, Transaction};
use utoipa::ToSchema;

use super::{Lying, Store, StoreError, city_id, count, first, json, packs, parsed};
use crate::criteria::verdict::{Fix, Lead, Standing, Summary, Verdict};

/// A run as an audit left it.
#[derive(Debug)]
pub struct NewRun<'a> {
    /// The hash of what its pack holds.
    pub id: &'a str,
    /// The city's name.
    pub city: &'a str,
    /// The date it speaks of.
    pub as_of: Date,
    /// Which version of the program said so.
    pub tool: &'a str,
    /// When its first and its last capture were fetched; none where it has none.
    pub fetched: Option<(Timestamp, Timestamp)>,
    /// What came of it by each scheme, the submission's own first.
    pub held: Vec<Held<'a>>,
    /// Where its pack lies, if it does: it is remembered with the run, or nobody could tell what changed in it.
    pub lies: Option<(&'a str, Lying)>,
}

/// The findings of a run held against one scheme.
#[derive(Debug)]
pub struct Held<'a> {
    /// The scheme's folder name.
    pub scheme: &'a str,
    /// Its title.
    pub title: &'a str,
    /// SHA-256 over all its files.
    pub edition: &'a str,
    /// The result in figures.
    pub standing: &'a Summary,
    /// Every criterion, in the scheme's order.
    pub verdicts: &'a [Verdict],
    /// What to do first.
    pub first: &'a [Fix],
}

/// A run as the store has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct KeptRun {
    /// The hash of what its pack holds.
    pub id: String,
    /// Names the city in addresses.
    pub city_id: String,
    /// The city's name.
    pub city: String,
    /// The date it speaks of.
    #[schema(value_type = String, format = Date)]
    pub as_of: Date,
    /// Which version of the program said so.
    pub tool: String,
    /// When its first capture was fetched, in RFC 3339.
    pub started: Option<String>,
    /// When its last capture was fetched.
    pub finished: Option<String>,
}

/// How a clause stood, as it is kept.
#[derive(Serialize)]
struct Clause<'a> {
    id: &'a str,
    standing: Standing,
    lead: Option<Lead>,
}

impl Store {
    /// Keeps a run, once: one that is there already is left as it is. When this returns, the run is safe.
    pub async fn keep(&self, run: &NewRun<'_>) -> Result<(), StoreError> {
        let mut transaction = self.writing().await?;
        let (started, finished) = run.fetched.unzip();
        let city_id = city_id(run.city);
        let added = sqlx::query(
            "INSERT INTO runs (id, city_id, city, as_of, tool, started, finished) VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(run.id.to_owned())
        .bind(city_id.clone())
        .bind(run.city.to_owned())
        .bind(run.as_of.to_string())
        .bind(run.tool.to_owned())
        .bind(started.map(|time| time.to_string()))
        .bind(finished.map(|time| time.to_string()))
        .execute(&mut *transaction)
        .await?;
        if added.rows_affected() > 0 {
            for (place, held) in run.held.iter().enumerate() {
                keep_edition(&mut transaction, held).await?;
                keep_result(&mut transaction, run.id, place, held).await?;
                for verdict in held.verdicts {
                    keep_verdict(&mut transaction, run.id, held.edition, verdict).await?;
                }
            }
            keep_city(&mut transaction, &city_id).await?;
            first::keep(&mut transaction, run.id, &run.held).await?;
        }
        if let Some((path, lying)) = run.lies {
            packs::remember(&mut transaction, path, lying, run.id).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// The run of this id.
    pub async fn run(&self, id: &str) -> Result<Option<KeptRun>, StoreError> {
        let found = sqlx::query("SELECT id, city_id, city, as_of, tool, started, finished FROM runs WHERE id = $1")
            .bind(id.to_owned())
            .fetch_optional(&self.pool)
            .await?;
        found.as_ref().map(kept).transpose()
    }
}

pub(super) fn kept(row: &AnyRow) -> Result<KeptRun, StoreError> {
    Ok(KeptRun {
        id: row.try_get("id")?,
        city_id: row.try_get("city_id")?,
        city: row.try_get("city")?,
        as_of: parsed(row, "as_of")?,
        tool: row.try_get("tool")?,
        started: row.try_get("started")?,
        finished: row.try_get("finished")?,
    })
}

/// The titles of a scheme's criteria are kept once, however many runs are held against it.
async fn keep_edition(transaction: &mut Transaction<'_, Any>, held: &Held<'_>) -> Result<(), StoreError> {
    let added =
        sqlx::query("INSERT INTO editions (sha256, scheme, title) VALUES ($1, $2, $3) ON CONFLICT (sha256) DO NOTHING")
            .bind(held.edition.to_owned())
            .bind(held.scheme.to_owned())
            .bind(held.title.to_owned())
            .execute(&mut **transaction)
            .await?;
    // Another part of the scheme may come later.
    let known = if added.rows_affected() > 0 { 0 } else { criteria_of(transaction, held.edition).await? };
    if known >= count(held.verdicts.len()) {
        return Ok(());
    }
    for (place, verdict) in held.verdicts.iter().enumerate() {
        sqlx::query(
            "INSERT INTO criteria (edition, place, code, category, title) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (edition, code) DO NOTHING",
        )
        .bind(held.edition.to_owned())
        .bind(count(place))
        .bind(verdict.code.clone())
        .bind(verdict.category.clone())
        .bind(verdict.title.clone())
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}

async fn criteria_of(transaction: &mut Transaction<'_, Any>, edition: &str) -> Result<i64, StoreError> {
    let counted = sqlx::query("SELECT count(*) AS n FROM criteria WHERE edition = $1")
        .bind(edition.to_owned())
        .fetch_one(&mut **transaction)
        .await?;
    Ok(counted.try_get("n")?)
}

async fn keep_result(
    transaction: &mut Transaction<'_, Any>,
    run: &str,
    place: usize,
    held: &Held<'_>,
) -> Result<(), StoreError> {
    let s = held.standing;
    let standings: BTreeMap<&str, Standing> =
        held.verdicts.iter().map(|verdict| (verdict.code.as_str(), verdict.standing)).collect();
    sqlx::query(
        "INSERT INTO results (run, place, edition, criteria, met, not_met, needs_review, nothing_offered, points_sure, \
         points_possible, standings) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(run.to_owned())
    .bind(count(place))
    .bind(held.edition.to_owned())
    .bind(count(s.criteria))
    .bind(count(s.met))
    .bind(count(s.not_met))
    .bind(count(s.needs_review))
    .bind(count(s.nothing_offered))
    .bind(s.points_sure)
    .bind(s.points_possible)
    .bind(json(&standings)?)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

async fn keep_verdict(
    transaction: &mut Transaction<'_, Any>,
    run: &str,
    edition: &str,
    verdict: &Verdict,
) -> Result<(), StoreError> {
    let clauses: Vec<Clause<'_>> = verdict
        .clauses
        .iter()
        .map(|clause| Clause { id: &clause.id, standing: clause.standing, lead: clause.lead })
        .collect();
    sqlx::query("INSERT INTO verdicts (run, edition, code, standing, clauses) VALUES ($1, $2, $3, $4, $5)")
        .bind(run.to_owned())
        .bind(edition.to_owned())
        .bind(verdict.code.clone())
        .bind(verdict.standing.name())
        .bind(json(&clauses)?)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

/// Counts a city's runs anew, and finds its latest.
async fn keep_city(transaction: &mut Transaction<'_, Any>, city: &str) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO cities (id, city, runs, latest) SELECT city_id, city, (SELECT count(*) FROM runs WHERE city_id = $1), id \
         FROM runs WHERE city_id = $1 ORDER BY as_of DESC, COALESCE(finished, '') DESC, id LIMIT 1 \
         ON CONFLICT (id) DO UPDATE SET city = excluded.city, runs = excluded.runs, latest = excluded.latest",
    )
    .bind(city.to_owned())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
