//! Whose turn it is at a host: one row for each, taken in one statement, whichever worker asks.
//!
//! A worker holds a host while it asks, and the host's pause is counted from when it lets go, by the database's clock. What a
//! dead worker held is free once it is known to be dead, and after the pause that it would have kept.

use std::time::Duration;

use sqlx::Row as _;

use super::queue::{milliseconds, now};
use super::{Store, StoreError};

/// The pause of a host, in milliseconds: what is asked for as `$3`, or its robots.txt if that wants more.
macro_rules! pause {
    () => {
        concat!("(CASE WHEN delay_until > ", now!(), " AND delay > $3 THEN delay ELSE $3 END)")
    };
}

/// So long it is believed what a robots.txt said of the pace.
const BELIEVED: Duration = Duration::from_hours(24);

/// Whether a host could be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is held.
    Yes,
    /// It is to be asked again after so long; none where another worker asks it now.
    After(Option<Duration>),
}

impl Store {
    /// A worker takes a host that nobody asks and that has had its pause, which is at least `pause`.
    pub async fn take(&self, host: &str, worker: &str, pause: Duration) -> Result<Taken, StoreError> {
        let taken = sqlx::query(concat!(
            "UPDATE hosts SET holder = $2 WHERE host = $1 AND free_at <= ",
            now!(),
            " AND (holder IS NULL OR holder = $2 OR NOT EXISTS (SELECT 1 FROM workers WHERE workers.id = holder \
             AND alive_until + ",
            pause!(),
            " > ",
            now!(),
            "))"
        ))
        .bind(host.to_owned())
        .bind(worker.to_owned())
        .bind(milliseconds(pause))
        .execute(&self.pool)
        .await?;
        if taken.rows_affected() > 0 {
            return Ok(Taken::Yes);
        }
        let found = sqlx::query(concat!("SELECT free_at - ", now!(), " AS rest FROM hosts WHERE host = $1"))
            .bind(host.to_owned())
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = found else {
            let added =
                "INSERT INTO hosts (host, free_at, delay, delay_until) VALUES ($1, 0, 0, 0) ON CONFLICT DO NOTHING";
            sqlx::query(added).bind(host.to_owned()).execute(&self.pool).await?;
            return Ok(Taken::After(Some(Duration::ZERO)));
        };
        let rest = u64::try_from(row.try_get::<i64, _>("rest")?).ok().filter(|rest| *rest > 0);
        Ok(Taken::After(rest.map(Duration::from_millis)))
    }

    /// A worker lets go of a host, which is given a pause of at least so long from now.
    pub async fn leave(&self, host: &str, worker: &str, pause: Duration) -> Result<(), StoreError> {
        // One more, since the clock counts whole ones.
        sqlx::query(concat!(
            "UPDATE hosts SET holder = NULL, free_at = CASE WHEN ",
            pause!(),
            " = 0 THEN free_at WHEN free_at > ",
            now!(),
            " + ",
            pause!(),
            " THEN free_at ELSE ",
            now!(),
            " + ",
            pause!(),
            " + 1 END WHERE host = $1 AND holder = $2"
        ))
        .bind(host.to_owned())
        .bind(worker.to_owned())
        .bind(milliseconds(pause))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// From now on a host is given this pause between two requests, if that is longer than before.
    pub async fn slow_down(&self, host: &str, pause: Duration) -> Result<(), StoreError> {
        sqlx::query(concat!(
            "INSERT INTO hosts (host, free_at, delay, delay_until) VALUES ($1, ",
            now!(),
            " + $2, $2, ",
            now!(),
            " + $3) ON CONFLICT (host) DO UPDATE SET \
             free_at = CASE WHEN hosts.free_at > excluded.free_at THEN hosts.free_at ELSE excluded.free_at END, \
             delay = excluded.delay, delay_until = excluded.delay_until \
             WHERE hosts.delay <= excluded.delay OR hosts.delay_until <= ",
            now!()
        ))
        .bind(host.to_owned())
        .bind(milliseconds(pause))
        .bind(milliseconds(BELIEVED))
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
