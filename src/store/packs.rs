//! Where packs lie, and which run each holds, so that none is opened twice.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sqlx::any::AnyRow;
use sqlx::{Any, Row as _, Transaction};

use super::{Store, StoreError};

/// A pack's file as it was when its run was taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lying {
    /// Its length, in bytes.
    pub bytes: i64,
    /// When it was last written, in nanoseconds since 1970.
    pub modified: i64,
}

impl Store {
    /// Every pack within `folder` whose run is kept.
    pub async fn packs(&self, folder: &Path) -> Result<BTreeMap<PathBuf, Lying>, StoreError> {
        let rows = sqlx::query("SELECT path, bytes, modified FROM packs").fetch_all(&self.pool).await?;
        let mut packs = BTreeMap::new();
        for row in rows {
            let path = PathBuf::from(row.try_get::<String, _>("path")?);
            if path.starts_with(folder) {
                packs.insert(path, Lying { bytes: row.try_get("bytes")?, modified: row.try_get("modified")? });
            }
        }
        Ok(packs)
    }

    /// Remembers a pack, and the run that it holds.
    pub async fn lies(&self, path: &str, lying: Lying, run: &str) -> Result<(), StoreError> {
        let mut transaction = self.writing().await?;
        remember(&mut transaction, path, lying, run).await?;
        Ok(transaction.commit().await?)
    }

    /// Forgets a pack that is gone; its run stays known.
    pub async fn gone(&self, path: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM packs WHERE path = $1").bind(path.to_owned()).execute(&self.pool).await?;
        Ok(())
    }

    /// The pack that lies there, as it was when that was remembered.
    pub async fn lying(&self, path: &str) -> Result<Option<Lying>, StoreError> {
        let found = sqlx::query("SELECT bytes, modified FROM packs WHERE path = $1")
            .bind(path.to_owned())
            .fetch_optional(&self.pool)
            .await?;
        let read = |row: AnyRow| Ok(Lying { bytes: row.try_get("bytes")?, modified: row.try_get("modified")? });
        found.map(read).transpose()
    }

    /// The run whose pack lies there.
    pub async fn run_at(&self, path: &str) -> Result<Option<String>, StoreError> {
        let found = sqlx::query("SELECT run FROM packs WHERE path = $1")
            .bind(path.to_owned())
            .fetch_optional(&self.pool)
            .await?;
        Ok(found.map(|row| row.try_get("run")).transpose()?)
    }

    /// Where the packs of a run lie.
    pub async fn packs_of(&self, run: &str) -> Result<Vec<PathBuf>, StoreError> {
        let rows = sqlx::query("SELECT path FROM packs WHERE run = $1 ORDER BY path")
            .bind(run.to_owned())
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|row| Ok(PathBuf::from(row.try_get::<String, _>("path")?))).collect()
    }
}

pub(super) async fn remember(
    transaction: &mut Transaction<'_, Any>,
    path: &str,
    lying: Lying,
    run: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO packs (path, bytes, modified, run) VALUES ($1, $2, $3, $4) ON CONFLICT (path) \
         DO UPDATE SET bytes = excluded.bytes, modified = excluded.modified, run = excluded.run",
    )
    .bind(path.to_owned())
    .bind(lying.bytes)
    .bind(lying.modified)
    .bind(run.to_owned())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
