//! What is kept of runs beside their packs: how every criterion and clause stood, run by run, and what people
//! decided of it.
//!
//! The same statements serve SQLite, which needs nothing installed, and PostgreSQL. A run is written in one transaction:
//! it is there whole or not at all, and once [`Store::keep`] has returned, killing the process does not undo it.

mod access;
mod audits;
#[cfg(feature = "s3")]
mod bucket;
mod cities;
mod decisions;
mod differences;
mod first;
mod hosts;
mod news;
mod outbox;
mod packs;
mod place;
mod queue;
mod runs;
mod settled;
mod watched;

use std::path::Path;

use probes::capture::short_hash;
use serde::Serialize;
use sqlx::any::{AnyPoolOptions, AnyRow};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyPool, Row as _, SqlSafeStr as _, Transaction};
use url::Url;

pub use access::{Account, ApiToken, By, Entry, Event, Identity, NewApiToken, NoRole, Role};
pub use audits::{Audit, CityLease, Outcome, State};
#[cfg(feature = "s3")]
use bucket::Bucket;
pub use cities::{Cell, City, Column, CriterionLastSeen, Line, Matrix};
pub use decisions::Agreement;
pub use first::{CityToFix, CommonFix};
pub use hosts::Taken;
pub use outbox::{Delivery, Message};
pub use packs::Lying;
pub use place::{Place, PlaceError};
pub use queue::{EndedCity, Lease, QueuedCity, QueuedSurvey, Tally};
pub use runs::{Held, KeptRun, NewRun};
pub use settled::{LastSeen, Settled, SettledChange, ToSettle};
pub use watched::{Keeps, Timing, Watched};

/// What changed in the tables, by number: never edited once published.
const MIGRATIONS: &[Tables] = &[
    Tables::same(1, "runs", include_str!("migrations/1-runs.sql")),
    Tables::same(2, "decisions", include_str!("migrations/2-decisions.sql")),
    // Databases have no triggers in common, nor ways to make JSON.
    Tables {
        version: 3,
        name: "append-only",
        sqlite: include_str!("migrations/3-append-only.sqlite.sql"),
        postgres: include_str!("migrations/3-append-only.postgres.sql"),
    },
    Tables {
        version: 4,
        name: "lists",
        sqlite: include_str!("migrations/4-lists.sqlite.sql"),
        postgres: include_str!("migrations/4-lists.postgres.sql"),
    },
    Tables::same(5, "differences", include_str!("migrations/5-differences.sql")),
    Tables::same(6, "watched", include_str!("migrations/6-watched.sql")),
    Tables::same(8, "accounts", include_str!("migrations/8-accounts.sql")),
    Tables {
        version: 9,
        name: "log",
        sqlite: include_str!("migrations/9-log.sqlite.sql"),
        postgres: include_str!("migrations/9-log.postgres.sql"),
    },
    Tables::same(10, "queue", include_str!("migrations/10-queue.sql")),
    Tables {
        version: 11,
        name: "hosts",
        sqlite: include_str!("migrations/11-hosts.sqlite.sql"),
        postgres: include_str!("migrations/11-hosts.postgres.sql"),
    },
    Tables::same(12, "runs-in-order", include_str!("migrations/12-runs-in-order.sql")),
    Tables::same(13, "settled", include_str!("migrations/13-settled.sql")),
    Tables::same(14, "identities", include_str!("migrations/14-identities.sql")),
    Tables::same(15, "fixes", include_str!("migrations/15-fixes.sql")),
];
/// The most connections at once; readers of SQLite do not wait for its one writer.
const CONNECTIONS: u32 = 8;

