//! From the rows of a page to its lines: what is a heading, what a row of a table, where a paragraph ends.

use std::collections::BTreeMap;

use super::Span;
use super::columns;
use super::lines::{self, Piece, Row};
use crate::document::flow::Line;
use crate::finding::on_one_line;

/// How much larger than the text headings are set, at least.
const LARGER: f32 = 1.12;
/// How much smaller than the text notes are set, at least.
const SMALLER: f32 = 0.9;
/// How much more than the usual room between lines divides paragraphs.
const ROOM: f32 = 1.3;
/// The most words of a line that is a heading.
const HEADING_WORDS: usize = 16;
/// How far apart the beginnings of cells in one column may be, in the letters' size.
const ALIGNED: f32 = 0.7;
/// The most sizes of headings that are told apart.
const LEVELS: usize = 4;

/// A page's rows in reading order, in groups of one column each.
#[derive(Default)]
pub(super) struct Sheet {
    groups: Vec<Vec<Row>>,
}

/// How a document looks on the whole.
pub(super) struct Look {
    /// The size of most letters.
    body: f32,
    /// The sizes of headings, largest first.
    headings: Vec<u32>,
}

/// Sizes are compared in halves of points.
fn halves(size: f32) -> u32 {
    // Sizes are finite and below a million.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size is small and not negative")]
    let halves = (size * 2.0).round().max(0.0) as u32;
    halves
}

impl Look {
    pub(super) fn of(sheets: &[Sheet]) -> Self {
        let mut sizes: BTreeMap<u32, usize> = BTreeMap::new();
        let rows = || sheets.iter().flat_map(|sheet| &sheet.groups).flatten();
        for piece in rows().flat_map(|row| &row.pieces) {
            *sizes.entry(halves(piece.size)).or_default() += piece.text.len();
        }
        let body = sizes.iter().max_by_key(|(_, letters)| **letters).map_or(20, |(size, _)| *size);
        let body = body as f32 / 2.0;
        let mut larger: BTreeMap<u32, usize> = BTreeMap::new();
        for row in rows().filter(|row| row.size() >= LARGER * body) {
            *larger.entry(halves(row.size())).or_default() += 1;
        }
        let headings = larger.into_keys().rev().take(LEVELS).collect();
        Self { body, headings }
    }

    /// The level that a row's letters tell.
    fn heading(&self, row: &Row, words: usize) -> Option<u8> {
        if words > HEADING_WORDS || row.size() < LARGER * self.body {
            return None;
        }
        let level = self.headings.iter().position(|size| *size <= halves(row.size())).unwrap_or(LEVELS - 1);
        u8::try_from(level + 1).ok()
    }
}

impl Sheet {
    pub(super) fn of(spans: Vec<Span>) -> Self {
        Self { groups: columns::in_order(lines::rows(spans)) }
    }

    /// The lines of the page in reading order.
    pub(super) fn lines(&self, look: &Look) -> Vec<Line> {
        let lowest = self.groups.iter().flatten().map(|row| row.base).fold(f32::INFINITY, f32::min);
        let highest = self.groups.iter().flatten().map(|row| row.base).fold(f32::NEG_INFINITY, f32::max);
        let foot = lowest + (highest - lowest) * 0.35;
        let mut lines = Vec::new();
        for group in &self.groups {
            of_column(group, look, foot, &mut lines);
        }
        lines
    }
}

