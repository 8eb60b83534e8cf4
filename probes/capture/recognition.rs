//! What text recognition made of the pages of a document that are pictures.
//!
//! No probe recognises text. What was recognised is kept with the captures, so that whoever reads them again reads the same.

use serde::{Deserialize, Serialize};

use super::{Form, Reading};

/// What the pages of a document say that are pictures.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recognition {
    /// The program, by its own words; `None` where there was none.
    pub by: Option<String>,
    /// The pages on which it found words.
    pub pages: Vec<RecognisedPage>,
    /// Why pages are missing that may have words.
    pub gap: Option<String>,
}

/// The words that were recognised on a page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecognisedPage {
    /// The page's number, from 1.
    pub number: u32,
    /// Its lines, with blank lines between paragraphs.
    pub text: String,
}

/// Which pages of a document were recognised, and by what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recognised {
    /// The program, by its own words.
    pub by: String,
    /// The pages' numbers.
    pub pages: Vec<u32>,
}

/// The name by which a [`Reading`] asks for a [`Recognition`].
pub const RECOGNITION: &str = "recognition";

impl Recognition {
    /// The reading that a form of this is kept under, for the same body that `reading` is of.
    pub fn reading(reading: &Reading) -> Reading {
        Reading { reader: RECOGNITION, ..reading.clone() }
    }

    /// What was recognised, by its form; nothing where it was not tried.
    pub fn of(form: &Form) -> Self {
        form.as_ref().ok().and_then(|form| Self::deserialize(form).ok()).unwrap_or_default()
    }

    /// Which pages were recognised; `None` where none were.
    pub fn recognised(&self) -> Option<Recognised> {
        let by = self.by.clone().filter(|_| !self.pages.is_empty())?;
        Some(Recognised { by, pages: self.pages.iter().map(|page| page.number).collect() })
    }
}
