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
    let mut codes: BTreeMap<&str, BTreeMap<&str, (&str, &str)>> = BTreeMap::new();
    for by in opened.report.by_scheme() {
        let of_scheme = codes.entry(&by.scheme.id).or_default();
        for verdict in by.verdicts {
            of_scheme
                .extend(verdict.clauses.iter().map(|it| (it.id.as_str(), (verdict.code.as_str(), it.says.as_str()))));
        }
    }
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
