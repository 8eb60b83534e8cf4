//! Audits that are due, under way and done. One due time is one audit, whoever finds it due and however often a process is
//! killed over it; and whoever audits a city holds its lease, so that nobody else does meanwhile.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use sqlx::{Any, Executor, Row as _};
use utoipa::ToSchema;

use super::{Store, StoreError, count, counted, parsed};

/// How often an audit is begun before it is given up: one that kills its process must not do so for ever.
const MOST_ATTEMPTS: usize = 5;

/// The columns that an [`Audit`] is read from.
macro_rules! audit {
    () => {
        "SELECT city_id, due, scheduled, as_of, state, attempts, ended, run, problem FROM audits"
    };
}

/// An audit of a city.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Audit {
    /// The city's id.
    pub city_id: String,
    /// When it was due, or asked for.
    #[schema(value_type = String, format = DateTime)]
    pub due: Timestamp,
    /// Whether a schedule asked for it.
    pub scheduled: bool,
    /// The date it speaks of.
    #[schema(value_type = String, format = Date)]
    pub as_of: Date,
    /// How far it is.
    pub state: State,
    /// How often it was begun: once, unless a process ended over it.
    pub attempts: usize,
    /// When it ended.
    pub ended: Option<String>,
    /// The run that came of it.
    pub run: Option<String>,
    /// Why none came of it.
    pub problem: Option<String>,
}

/// How far an audit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It will begin when the city is free.
    Waiting,
    /// It was begun.
    Begun,
    /// Its run is kept.
    Done,
    /// It came to nothing.
    Failed,
}

/// That somebody alone audits a city, until a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CityLease {
    /// Who; no two processes have the same name.
    pub holder: String,
    /// How long it holds, unless it is renewed.
    pub holds: SignedDuration,
}

/// What came of an audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A run.
    Run(String),
    /// Nothing, and why.
    Problem(String),
}

impl State {
    /// Its name, as it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Begun => "begun",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

impl std::str::FromStr for State {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        [Self::Waiting, Self::Begun, Self::Done, Self::Failed].into_iter().find(|it| it.name() == name).ok_or(())
    }
}

impl Store {
    /// Has a city audited for a due time, once: whether that is new. While another of its audits waits, none is added.
    pub async fn fall_due(&self, city: &str, due: Timestamp, as_of: Date, scheduled: bool) -> Result<bool, StoreError> {
        let added = sqlx::query(
            "INSERT INTO audits (city_id, due, scheduled, as_of, state) SELECT city_id, $2, $3, $4, 'waiting' FROM watched \
             WHERE city_id = $1 AND NOT EXISTS (SELECT 1 FROM audits WHERE city_id = $1 AND state = 'waiting') \
             ON CONFLICT (city_id, due) DO NOTHING",
        )
        .bind(city.to_owned())
        .bind(due.to_string())
        .bind(i64::from(scheduled))
        .bind(as_of.to_string())
        .execute(&self.pool)
        .await?;
        Ok(added.rows_affected() > 0)
    }

    /// The last due time of a city's schedule that fell due.
    pub async fn last_due(&self, city: &str) -> Result<Option<Timestamp>, StoreError> {
        let rows = sqlx::query("SELECT due FROM audits WHERE city_id = $1 AND scheduled = 1")
            .bind(city.to_owned())
            .fetch_all(&self.pool)
            .await?;
        let mut last = None;
        for row in &rows {
            last = last.max(Some(parsed::<Timestamp>(row, "due")?));
        }
        Ok(last)
    }

    /// The cities of which an audit waits, or was begun.
    pub async fn to_audit(&self) -> Result<Vec<String>, StoreError> {
        let rows =
            sqlx::query("SELECT DISTINCT city_id FROM audits WHERE state IN ('waiting', 'begun') ORDER BY city_id")
                .fetch_all(&self.pool)
                .await?;
        rows.iter().map(|row| Ok(row.try_get("city_id")?)).collect()
    }

