//! Which links a clause is held against.

use probes::finding::{Answer, Finding};

use super::{Bench, LinkVerdict, Points, Said, sentence};
use crate::criteria::condition::Sign;
use crate::criteria::scheme::{Clause, Criterion};

/// A link that bears on a clause.
pub(super) struct Offered<'a> {
    /// Its number in the submission, from 1.
    pub(super) number: usize,
    /// Where it leads.
    pub(super) target: &'a str,
    /// Whether it was offered for this very clause or its criterion.
    pub(super) by_name: bool,
    /// What was found there.
    pub(super) on_target: &'a [&'a Finding],
}

impl<'a> Bench<'a> {
    /// The links offered for a clause or its criterion, and those offered for nothing in particular that may show it.
    pub(super) fn offered(&self, criterion: &Criterion, clause: &Clause) -> Vec<Offered<'a>> {
        let mut offered = Vec::new();
        for (at, offer) in self.offers.iter().enumerate() {
            let on_target = self.on(&offer.target);
            let named = |name: &String| name == clause.id.get_ref() || name == criterion.code.get_ref();
            let by_name = offer.criterion.as_ref().is_some_and(named);
            if by_name || (offer.criterion.is_none() && clause.decided_by().any(|sign| applies(sign, on_target))) {
                offered.push(Offered { number: at + 1, target: &offer.target, by_name, on_target });
            }
        }
        offered
    }
}

impl Offered<'_> {
    pub(super) fn verdict(&self, said: &Said<'_>, points: Option<Points>) -> LinkVerdict {
        LinkVerdict {
            link: self.number,
            target: self.target.to_owned(),
            shows: said.shows,
            points,
            reason: sentence(&said.reason),
            findings: said.by.iter().map(|finding| finding.id.clone()).collect(),
        }
    }
}

/// Whether the sign's probe has anything to say of the target.
pub(super) fn applies(sign: &Sign, on_target: &[&Finding]) -> bool {
    on_target.iter().any(|f| f.probe == *sign.probe.get_ref() && f.answer != Answer::NotApplicable)
}
