//! Cities and their histories, as pages show them.

use std::collections::BTreeMap;

use serde::Serialize;
use sqlx::Row as _;
use sqlx::any::AnyRow;
use utoipa::ToSchema;

use super::runs::kept;
use super::{KeptRun, Store, StoreError, count, counted, parsed};
use crate::criteria::verdict::Standing;

/// A city as it stood in its latest run.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct City {
    /// How many runs of it there are.
    pub runs: usize,
    /// Its latest.
    pub latest: Column,
}

/// A run and its result in figures, by the submission's own scheme.
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
}

impl Store {
    /// A page of the cities, by name: at most `most`, after leaving out `skip`.
    pub async fn cities(&self, skip: usize, most: usize) -> Result<Vec<City>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM (SELECT runs.id, city_id, city, as_of, tool, started, finished, edition, scheme, title, criteria, \
             met, not_met, needs_review, nothing_offered, points_sure, points_possible, \
             count(*) OVER (PARTITION BY city_id) AS n, \
             row_number() OVER (PARTITION BY city_id ORDER BY as_of DESC, finished DESC, runs.id) AS latest \
             FROM runs JOIN results ON results.run = runs.id AND results.place = 0 \
             JOIN editions ON editions.sha256 = results.edition) AS ranked WHERE latest = 1 ORDER BY city, city_id \
             LIMIT $1 OFFSET $2",
        )
        .bind(count(most))
        .bind(count(skip))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| Ok(City { runs: counted(row, "n")?, latest: column(row)? })).collect()
    }

    /// How many cities there are.
    pub async fn how_many_cities(&self) -> Result<usize, StoreError> {
        let row = sqlx::query("SELECT count(DISTINCT city_id) AS n FROM runs").fetch_one(&self.pool).await?;
        counted(&row, "n")
    }

    /// A city's runs, the latest first: at most `most`, after leaving out `skip`.
    pub async fn history(&self, city: &str, skip: usize, most: usize) -> Result<Vec<Column>, StoreError> {
        let rows = sqlx::query(
            "SELECT runs.id, city_id, city, as_of, tool, started, finished, edition, scheme, title, criteria, met, not_met, \
             needs_review, nothing_offered, points_sure, points_possible FROM runs \
             JOIN results ON results.run = runs.id AND results.place = 0 \
             JOIN editions ON editions.sha256 = results.edition WHERE city_id = $1 \
             ORDER BY as_of DESC, finished DESC, runs.id LIMIT $2 OFFSET $3",
        )
        .bind(city.to_owned())
        .bind(count(most))
        .bind(count(skip))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(column).collect()
    }

    /// How many runs of a city there are.
    pub async fn how_many_runs(&self, city: &str) -> Result<usize, StoreError> {
        let row = sqlx::query("SELECT count(*) AS n FROM runs WHERE city_id = $1")
            .bind(city.to_owned())
            .fetch_one(&self.pool)
            .await?;
        counted(&row, "n")
    }

    /// How the criteria of a city's own scheme stood in `most` of its runs, the latest first, after leaving out `skip`.
    pub async fn matrix(&self, city: &str, skip: usize, most: usize) -> Result<Matrix, StoreError> {
        // One more tells whether the oldest shown had changed.
        let mut columns = self.history(city, skip, most + 1).await?;
        let rows = sqlx::query(
            "SELECT verdicts.run, verdicts.code, standing, place, category, criteria.title, scheme FROM \
             (SELECT id, edition FROM runs JOIN results ON results.run = runs.id AND results.place = 0 WHERE city_id = $1 \
             ORDER BY as_of DESC, finished DESC, id LIMIT $2 OFFSET $3) AS shown \
             JOIN verdicts ON verdicts.run = shown.id AND verdicts.edition = shown.edition \
             JOIN criteria ON criteria.edition = verdicts.edition AND criteria.code = verdicts.code \
             JOIN editions ON editions.sha256 = verdicts.edition ORDER BY place",
        )
        .bind(city.to_owned())
        .bind(count(most + 1))
        .bind(count(skip))
        .fetch_all(&self.pool)
        .await?;
        let mut lines: Vec<Line> = Vec::new();
        let mut places: BTreeMap<(String, String), usize> = BTreeMap::new();
        let runs: BTreeMap<String, usize> =
            columns.iter().enumerate().map(|(at, column)| (column.run.id.clone(), at)).collect();
        for row in &rows {
            let (scheme, code): (String, String) = (row.try_get("scheme")?, row.try_get("code")?);
            // A run that was taken in between the two questions is shown the next time.
            let Some(&run) = runs.get(&row.try_get::<String, _>("run")?) else { continue };
            let place = *places.entry((scheme.clone(), code.clone())).or_insert(lines.len());
            if place == lines.len() {
                let (title, category) = (row.try_get("title")?, row.try_get("category")?);
                lines.push(Line { scheme, code, title, category, cells: vec![None; columns.len()] });
            }
            let standing = parsed(row, "standing")?;
            lines[place].cells[run] = Some(Cell { standing, changed: None });
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
}

fn column(row: &AnyRow) -> Result<Column, StoreError> {
    Ok(Column {
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
    })
}
