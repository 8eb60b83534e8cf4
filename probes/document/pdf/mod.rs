//! PDF by page: spans of letters with their places become lines, columns, tables and paragraphs. Only in the child process.

mod columns;
mod lines;
mod pages;

use pdf_oxide::PdfDocument;
use pdf_oxide::layout::FontWeight;

use super::flow::{self, Vocabulary};
use super::{Deed, Document, Page, Paging, Read, Refused, Stamp};
use crate::body::Body;
use pages::Sheet;

/// The largest PDF that is read, in bytes.
const LARGEST: u64 = 128 << 20;
/// The most pages that are read.
const PAGES: usize = 3000;
/// The most spans of one page: beyond it, it is a drawing.
const SPANS: usize = 60_000;
/// The share of a page's letters, in percent, that must be known for it to have words.
const LETTERS: usize = 70;

/// A run of letters in one line, in points from the lower left corner.
#[derive(Clone, Debug, Default, PartialEq)]
struct Span {
    text: String,
    left: f32,
    right: f32,
    /// The line that the letters stand on.
    base: f32,
    size: f32,
    bold: bool,
}

/// The document in a PDF.
pub(super) fn read(body: &Body) -> Read {
    if body.len() > LARGEST {
        return Err(Refused::TooLarge { most: LARGEST });
    }
    let bytes = body.head(usize::try_from(LARGEST).unwrap_or(usize::MAX));
    let bytes = bytes.map_err(|error| Refused::Malformed(error.to_string()))?;
    let damaged = |error: pdf_oxide::Error| Refused::Malformed(error.to_string());
    let pdf = PdfDocument::from_bytes(bytes.to_vec()).map_err(damaged)?;
    // A file that opens without a password may still be encrypted; one that does not gives empty pages without an error.
    if pdf.is_encrypted() && !pdf.is_authenticated() {
        return Err(Refused::Encrypted);
    }
    let count = pdf.page_count().map_err(damaged)?;
    if count == 0 {
        return Err(Refused::Malformed("it has no pages".to_owned()));
    }
    if count > PAGES {
        return Err(Refused::Malformed(format!("it has {count} pages, more than the {PAGES} that are read")));
    }
    let mut sheets = Vec::new();
    let (mut unread, mut damage) = (Vec::new(), None);
    for at in 0..count {
        let page = u32::try_from(at + 1).unwrap_or(u32::MAX);
        match spans(&pdf, at) {
            Ok(spans) => {
                if spans.is_empty() && pdf.page_image_handles(at).is_ok_and(|images| !images.is_empty()) {
                    unread.push(page);
                }
                sheets.push(Sheet::of(spans));
            }
            Err(error) => {
                unread.push(page);
                damage = Some(format!("page {page}: {error}"));
                sheets.push(Sheet::default());
            }
        }
    }
    let document = Document { unread, stamps: stamps(&pdf), ..laid_out(&sheets) };
    match (document.words(), damage) {
        (0, Some(damage)) => Err(Refused::Malformed(damage)),
        (0, None) if document.unread.is_empty() => Err(Refused::Empty),
        (0, None) => Err(Refused::Scanned { pages: count, gap: None }),
        _ => Ok(document),
    }
}

/// The days in the file's properties (ISO 32000, 14.3.3).
fn stamps(pdf: &PdfDocument) -> Vec<Stamp> {
    let properties = || {
        let named = pdf.trailer().as_dict()?.get("Info")?;
        pdf.resolve_object(named).ok()
    };
    let Some(properties) = properties() else { return Vec::new() };
    let day = |(of, name): (Deed, &str)| {
        let written = pdf.resolve_object(properties.as_dict()?.get(name)?).ok()?;
        Stamp::of(of, &String::from_utf8_lossy(written.as_string()?))
    };
    [(Deed::Created, "CreationDate"), (Deed::Modified, "ModDate")].into_iter().filter_map(day).collect()
}

/// What letters stand on a page; none where too few of them are known.
fn spans(pdf: &PdfDocument, at: usize) -> Result<Vec<Span>, pdf_oxide::Error> {
    let mut spans: Vec<Span> = Vec::new();
    let (mut known, mut all) = (0, 0);
    for span in pdf.extract_spans(at)?.into_iter().take(SPANS) {
        if span.rotation_degrees.abs() > 1.0 {
            continue;
        }
        all += span.text.chars().count();
        known += span.text.chars().filter(|c| *c != '\u{fffd}' && !('\u{e000}'..='\u{f8ff}').contains(c)).count();
        let place = span.bbox;
        let figures = [place.x, place.y, place.width, place.height, span.font_size];
        if !figures.iter().all(|figure| figure.is_finite() && figure.abs() < 1e6) || span.text.is_empty() {
            continue;
        }
        let made = Span {
            left: place.x,
            right: place.x + place.width,
            base: place.y,
            size: if span.font_size > 0.5 { span.font_size } else { place.height.max(1.0) },
            bold: span.font_weight as u16 >= FontWeight::SemiBold as u16,
            text: span.text,
        };
        // Letters that are set twice to look bold.
        let twice = |last: &Span| {
            last.text == made.text && (last.left - made.left).abs() < 1.0 && (last.base - made.base).abs() < 1.0
        };
        if !spans.last().is_some_and(twice) {
            spans.push(made);
        }
    }
    if all > 0 && known * 100 < all * LETTERS {
        spans.clear();
    }
    Ok(spans)
}

fn laid_out(sheets: &[Sheet]) -> Document {
    let look = pages::Look::of(sheets);
    let mut pages: Vec<Vec<flow::Line>> = sheets.iter().map(|sheet| sheet.lines(&look)).collect();
    flow::mark_running(&mut pages);
    let vocabulary = Vocabulary::of(pages.iter().flatten());
    let pages = pages.iter().enumerate().map(|(at, lines)| Page {
        number: u32::try_from(at + 1).unwrap_or(u32::MAX),
        blocks: flow::blocks(lines, &vocabulary),
    });
    Document { paging: Paging::Exact, pages: pages.collect(), ..Document::default() }
}

#[cfg(test)]
mod tests;
