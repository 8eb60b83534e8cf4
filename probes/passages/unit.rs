//! A document as the sentences that may make a passage, each with what leads it in and stands above it.

use std::collections::HashMap;

use super::phrase::{Class, Stems, Token};
use super::topic::Known;
use crate::document::{Document, Role};
use crate::wording::{Speech, marker, sentences, speech, words};

/// A sentence, an item of a list, a row of a table or a heading.
#[derive(Debug)]
pub(super) struct Unit {
    /// The page it stands on, by its place in the document.
    pub(super) page: usize,
    /// The block it stands in, by its place on the page.
    pub(super) block: usize,
    /// Its words as they stand.
    pub(super) text: String,
    /// Its tokens, behind those of what leads it in.
    pub(super) tokens: Vec<Token>,
    /// How many of the tokens lead it in.
    pub(super) led: usize,
    /// The unit that leads it in.
    pub(super) lead_in: Option<usize>,
    /// How it speaks.
    pub(super) speech: Speech,
    /// Whether it is a heading.
    pub(super) heading: bool,
    /// The section it stands in, by number.
    pub(super) section: usize,
    /// What ideas it expresses, in the order of the ideas.
    pub(super) hits: Vec<Hit>,
}

/// A phrase that stands in a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hit {
    /// The idea.
    pub(super) idea: usize,
    /// The first token.
    pub(super) from: usize,
    /// The token behind it.
    pub(super) to: usize,
    /// Which phrase.
    pub(super) phrase: usize,
    /// Whether the sentence denies it.
    pub(super) denied: bool,
}

/// A document, ready to be looked through.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) units: Vec<Unit>,
    /// For each section, the units of the headings above it, the outermost first.
    pub(super) above: Vec<Vec<usize>>,
}

/// How far before a phrase a negation denies it, in words.
const DENIES: usize = 3;
/// The most words of a heading that is only told by how it looks.
const HEADING: usize = 12;
/// The most words of a lead-in that count for what it leads in.
const LED: usize = 60;

impl Reading {
    /// Reads `document` for the phrases of `known`.
    pub(super) fn of(document: &Document, known: &Known) -> Self {
        let mut reading = Self { units: Vec::new(), above: vec![Vec::new()] };
        let mut stems = HashMap::new();
        let mut recitals = false;
        let mut lead_in: Option<usize> = None;
        for (page, on_page) in document.pages.iter().enumerate() {
            for (at, block) in on_page.blocks.iter().enumerate() {
                if matches!(block.role, Role::Running | Role::Contents) {
                    continue;
                }
                let level = heading(block.role, &block.text);
                let item = block.role == Role::Item || marker(&block.text);
                if !item {
                    lead_in = None;
                }
                for (nth, range) in whole_or_sentences(block.role, level, &block.text).into_iter().enumerate() {
                    let text = &block.text[range];
                    let number = reading.units.len();
                    if let Some(level) = level {
                        reading.open(level, number);
                    }
                    let led_by = lead_in.filter(|_| (item && nth == 0) || marker(text));
                    let mut unit = reading.unit(text, led_by, known, &mut stems);
                    (unit.page, unit.block, unit.heading) = (page, at, level.is_some());
                    recitals = (recitals && !unit.speech.enacts && level.is_none()) || unit.speech.recital;
                    unit.speech.recital = recitals;
                    let leads = text.ends_with([':', '-', '\u{2014}']) || (led_by.is_none() && inner_marker(text));
                    // "Be it resolved by the council:" is no part of what is resolved.
                    if leads && !unit.speech.enacts && level.is_none() && (led_by.is_none() || text.ends_with(':')) {
                        lead_in = Some(number);
                    }
                    reading.units.push(unit);
                }
            }
        }
        reading
    }

    /// Opens a section under the heading `unit` of `level`.
    fn open(&mut self, level: u8, unit: usize) {
        let mut above: Vec<usize> = self.above.last().cloned().unwrap_or_default();
        // A document's levels are often uneven: what is deeper than the new one ends with it.
        let depth = usize::from(level.max(1)) - 1;
        above.truncate(depth.min(above.len()));
        above.push(unit);
        self.above.push(above);
    }

