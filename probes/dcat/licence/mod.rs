//! What a field for a licence really holds: a known licence, the publisher's own terms, or something else in its place.

mod measure;
mod terms;

use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};

use super::visible::visible;
use super::{Dataset, Licence};
pub use measure::Licences;
use terms::TERMS;

/// What stands where a licence should, the clearest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// A licence, or another well-known statement of rights.
    Recognised,
    /// The publisher's own terms, or an address of some: a person must read them.
    OwnTerms,
    /// Words that limit liability or purpose, and allow nothing.
    Disclaimer,
    /// Words that keep all rights, or want permission to be asked for.
    Refusal,
    /// Something that only fills the field.
    Placeholder,
    /// Nothing.
    None,
}

/// Whether anyone may use, change and share the data for any purpose (opendefinition.org).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Open {
    /// So it is.
    Yes,
    /// Some use or user is shut out.
    No,
    /// The name does not tell.
    Unknown,
}

/// What was made of a licence as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// What it is.
    pub class: Class,
    /// Its id, as SPDX has it where SPDX has it; empty unless it was recognised.
    pub id: String,
    /// Its name; else what is written, or what that is.
    pub name: String,
    /// Whether it is open; of anything but a known licence that is unknown.
    pub open: Open,
}

impl Judged {
    fn other(class: Class, name: impl Into<String>) -> Self {
        Self { class, id: String::new(), name: name.into(), open: Open::Unknown }
    }
}

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| match Regex::new(r#"https?://[^\s"'<>)]+"#) {
    Ok(regex) => regex,
    Err(error) => panic!("invariant: the pattern of an address is well formed: {error}"),
});

/// How much of a text is read, in bytes: licences are not longer than that before they say what they are.
const READ: usize = 20_000;

/// What `licence` is.
pub fn judge(licence: &Licence) -> Judged {
    if licence.name.trim().is_empty() && licence.url.trim().is_empty() {
        return Judged::other(Class::None, "");
    }
    let name = head(&licence.name);
    let mut seen = String::new();
    visible(name, &mut seen);
    let words = words(&seen);
    let addresses: Vec<String> = std::iter::once(head(&licence.url))
        .chain(ADDRESS.find_iter(name).map(|found| found.as_str()))
        .map(bare)
        .collect();
    let recognised =
        addresses.iter().find_map(|address| TERMS.licence_at(address)).or_else(|| TERMS.licence_called(&words));
    if let Some((known, version)) = recognised {
        let put = |text: &str, before: &str| {
            text.replace("{version}", &version.as_ref().map(|number| format!("{before}{number}")).unwrap_or_default())
        };
        return Judged {
            class: Class::Recognised,
            id: put(&known.id, "-"),
            name: put(&known.name, " "),
            open: known.open,
        };
    }
    let other = TERMS.other_called(&words).map(|other| (other.class, other.says.as_str()));
    let at =
        addresses.iter().find_map(|address| TERMS.other_at(address)).map(|other| (other.class, other.says.as_str()));
    let address = addresses.iter().find(|address| !address.is_empty());
    match (other, at, address) {
        // Words that say nothing do not hide what an address says.
        (Some((Class::Placeholder, _)) | None, Some((class, says)), _) => Judged::other(class, says),
        (Some((Class::Placeholder, _)), None, Some(address)) => Judged::other(Class::OwnTerms, address),
        (Some((class, _)), _, _) => Judged::other(class, seen),
        (None, None, Some(address)) if words.is_empty() => Judged::other(Class::OwnTerms, address),
        (None, None, _) if words.is_empty() => Judged::other(Class::Placeholder, "markup without a word"),
        (None, None, _) => Judged::other(Class::OwnTerms, seen),
    }
}

impl Dataset {
    /// The licence under which the dataset can be had: its own, else the least clear of its distributions' licences.
    ///
    /// Words about rights count only where they name a licence: `read` is a permission of the platform.
    pub fn terms(&self, judge: &mut dyn FnMut(&Licence) -> Judged) -> Judged {
        let own = judge(&self.licence);
        if own.class < Class::Placeholder {
            return own;
        }
        let given = self.distributions.iter().map(|one| &one.licence).filter(|licence| !licence.is_blank());
        if let Some(worst) = given.map(&mut *judge).max_by_key(|judged| (judged.class, judged.open)) {
            return if worst.class < own.class { worst } else { own };
        }
        if !self.rights.is_empty() {
            let rights = judge(&Licence::written(&self.rights));
            if rights.class == Class::Recognised {
                return rights;
            }
        }
        own
    }
}

/// An address without what makes no difference, in small letters.
fn bare(url: &str) -> String {
    let url = url.trim().to_lowercase();
    let url = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or(&url);
    url.strip_prefix("www.").unwrap_or(url).to_owned()
}

/// Words in small letters with single blanks between them; of other signs only the full stop of a number is left.
fn words(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    let mut letters = text.chars().flat_map(char::to_lowercase).peekable();
    while let Some(letter) = letters.next() {
        let point = letter == '.'
            && words.ends_with(|before: char| before.is_ascii_digit())
            && letters.peek().is_some_and(char::is_ascii_digit);
        if letter.is_alphanumeric() || point {
            words.push(letter);
        } else if !words.is_empty() && !words.ends_with(' ') {
            words.push(' ');
        }
    }
    words.truncate(words.trim_end().len());
    words
}

