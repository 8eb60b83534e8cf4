//! What changed from one run to the next, and why.

use std::collections::BTreeMap;

use minijinja::value::Serde;
use minijinja::{Value, context};

use super::super::changes::Changes;
use super::super::missing::Missing;
use super::super::opened::Opened;
use super::fill;

/// Every clause that stands otherwise, with its causes.
pub(in super::super) fn changes(opened: &Opened, changes: &Changes) -> Result<String, Missing> {
    let verdicts = opened.report.by_scheme().flat_map(|by| by.verdicts.iter().map(|it| (by.scheme.id.as_str(), it)));
    let codes: BTreeMap<String, BTreeMap<&str, &str>> =
        verdicts.fold(BTreeMap::new(), |mut codes, (scheme, verdict)| {
            let of_scheme: &mut BTreeMap<&str, &str> = codes.entry(scheme.to_owned()).or_default();
            of_scheme.extend(verdict.clauses.iter().map(|clause| (clause.id.as_str(), verdict.code.as_str())));
            codes
        });
    let Changes { old, new, difference } = changes;
    fill(
        "bench/changes.html",
        context! {
            city => &new.city, city_id => &new.city_id, run => &new.id, as_of => new.as_of.to_string(),
            since => old.as_of.to_string(), old => &old.id, difference => Value::from(Serde(difference)),
            codes => Value::from(Serde(&codes)),
        },
    )
}
