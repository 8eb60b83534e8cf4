//! Word documents.

use std::collections::BTreeMap;

use super::numbering::Numbering;
use super::xml::{Element, Node};
use super::{Pages, Parts};
use crate::document::flow::looks_like_heading;
use crate::document::{Document, Refused, Role};
use crate::finding::on_one_line;

/// The most words of a heading that only its bold letters tell.
const HEADING_WORDS: usize = 12;

/// The document in the parts of a DOCX.
pub(super) fn document(parts: &mut Parts) -> Result<Document, Refused> {
    let text = parts.needed("word/document.xml")?;
    let Some(body) = text.at(&["body"]) else {
        return Err(Refused::Malformed("word/document.xml has no body".to_owned()));
    };
    let mut reading = Reading {
        styles: parts.part("word/styles.xml")?.map(|part| styles(&part)).unwrap_or_default(),
        numbering: parts.part("word/numbering.xml")?.map(|part| Numbering::of(&part)).unwrap_or_default(),
        notes: BTreeMap::new(),
        pages: Pages::new(),
        pending: Vec::new(),
        turned: false,
        contents: false,
    };
    for (part, name) in [("word/footnotes.xml", "footnote"), ("word/endnotes.xml", "endnote")] {
        for note in parts.part(part)?.iter().flat_map(|part| part.all(name)) {
            let text: Vec<String> = note.within("p").iter().map(|paragraph| plain(paragraph)).collect();
            reading.notes.insert(format!("{name} {}", note.get("id").unwrap_or_default()), text.join(" "));
        }
    }
    for number in 1..=3 {
        for kind in ["header", "footer"] {
            if let Some(part) = parts.part(&format!("word/{kind}{number}.xml"))? {
                let text: Vec<String> = part.within("p").iter().map(|paragraph| plain(paragraph)).collect();
                reading.pages.push(Role::Running, &text.join(" "));
            }
        }
    }
    reading.body(body);
    reading.notes_of_page();
    Ok(reading.pages.document(parts.title("docProps/core.xml")))
}

/// What a style makes of its paragraphs.
#[derive(Clone, Default)]
struct Style {
    heading: Option<u8>,
    contents: bool,
    list: Option<(String, usize)>,
}

fn styles(part: &Element) -> BTreeMap<String, Style> {
    let mut told: BTreeMap<String, (Style, Option<String>)> = BTreeMap::new();
    for style in part.all("style") {
        let name = style.at(&["name"]).and_then(|name| name.get("val")).unwrap_or_default().to_lowercase();
        let level = style.at(&["pPr", "outlineLvl"]).and_then(level_of);
        let named = name.strip_prefix("heading ").and_then(|level| level.trim().parse().ok());
        let title = matches!(name.as_str(), "title" | "subtitle").then_some(1);
        let own = Style {
            heading: named.or(title).or(level),
            contents: name.starts_with("toc ") && name != "toc heading",
            list: style.at(&["pPr", "numPr"]).and_then(list_of),
        };
        let based = style.at(&["basedOn"]).and_then(|based| based.get("val")).map(str::to_owned);
        told.insert(style.get("styleId").unwrap_or_default().to_owned(), (own, based));
    }
    let mut styles = BTreeMap::new();
    for (id, (own, based)) in &told {
        let (mut style, mut based, mut steps) = (own.clone(), based.as_ref(), 0);
        // A style may be based on itself by way of others.
        while let Some((above, next)) = based.and_then(|id| told.get(id)).filter(|_| steps < 20) {
            style.heading = style.heading.or(above.heading);
            style.list = style.list.or_else(|| above.list.clone());
            based = next.as_ref();
            steps += 1;
        }
        styles.insert(id.clone(), style);
    }
    styles
}

fn level_of(outline: &Element) -> Option<u8> {
    outline.get("val")?.parse::<u8>().ok().filter(|level| *level < 6).map(|level| level + 1)
}

fn list_of(numbered: &Element) -> Option<(String, usize)> {
    let value = |name| numbered.at(&[name]).and_then(|inner: &Element| inner.get("val"));
    Some((value("numId")?.to_owned(), value("ilvl").and_then(|level| level.parse().ok()).unwrap_or(0)))
}

/// The words of a paragraph, whatever pages it is on.
fn plain(paragraph: &Element) -> String {
    let mut run = Run::default();
    run.take(paragraph);
    on_one_line(&run.text)
}

/// Where pages turn.
#[derive(Clone, Copy, PartialEq)]
enum Turn {
    /// Somebody set a break.
    Set,
    /// Word noted where it broke a page when the file was last laid out.
    Noted,
}

/// The words of a paragraph as they come.
#[derive(Default)]
struct Run<'e> {
    text: String,
    /// Each turn of a page, and whether words of the paragraph stand before it.
    turns: Vec<(Turn, bool)>,
    notes: Vec<String>,
    boxes: Vec<&'e Element>,
    bold: usize,
}

impl<'e> Run<'e> {
    fn take(&mut self, element: &'e Element) {
        let bold = element.name == "r"
            && element.at(&["rPr", "b"]).is_some_and(|bold| !matches!(bold.get("val"), Some("0" | "false" | "none")));
        let before = self.text.len();
        for inner in element.elements() {
            self.enter(inner);
        }
        if bold {
            self.bold += self.text[before..].trim().len();
        }
    }

