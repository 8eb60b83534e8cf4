//! Plain text: paragraphs are divided by blank lines.

use super::{Block, Document, Page, Paging, Role};
use crate::finding::on_one_line;

/// The document that a plain text is; a form feed ends a page.
pub fn plain(text: &str) -> Document {
    let mut line = 0;
    let mut pages = Vec::new();
    for (at, page) in text.split('\u{c}').enumerate() {
        let number = u32::try_from(at + 1).unwrap_or(u32::MAX);
        pages.push(Page { number, blocks: paragraphs(page, &mut line) });
    }
    let paging = if pages.len() > 1 { Paging::Exact } else { Paging::Lines };
    Document { title: None, paging, pages }
}

fn paragraphs(text: &str, line: &mut u64) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<(u64, String)> = None;
    let mut close = |open: &mut Option<(u64, String)>| {
        if let Some((line, text)) = open.take() {
            blocks.push(Block { role: Role::Paragraph, text: on_one_line(&text), line: Some(line) });
        }
    };
    for written in text.lines() {
        *line += 1;
        if written.trim().is_empty() {
            close(&mut open);
        } else {
            let (_, text) = open.get_or_insert_with(|| (*line, String::new()));
            text.push_str(written);
            text.push('\n');
        }
    }
    close(&mut open);
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_keep_their_lines_across_pages() {
        let document = plain("POLICY\n\nThe city shall\n  publish.\n\u{c}Second page.\n");
        assert_eq!(document.paging, Paging::Exact);
        let told: Vec<_> = document
            .pages
            .iter()
            .flat_map(|page| page.blocks.iter().map(|block| (page.number, block.line, block.text.as_str())))
            .collect();
        assert_eq!(
            told,
            [(1, Some(1), "POLICY"), (1, Some(3), "The city shall publish."), (2, Some(5), "Second page.")]
        );
    }
}
