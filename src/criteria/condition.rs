//! A sign: a probe's finding, and conditions on its facts, held three-valued against a finding.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use probes::finding::{Fact, Finding};
use probes::spec::FactType;
use serde::Deserialize;
use toml::{Spanned, Value};

use super::verdict::{Lead, Shows};

/// What facts must be, by their names.
pub type Conditions = BTreeMap<Spanned<String>, Spanned<BTreeMap<Operator, Value>>>;

/// A finding that a scheme waits for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sign {
    /// The probe's id.
    pub probe: Spanned<String>,
    /// The finding's code.
    pub finding: Spanned<String>,
    /// What its facts must be; all of it.
    #[serde(default, rename = "where")]
    pub conditions: Conditions,
    /// What its facts must be for it to say anything at all of the matter; where they are not, that stays open.
    #[serde(default)]
    pub given: Conditions,
    /// How strongly it bears on a question; only among leads.
    pub lead: Option<Lead>,
    /// The fact that says which share of a clause's points is earned; only under earns.
    pub fact: Option<Spanned<String>>,
}

/// How a fact is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operator {
    /// Not below.
    AtLeast,
    /// Not above.
    AtMost,
    /// Above.
    MoreThan,
    /// Below.
    LessThan,
    /// Equal.
    Is,
    /// Equal to one of a list.
    OneOf,
    /// Every one of these words stands in the list.
    ContainsAll,
    /// None of these words stands in the list.
    ContainsNone,
}

impl Sign {
    /// Whether `finding` is of this probe and code.
    pub fn names(&self, finding: &Finding) -> bool {
        finding.probe == *self.probe.get_ref() && finding.code == *self.finding.get_ref()
    }

    /// Whether a finding that the sign names says anything of the matter.
    pub fn speaks(&self, finding: &Finding) -> bool {
        all(&self.given, finding) == Shows::Yes
    }

    /// Holds the conditions against a finding that the sign names.
    pub fn holds(&self, finding: &Finding) -> Shows {
        if self.speaks(finding) { all(&self.conditions, finding) } else { Shows::Unsure }
    }
}

/// Whether all conditions hold: a no decides, then what is left open.
fn all(conditions: &Conditions, finding: &Finding) -> Shows {
    let mut shows = Shows::Yes;
    for (name, tests) in conditions {
        for (operator, value) in tests.get_ref() {
            match finding.facts.get(name.get_ref()).map_or(Shows::Unsure, |fact| operator.holds(fact, value)) {
                Shows::No => return Shows::No,
                Shows::Unsure => shows = Shows::Unsure,
                Shows::Yes => {}
            }
        }
    }
    shows
}

impl fmt::Display for Sign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.probe.get_ref(), self.finding.get_ref())?;
        for (begin, conditions) in [("where", &self.conditions), ("given", &self.given)] {
            let tests =
                conditions.iter().flat_map(|(name, tests)| tests.get_ref().iter().map(move |test| (name, test)));
            for (n, (name, (operator, value))) in tests.enumerate() {
                let word = if n == 0 { begin } else { "and" };
                write!(f, ", {word} {} {operator} {value}", name.get_ref())?;
            }
        }
        if let Some(fact) = &self.fact {
            write!(f, ": {}", fact.get_ref())?;
        }
        Ok(())
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AtLeast => "at-least",
            Self::AtMost => "at-most",
            Self::MoreThan => "more-than",
            Self::LessThan => "less-than",
            Self::Is => "is",
            Self::OneOf => "one-of",
            Self::ContainsAll => "contains-all",
            Self::ContainsNone => "contains-none",
        })
    }
}

