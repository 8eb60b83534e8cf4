//! What a probe says: a code, its typed facts, and the evidence.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::capture::CaptureId;

/// What a finding means for the probe's question. Declared in `probe.toml`, never in code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// It is so.
    Yes,
    /// It is not so, and that was seen.
    No,
    /// It could not be seen.
    Unknown,
    /// The question does not arise here.
    NotApplicable,
}

/// One thing that a probe found at one target. Made by [`crate::spec::Spec::finding`], read by [`crate::spec::Spec::read`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// A hash of all the rest.
    pub id: String,
    /// The probe's id.
    pub probe: String,
    /// The target's id.
    pub target: String,
    /// What was seen, as declared in `probe.toml`.
    pub code: String,
    /// What that means for the question.
    pub answer: Answer,
    /// Measured values by name.
    pub facts: BTreeMap<String, Fact>,
    /// Places in captures, with the words that stand there.
    pub evidence: Vec<Evidence>,
    /// Every capture that the probe consulted before it said so.
    pub rests_on: Vec<CaptureId>,
}

/// A measured value. Its type is declared in `probe.toml`, so it is written bare.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Fact {
    /// Words, never trusted.
    Text(String),
    /// A whole number of things.
    Count(u64),
    /// Any other number.
    Number(f64),
    /// A part of a whole, with its n.
    Share(Share),
    /// A span of whole days; negative lies in the future.
    Days(i64),
    /// A calendar date.
    Date(Date),
    /// True or false.
    YesNo(bool),
    /// Words, in order.
    List(Vec<String>),
    /// Rows of named cells.
    Table(Vec<BTreeMap<String, String>>),
}

/// A share of a population, measured on some of it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// The share of those measured, 0 to 1.
    pub share: f64,
    /// How many were measured.
    pub n: u64,
    /// How many there are.
    pub population: u64,
    /// The least the share can be: the lower end of the 95 % Wilson interval of a sample, and none of what is `unread`.
    pub low: f64,
    /// The most the share can be: the upper end of that interval, and all of what is `unread`.
    pub high: f64,
    /// How many of the population were out of reach, so that no sample could hold them: each may be either.
    #[serde(default, skip_serializing_if = "is_none")]
    pub unread: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_none(count: &u64) -> bool {
    *count == 0
}

impl Share {
    /// `hits` of `n` measured, of `population` there are. `None` when nothing was measured.
    pub fn of(hits: u64, n: u64, population: u64) -> Option<Self> {
        if n == 0 || hits > n || n > population {
            return None;
        }
        let share = hits as f64 / n as f64;
        let (low, high) = if n == population { (share, share) } else { wilson(share, n as f64) };
        Some(Self { share, n, population, low, high, unread: 0 })
    }

    /// The same share of a population that holds `unread` more.
    ///
    /// Those were not left out by lot, so no interval speaks for them: they may all have it, or none.
    #[must_use]
    pub fn beside(mut self, unread: u64) -> Self {
        let all = self.population + unread;
        let of_all = |end: f64, more: u64| (end * self.population as f64 + more as f64) / all as f64;
        if unread > 0 {
            (self.low, self.high) = (of_all(self.low, 0), of_all(self.high, unread));
            (self.population, self.unread) = (all, self.unread + unread);
        }
        self
    }
}

/// The 95 % Wilson score interval of a share `p` of `n`.
fn wilson(p: f64, n: f64) -> (f64, f64) {
    const Z: f64 = 1.959_963_984_540_054;
    let z2 = Z * Z;
    let centre = p + z2 / (2.0 * n);
    let margin = Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z2 / n;
    (((centre - margin) / scale).max(0.0), ((centre + margin) / scale).min(1.0))
}

/// A place in a capture, and the words that stand there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The capture.
    pub capture: CaptureId,
    /// Where in it.
    pub locus: Locus,
    /// The words as they stand there, white space folded; empty where the place says it all.
    pub quote: String,
}

/// A place in a capture.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Locus {
    /// The exchange as a whole: how it ended.
    Exchange,
    /// A header field of the final answer.
    Header(String),
    /// The URL of a hop or of the final answer.
    Url,
    /// A line of the decoded text, from 1.
    Line(u64),
    /// A record of a table, from 1, the header being record 1.
    Row(u64),
    /// A JSON pointer (RFC 6901) into the body.
    Pointer(String),
    /// The text, or the markup's attribute values, of the first element that a CSS selector finds.
    Selector(String),
    /// The visible text of a page, anywhere.
    Text,
    /// A member of an archive.
    Member(String),
    /// A passage of a document: on which page it stands, and on which line the block begins that it is in, as far as
    /// the document has pages and lines.
    Passage {
        /// The page, from 1.
        page: Option<u32>,
        /// The line, from 1.
        line: Option<u64>,
    },
}

impl Evidence {
    /// The words `quote` at `locus` of `capture`.
    pub fn new(capture: &CaptureId, locus: Locus, quote: impl AsRef<str>) -> Self {
        Self { capture: capture.clone(), locus, quote: fold(quote.as_ref()) }
    }
}

/// Longest quote kept, in characters.
const LONGEST_QUOTE: usize = 400;

/// White space folded to single blanks, control characters dropped, and cut to the longest quote.
pub fn fold(text: &str) -> String {
    let folded = on_one_line(text);
    match folded.char_indices().nth(LONGEST_QUOTE) {
        Some((at, _)) => folded[..at].trim_end().to_owned(),
        None => folded,
    }
}

/// White space folded to single blanks, control characters dropped.
pub fn on_one_line(text: &str) -> String {
    let mut folded = String::new();
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().filter(|c| !c.is_control()));
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_a_sample_has_an_interval() {
        let share = Share::of(8, 10, 100).unwrap();
        assert!((share.low - 0.4902).abs() < 1e-4 && (share.high - 0.9433).abs() < 1e-4);
        let whole = Share::of(8, 10, 10).unwrap();
        assert_eq!(whole.low.to_bits(), whole.high.to_bits());
        assert_eq!(Share::of(0, 0, 5), None);
    }

    #[test]
    fn what_is_unread_may_be_either() {
        let near = |one: f64, other: f64| (one - other).abs() < 1e-9;
        let read = Share::of(60, 80, 80).unwrap().beside(20);
        assert_eq!((read.n, read.population, read.unread), (80, 100, 20));
        assert!(near(read.share, 0.75) && near(read.low, 0.6) && near(read.high, 0.8), "{read:?}");
        let sampled = Share::of(8, 10, 80).unwrap();
        let beside = sampled.beside(20);
        assert!(near(beside.low, sampled.low * 0.8) && near(beside.high, sampled.high * 0.8 + 0.2), "{beside:?}");
        assert_eq!(Share::of(8, 10, 10).unwrap().beside(0), Share::of(8, 10, 10).unwrap());
    }
}
