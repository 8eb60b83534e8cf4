//! Documents as text by page: what a policy, a set of minutes or a report says, whatever format it came in.

mod plain;

use serde::{Deserialize, Serialize};

pub use plain::plain;

/// A document's text, page by page, in reading order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// What the document calls itself, if it does.
    pub title: Option<String>,
    /// What a page of it is.
    pub paging: Paging,
    /// Its pages; a document without pages is one.
    pub pages: Vec<Page>,
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
