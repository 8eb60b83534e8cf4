//! Sentences that state something of a kind, told by words that are data: what a contract measures, how an analysis was
//! made, what was decided on data.

use std::collections::BTreeMap;

use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::capture::{Captures, Need};
use crate::document::{KNOWN, Role};
use crate::finding::{Evidence, Finding, Locus};
use crate::paper::{self, Paper, Read};
use crate::pattern;
use crate::probe::Target;
use crate::spec::Spec;
use crate::wording::{self, Language, Mood, speech};

/// Kinds of statements.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kinds {
    /// Headings under which nothing counts.
    #[serde(default, deserialize_with = "pattern::maybe")]
    aside_under: Option<Regex>,
    /// Words of a sentence that does not count.
    #[serde(default, deserialize_with = "pattern::maybe")]
    aside: Option<Regex>,
    #[serde(rename = "kinds")]
    known: Vec<Kind>,
}

/// A kind of statement.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub called: String,
    /// What the sentence must have, each of them.
    #[serde(deserialize_with = "pattern::each")]
    all: Vec<Regex>,
    /// What it must not have.
    #[serde(default, deserialize_with = "pattern::maybe")]
    none: Option<Regex>,
    /// Whether it must tell what is or was, and neither order nor allow.
    #[serde(default)]
    plain: bool,
}

/// What a document states.
#[derive(Default)]
pub struct Stated {
    /// The statements, in the document's order.
    pub all: Vec<Statement>,
    /// How many sentences would count if they did not stand aside.
    pub aside: u64,
}

/// A statement.
pub struct Statement {
    /// What kind it is of.
    pub kind: &'static Kind,
    /// Its words.
    pub words: String,
    /// Where it stands, in words.
    pub place: String,
    /// The same as evidence.
    pub evidence: Evidence,
}

/// A fact: statements in rows.
pub type Rows = Vec<BTreeMap<&'static str, String>>;

/// How many statements of a kind are quoted.
const QUOTED: usize = 4;
/// The longest sentence that is taken for one, in bytes: what is longer is a list that was run together.
const LONGEST: usize = 700;

/// The finding on the target's document: what `told` says of its statements, or why there is none that could be read.
pub fn finding<T: Serialize>(
    spec: &'static Spec,
    target: &Target,
    captures: &Captures<'_>,
    kinds: &'static Kinds,
    told: impl FnOnce(&Read, &Stated) -> (T, Vec<Evidence>),
) -> Result<Vec<Finding>, Need> {
    let (unread, evidence) = match paper::open(target, captures)? {
        Paper::Unseen(cause, evidence) => (Unread::Unseen { cause }, evidence),
        Paper::Otherwise(kind, evidence) => (Unread::NotADocument { kind: kind.to_string() }, evidence),
        Paper::Read(read) => {
            if let Some(language) = read.document().language().filter(|language| *language != KNOWN) {
                (Unread::OtherLanguage { language }, exchange(&read))
            } else {
                let (seen, mut evidence) = told(&read, &stated(&read, kinds));
                if evidence.is_empty() {
                    evidence.push(exchange(&read));
                }
                return Ok(vec![spec.finding(target, &seen, evidence)]);
            }
        }
    };
    Ok(vec![spec.finding(target, &unread, vec![evidence])])
}

/// The pages whose words are not known; nothing where there are none.
pub fn unread(read: &Read) -> Option<Vec<String>> {
    let unread: Vec<String> = read.document().unread.iter().map(u32::to_string).collect();
    Some(unread).filter(|pages| !pages.is_empty())
}

fn exchange(read: &Read) -> Evidence {
    Evidence::new(&read.capture.id, Locus::Exchange, "")
}

fn stated(read: &Read, kinds: &'static Kinds) -> Stated {
    let document = read.document();
    let mut stated = Stated::default();
    let mut aside = false;
    for (page, of) in document.pages.iter().enumerate() {
        for (at, block) in of.blocks.iter().enumerate() {
            match block.role {
                Role::Running | Role::Contents => continue,
                Role::Heading(_) => {
                    aside = kinds.aside_under.as_ref().is_some_and(|words| words.is_match(&block.text));
                    continue;
                }
                _ => {}
            }
            for range in wording::sentences(&block.text) {
                let words = &block.text[range];
                let Some(kind) = kinds.of(words) else { continue };
                if aside || kinds.aside.as_ref().is_some_and(|aside| aside.is_match(words)) {
                    stated.aside += 1;
                    continue;
                }
                let evidence = read.evidence(Some((page, at)), words);
                let place = document.place(&evidence.locus);
                stated.all.push(Statement { kind, words: words.to_owned(), place, evidence });
            }
        }
    }
    stated
}

impl Kinds {
    /// Those that come along with a probe.
    pub fn bundled(words: &str) -> Self {
        toml::from_str(words).expect("invariant: the bundled words of statements are well formed")
    }

    /// The kind that a sentence is of: the first that fits.
    fn of(&self, words: &str) -> Option<&Kind> {
        if words.len() > LONGEST {
            return None;
        }
        let has_words = |kind: &&Kind| {
            kind.all.iter().all(|one| one.is_match(words)) && !kind.none.as_ref().is_some_and(|not| not.is_match(words))
        };
        let mut fitting = self.known.iter().filter(has_words).peekable();
        fitting.peek()?;
        let speech = speech(&wording::words(words), Language::English);
        if speech.recital || speech.definition {
            return None;
        }
        fitting.find(|kind| !kind.plain || (speech.mood == Mood::Plain && speech.negations.is_empty()))
    }
}

impl Stated {
    /// How many there are of a kind.
    pub fn count(&self, id: &str) -> u64 {
        self.of(id).count() as u64
    }

    /// Where those of a kind stand, each place once; nothing where there are none.
    pub fn places(&self, id: &str) -> Option<Vec<String>> {
        places(self.of(id))
    }

    /// Where all of them stand, each place once; nothing where there are none.
    pub fn all_places(&self) -> Option<Vec<String>> {
        places(self.all.iter())
    }

    /// What the kinds are called of which there are any.
    pub fn kinds(&self, kinds: &'static Kinds) -> Vec<&'static str> {
        let there = kinds.known.iter().filter(|kind| self.count(&kind.id) > 0);
        there.map(|kind| kind.called.as_str()).collect()
    }

    fn of<'s>(&'s self, id: &'s str) -> impl Iterator<Item = &'s Statement> {
        self.all.iter().filter(move |statement| statement.kind.id == id)
    }

    /// The first of each kind, in rows and as evidence.
    pub fn quoted(&self, kinds: &'static Kinds) -> (Rows, Vec<Evidence>) {
        let first = kinds.known.iter().flat_map(|kind| self.of(&kind.id).take(QUOTED));
        first
            .map(|statement| {
                let row = [("kind", statement.kind.called.clone()), ("place", statement.place.clone())];
                let words = [("words", statement.words.clone())];
                (row.into_iter().chain(words).collect(), statement.evidence.clone())
            })
            .unzip()
    }
}

fn places<'s>(statements: impl Iterator<Item = &'s Statement>) -> Option<Vec<String>> {
    let mut places: Vec<String> = Vec::new();
    for statement in statements {
        if !places.contains(&statement.place) {
            places.push(statement.place.clone());
        }
    }
    Some(places).filter(|places| !places.is_empty())
}

/// What is said where there is no document to read.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Unread {
    OtherLanguage { language: &'static str },
    NotADocument { kind: String },
    Unseen { cause: String },
}