fn head(text: &str) -> &str {
    &text[..text.floor_char_boundary(READ)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dcat::Distribution;

    fn judged(written: &str) -> Judged {
        judge(&Licence::written(written))
    }

    #[test]
    fn licences_are_recognised_however_they_are_written() {
        let cases = [
            ("https://creativecommons.org/licenses/by/4.0/legalcode", "CC-BY-4.0", Open::Yes),
            ("https://i.creativecommons.org/l/by-nc/4.0/88x31.png", "CC-BY-NC-4.0", Open::No),
            ("Creative Commons Attribution | Share Alike 3.0 Unported", "CC-BY-SA-3.0", Open::Yes),
            ("Creative Commons Attribution-NonCommercial-NoDerivs 3.0", "CC-BY-NC-ND-3.0", Open::No),
            ("cc-by", "CC-BY", Open::Yes),
            ("cc-zero", "CC0-1.0", Open::Yes),
            ("Creative Commons 1.0 Universal (Public Domain Dedication)", "CC0-1.0", Open::Yes),
            ("http://publications.europa.eu/resource/authority/licence/CC_BY_4_0", "CC-BY-4.0", Open::Yes),
            ("http://publications.europa.eu/resource/authority/licence/CC_BYNCND_4_0", "CC-BY-NC-ND-4.0", Open::No),
            ("https://spdx.org/licenses/ODbL-1.0.html", "ODbL-1.0", Open::Yes),
            ("http://opendefinition.org/licenses/odc-pddl/", "PDDL-1.0", Open::Yes),
            ("Open Data Commons Attribution License", "ODC-By-1.0", Open::Yes),
            ("Licence Ouverte v2.0 (Etalab)", "etalab-2.0", Open::Yes),
            ("fr-lo", "etalab", Open::Yes),
            ("https://www.govdata.de/dl-de/by-2-0", "DL-DE-BY-2.0", Open::Yes),
            ("http://dcat-ap.de/def/licenses/dl-zero-de/2.0", "DL-DE-ZERO-2.0", Open::Yes),
            ("https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/", "OGL-UK-3.0", Open::Yes),
            ("Open Government Licence – Exampleton", "OGL", Open::Yes),
            ("https://data.norge.no/nlod/en/2.0/", "NLOD-2.0", Open::Yes),
            ("http://www.usa.gov/publicdomain/label/1.0/", "US-Government-Work", Open::Yes),
            ("Public Domain U.S. Government", "US-Government-Work", Open::Yes),
            ("U.S. Government Work", "US-Government-Work", Open::Yes),
            ("Public Domain", "public-domain", Open::Yes),
            ("Other (Open)", "other-open", Open::Unknown),
            ("Other (Not Open)", "other-closed", Open::No),
            (
                "<p>Licensed under <a href='https://creativecommons.org/licenses/by/4.0/'>these terms</a>.</p>",
                "CC-BY-4.0",
                Open::Yes,
            ),
            (
                "<DIV>This work is licensed under a Creative Commons Attribution 4.0 International License.</DIV>",
                "CC-BY-4.0",
                Open::Yes,
            ),
        ];
        for (written, id, open) in cases {
            let judged = judged(written);
            assert_eq!((judged.class, judged.id.as_str(), judged.open), (Class::Recognised, id, open), "{written}");
        }
    }

    #[test]
    fn what_is_no_licence_is_told_apart() {
        let cases = [
            ("License not specified", Class::Placeholder),
            ("No license provided", Class::Placeholder),
            ("<div><span></span></div>", Class::Placeholder),
            ("https://hub.arcgis.com/api/v2/datasets/0a1b/license", Class::Placeholder),
            ("https://data.example.gov/datasets/00000000000000000000000000000000_1/license.json", Class::Placeholder),
            ("https://project-open-data.cio.gov/unknown-license/#v1-legacy/other", Class::Placeholder),
            ("To be added.", Class::Placeholder),
            ("No license provided. Request permission to use.", Class::Refusal),
            ("The City reserves all rights in its databases.", Class::Refusal),
            ("<p>The data is provided &quot;as is&quot; without warranty of any kind.</p>", Class::Disclaimer),
            ("For planning purposes only", Class::Disclaimer),
            ("See Terms of Use", Class::OwnTerms),
            ("https://www.example.gov/policy/data", Class::OwnTerms),
            ("There are no restrictions on use; the data is provided as is.", Class::OwnTerms),
            (" ", Class::None),
        ];
        for (written, class) in cases {
            assert_eq!(judged(written).class, class, "{written}");
        }
    }

    #[test]
    fn a_dataset_is_had_under_its_own_terms_or_the_least_clear_of_its_files() {
        let of = |own: &str, files: &[&str], rights: &str| {
            let file = |written: &&str| Distribution { licence: Licence::written(written), ..Distribution::default() };
            Dataset {
                licence: Licence::written(own),
                distributions: files.iter().map(file).collect(),
                rights: rights.to_owned(),
                ..Dataset::default()
            }
            .terms(&mut judge)
        };
        assert_eq!(of("cc-by", &["other-closed"], "").id, "CC-BY");
        assert_eq!(of("", &["cc-by", "CC-BY-NC-4.0", ""], "").id, "CC-BY-NC-4.0");
        assert_eq!(of("notspecified", &["cc-by"], "").id, "CC-BY");
        assert_eq!(of("", &[], "read").class, Class::None);
        assert_eq!(of("", &[], "https://creativecommons.org/publicdomain/zero/1.0/").id, "CC0-1.0");
    }
}
