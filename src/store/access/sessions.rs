//! Who is signed in.

use jiff::Timestamp;

use super::super::{Store, StoreError};
use super::accounts::account;
use super::{Account, By, Event, account_id, log};

impl Store {
    /// Begins a session of an account, which lasts until then, and is known by the hash of what its browser holds.
    pub async fn begin_session(&self, sha256: &str, until: Timestamp, by: &By) -> Result<(), StoreError> {
        let mut transaction = self.writing().await?;
        // Times to the second, in one zone, sort as texts.
        sqlx::query("DELETE FROM sessions WHERE until <= $1")
            .bind(by.at.to_string())
            .execute(&mut *transaction)
            .await?;
        sqlx::query("INSERT INTO sessions (sha256, account, begun, until) VALUES ($1, $2, $3, $4)")
            .bind(sha256.to_owned())
            .bind(account_id(&by.who))
            .bind(by.at.to_string())
            .bind(until.to_string())
            .execute(&mut *transaction)
            .await?;
        log::write(&mut transaction, by, Event::SignedIn, "").await?;
        Ok(transaction.commit().await?)
    }

    /// The open account whose session has this hash, if it lasts beyond `now`, which is to the second.
    pub async fn session(&self, sha256: &str, now: Timestamp) -> Result<Option<Account>, StoreError> {
        let found = sqlx::query(
            "SELECT name, role, password, made, closed FROM sessions JOIN accounts ON accounts.id = sessions.account \
             WHERE sha256 = $1 AND until > $2 AND closed IS NULL",
        )
        .bind(sha256.to_owned())
        .bind(now.to_string())
        .fetch_optional(&self.pool)
        .await?;
        found.as_ref().map(account).transpose()
    }

    /// Ends a session.
    pub async fn end_session(&self, sha256: &str, by: &By) -> Result<(), StoreError> {
        let mut transaction = self.writing().await?;
        let ended = sqlx::query("DELETE FROM sessions WHERE sha256 = $1")
            .bind(sha256.to_owned())
            .execute(&mut *transaction)
            .await?;
        if ended.rows_affected() > 0 {
            log::write(&mut transaction, by, Event::SignedOut, "").await?;
        }
        Ok(transaction.commit().await?)
    }
}
