//! Accounts of those whom a provider elsewhere knows.

use super::super::{Store, StoreError};
use super::accounts::{self, account};
use super::{Account, By, Role, account_id};

/// What somebody is known by elsewhere.
#[derive(Clone, Copy, Debug)]
pub struct Identity<'a> {
    /// The provider.
    pub issuer: &'a str,
    /// What it knows them by; it gives this to nobody else, ever.
    pub subject: &'a str,
}

impl Identity<'_> {
    /// PostgreSQL takes no NUL.
    fn columns(&self) -> (String, String) {
        (self.issuer.replace('\0', "\u{FFFD}"), self.subject.replace('\0', "\u{FFFD}"))
    }
}

impl Store {
    /// Their account, closed or not.
    pub async fn identified(&self, identity: &Identity<'_>) -> Result<Option<Account>, StoreError> {
        let (issuer, subject) = identity.columns();
        let found = sqlx::query(
            "SELECT name, role, password, accounts.made, closed FROM identities \
             JOIN accounts ON accounts.id = identities.account WHERE issuer = $1 AND subject = $2",
        )
        .bind(issuer)
        .bind(subject)
        .fetch_optional(&self.pool)
        .await?;
        found.as_ref().map(account).transpose()
    }

    /// Makes their account; false if the name is taken, by whomever, or they have one.
    pub async fn add_identified(
        &self,
        identity: &Identity<'_>,
        name: &str,
        role: Role,
        password: &str,
        by: &By,
    ) -> Result<bool, StoreError> {
        if self.identified(identity).await?.is_some() {
            return Ok(false);
        }
        let (issuer, subject) = identity.columns();
        let mut transaction = self.writing().await?;
        if !accounts::insert(&mut transaction, name, role, password, by).await? {
            return Ok(false);
        }
        let added = sqlx::query(
            "INSERT INTO identities (issuer, subject, account, made) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (issuer, subject) DO NOTHING",
        )
        .bind(issuer)
        .bind(subject)
        .bind(account_id(name))
        .bind(by.at.to_string())
        .execute(&mut *transaction)
        .await?;
        // They may have signed in twice at once.
        if added.rows_affected() == 0 {
            return Ok(false);
        }
        transaction.commit().await?;
        Ok(true)
    }
}
