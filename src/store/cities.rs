//! Cities and their histories, as pages show them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Serialize;
use sqlx::Row as _;
use sqlx::any::AnyRow;
use utoipa::ToSchema;

use super::runs::kept;
use super::{KeptRun, LastSeen, Store, StoreError, count, counted, settled};
use crate::criteria::verdict::Standing;

/// The columns that a [`Column`] is read from.
macro_rules! columns {
    () => {
        "runs.id, runs.city_id, runs.city, as_of, tool, started, finished, edition, scheme, title, criteria, met, not_met, \
         needs_review, nothing_offered, points_sure, points_possible, held"
    };
}

/// The result of a run by the submission's own scheme.
macro_rules! results {
    () => {
        "JOIN results ON results.run = runs.id AND results.place = 0 JOIN editions ON editions.sha256 = results.edition \
         LEFT JOIN settled ON settled.run = runs.id"
    };
}

/// The runs of a city, the latest first: which city, how many, and how many are left out. Which runs they are is found
/// before anything is looked up of them, by an index that has them in order: whatever a database that was just filled
/// knows of its tables, it looks at no others.
macro_rules! of_city {
    () => {
        concat!(
            " FROM (SELECT * FROM runs WHERE city_id = $1 ORDER BY as_of DESC, COALESCE(finished, '') DESC, id \
             LIMIT $2 OFFSET $3) AS runs ",
            results!(),
            " ORDER BY as_of DESC, COALESCE(finished, '') DESC, runs.id"
        )
    };
}

/// Whether a city's name holds words. Neither database knows small letters beyond ASCII in every set-up, so that others
/// are found as they are written.
macro_rules! named {
    () => {
        "(lower(city) LIKE $1 ESCAPE '!' OR city LIKE $2 ESCAPE '!')"
    };
}

/// A city as it stood in its latest run.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct City {
    /// How many runs of it there are.
    pub runs: usize,
    /// Its latest.
    pub latest: Column,
}

/// A run and its result in figures, by the submission's own scheme; criteria that could not be looked at count as they were
/// last seen.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Column {
    /// The run.
    pub run: KeptRun,
    /// SHA-256 over the files of the criteria.
    pub edition: String,
    /// The scheme's folder name.
    pub scheme: String,
    /// The scheme's title.
    pub title: String,
    /// Criteria in the scheme.
    pub criteria: usize,
    /// Criteria met.
    pub met: usize,
    /// Criteria not met.
    pub not_met: usize,
    /// Criteria that need review.
    pub needs_review: usize,
    /// Criteria for which nothing was offered.
    pub nothing_offered: usize,
    /// Points that are sure.
    pub points_sure: f64,
    /// Points if everything open turned out well, with what was offered.
    pub points_possible: f64,
    /// The criteria that could not be looked at, as they were last seen.
    pub last_seen: Vec<CriterionLastSeen>,
}

/// A criterion that could not be looked at in a run, as it was last seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CriterionLastSeen {
    /// Its code.
    pub code: String,
    /// How it stood.
    pub standing: Standing,
    /// The date of the run that saw it.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
}

/// How each criterion of a city stood, run by run.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Matrix {
    /// The runs, the latest first.
    pub columns: Vec<Column>,
    /// The criteria, in the scheme's order.
    pub lines: Vec<Line>,
}

/// A criterion in every run of a matrix.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Line {
    /// The scheme's folder name.
    pub scheme: String,
    /// Its code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// The title of its category.
    pub category: String,
    /// How it stood in each run; none in one that did not ask for it.
    pub cells: Vec<Option<Cell>>,
}

/// How a criterion stood in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Cell {
    /// How it stood.
    pub standing: Standing,
    /// Whether it stood otherwise in the run before; none where there is none.
    pub changed: Option<bool>,
    /// Where it could not be looked at in the run, and no second time on another day: the date of the run that saw it stand so.
    #[schema(value_type = Option<String>, format = Date)]
    pub last_seen: Option<Date>,
}

