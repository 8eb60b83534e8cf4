//! Which probe is asked about which target: those that bear on what its links are offered for.

use std::collections::{BTreeMap, BTreeSet};

use probes::Probe;
use probes::probe::Target;

use super::Plan;
use crate::criteria::scheme::Takes;
use crate::criteria::{Purpose, Scheme};

/// One probe's question about one target.
#[derive(Clone)]
pub struct Question {
    /// What is looked at.
    pub target: Target,
    /// Who looks.
    pub probe: &'static dyn Probe,
}

/// Every question of an audit, by target in the order offered, then by probe in report order.
///
/// A target is shown to every probe that any of the schemes has for it.
pub fn questions(plan: &Plan<'_>) -> Vec<Question> {
    let mut bearing: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (at, scheme) in plan.schemes.iter().enumerate() {
        for offer in plan.submission.offers(plan.schemes, at) {
            bearing.entry(offer.target).or_default().extend(probes_for(scheme, &offer.purpose));
        }
    }
    let mut questions = Vec::new();
    for target in plan.submission.targets() {
        let Some(ids) = bearing.get(&target.id) else { continue };
        let asked = plan.probes.iter().filter(|probe| ids.contains(probe.spec().id.as_str()));
        questions.extend(asked.map(|probe| Question { target: target.clone(), probe: *probe }));
    }
    questions
}

/// The probes that a scheme has for a link: all of them where it takes the link for anything, none where it leaves it.
fn probes_for<'a>(scheme: &'a Scheme, purpose: &Purpose) -> BTreeSet<&'a str> {
    match purpose {
        _ if scheme.file.takes == Takes::Any => scheme.probes_for(None),
        Purpose::Anything => scheme.probes_for(None),
        Purpose::Named(name) => scheme.probes_for(Some(name)),
        Purpose::Elsewhere => BTreeSet::new(),
    }
}
