//! reStructuredText: headings by their rulers, lists, tables drawn with rulers; directives left out, their words kept.

use super::flow::{self, Line, Vocabulary};
use super::{Document, Page, Paging};
use crate::finding::on_one_line;

/// Directives whose content is for machines, or for whatever builds the site.
const SILENT: &[&str] = &[
    "code",
    "code-block",
    "sourcecode",
    "highlight",
    "raw",
    "toctree",
    "contents",
    "image",
    "math",
    "include",
    "index",
    "meta",
];

/// The document that a reStructuredText is.
pub(super) fn document(text: &str) -> Document {
    let mut lines: Vec<Line> = Vec::new();
    let mut rulers: Vec<(char, bool)> = Vec::new();
    let written: Vec<&str> = text.lines().collect();
    let mut gap = true;
    // How deep what is left out stands.
    let mut silent: Option<usize> = None;
    // Where the columns of the table begin whose rulers were met.
    let mut columns: Option<Vec<usize>> = None;
    for (at, line) in written.iter().enumerate() {
        let bare = line.trim();
        let indent = line.len() - line.trim_start().len();
        if bare.is_empty() {
            gap = true;
            continue;
        }
        if silent.is_some_and(|depth| indent > depth) {
            continue;
        }
        silent = None;
        if let Some(rest) = bare.strip_prefix(".. ") {
            let (name, argument) = rest.split_once("::").unwrap_or((rest, ""));
            // What names no directive is a comment or the place that a link leads to; a note has words on its first line.
            if !rest.contains("::") || SILENT.contains(&name) {
                silent = Some(indent);
                continue;
            }
            push(&mut lines, at, indent, true, argument);
            gap = true;
            continue;
        }
        if bare == ".." {
            silent = Some(indent);
            continue;
        }
        if bare.starts_with(':') && bare[1..].contains(": ") && gap {
            // A field: `:date: 2019-01-01`.
            push(&mut lines, at, indent, true, bare.trim_start_matches(':'));
            continue;
        }
        if let Some(sign) = ruler(bare) {
            let above = at.checked_sub(1).map_or("", |above| written[above].trim());
            let titled = !above.is_empty() && ruler(above).is_none() && !gap && !bare.contains(' ');
            if titled && let Some(title) = lines.last_mut() {
                let over = at >= 2 && ruler(written[at - 2].trim()) == Some(sign);
                let place = rulers.iter().position(|ruler| *ruler == (sign, over)).unwrap_or_else(|| {
                    rulers.push((sign, over));
                    rulers.len() - 1
                });
                title.heading = Some(u8::try_from(place + 1).unwrap_or(6).min(6));
                title.gap = true;
                title.cells.clear();
            }
            if bare.contains(' ') {
                let ends = written.get(at + 1).is_none_or(|next| next.trim().is_empty());
                columns = (!ends).then(|| starts(line));
            }
            gap = true;
            continue;
        }
        if let Some(columns) = &columns {
            row(&mut lines, at, line, columns);
            continue;
        }
        push(&mut lines, at, indent, gap, bare);
        gap = false;
    }
    let vocabulary = Vocabulary::of(lines.iter());
    let blocks = flow::blocks(&lines, &vocabulary);
    Document { title: None, paging: Paging::Lines, pages: vec![Page { number: 1, blocks }], ..Document::default() }
}

/// Where the strokes of a table's ruler begin, in characters.
fn starts(ruler: &str) -> Vec<usize> {
    let signs: Vec<char> = ruler.chars().collect();
    (0..signs.len()).filter(|at| signs[*at] != ' ' && (*at == 0 || signs[at - 1] == ' ')).collect()
}

/// A row of a table whose columns begin at `starts`.
fn row(lines: &mut Vec<Line>, at: usize, line: &str, starts: &[usize]) {
    let chars: Vec<char> = line.chars().collect();
    let cells = starts.iter().enumerate().map(|(nth, start)| {
        let end = starts.get(nth + 1).map_or(chars.len(), |next| (*next).min(chars.len()));
        words(&chars[(*start).min(end)..end].iter().collect::<String>())
    });
    let cells: Vec<String> = cells.collect();
    if cells.iter().any(|cell| cell.contains(char::is_alphanumeric)) {
        let text = cells.join(" ");
        lines.push(Line { text, number: Some(at as u64 + 1), cells, marked: true, ..Line::default() });
    }
}

fn push(lines: &mut Vec<Line>, at: usize, indent: usize, gap: bool, text: &str) {
    let cells: Vec<String> = if text.starts_with('|') && text.ends_with('|') && text.len() > 2 {
        text.trim_matches('|').split('|').map(words).collect()
    } else {
        Vec::new()
    };
    let text = words(text.trim_end_matches("::"));
    if text.contains(char::is_alphanumeric) {
        lines.push(Line { text, number: Some(at as u64 + 1), indent, gap, cells, marked: true, ..Line::default() });
    }
}

/// The sign that a ruler is drawn with; a table's has gaps or corners.
fn ruler(text: &str) -> Option<char> {
    let sign = text.chars().next().filter(char::is_ascii_punctuation)?;
    let drawn = text.chars().all(|c| c == sign || c == ' ' || sign == '+' && matches!(c, '-' | '='));
    (drawn && text.len() >= 3).then_some(sign)
}

/// The words of a line without the marks of emphasis, literals and links.
fn words(text: &str) -> String {
    let mut said = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('`') {
        let before = &rest[..at];
        // A role before the quotation marks, as in :ref:`words <place>`.
        let role = before.rfind(':').filter(|end| *end + 1 == before.len()).and_then(|end| before[..end].rfind(':'));
        said.push_str(&before[..role.unwrap_or(before.len())]);
        let inner = rest[at..].trim_start_matches('`');
        let Some(end) = inner.find('`') else {
            rest = inner;
            break;
        };
        let quoted = &inner[..end];
        said.push_str(quoted.split_once(" <").map_or(quoted, |(words, _)| words));
        rest = inner[end..].trim_start_matches('`').trim_start_matches('_');
    }
    said.push_str(rest);
    on_one_line(&said.replace("**", ""))
}

#[cfg(test)]
mod tests {
    use super::super::Role;
    use super::*;

    #[test]
    fn rulers_make_headings_and_directives_are_left_out() {
        let text = "====\nPlan\n====\n\n.. contents::\n   :depth: 2\n\nGoals\n-----\nWe **publish** `the data <https://a.example>`_ as\n``CSV``.\n\n#. one\n\n* All departments\n  of the city\n\n.. code-block:: sql\n\n   select 1\n\n.. note:: Ask us.\n\nSteps\n-----\n\n=====  =====\nGoal   Time\n=====  =====\n";
        let document = document(text);
        let told: Vec<_> = document.pages[0]
            .blocks
            .iter()
            .map(|block| (block.line.unwrap(), block.role, block.text.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (2, Role::Heading(1), "Plan"),
                (8, Role::Heading(2), "Goals"),
                (10, Role::Paragraph, "We publish the data as CSV."),
                (13, Role::Paragraph, "#. one"),
                (15, Role::Item, "* All departments of the city"),
                (22, Role::Paragraph, "Ask us."),
                (24, Role::Heading(2), "Steps"),
                (28, Role::Row, "Goal | Time"),
            ]
        );
    }
}
