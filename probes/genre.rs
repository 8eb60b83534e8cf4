//! What kind of document a text is: minutes, a policy, a contract. Told by several signs, which are data, in `genre/genres.toml`.

mod number;

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Match, Regex};
use serde::Deserialize;

use crate::document::{Block, Document, Role};

pub use number::Number;

/// A kind of document.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Genre {
    /// Its id.
    pub id: String,
    /// What people call it, with its article.
    pub called: String,
    /// Words that rule it out where the document's name has them.
    #[serde(default, rename = "not", deserialize_with = "crate::pattern::maybe")]
    rules_out: Option<Regex>,
    signs: Vec<Sign>,
}

/// Something by which a kind is told.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sign {
    /// What it is.
    #[serde(rename = "sign")]
    says: String,
    /// Where it is looked for.
    #[serde(rename = "in")]
    zone: Zone,
    #[serde(deserialize_with = "crate::pattern::one")]
    words: Regex,
    /// How much it says by itself.
    weight: u32,
    /// How many times it must stand there.
    #[serde(default = "once")]
    least: usize,
}

/// Something that a document may be about.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Subject {
    id: String,
    #[serde(deserialize_with = "crate::pattern::one")]
    words: Regex,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Zone {
    /// What the document calls itself.
    Name,
    /// Its beginning.
    Head,
    /// Its headings, and lines short enough to be such.
    Headings,
    /// Rows of tables.
    Rows,
    /// All of it.
    Body,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    enough: u32,
    often: usize,
    subjects: Vec<Subject>,
    #[serde(deserialize_with = "crate::pattern::one")]
    number: Regex,
    genres: Vec<Genre>,
}

fn once() -> usize {
    1
}

static FILE: LazyLock<File> = LazyLock::new(|| {
    toml::from_str(include_str!("genre/genres.toml"))
        .expect("invariant: the bundled kinds of documents are well formed")
});

/// How far the beginning of a document reaches, in characters.
const HEAD: usize = 1500;
/// As many characters as a line that stands alone may have to be like a heading.
const SHORT: usize = 80;
/// How much of a document is read for its kind, in bytes.
const MOST: usize = 400_000;

/// How a document's kind stands.
#[derive(Clone, Debug)]
pub struct Told {
    /// Every kind of which there are enough signs, the likeliest first.
    pub kinds: Vec<Kind>,
    /// Kinds of which there are some signs and not enough, where there are enough of none: at most three, the likeliest first.
    pub guesses: Vec<&'static str>,
    /// What it is about.
    pub subjects: Vec<&'static str>,
    /// The number by which it is known.
    pub number: Option<Number>,
}

/// A kind that a document may be of.
#[derive(Clone, Debug)]
pub struct Kind {
    /// Its id.
    pub id: &'static str,
    /// What people call it.
    pub called: &'static str,
    /// What its signs say together.
    pub weight: u32,
    /// The signs that were seen.
    pub signs: Vec<Seen>,
}

/// A sign that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What it is.
    pub sign: &'static str,
    /// The words that are it.
    pub words: String,
    /// Where they stand: the page and the block on it, counted from 0. `None` in the document's title or address.
    pub at: Option<(usize, usize)>,
}

impl Told {
    /// The kind that is likelier than all others, if one is.
    pub fn kind(&self) -> Option<&Kind> {
        let first = self.kinds.first()?;
        let second = self.kinds.get(1).map_or(0, |kind| kind.weight);
        (first.weight > second).then_some(first)
    }
}

/// Tells what kind `document` is; `names` are what else it is called: its file's name, a page's title.
pub fn tell(document: &Document, names: &[&str]) -> Told {
    let view = View::of(document, names);
    let mut kinds: Vec<Kind> = FILE.genres.iter().filter_map(|genre| genre.seen(&view)).collect();
    kinds.sort_by_key(|kind| std::cmp::Reverse(kind.weight));
    let likely = kinds.iter().filter(|kind| kind.weight + 1 >= FILE.enough).take(3).map(|kind| kind.called).collect();
    kinds.retain(|kind| kind.weight >= FILE.enough && kind.signs.len() > 1);
    let guesses = if kinds.is_empty() { likely } else { Vec::new() };
    let subjects =
        FILE.subjects.iter().filter(|subject| subject.is_of(&view)).map(|subject| subject.id.as_str()).collect();
    let number = Number::of(&view, names);
    Told { kinds, guesses, subjects, number }
}

impl Subject {
    fn is_of(&self, view: &View<'_>) -> bool {
        let stands = |zone: &[Placed<'_>]| zone.iter().any(|(_, text)| self.words.is_match(text));
        let often = || view.body.iter().flat_map(|(_, text)| self.words.find_iter(text)).nth(FILE.often - 1).is_some();
        stands(&view.name) || (stands(&view.head) && often())
    }
}

/// The words of a file's name in the path of an address, without its ending.
pub fn name_in(path: &str) -> String {
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let name = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
    let stem = name.rsplit_once('.').filter(|(_, ending)| ending.len() <= 5).map_or(&*name, |(stem, _)| stem);
    let mut words = String::new();
    let mut small = false;
    for c in stem.chars() {
        if c.is_uppercase() && small {
            words.push(' ');
        }
        small = c.is_lowercase();
        words.push(if c.is_alphanumeric() || c == '.' { c } else { ' ' });
    }
    crate::finding::on_one_line(&words)
}

type Placed<'a> = (Option<(usize, usize)>, &'a str);

