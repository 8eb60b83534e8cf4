//! Tokens by which programs are let in.

use serde::Serialize;
use sqlx::Row as _;
use sqlx::any::AnyRow;
use utoipa::ToSchema;

use super::super::{Store, StoreError, parsed};
use super::accounts::account;
use super::{Account, By, Event, Role, account_id, log};

/// A token, without what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ApiToken {
    /// What it is spoken of by.
    pub id: String,
    /// The name of the account that it stands for.
    pub account: String,
    /// What it is for, in its maker's words.
    pub title: String,
    /// The most that it may do; never more than its account may.
    pub role: Role,
    /// When it was made, in RFC 3339.
    pub made: String,
    /// Since when it lets nobody in.
    pub revoked: Option<String>,
}

/// A token that is to be kept.
#[derive(Debug)]
pub struct NewApiToken<'a> {
    /// What it is spoken of by.
    pub id: &'a str,
    /// SHA-256 of what its holder sends.
    pub sha256: &'a str,
    /// The name of its account.
    pub account: &'a str,
    /// What it is for.
    pub title: &'a str,
    /// The most that it may do.
    pub role: Role,
}

/// The columns that an [`ApiToken`] is read from.
const TOKENS: &str = "SELECT api_tokens.id, name AS account, title, api_tokens.role, api_tokens.made, revoked FROM api_tokens \
                      JOIN accounts ON accounts.id = api_tokens.account";

impl Store {
    /// Keeps a token.
    pub async fn add_api_token(&self, token: &NewApiToken<'_>, by: &By) -> Result<(), StoreError> {
        let NewApiToken { id, sha256, account, title, role } = token;
        let mut transaction = self.writing().await?;
        sqlx::query("INSERT INTO api_tokens (id, sha256, account, title, role, made) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind((*id).to_owned())
            .bind((*sha256).to_owned())
            .bind(account_id(account))
            .bind((*title).to_owned())
            .bind(role.name())
            .bind(by.at.to_string())
            .execute(&mut *transaction)
            .await?;
        log::write(&mut transaction, by, Event::TokenMade, &format!("{id} of {account}, {role}")).await?;
        Ok(transaction.commit().await?)
    }

    /// The open account that a token of this hash stands for, with what the token may do; none if it is revoked.
    pub async fn api_token(&self, sha256: &str) -> Result<Option<(Account, Role)>, StoreError> {
        let found = sqlx::query(
            "SELECT name, accounts.role, password, accounts.made, closed, api_tokens.role AS most FROM api_tokens \
             JOIN accounts ON accounts.id = api_tokens.account \
             WHERE sha256 = $1 AND revoked IS NULL AND closed IS NULL",
        )
        .bind(sha256.to_owned())
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = found else { return Ok(None) };
        let account = account(&row)?;
        let most: Role = parsed(&row, "most")?;
        let role = most.min(account.role);
        Ok(Some((account, role)))
    }

    /// The tokens of an account, the latest first, or of all where none is named.
    pub async fn api_tokens(&self, account: Option<&str>) -> Result<Vec<ApiToken>, StoreError> {
        const ORDER: &str = " ORDER BY api_tokens.made DESC, api_tokens.id";
        let rows = match account {
            Some(account) => {
                let asked = sqlx::AssertSqlSafe(format!("{TOKENS} WHERE api_tokens.account = $1{ORDER}"));
                sqlx::query(asked).bind(account_id(account)).fetch_all(&self.pool).await?
            }
            None => sqlx::query(sqlx::AssertSqlSafe(format!("{TOKENS}{ORDER}"))).fetch_all(&self.pool).await?,
        };
        rows.iter().map(token).collect()
    }

    /// Revokes a token, of this account if one is named; false if there is no such token, or it is revoked.
    pub async fn revoke_api_token(&self, id: &str, of: Option<&str>, by: &By) -> Result<bool, StoreError> {
        let mut transaction = self.writing().await?;
        let revoked = sqlx::query(
            "UPDATE api_tokens SET revoked = $2 WHERE id = $1 AND revoked IS NULL AND ($3 = '' OR account = $3)",
        )
        // PostgreSQL takes no NUL, and no token has one.
        .bind(id.replace('\0', ""))
        .bind(by.at.to_string())
        .bind(of.map(account_id).unwrap_or_default())
        .execute(&mut *transaction)
        .await?;
        if revoked.rows_affected() == 0 {
            return Ok(false);
        }
        log::write(&mut transaction, by, Event::TokenRevoked, id).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

fn token(row: &AnyRow) -> Result<ApiToken, StoreError> {
    Ok(ApiToken {
        id: row.try_get("id")?,
        account: row.try_get("account")?,
        title: row.try_get("title")?,
        role: parsed(row, "role")?,
        made: row.try_get("made")?,
        revoked: row.try_get("revoked")?,
    })
}
