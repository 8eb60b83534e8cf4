//! The runs of a city that changed something, once it was settled.

use super::runs::kept;
use super::{KeptRun, Store, StoreError, count};

impl Store {
    /// The runs of a city of which changes are settled, the latest first: at most `most`.
    pub async fn news(&self, city: &str, most: usize) -> Result<Vec<KeptRun>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, runs.city_id, city, as_of, tool, started, finished FROM settled JOIN runs ON runs.id = run \
             WHERE settled.city_id = $1 AND changes <> '[]' ORDER BY as_of DESC, COALESCE(finished, '') DESC, id LIMIT $2",
        )
        .bind(city.to_owned())
        .bind(count(most))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(kept).collect()
    }
}
