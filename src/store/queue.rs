//! A durable queue of cities, which any number of workers take from.
//!
//! Not by a job library: a city's lease must hang on the same sign of life as the turn at a host that its audit holds
//! ([`super::hosts`]), cities on one host must not be taken one after the other, a job that is parked must keep why, and the
//! same queue must be there in SQLite. Those at hand have leases of their own, in tables of their own, and one database or
//! the other.
//!
//! A worker shows that it is alive, and all that it holds is leased until it stops doing so. Each lease has a number, and
//! whatever is said under an earlier one does not count: so that a worker that was taken for dead and is not does no harm.

use std::time::Duration;

use sqlx::Row as _;

use super::{Store, StoreError, count, counted};

/// Now, as the database has it.
macro_rules! now {
    () => {
        "(SELECT now FROM clock)"
    };
}
pub(super) use now;

/// The city that comes next; the lock keeps it from whoever looks at the same time.
macro_rules! next {
    ($lock:literal) => {
        concat!(
            "WITH next AS (SELECT c.survey AS of_survey, c.city AS of_city FROM survey_cities c \
             JOIN survey_plans p ON p.id = c.survey \
             WHERE p.stopped = 0 AND p.build = $1 AND ($2 = '' OR p.id = $2) AND c.not_before <= ",
            now!(),
            " AND (c.state = 'waiting' OR c.state = 'leased' AND c.attempts % $5 <> 0 AND NOT EXISTS (SELECT 1 FROM workers \
             WHERE workers.id = c.worker AND alive_until >= ",
            now!(),
            ")) ORDER BY c.place, c.city LIMIT 1",
            $lock,
            ") UPDATE survey_cities SET state = 'leased', worker = $3, attempts = attempts + 1, not_before = ",
            now!(),
            " + $4 FROM next \
             WHERE survey = of_survey AND city = of_city RETURNING survey, city, submission, attempts"
        )
    };
}

/// So often a city is tried before it is parked.
const MOST_ATTEMPTS: i64 = 3;
/// How long a city that failed waits, times its attempts.
const BACKOFF: Duration = Duration::from_secs(2);
/// So long a city that was just leased is nobody else's: whoever looked for one before that may not know its holder yet.
const FRESH: Duration = Duration::from_secs(1);
/// Why a city is parked that no worker came back from.
const DEADLY: &str = "every worker that took it ended while it was at it";

/// A survey as workers see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedSurvey {
    /// A hash of all that it is.
    pub id: String,
    /// The program and probes that carry it out.
    pub build: String,
    /// What is surveyed, but for the cities, in JSON.
    pub plan: String,
    /// The files of each of the criteria, in JSON.
    pub criteria: String,
    /// Where packs go.
    pub packs: String,
}

/// A city that waits.
#[derive(Clone, Debug)]
pub struct QueuedCity {
    /// Its id within the survey.
    pub city: String,
    /// Its place in the order; several may have one.
    pub place: usize,
    /// What it submits, in JSON.
    pub submission: String,
}

/// A city that a worker holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The survey's id.
    pub survey: String,
    /// The city's id within it.
    pub city: String,
    /// What it submits, in JSON.
    pub submission: String,
    /// Which lease of the city this is, from 1.
    pub number: i64,
}

/// How a city ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedCity {
    /// Its id within the survey.
    pub city: String,
    /// The lease under which it ended.
    pub number: i64,
    /// SHA-256 of its pack, or why it was parked.
    pub outcome: Result<String, String>,
}

/// How many cities of a survey stand how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Nobody has them.
    pub waiting: usize,
    /// A worker has them.
    pub leased: usize,
    /// Their packs are sealed.
    pub audited: usize,
    /// They failed too often.
    pub parked: usize,
    /// Whether no more are begun.
    pub stopped: bool,
}