    fn unit(&self, text: &str, led_by: Option<usize>, known: &Known, stems: &mut HashMap<String, u32>) -> Unit {
        let own = tokens(text, &known.stems, stems);
        let mut led: Vec<Token> = Vec::new();
        if let Some(by) = led_by.map(|unit| &self.units[unit]) {
            led.extend(by.tokens.iter().take(LED).cloned());
        }
        let before = led.len();
        let mut told = match led_by {
            Some(by) => self.units[by].speech.clone(),
            None => speech(&words(text), known.stems.language),
        };
        if led_by.is_some() {
            let inner = speech(&words(text), known.stems.language);
            told.mood = told.mood.max(inner.mood);
            told.definition |= inner.definition;
            told.negations.retain(|at| *at < before);
            told.negations.extend(inner.negations.iter().map(|at| at + before));
        }
        led.extend(own);
        let hits = hits(&led, known, &told.negations);
        Unit {
            page: 0,
            block: 0,
            text: text.to_owned(),
            tokens: led,
            led: before,
            lead_in: led_by,
            speech: told,
            heading: false,
            section: self.above.len() - 1,
            hits,
        }
    }
}

/// Whether a list begins within the sentence: "who shall (i) keep".
fn inner_marker(text: &str) -> bool {
    ["(a)", "(i)", "(1)", "(A)", " a)", " 1)", " i)"].iter().any(|mark| text.contains(mark))
}

/// The level of a block that is a heading, or looks like one.
fn heading(role: Role, text: &str) -> Option<u8> {
    if let Role::Heading(level) = role {
        return Some(level);
    }
    if role != Role::Paragraph {
        return None;
    }
    let hashes = text.chars().take_while(|c| *c == '#').count();
    if (1..=6).contains(&hashes) && text[hashes..].starts_with(' ') {
        return u8::try_from(hashes).ok();
    }
    let bare = text.trim_matches('*').trim();
    let short = words(bare).len() <= HEADING && bare.chars().any(char::is_alphabetic);
    let sets_off = text.starts_with("**") && text.ends_with("**");
    let capitals = !bare.chars().any(char::is_lowercase);
    let unended = !bare.ends_with(['.', ',', ';', ':', '?', '!']);
    let numbered = bare.to_lowercase().starts_with("section ");
    (short && (sets_off || capitals || (numbered && unended))).then_some(3)
}

fn whole_or_sentences(role: Role, level: Option<u8>, text: &str) -> Vec<std::ops::Range<usize>> {
    if role == Role::Row || level.is_some() { std::iter::once(0..text.len()).collect() } else { sentences(text) }
}

/// The tokens of `text`; `cache` keeps the numbers of stems by word.
pub(super) fn tokens(text: &str, stems: &Stems, cache: &mut HashMap<String, u32>) -> Vec<Token> {
    let words = words(text);
    let mut found = Vec::with_capacity(words.len());
    for (nth, word) in words.iter().enumerate() {
        let low = word.text.to_lowercase();
        let stem = if let Some(stem) = cache.get(&low) {
            *stem
        } else {
            let number = stems.number(word.text);
            cache.insert(low.clone(), number);
            number
        };
        let (before, after) = (&text[..word.at.start], &text[word.at.end..]);
        let class = class(word.text, nth, before, after);
        found.push(Token { stem, low, text: word.text.to_owned(), class });
    }
    found
}

fn class(word: &str, nth: usize, before: &str, after: &str) -> Option<Class> {
    let mut letters = word.chars();
    let first = letters.next()?;
    if first.is_ascii_digit() {
        // The number of an item counts nothing: "3. ", "and 2) ".
        let marks = (nth == 0 && after.starts_with('.')) || (word.len() <= 2 && after.starts_with(')'));
        if marks {
            return None;
        }
        let after = after.trim_start();
        let year = word.len() == 4 && (word.starts_with("19") || word.starts_with("20"));
        return Some(if after.starts_with('%') || after.to_lowercase().starts_with("percent") {
            Class::Percent
        } else if before.trim_end().ends_with(['$', '\u{20ac}', '\u{a3}']) {
            Class::Money
        } else if year {
            Class::Year
        } else {
            Class::Number
        });
    }
    (nth > 0 && first.is_uppercase() && letters.next().is_some_and(char::is_lowercase)).then_some(Class::Name)
}

fn hits(tokens: &[Token], known: &Known, negations: &[usize]) -> Vec<Hit> {
    let mut found = Vec::new();
    for (from, token) in tokens.iter().enumerate() {
        let known_stem = known.by_stem.get(&token.stem).map(Vec::as_slice).unwrap_or_default();
        for at in known_stem.iter().chain(&known.loose) {
            let (idea, phrase) = &known.phrases[*at];
            if let Some(to) = phrase.end(tokens, from) {
                let denied = negations.iter().any(|no| *no <= from && from - no <= DENIES);
                found.push(Hit { idea: *idea, from, to, phrase: *at, denied });
            }
        }
    }
    found.sort_unstable();
    found
}
