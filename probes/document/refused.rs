//! Why the words of a document could not be read.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::finding::Evidence;
use crate::kind::Kind;

/// Why a capture gives no document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refused {
    /// Nothing answered, or something stands in the way: why, and where that shows.
    Unseen(String, Evidence),
    /// A visitor must sign in first: who asks, and where that shows.
    Login(String, Evidence),
    /// The page is empty until scripts fill it: what says so.
    NeedsBrowser(String),
    /// So many of its pages are pictures, and none has words.
    Scanned {
        /// How many pages it has.
        pages: usize,
        /// Why text recognition did not help, where it was tried.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        gap: Option<String>,
    },
    /// It opens only with a password.
    Encrypted,
    /// It is larger than what is read of such a document.
    TooLarge {
        /// How many bytes are read at most.
        most: u64,
    },
    /// It did not come in whole.
    Cut(String),
    /// Its format was told, and it does not keep to it: in what.
    Malformed(String),
    /// Its reader ended at a limit, or crashed.
    Broke(String),
    /// There are no words in it.
    Empty,
    /// It is something else: data, a picture, an archive.
    NotADocument(Kind),
    /// It is a document in a format that is not read.
    Unread(Kind),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unseen(cause, _) | Self::Login(cause, _) | Self::Cut(cause) => f.write_str(cause),
            Self::NeedsBrowser(sign) => write!(f, "the page needs a browser: {sign}"),
            Self::Scanned { pages, gap } => {
                match pages {
                    1 => f.write_str("its one page is a picture, which needs text recognition")?,
                    _ => write!(f, "its {pages} pages are pictures, which need text recognition")?,
                }
                gap.as_ref().map_or(Ok(()), |gap| write!(f, "; what was tried gave nothing: {gap}"))
            }
            Self::Encrypted => f.write_str("it opens only with a password"),
            Self::TooLarge { most } => write!(f, "it is larger than the {most} bytes that are read of such a document"),
            Self::Malformed(what) => write!(f, "the file is damaged: {what}"),
            Self::Broke(cause) => write!(f, "the document broke the reader: {cause}"),
            Self::Empty => f.write_str("there are no words in it"),
            Self::NotADocument(kind) => write!(f, "the link leads to {kind}, not to a document"),
            Self::Unread(kind) => write!(f, "the link leads to {kind}, which is not read"),
        }
    }
}