impl Operator {
    /// What is wrong with comparing a fact of this type to this value, if anything.
    pub fn problem(self, fact: FactType, value: &Value) -> Option<String> {
        use FactType as T;
        let words =
            |value: &Value| value.as_array().is_some_and(|list| !list.is_empty() && list.iter().all(Value::is_str));
        let (typed, fits, wanted) = match self {
            Self::AtLeast | Self::AtMost | Self::MoreThan | Self::LessThan => (
                matches!(fact, T::Count | T::Number | T::Share | T::Days | T::Date),
                if fact == T::Date { date(value).is_some() } else { number(value).is_some() },
                if fact == T::Date { "a date" } else { "a number" },
            ),
            Self::Is => match fact {
                T::Text => (true, value.is_str(), "words in quotes"),
                T::YesNo => (true, value.is_bool(), "true or false"),
                T::Date => (true, date(value).is_some(), "a date"),
                T::Count | T::Number | T::Days => (true, number(value).is_some(), "a number"),
                T::Share | T::List | T::Table => (false, true, ""),
            },
            Self::OneOf => (fact == T::Text, words(value), "a list of words"),
            Self::ContainsAll | Self::ContainsNone => (fact == T::List, words(value), "a list of words"),
        };
        if !typed {
            let fitting = match fact {
                T::Text => "is or one-of",
                T::List => "contains-all or contains-none",
                T::Share => "at-least, at-most, more-than or less-than",
                T::YesNo => "is",
                T::Table => "nothing: a table is never compared",
                _ => "at-least, at-most, more-than, less-than or is",
            };
            return Some(format!("the fact is of type {fact}, to which this operator does not apply; use {fitting}"));
        }
        if fact == T::Share && number(value).is_some_and(|share| !(0.0..=1.0).contains(&share)) {
            return Some("a share lies between 0 and 1: write 0.8 for 80 %".to_owned());
        }
        (!fits).then(|| format!("the fact is of type {fact}: write {wanted}"))
    }

    fn holds(self, fact: &Fact, value: &Value) -> Shows {
        match (self, fact) {
            (Self::AtLeast | Self::AtMost | Self::MoreThan | Self::LessThan, Fact::Share(share)) => {
                let Some(bound) = number(value) else { return Shows::Unsure };
                // What holds at both ends of the interval holds.
                let ends = [share.low, share.high].map(|end| self.compared(end.partial_cmp(&bound)));
                if ends[0] == ends[1] { ends[0] } else { Shows::Unsure }
            }
            (_, Fact::Date(day)) => date(value).map_or(Shows::Unsure, |bound| self.compared(Some(day.cmp(&bound)))),
            (_, Fact::Count(_) | Fact::Number(_) | Fact::Days(_)) => match (measured(fact), number(value)) {
                (Some(measured), Some(bound)) => self.compared(measured.partial_cmp(&bound)),
                _ => Shows::Unsure,
            },
            (Self::Is, Fact::Text(text)) => decided(value.as_str().map(|word| word == text)),
            (Self::Is, Fact::YesNo(so)) => decided(value.as_bool().map(|wanted| wanted == *so)),
            (Self::OneOf, Fact::Text(text)) => {
                decided(value.as_array().map(|words| words.iter().any(|word| word.as_str() == Some(text))))
            }
            (Self::ContainsAll | Self::ContainsNone, Fact::List(list)) => decided(value.as_array().map(|words| {
                let stands = |word: &Value| word.as_str().is_some_and(|word| list.iter().any(|other| other == word));
                words.iter().all(|word| stands(word) == (self == Self::ContainsAll))
            })),
            _ => Shows::Unsure,
        }
    }

    fn compared(self, order: Option<std::cmp::Ordering>) -> Shows {
        decided(order.map(|order| match self {
            Self::AtLeast => order.is_ge(),
            Self::AtMost => order.is_le(),
            Self::MoreThan => order.is_gt(),
            Self::LessThan => order.is_lt(),
            Self::Is | Self::OneOf | Self::ContainsAll | Self::ContainsNone => order.is_eq(),
        }))
    }
}

fn decided(so: Option<bool>) -> Shows {
    match so {
        Some(true) => Shows::Yes,
        Some(false) => Shows::No,
        None => Shows::Unsure,
    }
}

fn number(value: &Value) -> Option<f64> {
    value.as_float().or_else(|| value.as_integer().map(|whole| whole as f64))
}

fn date(value: &Value) -> Option<Date> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Datetime(day) => day.to_string().parse().ok(),
        _ => None,
    }
}

fn measured(fact: &Fact) -> Option<f64> {
    match fact {
        Fact::Count(count) => Some(*count as f64),
        Fact::Number(number) => Some(*number),
        Fact::Days(days) => Some(*days as f64),
        _ => None,
    }
}
