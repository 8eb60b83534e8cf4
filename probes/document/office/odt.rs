//! `OpenDocument` texts.

use std::collections::BTreeSet;

use super::xml::{Element, Node};
use super::{Pages, Parts};
use crate::document::{Document, Refused, Role};
use crate::finding::on_one_line;

/// The document in the parts of an ODT.
pub(super) fn document(parts: &mut Parts) -> Result<Document, Refused> {
    let manifest = parts.part("META-INF/manifest.xml")?;
    if manifest.is_some_and(|manifest| !manifest.within("encryption-data").is_empty()) {
        return Err(Refused::Encrypted);
    }
    let content = parts.needed("content.xml")?;
    let Some(text) = content.at(&["body", "text"]) else {
        return Err(Refused::Malformed("content.xml has no text".to_owned()));
    };
    let breaks = content.at(&["automatic-styles"]).into_iter().flat_map(|styles| styles.all("style")).filter(|style| {
        let turns = style.at(&["paragraph-properties"]).and_then(|properties| properties.get("break-before"));
        turns == Some("page")
    });
    let mut reading = Reading {
        breaks: breaks.filter_map(|style| style.get("name")).collect(),
        pages: Pages::new(),
        notes: Vec::new(),
        turns: 0,
    };
    reading.body(text, None);
    reading.notes_of_page();
    let title = parts.title("meta.xml");
    Ok(reading.pages.document(title))
}

struct Reading<'e> {
    /// Styles whose paragraphs begin a page.
    breaks: BTreeSet<&'e str>,
    pages: Pages,
    /// Notes of this page.
    notes: Vec<String>,
    /// How often the page turned within the paragraph being read.
    turns: usize,
}

impl Reading<'_> {
    /// `bullet` stands before the first paragraph of a list's item.
    fn body(&mut self, element: &Element, bullet: Option<&str>) {
        let mut bullet = bullet;
        for inner in element.elements() {
            match inner.name.as_str() {
                "h" => {
                    let level = inner.get("outline-level").and_then(|level| level.parse::<u8>().ok()).unwrap_or(1);
                    self.paragraph(inner, Role::Heading(level.clamp(1, 6)), None);
                }
                "p" => {
                    let style = inner.get("style-name").unwrap_or_default();
                    let role = match (style, bullet) {
                        ("Title" | "Subtitle", _) => Role::Heading(1),
                        (_, Some(_)) => Role::Item,
                        _ => Role::Paragraph,
                    };
                    self.paragraph(inner, role, bullet.take());
                }
                "list-item" | "list-header" => self.body(inner, Some("•")),
                "table-row" => self.row(inner),
                "soft-page-break" => self.turn_page(),
                "table-of-content" => {
                    for entry in inner.within("p") {
                        self.paragraph(entry, Role::Contents, None);
                    }
                }
                "tracked-changes" | "annotation" | "forms" | "sequence-decls" => {}
                _ => self.body(inner, None),
            }
        }
    }

    fn row(&mut self, row: &Element) {
        let cells: Vec<String> = row
            .all("table-cell")
            .map(|cell| {
                let texts = cell.within("p").into_iter().chain(cell.within("h")).map(|paragraph| self.words(paragraph));
                texts.collect::<Vec<_>>().join(" ")
            })
            .collect();
        match cells.as_slice() {
            [_] => row.all("table-cell").for_each(|cell| self.body(cell, None)),
            cells => self.pages.push(Role::Row, &cells.join(" | ")),
        }
        self.turned();
    }

    fn paragraph(&mut self, paragraph: &Element, role: Role, bullet: Option<&str>) {
        if paragraph.get("style-name").is_some_and(|style| self.breaks.contains(style)) && self.pages.begun() {
            self.turn_page();
        }
        let text = self.words(paragraph);
        match bullet {
            Some(bullet) => self.pages.push(role, &format!("{bullet} {text}")),
            None => self.pages.push(role, &text),
        }
        self.turned();
    }

    fn words(&mut self, element: &Element) -> String {
        let mut text = String::new();
        self.collect(element, &mut text);
        on_one_line(&text)
    }

    fn collect(&mut self, element: &Element, text: &mut String) {
        for node in &element.children {
            let inner = match node {
                Node::Text(words) => {
                    text.push_str(words);
                    continue;
                }
                Node::Element(inner) => inner,
            };
            match inner.name.as_str() {
                "s" | "tab" | "line-break" => text.push(' '),
                "soft-page-break" => self.turns += 1,
                "note" => {
                    let mut note = String::new();
                    if let Some(sign) = inner.at(&["note-citation"]) {
                        self.collect(sign, &mut note);
                        note.push(' ');
                    }
                    if let Some(body) = inner.at(&["note-body"]) {
                        self.collect(body, &mut note);
                    }
                    self.notes.push(on_one_line(&note));
                }
                "annotation" | "tracked-changes" => {}
                "p" => {
                    text.push(' ');
                    self.collect(inner, text);
                    text.push(' ');
                }
                _ => self.collect(inner, text),
            }
        }
    }

    /// Turns the pages that turned within what was read.
    fn turned(&mut self) {
        for _ in 0..std::mem::take(&mut self.turns) {
            self.turn_page();
        }
    }

    fn turn_page(&mut self) {
        self.notes_of_page();
        self.pages.turn();
    }

    /// Ends a page with its notes.
    fn notes_of_page(&mut self) {
        for note in std::mem::take(&mut self.notes) {
            self.pages.push(Role::Footnote, &note);
        }
    }
}
