//! What a run is told of the one before it: the facts that probes want remembered, from that run's own pack.

use std::collections::BTreeMap;

use probes::capture::{Earlier, Store as _};
use probes::spec::Spec;
use serde::Deserialize;
use serde_json::Value;

use super::AuditError;
use crate::pack::Pack;

/// A finding as a pack keeps it, as far as it is remembered.
#[derive(Deserialize)]
struct Found {
    probe: String,
    target: String,
    code: String,
    facts: BTreeMap<String, Value>,
}

/// What `previous` found that `specs` want remembered; of what it could not see, what it had been told itself.
pub fn remembered(previous: &Pack, specs: &[&Spec]) -> Result<Vec<Earlier>, AuditError> {
    let (Some(identity), Some(findings)) = (previous.identity(), previous.extra("findings.json")?) else {
        return Ok(Vec::new());
    };
    let Ok(findings) = serde_json::from_slice::<Vec<Found>>(&findings) else { return Ok(Vec::new()) };
    let mut all: Vec<Earlier> = Vec::new();
    for found in findings {
        let declared = specs.iter().find(|spec| spec.id == found.probe).and_then(|spec| spec.findings.get(&found.code));
        let Some(declared) = declared.filter(|declared| !declared.remembered.is_empty()) else { continue };
        let facts = found.facts.into_iter().filter(|(name, _)| declared.remembered.contains(name)).collect();
        all.push(Earlier { as_of: identity.as_of, probe: found.probe, target: found.target, facts });
    }
    for told in previous.earlier() {
        if !all.iter().any(|newer| newer.speaks_of_the_same_as(told)) {
            all.push(told.clone());
        }
    }
    Ok(all)
}
