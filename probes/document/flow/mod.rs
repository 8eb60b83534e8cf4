//! From lines as they stand on a page to blocks of text: what belongs together, and what it is to the document.

mod join;
mod marks;
mod running;

use super::{Block, Role};
use crate::finding::on_one_line;

pub(super) use join::Vocabulary;
pub(super) use marks::looks_like_heading;
pub(super) use running::mark as mark_running;

/// A line as it stands on a page, and what its place and look tell.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is seen of the line by itself")]
pub(super) struct Line {
    /// Its words, without white space at either end.
    pub(super) text: String,
    /// Its number in the document's text, where that has lines.
    pub(super) number: Option<u64>,
    /// How far it stands from the left edge of the text, in characters.
    pub(super) indent: usize,
    /// Whether there is more room above it than between the lines of a paragraph.
    pub(super) gap: bool,
    /// Whether it ends so far from the right edge that its paragraph ends there too.
    pub(super) short: bool,
    /// The level of the heading that its letters show it to be.
    pub(super) heading: Option<u8>,
    /// Whether headings are marked in the text it is from, so that its look tells none.
    pub(super) marked: bool,
    /// Whether it stands at the head or foot of every page.
    pub(super) running: bool,
    /// Whether it is set small at the foot of a page.
    pub(super) small: bool,
    /// Its cells, where it is a row of a table.
    pub(super) cells: Vec<String>,
}

/// The blocks that the lines of one page make.
pub(super) fn blocks(lines: &[Line], vocabulary: &Vocabulary) -> Vec<Block> {
    let mut flow = Flow { vocabulary, blocks: Vec::new(), open: None, contents: false };
    for (at, line) in lines.iter().enumerate() {
        flow.take(line, lines.get(at + 1));
    }
    flow.close();
    flow.blocks
}

struct Flow<'v> {
    vocabulary: &'v Vocabulary,
    blocks: Vec<Block>,
    open: Option<Open>,
    /// Whether the last heading was that of a table of contents.
    contents: bool,
}

/// A block whose end was not met yet.
struct Open {
    role: Role,
    text: String,
    line: Option<u64>,
    indent: usize,
    /// Whether its last line ended before the right edge.
    short: bool,
}

impl Flow<'_> {
    fn take(&mut self, line: &Line, next: Option<&Line>) {
        if line.text.is_empty() {
            return;
        }
        let alone = next.is_none_or(|next| next.gap);
        let role = self.role(line, alone);
        if role != Role::Paragraph && !matches!(role, Role::Heading(_)) || self.begins(line, role) {
            self.close();
        }
        let text = if line.cells.len() > 1 { line.cells.join(" | ") } else { line.text.clone() };
        if let Some(open) = &mut self.open {
            self.vocabulary.join(&mut open.text, &text);
            open.short = line.short;
        } else {
            let text = match role {
                Role::Heading(_) => marks::without_hashes(&text).to_owned(),
                _ => text,
            };
            self.open = Some(Open { role, text, line: line.number, indent: line.indent, short: line.short });
        }
        if matches!(role, Role::Row | Role::Contents | Role::Running) {
            self.close();
        }
    }

    /// What the line would be if it began a block.
    fn role(&mut self, line: &Line, alone: bool) -> Role {
        if line.running {
            return Role::Running;
        }
        if marks::entry_of_contents(&line.text, self.contents) {
            return Role::Contents;
        }
        if line.cells.len() > 1 {
            return Role::Row;
        }
        if line.small && marks::note(&line.text) {
            return Role::Footnote;
        }
        let by_look = || looks_like_heading(&line.text, line.gap, alone).filter(|_| !line.marked);
        let heading = line.heading.or_else(by_look);
        if let Some(level) = heading {
            self.contents = marks::heads_contents(&line.text);
            return Role::Heading(level);
        }
        if marks::item(&line.text) { Role::Item } else { Role::Paragraph }
    }

    /// Whether a line that could go on the open block does not.
    fn begins(&self, line: &Line, role: Role) -> bool {
        let Some(open) = &self.open else { return true };
        match (open.role, role) {
            // A heading over two lines in the same letters.
            (Role::Heading(open_level), Role::Heading(level)) => {
                line.gap || open_level != level || line.heading.is_none()
            }
            (Role::Heading(_), _) | (_, Role::Heading(_)) => true,
            // A note goes on in small letters, a list's item under its words.
            (Role::Footnote, _) => !line.small,
            (Role::Item, _) => line.gap && line.indent <= open.indent || (line.gap || open.short) && ended(&open.text),
            _ => line.gap || open.short && ended(&open.text),
        }
    }

    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        let text = on_one_line(&open.text);
        if !text.is_empty() {
            self.blocks.push(Block { role: open.role, text, line: open.line });
        }
    }
}

/// Whether a text ends as sentences and clauses do.
fn ended(text: &str) -> bool {
    text.trim_end_matches(['"', '\'', '”', '’', ')']).ends_with(['.', ':', ';', '?', '!'])
}

#[cfg(test)]
mod tests;
