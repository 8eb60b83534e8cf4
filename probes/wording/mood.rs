//! How a sentence speaks: whether it orders, allows or tells, and whether it is a recital or a definition.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::Language;
use super::word::Word;

/// Whether a sentence orders, allows or tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mood {
    /// It tells what is, or was.
    Plain,
    /// It leaves something open, or hopes for it.
    Permission,
    /// It orders, or promises.
    Mandate,
}

/// How a sentence speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speech {
    /// Whether it orders, allows or tells.
    pub mood: Mood,
    /// Whether it only gives a reason for what follows.
    pub recital: bool,
    /// Whether it begins what recitals lead up to.
    pub enacts: bool,
    /// Whether it says what a word means.
    pub definition: bool,
    /// The places, by word, that turn what follows into its opposite.
    pub negations: Vec<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Moods {
    mandate: Vec<String>,
    /// Endings of verbs that order by what will be done.
    #[serde(default)]
    will_be: Vec<String>,
    /// Words that end so and order nothing.
    #[serde(default)]
    not_will_be: Vec<String>,
    permission: Vec<String>,
    negation: Vec<String>,
    not_negation: Vec<String>,
    recital: Vec<String>,
    enacting: Vec<String>,
    definition: Vec<String>,
}

/// Phrases as words.
struct Phrases(Vec<Vec<String>>);

struct Known {
    mandate: Phrases,
    will_be: Vec<String>,
    not_will_be: Vec<String>,
    permission: Phrases,
    negation: Phrases,
    not_negation: Phrases,
    recital: Phrases,
    enacting: Phrases,
    definition: Phrases,
}

/// In the order of [`Language::ALL`].
static KNOWN: [LazyLock<Known>; 3] = [
    LazyLock::new(|| Known::bundled(include_str!("moods.toml"))),
    LazyLock::new(|| Known::bundled(include_str!("moods-spanish.toml"))),
    LazyLock::new(|| Known::bundled(include_str!("moods-portuguese.toml"))),
];

impl Known {
    fn bundled(file: &str) -> Self {
        let moods: Moods = match toml::from_str(file) {
            Ok(moods) => moods,
            Err(error) => panic!("invariant: the bundled moods are well formed: {error}"),
        };
        let phrases = |texts: Vec<String>| {
            Phrases(texts.iter().map(|text| text.split(' ').map(str::to_owned).collect()).collect())
        };
        Self {
            mandate: phrases(moods.mandate),
            will_be: moods.will_be,
            not_will_be: moods.not_will_be,
            permission: phrases(moods.permission),
            negation: phrases(moods.negation),
            not_negation: phrases(moods.not_negation),
            recital: phrases(moods.recital),
            enacting: phrases(moods.enacting),
            definition: phrases(moods.definition),
        }
    }

    /// Whether a word says what will be done.
    fn will_be(&self, word: &str) -> bool {
        self.will_be.iter().any(|ending| word.len() > ending.len() && word.ends_with(ending.as_str()))
            && !self.not_will_be.iter().any(|other| other == word)
    }
}

/// A definition says so within its first words: what is defined is short.
const DEFINED_WITHIN: usize = 10;

impl Phrases {
    /// The length of the longest phrase that begins at `at`.
    fn at(&self, words: &[String], at: usize) -> Option<usize> {
        self.0.iter().filter(|phrase| words[at..].starts_with(phrase)).map(Vec::len).max()
    }

    /// The first place where a phrase begins.
    fn within(&self, words: &[String], places: usize) -> Option<usize> {
        (0..words.len().min(places)).find(|at| self.at(words, *at).is_some())
    }
}

/// How the sentence of `words` speaks.
pub fn speech(words: &[Word<'_>], language: Language) -> Speech {
    // The month is no permission.
    let month = |at: usize, word: &Word<'_>| at > 0 && word.text == "May";
    let words: Vec<String> = words
        .iter()
        .enumerate()
        .map(
            |(at, word)| {
                if month(at, word) { String::new() } else { word.text.to_lowercase().replace('\u{2019}', "'") }
            },
        )
        .collect();
    let known = &*KNOWN[language as usize];
    let all = words.len();
    let mandate = known.mandate.within(&words, all).is_some() || words.iter().any(|word| known.will_be(word));
    let mood = match (mandate, known.permission.within(&words, all)) {
        (true, _) => Mood::Mandate,
        (false, Some(_)) => Mood::Permission,
        (false, None) => Mood::Plain,
    };
    let mut negations = Vec::new();
    let mut at = 0;
    while at < all {
        if let Some(length) = known.not_negation.at(&words, at) {
            at += length;
            continue;
        }
        if known.negation.at(&words, at).is_some() {
            negations.push(at);
        }
        at += 1;
    }
    Speech {
        mood,
        recital: known.recital.within(&words, 3).is_some(),
        enacts: known.enacting.within(&words, 3).is_some(),
        definition: known.definition.within(&words, DEFINED_WITHIN).is_some(),
        negations,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wording::words;

    #[test]
    fn orders_recitals_and_definitions_are_told_apart() {
        let speech = |text: &str| speech(&words(text), Language::English);
        assert_eq!(speech("The board shall meet.").mood, Mood::Mandate);
        assert_eq!(speech("The board may meet.").mood, Mood::Permission);
        assert_eq!(speech("The board met in May.").mood, Mood::Plain);
        assert!(speech("WHEREAS, open data builds trust;").recital);
        assert!(speech("\u{201c}Data\u{201d} means facts.").definition);
        assert!(!speech("The board finds by every means facts.").negations.contains(&0));
    }

    #[test]
    fn not_only_and_not_later_than_deny_nothing() {
        let speech = |text: &str| speech(&words(text), Language::English);
        assert_eq!(speech("It shall not publish.").negations, [2]);
        assert!(speech("Not later than May, including but not limited to maps.").negations.is_empty());
    }

    #[test]
    fn other_languages_order_by_what_will_be_done() {
        for (language, texts) in [
            (
                Language::Spanish,
                [
                    "Las dependencias publicarán sus datos.",
                    "Podrá publicarlos.",
                    "Publica sus datos.",
                    "CONSIDERANDO que",
                ],
            ),
            (
                Language::Portuguese,
                ["Os órgãos publicarão os dados.", "Poderá publicá-los.", "Um padrão no verão.", "Considerando que"],
            ),
        ] {
            let [orders, allows, tells, recital] = texts.map(|text| speech(&words(text), language));
            assert_eq!([orders.mood, allows.mood, tells.mood], [Mood::Mandate, Mood::Permission, Mood::Plain]);
            assert!(recital.recital && !orders.recital);
        }
        assert!(speech(&words("El acceso es sin costo."), Language::Spanish).negations.is_empty());
    }
}