/// One change of the tables.
struct Tables {
    version: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

impl Tables {
    const fn same(version: i64, name: &'static str, sql: &'static str) -> Self {
        Self { version, name, sqlite: sql, postgres: sql }
    }
}

/// Runs of many cities, in SQLite or PostgreSQL.
#[derive(Clone, Debug)]
pub struct Store {
    pool: AnyPool,
    /// How a transaction that writes begins: SQLite must be told so at its beginning, else it may have to be done again.
    begin: &'static str,
    /// Whether it is SQLite, whose writers wait for each other.
    sqlite: bool,
}

/// Why the store does not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It is neither of the two.
    #[error("{0}: the store is sqlite://PATH or postgres://USER@HOST/DATABASE")]
    Address(String),
    /// The database says no.
    #[error("the store: {0}")]
    Database(#[from] sqlx::Error),
    /// Its tables cannot be brought to this version's form.
    #[error("the store's tables cannot be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// It holds what this version does not write.
    #[error("the store holds what this version does not know: {0}")]
    Unknown(String),
}

impl Store {
    /// The store at `address`, `sqlite://PATH` or `postgres://…`, with its tables as this version has them; SQLite's file
    /// is made where there is none.
    pub async fn open(address: &str) -> Result<Self, StoreError> {
        let refused = || StoreError::Address(Self::shown(address));
        let url = Url::parse(address).map_err(|_| refused())?;
        let sqlite = match url.scheme() {
            "sqlite" => true,
            "postgres" | "postgresql" => false,
            _ => return Err(refused()),
        };
        sqlx::any::install_default_drivers();
        let mut options = AnyPoolOptions::new().max_connections(CONNECTIONS);
        let mut address = address.to_owned();
        if sqlite {
            if !address.contains('?') {
                address.push_str("?mode=rwc");
            }
            options = options.after_connect(|connection, _| {
                Box::pin(async move {
                    for pragma in ["PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL"] {
                        sqlx::raw_sql(pragma).execute(&mut *connection).await?;
                    }
                    Ok(())
                })
            });
        }
        let pool = options.connect(&address).await?;
        let migrations = MIGRATIONS.iter().map(|Tables { version, name, sqlite: lite, postgres }| {
            let sql = if sqlite { *lite } else { *postgres };
            Migration::new(*version, (*name).into(), MigrationType::Simple, sql.into_sql_str(), false)
        });
        Migrator::with_migrations(migrations.collect()).run(&pool).await?;
        Ok(Self { pool, begin: if sqlite { "BEGIN IMMEDIATE" } else { "BEGIN" }, sqlite })
    }

    /// The address of a SQLite store in this file.
    pub fn in_file(path: &Path) -> Option<String> {
        let file = Url::from_file_path(std::path::absolute(path).ok()?).ok()?;
        Some(format!("sqlite://{}", file.path()))
    }

    /// A store's address as it may be shown: without the password in it.
    pub fn shown(address: &str) -> String {
        let Ok(mut url) = Url::parse(address) else {
            // What comes after the last @ is no secret.
            return address.rsplit('@').next().unwrap_or_default().to_owned();
        };
        if url.password().is_some() {
            let _ = url.set_password(Some("PASSWORD"));
        }
        url.into()
    }

    /// Tells the database to look at its tables, so that it answers from what is in them now and not from what it guesses.
    pub async fn look_at_tables(&self) -> Result<(), StoreError> {
        for table in ["cities", "runs", "results", "criteria", "editions", "fixes"] {
            sqlx::raw_sql(sqlx::AssertSqlSafe(format!("ANALYZE {table}"))).execute(&self.pool).await?;
        }
        Ok(())
    }

    /// Lets go of every connection; SQLite's log is folded into its file.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    async fn writing(&self) -> Result<Transaction<'static, sqlx::Any>, StoreError> {
        Ok(self.pool.begin_with(self.begin).await?)
    }
}

/// A column that is read from its text.
fn parsed<T: std::str::FromStr>(row: &AnyRow, column: &str) -> Result<T, StoreError> {
    let text: String = row.try_get(column)?;
    text.parse().map_err(|_| StoreError::Unknown(format!("{column} {text:?}")))
}

/// A column that counts.
fn counted(row: &AnyRow, column: &str) -> Result<usize, StoreError> {
    let number: i64 = row.try_get(column)?;
    usize::try_from(number).map_err(|_| StoreError::Unknown(format!("{column} {number}")))
}

/// Names the city of this name in addresses.
pub fn city_id(city: &str) -> String {
    short_hash(city.as_bytes())
}

/// A count as databases hold it.
fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Something as the text of a column.
fn json(what: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(what).map_err(|error| StoreError::Unknown(error.to_string()))
}
