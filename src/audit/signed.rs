//! A sign-off held against the run that it closes.

use std::collections::BTreeMap;

use crate::criteria::decision::{Decision, SignOff};
use crate::report::Report;

/// Reads the sign-off of the run whose pack holds `hash`; else everything about it that does not hold, by name, with the
/// reason.
pub fn read(bytes: &[u8], hash: &str, report: &Report) -> Result<SignOff, BTreeMap<String, String>> {
    const WHOLE: &str = "the sign-off";
    let mut problems = BTreeMap::new();
    let sign_off: SignOff = match serde_json::from_slice(bytes) {
        Ok(sign_off) => sign_off,
        Err(error) => return Err(BTreeMap::from([(WHOLE.to_owned(), format!("it cannot be read: {error}"))])),
    };
    let mut add = |number: Option<usize>, why: &str| {
        let name = number.map_or_else(|| WHOLE.to_owned(), |number| format!("decision {number}"));
        problems.entry(name).or_insert_with(|| why.to_owned());
    };
    if sign_off.run != hash {
        add(None, "it is of another run");
    }
    for (number, why) in sign_off.problems() {
        add(number, why);
    }
    for decision in &sign_off.decisions {
        if let Some(why) = elsewhere(decision, report) {
            add(Some(decision.number), why);
        }
    }
    if problems.is_empty() { Ok(sign_off) } else { Err(problems) }
}

/// Why a decision is not about this report.
fn elsewhere(decision: &Decision, report: &Report) -> Option<&'static str> {
    let decided = &decision.decided;
    let scheme = report.by_scheme().find(|by| by.scheme.id == decided.scheme);
    let clauses = scheme.into_iter().flat_map(|by| by.verdicts).flat_map(|verdict| &verdict.clauses);
    let Some(clause) = clauses.into_iter().find(|clause| clause.id == decided.clause) else {
        return Some("the report has no such clause");
    };
    if clause.standing != decided.found {
        Some("the report has its clause stand otherwise")
    } else if clause.findings != decided.findings {
        Some("the report has other findings decide its clause")
    } else {
        None
    }
}
