//! In which language the records of the sample are written, and which they declare.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::dcat::visible;
use crate::finding::Share;
use crate::platform::Catalogue;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Languages {
    names: BTreeMap<String, Vec<String>>,
}

static LANGUAGES: LazyLock<Languages> = LazyLock::new(|| match toml::from_str(include_str!("languages.toml")) {
    Ok(languages) => languages,
    Err(error) => panic!("invariant: the bundled names of languages are well formed: {error}"),
});

/// The fewest characters from which a language is guessed.
const TELLS: usize = 100;

/// What was seen of languages.
#[derive(Default)]
pub(super) struct Seen {
    /// How many of those whose language was told declare another.
    pub(super) disagrees: Option<Share>,
    /// Languages as declared and as detected.
    pub(super) rows: Vec<Row>,
}

/// Records by language; cells of tables are words.
#[derive(Serialize)]
pub(super) struct Row {
    declared: String,
    detected: String,
    datasets: String,
}

/// Reads the sample of a catalogue; of datasets that declare a language and whose text tells one, the share that disagree.
pub(super) fn of(catalogue: &Catalogue) -> Seen {
    let profile = &catalogue.profile;
    let mut counts: BTreeMap<(String, String), u64> = BTreeMap::new();
    let mut text = String::new();
    let (mut both, mut differ) = (0, 0);
    for dataset in profile.sample() {
        visible(&dataset.description, &mut text);
        let declared = declared(&dataset.language);
        let detected = detected(&text);
        if let (Some(declared), Some(detected)) = (&declared, detected) {
            both += 1;
            differ += u64::from(declared != detected);
        }
        let declared = declared.unwrap_or_else(|| dataset.language.trim().to_lowercase());
        let or_none = |code: String, none: &str| if code.is_empty() { none.to_owned() } else { code };
        let detected = or_none(detected.unwrap_or_default().to_owned(), "not told");
        *counts.entry((or_none(declared, "none"), detected)).or_default() += 1;
    }
    let mut rows: Vec<_> = counts.into_iter().collect();
    rows.sort_by_key(|(_, datasets)| u64::MAX - datasets);
    let row = |((declared, detected), datasets): ((String, String), u64)| Row {
        declared,
        detected,
        datasets: datasets.to_string(),
    };
    let disagrees = Share::of(differ, both, (profile.datasets + catalogue.not_drawn()).max(both));
    Seen {
        disagrees: disagrees.map(|share| share.beside(catalogue.unread())),
        rows: rows.into_iter().map(row).collect(),
    }
}

/// The code in ISO 639-3 of a language as it is declared: by tag, name, or address in a register.
fn declared(written: &str) -> Option<String> {
    let name = written.trim().trim_end_matches('/').rsplit('/').next()?.to_lowercase();
    let name = name.split(['-', '_', ';', ',']).next()?.trim();
    let known = |(code, names): &(&String, &Vec<String>)| *code == name || names.iter().any(|other| other == name);
    LANGUAGES.names.iter().find(known).map(|(code, _)| code.clone())
}

/// The code in ISO 639-3 of the language of a text, where that is beyond doubt.
fn detected(text: &str) -> Option<&'static str> {
    if text.chars().count() < TELLS {
        return None;
    }
    whatlang::detect(text).filter(whatlang::Info::is_reliable).map(|info| info.lang().code())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_named_in_many_ways() {
        let register = "http://publications.europa.eu/resource/authority/language/ENG";
        for written in ["en", "en-US", "eng", "English", register] {
            assert_eq!(declared(written).as_deref(), Some("eng"), "{written}");
        }
        assert_eq!(declared("tlh"), None);
    }

    #[test]
    fn only_a_long_text_tells_its_language() {
        let french = "Ce jeu de données contient les emplacements de tous les arbres plantés par la ville, avec leur \
                      espèce, leur âge et la date de leur dernière visite.";
        assert_eq!(detected(french), Some("fra"));
        assert_eq!(detected("Budget 2024"), None);
    }
}
