//! Markdown: its own structure, and what its front matter says.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::{Block, Document, Page, Paging, Role, web};
use crate::finding::on_one_line;
use crate::text;

/// Keys of a front matter whose values are words of the document.
const SAID: &[&str] = &[
    "subtitle",
    "description",
    "excerpt",
    "summary",
    "abstract",
    "date",
    "author",
    "authors",
    "last_updated",
    "updated",
    "lastmod",
    "modified",
    "published",
    "position",
    "department",
    "status",
    "version",
    "effective_date",
];

/// The document that a Markdown text is.
pub(super) fn document(text: &str) -> Document {
    let (front, body) = front_matter(text);
    let mut reading = Reading { starts: line_starts(text), ..Reading::default() };
    for (line, key, value) in front {
        if key == "title" && reading.title.is_none() {
            reading.title = Some(value.to_owned());
            reading.push(Role::Heading(1), value, line);
        } else if SAID.contains(&key.to_lowercase().as_str()) {
            reading.push(Role::Paragraph, &format!("{key}: {value}"), line);
        }
    }
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM
        | Options::ENABLE_HEADING_ATTRIBUTES;
    for (event, range) in Parser::new_ext(&text[body..], options).into_offset_iter() {
        reading.take(event, body + range.start);
    }
    reading.close();
    Document {
        title: reading.title,
        paging: Paging::Lines,
        pages: vec![Page { number: 1, blocks: reading.blocks }],
        ..Document::default()
    }
}

/// The lines `key: value` of a front matter, each with its number, and where the text begins behind it.
fn front_matter(text: &str) -> (Vec<(u64, &str, &str)>, usize) {
    let end = text::front_matter(text);
    let mut said = Vec::new();
    for (number, line) in (1..).zip(text[..end].lines()) {
        // Only plain values of the outermost level: the rest is for whatever builds the site.
        if let Some((key, value)) = line.split_once(':').filter(|(key, _)| !key.starts_with([' ', '\t', '#', '-'])) {
            let value = value.trim().trim_matches(['"', '\'']).trim();
            if !value.is_empty() && !matches!(value, ">" | "|" | ">-" | "|-") {
                said.push((number, key.trim(), value));
            }
        }
    }
    (said, end)
}

fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect()
}

#[derive(Default)]
struct Reading {
    starts: Vec<usize>,
    title: Option<String>,
    blocks: Vec<Block>,
    /// The block that words go to.
    open: Option<(Role, String, u64)>,
    /// For each list within the others, the next number of its items.
    lists: Vec<Option<u64>>,
    /// Whether a footnote is being defined.
    note: bool,
    cells: usize,
    /// Whether words are code of the document, not words of it.
    code: bool,
    /// Raw markup of one block.
    markup: String,
}

impl Reading {
    fn line(&self, at: usize) -> u64 {
        self.starts.partition_point(|start| *start <= at) as u64
    }

    fn push(&mut self, role: Role, text: &str, line: u64) {
        let text = on_one_line(text);
        if text.chars().any(char::is_alphanumeric) {
            self.blocks.push(Block { role, text, line: Some(line) });
        }
    }

    fn begin(&mut self, role: Role, text: String, at: usize) {
        self.close();
        self.open = Some((role, text, self.line(at)));
    }

    fn close(&mut self) {
        if let Some((role, text, line)) = self.open.take() {
            self.push(role, &text, line);
        }
    }

    fn words(&mut self, words: &str, at: usize) {
        if self.code {
            return;
        }
        if self.open.is_none() {
            // What follows a list within an item goes on with that item.
            let role = if self.note { Role::Footnote } else { Role::Paragraph };
            self.begin(role, String::new(), at);
        }
        if let Some((_, text, _)) = &mut self.open {
            text.push_str(words);
        }
    }

