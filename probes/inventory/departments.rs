//! Names of departments: when two mean the same, and what looks like one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::{Regex, RegexSet};
use serde::{Deserialize, Deserializer};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    generic: BTreeSet<String>,
    short: BTreeMap<String, String>,
    #[serde(deserialize_with = "crate::pattern::any")]
    nothing: RegexSet,
    #[serde(deserialize_with = "crate::pattern::any")]
    yes: RegexSet,
    #[serde(deserialize_with = "pattern")]
    words: Regex,
    #[serde(deserialize_with = "crate::pattern::any")]
    links: RegexSet,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| match toml::from_str(include_str!("departments.toml")) {
    Ok(known) => known,
    Err(error) => panic!("invariant: the bundled words about departments are well formed: {error}"),
});

fn pattern<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Regex, D::Error> {
    Regex::new(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

/// Whether a cell says that there is nothing to list.
pub(super) fn is_nothing(cell: &str) -> bool {
    cell.is_empty() || KNOWN.nothing.is_match(cell)
}

/// Whether a cell says that a department takes part.
pub(super) fn is_yes(cell: &str) -> bool {
    KNOWN.yes.is_match(cell)
}

/// Whether words look like the name of a department.
pub(super) fn looks_like_one(words: &str) -> bool {
    words.chars().count() < 80 && KNOWN.words.is_match(words)
}

/// Whether the words of a link say that it leads to a list of departments.
pub(super) fn leads_to_a_list(words: &str) -> bool {
    KNOWN.links.is_match(words.trim())
}

/// A department's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    /// As it was first written.
    pub(super) written: String,
    /// The words that tell it from others.
    words: BTreeSet<String>,
    /// The acronym that was given with it.
    given: Option<String>,
    /// Acronyms that may stand for it: that one, and those made of its words.
    acronyms: BTreeSet<String>,
}

impl Name {
    /// The name as it is `written`, with the acronym that stands beside it.
    pub(super) fn new(written: &str, acronym: Option<&str>) -> Self {
        let (bare, in_brackets) = match written.split_once('(') {
            Some((before, rest)) => (before, rest.split(')').next()),
            None => (written, None),
        };
        let all: Vec<String> = bare
            .replace("'s", "")
            .replace('’', "")
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        let long = |word: &String| KNOWN.short.get(word).map_or(word.as_str(), String::as_str).to_owned();
        let long: Vec<String> =
            all.iter().flat_map(|word| long(word).split(' ').map(str::to_owned).collect::<Vec<_>>()).collect();
        let telling: BTreeSet<String> = long.iter().filter(|word| !KNOWN.generic.contains(*word)).cloned().collect();
        let words = if telling.is_empty() { long.iter().cloned().collect() } else { telling };
        let given = [acronym, in_brackets].into_iter().flatten().find(|text| is_acronym(text)).map(str::to_lowercase);
        let mut acronyms: BTreeSet<String> = given.iter().cloned().collect();
        let initials = |with_small: bool| -> String {
            let small = |word: &String| matches!(word.as_str(), "of" | "the" | "and" | "for" | "on" | "to");
            all.iter().filter(|word| with_small || !small(word)).filter_map(|word| word.chars().next()).collect()
        };
        if all.len() > 1 {
            acronyms.extend([initials(false), initials(true)].into_iter().filter(|made| made.len() > 1));
        }
        Self { written: written.to_owned(), words, given, acronyms }
    }

    /// Whether both are the same department.
    pub(super) fn same(&self, other: &Self) -> bool {
        let alone = |one: &Self, other: &Self| {
            is_acronym(one.written.trim()) && other.acronyms.contains(&one.written.trim().to_lowercase())
        };
        let given = self.given.is_some() && self.given == other.given;
        given || self.words == other.words || alone(self, other) || alone(other, self)
    }
}

/// Whether a text is short and in capital letters.
fn is_acronym(text: &str) -> bool {
    let text = text.trim();
    (2..=8).contains(&text.chars().count()) && text.chars().all(|c| c.is_uppercase() || c.is_ascii_digit())
}

/// The most different names that are told apart: no city has more departments.
const MOST: usize = 1000;

/// Different names, each once, in the order in which they first stand.
pub(super) fn distinct(names: impl IntoIterator<Item = Name>) -> Vec<Name> {
    let mut all: Vec<Name> = Vec::new();
    let mut seen = BTreeSet::new();
    for name in names {
        if all.len() == MOST {
            break;
        }
        if seen.insert(name.words.clone()) && !all.iter().any(|other| other.same(&name)) {
            all.push(name);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(one: &str, other: &str) -> bool {
        Name::new(one, None).same(&Name::new(other, None))
    }

    #[test]
    fn a_department_has_many_names() {
        assert!(same("Department of Parks and Recreation", "Parks & Rec"));
        assert!(same("Mayor's Office", "Office of the Mayor"));
        assert!(same("Police Department (PD)", "Police"));
        assert!(same("DPW", "Department of Public Works"));
        assert!(!same("Department of Public Works", "Department of Public Health"));
        assert!(!same("Fire", "Fire Museum"));
        assert_eq!(distinct(["Police", "Police Department", "Fire"].map(|name| Name::new(name, None))).len(), 2);
    }

    #[test]
    fn departments_are_told_from_other_words() {
        assert!(looks_like_one("Public Works") && looks_like_one("Office of the City Clerk"));
        assert!(!looks_like_one("Pay a bill"));
        assert!(leads_to_a_list("Departments A-Z") && leads_to_a_list("City Departments & Agencies"));
        assert!(!leads_to_a_list("The police department is hiring"));
    }
}