impl Store {
    /// A page of the cities whose name holds these words, by name: at most `most`, after leaving out `skip`.
    pub async fn cities_named(&self, words: &str, skip: usize, most: usize) -> Result<Vec<City>, StoreError> {
        let [small, given] = held(words);
        let rows = sqlx::query(concat!(
            "SELECT cities.runs AS n, ",
            columns!(),
            " FROM (SELECT * FROM cities WHERE ",
            named!(),
            " ORDER BY city, id LIMIT $3 OFFSET $4) AS cities JOIN runs ON runs.id = cities.latest ",
            results!(),
            " ORDER BY cities.city, cities.id"
        ))
        .bind(small)
        .bind(given)
        .bind(count(most))
        .bind(count(skip))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| Ok(City { runs: counted(row, "n")?, latest: column(row)? })).collect()
    }

    /// A page of the cities, by name: at most `most`, after leaving out `skip`.
    pub async fn cities(&self, skip: usize, most: usize) -> Result<Vec<City>, StoreError> {
        self.cities_named("", skip, most).await
    }

    /// How many cities there are.
    pub async fn how_many_cities(&self) -> Result<usize, StoreError> {
        self.how_many_cities_named("").await
    }

    /// How many cities there are whose name holds these words.
    pub async fn how_many_cities_named(&self, words: &str) -> Result<usize, StoreError> {
        let [small, given] = held(words);
        let asked = concat!("SELECT count(*) AS n FROM cities WHERE ", named!());
        let row = sqlx::query(asked).bind(small).bind(given).fetch_one(&self.pool).await?;
        counted(&row, "n")
    }

    /// A city's runs, the latest first: at most `most`, after leaving out `skip`.
    pub async fn history(&self, city: &str, skip: usize, most: usize) -> Result<Vec<Column>, StoreError> {
        let rows = sqlx::query(concat!("SELECT ", columns!(), of_city!()))
            .bind(city.to_owned())
            .bind(count(most))
            .bind(count(skip))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(column).collect()
    }

    /// How many runs of a city there are.
    pub async fn how_many_runs(&self, city: &str) -> Result<usize, StoreError> {
        let found = sqlx::query("SELECT runs AS n FROM cities WHERE id = $1")
            .bind(city.to_owned())
            .fetch_optional(&self.pool)
            .await?;
        found.map_or(Ok(0), |row| counted(&row, "n"))
    }

    /// How the criteria of a city's own scheme stood in `most` of its runs, the latest first, after leaving out `skip`.
    pub async fn matrix(&self, city: &str, skip: usize, most: usize) -> Result<Matrix, StoreError> {
        // One more tells whether the oldest shown had changed.
        let rows = sqlx::query(concat!("SELECT standings, ", columns!(), of_city!()))
            .bind(city.to_owned())
            .bind(count(most + 1))
            .bind(count(skip))
            .fetch_all(&self.pool)
            .await?;
        let mut columns = rows.iter().map(column).collect::<Result<Vec<_>, _>>()?;
        let editions: BTreeSet<String> = columns.iter().map(|column| column.edition.clone()).collect();
        let mut criteria = Vec::new();
        for edition in editions {
            criteria.extend(self.criteria(&edition).await?);
        }
        let mut lines: Vec<Line> = Vec::new();
        let mut places: BTreeMap<(String, String), usize> = BTreeMap::new();
        // In the order that the latest edition has them.
        criteria
            .sort_by_key(|(place, edition, _)| (*place, columns.iter().position(|column| column.edition == *edition)));
        for (_, _, line) in criteria {
            places.entry((line.scheme.clone(), line.code.clone())).or_insert_with(|| {
                lines.push(Line { cells: vec![None; columns.len()], ..line });
                lines.len() - 1
            });
        }
        for (at, row) in rows.iter().enumerate() {
            let told: String = row.try_get("standings")?;
            let standings: BTreeMap<String, Standing> =
                serde_json::from_str(&told).map_err(|error| StoreError::Unknown(error.to_string()))?;
            let Column { scheme, last_seen, .. } = &columns[at];
            for (code, found) in standings {
                let seen = last_seen.iter().find(|seen| seen.code == code);
                let standing = seen.map_or(found, |seen| seen.standing);
                if let Some(&line) = places.get(&(scheme.clone(), code)) {
                    lines[line].cells[at] = Some(Cell { standing, changed: None, last_seen: seen.map(|seen| seen.on) });
                }
            }
        }
        for line in &mut lines {
            for at in 1..line.cells.len() {
                let before = line.cells[at].map(|cell| cell.standing);
                if let (Some(cell), Some(before)) = (&mut line.cells[at - 1], before) {
                    cell.changed = Some(cell.standing != before);
                }
            }
            line.cells.truncate(most);
        }
        columns.truncate(most);
        lines.retain(|line| line.cells.iter().any(Option::is_some));
        Ok(Matrix { columns, lines })
    }

    /// The criteria of an edition: each with its place, and as a line without cells.
    async fn criteria(&self, edition: &str) -> Result<Vec<(i64, String, Line)>, StoreError> {
        let rows = sqlx::query(
            "SELECT place, code, category, criteria.title, scheme FROM criteria \
             JOIN editions ON editions.sha256 = criteria.edition WHERE edition = $1 ORDER BY place, code",
        )
        .bind(edition.to_owned())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let (scheme, code) = (row.try_get("scheme")?, row.try_get("code")?);
                let (title, category) = (row.try_get("title")?, row.try_get("category")?);
                let line = Line { scheme, code, title, category, cells: Vec::new() };
                Ok((row.try_get("place")?, edition.to_owned(), line))
            })
            .collect()
    }
}

