//! How far runs are to be believed, and what changed once it was settled.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::any::AnyRow;
use sqlx::{Any, Row as _, Transaction};
use utoipa::ToSchema;

use super::outbox::enqueue;
use super::runs::kept;
use super::{KeptRun, Store, StoreError, json};
use crate::criteria::verdict::{Lead, Standing};

/// A clause that could not be looked at, held as it was last seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LastSeen {
    /// The scheme's id.
    pub scheme: String,
    /// The code of its criterion.
    pub code: String,
    /// How the whole criterion stood.
    pub criterion: Standing,
    /// How the whole criterion stands in this run.
    pub found: Standing,
    /// The clause's id.
    pub clause: String,
    /// How it stood.
    pub standing: Option<Standing>,
    /// How strongly passages led to it.
    pub lead: Option<Lead>,
    /// The run that saw it last.
    pub run: String,
    /// The date of that run.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// The date of the first look that failed; one on another day settles it.
    #[schema(value_type = String, format = Date)]
    pub since: Date,
    /// Whether that second look failed too: it stands as runs have it, and is held only to compare with once it is seen again.
    pub out_of_sight: bool,
}

/// A clause that stands otherwise than it did, and why: what people are told of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SettledChange {
    /// The scheme's id.
    pub scheme: String,
    /// The clause's id.
    pub clause: String,
    /// How it stood; none where it was not asked.
    pub was: Option<Standing>,
    /// How it stands; none where it is not asked any more.
    pub now: Option<Standing>,
    /// How strongly passages led to it.
    pub led: Option<Lead>,
    /// How strongly they do now.
    pub leads: Option<Lead>,
    /// Why, as `tickmark diff --format json` writes it.
    #[schema(value_type = Vec<Object>)]
    pub causes: Vec<Value>,
}

/// What is settled of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Settled {
    /// What is held as it was last seen.
    pub held: Vec<LastSeen>,
    /// What changed since it was last settled.
    pub changes: Vec<SettledChange>,
}

/// What of a city is still to be settled.
#[derive(Debug)]
pub struct ToSettle {
    /// Whether runs of it were settled before: changes in those that come with a city's first are no news.
    pub known: bool,
    /// Its runs, the earliest first.
    pub runs: Vec<KeptRun>,
}

impl Store {
    /// The cities with runs that are not settled.
    pub async fn cities_to_settle(&self) -> Result<Vec<String>, StoreError> {
        let rows = sqlx::query(
            "SELECT DISTINCT city_id FROM runs WHERE NOT EXISTS (SELECT 1 FROM settled WHERE settled.run = runs.id) \
             ORDER BY city_id",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| Ok(row.try_get("city_id")?)).collect()
    }

    /// The runs of a city that are to be settled one after the other: those after the latest that is, at most the last
    /// `most`. Those before them are taken as they stand, and so are those whose pack lies nowhere any more.
    pub async fn to_settle(&self, city: &str, most: usize) -> Result<ToSettle, StoreError> {
        let rows = sqlx::query(
            "SELECT id, runs.city_id, city, as_of, tool, started, finished, settled.run, (SELECT min(path) FROM packs WHERE \
             packs.run = id) AS path FROM runs LEFT JOIN settled ON settled.run = id WHERE runs.city_id = $1 \
             ORDER BY as_of DESC, COALESCE(finished, '') DESC, id",
        )
        .bind(city.to_owned())
        .fetch_all(&self.pool)
        .await?;
        let has = |row: &AnyRow, column| -> Result<bool, StoreError> {
            Ok(row.try_get::<Option<String>, _>(column)?.is_some())
        };
        let (mut runs, mut known) = (Vec::new(), false);
        let mut transaction = self.writing().await?;
        for row in &rows {
            let (run, settled) = (kept(row)?, has(row, "run")?);
            known |= settled;
            if known || runs.len() == most || !has(row, "path")? {
                if !settled {
                    insert(&mut transaction, &run, &Settled::default()).await?;
                }
            } else {
                runs.push(run);
            }
        }
        transaction.commit().await?;
        runs.reverse();
        Ok(ToSettle { known, runs })
    }

    /// What is settled of a run; none while it is not yet.
    pub async fn settled(&self, run: &str) -> Result<Option<Settled>, StoreError> {
        let found = sqlx::query("SELECT held, changes FROM settled WHERE run = $1")
            .bind(run.to_owned())
            .fetch_optional(&self.pool)
            .await?;
        found.map(|row| Ok(Settled { held: read(&row, "held")?, changes: read(&row, "changes")? })).transpose()
    }

    /// Keeps what is settled of a run, once, and has its changes told on these channels; false where it was settled before.
    pub async fn settle(
        &self,
        run: &KeptRun,
        settled: &Settled,
        channels: &[String],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.writing().await?;
        let first = insert(&mut transaction, run, settled).await?;
        if first && !settled.changes.is_empty() {
            enqueue(&mut transaction, &run.id, &run.city_id, channels, now).await?;
        }
        transaction.commit().await?;
        Ok(first)
    }
}

async fn insert(transaction: &mut Transaction<'_, Any>, run: &KeptRun, settled: &Settled) -> Result<bool, StoreError> {
    let added = sqlx::query(
        "INSERT INTO settled (run, city_id, held, changes) VALUES ($1, $2, $3, $4) ON CONFLICT (run) DO NOTHING",
    )
    .bind(run.id.clone())
    .bind(run.city_id.clone())
    .bind(json(&settled.held)?)
    .bind(json(&settled.changes)?)
    .execute(&mut **transaction)
    .await?;
    Ok(added.rows_affected() > 0)
}

/// A column that holds JSON.
pub(super) fn read<T: DeserializeOwned + Default>(row: &AnyRow, column: &str) -> Result<T, StoreError> {
    let told: Option<String> = row.try_get(column)?;
    told.map_or_else(
        || Ok(T::default()),
        |told| serde_json::from_str(&told).map_err(|error| StoreError::Unknown(error.to_string())),
    )
}
