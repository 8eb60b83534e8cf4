//! Every criterion has been judged both ways, as far as a machine can judge it.
//!
//! A clause with `shown_by` or `earns` needs a case in which it is met, one in which it is not, and one in which that could
//! not be seen, so that it is left to review.
//! A clause that only a person can judge is never met by the machine; so a criterion as a whole needs a case in which
//! it is not met, and a better one: met where the machine decides every deciding clause, left to review elsewhere.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use tickmark::criteria::scheme::Clause;
use tickmark::criteria::verdict::{Kind, Standing};

use super::schemes;
use super::tree::Tree;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    standing: Standing,
    clauses: BTreeMap<String, Standing>,
    /// Points are a matter of the case alone.
    #[serde(default, rename = "points")]
    _points: IgnoredAny,
}

fn judged(tree: &Tree) -> Vec<String> {
    let mut problems = Vec::new();
    for scheme in schemes::read(tree).0 {
        let home = format!("fixtures/criteria/{}", scheme.file.id);
        let codes: Vec<String> = scheme.criteria.iter().map(|c| c.code.get_ref().to_lowercase()).collect();
        for folder in tree.folders(&home).into_iter().filter(|folder| !codes.contains(folder)) {
            problems.push(format!("{home}/{folder}: there is no such criterion; rename or delete it"));
        }
        for (criterion, code) in scheme.criteria.iter().zip(&codes) {
            let home = format!("{home}/{code}");
            let mut cases = Vec::new();
            for folder in tree.folders(&home) {
                let path = format!("{home}/{folder}/verdict.json");
                match serde_json::from_str::<Case>(&tree.text(&path)) {
                    Ok(case) => cases.push(case),
                    Err(error) => problems.push(format!("{path}: cannot be read: {error}")),
                }
            }
            let mut lacks = |what: &str| problems.push(format!("{home}: no case in which {what}; add one"));
            let required = criterion.clauses.iter().any(|clause| clause.kind == Kind::Requirement);
            let by_machine = criterion
                .clauses
                .iter()
                .filter(|clause| !required || clause.kind == Kind::Requirement)
                .all(Clause::by_machine);
            let best = if by_machine { Standing::Met } else { Standing::NeedsReview };
            for (standing, words) in [(Standing::NotMet, "it is not met"), (best, "it stands as well as it can")] {
                if !cases.iter().any(|case| case.standing == standing) {
                    lacks(words);
                }
            }
            for clause in criterion.clauses.iter().filter(|clause| clause.by_machine()) {
                let id = clause.id.get_ref();
                for (standing, words) in [
                    (Standing::Met, "is met"),
                    (Standing::NotMet, "is not met"),
                    (Standing::NeedsReview, "is left to review"),
                ] {
                    if !cases.iter().any(|case| case.clauses.get(id) == Some(&standing)) {
                        lacks(&format!("{id} {words}"));
                    }
                }
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::super::schemes::tests::scheme;
    use super::super::tree::{none, one};
    use super::*;

    const HOME: &str = "fixtures/criteria/one/zz7";
    const MET: &str = r#"{ "clauses": { "ZZ.31": "met" }, "standing": "met" }"#;
    const NOT: &str = r#"{ "clauses": { "ZZ.31": "not-met" }, "standing": "not-met" }"#;
    const OPEN: &str = r#"{ "clauses": { "ZZ.31": "needs-review" }, "standing": "needs-review" }"#;

    fn cases(from: &str, to: &str, cases: &[&str]) -> Vec<String> {
        let paths: Vec<String> = (0..cases.len()).map(|n| format!("{HOME}/case-{n}/verdict.json")).collect();
        let files: Vec<(&str, &str)> = paths.iter().map(String::as_str).zip(cases.iter().copied()).collect();
        judged(&scheme(from, to, &files))
    }

    #[test]
    fn every_criterion_was_judged_both_ways() {
        none(&judged(&Tree::repository()));
        none(&cases("", "", &[MET, NOT, OPEN]));
        one(&cases("", "", &[MET, NOT]), &format!("{HOME}: no case in which ZZ.31 is left to review"));
        let without = cases("", "", &[NOT, OPEN]);
        assert_eq!(without.len(), 2, "{without:?}");
        assert!(without[1].contains("ZZ.31 is met"), "{without:?}");
        let without = cases("", "", &[MET, OPEN]);
        assert_eq!(without.len(), 2, "{without:?}");
        assert!(without[1].contains("ZZ.31 is not met"), "{without:?}");
        one(&cases("", "", &[MET, NOT, OPEN, "{}"]), &format!("{HOME}/case-3/verdict.json: cannot be read"));
        let more = [("fixtures/criteria/one/zz8/a/verdict.json", MET)];
        let strays = judged(&scheme("", "", &more));
        assert!(
            strays.iter().any(|problem| problem.starts_with("fixtures/criteria/one/zz8: there is no")),
            "{strays:?}"
        );
    }

    #[test]
    fn a_clause_for_a_person_need_not_be_met() {
        let shown = "shown_by = [ { probe = 'fresh', finding = 'dated', where = { age = { at-most = 365 } } } ]";
        none(&cases(shown, "asks = 'Is it fresh?'", &[OPEN, NOT]));
        one(&cases(shown, "asks = 'Is it fresh?'", &[NOT]), &format!("{HOME}: no case in which it stands as well"));
    }
}