/// What a name is like that holds these words: in small letters, and as they are given.
fn held(words: &str) -> [String; 2] {
    // PostgreSQL takes no NUL, and no name has one.
    let plain = words.trim().replace('\0', "").replace('!', "!!").replace('%', "!%").replace('_', "!_");
    [plain.to_lowercase(), plain].map(|words| format!("%{words}%"))
}

fn column(row: &AnyRow) -> Result<Column, StoreError> {
    let held: Vec<LastSeen> = settled::read(row, "held")?;
    let mut column = Column {
        run: kept(row)?,
        edition: row.try_get("edition")?,
        scheme: row.try_get("scheme")?,
        title: row.try_get("title")?,
        criteria: counted(row, "criteria")?,
        met: counted(row, "met")?,
        not_met: counted(row, "not_met")?,
        needs_review: counted(row, "needs_review")?,
        nothing_offered: counted(row, "nothing_offered")?,
        points_sure: row.try_get("points_sure")?,
        points_possible: row.try_get("points_possible")?,
        last_seen: Vec::new(),
    };
    for seen in held.into_iter().filter(|seen| !seen.out_of_sight && seen.criterion != seen.found) {
        column.as_last_seen(seen);
    }
    Ok(column)
}

impl Column {
    /// Counts a criterion as it was last seen; once, however many of its clauses are held.
    fn as_last_seen(&mut self, seen: LastSeen) {
        if seen.scheme != self.scheme || self.last_seen.iter().any(|known| known.code == seen.code) {
            return;
        }
        let [less, more] = [seen.found, seen.criterion];
        *self.standing(less) = self.standing(less).saturating_sub(1);
        *self.standing(more) += 1;
        self.last_seen.push(CriterionLastSeen { code: seen.code, standing: seen.criterion, on: seen.on });
    }

    fn standing(&mut self, standing: Standing) -> &mut usize {
        match standing {
            Standing::Met => &mut self.met,
            Standing::NotMet => &mut self.not_met,
            Standing::NeedsReview => &mut self.needs_review,
            Standing::NothingOffered => &mut self.nothing_offered,
        }
    }
}
