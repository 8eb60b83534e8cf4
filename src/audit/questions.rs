//! Which probe is asked about which target: those that bear on what its links are offered for.

use std::collections::BTreeMap;

use probes::Probe;
use probes::probe::Target;

use super::Plan;

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
/// A link offered for nothing in particular is shown to every probe that the scheme names; one offered for what the
/// scheme leaves out, to none.
pub fn questions(plan: &Plan<'_>) -> Vec<Question> {
    let mut offered: BTreeMap<String, Vec<Option<&str>>> = BTreeMap::new();
    for link in &plan.submission.links {
        let name = link.criterion.as_deref();
        if name.is_none_or(|name| plan.scheme.knows(name)) {
            offered.entry(link.target().id).or_default().push(name);
        }
    }
    let mut questions = Vec::new();
    for target in plan.submission.targets() {
        let Some(names) = offered.get(&target.id) else { continue };
        let bearing: Vec<_> = names.iter().map(|name| plan.scheme.probes_for(*name)).collect();
        let asked = plan.probes.iter().filter(|probe| {
            let id = probe.spec().id.as_str();
            bearing.iter().any(|ids| ids.contains(id))
        });
        questions.extend(asked.map(|probe| Question { target: target.clone(), probe: *probe }));
    }
    questions
}
