//! A page's markup as it was sent: what scripts, comments and attributes hold that no element of the page tells.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use percent_encoding::percent_decode_str;
use regex::Regex;
use url::Url;

use crate::capture::{Capture, Captures};
use crate::finding::Locus;
use crate::text;

/// How much of a page's markup is searched, in bytes.
const SEARCHED: usize = 256 * 1024;
/// The shortest address, in bytes.
const SHORTEST: usize = 8;

/// What ends an address in markup or in a script; the last ones in markup that is written in another.
static ENDS: LazyLock<Regex> = LazyLock::new(|| match Regex::new(r#"["'<>()`\s]|%22|&quot;|\\u0022"#) {
    Ok(regex) => regex,
    Err(error) => panic!("invariant: the pattern is regular: {error}"),
});

/// The first part of a page's markup, decoded.
pub struct Source {
    /// The markup.
    pub text: String,
}

impl Source {
    /// The markup in an answered capture; empty where its body is not there.
    pub fn of(captures: &Captures<'_>, capture: &Capture) -> Self {
        let head = captures.body(capture).ok().and_then(|body| body.head(SEARCHED).ok());
        let charset = capture.answered().ok().and_then(|answered| answered.headers.charset());
        Self { text: head.map(|head| text::decode(&head, charset).text).unwrap_or_default() }
    }

    /// The line that a range of it begins on, and the words there.
    pub fn place(&self, range: Range<usize>) -> (Locus, &str) {
        let line = self.text[..range.start].matches('\n').count() as u64 + 1;
        (Locus::Line(line), self.text.get(range).unwrap_or_default().lines().next().unwrap_or_default())
    }

    /// Every web address that is written anywhere in it, also in scripts and with its slashes encoded, each with its place.
    pub fn addresses<'a>(&'a self, base: &'a Url) -> impl Iterator<Item = (Url, Range<usize>)> + 'a {
        pieces(&self.text).filter_map(|range| {
            let piece = &self.text[range.clone()];
            let plain = piece.replace("\\/", "/");
            let decoded =
                if plain.contains("//") { Cow::Owned(plain) } else { percent_decode_str(piece).decode_utf8().ok()? };
            let at = decoded.find("//")?;
            let absolute = ["https:", "http:"].iter().find(|scheme| decoded[..at].ends_with(**scheme));
            let url = base.join(&decoded[at - absolute.map_or(0, |scheme| scheme.len())..]).ok()?;
            Some((url, range))
        })
    }
}

/// The pieces of a text between all that can end an address.
fn pieces(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let ends = ENDS.find_iter(text).map(|end| end.range()).chain(std::iter::once(text.len()..text.len()));
    let pieces = ends.scan(0, |at, end| Some(std::mem::replace(at, end.end)..end.start));
    pieces.filter(|piece| piece.len() > SHORTEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_wherever_they_stand() {
        let text = r#"<script src="//a.example/js"></script><noscript><a href='https://b.example/f'>x</a></noscript>
            <script>var site = "%7B%22form%22%3A%22https%3A%2F%2Fc.example%2Fg%22%7D", o = {"u":"https:\/\/d.example\/h"}</script>"#;
        let source = Source { text: text.to_owned() };
        let base = Url::parse("https://example.gov/").unwrap();
        let found: Vec<(String, &str)> =
            source.addresses(&base).map(|(url, range)| (url.to_string(), source.place(range).1)).collect();
        let urls: Vec<&str> = found.iter().map(|(url, _)| url.as_str()).collect();
        assert_eq!(urls, ["https://a.example/js", "https://b.example/f", "https://c.example/g", "https://d.example/h"]);
        assert_eq!(found[2].1, "https%3A%2F%2Fc.example%2Fg");
    }
}