impl Store {
    /// Puts a survey and its cities into the queue, once; one that is there goes on where it is, and what was parked is tried
    /// again.
    pub async fn enqueue(&self, survey: &QueuedSurvey, cities: &[QueuedCity]) -> Result<(), StoreError> {
        let mut transaction = self.writing().await?;
        let added = sqlx::query(
            "INSERT INTO survey_plans (id, build, plan, criteria, packs, stopped) VALUES ($1, $2, $3, $4, $5, 0) \
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(survey.id.clone())
        .bind(survey.build.clone())
        .bind(survey.plan.clone())
        .bind(survey.criteria.clone())
        .bind(survey.packs.clone())
        .execute(&mut *transaction)
        .await?;
        if added.rows_affected() > 0 {
            for city in cities {
                sqlx::query(
                    "INSERT INTO survey_cities (survey, city, place, submission, state, attempts, not_before) \
                     VALUES ($1, $2, $3, $4, 'waiting', 0, 0)",
                )
                .bind(survey.id.clone())
                .bind(city.city.clone())
                .bind(count(city.place))
                .bind(city.submission.clone())
                .execute(&mut *transaction)
                .await?;
            }
        } else {
            for again in [
                "UPDATE survey_plans SET stopped = 0 WHERE id = $1",
                // The number goes on, so that nothing of an earlier lease counts.
                "UPDATE survey_cities SET state = 'waiting', not_before = 0 WHERE survey = $1 AND state = 'parked'",
            ] {
                sqlx::query(again).bind(survey.id.clone()).execute(&mut *transaction).await?;
            }
        }
        Ok(transaction.commit().await?)
    }

    /// The survey of this id.
    pub async fn queued(&self, id: &str) -> Result<Option<QueuedSurvey>, StoreError> {
        let found = sqlx::query("SELECT id, build, plan, criteria, packs FROM survey_plans WHERE id = $1")
            .bind(id.to_owned())
            .fetch_optional(&self.pool)
            .await?;
        let survey = found.map(|row| {
            Ok::<_, StoreError>(QueuedSurvey {
                id: row.try_get("id")?,
                build: row.try_get("build")?,
                plan: row.try_get("plan")?,
                criteria: row.try_get("criteria")?,
                packs: row.try_get("packs")?,
            })
        });
        survey.transpose()
    }

    /// A worker shows that it is alive, and is believed so long.
    pub async fn alive(&self, worker: &str, so_long: Duration) -> Result<(), StoreError> {
        sqlx::query(concat!(
            "INSERT INTO workers (id, alive_until) VALUES ($1, ",
            now!(),
            " + $2) ON CONFLICT (id) DO UPDATE SET alive_until = excluded.alive_until"
        ))
        .bind(worker.to_owned())
        .bind(milliseconds(so_long))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The next city for a worker, of surveys for this build and, where one is named, of that survey only; none where there
    /// is none now.
    pub async fn lease(&self, worker: &str, build: &str, survey: Option<&str>) -> Result<Option<Lease>, StoreError> {
        // A city that kills its workers must not go on to kill all there are.
        sqlx::query(concat!(
            "UPDATE survey_cities SET state = 'parked', trouble = COALESCE(trouble, $1) \
             WHERE state = 'leased' AND not_before <= ",
            now!(),
            " AND attempts % $2 = 0 AND NOT EXISTS (SELECT 1 FROM workers \
             WHERE workers.id = survey_cities.worker AND alive_until >= ",
            now!(),
            ")"
        ))
        .bind(DEADLY)
        .bind(MOST_ATTEMPTS)
        .execute(&self.pool)
        .await?;
        let next = if self.sqlite { next!("") } else { next!(" FOR UPDATE OF c SKIP LOCKED") };
        let found = sqlx::query(next)
            .bind(build.to_owned())
            .bind(survey.unwrap_or_default().to_owned())
            .bind(worker.to_owned())
            .bind(milliseconds(FRESH))
            .bind(MOST_ATTEMPTS)
            .fetch_optional(&self.pool)
            .await?;
        let lease = found.map(|row| {
            Ok::<_, StoreError>(Lease {
                survey: row.try_get("survey")?,
                city: row.try_get("city")?,
                submission: row.try_get("submission")?,
                number: row.try_get("attempts")?,
            })
        });
        lease.transpose()
    }

    /// A city is audited, and its pack has this hash; false where the lease does not count any more. Said again, it is still
    /// so.
    pub async fn audited(&self, lease: &Lease, worker: &str, sha256: &str) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE survey_cities SET state = 'audited', sha256 = $5, trouble = NULL WHERE survey = $1 AND city = $2 \
             AND attempts = $3 AND worker = $4 AND state IN ('leased', 'audited')",
        )
        .bind(lease.survey.clone())
        .bind(lease.city.clone())
        .bind(lease.number)
        .bind(worker.to_owned())
        .bind(sha256.to_owned())
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// A city could not be audited: it is tried again after a while, or parked after so many times; false where the lease does
    /// not count any more.
    pub async fn unaudited(&self, lease: &Lease, worker: &str, why: &str) -> Result<bool, StoreError> {
        let done = sqlx::query(concat!(
            "UPDATE survey_cities SET state = CASE WHEN attempts % $6 = 0 THEN 'parked' ELSE 'waiting' END, \
             trouble = $5, not_before = ",
            now!(),
            " + attempts * $7 WHERE survey = $1 AND city = $2 AND attempts = $3 AND worker = $4 AND state = 'leased'"
        ))
        .bind(lease.survey.clone())
        .bind(lease.city.clone())
        .bind(lease.number)
        .bind(worker.to_owned())
        .bind(why.to_owned())
        .bind(MOST_ATTEMPTS)
        .bind(milliseconds(BACKOFF))
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// From now on no more cities of a survey are begun, until it is put into the queue again; false where there is no such
    /// survey.
    pub async fn stop(&self, survey: &str) -> Result<bool, StoreError> {
        let done = sqlx::query("UPDATE survey_plans SET stopped = 1 WHERE id = $1")
            .bind(survey.to_owned())
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected() > 0)
    }

    /// How many cities of a survey stand how.
    pub async fn tally(&self, survey: &str) -> Result<Tally, StoreError> {
        let rows = sqlx::query("SELECT state, count(*) AS n FROM survey_cities WHERE survey = $1 GROUP BY state")
            .bind(survey.to_owned())
            .fetch_all(&self.pool)
            .await?;
        let mut tally = Tally::default();
        for row in &rows {
            let state: String = row.try_get("state")?;
            let place = match state.as_str() {
                "waiting" => &mut tally.waiting,
                "leased" => &mut tally.leased,
                "audited" => &mut tally.audited,
                "parked" => &mut tally.parked,
                _ => return Err(StoreError::Unknown(format!("state {state:?}"))),
            };
            *place = counted(row, "n")?;
        }
        let stopped = sqlx::query("SELECT stopped FROM survey_plans WHERE id = $1")
            .bind(survey.to_owned())
            .fetch_optional(&self.pool)
            .await?;
        tally.stopped = stopped.map(|row| row.try_get::<i64, _>("stopped")).transpose()?.unwrap_or(0) != 0;
        Ok(tally)
    }

    /// How many cities there still are to do, or are being done, for workers of this build.
    pub async fn to_do(&self, build: &str) -> Result<usize, StoreError> {
        let row = sqlx::query(
            "SELECT count(*) AS n FROM survey_cities JOIN survey_plans ON survey_plans.id = survey \
             WHERE build = $1 AND stopped = 0 AND state IN ('waiting', 'leased')",
        )
        .bind(build.to_owned())
        .fetch_one(&self.pool)
        .await?;
        counted(&row, "n")
    }

    /// Every city of a survey that ended.
    pub async fn ended(&self, survey: &str) -> Result<Vec<EndedCity>, StoreError> {
        let rows = sqlx::query(
            "SELECT city, state, attempts, trouble, sha256 FROM survey_cities \
             WHERE survey = $1 AND state IN ('audited', 'parked') ORDER BY city",
        )
        .bind(survey.to_owned())
        .fetch_all(&self.pool)
        .await?;
        let ended = |row: &sqlx::any::AnyRow| {
            let text = |column| Ok::<_, StoreError>(row.try_get::<Option<String>, _>(column)?.unwrap_or_default());
            let parked = row.try_get::<String, _>("state")? == "parked";
            Ok(EndedCity {
                city: row.try_get("city")?,
                number: row.try_get("attempts")?,
                outcome: if parked { Err(text("trouble")?) } else { Ok(text("sha256")?) },
            })
        };
        rows.iter().map(ended).collect()
    }
}

/// A time as databases hold it.
pub(super) fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
