//! A finding in a sentence: the declared meaning with each fact in its place.

use std::borrow::Cow;

use crate::finding::{Fact, Finding};
use crate::spec::Spec;

impl Finding {
    /// The finding in a sentence. A fact's own words are put in as they are: braces in them mean nothing.
    pub fn sentence(&self, spec: &Spec) -> String {
        let Some(declared) = spec.findings.get(&self.code) else {
            return self.code.clone();
        };
        let there =
            |name: &str| self.facts.get(name).is_some_and(|fact| !matches!(fact, Fact::List(list) if list.is_empty()));
        filled(&without_what_lacks(&declared.means, there), |name| self.facts.get(name))
    }
}

/// The places that a meaning leaves for facts: the fact's name, and the words for one thing and for several where the
/// fact is not to be written but counted.
pub fn places(means: &str) -> impl Iterator<Item = (&str, Option<(&str, &str)>)> {
    means.split('{').skip(1).map(|rest| place(rest.split('}').next().unwrap_or(rest)))
}

fn place(inside: &str) -> (&str, Option<(&str, &str)>) {
    match inside.split_once(' ') {
        Some((name, words)) => (name, Some(words.split_once('|').unwrap_or((words, words)))),
        None => (inside, None),
    }
}

/// A meaning without its parts in brackets that speak of a fact which is not there; the other parts lose their brackets.
fn without_what_lacks(means: &str, there: impl Fn(&str) -> bool) -> String {
    let mut kept = String::with_capacity(means.len());
    for (at, part) in means.split(['[', ']']).enumerate() {
        // Outside and inside of brackets take turns.
        if at % 2 == 0 || places(part).all(|(name, _)| there(name)) {
            kept.push_str(part);
        }
    }
    kept
}

/// A meaning with each place filled in.
fn filled<'f>(means: &str, fact: impl Fn(&str) -> Option<&'f Fact>) -> String {
    let mut parts = means.split('{');
    let mut sentence = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (inside, after) = part.split_once('}').unwrap_or((part, ""));
        let (name, words) = place(inside);
        let value: Cow<'_, str> = match (fact(name), words) {
            (Some(fact), Some((one, _))) if is_one(fact) => one.into(),
            (_, Some((_, several))) => several.into(),
            (Some(fact), None) => fact.to_string().into(),
            (None, None) => "unknown".into(),
        };
        // Words that end a sentence themselves do not end ours twice.
        sentence.push_str(if after.starts_with('.') { value.trim_end_matches('.') } else { &value });
        sentence.push_str(after);
    }
    sentence
}

/// Whether what is counted is one thing.
fn is_one(fact: &Fact) -> bool {
    match fact {
        Fact::Count(count) => *count == 1,
        Fact::Number(number) => (*number - 1.0).abs() < f64::EPSILON,
        // "100 % of 1", "of a sample of 2 from 1": the last number is the one that the thing follows.
        Fact::Share(share) => share.n == share.population && share.n == 1,
        Fact::List(list) => list.len() == 1,
        Fact::Table(rows) => rows.len() == 1,
        Fact::Text(_) | Fact::Days(_) | Fact::Date(_) | Fact::YesNo(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_leaves_out_what_lacks() {
        let said =
            |there: &[&str]| without_what_lacks("{a} is named[, {b} and {c}].[ On {d}.]", |fact| there.contains(&fact));
        assert_eq!(said(&["a"]), "{a} is named.");
        assert_eq!(said(&["a", "b"]), "{a} is named.");
        assert_eq!(said(&["a", "b", "c", "d"]), "{a} is named, {b} and {c}. On {d}.");
    }

    #[test]
    fn a_word_follows_the_number_of_its_fact() {
        let said = |count: u64| {
            let count = Fact::Count(count);
            filled("{n} {n table|tables} {n is|are} read.", |_| Some(&count))
        };
        assert_eq!(said(1), "1 table is read.");
        assert_eq!(said(2), "2 tables are read.");
        assert_eq!(said(0), "0 tables are read.");
    }

    #[test]
    fn what_a_site_says_fills_one_place_only() {
        let (title, place) = (Fact::Text("The {place}.".into()), Fact::Text("hall".into()));
        let fact = |name: &str| Some(if name == "title" { &title } else { &place });
        assert_eq!(filled("{title} Held in the {place}. {title}", fact), "The {place}. Held in the hall. The {place}.");
        assert_eq!(filled("It is {title}.", fact), "It is The {place}.");
    }
}
