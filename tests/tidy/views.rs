//! Every view draws a table that is there, and has drawn one in a fixture.

use probes::spec::{FactType, Spec};
use serde_json::Value;
use tickmark::report::chart::charts;

use super::tree::Tree;

fn drawn(tree: &Tree) -> Vec<String> {
    let mut problems = Vec::new();
    for spec in tree.specs() {
        let path = format!("probes/{}/probe.toml", spec.id);
        let seen = seen(tree, &spec);
        for (code, finding) in &spec.findings {
            for (name, view) in &finding.views {
                if finding.facts.get(&view.fact) != Some(&FactType::Table) {
                    let what = format!("the view {name} of {code} draws {:?}, which is no table of it", view.fact);
                    problems.push(format!("{path}: {what}; name one"));
                } else if !seen.contains(&(code.clone(), name.clone())) {
                    let columns = format!("{:?} and {:?}", view.label, view.value);
                    problems.push(format!("{path}: no fixture has rows that the view {name} of {code} draws by the columns {columns}; mend the view or add a case"));
                }
            }
        }
    }
    problems
}

/// The views drawn in the probe's fixtures, each with its finding's code.
fn seen(tree: &Tree, spec: &Spec) -> Vec<(String, String)> {
    let folder = format!("fixtures/probes/{}", spec.id);
    let mut seen = Vec::new();
    for case in tree.folders(&folder) {
        let text = tree.text(&format!("{folder}/{case}/findings.json"));
        let written: Vec<Value> = serde_json::from_str(&text).unwrap_or_default();
        for finding in written.iter().filter_map(|value| spec.read(value).ok()) {
            seen.extend(charts(&finding, spec).iter().map(|chart| (finding.code.clone(), chart.name.to_owned())));
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::super::tree::{none, one};
    use super::*;

    const PROBE: &str = "id = 'herd'\nquestion = ''\nwhy = ''\nhow = ''\nmost_requests = 1\n
[findings.counted]\nanswer = 'yes'\nmeans = 'Counted.'\nfacts = { kinds = 'table', heads = 'count' }
views = { kinds = { title = 'Kinds', fact = 'kinds', label = 'kind', value = 'heads' } }\n";
    const CASE: &str = r#"[{ "probe": "herd", "target": "t", "code": "counted",
"facts": { "kinds": [{ "kind": "cows", "heads": "12" }] } }]"#;

    fn herd(from: &str, to: &str) -> Tree {
        let probe = PROBE.replace(from, to);
        Tree::scratch(&[("probes/herd/probe.toml", probe.as_str()), ("fixtures/probes/herd/cows/findings.json", CASE)])
    }

    #[test]
    fn every_view_draws() {
        none(&drawn(&Tree::repository()));
        none(&drawn(&herd("", "")));
        one(
            &drawn(&herd("fact = 'kinds'", "fact = 'heads'")),
            "probes/herd/probe.toml: the view kinds of counted draws",
        );
        one(&drawn(&herd("value = 'heads'", "value = 'head'")), "probes/herd/probe.toml: no fixture has rows that");
    }
}
