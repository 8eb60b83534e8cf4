//! The names of columns: abbreviations spelled out, accents left out, words that run together told by what they hold.

use std::collections::BTreeMap;

use crate::roles;
use crate::wording::unaccented;

/// The shortest phrase that may be found within words that run together, in letters.
const WITHIN: usize = 7;

/// How surely a name is a phrase's: the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    /// The name is the phrase.
    Same,
    /// The phrase stands among the name's words.
    Among,
    /// The phrase stands in words that run together.
    Within,
}

/// A column's name in plain words, a blank before and after each.
pub(super) fn plain(name: &str, abbreviations: &BTreeMap<String, String>) -> String {
    let name: String = name.replace('#', " number ").chars().map(unaccented).collect();
    let words = roles::words(&name);
    words
        .split(' ')
        .filter(|word| !word.is_empty())
        .fold(" ".to_owned(), |all, word| all + abbreviations.get(word).map_or(word, String::as_str) + " ")
}

/// How like `phrase` a name in plain words is, if at all.
pub(super) fn likeness(plain: &str, phrase: &str) -> Option<Likeness> {
    let squeezed = |text: &str| text.replace(' ', "");
    if plain.trim() == phrase || squeezed(plain) == squeezed(phrase) {
        Some(Likeness::Same)
    } else if plain.contains(&format!(" {phrase} ")) {
        Some(Likeness::Among)
    } else if squeezed(phrase).len() >= WITHIN && squeezed(plain).contains(&squeezed(phrase)) {
        Some(Likeness::Within)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelled_out() {
        let abbreviations = [("dt", "date"), ("nbr", "number")].map(|(a, b)| (a.to_owned(), b.to_owned())).into();
        assert_eq!(plain("EXPIRE_DT", &abbreviations), " expire date ");
        assert_eq!(plain("Vigência até", &abbreviations), " vigencia ate ");
        assert_eq!(plain("Contract #", &abbreviations), " contract number ");
    }

    #[test]
    fn a_phrase_is_found_in_words_that_run_together() {
        assert_eq!(likeness(" contractenddate ", "contract end date"), Some(Likeness::Same));
        assert_eq!(likeness(" current contract end date ", "end date"), Some(Likeness::Among));
        assert_eq!(likeness(" primecontractenddate ", "end date"), Some(Likeness::Within));
        assert_eq!(likeness(" vendor ", "end"), None);
    }
}
