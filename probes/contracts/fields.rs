//! What a list of contracts may tell, and the words by which its columns are known.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use regex::{Regex, RegexSet};
use serde::{Deserialize, Serialize};

use super::names::{self, Likeness};

/// What a column of a list of contracts holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// What the contract is called.
    Name,
    /// What is bought.
    Description,
    /// When it begins.
    Start,
    /// When it ends.
    End,
    /// Both in one cell.
    Period,
    /// When offers are due, or when something is planned.
    Due,
    /// When it was agreed or written down.
    Signed,
    /// What it costs.
    Amount,
    /// Who sells.
    Vendor,
    /// Who buys.
    Department,
    /// How it stands.
    Status,
    /// By what rows of one contract are known.
    Number,
    /// Which change to the contract a row tells of.
    Revision,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "name",
            Self::Description => "description",
            Self::Start => "start",
            Self::End => "end",
            Self::Period => "start and end",
            Self::Due => "expected date",
            Self::Signed => "date of the record",
            Self::Amount => "amount",
            Self::Vendor => "vendor",
            Self::Department => "department",
            Self::Status => "status",
            Self::Number => "number",
            Self::Revision => "revision",
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    confidence: Confidence,
    words: Words,
    abbreviations: BTreeMap<String, String>,
    fields: BTreeMap<Field, Phrases>,
    standard: BTreeMap<Field, String>,
}

/// What a column's name and values count.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Confidence {
    same: u64,
    among: u64,
    within: u64,
    pub(super) values: u64,
    pub(super) sure: u64,
    pub(super) of_ten: usize,
    pub(super) rows: usize,
}

impl Confidence {
    /// What a name counts.
    pub(super) fn of(&self, likeness: Option<Likeness>) -> u64 {
        match likeness {
            Some(Likeness::Same) => self.same,
            Some(Likeness::Among) => self.among,
            Some(Likeness::Within) => self.within,
            None => 0,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    #[serde(deserialize_with = "crate::pattern::any")]
    never: RegexSet,
    years: [i16; 2],
    #[serde(deserialize_with = "crate::pattern::any")]
    blank: RegexSet,
    #[serde(deserialize_with = "crate::pattern::any")]
    open_amounts: RegexSet,
    beside_amounts: Vec<String>,
    #[serde(deserialize_with = "crate::pattern::any")]
    closed: RegexSet,
    #[serde(deserialize_with = "crate::pattern::any")]
    subject: RegexSet,
    #[serde(deserialize_with = "crate::pattern::any")]
    about: RegexSet,
    #[serde(deserialize_with = "crate::pattern::any")]
    payments: RegexSet,
    #[serde(deserialize_with = "crate::pattern::any")]
    others: RegexSet,
    #[serde(deserialize_with = "crate::pattern::any")]
    contracts: RegexSet,
    #[serde(deserialize_with = "crate::pattern::any")]
    day_first: RegexSet,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Phrases {
    among: Vec<String>,
    whole: Vec<String>,
    #[serde(deserialize_with = "crate::pattern::any")]
    never: RegexSet,
}

/// All words, made ready.
pub(super) struct Known {
    pub(super) confidence: Confidence,
    pub(super) never: RegexSet,
    pub(super) years: [i16; 2],
    pub(super) blank: RegexSet,
    pub(super) open_amounts: RegexSet,
    pub(super) beside_amounts: Regex,
    pub(super) closed: RegexSet,
    pub(super) subject: RegexSet,
    pub(super) about: RegexSet,
    pub(super) payments: RegexSet,
    pub(super) others: RegexSet,
    pub(super) contracts: RegexSet,
    pub(super) day_first: RegexSet,
    abbreviations: BTreeMap<String, String>,
    fields: BTreeMap<Field, Phrases>,
    standard: BTreeMap<Field, String>,
}

pub(super) static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let written: Written =
        toml::from_str(include_str!("fields.toml")).expect("invariant: the bundled words of contracts are well formed");
    let Words {
        never,
        years,
        blank,
        open_amounts,
        beside_amounts,
        closed,
        subject,
        about,
        payments,
        others,
        contracts,
        day_first,
    } = written.words;
    let beside_amounts = crate::pattern::compiled::<toml::de::Error>(&beside_amounts.join("|"))
        .expect("invariant: the words beside amounts are regular");
    Known {
        confidence: written.confidence,
        never,
        years,
        blank,
        open_amounts,
        beside_amounts,
        closed,
        subject,
        about,
        payments,
        others,
        contracts,
        day_first,
        abbreviations: written.abbreviations,
        fields: written.fields,
        standard: written.standard,
    }
});

impl Known {
    /// A column's name in plain words.
    pub(super) fn plain(&self, name: &str) -> String {
        names::plain(name, &self.abbreviations)
    }

    /// How like a field's the name is, and where in the field's list; lower is surer.
    pub(super) fn rank(&self, field: Field, plain: &str) -> Option<(Likeness, usize)> {
        let phrases = self.fields.get(&field)?;
        if phrases.never.is_match(plain) {
            return None;
        }
        let among = phrases.among.iter().enumerate();
        let among = among.filter_map(|(at, phrase)| Some((names::likeness(plain, phrase)?, at)));
        let last = phrases.among.len();
        let whole = phrases.whole.iter().enumerate().filter(|(_, word)| plain.trim() == word.as_str());
        among.chain(whole.map(|(at, _)| (Likeness::Same, last + at))).min()
    }

    /// Where open contracting data has a field.
    pub(super) fn in_standard(&self, field: Field) -> String {
        self.standard.get(&field).cloned().unwrap_or_default()
    }

    /// The fields, in their order.
    pub(super) fn fields(&self) -> impl Iterator<Item = Field> {
        self.fields.keys().copied()
    }

    /// Whether a cell says nothing.
    pub(super) fn is_blank(&self, cell: &str) -> bool {
        cell.is_empty() || self.blank.is_match(cell)
    }
}
