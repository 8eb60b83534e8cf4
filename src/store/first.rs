//! What to do first over all cities: the fixes that their latest runs name.

use probes::capture::short_hash;
use serde::Serialize;
use sqlx::any::AnyRow;
use sqlx::{Any, Row as _, Transaction};
use utoipa::ToSchema;

use super::{Held, Store, StoreError, count, counted};
use crate::criteria::fixes::missing;
use crate::criteria::verdict::{Fix, Standing, Verdict};

/// How the fix is told that counts how many requirements have no link: over many cities it is one.
const BARE: &str = "Offer links for the requirements that have none.";

/// A fix that cities need.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CommonFix {
    /// What it is spoken of by.
    pub fix: String,
    /// The scheme's folder name.
    pub scheme: String,
    /// What to do.
    pub what: String,
    /// How many cities need it.
    pub cities: usize,
    /// How many criteria are at stake, over all of them.
    pub criteria: usize,
    /// How many clauses it would move.
    pub clauses: usize,
    /// The points that those do not surely earn yet, in a scheme with a score.
    pub points: Option<f64>,
}

/// A city that needs a fix.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CityToFix {
    /// Names the city in addresses.
    pub city_id: String,
    /// The city's name.
    pub city: String,
    /// Its latest run.
    pub run: String,
    /// The code of the criterion that it would move first.
    pub code: String,
    /// How many criteria are at stake.
    pub criteria: usize,
    /// How many clauses it would move.
    pub clauses: usize,
    /// The points that those do not surely earn yet, in a scheme with a score.
    pub points: Option<f64>,
}

/// The columns of a [`CommonFix`]. What a fix is spoken of by is made from its scheme and words: they need not be grouped
/// by, and an index has the rows in that order.
const COMMON: &str = "SELECT fix, min(scheme) AS scheme, min(what) AS what, count(*) AS cities, \
                      CAST(sum(criteria) AS BIGINT) AS criteria, CAST(sum(clauses) AS BIGINT) AS clauses, sum(points) AS points \
                      FROM fixes";

impl Store {
    /// The schemes by which fixes are named, with the cities that need any, that of most cities first.
    pub async fn schemes_with_fixes(&self) -> Result<Vec<(String, usize)>, StoreError> {
        let rows = sqlx::query(
            "SELECT scheme, count(DISTINCT city_id) AS n FROM fixes GROUP BY scheme ORDER BY count(DISTINCT city_id) DESC, scheme",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| Ok((row.try_get("scheme")?, counted(row, "n")?))).collect()
    }

    /// The fixes that the latest runs name by a scheme, those that would move most first: by points where clauses earn
    /// any, by criteria and clauses else.
    pub async fn first(&self, scheme: &str, skip: usize, most: usize) -> Result<Vec<CommonFix>, StoreError> {
        let asked = format!(
            "{COMMON} WHERE scheme = $1 GROUP BY fix \
             ORDER BY COALESCE(sum(points), 0) DESC, sum(criteria) DESC, sum(clauses) DESC, fix LIMIT $2 OFFSET $3"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(asked))
            .bind(scheme.replace('\0', ""))
            .bind(count(most))
            .bind(count(skip))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(common).collect()
    }

    /// How many there are.
    pub async fn how_many_first(&self, scheme: &str) -> Result<usize, StoreError> {
        let row = sqlx::query("SELECT count(DISTINCT fix) AS n FROM fixes WHERE scheme = $1")
            .bind(scheme.replace('\0', ""))
            .fetch_one(&self.pool)
            .await?;
        counted(&row, "n")
    }

    /// The fix that is spoken of so.
    pub async fn fix(&self, fix: &str) -> Result<Option<CommonFix>, StoreError> {
        let asked = format!("{COMMON} WHERE fix = $1 GROUP BY fix");
        let found =
            sqlx::query(sqlx::AssertSqlSafe(asked)).bind(fix.replace('\0', "")).fetch_optional(&self.pool).await?;
        found.as_ref().map(common).transpose()
    }

    /// The cities that need a fix, those in which it would move most first.
    pub async fn cities_to_fix(&self, fix: &str, skip: usize, most: usize) -> Result<Vec<CityToFix>, StoreError> {
        let rows = sqlx::query(
            "SELECT city_id, city, run, code, criteria, clauses, points FROM fixes JOIN cities ON cities.id = fixes.city_id \
             WHERE fix = $1 ORDER BY COALESCE(points, 0) DESC, criteria DESC, clauses DESC, city, city_id LIMIT $2 OFFSET $3",
        )
        .bind(fix.replace('\0', ""))
        .bind(count(most))
        .bind(count(skip))
        .fetch_all(&self.pool)
        .await?;
        let city = |row: &AnyRow| {
            Ok(CityToFix {
                city_id: row.try_get("city_id")?,
                city: row.try_get("city")?,
                run: row.try_get("run")?,
                code: row.try_get("code")?,
                criteria: counted(row, "criteria")?,
                clauses: counted(row, "clauses")?,
                points: row.try_get("points")?,
            })
        };
        rows.iter().map(city).collect()
    }

