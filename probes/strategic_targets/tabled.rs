//! Goals in the rows of a table.

use super::statement::{Goal, Parts};
use super::words::WORDS;
use crate::columns::Table;

/// The goals of a table with a column of targets.
pub(super) fn goals(table: &Table) -> Vec<Goal> {
    let columns = WORDS.fields.of(&table.held);
    let numbered = |column: usize| {
        let cells = || table.held.column(column);
        cells().filter(|(_, cell)| is_number(cell)).count() * 2 > cells().count()
    };
    // A column of goals that holds numbers is one of targets.
    let target = columns.get("target").or_else(|| columns.get("goal")).copied();
    let Some(target) = target.filter(|column| numbered(*column)) else { return Vec::new() };
    let of_header = WORDS.year.find(&table.held.header[target]).map(|year| year.as_str().to_owned());
    let name = [columns.get("measure"), columns.get("goal")].into_iter().flatten().copied();
    let names: Vec<usize> = name.filter(|column| *column != target).collect();
    let mut goals = Vec::new();
    for row in &table.held.rows {
        let cell = |column: usize| row.get(column).map(|cell| cell.trim()).unwrap_or_default();
        let value = cell(target);
        let Some(measure) = names.iter().map(|column| cell(*column)).find(|name| name.chars().any(char::is_alphabetic))
        else {
            continue;
        };
        if !value.bytes().any(|byte| byte.is_ascii_digit()) {
            continue;
        }
        let year = |text: &str| WORDS.year.is_match(text) || WORDS.deadline.is_match(text);
        let by = columns.get("by").map(|column| cell(*column)).filter(|by| year(by)).map(str::to_owned);
        let by =
            by.or_else(|| of_header.clone()).or_else(|| WORDS.deadline.find(value).map(|it| it.as_str().to_owned()));
        let baseline = columns.get("baseline").map(|column| cell(*column)).filter(|cell| is_number(cell));
        goals.push(Goal {
            parts: if by.is_some() { Parts::All } else { Parts::NoTime },
            measure: measure.to_owned(),
            value: Some(value.to_owned()),
            by,
            baseline: baseline.map(str::to_owned),
        });
    }
    goals
}

/// Whether a cell begins with a number, its sign and currency apart.
fn is_number(cell: &str) -> bool {
    cell.trim_start_matches(['$', '<', '>', '=', '≤', '≥', '+', '-', '~', ' '])
        .starts_with(|c: char| c.is_ascii_digit())
}