    fn take(&mut self, event: Event<'_>, at: usize) {
        match event {
            Event::Start(tag) => self.start(&tag, at),
            Event::End(tag) => self.end(tag, at),
            Event::Text(words) | Event::Code(words) => self.words(&words, at),
            Event::SoftBreak | Event::HardBreak => self.words(" ", at),
            Event::FootnoteReference(name) => self.words(&format!("[{name}]"), at),
            Event::Html(markup) => self.markup.push_str(&markup),
            Event::InlineHtml(markup) => {
                if markup.to_ascii_lowercase().starts_with("<br") {
                    self.words(" ", at);
                }
            }
            Event::TaskListMarker(done) => self.words(if done { "[x] " } else { "[ ] " }, at),
            Event::Rule => self.close(),
            Event::InlineMath(_) | Event::DisplayMath(_) => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>, at: usize) {
        match tag {
            Tag::Heading { level, .. } => self.begin(Role::Heading(number(*level)), String::new(), at),
            Tag::Paragraph => match &mut self.open {
                // The first paragraph of an item stands behind its bullet.
                Some((Role::Item | Role::Footnote, text, _)) => text.push(' '),
                _ if self.note => self.begin(Role::Footnote, String::new(), at),
                _ => self.begin(Role::Paragraph, String::new(), at),
            },
            Tag::List(first) => {
                self.close();
                self.lists.push(*first);
            }
            Tag::Item => {
                let bullet = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "• ".to_owned(),
                };
                self.begin(Role::Item, bullet, at);
            }
            Tag::FootnoteDefinition(name) => {
                self.note = true;
                self.begin(Role::Footnote, format!("[{name}] "), at);
            }
            Tag::TableHead | Tag::TableRow => {
                self.begin(Role::Row, String::new(), at);
                self.cells = 0;
            }
            Tag::TableCell => {
                if self.cells > 0 {
                    self.words(" | ", at);
                }
                self.cells += 1;
            }
            Tag::CodeBlock(kind) => {
                self.close();
                // A listing of a language is for machines; an indented paragraph often is a quotation.
                self.code = matches!(kind, pulldown_cmark::CodeBlockKind::Fenced(language) if !language.is_empty());
            }
            Tag::BlockQuote(_) => self.close(),
            Tag::HtmlBlock => self.markup.clear(),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, at: usize) {
        match tag {
            TagEnd::Paragraph if self.lists.is_empty() && !self.note => self.close(),
            TagEnd::Heading(_) | TagEnd::Item | TagEnd::TableHead | TagEnd::TableRow => self.close(),
            TagEnd::List(_) => {
                self.close();
                self.lists.pop();
            }
            TagEnd::FootnoteDefinition => {
                self.close();
                self.note = false;
            }
            TagEnd::CodeBlock => {
                self.close();
                self.code = false;
            }
            TagEnd::HtmlBlock => self.html(at),
            _ => {}
        }
    }

    /// A block of markup within the text.
    fn html(&mut self, at: usize) {
        self.close();
        let line = self.line(at);
        for (role, text) in web::fragment(&self.markup) {
            self.push(role, &text, line);
        }
        self.markup.clear();
    }
}

fn number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structure_and_front_matter_are_read_with_their_lines() {
        let text = "---\ntitle: \"Data Governance\"\nlayout: page\ndate: 2019-04-14\n---\n# Team\n\nThe team *meets*\nmonthly[^1].\n\n- Trains\n  1. staff\n  2. stewards\n- Writes policy\n\n| Goal | Target |\n| --- | --- |\n| Roads | 90 % |\n\n<div><h2>Members</h2><p>Sixty.</p></div>\n\n```sql\nselect 1\n```\n\n[^1]: Since 2017.\n";
        let document = document(text);
        assert_eq!(document.title.as_deref(), Some("Data Governance"));
        let told: Vec<_> = document.pages[0]
            .blocks
            .iter()
            .map(|block| (block.line.unwrap(), block.role, block.text.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (2, Role::Heading(1), "Data Governance"),
                (4, Role::Paragraph, "date: 2019-04-14"),
                (6, Role::Heading(1), "Team"),
                (8, Role::Paragraph, "The team meets monthly[1]."),
                (11, Role::Item, "• Trains"),
                (12, Role::Item, "1. staff"),
                (13, Role::Item, "2. stewards"),
                (14, Role::Item, "• Writes policy"),
                (16, Role::Row, "Goal | Target"),
                (18, Role::Row, "Roads | 90 %"),
                (20, Role::Heading(2), "Members"),
                (20, Role::Paragraph, "Sixty."),
                (26, Role::Footnote, "[1] Since 2017."),
            ]
        );
    }
}
