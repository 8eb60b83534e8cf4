//! Cities that are audited from here: what each submits, and when it is audited by itself.

use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::{Settled, Store, StoreError, city_id, count, json, parsed};
use crate::schedule::Schedule;
use crate::submission::Submission;

/// The columns that a [`Watched`] is read from.
macro_rules! watched {
    () => {
        "SELECT city_id, submission, folder, cron, zone, jitter, since, keep_runs, keep_days FROM watched"
    };
}

/// A city that is audited from here.
#[derive(Clone, Debug, PartialEq)]
pub struct Watched {
    /// Names the city in addresses.
    pub city_id: String,
    /// What it submits.
    pub submission: Submission,
    /// When, and how long runs are kept.
    pub timing: Timing,
    /// Due times after this count.
    pub since: Timestamp,
}

/// When a city is audited by itself, and how long its packs are kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timing {
    /// When; never by itself, where there is none.
    pub schedule: Option<Schedule>,
    /// How long packs are kept.
    pub keeps: Keeps,
}

/// How long packs are kept; those that a decision rests on are kept always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keeps {
    /// Those of the latest runs, so many; of all, where there is none.
    pub runs: Option<u32>,
    /// Those of the last days, so many; of all, where there is none.
    pub days: Option<u32>,
}

impl Store {
    /// Takes a city's submission in place of the one that is there, and returns the city's id. Its schedule stays.
    pub async fn submit(
        &self,
        submission: &Submission,
        folder: Option<&str>,
        now: Timestamp,
    ) -> Result<String, StoreError> {
        let id = city_id(&submission.city);
        sqlx::query(
            "INSERT INTO watched (city_id, city, submission, folder, since) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (city_id) DO UPDATE SET submission = excluded.submission, folder = excluded.folder",
        )
        .bind(id.clone())
        .bind(submission.city.clone())
        .bind(json(submission)?)
        .bind(folder.map(str::to_owned))
        .bind(now.to_string())
        .execute(&self.pool)
        .await?;
        Ok(id)
    }

    /// Changes a city's submission, as long as nobody else does meanwhile; false where somebody did.
    pub async fn resubmit(&self, was: &Submission, is: &Submission) -> Result<bool, StoreError> {
        let done = sqlx::query("UPDATE watched SET submission = $1 WHERE city_id = $2 AND submission = $3")
            .bind(json(is)?)
            .bind(city_id(&was.city))
            .bind(json(was)?)
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Sets when a city is audited by itself. Where the schedule is another than before, due times after `now` count.
    pub async fn time(&self, city: &str, timing: &Timing, now: Timestamp) -> Result<(), StoreError> {
        let schedule = timing.schedule.as_ref();
        let number = |kept: Option<u32>| kept.map(i64::from);
        sqlx::query(
            "UPDATE watched SET since = CASE WHEN COALESCE(cron, '') = COALESCE($2, '') AND COALESCE(zone, '') = \
             COALESCE($3, '') THEN since ELSE $5 END, cron = $2, zone = $3, jitter = $4, keep_runs = $6, keep_days = $7 \
             WHERE city_id = $1",
        )
        .bind(city.to_owned())
        .bind(schedule.map(|schedule| schedule.cron().to_owned()))
        .bind(schedule.map(|schedule| schedule.zone().to_owned()))
        .bind(schedule.map(|schedule| i64::from(schedule.jitter())))
        .bind(now.to_string())
        .bind(number(timing.keeps.runs))
        .bind(number(timing.keeps.days))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// A city that is audited from here.
    pub async fn watched(&self, city: &str) -> Result<Option<Watched>, StoreError> {
        let found = sqlx::query(concat!(watched!(), " WHERE city_id = $1"))
            .bind(city.to_owned())
            .fetch_optional(&self.pool)
            .await?;
        found.as_ref().map(read).transpose()
    }

    /// Every city that is audited from here, by name.
    pub async fn all_watched(&self) -> Result<Vec<Watched>, StoreError> {
        let rows = sqlx::query(concat!(watched!(), " ORDER BY city, city_id")).fetch_all(&self.pool).await?;
        rows.iter().map(read).collect()
    }

    /// The cities of which there is no run yet, by name: id and name.
    pub async fn never_audited(&self) -> Result<Vec<(String, String)>, StoreError> {
        let rows = sqlx::query(
            "SELECT city_id, city FROM watched WHERE NOT EXISTS (SELECT 1 FROM cities WHERE cities.id = watched.city_id) \
             ORDER BY city, city_id",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| Ok((row.try_get("city_id")?, row.try_get("city")?))).collect()
    }

    /// The city's runs that may be dropped under `keeps`: the latest is none of them, nor is one that was decided of, or in
    /// which something was last seen.
    pub async fn droppable(&self, city: &str, keeps: Keeps, today: Date) -> Result<Vec<String>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, as_of, EXISTS (SELECT 1 FROM decisions WHERE decisions.run = runs.id) OR EXISTS (SELECT 1 FROM \
             signatures WHERE signatures.run = runs.id) AS rests FROM runs WHERE city_id = $1 \
             ORDER BY as_of DESC, COALESCE(finished, '') DESC, id",
        )
        .bind(city.to_owned())
        .fetch_all(&self.pool)
        .await?;
        let latest: Option<String> = rows.first().map(|row| row.try_get("id")).transpose()?;
        let settled = match latest {
            Some(latest) => self.settled(&latest).await?.unwrap_or_default(),
            None => Settled::default(),
        };
        let mut droppable = Vec::new();
        for (place, row) in rows.iter().enumerate().skip(1) {
            let as_of: Date = parsed(row, "as_of")?;
            let many = keeps.runs.is_some_and(|runs| count(place) >= i64::from(runs));
            let old =
                keeps.days.is_some_and(|days| (today - as_of).get_days() > i32::try_from(days).unwrap_or(i32::MAX));
            // SQLite has no truth values.
            let rests = row.try_get::<bool, _>("rests").or_else(|_| row.try_get::<i64, _>("rests").map(|n| n != 0))?;
            let id: String = row.try_get("id")?;
            if (many || old) && !rests && settled.held.iter().all(|held| held.run != id) {
                droppable.push(id);
            }
        }
        Ok(droppable)
    }
}

fn read(row: &AnyRow) -> Result<Watched, StoreError> {
    let unknown = |error: &dyn ToString| StoreError::Unknown(error.to_string());
    let written: String = row.try_get("submission")?;
    let mut submission: Submission = serde_json::from_str(&written).map_err(|error| unknown(&error))?;
    if let Some(folder) = row.try_get::<Option<String>, _>("folder")?.map(PathBuf::from) {
        for link in submission.links.iter_mut().filter(|link| link.url.scheme() == "file") {
            link.path = Some(folder.join(&link.written));
        }
    }
    let number = |column| -> Result<Option<u32>, StoreError> {
        let number: Option<i64> = row.try_get(column)?;
        Ok(number.and_then(|number| u32::try_from(number).ok()))
    };
    let schedule = match (row.try_get::<Option<String>, _>("cron")?, row.try_get::<Option<String>, _>("zone")?) {
        (Some(cron), Some(zone)) => {
            let jitter = number("jitter")?.unwrap_or_default();
            Some(Schedule::read(&cron, &zone, jitter).map_err(|error| unknown(&error))?)
        }
        _ => None,
    };
    Ok(Watched {
        city_id: row.try_get("city_id")?,
        submission,
        timing: Timing { schedule, keeps: Keeps { runs: number("keep_runs")?, days: number("keep_days")? } },
        since: parsed(row, "since")?,
    })
}
