//! What a link leads to, as a document with places: what probes of documents begin with.

use std::sync::{Arc, OnceLock};

use crate::capture::{Capture, Captures, Need};
use crate::document::{self, Document, Refused, Role};
use crate::finding::{Evidence, Locus};
use crate::kind::{self, Kind};
use crate::missing::{self, Told};
use crate::probe::Target;
use crate::{genre, html};

/// What a link leads to.
pub enum Paper {
    /// Something that can be read as a document.
    Read(Read),
    /// Something else, such as a table of data.
    Otherwise(Kind, Evidence),
    /// Nothing that could be seen: why, and where that shows.
    Unseen(String, Evidence),
}

/// A document, and what is known of it beside its words.
pub struct Read {
    /// What answered.
    pub capture: Arc<Capture>,
    /// The page, where it is one.
    pub page: Option<Arc<html::Page>>,
    found: Arc<document::Read>,
    name: String,
    kinds: Arc<OnceLock<genre::Told>>,
}

/// The place of a block: its page and its number there, counted from 0.
pub type At = (usize, usize);

/// The document that `target` leads to.
pub fn open(target: &Target, captures: &Captures<'_>) -> Result<Paper, Need> {
    let found = Document::at(target, captures)?;
    let exchange = Evidence::new(&found.capture.id, Locus::Exchange, "");
    match &*found.read {
        Ok(_) => {}
        Err(Refused::Unseen(cause, evidence) | Refused::Login(cause, evidence)) => {
            return Ok(Paper::Unseen(cause.clone(), evidence.clone()));
        }
        Err(Refused::NotADocument(kind)) => return Ok(Paper::Otherwise(*kind, exchange)),
        Err(refused) => return Ok(Paper::Unseen(refused.to_string(), exchange)),
    }
    let is_page = kind::of(captures, &found.capture) == Kind::Html;
    if is_page
        && !target.is_file()
        && let Told::Missing { basis, mut evidence } = missing::compare(captures, &found.capture)?
    {
        let cause = format!("the server shows this page for what is not there: {basis}");
        return Ok(Paper::Unseen(cause, evidence.pop().unwrap_or(exchange)));
    }
    let page = is_page.then(|| html::Page::of(captures, &found.capture));
    let name = found.capture.answered().map_or_else(|_| String::new(), |answered| genre::name_in(answered.url.path()));
    let kinds = captures.together(std::slice::from_ref(&found.capture), "kinds", OnceLock::new);
    Ok(Paper::Read(Read { capture: found.capture, page, found: found.read, name, kinds }))
}

impl Read {
    /// What it says.
    pub fn document(&self) -> &Document {
        match &*self.found {
            Ok(document) => document,
            Err(refused) => panic!("invariant: what was refused is not read: {refused}"),
        }
    }

    /// What kind of document it is, told once for all probes.
    pub fn kinds(&self) -> &genre::Told {
        self.kinds.get_or_init(|| genre::tell(self.document(), &self.names()))
    }

    /// The words `words` of the block at `at` as evidence; without a place, those of its title or address.
    pub fn evidence(&self, at: Option<At>, words: &str) -> Evidence {
        let id = &self.capture.id;
        let Some((page, block)) = at else { return self.of_name(words) };
        let document = self.document();
        let page = document.pages.get(page);
        match page.and_then(|page| Some(document.locus(page, page.blocks.get(block)?))) {
            Some(locus) => Evidence::new(id, locus, words),
            None => Evidence::new(id, Locus::Exchange, ""),
        }
    }

    fn of_name(&self, words: &str) -> Evidence {
        let id = &self.capture.id;
        if self.page.as_ref().is_some_and(|page| page.title.contains(words)) {
            return Evidence::new(id, Locus::Selector("title".to_owned()), words);
        }
        match self.capture.answered() {
            // What a file is called stands in its address, with other signs between the words.
            Ok(answered) if self.document().title.as_deref().is_none_or(|title| !title.contains(words)) => {
                Evidence::new(id, Locus::Url, answered.url.as_str())
            }
            _ => Evidence::new(id, Locus::Exchange, ""),
        }
    }

    /// Its headings.
    pub fn headings(&self) -> impl Iterator<Item = &str> {
        let blocks = self.document().pages.iter().flat_map(|page| &page.blocks);
        blocks.filter(|block| matches!(block.role, Role::Heading(_))).map(|block| block.text.as_str())
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
