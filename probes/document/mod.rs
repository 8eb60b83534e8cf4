//! Documents as text by page: what a policy, a set of minutes or a report says, whatever format it came in.
//!
//! [`Document::of`] reads one. Places in it are named by [`Document::locus`], and evidence is found again there.

mod child;
mod flow;
mod language;
mod markdown;
mod office;
#[cfg(feature = "pdf")]
mod pdf;
mod plain;
mod read;
mod recognised;
mod refused;
mod rst;
mod stamp;
mod web;

use serde::{Deserialize, Serialize};

use crate::capture::Recognised;
use crate::finding::Locus;

pub use child::Paper;
pub use language::KNOWN;
pub use plain::plain;
pub(crate) use read::again;
pub use read::{Found, Read, text_of};
pub use recognised::wanted;
pub use refused::Refused;
pub use stamp::{Deed, Stamp};

/// A document's text, page by page, in reading order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// What the document calls itself, if it does.
    pub title: Option<String>,
    /// What a page of it is.
    pub paging: Paging,
    /// Its pages; a document without pages is one.
    pub pages: Vec<Page>,
    /// The numbers of pages whose words are not known: they are pictures, or could not be taken apart.
    #[serde(default)]
    pub unread: Vec<u32>,
    /// The days in the file's own properties.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stamps: Vec<Stamp>,
    /// The pages whose words text recognition read in pictures, and so perhaps wrongly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recognised: Option<Recognised>,
}

/// What the pages of a document are, so that a place in it can be named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Paging {
    /// Pages as they print.
    Exact,
    /// Pages as a word processor last broke them: a place may be one off.
    Approximate,
    /// Slides of a presentation.
    Slides,
    /// Sheets of a workbook.
    Sheets,
    /// None: places are named by line.
    #[default]
    Lines,
}

/// One page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// Its number, from 1.
    pub number: u32,
    /// What is on it, in reading order.
    pub blocks: Vec<Block>,
}

/// A run of text that belongs together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// What it is to the document.
    pub role: Role,
    /// Its words, white space folded, words that were divided at line ends made whole.
    pub text: String,
    /// The line that it begins on, from 1, where the document has lines.
    pub line: Option<u64>,
}

/// What a block is to its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// A heading, and its level from 1.
    Heading(u8),
    /// A paragraph.
    Paragraph,
    /// An item of a list, its bullet or number included.
    Item,
    /// A row of a table, its cells divided by ` | `.
    Row,
    /// A footnote.
    Footnote,
    /// What stands at the head or foot of every page.
    Running,
    /// An entry of a table of contents.
    Contents,
}

impl Document {
    /// The place of a block that stands on `page`, for evidence that quotes words of it.
    pub fn locus(&self, page: &Page, block: &Block) -> Locus {
        let paged = self.paging != Paging::Lines;
        Locus::Passage { page: paged.then_some(page.number), line: block.line }
    }

    /// A place that [`Self::locus`] named, in words.
    pub fn place(&self, locus: &Locus) -> String {
        match (self.paging, locus) {
            (Paging::Approximate, Locus::Passage { page: Some(page), .. }) => format!("about page {page}"),
            (Paging::Slides, Locus::Passage { page: Some(page), .. }) => format!("slide {page}"),
            (Paging::Sheets, Locus::Passage { page: Some(page), .. }) => format!("sheet {page}"),
            (_, Locus::Passage { page: Some(page), .. }) => format!("page {page}"),
            (_, Locus::Passage { line: Some(line), .. }) => format!("line {line}"),
            _ => "in the text".to_owned(),
        }
    }

    /// Whether `quote` stands at a place that [`Self::locus`] named; if not, what stands there.
    ///
    /// A quote begins in a block there. It may run on over the blocks that follow, with a blank between two of them.
    pub(crate) fn says(&self, quote: &str, page: Option<u32>, line: Option<u64>) -> Result<(), String> {
        let mut pages = self.pages.iter().filter(|there| page.is_none_or(|number| there.number == number)).peekable();
        if pages.peek().is_none() {
            return Err("there is no such page".to_owned());
        }
        let blocks = pages.flat_map(|page| &page.blocks);
        let mut blocks = blocks.skip_while(|block| line.is_some() && block.line != line).peekable();
        let Some(first) = blocks.next() else { return Err("no block begins there".to_owned()) };
        let mut text = close_up(&first.text);
        while let Some(beside) = blocks.next_if(|block| line.is_some() && block.line == line) {
            text.push_str(&close_up(&beside.text));
        }
        let begins = if line.is_some() { text.len() } else { usize::MAX };
        let wanted = close_up(quote);
        for block in blocks {
            if line.is_some() && text.len() >= begins.saturating_add(wanted.len()) {
                break;
            }
            text.push_str(&close_up(&block.text));
        }
        match text.find(&wanted) {
            Some(at) if at < begins || wanted.is_empty() => Ok(()),
            _ => Err(text.chars().take(200).collect()),
        }
    }

    /// How many words are in it, running heads left out.
    pub fn words(&self) -> usize {
        let blocks = self.pages.iter().flat_map(|page| &page.blocks).filter(|block| block.role != Role::Running);
        blocks.map(|block| block.text.split_whitespace().count()).sum()
    }
}

/// Without any white space, as lines may have been broken where readers see no blank.
fn close_up(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect()
}
