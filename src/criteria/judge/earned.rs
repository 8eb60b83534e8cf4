//! Points earned by a share that was measured on one link.
//!
//! A score speaks of one catalogue. The best of several would reward offering many, and clause by clause it would be
//! a score that none of them has; their mean would fall with every link offered beside. So the first link counts: of
//! those offered for the clause by name or, where there is none, of all others one and the same for the whole scheme.

use probes::finding::{Answer, Fact, Finding};

use super::offered::{Offered, Way, applies};
use super::{Bench, Held, Points, Said, Shows, Standing};
use crate::criteria::condition::Sign;
use crate::criteria::scheme::Clause;

/// What was found at one target says which share of the points is earned.
struct Earned<'a> {
    low: f64,
    high: f64,
    reason: String,
    by: Vec<&'a Finding>,
}

impl<'a> Bench<'a> {
    /// The clause as the link that counts earns its points.
    pub(super) fn earned(&self, clause: &Clause, sign: &Sign, offered: &[Offered<'a>]) -> Held {
        let of = clause.points.as_ref().map_or(0.0, |points| *points.get_ref());
        let Some(counting) = self.counting(clause, offered) else {
            let points = Some(Points::part(of, 0.0, 1.0));
            let reason = "no link was offered for it".to_owned();
            return Held { standing: Standing::NothingOffered, points, reason, links: Vec::new() };
        };
        let mut earned = self.share(sign, counting.on_target);
        if let Some(among) = &clause.among {
            earned = earned.among(self.share(among, counting.on_target));
        }
        let points = Points::part(of, earned.low, earned.high);
        let (shows, standing) = match points.full() {
            Some(true) => (Shows::Yes, Standing::Met),
            Some(false) => (Shows::No, Standing::NotMet),
            None => (Shows::Unsure, Standing::NeedsReview),
        };
        let mut reason = format!("{points} points: {}", earned.reason.trim_end_matches('.'));
        let said = Said { shows, seen: true, beside_the_point: false, reason: earned.reason, by: earned.by };
        if offered.len() > 1 {
            reason = format!("{reason}; of {} links, link {} counts", offered.len(), counting.number);
        }
        Held { standing, points: Some(points), reason, links: vec![counting.verdict(&said, Some(points))] }
    }

    /// The first link offered by name that is such a thing at all, as far as that is known; else the scheme's own.
    fn counting<'o>(&self, clause: &Clause, offered: &'o [Offered<'a>]) -> Option<&'o Offered<'a>> {
        let by_name: Vec<&Offered<'a>> = offered.iter().filter(|offered| offered.way == Way::Named).collect();
        let fits = |offered: &&&Offered<'a>| clause.decided_by().any(|sign| applies(sign, offered.on_target));
        if let Some(first) = by_name.iter().find(fits).or(by_name.first()) {
            return Some(first);
        }
        offered.iter().find(|offered| Some(offered.target) == self.subject)
    }

    /// Where the scheme's score is taken from among links that were not offered for it by name: the first at which
    /// anything that earns points was measured, else the first that may hold it.
    pub(super) fn find_subject(&self) -> Option<&'a str> {
        let signs: Vec<&Sign> =
            self.scheme.criteria.iter().flat_map(|c| &c.clauses).filter_map(|c| c.earns.as_ref()).collect();
        let open = || {
            self.offers.iter().filter(|offer| self.taken(offer)).map(|offer| (&offer.target, self.on(&offer.target)))
        };
        let measured = |on_target: &[&Finding]| {
            self.kept_away(on_target).is_none() && on_target.iter().any(|f| signs.iter().any(|sign| sign.names(f)))
        };
        let may_hold = |on_target: &[&Finding]| {
            let lost = self.kept_away(on_target).is_some_and(|said| said.shows == Shows::No);
            !lost && signs.iter().any(|sign| applies(sign, on_target))
        };
        let first = open().find(|(_, on_target)| measured(on_target));
        first.or_else(|| open().find(|(_, on_target)| may_hold(on_target))).map(|(target, _)| target.as_str())
    }

    fn share(&self, sign: &Sign, on_target: &[&'a Finding]) -> Earned<'a> {
        if let Some(Said { shows, reason, by, .. }) = self.kept_away(on_target) {
            return Earned { low: 0.0, high: if shows == Shows::No { 0.0 } else { 1.0 }, reason, by };
        }
        let probe = sign.probe.get_ref();
        let mine: Vec<&Finding> = on_target.iter().copied().filter(|finding| finding.probe == *probe).collect();
        if let Some(finding) = mine.iter().find(|finding| sign.names(finding)) {
            let (low, high) = match sign.holds(finding) {
                Shows::Yes => range(sign, finding),
                Shows::Unsure if sign.speaks(finding) => (0.0, range(sign, finding).1),
                Shows::Unsure => (0.0, 1.0),
                Shows::No => (0.0, 0.0),
            };
            let reason = match sign.fact.as_ref().map(toml::Spanned::get_ref) {
                Some(fact) => {
                    let value = finding.facts.get(fact).map_or_else(|| "unknown".to_owned(), ToString::to_string);
                    format!("{} {value}", fact.replace(['_', '-'], " "))
                }
                None => self.words(finding),
            };
            return Earned { low, high, reason, by: vec![finding] };
        }
        if let Some(finding) = mine.iter().find(|finding| finding.answer == Answer::No) {
            return Earned { low: 0.0, high: 0.0, reason: self.words(finding), by: vec![finding] };
        }
        let reason = match mine.first() {
            Some(finding) => self.words(finding),
            None => format!("{probe} did not look at it"),
        };
        Earned { low: 0.0, high: 1.0, reason, by: mine }
    }
}

impl Earned<'_> {
    /// The same, measured only among so many.
    fn among(mut self, all: Self) -> Self {
        self.low *= all.low;
        self.high *= all.high;
        self.reason = format!("{}; among: {}", self.reason.trim_end_matches('.'), all.reason);
        self.by.extend(all.by);
        self
    }
}

/// The share of the points that a finding earns, at least and at most.
fn range(sign: &Sign, finding: &Finding) -> (f64, f64) {
    let Some(fact) = &sign.fact else { return (1.0, 1.0) };
    match finding.facts.get(fact.get_ref()) {
        Some(Fact::Share(share)) => (share.low, share.high),
        Some(Fact::YesNo(true)) => (1.0, 1.0),
        Some(Fact::YesNo(false)) => (0.0, 0.0),
        _ => (0.0, 1.0),
    }
}

#[cfg(test)]
mod tests;
