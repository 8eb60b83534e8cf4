//! Office files: Word documents, presentations, `OpenDocument` texts and workbooks, read only in the child process.

mod docx;
mod numbering;
mod odt;
mod pptx;
mod xml;

use std::io::{Cursor, Read as _};
use std::sync::Arc;

use super::{Block, Deed, Document, Page, Paging, Read, Refused, Role, Stamp};
use crate::body::Body;
use crate::finding::on_one_line;
use crate::kind::Kind;
use crate::workbook;
use xml::Element;

/// The largest file that is read, in bytes.
const LARGEST: u64 = 128 << 20;
/// The most that one part of it may come to, in bytes.
const PART: u64 = 32 << 20;
/// The most words that are taken from a workbook, in bytes.
const SHEETS: usize = 8 << 20;

/// The document in an office file of this kind.
pub(super) fn read(kind: Kind, body: &Body) -> Read {
    let bytes = head(body)?;
    let mut document = match kind {
        Kind::Docx => docx::document(&mut Parts::open(bytes.clone())?)?,
        Kind::Pptx => pptx::document(&mut Parts::open(bytes.clone())?)?,
        Kind::Odt => odt::document(&mut Parts::open(bytes.clone())?)?,
        _ => sheets(body)?,
    };
    // Workbooks of before 2007 are no archives.
    if let Ok(mut parts) = Parts::open(bytes) {
        document.stamps = parts.stamps();
    }
    if document.words() == 0 { Err(Refused::Empty) } else { Ok(document) }
}

fn head(body: &Body) -> Result<Arc<[u8]>, Refused> {
    if body.len() > LARGEST {
        return Err(Refused::TooLarge { most: LARGEST });
    }
    body.head(usize::try_from(LARGEST).unwrap_or(usize::MAX)).map_err(|error| Refused::Malformed(error.to_string()))
}

/// The parts of an office file.
struct Parts(zip::ZipArchive<Cursor<Arc<[u8]>>>);

impl Parts {
    fn open(bytes: Arc<[u8]>) -> Result<Self, Refused> {
        let opened = zip::ZipArchive::new(Cursor::new(bytes));
        Ok(Self(opened.map_err(|error| Refused::Malformed(format!("it is a broken archive: {error}")))?))
    }

    /// A part's markup; `None` where there is no such part.
    fn part(&mut self, name: &str) -> Result<Option<Element>, Refused> {
        let Ok(part) = self.0.by_name(name) else { return Ok(None) };
        let damaged = |what: String| Refused::Malformed(format!("{name}: {what}"));
        if part.encrypted() {
            return Err(Refused::Encrypted);
        }
        if part.size() > PART {
            return Err(Refused::TooLarge { most: PART });
        }
        let mut bytes = Vec::new();
        part.take(PART + 1).read_to_end(&mut bytes).map_err(|error| damaged(error.to_string()))?;
        if bytes.len() as u64 > PART {
            return Err(Refused::TooLarge { most: PART });
        }
        Element::parse(&crate::text::decode(&bytes, None).text).map(Some).map_err(damaged)
    }

    /// A part without which there is no document.
    fn needed(&mut self, name: &str) -> Result<Element, Refused> {
        self.part(name)?.ok_or_else(|| Refused::Malformed(format!("it has no part {name}")))
    }

    /// The document's own title, where a properties part names one.
    fn title(&mut self, name: &str) -> Option<String> {
        let properties = self.part(name).ok()??;
        let title = properties.within("title").first().map(|title| on_one_line(&words(title)))?;
        (!title.is_empty()).then_some(title)
    }
}

/// The parts that hold an office file's properties.
const PROPERTIES: [&str; 2] = ["docProps/core.xml", "meta.xml"];

impl Parts {
    /// The days in the file's properties.
    fn stamps(&mut self) -> Vec<Stamp> {
        let Some(properties) = PROPERTIES.into_iter().find_map(|name| self.part(name).ok().flatten()) else {
            return Vec::new();
        };
        let names = [
            (Deed::Created, "created"),
            (Deed::Created, "creation-date"),
            (Deed::Modified, "modified"),
            (Deed::Modified, "date"),
        ];
        let day = |(of, name)| Stamp::of(of, &words(properties.within(name).first()?));
        names.into_iter().filter_map(day).collect()
    }
}

/// All text within an element.
fn words(element: &Element) -> String {
    let mut text = String::new();
    for node in &element.children {
        match node {
            xml::Node::Text(words) => text.push_str(words),
            xml::Node::Element(inner) => text.push_str(&words(inner)),
        }
    }
    text
}

/// Pages as they fill.
#[derive(Default)]
struct Pages(Vec<Page>);

impl Pages {
    fn new() -> Self {
        Self(vec![Page { number: 1, blocks: Vec::new() }])
    }

    fn turn(&mut self) {
        let number = u32::try_from(self.0.len() + 1).unwrap_or(u32::MAX);
        self.0.push(Page { number, blocks: Vec::new() });
    }

    /// Whether anything stands on the last page.
    fn begun(&self) -> bool {
        self.0.last().is_some_and(|page| !page.blocks.is_empty())
    }

    fn push(&mut self, role: Role, text: &str) {
        let text = on_one_line(text);
        if text.chars().any(char::is_alphanumeric)
            && let Some(page) = self.0.last_mut()
        {
            page.blocks.push(Block { role, text, line: None });
        }
    }

    /// The document that they are; without a break they are no pages.
    fn document(self, title: Option<String>) -> Document {
        let paging = if self.0.len() > 1 { Paging::Approximate } else { Paging::Lines };
        Document { title, paging, pages: self.0, ..Document::default() }
    }
}

/// A workbook: a page for each sheet, a row for each of its rows.
fn sheets(body: &Body) -> Read {
    let (bytes, _) = workbook::open(body).map_err(Refused::Malformed)?;
    let mut pages: Vec<Page> = Vec::new();
    let mut taken = 0;
    let read = workbook::each_sheet(bytes, &mut |name, rows| {
        let mut blocks = vec![Block { role: Role::Heading(1), text: on_one_line(&name), line: None }];
        for cells in rows {
            let filled = cells.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last + 1);
            let text = on_one_line(&cells[..filled].join(" | "));
            taken += text.len();
            if taken > SHEETS {
                break;
            }
            blocks.push(Block { role: if filled > 1 { Role::Row } else { Role::Paragraph }, text, line: None });
        }
        pages.push(Page { number: u32::try_from(pages.len() + 1).unwrap_or(u32::MAX), blocks });
    });
    read.map_err(Refused::Malformed)?;
    if taken > SHEETS {
        return Err(Refused::TooLarge { most: SHEETS as u64 });
    }
    Ok(Document { title: None, paging: Paging::Sheets, pages, ..Document::default() })
}

#[cfg(test)]
mod tests;
