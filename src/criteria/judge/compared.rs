//! What links offered for one clause show, held against what those offered for another show.

use std::collections::BTreeSet;

use probes::finding::{Fact, Finding};

use super::{Bench, Purpose, Said, Shows};
use crate::criteria::scheme::{Clause, Must};

impl<'a> Bench<'a> {
    /// What a link shows, left to a person where its things are not to those shown for another criterion as they must be.
    pub(super) fn compared(&self, clause: &Clause, mut said: Said<'a>) -> Said<'a> {
        let Some(compared) = clause.compared.as_ref().filter(|_| said.shows == Shows::Yes) else { return said };
        let (with, fact) = (compared.with.get_ref(), compared.fact.get_ref());
        let there = names(fact, self.offered_for(with).into_iter().flat_map(|target| self.on(target)).copied());
        let here = names(fact, said.by.iter().copied());
        let wrong: Vec<&String> = match compared.must {
            Must::Differ => here.intersection(&there).collect(),
            Must::Recur => here.difference(&there).collect(),
        };
        let what = match (compared.must, wrong.first()) {
            (Must::Differ, Some(first)) => {
                format!("{} of them were offered for {with} too, such as {first}", wrong.len())
            }
            (Must::Recur, Some(first)) => format!("not found in what was offered for {with}: {first}"),
            (Must::Recur, None) if here.is_empty() => {
                format!("nothing in it can be compared with what was offered for {with}")
            }
            _ => return said,
        };
        said.shows = Shows::Unsure;
        said.reason = format!("{}; but {what}", said.reason.trim_end_matches('.'));
        said
    }

    /// The targets of the links offered for a criterion or clause by name.
    fn offered_for(&self, name: &str) -> Vec<&'a str> {
        let of = |criterion: &crate::criteria::scheme::Criterion| {
            criterion.code.get_ref() == name || criterion.clauses.iter().any(|clause| clause.id.get_ref() == name)
        };
        let criterion = self.scheme.criteria.iter().find(|criterion| of(criterion));
        let belongs = |offered: &String| {
            offered == name
                || criterion.is_some_and(|criterion| {
                    offered == criterion.code.get_ref()
                        || (criterion.code.get_ref() == name
                            && criterion.clauses.iter().any(|clause| clause.id.get_ref() == offered))
                })
        };
        let offers = self.offers.iter().filter(|offer| matches!(&offer.purpose, Purpose::Named(name) if belongs(name)));
        offers.map(|offer| offer.target.as_str()).collect()
    }
}

/// What a fact of these findings names, each thing once.
pub(super) fn names<'f>(fact: &str, findings: impl Iterator<Item = &'f Finding>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for finding in findings {
        match finding.facts.get(fact) {
            Some(Fact::List(list)) => names.extend(list.iter().cloned()),
            Some(Fact::Text(text)) => drop(names.insert(text.clone())),
            Some(Fact::Date(date)) => drop(names.insert(date.to_string())),
            _ => {}
        }
    }
    names
}
