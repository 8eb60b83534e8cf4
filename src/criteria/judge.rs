//! Findings held against a scheme: three-valued, so that what could not be seen never becomes a no.

mod compared;
mod earned;
mod offered;
mod pages;

use std::collections::{BTreeMap, BTreeSet};

use probes::finding::{Answer, Finding};
use probes::spec::Spec;

use super::condition::Sign;
use super::scheme::{Clause, Criterion, Fewer, Quota, Scheme};
use super::verdict::{ClauseVerdict, Kind, Lead, LinkVerdict, Points, Shows, Standing, Verdict};
use offered::{Offered, Way};

/// A link of a submission as the judge sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What it is offered for.
    pub purpose: Purpose,
    /// The id of the target it leads to.
    pub target: String,
    /// The pages that it points to, as the city wrote them.
    pub pages: Option<String>,
}

/// What a link is offered for, as one scheme sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Nothing in particular.
    Anything,
    /// This criterion or clause of the scheme.
    Named(String),
    /// Something that is not the scheme's.
    Elsewhere,
}

impl Purpose {
    /// What `name` means to a scheme.
    pub fn of(name: Option<&str>, scheme: &Scheme) -> Self {
        match name {
            None => Self::Anything,
            Some(name) if scheme.knows(name) => Self::Named(name.to_owned()),
            Some(_) => Self::Elsewhere,
        }
    }
}

/// How every criterion stands, in the scheme's order.
pub fn judge(scheme: &Scheme, offers: &[Offer], findings: &[Finding], specs: &[&Spec]) -> Vec<Verdict> {
    let mut by_target: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        by_target.entry(&finding.target).or_default().push(finding);
    }
    let mut bench = Bench { scheme, offers, findings, by_target: &by_target, subject: None, specs };
    bench.subject = bench.find_subject();
    scheme.criteria.iter().map(|criterion| bench.criterion(criterion)).collect()
}

struct Bench<'a> {
    scheme: &'a Scheme,
    offers: &'a [Offer],
    findings: &'a [Finding],
    by_target: &'a BTreeMap<&'a str, Vec<&'a Finding>>,
    /// The target that a score is taken from where no link was offered for it by name.
    subject: Option<&'a str>,
    specs: &'a [&'a Spec],
}

/// A clause held against the links offered for it.
struct Held {
    standing: Standing,
    points: Option<Points>,
    reason: String,
    links: Vec<LinkVerdict>,
}

/// What one look at one thing says, why, and by which findings.
struct Said<'a> {
    shows: Shows,
    /// Whether that rests on something seen, and not on what could not be.
    seen: bool,
    /// Whether what was seen is another thing than the one asked for.
    beside_the_point: bool,
    reason: String,
    by: Vec<&'a Finding>,
}

