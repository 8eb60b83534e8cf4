//! Accounts: never removed, as decisions keep their names.

use sqlx::any::AnyRow;
use sqlx::{Any, Row as _, Transaction};

use super::super::{Store, StoreError, counted, parsed};
use super::{By, Event, Role, log};

/// Somebody who may be let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The name that decisions bear.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Argon2id of the password, as a PHC string.
    pub password: String,
    /// When it was made, in RFC 3339.
    pub made: String,
    /// Since when it lets nobody in.
    pub closed: Option<String>,
}

/// What an account is found by: no two names differ by their case alone.
pub(super) fn account_id(name: &str) -> String {
    // PostgreSQL takes no NUL.
    name.trim().to_lowercase().replace('\0', "\u{FFFD}")
}

impl Store {
    /// Whether there are accounts, closed ones among them: from then on nobody is let in without one.
    pub async fn has_accounts(&self) -> Result<bool, StoreError> {
        let row = sqlx::query("SELECT count(*) AS n FROM accounts").fetch_one(&self.pool).await?;
        Ok(counted(&row, "n")? > 0)
    }

    /// Every account, by name.
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let rows = sqlx::query("SELECT name, role, password, made, closed FROM accounts ORDER BY id")
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(account).collect()
    }

    /// The account of this name, closed or not.
    pub async fn account(&self, name: &str) -> Result<Option<Account>, StoreError> {
        let found = sqlx::query("SELECT name, role, password, made, closed FROM accounts WHERE id = $1")
            .bind(account_id(name))
            .fetch_optional(&self.pool)
            .await?;
        found.as_ref().map(account).transpose()
    }

    /// Makes an account whose password has this hash; false if the name is taken.
    pub async fn add_account(&self, name: &str, role: Role, password: &str, by: &By) -> Result<bool, StoreError> {
        let mut transaction = self.writing().await?;
        if !insert(&mut transaction, name, role, password, by).await? {
            return Ok(false);
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Lets an account do something else; false if it is not there, or the only one that could make others.
    pub async fn set_role(&self, name: &str, role: Role, by: &By) -> Result<bool, StoreError> {
        let mut transaction = self.writing().await?;
        let set = sqlx::query(
            "UPDATE accounts SET role = $2 WHERE id = $1 AND ($2 = 'admin' OR role <> 'admin' OR closed IS NOT NULL \
             OR (SELECT count(*) FROM accounts WHERE role = 'admin' AND closed IS NULL) > 1)",
        )
        .bind(account_id(name))
        .bind(role.name())
        .execute(&mut *transaction)
        .await?;
        if set.rows_affected() == 0 {
            return Ok(false);
        }
        log::write(&mut transaction, by, Event::RoleSet, &format!("{}, {role}", name.trim())).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Gives an account another password, and ends its sessions; false if it is not there.
    pub async fn set_password(&self, name: &str, password: &str, by: &By) -> Result<bool, StoreError> {
        let mut transaction = self.writing().await?;
        let set = sqlx::query("UPDATE accounts SET password = $2 WHERE id = $1")
            .bind(account_id(name))
            .bind(password.to_owned())
            .execute(&mut *transaction)
            .await?;
        if set.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query("DELETE FROM sessions WHERE account = $1")
            .bind(account_id(name))
            .execute(&mut *transaction)
            .await?;
        log::write(&mut transaction, by, Event::PasswordSet, name.trim()).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Closes an account for good: its sessions and tokens let nobody in from now on. False if it is not there, closed, or
    /// the only one that could make others.
    pub async fn close_account(&self, name: &str, by: &By) -> Result<bool, StoreError> {
        let mut transaction = self.writing().await?;
        let closed = sqlx::query(
            "UPDATE accounts SET closed = $2 WHERE id = $1 AND closed IS NULL AND (role <> 'admin' \
             OR (SELECT count(*) FROM accounts WHERE role = 'admin' AND closed IS NULL) > 1)",
        )
        .bind(account_id(name))
        .bind(by.at.to_string())
        .execute(&mut *transaction)
        .await?;
        if closed.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query("DELETE FROM sessions WHERE account = $1")
            .bind(account_id(name))
            .execute(&mut *transaction)
            .await?;
        log::write(&mut transaction, by, Event::AccountClosed, name.trim()).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

/// Makes an account; false if the name is taken.
pub(super) async fn insert(
    transaction: &mut Transaction<'_, Any>,
    name: &str,
    role: Role,
    password: &str,
    by: &By,
) -> Result<bool, StoreError> {
    let added = sqlx::query(
        "INSERT INTO accounts (id, name, role, password, made) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING",
    )
    .bind(account_id(name))
    .bind(name.trim().to_owned())
    .bind(role.name())
    .bind(password.to_owned())
    .bind(by.at.to_string())
    .execute(&mut **transaction)
    .await?;
    if added.rows_affected() == 0 {
        return Ok(false);
    }
    log::write(transaction, by, Event::AccountMade, &format!("{}, {role}", name.trim())).await?;
    Ok(true)
}

pub(super) fn account(row: &AnyRow) -> Result<Account, StoreError> {
    Ok(Account {
        name: row.try_get("name")?,
        role: parsed(row, "role")?,
        password: row.try_get("password")?,
        made: row.try_get("made")?,
        closed: row.try_get("closed")?,
    })
}