    fn enter(&mut self, inner: &'e Element) {
        match inner.name.as_str() {
            "t" => {
                for node in &inner.children {
                    if let Node::Text(words) = node {
                        self.text.push_str(words);
                    }
                }
            }
            "br" if inner.get("type") == Some("page") => self.turn(Turn::Set),
            "br" | "tab" | "cr" | "ptab" => self.text.push(' '),
            "lastRenderedPageBreak" => self.turn(Turn::Noted),
            "noBreakHyphen" => self.text.push('-'),
            name @ ("footnoteReference" | "endnoteReference") => {
                let id = inner.get("id").unwrap_or_default();
                self.notes.push(format!("{} {id}", name.trim_end_matches("Reference")));
            }
            "txbxContent" => self.boxes.push(inner),
            // What was deleted; what only older programs show; properties.
            "del" | "moveFrom" | "Fallback" | "pPr" | "rPr" | "sdtPr" | "instrText" => {}
            _ => self.take(inner),
        }
    }

    fn turn(&mut self, turn: Turn) {
        self.turns.push((turn, !self.text.trim().is_empty()));
    }
}

struct Reading {
    styles: BTreeMap<String, Style>,
    numbering: Numbering,
    notes: BTreeMap<String, String>,
    pages: Pages,
    /// The notes that belong at the foot of this page.
    pending: Vec<String>,
    /// Whether the page was turned by a break since the last words: Word notes the same turn once more.
    turned: bool,
    /// Whether the part of the document being read is its table of contents.
    contents: bool,
}

impl Reading {
    fn body(&mut self, element: &Element) {
        for inner in element.elements() {
            match inner.name.as_str() {
                "p" => self.paragraph(inner),
                "tbl" => self.table(inner),
                "sdt" => {
                    let gallery = inner.at(&["sdtPr", "docPartObj", "docPartGallery"]).and_then(|part| part.get("val"));
                    let before = self.contents;
                    self.contents |= gallery == Some("Table of Contents");
                    self.body(inner);
                    self.contents = before;
                }
                "del" | "moveFrom" | "sectPr" | "sdtPr" | "Fallback" => {}
                _ => self.body(inner),
            }
        }
    }

    fn paragraph(&mut self, paragraph: &Element) {
        let mut run = Run::default();
        run.take(paragraph);
        let properties = paragraph.at(&["pPr"]);
        if properties
            .and_then(|properties| properties.at(&["pageBreakBefore"]))
            .is_some_and(|set| set.get("val") != Some("0"))
        {
            self.turn(Turn::Set);
        }
        let (before, after): (Vec<_>, Vec<_>) = run.turns.iter().partition(|(_, behind_words)| !behind_words);
        for (turn, _) in before {
            self.turn(turn);
        }
        let text = on_one_line(&run.text);
        if !text.is_empty() {
            self.turned = false;
            let (role, mark) = self.role(properties, &text, run.bold);
            let said = mark.map_or_else(|| text.clone(), |mark| format!("{mark} {text}"));
            self.pages.push(role, &said);
        }
        for note in &run.notes {
            self.pending.extend(self.notes.get(note).cloned());
        }
        for shown in &run.boxes {
            self.body(shown);
        }
        for (turn, _) in after {
            self.turn(turn);
        }
    }

    fn role(&mut self, properties: Option<&Element>, text: &str, bold: usize) -> (Role, Option<String>) {
        let property = |path: &[&str]| properties.and_then(|properties| properties.at(path));
        let style = property(&["pStyle"]).and_then(|style| style.get("val"));
        let style = style.and_then(|style| self.styles.get(style)).cloned().unwrap_or_default();
        let list = property(&["numPr"]).and_then(list_of).or(style.list).filter(|(list, _)| list != "0");
        let mark = list.as_ref().and_then(|(list, level)| self.numbering.next(list, *level));
        let heading = property(&["outlineLvl"]).and_then(level_of).or(style.heading);
        let all_bold = bold * 10 >= text.len() * 9 && text.split_whitespace().count() <= HEADING_WORDS;
        let role = if self.contents && heading.is_none() || style.contents {
            Role::Contents
        } else if let Some(level) = heading {
            Role::Heading(level)
        } else if let Some(level) = looks_like_heading(text, true, true).filter(|level| *level < 3 || all_bold) {
            Role::Heading(level)
        } else if all_bold && !text.ends_with(['.', ',', ';']) && list.is_none() {
            Role::Heading(3)
        } else if list.is_some() {
            Role::Item
        } else {
            Role::Paragraph
        };
        (role, mark)
    }

    fn table(&mut self, table: &Element) {
        for row in table.within("tr") {
            // A table of one column lays out text.
            let cells = row.within("tc");
            if cells.len() < 2 {
                for cell in &cells {
                    self.body(cell);
                }
                continue;
            }
            let mut run = Run::default();
            row.within("p").iter().for_each(|paragraph| {
                run.take(paragraph);
            });
            run.turns.first().into_iter().for_each(|(turn, _)| self.turn(*turn));
            let texts: Vec<String> = cells
                .iter()
                .map(|cell| cell.within("p").iter().map(|paragraph| plain(paragraph)).collect::<Vec<_>>().join(" "))
                .collect();
            if texts.iter().any(|text| !text.is_empty()) {
                self.turned = false;
                self.pages.push(Role::Row, &texts.join(" | "));
            }
        }
    }

    fn turn(&mut self, turn: Turn) {
        if turn == Turn::Noted && self.turned {
            return;
        }
        self.turned = turn == Turn::Set;
        self.notes_of_page();
        self.pages.turn();
    }

    fn notes_of_page(&mut self) {
        for note in std::mem::take(&mut self.pending) {
            self.pages.push(Role::Footnote, &note);
        }
    }
}
