//! A web page as probes read it: its blocks of text, links, forms, frames, and what its head says.
//!
//! Parsed once for all probes. Markup built to break a parser is refused before it is parsed.

mod groups;
mod nesting;
mod read;
mod selector;
mod source;

use std::sync::Arc;

use scraper::Html;
use url::Url;

pub use groups::{List, Table};
pub(crate) use read::hidden;
pub use source::Source;

use crate::body::Body;
use crate::capture::{Answered, Capture, Captures, Rendering};
use crate::text;

/// The most bytes of a page that are read.
const MOST_BYTES: usize = 4 << 20;
/// Fewer visible words than this, with scripts to write more, make a page a shell.
const SHELL_WORDS: usize = 30;

/// A parsed page.
#[derive(Clone, Debug)]
pub struct Page {
    /// What relative links are relative to: the page's URL, or its `<base href>`.
    pub base: Url,
    /// The words of `<title>`.
    pub title: String,
    /// The language that `<html lang>` names.
    pub lang: Option<String>,
    /// What `<meta name=generator>` says made the page.
    pub generator: Option<String>,
    /// Names (or properties) and contents of `<meta>`, in order.
    pub metas: Vec<(String, String)>,
    /// Visible text by the block it stands in, in order.
    pub blocks: Vec<Block>,
    /// Tables, in order.
    pub tables: Vec<Table>,
    /// Lists, in order.
    pub lists: Vec<List>,
    /// Links that lead somewhere, in order.
    pub links: Vec<Link>,
    /// The same thing in other media types: each type, in lower case, and where it is.
    pub alternates: Vec<(String, Url)>,
    /// Forms, in order.
    pub forms: Vec<Form>,
    /// Pages shown within the page.
    pub frames: Vec<Link>,
    /// The texts of JSON-LD scripts.
    pub json_ld: Vec<String>,
    /// Where scripts are loaded from, as written.
    pub scripts: Vec<String>,
    /// Why the markup was not parsed: nested too deep, or unreadable.
    pub refused: Option<String>,
    /// Why the page ends early, if it does.
    pub cut: Option<String>,
    /// What says that scripts write the page: words of a `<noscript>`, or the mark of a script framework.
    needs_script: Option<String>,
    /// Why what a browser showed of it is not all there is.
    not_shown: Option<String>,
}

/// A run of visible text in one block-level element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// A CSS selector that finds the element.
    pub selector: String,
    /// 1 to 6 in a heading.
    pub heading: Option<u8>,
    /// The words, white space folded.
    pub text: String,
    /// Whether it stands in nav, header, footer or aside.
    pub chrome: bool,
}

/// A link, or a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Where it leads.
    pub href: Url,
    /// The attribute as written.
    pub written: String,
    /// Its words; of one without words, its label, title or picture's alternative text.
    pub text: String,
    /// A CSS selector that finds the element.
    pub selector: String,
    /// Its link relations.
    pub rel: Vec<String>,
    /// Whether it stands in nav, header, footer or aside.
    pub chrome: bool,
}

/// A form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Where it is sent, if it says so.
    pub action: Option<Url>,
    /// `get`, `post` or `dialog`.
    pub method: String,
    /// What can be filled in.
    pub fields: Vec<Field>,
    /// All words in it.
    pub text: String,
    /// A CSS selector that finds the element.
    pub selector: String,
}

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The type of an input, or `textarea`, `select`, `submit`.
    pub kind: String,
    /// Its name, or its id where it has none.
    pub name: String,
    /// What its label, or else its placeholder, says.
    pub label: String,
}

impl Page {
    /// The page in an answered capture, parsed once.
    pub fn of(captures: &Captures<'_>, capture: &Capture) -> Arc<Self> {
        captures.parse(capture, Self::read)
    }

    fn read(answered: &Answered, body: Result<Body, String>) -> Self {
        let head = body.and_then(|body| {
            let head = body.head(MOST_BYTES).map_err(|error| error.to_string())?;
            Ok((head, body.len() > MOST_BYTES as u64, body.cut().map(str::to_owned)))
        });
        let (head, long, cut) = match head {
            Ok(head) => head,
            Err(cause) => return Self::refused(&answered.url, cause),
        };
        let mut page = Self::parse(&answered.url, &text::decode(&head, answered.headers.charset()).text);
        page.cut = cut
            .or_else(|| long.then(|| format!("only the first {MOST_BYTES} bytes of the page were read")))
            .or_else(|| answered.body.cut.map(|_| "the page was not received whole".to_owned()));
        if let Some(rendering) = &answered.rendering {
            page.as_shown(rendering);
        }
        page
    }

    /// The tree of a page's markup, for readings that need more of it than a [`Page`] tells; or why it is not parsed.
    pub(crate) fn tree(markup: &str) -> Result<Html, String> {
        match nesting::too_deep(markup) {
            Some(cause) => Err(cause),
            None => Ok(Html::parse_document(markup)),
        }
    }

    /// The page at `url` whose markup is `markup`.
    pub fn parse(url: &Url, markup: &str) -> Self {
        match nesting::too_deep(markup) {
            Some(cause) => Self::refused(url, cause),
            None => read::page(url, markup),
        }
    }

    fn empty(url: &Url) -> Self {
        Self {
            base: url.clone(),
            title: String::new(),
            lang: None,
            generator: None,
            metas: Vec::new(),
            blocks: Vec::new(),
            tables: Vec::new(),
            lists: Vec::new(),
            links: Vec::new(),
            alternates: Vec::new(),
            forms: Vec::new(),
            frames: Vec::new(),
            json_ld: Vec::new(),
            scripts: Vec::new(),
            refused: None,
            cut: None,
            needs_script: None,
            not_shown: None,
        }
    }

    fn refused(url: &Url, cause: String) -> Self {
        Self { refused: Some(cause), ..Self::empty(url) }
    }

    /// All visible words, a line for each block.
    pub fn text(&self) -> String {
        let texts: Vec<_> = self.blocks.iter().map(|block| block.text.as_str()).collect();
        texts.join("\n")
    }

    /// What says that the page is empty without JavaScript, or that a browser could not show all of it, if so.
    pub fn shell(&self) -> Option<String> {
        if self.not_shown.is_some() {
            return self.not_shown.clone();
        }
        let words: usize = self.blocks.iter().map(|block| block.text.split_whitespace().count()).sum();
        if words >= SHELL_WORDS {
            return None;
        }
        self.needs_script.clone()
    }

    /// The scripts have run: what stands in the page now is what it shows, as far as the browser got.
    fn as_shown(&mut self, rendering: &Rendering) {
        self.needs_script = None;
        self.not_shown = match &rendering.gap {
            Some(gap) => Some(format!("one showed it, but not whole: {gap}")),
            None if self.blocks.is_empty() => Some("one showed nothing".to_owned()),
            None => None,
        };
    }
}

#[cfg(test)]
mod tests;
