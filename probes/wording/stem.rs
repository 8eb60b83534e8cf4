//! A word's stem: what is left when endings and spellings differ.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rust_stemmers::Stemmer;
use serde::Deserialize;

use super::{Language, unaccented};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spelling {
    /// Words whose stem is that of another: where the algorithm would take two words for one, or one for two. A word
    /// that is given for itself is its own stem.
    like: BTreeMap<String, String>,
    /// Endings that British and American writers spell differently: from, to.
    endings: Vec<(String, String)>,
}

static SPELLING: LazyLock<Spelling> = LazyLock::new(|| match toml::from_str(include_str!("spelling.toml")) {
    Ok(spelling) => spelling,
    Err(error) => panic!("invariant: the bundled spellings are well formed: {error}"),
});

/// Shorter words have no ending to respell.
const RESPELLED: usize = 6;

/// The stem of `word`: lower case, in English one spelling for British and American, without its ending (Snowball's).
pub fn stem(word: &str, language: Language) -> String {
    let low = word.to_lowercase().replace('\u{2019}', "'");
    if language != Language::English {
        return Stemmer::create(language.stemmer()).stem(&low).into_owned();
    }
    let low = if low.is_ascii() { low } else { as_english_writes(&low) };
    let owner = low.strip_suffix("'s").or_else(|| low.strip_suffix('\'')).unwrap_or(&low);
    let mut word = SPELLING.like.get(owner).map_or(owner, String::as_str).to_owned();
    if SPELLING.like.get(&word) == Some(&word) {
        return word;
    }
    if word.chars().count() >= RESPELLED
        && let Some((start, to)) =
            SPELLING.endings.iter().find_map(|(from, to)| Some((word.strip_suffix(from.as_str())?, to)))
    {
        word = format!("{start}{to}");
    }
    Stemmer::create(language.stemmer()).stem(&word).into_owned()
}

/// Text that was recognised in a picture has accents on words that bear none, and a PDF joins letters.
fn as_english_writes(word: &str) -> String {
    word.replace('\u{fb01}', "fi").replace('\u{fb02}', "fl").chars().map(unaccented).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stem(word: &str) -> String {
        super::stem(word, Language::English)
    }

    #[test]
    fn other_languages_have_stems_of_their_own() {
        let same = |language, one, other| assert_eq!(super::stem(one, language), super::stem(other, language));
        same(Language::Spanish, "Abiertas", "abierto");
        same(Language::Portuguese, "abertas", "Aberto");
    }

    #[test]
    fn forms_and_spellings_of_a_word_have_one_stem() {
        for (one, other) in [
            ("prioritisation", "Prioritization"),
            ("prioritise", "prioritizing"),
            ("programmes", "program"),
            ("catalogue", "catalogs"),
            ("City\u{2019}s", "cities"),
            ("analyses", "analysis"),
            ("Proact\u{ec}vely", "proactive"),
            ("of\u{fb01}cer", "officer"),
        ] {
            assert_eq!(stem(one), stem(other), "{one} {other}");
        }
        assert_ne!(stem("public"), stem("publication"));
        assert_eq!(stem("coordinators"), stem("coordinator"));
        assert_ne!(stem("coordinator"), stem("coordination"));
        assert_ne!(stem("directives"), stem("director"));
        for (one, other) in [
            ("usefulness", "use"),
            ("integrity", "integrated"),
            ("practicable", "practice"),
            ("officer", "office"),
            ("manager", "management"),
            ("provider", "provide"),
            ("government", "govern"),
            ("timely", "time"),
        ] {
            assert_ne!(stem(one), stem(other), "{one} {other}");
        }
        assert_eq!(stem("publish"), stem("publication"));
    }
}