    /// The latest runs of cities whose fixes are not kept, as an earlier version took them in.
    pub async fn without_fixes(&self) -> Result<Vec<String>, StoreError> {
        let rows = sqlx::query("SELECT latest FROM cities WHERE fixes_of IS NULL OR fixes_of <> latest ORDER BY id")
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|row| Ok(row.try_get("latest")?)).collect()
    }

    /// Keeps the fixes of a run that is taken in already, if it is its city's latest.
    pub async fn keep_fixes(&self, run: &str, held: &[Held<'_>]) -> Result<(), StoreError> {
        let mut transaction = self.writing().await?;
        keep(&mut transaction, run, held).await?;
        Ok(transaction.commit().await?)
    }
}

fn common(row: &AnyRow) -> Result<CommonFix, StoreError> {
    Ok(CommonFix {
        fix: row.try_get("fix")?,
        scheme: row.try_get("scheme")?,
        what: row.try_get("what")?,
        cities: counted(row, "cities")?,
        criteria: counted(row, "criteria")?,
        clauses: counted(row, "clauses")?,
        points: row.try_get("points")?,
    })
}

/// Puts a run's fixes in the place of those of its city's latest before, if it is the latest now.
pub(super) async fn keep(
    transaction: &mut Transaction<'_, Any>,
    run: &str,
    held: &[Held<'_>],
) -> Result<(), StoreError> {
    let city = sqlx::query("UPDATE cities SET fixes_of = $1 WHERE latest = $1 RETURNING id")
        .bind(run.to_owned())
        .fetch_optional(&mut **transaction)
        .await?;
    let Some(city) = city else { return Ok(()) };
    let city: String = city.try_get("id")?;
    sqlx::query("DELETE FROM fixes WHERE city_id = $1").bind(city.clone()).execute(&mut **transaction).await?;
    for held in held {
        for Whole { what, clauses, code } in wholes(held.first, held.verdicts) {
            let fix = short_hash(format!("{}\n{what}", held.scheme).as_bytes());
            let moved = |verdict: &&Verdict| verdict.clauses.iter().any(|clause| clauses.contains(&clause.id));
            let criteria = held.verdicts.iter().filter(moved).count();
            let (points, clauses) = (missing(held.verdicts, &clauses), clauses.len());
            sqlx::query(
                "INSERT INTO fixes (city_id, run, scheme, fix, what, code, criteria, clauses, points) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (city_id, fix) DO NOTHING",
            )
            .bind(city.clone())
            .bind(run.to_owned())
            .bind(held.scheme.to_owned())
            .bind(fix)
            .bind(what.replace('\0', "\u{FFFD}"))
            .bind(code)
            .bind(count(criteria))
            .bind(count(clauses))
            .bind(points)
            .execute(&mut **transaction)
            .await?;
        }
    }
    Ok(())
}

/// A fix of a run, for whichever links.
struct Whole<'a> {
    what: &'a str,
    clauses: Vec<String>,
    /// The criterion of the first clause.
    code: String,
}

/// The fixes of a run, each once.
fn wholes<'a>(first: &'a [Fix], verdicts: &[Verdict]) -> Vec<Whole<'a>> {
    let of = |id: &str| {
        verdicts.iter().find_map(|verdict| Some((verdict, verdict.clauses.iter().find(|clause| clause.id == id)?)))
    };
    let mut wholes: Vec<Whole<'a>> = Vec::new();
    for fix in first {
        let Some(code) = fix.clauses.iter().find_map(|id| of(id)).map(|(verdict, _)| verdict.code.clone()) else {
            continue;
        };
        let nothing = |id: &String| of(id).is_some_and(|(_, clause)| clause.standing == Standing::NothingOffered);
        let what = if fix.clauses.iter().all(nothing) { BARE } else { &fix.what };
        match wholes.iter_mut().find(|whole| whole.what == what) {
            Some(whole) => {
                for id in &fix.clauses {
                    if !whole.clauses.contains(id) {
                        whole.clauses.push(id.clone());
                    }
                }
            }
            None => wholes.push(Whole { what, clauses: fix.clauses.clone(), code }),
        }
    }
    wholes
}
