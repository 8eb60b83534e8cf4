//! Columns of running text: found by the gutter that no line crosses, and read one after the other.

use super::lines::{Piece, Row};

/// The fewest rows of a page that columns stand on.
const ROWS: usize = 6;
/// How many columns may stand side by side within columns.
const DEEPEST: usize = 4;
/// The share of a column's width, in percent, that most of its lines fill where it is running text.
const FILLED: f32 = 0.6;

/// Rows in the order in which they are read, as groups that each have one column.
pub(super) fn in_order(rows: Vec<Row>) -> Vec<Vec<Row>> {
    let mut groups = Vec::new();
    divide(rows, 0, &mut groups);
    groups
}

fn divide(rows: Vec<Row>, depth: usize, groups: &mut Vec<Vec<Row>>) {
    let Some((from, to, at)) = (depth < DEEPEST).then(|| band(&rows)).flatten() else {
        if !rows.is_empty() {
            groups.push(rows);
        }
        return;
    };
    let mut rows = rows;
    let below = rows.split_off(to);
    let beside = rows.split_off(from);
    divide(rows, depth + 1, groups);
    divide(side(&beside, |piece| piece.left < at), depth + 1, groups);
    divide(side(&beside, |piece| piece.left >= at), depth + 1, groups);
    divide(below, depth, groups);
}

fn side(rows: &[Row], on: impl Fn(&Piece) -> bool) -> Vec<Row> {
    let kept = |row: &Row| row.pieces.iter().filter(|piece| on(piece)).cloned().collect();
    let rows = rows.iter().map(|row| Row { base: row.base, pieces: kept(row) });
    rows.filter(|row| !row.pieces.is_empty()).collect()
}

/// The longest run of rows with a gutter between two columns of running text, and where that gutter is.
fn band(rows: &[Row]) -> Option<(usize, usize, f32)> {
    // Gutters that some row shows, by their middle; many rows show the same one.
    let mut gutters: Vec<(f32, f32)> = rows
        .iter()
        .flat_map(|row| row.pieces.windows(2).map(|pair| (pair[0].right, pair[1].left)))
        .filter(|(left, right)| right > left)
        .collect();
    gutters.sort_by(|a, b| (a.0 + a.1).total_cmp(&(b.0 + b.1)));
    gutters.dedup_by(|a, b| ((a.0 + a.1) - (b.0 + b.1)).abs() < 4.0);
    gutters.truncate(400);
    let mut best: Option<(usize, usize, f32)> = None;
    for (left, right) in gutters {
        // The middle of a wide gap may lie within another line: both ends are tried too.
        for at in [f32::midpoint(left, right), right - 2.0, left + 2.0] {
            let Some((from, to)) = longest(rows, at) else { continue };
            let longer = best.is_none_or(|(from_best, to_best, _)| to - from > to_best - from_best);
            if longer && runs(&rows[from..to], at) {
                best = Some((from, to, at));
            }
        }
    }
    best
}

/// The longest run of rows that do not cross `at`, from the first to the last that has pieces on both sides or on one.
fn longest(rows: &[Row], at: f32) -> Option<(usize, usize)> {
    let crosses = |row: &Row| row.pieces.iter().any(|piece| piece.left < at && piece.right > at);
    let mut best: Option<(usize, usize)> = None;
    let mut from = 0;
    for end in 0..=rows.len() {
        if end < rows.len() && !crosses(&rows[end]) {
            continue;
        }
        // A heading above the columns may be short enough to cross nothing.
        let both = |row: &Row| {
            row.pieces.iter().any(|piece| piece.left < at) && row.pieces.iter().any(|piece| piece.left >= at)
        };
        let right_first = |row: &Row| row.left() >= at;
        let begins = (from..end).find(|row| both(&rows[*row]) || right_first(&rows[*row]));
        if let Some(begins) = begins
            && end - begins >= ROWS
            && best.is_none_or(|(from, to)| end - begins > to - from)
        {
            best = Some((begins, end));
        }
        from = end + 1;
    }
    best
}

/// Whether running text stands on both sides of `at`.
fn runs(rows: &[Row], at: f32) -> bool {
    let filled = |on: &dyn Fn(&Piece) -> bool| {
        let lines: Vec<(f32, usize, f32)> = rows
            .iter()
            .filter_map(|row| {
                let pieces: Vec<&Piece> = row.pieces.iter().filter(|piece| on(piece)).collect();
                let first = pieces.first()?;
                let words = pieces.iter().map(|piece| piece.text.split_whitespace().count()).sum();
                Some((first.left, words, pieces.last()?.right))
            })
            .collect();
        let left = lines.iter().map(|line| line.0).fold(f32::INFINITY, f32::min);
        let right = lines.iter().map(|line| line.2).fold(f32::NEG_INFINITY, f32::max);
        let wide = lines.iter().filter(|line| line.2 - line.0 >= FILLED * (right - left)).count();
        let words: usize = lines.iter().map(|line| line.1).sum();
        lines.len() >= ROWS - 2 && wide * 10 >= lines.len() * 4 && words >= lines.len() * 3
    };
    filled(&|piece| piece.left < at) && filled(&|piece| piece.left >= at)
}
