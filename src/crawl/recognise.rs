//! Text recognition: `pdftoppm` draws the pages of a scanned PDF, `tesseract` reads them, where both are installed.
//!
//! Whole pages are drawn, rather than the pictures in the file decoded here: scans lie there in strips, masks and layers, turned
//! and in five codings, two of which have no well-kept decoder in Rust; poppler draws them all as they print, at a size
//! that we set. Both programs are strangers who read hostile files: each page has its own, without our environment, under
//! limits of memory and time, and with no network where the system lets us take it from them. Nothing is put into files.

mod program;
mod words;

use std::io::{self, Seek as _};
use std::time::{Duration, Instant};

use probes::body::Body;
use probes::capture::{RecognisedPage, Recognition};

use super::Crawler;
use super::config::{Recognising, RecognitionBounds};
use program::Programs;

impl Crawler {
    /// What these pages of the PDF in `body` say, as far as installed programs can read it within the bounds.
    pub fn recognise(&self, body: &Body, pages: &[u32]) -> io::Result<Recognition> {
        recognise(&self.config.recognising, &self.config.recognition, body, pages)
    }
}

fn recognise(which: &Recognising, bounds: &RecognitionBounds, body: &Body, pages: &[u32]) -> io::Result<Recognition> {
    let Some(programs) = Programs::find(which, bounds) else { return Ok(Recognition::default()) };
    let mut file = tempfile::tempfile()?;
    io::copy(&mut body.open()?, &mut file)?;
    let ends = Instant::now() + bounds.all;
    let mut recognised = Recognition { by: Some(programs.by.clone()), ..Recognition::default() };
    for (at, number) in pages.iter().enumerate() {
        let left = ends.saturating_duration_since(Instant::now());
        if at == bounds.pages || left == Duration::ZERO {
            let said = pages.len() - at;
            recognised.gap = Some(format!("{said} pages were left when its bounds were reached"));
            break;
        }
        file.rewind()?;
        match programs.read(&file, *number, left.min(bounds.page)) {
            Ok(table) => {
                let page = words::text(&table).map(|text| RecognisedPage { number: *number, text });
                recognised.pages.extend(page);
            }
            Err(cause) => recognised.gap = Some(format!("page {number}: {cause}")),
        }
    }
    Ok(recognised)
}
