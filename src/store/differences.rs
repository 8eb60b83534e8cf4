//! What changed between runs, once it was worked out.

use sqlx::Row as _;

use super::runs::kept;
use super::{KeptRun, Store, StoreError};

impl Store {
    /// The run of the same city that came before this one.
    pub async fn before(&self, run: &KeptRun) -> Result<Option<KeptRun>, StoreError> {
        // Of runs on one day the later one is that which was fetched last, as in histories.
        let found = sqlx::query(
            "SELECT id, city_id, city, as_of, tool, started, finished FROM runs WHERE city_id = $1 AND (as_of < $2 OR \
             (as_of = $2 AND (COALESCE(finished, '') < $3 OR (COALESCE(finished, '') = $3 AND id > $4)))) \
             ORDER BY as_of DESC, COALESCE(finished, '') DESC, id LIMIT 1",
        )
        .bind(run.city_id.clone())
        .bind(run.as_of.to_string())
        .bind(run.finished.clone().unwrap_or_default())
        .bind(run.id.clone())
        .fetch_optional(&self.pool)
        .await?;
        found.as_ref().map(kept).transpose()
    }

    /// What changed from one run to another, as `tool` told it in JSON; none where it did not yet.
    pub async fn difference(&self, old: &str, new: &str, tool: &str) -> Result<Option<String>, StoreError> {
        let found = sqlx::query("SELECT whole FROM differences WHERE old = $1 AND new = $2 AND tool = $3")
            .bind(old.to_owned())
            .bind(new.to_owned())
            .bind(tool.to_owned())
            .fetch_optional(&self.pool)
            .await?;
        Ok(found.map(|row| row.try_get("whole")).transpose()?)
    }

    /// Keeps what changed from one run to another.
    pub async fn differ(&self, old: &str, new: &str, tool: &str, whole: &str) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO differences (old, new, tool, whole) VALUES ($1, $2, $3, $4) ON CONFLICT (old, new, tool) DO NOTHING",
        )
        .bind(old.to_owned())
        .bind(new.to_owned())
        .bind(tool.to_owned())
        .bind(whole.to_owned())
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
