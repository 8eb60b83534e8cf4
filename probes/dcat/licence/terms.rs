//! What terms of use are called and where they stand on the web: data, with the patterns put together once.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};
use serde::Deserialize;

use super::{Class, Open};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    registers: Vec<String>,
    licences: Vec<Licence>,
    others: Vec<Other>,
}

/// A licence that is known by name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Licence {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) open: Open,
    #[serde(default)]
    url: Vec<String>,
    #[serde(default)]
    name_like: Vec<String>,
    #[serde(default)]
    within: Vec<String>,
}

/// Words or addresses that stand where a licence should.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Other {
    pub(super) class: Class,
    pub(super) says: String,
    #[serde(default)]
    url: Vec<String>,
    #[serde(default)]
    name_like: Vec<String>,
    #[serde(default)]
    within: Vec<String>,
}

/// Patterns of one kind, each with the place of its entry.
struct Patterns {
    set: RegexSet,
    each: Vec<(usize, Regex)>,
}

impl Patterns {
    fn new(patterns: impl Iterator<Item = (usize, String)>) -> Result<Self, regex::Error> {
        let patterns: Vec<(usize, String)> = patterns.collect();
        let each = patterns.iter().map(|(of, pattern)| Ok((*of, Regex::new(pattern)?)));
        Ok(Self {
            set: RegexSet::new(patterns.iter().map(|(_, pattern)| pattern))?,
            each: each.collect::<Result<_, regex::Error>>()?,
        })
    }

    /// The first entry that fits, with the version it names.
    fn find(&self, text: &str) -> Option<(usize, Option<String>)> {
        let first = self.set.matches(text).iter().next()?;
        let (of, regex) = &self.each[first];
        let captures = regex.captures(text)?;
        let whole = captures.name("whole").map(|number| format!("{}.0", number.as_str()));
        Some((*of, captures.name("version").map(|number| number.as_str().replace([' ', '-', '_'], ".")).or(whole)))
    }
}

/// All that is known of terms.
pub(super) struct Terms {
    pub(super) licences: Vec<Licence>,
    pub(super) others: Vec<Other>,
    registers: Regex,
    licence: By,
    other: By,
}

/// Patterns by what they are held against.
struct By {
    url: Patterns,
    name: Patterns,
    within: Patterns,
}

const VERSION: &str = r"(?P<version>[1-9][. _-][0-9])";

impl Terms {
    fn read(text: &str) -> Result<Self, String> {
        let written: Written = toml::from_str(text).map_err(|error| error.to_string())?;
        let kinds = |url: Vec<&[String]>, name: Vec<&[String]>, within: Vec<&[String]>| -> Result<By, regex::Error> {
            let flat = |lists: Vec<&[String]>, whole: bool| {
                let of = |(at, list): (usize, &[String])| -> Vec<(usize, String)> {
                    let pattern = |pattern: &String| pattern.replace("{version}", VERSION);
                    let anchored = |pattern: String| if whole { format!("^(?:{pattern})$") } else { pattern };
                    list.iter().map(|one| (at, anchored(pattern(one)))).collect()
                };
                Patterns::new(lists.into_iter().enumerate().flat_map(of))
            };
            Ok(By { url: flat(url, false)?, name: flat(name, true)?, within: flat(within, false)? })
        };
        let licence = kinds(
            written.licences.iter().map(|one| one.url.as_slice()).collect(),
            written.licences.iter().map(|one| one.name_like.as_slice()).collect(),
            written.licences.iter().map(|one| one.within.as_slice()).collect(),
        );
        let other = kinds(
            written.others.iter().map(|one| one.url.as_slice()).collect(),
            written.others.iter().map(|one| one.name_like.as_slice()).collect(),
            written.others.iter().map(|one| one.within.as_slice()).collect(),
        );
        let registers =
            Regex::new(&format!("^(?:{})(?P<id>.+?)(?:\\.html?|\\.jsonld|/)?$", written.registers.join("|")));
        let wrong = |error: regex::Error| error.to_string();
        Ok(Self {
            licences: written.licences,
            others: written.others,
            registers: registers.map_err(wrong)?,
            licence: licence.map_err(wrong)?,
            other: other.map_err(wrong)?,
        })
    }

    /// The licence at an address, bare of its scheme and in small letters.
    pub(super) fn licence_at(&self, url: &str) -> Option<(&Licence, Option<String>)> {
        let found = self.licence.url.find(url).or_else(|| {
            let id = self.registers.captures(url)?;
            self.licence.name.find(&super::words(&id["id"]))
        });
        found.map(|(at, version)| (&self.licences[at], version))
    }

    /// The licence of this name, or named in these words.
    pub(super) fn licence_called(&self, words: &str) -> Option<(&Licence, Option<String>)> {
        let found = self.licence.name.find(words).or_else(|| self.licence.within.find(words));
        found.map(|(at, version)| (&self.licences[at], version))
    }

    /// What else stands at an address.
    pub(super) fn other_at(&self, url: &str) -> Option<&Other> {
        self.other.url.find(url).map(|(at, _)| &self.others[at])
    }

    /// What else words say, the first that fits.
    pub(super) fn other_called(&self, words: &str) -> Option<&Other> {
        let found = self.other.name.find(words).or_else(|| self.other.within.find(words));
        found.map(|(at, _)| &self.others[at])
    }
}

pub(super) static TERMS: LazyLock<Terms> = LazyLock::new(|| match Terms::read(include_str!("terms.toml")) {
    Ok(terms) => terms,
    Err(error) => panic!("invariant: the bundled terms are well formed: {error}"),
});
