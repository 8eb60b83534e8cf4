//! What a link leads to, as a document with places: what probes of documents begin with.

use std::sync::Arc;

use crate::capture::{Capture, Captures, Need};
use crate::document::{Block, Document, Page, Paging, Role, plain};
use crate::finding::{Evidence, Locus, fold};
use crate::kind::{self, Kind};
use crate::probe::Target;
use crate::{genre, html, obstacle, text};

/// What a link leads to.
pub enum Paper {
    /// Something that can be read as a document.
    Read(Read),
    /// Something else, such as a table of data.
    Otherwise(Kind, Evidence),
    /// Nothing that could be seen: why, and where that shows.
    Unseen(String, Evidence),
}

/// A document, and where each of its blocks stands.
pub struct Read {
    /// What answered.
    pub capture: Arc<Capture>,
    /// What it says.
    pub document: Document,
    /// What its file is called, in words; empty where its address says nothing.
    pub name: String,
    /// The page, where it is one.
    pub page: Option<Arc<html::Page>>,
    /// Why it is not whole, if it is not.
    pub gap: Option<String>,
    places: Vec<Vec<Locus>>,
    lines: Vec<String>,
}

/// The place of a block: its page and its number there, counted from 0.
pub type At = (usize, usize);

/// The most bytes of a text that are read.
const MOST_BYTES: usize = 8 << 20;

/// The document that `target` leads to.
pub fn open(target: &Target, captures: &Captures<'_>) -> Result<Paper, Need> {
    let capture = captures.get(&target.request())?;
    let exchange = Evidence::new(&capture.id, Locus::Exchange, "");
    if let Some(obstacle) = obstacle::of(captures, &capture) {
        return Ok(Paper::Unseen(obstacle.to_string(), obstacle.evidence));
    }
    let answered = match capture.success() {
        Ok(answered) => answered,
        Err(cause) => return Ok(Paper::Unseen(cause, exchange)),
    };
    let name = genre::name_in(answered.url.path());
    let cut = answered.body.cut.map(|_| "the document was not received whole".to_owned());
    let kind = kind::of(captures, &capture);
    match kind {
        Kind::Html => {
            let page = html::Page::of(captures, &capture);
            if let Some(cause) = page.refused.clone() {
                return Ok(Paper::Unseen(cause, exchange));
            }
            if let Some(sign) = page.shell() {
                return Ok(Paper::Unseen(format!("the page needs a browser: {sign}"), exchange));
            }
            let (document, places) = of_page(&page);
            let gap = page.cut.clone().or(cut);
            Ok(Paper::Read(Read {
                capture: capture.clone(),
                document,
                name,
                page: Some(page),
                gap,
                places,
                lines: Vec::new(),
            }))
        }
        Kind::Text => {
            let head =
                captures.body(&capture).and_then(|body| body.head(MOST_BYTES).map_err(|error| error.to_string()));
            let written = match head {
                Ok(head) => text::decode(&head, answered.headers.charset()).text,
                Err(cause) => return Ok(Paper::Unseen(cause, exchange)),
            };
            let document = plain(&written);
            let lines = written.lines().map(fold_line).collect();
            Ok(Paper::Read(Read {
                capture: capture.clone(),
                document,
                name,
                page: None,
                gap: cut,
                places: Vec::new(),
                lines,
            }))
        }
        Kind::Pdf | Kind::Docx | Kind::Doc | Kind::Odt | Kind::Pptx => {
            Ok(Paper::Unseen(format!("the words of {kind} are not read yet"), exchange))
        }
        kind => Ok(Paper::Otherwise(kind, exchange)),
    }
}

fn fold_line(line: &str) -> String {
    crate::finding::on_one_line(line)
}

/// A page's blocks, the cells of its tables by rows.
fn of_page(page: &html::Page) -> (Document, Vec<Vec<Locus>>) {
    let mut blocks = Vec::new();
    let mut places = Vec::new();
    let mut told = Vec::new();
    for block in page.blocks.iter().filter(|block| !block.chrome) {
        let within = page.tables.iter().position(|table| block.selector.starts_with(&format!("{} >", table.selector)));
        let Some(at) = within else {
            let role = block.heading.map_or(Role::Paragraph, Role::Heading);
            blocks.push(Block { role, text: block.text.clone(), line: None });
            places.push(Locus::Selector(block.selector.clone()));
            continue;
        };
        if told.contains(&at) {
            continue;
        }
        told.push(at);
        for row in &page.tables[at].rows {
            let cells: Vec<&str> = row.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect();
            if !cells.is_empty() {
                blocks.push(Block { role: Role::Row, text: cells.join(" | "), line: None });
                places.push(Locus::Selector(page.tables[at].selector.clone()));
            }
        }
    }
    let title = (!page.title.is_empty()).then(|| page.title.clone());
    (Document { title, paging: Paging::Lines, pages: vec![Page { number: 1, blocks }] }, vec![places])
}

impl Read {
    /// The words `words` of the block at `at` as evidence; without a place, those of its title or address.
    pub fn evidence(&self, at: Option<At>, words: &str) -> Evidence {
        // Cells of a row stand apart in the document.
        let words = words.split(" | ").max_by_key(|cell| cell.len()).unwrap_or_default();
        let id = &self.capture.id;
        let Some((page, block)) = at else { return self.of_name(words) };
        if let Some(locus) = self.places.get(page).and_then(|page| page.get(block)) {
            return Evidence::new(id, locus.clone(), words);
        }
        let begins = self.document.pages.get(page).and_then(|page| page.blocks.get(block)).and_then(|block| block.line);
        let (line, words) = begins.and_then(|line| self.line(line, words)).unwrap_or((0, String::new()));
        if line == 0 { Evidence::new(id, Locus::Exchange, "") } else { Evidence::new(id, Locus::Line(line), words) }
    }

    /// The line from `begins` on that has the words, or as many of the first of them as stand on one line.
    fn line(&self, begins: u64, words: &str) -> Option<(u64, String)> {
        let from = usize::try_from(begins).ok()?.checked_sub(1)?;
        let words = fold(words);
        let lines = || self.lines.iter().enumerate().skip(from).take(400);
        if let Some((at, _)) = lines().find(|(_, line)| line.contains(&words)) {
            return Some((at as u64 + 1, words));
        }
        lines().find_map(|(at, line)| {
            let broken = words.match_indices(' ').map(|(end, _)| &words[..end]).rfind(|part| line.ends_with(part))?;
            Some((at as u64 + 1, broken.to_owned()))
        })
    }

    fn of_name(&self, words: &str) -> Evidence {
        let id = &self.capture.id;
        if self.page.as_ref().is_some_and(|page| page.title.contains(words)) {
            return Evidence::new(id, Locus::Selector("title".to_owned()), words);
        }
        match self.capture.answered() {
            Ok(answered) if answered.url.as_str().contains(words) => {
                Evidence::new(id, Locus::Url, answered.url.as_str())
            }
            _ => Evidence::new(id, Locus::Exchange, ""),
        }
    }

    /// The last part of its address, as written.
    pub fn file_name(&self) -> String {
        let path = self.capture.answered().map_or("", |answered| answered.url.path());
        let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        percent_encoding::percent_decode_str(name).decode_utf8_lossy().into_owned()
    }

    /// What it is called beside its own title.
    pub fn names(&self) -> Vec<&str> {
        if self.name.is_empty() { Vec::new() } else { vec![self.name.as_str()] }
    }
}