fn of_column(rows: &[Row], look: &Look, foot: f32, lines: &mut Vec<Line>) {
    let left = rows.iter().map(Row::left).fold(f32::INFINITY, f32::min);
    let right = rows.iter().map(Row::right).fold(f32::NEG_INFINITY, f32::max);
    let usual = leading(rows);
    let table = tables(rows);
    let mut above: Option<&Row> = None;
    for (at, row) in rows.iter().enumerate() {
        let cells: Vec<String> = row.pieces.iter().map(|piece| on_one_line(&piece.text)).collect();
        let text = cells.join(" ");
        let gap = above.is_none_or(|above| {
            above.base - row.base > ROOM * usual.max(row.size().min(above.size()))
                || (above.size() - row.size()).abs() > 0.15 * look.body
        });
        let words = text.split_whitespace().count();
        let bold = row.pieces.iter().all(|piece| piece.bold);
        let size = row.size();
        let end = row.right() < right - 0.15 * (right - left);
        let sentence = text.ends_with(['.', ',', ';']);
        let by_weight = (bold && gap && end && !sentence && words <= HEADING_WORDS && !table[at])
            .then(|| u8::try_from(look.headings.len().min(LEVELS) + 1).unwrap_or(1));
        // What continues in the middle of a row of a table belongs to the cell above.
        if table[at] && row.pieces.len() == 1 && at > 0 && continues(lines, rows, at) {
            above = Some(row);
            continue;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an indent is small and not negative"
        )]
        let indent = ((row.left() - left) / (0.5 * look.body.max(1.0))).round().clamp(0.0, 500.0) as usize;
        lines.push(Line {
            heading: look.heading(row, words).or(by_weight).filter(|_| text.contains(char::is_alphabetic)),
            text,
            indent,
            gap,
            short: row.right() < right - 0.2 * (right - left),
            small: size <= SMALLER * look.body && row.base <= foot,
            cells: if table[at] { cells } else { Vec::new() },
            ..Line::default()
        });
        above = Some(row);
    }
}

/// Puts a row with one piece behind the cell that it goes on, if the row above it has one there.
fn continues(lines: &mut [Line], rows: &[Row], at: usize) -> bool {
    let piece = &rows[at].pieces[0];
    let Some(last) = lines.last_mut() else { return false };
    let above = rows[..at].iter().rev().find(|row| row.pieces.len() > 1);
    let Some(above) = above.filter(|above| above.pieces.len() == last.cells.len()) else { return false };
    let column = above.pieces.iter().position(|cell| aligned(cell, piece));
    match column.filter(|column| *column > 0) {
        Some(column) => {
            let cell = &mut last.cells[column];
            cell.push(' ');
            cell.push_str(&on_one_line(&piece.text));
            last.text = last.cells.join(" ");
            true
        }
        None => false,
    }
}

fn aligned(a: &Piece, b: &Piece) -> bool {
    let near = ALIGNED * a.size.max(b.size);
    (a.left - b.left).abs() <= near || (a.right - b.right).abs() <= near
}

/// The usual room from line to line.
fn leading(rows: &[Row]) -> f32 {
    let mut rooms: Vec<f32> =
        rows.windows(2).map(|pair| pair[0].base - pair[1].base).filter(|room| *room > 0.5).collect();
    rooms.sort_by(f32::total_cmp);
    // Paragraphs and headings stand wider apart than lines do, never closer.
    rooms.get(rooms.len() * 2 / 5).copied().unwrap_or(f32::INFINITY)
}

/// Which rows are rows of a table: those with cells under the cells of another row close by.
fn tables(rows: &[Row]) -> Vec<bool> {
    let cells = |at: usize| rows.get(at).map_or(&[][..], |row| row.pieces.as_slice());
    let marker = |pieces: &[Piece]| pieces.first().is_some_and(|first| first.text.trim().chars().count() <= 4);
    let divided = |at: usize| match cells(at) {
        [] | [_] => false,
        // A gap behind a bullet or a number divides no cells.
        pieces @ [_, _] => !marker(pieces) || pieces[1].text.trim().chars().count() <= 12,
        _ => true,
    };
    let alike = |a: usize, b: usize| {
        let columns = cells(a).iter().filter(|cell| cells(b).iter().any(|other| aligned(cell, other))).count();
        divided(a) && divided(b) && columns >= 2
    };
    let mut table: Vec<bool> = (0..rows.len())
        .map(|at| (at.saturating_sub(3)..at).chain(at + 1..(at + 4).min(rows.len())).any(|other| alike(at, other)))
        .collect();
    // Lines between two rows of a table, where a cell has several.
    for at in 1..rows.len().saturating_sub(1) {
        if !table[at] && cells(at).len() == 1 && table[at - 1] {
            let starts = cells(at)[0].left > rows[at - 1].left() + ALIGNED * rows[at - 1].size();
            table[at] = starts && cells(at)[0].text.split_whitespace().count() <= 12;
        }
    }
    table
}
