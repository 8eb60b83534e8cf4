//! What is wrong with a file people write by hand: where, and what to do.

use std::fmt;
use std::ops::Range;

/// One problem in one file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, as it was named.
    pub file: String,
    /// Line from 1; 0 where the whole file is meant.
    pub line: usize,
    /// Column from 1, in characters.
    pub column: usize,
    /// What is wrong and what to do.
    pub what: String,
}

impl Problem {
    /// A problem at a byte range of a file's text.
    pub fn at(file: &str, text: &str, span: &Range<usize>, what: impl Into<String>) -> Self {
        let (line, column) = place(text, span.start);
        Self { file: file.to_owned(), line, column, what: what.into() }
    }

    /// A problem of a file as a whole.
    pub fn whole(file: &str, what: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: 0, column: 0, what: what.into() }
    }

    /// What the TOML reader said, with a suggestion for a misspelt key or word.
    pub fn toml(file: &str, text: &str, error: &toml::de::Error) -> Self {
        let what = suggesting(error.message());
        match error.span() {
            Some(span) => Self::at(file, text, &span, what),
            None => Self::whole(file, what),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.what),
            line => write!(f, "{}:{line}:{}: {}", self.file, self.column, self.what),
        }
    }
}

impl std::error::Error for Problem {}

/// Line and column, from 1, of a byte offset.
pub fn place(text: &str, offset: usize) -> (usize, usize) {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = &text[..offset];
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[start..].chars().count() + 1)
}

/// The nearest of the known words, if any is near.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    known
        .into_iter()
        .map(|other| (strsim::jaro_winkler(&word, &other.to_lowercase()), other))
        .filter(|(near, _)| *near > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, other)| other)
}

/// `; did you mean X?`, or nothing.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, known).map(|other| format!("; did you mean {other:?}?")).unwrap_or_default()
}

/// Adds the nearest word to a reader's message of the form "unknown … `x`, expected one of `a`, `b`".
pub fn suggesting(message: &str) -> String {
    let message = message.trim_end();
    if !message.starts_with("unknown ") {
        return message.to_owned();
    }
    let mut quoted = message.split('`').skip(1).step_by(2);
    let word = quoted.next().unwrap_or_default();
    format!("{message}{}", did_you_mean(word, quoted))
}
