//! Spans that stand on one line, and the pieces that wide gaps divide it into.

use super::Span;

/// The least gap, in the letters' size, that divides a line into pieces: wider than blanks of justified text.
const DIVIDES: f32 = 1.1;
/// The least gap, in the letters' size, that a blank stands for.
const BLANK: f32 = 0.12;

/// A piece of a line: words without a wide gap between them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) left: f32,
    pub(super) right: f32,
    pub(super) size: f32,
    pub(super) bold: bool,
}

/// A line across the whole width of what was laid out.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    /// Where its letters stand, from the page's lower edge.
    pub(super) base: f32,
    /// From left to right; never empty.
    pub(super) pieces: Vec<Piece>,
}

impl Row {
    pub(super) fn left(&self) -> f32 {
        self.pieces.iter().map(|piece| piece.left).fold(f32::INFINITY, f32::min)
    }

    pub(super) fn right(&self) -> f32 {
        self.pieces.iter().map(|piece| piece.right).fold(f32::NEG_INFINITY, f32::max)
    }

    pub(super) fn size(&self) -> f32 {
        self.pieces.iter().map(|piece| piece.size).fold(0.0, f32::max)
    }
}

/// The rows of a page, from its top.
pub(super) fn rows(mut spans: Vec<Span>) -> Vec<Row> {
    spans.retain(|span| !span.text.trim().is_empty());
    spans.sort_by(|a, b| b.base.total_cmp(&a.base).then(a.left.total_cmp(&b.left)));
    let mut rows: Vec<Vec<Span>> = Vec::new();
    for span in spans {
        // Raised and lowered letters belong to the line they are small on.
        let same = rows.last().and_then(|row| row.first()).is_some_and(|first| {
            let room = if first.size.max(span.size) > 1.3 * first.size.min(span.size) { 0.55 } else { 0.3 };
            first.base - span.base <= room * first.size.max(span.size).max(1.0)
        });
        match rows.last_mut().filter(|_| same) {
            Some(row) => row.push(span),
            None => rows.push(vec![span]),
        }
    }
    rows.into_iter().map(row).collect()
}

fn row(mut spans: Vec<Span>) -> Row {
    spans.sort_by(|a, b| a.left.total_cmp(&b.left));
    let base = spans.iter().max_by(|a, b| a.size.total_cmp(&b.size)).map_or(0.0, |span| span.base);
    let mut pieces: Vec<Piece> = Vec::new();
    for span in spans {
        if let Some(last) = pieces.last_mut() {
            let gap = span.left - last.right;
            let size = last.size.max(span.size);
            if gap < DIVIDES * size {
                let blank = gap > BLANK * span.size.min(last.size)
                    && !last.text.ends_with(char::is_whitespace)
                    && !span.text.starts_with(char::is_whitespace);
                last.text.push_str(if blank { " " } else { "" });
                last.text.push_str(&span.text);
                last.bold &= span.bold;
                last.right = last.right.max(span.right);
                last.size = size;
                continue;
            }
        }
        let Span { text, left, right, size, bold, .. } = span;
        pieces.push(Piece { text, left, right, size, bold });
    }
    Row { base, pieces }
}
