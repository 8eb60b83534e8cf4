//! Plain text: lines that paragraphs, lists and tables are made of by how they stand.

use super::flow::{self, Line, Vocabulary};
use super::{Document, Page, Paging};
use crate::finding::on_one_line;

/// The width, in characters, beyond which a text's lines are not broken for print: each is a paragraph.
const UNBROKEN: usize = 130;
/// The fewest blanks that divide the cells of a row drawn in text.
const BETWEEN: usize = 3;

/// The document that a plain text is; a form feed ends a page.
pub fn plain(text: &str) -> Document {
    let unbroken = is_unbroken(text);
    let mut number = 0;
    let mut pages: Vec<Vec<Line>> = text.split('\u{c}').map(|page| lines(page, &mut number, unbroken)).collect();
    if pages.len() > 1 && pages.last().is_some_and(Vec::is_empty) {
        pages.pop();
    }
    let paging = if pages.len() > 1 { Paging::Exact } else { Paging::Lines };
    flow::mark_running(&mut pages);
    let vocabulary = Vocabulary::of(pages.iter().flatten());
    let pages = pages.iter().enumerate().map(|(at, lines)| Page {
        number: u32::try_from(at + 1).unwrap_or(u32::MAX),
        blocks: flow::blocks(lines, &vocabulary),
    });
    Document { title: None, paging, pages: pages.collect(), ..Document::default() }
}

/// Whether the lines of a text are its paragraphs.
fn is_unbroken(text: &str) -> bool {
    let lengths: Vec<usize> =
        text.lines().map(|line| line.trim_end().chars().count()).filter(|len| *len > 40).collect();
    let long = lengths.iter().filter(|len| **len > UNBROKEN).count();
    long * 4 > lengths.len()
}

/// The lines of a page that are not blank; `number` is the last one before it.
fn lines(page: &str, number: &mut u64, unbroken: bool) -> Vec<Line> {
    let width = page.lines().map(|line| line.trim_end().chars().count()).max().unwrap_or_default();
    let mut lines: Vec<Line> = Vec::new();
    let mut gap = true;
    for written in page.lines() {
        *number += 1;
        // What draws lines and holds no words, such as the ruler under a heading.
        let text = written.trim().trim_matches('\u{200b}').trim();
        if text.is_empty() {
            gap = true;
            continue;
        }
        if !text.contains(char::is_alphanumeric) {
            if gap || lines.is_empty() {
                gap = true;
            } else if let Some(level) = ruled(text) {
                if let Some(above) = lines.last_mut() {
                    above.heading = Some(level);
                    above.gap = true;
                }
                gap = true;
            }
            continue;
        }
        lines.push(Line {
            text: on_one_line(text),
            number: Some(*number),
            indent: written.chars().take_while(|c| c.is_whitespace()).map(|c| if c == '\t' { 8 } else { 1 }).sum(),
            gap: gap || unbroken,
            short: written.trim_end().chars().count() * 4 < width * 3,
            cells: cells(text),
            ..Line::default()
        });
        gap = false;
    }
    // A row stands among rows.
    let rows: Vec<(bool, bool)> = lines.iter().map(|line| (line.cells.len() > 1, line.gap)).collect();
    for (at, line) in lines.iter_mut().enumerate() {
        let above = !line.gap && at > 0 && rows[at - 1].0;
        let below = rows.get(at + 1).is_some_and(|(row, gap)| *row && !gap);
        if !above && !below {
            line.cells.clear();
        }
    }
    lines
}

/// The level of the heading that a ruler under it makes.
fn ruled(text: &str) -> Option<u8> {
    let of = |sign| text.len() >= 3 && text.chars().all(|c| c == sign);
    if of('=') { Some(1) } else { of('-').then_some(2) }
}

/// The cells of a line that wide gaps or bars divide; one or none where nothing does.
fn cells(text: &str) -> Vec<String> {
    let divided: Vec<String> = if text.starts_with('|') && text.ends_with('|') {
        text.trim_matches('|').split('|').map(on_one_line).collect()
    } else {
        let gaps = " ".repeat(BETWEEN);
        text.replace('\t', &gaps).split(&gaps).map(on_one_line).filter(|cell| !cell.is_empty()).collect()
    };
    // A gap behind a bullet or a number divides no cells.
    let first = divided.first().map_or(0, |first| first.chars().count());
    if divided.len() == 2 && first <= 5 { Vec::new() } else { divided }
}

#[cfg(test)]
mod tests {
    use super::super::Role;
    use super::*;

    fn told(text: &str) -> Vec<(u32, Option<u64>, Role, String)> {
        let document = plain(text);
        let blocks =
            document.pages.into_iter().flat_map(|page| page.blocks.into_iter().map(move |block| (page.number, block)));
        blocks.map(|(page, block)| (page, block.line, block.role, block.text)).collect()
    }

    #[test]
    fn paragraphs_keep_their_lines_across_pages() {
        let text = "POLICY\n\nThe city shall\n  publish.\n\u{c}Second page.\n";
        assert_eq!(plain(text).paging, Paging::Exact);
        assert_eq!(
            told(text),
            [
                (1, Some(1), Role::Heading(1), "POLICY".to_owned()),
                (1, Some(3), Role::Paragraph, "The city shall publish.".to_owned()),
                (2, Some(5), Role::Paragraph, "Second page.".to_owned()),
            ]
        );
    }

    #[test]
    fn lines_that_are_not_broken_are_paragraphs() {
        let long = "The city shall publish all data that is not sensitive. ".repeat(4);
        let text = format!("{long}\n{long}\n(a) Each department\nPurpose and Scope\n");
        let roles: Vec<_> = told(&text).into_iter().map(|(_, line, role, _)| (line, role)).collect();
        assert_eq!(
            roles,
            [
                (Some(1), Role::Paragraph),
                (Some(2), Role::Paragraph),
                (Some(3), Role::Item),
                (Some(4), Role::Heading(3)),
            ]
        );
    }

    #[test]
    fn rulers_make_headings_and_gaps_make_rows() {
        let text = "Our Plan\n========\n\nGoal          Measure       Target\nRoads         Potholes      90 %\n\nA line   with one gap.\n";
        let told: Vec<_> = told(text).into_iter().map(|(_, _, role, text)| (role, text)).collect();
        assert_eq!(
            told,
            [
                (Role::Heading(1), "Our Plan".to_owned()),
                (Role::Row, "Goal | Measure | Target".to_owned()),
                (Role::Row, "Roads | Potholes | 90 %".to_owned()),
                (Role::Paragraph, "A line with one gap.".to_owned()),
            ]
        );
    }
}
