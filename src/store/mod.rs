//! What is kept of runs beside their packs: how every criterion and clause stood, run by run, and what people
//! decided of it.
//!
//! The same statements serve SQLite, which needs nothing installed, and PostgreSQL. A run is written in one transaction:
//! it is there whole or not at all, and once [`Store::keep`] has returned, killing the process does not undo it.

mod cities;
mod decisions;
mod differences;
mod packs;
mod runs;

use std::path::Path;

use serde::Serialize;
use sqlx::any::{AnyPoolOptions, AnyRow};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyPool, Row as _, SqlSafeStr as _, Transaction};
use url::Url;

pub use cities::{Cell, City, Column, Line, Matrix};
pub use decisions::Agreement;
pub use packs::Lying;
pub use runs::{Held, KeptRun, NewRun};

/// What changed in the tables, in order: never edited once published.
const MIGRATIONS: [Tables; 5] = [
    Tables::same("runs", include_str!("migrations/1-runs.sql")),
    Tables::same("decisions", include_str!("migrations/2-decisions.sql")),
    // Databases have no triggers in common, nor ways to make JSON.
    Tables {
        name: "append-only",
        sqlite: include_str!("migrations/3-append-only.sqlite.sql"),
        postgres: include_str!("migrations/3-append-only.postgres.sql"),
    },
    Tables {
        name: "lists",
        sqlite: include_str!("migrations/4-lists.sqlite.sql"),
        postgres: include_str!("migrations/4-lists.postgres.sql"),
    },
    Tables::same("differences", include_str!("migrations/5-differences.sql")),
];
/// The most connections at once; readers of SQLite do not wait for its one writer.
const CONNECTIONS: u32 = 8;

/// One change of the tables.
struct Tables {
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

impl Tables {
    const fn same(name: &'static str, sql: &'static str) -> Self {
        Self { name, sqlite: sql, postgres: sql }
    }
}

/// Runs of many cities, in SQLite or PostgreSQL.
#[derive(Clone, Debug)]
pub struct Store {
    pool: AnyPool,
    /// How a transaction that writes begins: SQLite must be told so at its beginning, else it may have to be done again.
    begin: &'static str,
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
        let url = Url::parse(address).map_err(|_| StoreError::Address(address.to_owned()))?;
        let sqlite = match url.scheme() {
            "sqlite" => true,
            "postgres" | "postgresql" => false,
            _ => return Err(StoreError::Address(address.to_owned())),
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
        let migrations = (1..).zip(MIGRATIONS).map(|(version, Tables { name, sqlite: lite, postgres })| {
            let sql = if sqlite { lite } else { postgres };
            Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
        });
        Migrator::with_migrations(migrations.collect()).run(&pool).await?;
        Ok(Self { pool, begin: if sqlite { "BEGIN IMMEDIATE" } else { "BEGIN" } })
    }

    /// The address of a SQLite store in this file.
    pub fn in_file(path: &Path) -> Option<String> {
        let file = Url::from_file_path(std::path::absolute(path).ok()?).ok()?;
        Some(format!("sqlite://{}", file.path()))
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

/// A count as databases hold it.
fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Something as the text of a column.
fn json(what: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(what).map_err(|error| StoreError::Unknown(error.to_string()))
}