/// A document as signs are looked for in it.
struct View<'a> {
    name: Vec<Placed<'a>>,
    head: Vec<Placed<'a>>,
    headings: Vec<Placed<'a>>,
    rows: Vec<Placed<'a>>,
    body: Vec<Placed<'a>>,
}

impl<'a> View<'a> {
    fn of(document: &'a Document, names: &'a [&'a str]) -> Self {
        let mut view =
            Self { name: Vec::new(), head: Vec::new(), headings: Vec::new(), rows: Vec::new(), body: Vec::new() };
        let called = document.title.as_deref().into_iter().chain(names.iter().copied());
        view.name.extend(called.filter(|name| !name.is_empty()).map(|name| (None, name)));
        let blocks = document
            .pages
            .iter()
            .enumerate()
            .flat_map(|(page, read)| read.blocks.iter().enumerate().map(move |(at, block)| ((page, at), block)));
        let mut told = 0;
        for (at, block) in blocks.filter(|(_, block)| said(block)) {
            if told > MOST {
                break;
            }
            let placed = (Some(at), block.text.as_str());
            if told == 0 && block.text.chars().count() <= 2 * SHORT {
                view.name.push(placed);
            }
            if told < HEAD {
                view.head.push(placed);
            }
            told += block.text.len();
            match block.role {
                Role::Heading(_) => view.headings.push(placed),
                Role::Row => view.rows.push(placed),
                Role::Paragraph | Role::Item if block.text.len() <= SHORT => view.headings.push(placed),
                _ => {}
            }
            view.body.push(placed);
        }
        view
    }

    fn zone(&self, zone: Zone) -> &[Placed<'a>] {
        match zone {
            Zone::Name => &self.name,
            Zone::Head => &self.head,
            Zone::Headings => &self.headings,
            Zone::Rows => &self.rows,
            Zone::Body => &self.body,
        }
    }
}

/// Whether a block is what the document says, and not an aid to finding one's way in it.
fn said(block: &Block) -> bool {
    !matches!(block.role, Role::Running | Role::Contents) && !block.text.trim().is_empty()
}

impl Genre {
    fn seen(&'static self, view: &View<'_>) -> Option<Kind> {
        if let Some(pattern) = &self.rules_out
            && view.name.iter().any(|(_, name)| pattern.is_match(name))
        {
            return None;
        }
        let mut signs = Vec::new();
        let mut weight = 0;
        let mut used: Vec<(&str, Range<usize>)> = Vec::new();
        for sign in &self.signs {
            // The same words are not two signs.
            let free = |text: &str, words: &Match<'_>| {
                let taken = |(of, range): &(&str, Range<usize>)| {
                    std::ptr::eq(*of, text) && range.start < words.end() && words.start() < range.end
                };
                !used.iter().any(taken)
            };
            let zone = view.zone(sign.zone).iter();
            let all = zone.flat_map(|(at, text)| sign.words.find_iter(text).map(move |words| (*at, *text, words)));
            let Some((at, text, words)) = all.filter(|(_, text, words)| free(text, words)).nth(sign.least - 1) else {
                continue;
            };
            used.push((text, words.range()));
            weight += sign.weight;
            signs.push(Seen { sign: &sign.says, words: words.as_str().trim().to_owned(), at });
        }
        Some(Kind { id: &self.id, called: &self.called, weight, signs })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::plain;

    fn kind(text: &str) -> Option<&'static str> {
        tell(&plain(text), &[]).kind().map(|kind| kind.id)
    }

    #[test]
    fn a_kind_takes_two_signs() {
        let minutes = "Data Council\n\nMinutes of March 4, 2026\n\nThe meeting was called to order at 9:00.\n";
        assert_eq!(kind(minutes), Some("minutes"));
        assert_eq!(kind("The council was called to order at 9:00.\n"), None);
        assert_eq!(kind("How to keep minutes\n\nMinutes are kept by the clerk.\n"), None);
    }

    #[test]
    fn what_a_document_is_called_counts_and_so_does_its_address() {
        let text = "Second quarter\n\nOn track: 12 goals. Off track: 2 goals.\n";
        let told = |names: &[&str]| tell(&plain(text), names).kind().map(|kind| kind.id);
        assert_eq!((told(&[]), told(&["performance dashboard"])), (None, Some("dashboard")));
        assert_eq!(name_in("/a/RFP%2026-104_ShelterOutreach.pdf"), "RFP 26 104 Shelter Outreach");
        assert_eq!(name_in("/"), "");
    }

    #[test]
    fn subject_and_number_are_told() {
        let told =
            tell(&plain("ORDINANCE NO. 26-104\n\nAn ordinance on open data.\n\nBe it ordained by the council.\n"), &[]);
        assert_eq!(told.kind().map(|kind| kind.id), Some("ordinance"));
        let number = told.number.unwrap();
        assert_eq!((number.name.as_str(), number.words.as_str()), ("Ordinance 26-104", "ORDINANCE NO. 26-104"));
        assert!(told.subjects.is_empty(), "once is not often: {:?}", told.subjects);
        assert_eq!(tell(&plain("Open data policy\n\nAll data is open.\n"), &[]).subjects, ["open-data", "data"]);
    }
}