impl<'a> Bench<'a> {
    /// What was found at a target.
    fn on(&self, target: &str) -> &'a [&'a Finding] {
        self.by_target.get(target).map(Vec::as_slice).unwrap_or_default()
    }

    fn criterion(&self, criterion: &Criterion) -> Verdict {
        let clauses: Vec<ClauseVerdict> =
            criterion.clauses.iter().map(|clause| self.clause(criterion, clause)).collect();
        let required = clauses.iter().any(|clause| clause.kind == Kind::Requirement);
        let deciding: Vec<&ClauseVerdict> =
            clauses.iter().filter(|clause| !required || clause.kind == Kind::Requirement).collect();
        let ids = |standing: &[Standing]| {
            let ids: Vec<&str> =
                deciding.iter().filter(|c| standing.contains(&c.standing)).map(|c| c.id.as_str()).collect();
            (ids.len(), ids.join(", "))
        };
        let (met, _) = ids(&[Standing::Met]);
        let (_, nots) = ids(&[Standing::NotMet]);
        let (_, open) = ids(&[Standing::NeedsReview]);
        let (_, bare) = ids(&[Standing::NothingOffered]);
        let needed = criterion.needed(deciding.len());
        let standing =
            criterion.stands(&clauses.iter().map(|clause| (clause.kind, clause.standing)).collect::<Vec<_>>());
        let mut reason = match standing {
            Standing::NothingOffered => "no link was offered for it".to_owned(),
            _ => format!("{met} of {} are met, {needed} needed", deciding.len()),
        };
        if !matches!(standing, Standing::NothingOffered | Standing::Met) {
            for (words, ids) in [("not met", &nots), ("open", &open), ("nothing offered for", &bare)] {
                if !ids.is_empty() {
                    reason = format!("{reason}; {words}: {ids}");
                }
            }
        }
        let points = clauses.iter().any(|clause| clause.points.is_some());
        let points: Option<Points> = points.then(|| clauses.iter().filter_map(|clause| clause.points).sum());
        if let Some(points) = points {
            reason = format!("{points} points; {reason}");
        }
        Verdict {
            code: criterion.code.get_ref().clone(),
            title: criterion.title.clone(),
            category: self.category(criterion.category.get_ref()),
            standing,
            points,
            reason: sentence(&reason),
            clauses,
        }
    }

    fn category(&self, code: &str) -> String {
        let known = self.scheme.file.categories.iter().find(|category| category.code == code);
        known.map_or_else(|| code.to_owned(), |category| category.title.clone())
    }

    fn clause(&self, criterion: &Criterion, clause: &Clause) -> ClauseVerdict {
        let offered = self.offered(criterion, clause);
        let mut held = match &clause.earns {
            Some(sign) => self.earned(clause, sign, &offered),
            None => self.shown(clause, &offered),
        };
        let counted = |at: &Offered<'_>| held.links.iter().any(|link| link.link == at.number);
        let mut told_of_pages: Vec<(usize, String)> = Vec::new();
        let mut leads: Vec<(Lead, &Finding)> = Vec::new();
        for offered in offered.iter().filter(|offered| counted(offered)) {
            let here: Vec<(Lead, &Finding)> = offered
                .on_target
                .iter()
                .filter_map(|finding| {
                    let sign =
                        clause.leads.iter().filter(|sign| sign.names(finding) && sign.holds(finding) == Shows::Yes);
                    Some((sign.filter_map(|sign| sign.lead).max()?, *finding))
                })
                .collect();
            let told = offered.pages.and_then(|given| pages::told(given, &here));
            told_of_pages.extend(told.map(|told| (offered.number, told)));
            leads.extend(here);
        }
        for (number, told) in told_of_pages {
            for link in held.links.iter_mut().filter(|link| link.link == number) {
                link.reason = format!("{} {told}", link.reason);
            }
        }
        let lead = clause.asks.as_ref().map(|_| leads.iter().map(|(lead, _)| *lead).max().unwrap_or(Lead::None));
        let by: BTreeSet<&str> = held
            .links
            .iter()
            .flat_map(|link| link.findings.iter().map(String::as_str))
            .chain(leads.iter().map(|(_, finding)| finding.id.as_str()))
            .collect();
        let mut findings: Vec<String> = Vec::new();
        for finding in self.findings {
            if by.contains(finding.id.as_str()) && !findings.contains(&finding.id) {
                findings.push(finding.id.clone());
            }
        }
        ClauseVerdict {
            id: clause.id.get_ref().clone(),
            kind: clause.kind,
            standing: held.standing,
            points: held.points,
            lead,
            says: clause.says.clone(),
            asks: clause.asks.clone(),
            reason: sentence(&held.reason),
            advice: if held.standing == Standing::Met { None } else { clause.advice.not_met.clone() },
            links: held.links,
            findings,
        }
    }

    /// The clause as all links offered for it show it, by its quota.
    fn shown(&self, clause: &Clause, offered: &[Offered<'a>]) -> Held {
        let by_name = offered.iter().any(|offered| offered.way == Way::Named);
        let mut all: Vec<(&Offered<'_>, Said<'_>)> = Vec::new();
        for offered in offered {
            let mut said = self.compared(clause, self.link(clause, offered));
            if offered.way == Way::Beside {
                // Nobody said that it shows this clause, so it can help and never harm.
                let harms = by_name && !matches!(clause.links, Quota::AtLeast(_) | Quota::Distinct(_));
                if said.shows == Shows::No || said.beside_the_point || (said.shows == Shows::Unsure && harms) {
                    continue;
                }
                let purpose = if offered.for_nothing { "nothing in particular" } else { "something else" };
                said.reason = format!("offered for {purpose}: {}", said.reason);
            }
            // That a link is lost says nothing of a clause that nobody offered it for.
            if offered.way == Way::Taken && said.shows == Shows::No && !said.seen {
                continue;
            }
            all.push((offered, said));
        }
        if all.iter().any(|(offered, said)| offered.way == Way::Taken && said.seen) {
            // Nobody said that the others are such things at all: they are not waited for.
            all.retain(|(_, said)| said.seen);
        }
        let links: Vec<LinkVerdict> = all.iter().map(|(offered, said)| offered.verdict(said, None)).collect();
        let things = things(clause, all.iter().map(|(_, said)| said));
        let standing = standing(&clause.links, &links, &things);
        let points = clause.points.as_ref().map(|points| {
            let (low, high) = match standing {
                Standing::Met => (1.0, 1.0),
                Standing::NotMet => (0.0, 0.0),
                Standing::NeedsReview | Standing::NothingOffered => (0.0, 1.0),
            };
            Points::part(*points.get_ref(), low, high)
        });
        Held { standing, points, reason: reason(&clause.links, standing, &links, &things), links }
    }

    /// What keeps a link from being looked at further: it is lost, or could not be seen.
    fn kept_away(&self, on_target: &[&'a Finding]) -> Option<Said<'a>> {
        for (signs, shows, what) in [
            (&self.scheme.file.lost, Shows::No, "the link is lost"),
            (&self.scheme.file.unseen, Shows::Unsure, "could not be seen"),
        ] {
            let met = |finding: &&&'a Finding| {
                signs.iter().any(|sign| sign.names(finding) && sign.holds(finding) == Shows::Yes)
            };
            if let Some(finding) = on_target.iter().find(met) {
                return Some(Said {
                    shows,
                    seen: false,
                    beside_the_point: false,
                    reason: format!("{what}: {}", self.words(finding)),
                    by: vec![finding],
                });
            }
        }
        None
    }

    fn link(&self, clause: &Clause, offered: &Offered<'a>) -> Said<'a> {
        let on_target = offered.on_target;
        if let Some(said) = self.kept_away(on_target) {
            return said;
        }
        if clause.shown_by.is_empty() {
            let reason = "a person must read it".to_owned();
            return Said { shows: Shows::Unsure, seen: true, beside_the_point: false, reason, by: Vec::new() };
        }
        let probes: Vec<&str> = clause.shown_by.iter().map(|sign| sign.probe.get_ref().as_str()).collect();
        let mut said: Vec<Said<'a>> = Vec::new();
        for (at, probe) in probes.iter().enumerate() {
            if !probes[..at].contains(probe) {
                said.push(self.probe(probe, &clause.shown_by, on_target));
            }
        }
        let mut said = best(said);
        let refuted = |finding: &&Finding| {
            clause.refuted_by.iter().any(|sign| sign.names(finding) && sign.holds(finding) == Shows::Yes)
        };
        // Whoever offered a link for a clause may see in it what no probe does; nobody did of one that is only beside.
        let asked = clause.asks.is_some() && offered.way != Way::Beside;
        if asked && said.shows == Shows::No && !on_target.iter().any(refuted) {
            said.shows = Shows::Unsure;
            said.reason = format!("{}; a person must decide", said.reason);
        }
        said
    }

    /// What one probe's findings on one target say: any yes wins, then whatever leaves it open, then a no.
    fn probe(&self, probe: &str, signs: &[Sign], on_target: &[&'a Finding]) -> Said<'a> {
        let mut all = Vec::new();
        for finding in on_target.iter().copied().filter(|finding| finding.probe == probe) {
            let named: Vec<&Sign> = signs.iter().filter(|sign| sign.names(finding)).collect();
            let held: Vec<Shows> = named.iter().map(|sign| sign.holds(finding)).collect();
            let (shows, seen) = match (best_of(&held), finding.answer) {
                (Some(shows), _) => (shows, named.iter().any(|sign| sign.speaks(finding))),
                (None, Answer::No) => (Shows::No, true),
                (None, Answer::Unknown) => (Shows::Unsure, false),
                // Says nothing of this clause: it decides only where nothing else does.
                (None, Answer::Yes | Answer::NotApplicable) => continue,
            };
            all.push(Said { shows, seen, beside_the_point: false, reason: self.words(finding), by: vec![finding] });
        }
        if all.is_empty() {
            let beside: Vec<&Finding> = on_target.iter().copied().filter(|finding| finding.probe == probe).collect();
            let reason = match beside.first() {
                Some(finding) => format!("not decided by {probe}: {}", self.words(finding)),
                None => format!("{probe} did not look at it"),
            };
            return Said {
                shows: Shows::Unsure,
                seen: false,
                beside_the_point: !beside.is_empty(),
                reason,
                by: beside,
            };
        }
        best(all)
    }

    fn words(&self, finding: &Finding) -> String {
        match self.specs.iter().find(|spec| spec.id == finding.probe) {
            Some(spec) => finding.sentence(spec),
            None => format!("{} {}", finding.probe, finding.code),
        }
    }
}

/// Any yes; else whatever is open; else no.
fn best_of(all: &[Shows]) -> Option<Shows> {
    [Shows::Yes, Shows::Unsure, Shows::No].into_iter().find(|shows| all.contains(shows))
}

fn best(all: Vec<Said<'_>>) -> Said<'_> {
    let shows = best_of(&all.iter().map(|said| said.shows).collect::<Vec<_>>()).unwrap_or(Shows::Unsure);
    let mut reasons: Vec<String> = Vec::new();
    let mut by = Vec::new();
    let (mut seen, mut beside_the_point) = (false, true);
    for said in all.into_iter().filter(|said| said.shows == shows) {
        seen |= said.seen;
        beside_the_point &= said.beside_the_point;
        let reason = said.reason.trim_end_matches('.').to_owned();
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
        by.extend(said.by);
    }
    Said { shows, seen, beside_the_point, reason: reasons.join("; "), by }
}

fn count(links: &[LinkVerdict], shows: Shows) -> usize {
    links.iter().filter(|link| link.shows == shows).count()
}

/// What the links that show a clause show together, each thing once, where the clause counts things and not links.
fn things<'s>(clause: &Clause, said: impl Iterator<Item = &'s Said<'s>>) -> BTreeSet<String> {
    let Quota::Distinct(distinct) = &clause.links else { return BTreeSet::new() };
    let shown = said.filter(|said| said.shows == Shows::Yes);
    compared::names(distinct.fact.get_ref(), shown.flat_map(|said| said.by.iter().copied()))
}

fn standing(quota: &Quota, links: &[LinkVerdict], things: &BTreeSet<String>) -> Standing {
    if links.is_empty() {
        return Standing::NothingOffered;
    }
    let (yes, unsure) = (count(links, Shows::Yes), count(links, Shows::Unsure));
    let enough = |shown: usize| match quota {
        Quota::Every => shown == links.len(),
        Quota::AtLeast(least) => shown >= *least,
        Quota::Share(share) => shown as f64 >= share * links.len() as f64 - 1e-9,
        // A link that is open may show any number of things.
        Quota::Distinct(distinct) => things.len() >= distinct.at_least || shown > yes,
    };
    let open = matches!(quota, Quota::Distinct(distinct) if distinct.fewer == Fewer::Open) && yes > 0;
    match (enough(yes), enough(yes + unsure) || open) {
        (true, _) => Standing::Met,
        (false, false) => Standing::NotMet,
        (false, true) => Standing::NeedsReview,
    }
}

fn reason(quota: &Quota, standing: Standing, links: &[LinkVerdict], things: &BTreeSet<String>) -> String {
    if standing == Standing::NothingOffered {
        return "no link was offered for it".to_owned();
    }
    let (all, yes, unsure) = (links.len(), count(links, Shows::Yes), count(links, Shows::Unsure));
    let wanted = match quota {
        Quota::AtLeast(1) => String::new(),
        Quota::AtLeast(least) => format!(" ({least} needed)"),
        Quota::Every => " (every one needed)".to_owned(),
        Quota::Share(share) => format!(" ({:.0} % needed)", share * 100.0),
        Quota::Distinct(distinct) => {
            let (fact, least) = (distinct.fact.get_ref().replace('_', " "), distinct.at_least);
            format!(", together {} {fact} ({least} needed)", things.len())
        }
    };
    let mut text = match (yes, all) {
        (1, 1) => "the link shows it".to_owned(),
        (0, 1) if unsure == 1 => "the link leaves it open".to_owned(),
        (0, 1) => "the link does not show it".to_owned(),
        _ => format!("{yes} of {all} links {} it", if yes == 1 { "shows" } else { "show" }),
    };
    text.push_str(&wanted);
    let why = |shows| links.iter().find(|link| link.shows == shows).map(|link| link.reason.trim_end_matches('.'));
    if unsure > 0 && all > 1 {
        text = format!("{text}; {unsure} left open");
    }
    let shown = match standing {
        Standing::Met => Shows::Yes,
        Standing::NotMet => Shows::No,
        _ => Shows::Unsure,
    };
    // Links that show too little together: none of them has to be a no, or open.
    let short = standing != Standing::Met && matches!(quota, Quota::Distinct(_));
    match why(shown).or_else(|| why(Shows::Yes).filter(|_| short)) {
        Some(why) => format!("{text}: {why}"),
        None => text,
    }
}

fn sentence(text: &str) -> String {
    let text = text.trim_end_matches('.');
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

#[cfg(test)]
mod tests;
