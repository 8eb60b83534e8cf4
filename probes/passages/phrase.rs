//! Phrases as data: what a few words of a topic stand for in running text.

use std::collections::HashMap;

use crate::wording::{Language, stem};

/// A word of a text, as phrases see it.
#[derive(Clone, Debug)]
pub(super) struct Token {
    /// Its stem's number, 0 where no phrase knows it.
    pub(super) stem: u32,
    /// In lower case.
    pub(super) low: String,
    /// As written.
    pub(super) text: String,
    /// What it is beside a word.
    pub(super) class: Option<Class>,
}

/// What a word may be, whatever it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Any number.
    Number,
    /// A number with a percent sign.
    Percent,
    /// A number behind a currency's sign.
    Money,
    /// A year.
    Year,
    /// A word that begins with a capital within a sentence.
    Name,
}

impl Class {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "<number>" => Self::Number,
            "<percent>" => Self::Percent,
            "<money>" => Self::Money,
            "<year>" => Self::Year,
            "<name>" => Self::Name,
            _ => return None,
        })
    }

    /// Whether a word of class `other` is one of this class too.
    fn covers(self, other: Self) -> bool {
        self == other || (self == Self::Number && other != Self::Name)
    }
}

/// One place of a phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Slot {
    /// Any of these.
    Any(Vec<Atom>),
    /// Up to so many words, whatever they are.
    Gap(usize),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Atom {
    Stem(u32),
    /// As written, capitals and all.
    Exact(String),
    /// Every word that begins so.
    Prefix(String),
    Class(Class),
}

impl Atom {
    fn fits(&self, token: &Token) -> bool {
        match self {
            Self::Stem(stem) => token.stem == *stem,
            Self::Exact(text) => token.text == *text,
            Self::Prefix(start) => token.low.starts_with(start.as_str()),
            Self::Class(class) => token.class.is_some_and(|other| class.covers(other)),
        }
    }
}

/// Words that follow each other, with alternatives and gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Phrase(Vec<Slot>);

/// How many words `..` stands for at most.
const GAP: usize = 3;

impl Phrase {
    /// Reads the phrases that `text` writes: several where words of it may lack.
    pub(super) fn read(text: &str, stems: &mut Stems) -> Result<Vec<Self>, String> {
        let mut phrases = vec![Vec::new()];
        for word in text.split_whitespace() {
            let (word, may_lack) = match word.strip_suffix('?') {
                Some(word) => (word, true),
                None => (word, false),
            };
            let slot = slot(word, stems).ok_or_else(|| format!("{text:?}: {word:?} is no word of a phrase"))?;
            let without = may_lack.then(|| phrases.clone());
            for phrase in &mut phrases {
                phrase.push(slot.clone());
            }
            phrases.extend(without.into_iter().flatten());
        }
        let ends = |slots: &Vec<Slot>| {
            matches!(slots.first(), Some(Slot::Any(_))) && matches!(slots.last(), Some(Slot::Any(_)))
        };
        if phrases.iter().all(ends) {
            Ok(phrases.into_iter().map(Self).collect())
        } else {
            Err(format!("{text:?}: a phrase begins and ends with a word"))
        }
    }

    /// The stems that it may begin with; `None` where it may begin with what has no stem.
    pub(super) fn begins(&self) -> Option<Vec<u32>> {
        let Some(Slot::Any(atoms)) = self.0.first() else {
            return None;
        };
        atoms.iter().map(|atom| if let Atom::Stem(stem) = atom { Some(*stem) } else { None }).collect()
    }

    /// Where the phrase ends if it begins at `at`.
    pub(super) fn end(&self, tokens: &[Token], at: usize) -> Option<usize> {
        follow(&self.0, tokens, at)
    }
}

fn slot(word: &str, stems: &mut Stems) -> Option<Slot> {
    if let Some(gap) = word.strip_prefix("..") {
        return if gap.is_empty() { Some(Slot::Gap(GAP)) } else { gap.parse().ok().map(Slot::Gap) };
    }
    let atom = |word: &str| {
        if let Some(exact) = word.strip_prefix('=') {
            (!exact.is_empty()).then(|| Atom::Exact(exact.to_owned()))
        } else if let Some(start) = word.strip_suffix('*') {
            (!start.is_empty()).then(|| Atom::Prefix(start.to_lowercase()))
        } else if word.starts_with('<') {
            Class::named(word).map(Atom::Class)
        } else {
            let known = !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || c == '\'');
            known.then(|| Atom::Stem(stems.learn(word)))
        }
    };
    word.split('|').map(atom).collect::<Option<Vec<_>>>().map(Slot::Any)
}

fn follow(slots: &[Slot], tokens: &[Token], at: usize) -> Option<usize> {
    match slots.split_first() {
        None => Some(at),
        Some((Slot::Gap(most), rest)) => (0..=*most).find_map(|skip| follow(rest, tokens, at + skip)),
        Some((Slot::Any(atoms), rest)) => {
            let token = tokens.get(at)?;
            if atoms.iter().any(|atom| atom.fits(token)) { follow(rest, tokens, at + 1) } else { None }
        }
    }
}

/// The stems that phrases know, numbered from 1.
#[derive(Debug, Default)]
pub(super) struct Stems {
    pub(super) language: Language,
    numbers: HashMap<String, u32>,
}

impl Stems {
    /// Those of a language, none of them known yet.
    pub(super) fn of(language: Language) -> Self {
        Self { language, numbers: HashMap::new() }
    }

    fn learn(&mut self, word: &str) -> u32 {
        let next = u32::try_from(self.numbers.len() + 1).unwrap_or(u32::MAX);
        *self.numbers.entry(stem(word, self.language)).or_insert(next)
    }

    /// The number of a word's stem; 0 where no phrase knows it.
    pub(super) fn number(&self, word: &str) -> u32 {
        self.numbers.get(&stem(word, self.language)).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passages::unit::tokens;

    fn found(phrase: &str, text: &str) -> bool {
        let mut stems = Stems::default();
        let phrases = Phrase::read(phrase, &mut stems).unwrap();
        let tokens = tokens(text, &stems, &mut HashMap::new());
        phrases.iter().any(|phrase| (0..tokens.len()).any(|at| phrase.end(&tokens, at).is_some()))
    }

    #[test]
    fn a_phrase_has_alternatives_gaps_classes_and_words_that_may_lack() {
        assert!(found("inventory|catalog .. dataset", "Inventories of all the datasets"));
        assert!(!found("inventory .. dataset", "An inventory of what every one of the datasets is"));
        assert!(found("data? inventory update", "the inventory updates"));
        assert!(found("random* trial", "a randomized trial"));
        assert!(found("=IT department", "The IT department") && !found("=IT department", "if it departments"));
        assert!(found("by <percent>", "raised by 12 % in all") && found("<money>", "of $1,200"));
        assert!(found("<number> day", "within ten days of 30 days") && found("in <year>", "in 2019"));
        assert!(!found("<number> day", "3. Days of the board"));
    }

    #[test]
    fn what_is_no_phrase_is_refused() {
        for wrong in ["", ".. data", "data ..", "data <colour>", "a|", "data-set"] {
            assert!(Phrase::read(wrong, &mut Stems::default()).is_err(), "{wrong:?}");
        }
    }
}
