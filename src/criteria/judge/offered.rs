//! Which links a clause is held against, and by what right.

use probes::finding::{Answer, Finding};

use super::{Bench, LinkVerdict, Offer, Points, Purpose, Said, sentence};
use crate::criteria::condition::Sign;
use crate::criteria::scheme::{Clause, Criterion, Takes};

/// A link that bears on a clause.
pub(super) struct Offered<'a> {
    /// Its number in the submission, from 1.
    pub(super) number: usize,
    /// Where it leads.
    pub(super) target: &'a str,
    /// The pages that it points to.
    pub(super) pages: Option<&'a str>,
    /// By what right it is here.
    pub(super) way: Way,
    /// Whether it was offered for nothing in particular.
    pub(super) for_nothing: bool,
    /// What was found there.
    pub(super) on_target: &'a [&'a Finding],
}

/// By what right a link bears on a clause.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// It was offered for this very clause or its criterion.
    Named,
    /// It was not, and is looked at beside those that were or may yet be.
    Beside,
    /// It was not, but the scheme takes any link, and none was offered by name.
    Taken,
}

impl<'a> Bench<'a> {
    /// The links offered for a clause or its criterion, and of the others those that the scheme takes and to which a
    /// probe applies that decides the clause; a target that was taken once is not taken again.
    pub(super) fn offered(&self, criterion: &Criterion, clause: &Clause) -> Vec<Offered<'a>> {
        let named = |name: &String| name == clause.id.get_ref() || name == criterion.code.get_ref();
        let by_name = |offer: &Offer| matches!(&offer.purpose, Purpose::Named(name) if named(name));
        let any_by_name = self.offers.iter().any(by_name);
        let way = if self.scheme.file.takes == Takes::Any && !any_by_name { Way::Taken } else { Way::Beside };
        let mut offered: Vec<Offered<'a>> = Vec::new();
        for (at, offer) in self.offers.iter().enumerate() {
            let on_target = self.on(&offer.target);
            let known = || offered.iter().any(|other| other.target == offer.target);
            let way = if by_name(offer) {
                Way::Named
            } else if self.taken(offer) && clause.decided_by().any(|sign| applies(sign, on_target)) && !known() {
                way
            } else {
                continue;
            };
            let for_nothing = offer.purpose == Purpose::Anything;
            let pages = offer.pages.as_deref();
            offered.push(Offered { number: at + 1, target: &offer.target, pages, way, for_nothing, on_target });
        }
        offered
    }

    /// Whether the scheme takes a link that was not offered for the clause.
    pub(super) fn taken(&self, offer: &Offer) -> bool {
        self.scheme.file.takes == Takes::Any || offer.purpose == Purpose::Anything
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
