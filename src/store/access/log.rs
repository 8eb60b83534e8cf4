//! What was done, by whom: only ever added to.

use std::str::FromStr;

use serde::Serialize;
use sqlx::{Any, Row as _, Transaction};
use utoipa::ToSchema;

use super::super::{Store, StoreError, count, counted, parsed};
use super::By;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// Somebody signed in.
    SignedIn,
    /// A name and a password did not fit, or came too often.
    NotLetIn,
    /// Somebody signed out.
    SignedOut,
    /// An account asked for what its role does not allow.
    NotAllowed,
    /// An account was made.
    AccountMade,
    /// An account has another role.
    RoleSet,
    /// An account has another password.
    PasswordSet,
    /// An account was closed.
    AccountClosed,
    /// A token was made.
    TokenMade,
    /// A token was revoked.
    TokenRevoked,
    /// A clause was decided.
    Decided,
    /// A run was signed off.
    SignedOff,
    /// A city was added.
    CityAdded,
    /// What a city offers was changed.
    LinksChanged,
    /// When a city is audited, and what is kept, was set.
    ScheduleSet,
    /// An audit was asked for.
    AuditAsked,
    /// A message that was given up is to be sent once more.
    SentAgain,
    /// A message was sent to try a channel.
    ChannelTried,
}

impl Event {
    const ALL: [Self; 18] = [
        Self::SignedIn,
        Self::NotLetIn,
        Self::SignedOut,
        Self::NotAllowed,
        Self::AccountMade,
        Self::RoleSet,
        Self::PasswordSet,
        Self::AccountClosed,
        Self::TokenMade,
        Self::TokenRevoked,
        Self::Decided,
        Self::SignedOff,
        Self::CityAdded,
        Self::LinksChanged,
        Self::ScheduleSet,
        Self::AuditAsked,
        Self::SentAgain,
        Self::ChannelTried,
    ];

    /// As it is written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignedIn => "signed-in",
            Self::NotLetIn => "not-let-in",
            Self::SignedOut => "signed-out",
            Self::NotAllowed => "not-allowed",
            Self::AccountMade => "account-made",
            Self::RoleSet => "role-set",
            Self::PasswordSet => "password-set",
            Self::AccountClosed => "account-closed",
            Self::TokenMade => "token-made",
            Self::TokenRevoked => "token-revoked",
            Self::Decided => "decided",
            Self::SignedOff => "signed-off",
            Self::CityAdded => "city-added",
            Self::LinksChanged => "links-changed",
            Self::ScheduleSet => "schedule-set",
            Self::AuditAsked => "audit-asked",
            Self::SentAgain => "sent-again",
            Self::ChannelTried => "channel-tried",
        }
    }
}

impl FromStr for Event {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|event| event.name() == name).ok_or(())
    }
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Entry {
    /// Its place.
    pub number: usize,
    /// When, in RFC 3339.
    pub at: String,
    /// The account's name; empty where nobody is known.
    pub who: String,
    /// Where the request came from; empty for a command on this machine.
    pub address: String,
    /// What was done.
    pub what: Event,
    /// To what.
    pub about: String,
}

impl Store {
    /// Writes down what was done.
    pub async fn log(&self, by: &By, what: Event, about: &str) -> Result<(), StoreError> {
        let mut transaction = self.writing().await?;
        write(&mut transaction, by, what, about).await?;
        Ok(transaction.commit().await?)
    }

    /// What was done, the latest first: at most `most`, after leaving out `skip`.
    pub async fn logged(&self, skip: usize, most: usize) -> Result<Vec<Entry>, StoreError> {
        let rows = sqlx::query(
            "SELECT number, at, who, address, what, about FROM log ORDER BY number DESC LIMIT $1 OFFSET $2",
        )
        .bind(count(most))
        .bind(count(skip))
        .fetch_all(&self.pool)
        .await?;
        let entry = |row| {
            Ok(Entry {
                number: counted(row, "number")?,
                at: row.try_get("at")?,
                who: row.try_get("who")?,
                address: row.try_get("address")?,
                what: parsed(row, "what")?,
                about: row.try_get("about")?,
            })
        };
        rows.iter().map(entry).collect()
    }

    /// How many lines the log has.
    pub async fn how_many_logged(&self) -> Result<usize, StoreError> {
        let row = sqlx::query("SELECT count(*) AS n FROM log").fetch_one(&self.pool).await?;
        counted(&row, "n")
    }
}

pub(in super::super) async fn write(
    transaction: &mut Transaction<'_, Any>,
    by: &By,
    what: Event,
    about: &str,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO log (at, who, address, what, about) VALUES ($1, $2, $3, $4, $5)")
        .bind(by.at.to_string())
        .bind(by.who.clone())
        .bind(by.address.clone())
        .bind(what.name())
        .bind(about.to_owned())
        .execute(&mut **transaction)
        .await?;
    Ok(())
}