    /// Begins the city's first audit that is not through, or goes on with it where its process ended; none where there is
    /// none, or somebody else holds the city.
    pub async fn begin(&self, city: &str, lease: &CityLease, now: Timestamp) -> Result<Option<Audit>, StoreError> {
        let mut transaction = self.writing().await?;
        if !hold(&mut *transaction, city, lease, now).await? {
            return Ok(None);
        }
        sqlx::query(
            "UPDATE audits SET state = 'failed', ended = $2, problem = 'its process ended over it, time and again' \
             WHERE city_id = $1 AND state = 'begun' AND attempts >= $3",
        )
        .bind(city.to_owned())
        .bind(now.to_string())
        .bind(count(MOST_ATTEMPTS))
        .execute(&mut *transaction)
        .await?;
        // What was begun goes first: `begun` comes before `waiting`.
        let found = sqlx::query(concat!(
            audit!(),
            " WHERE city_id = $1 AND state IN ('waiting', 'begun') ORDER BY state, due LIMIT 1"
        ))
        .bind(city.to_owned())
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(mut audit) = found.as_ref().map(read).transpose()? else {
            sqlx::query("DELETE FROM leases WHERE city_id = $1")
                .bind(city.to_owned())
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
            return Ok(None);
        };
        (audit.state, audit.attempts) = (State::Begun, audit.attempts + 1);
        for statement in [
            "UPDATE audits SET state = 'begun', attempts = attempts + 1 WHERE city_id = $1 AND due = $2",
            "UPDATE leases SET due = $2 WHERE city_id = $1",
        ] {
            sqlx::query(statement).bind(city.to_owned()).bind(audit.due.to_string()).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(Some(audit))
    }

    /// Holds a city that is audited from here, without an audit; false where somebody holds it already.
    pub async fn hold_city(&self, city: &str, lease: &CityLease, now: Timestamp) -> Result<bool, StoreError> {
        hold(&self.pool, city, lease, now).await
    }

    /// Lets go of a city that was held without an audit.
    pub async fn let_go_of_city(&self, city: &str, lease: &CityLease) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM leases WHERE city_id = $1 AND holder = $2 AND due = ''")
            .bind(city.to_owned())
            .bind(lease.holder.clone())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Holds a city longer; false where it is held by somebody else by now.
    pub async fn renew(&self, city: &str, lease: &CityLease, now: Timestamp) -> Result<bool, StoreError> {
        let held = sqlx::query("UPDATE leases SET until = $3 WHERE city_id = $1 AND holder = $2")
            .bind(city.to_owned())
            .bind(lease.holder.clone())
            .bind(lease.until(now))
            .execute(&self.pool)
            .await?;
        Ok(held.rows_affected() > 0)
    }

    /// Ends an audit, and lets go of its city; false where somebody else holds that by now, who ends it.
    pub async fn end(
        &self,
        audit: &Audit,
        lease: &CityLease,
        outcome: &Outcome,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.writing().await?;
        let due = audit.due.to_string();
        let held = sqlx::query("DELETE FROM leases WHERE city_id = $1 AND holder = $2 AND due = $3")
            .bind(audit.city_id.clone())
            .bind(lease.holder.clone())
            .bind(due.clone())
            .execute(&mut *transaction)
            .await?;
        if held.rows_affected() == 0 {
            return Ok(false);
        }
        let (state, run, problem) = match outcome {
            Outcome::Run(run) => (State::Done, Some(run.clone()), None),
            Outcome::Problem(problem) => (State::Failed, None, Some(problem.clone())),
        };
        sqlx::query("UPDATE audits SET state = $3, ended = $4, run = $5, problem = $6 WHERE city_id = $1 AND due = $2")
            .bind(audit.city_id.clone())
            .bind(due)
            .bind(state.name())
            .bind(now.to_string())
            .bind(run)
            .bind(problem)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// A city's audit that was due then.
    pub async fn audit(&self, city: &str, due: Timestamp) -> Result<Option<Audit>, StoreError> {
        let found = sqlx::query(concat!(audit!(), " WHERE city_id = $1 AND due = $2"))
            .bind(city.to_owned())
            .bind(due.to_string())
            .fetch_optional(&self.pool)
            .await?;
        found.as_ref().map(read).transpose()
    }

    /// A city's audits, the latest first: at most `most`, after leaving out `skip`; and how many there are.
    pub async fn audits(&self, city: &str, skip: usize, most: usize) -> Result<(Vec<Audit>, usize), StoreError> {
        let rows = sqlx::query(concat!(audit!(), " WHERE city_id = $1 ORDER BY due DESC LIMIT $2 OFFSET $3"))
            .bind(city.to_owned())
            .bind(count(most))
            .bind(count(skip))
            .fetch_all(&self.pool)
            .await?;
        let all = sqlx::query("SELECT count(*) AS n FROM audits WHERE city_id = $1")
            .bind(city.to_owned())
            .fetch_one(&self.pool)
            .await?;
        Ok((rows.iter().map(read).collect::<Result<_, _>>()?, counted(&all, "n")?))
    }
}

impl CityLease {
    fn until(&self, now: Timestamp) -> i64 {
        let millis = i64::try_from(self.holds.as_millis()).unwrap_or(i64::MAX);
        now.as_millisecond().saturating_add(millis)
    }
}

async fn hold(
    database: impl Executor<'_, Database = Any>,
    city: &str,
    lease: &CityLease,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let held = sqlx::query(
        "INSERT INTO leases (city_id, holder, due, until) SELECT city_id, $2, '', $3 FROM watched WHERE city_id = $1 \
         ON CONFLICT (city_id) DO UPDATE SET holder = excluded.holder, due = '', until = excluded.until \
         WHERE leases.until <= $4",
    )
    .bind(city.to_owned())
    .bind(lease.holder.clone())
    .bind(lease.until(now))
    .bind(now.as_millisecond())
    .execute(database)
    .await?;
    Ok(held.rows_affected() > 0)
}

fn read(row: &AnyRow) -> Result<Audit, StoreError> {
    Ok(Audit {
        city_id: row.try_get("city_id")?,
        due: parsed(row, "due")?,
        scheduled: counted(row, "scheduled")? != 0,
        as_of: parsed(row, "as_of")?,
        state: parsed(row, "state")?,
        attempts: counted(row, "attempts")?,
        ended: row.try_get("ended")?,
        run: row.try_get("run")?,
        problem: row.try_get("problem")?,
    })
}
