//! What a probe declares of itself is whole, and every finding it declares has been seen in a fixture.

use probes::finding::Answer;
use probes::sentence::places;
use probes::spec::{BROKE, OVER_BUDGET, Spec};
use serde_json::Value;

use super::tree::Tree;

fn declared(tree: &Tree) -> Vec<String> {
    let mut problems = Vec::new();
    for probe in tree.probe_folders() {
        let path = format!("probes/{probe}/probe.toml");
        let text = tree.text(&path);
        let spec = match Spec::parse(&text) {
            Ok(spec) => spec,
            Err(error) => {
                problems.push(format!("{path}: cannot be read: {}", error.message()));
                continue;
            }
        };
        if spec.id != probe {
            problems.push(format!("{path}:1: says it is {:?}; a probe's id is its folder's name", spec.id));
        }
        for (code, finding) in &spec.findings {
            let line = line_of(&text, code);
            for (name, _) in places(&finding.means).filter(|(name, _)| !finding.facts.contains_key(*name)) {
                problems
                    .push(format!("{path}:{line}: {code} means {{{name}}}, which is no fact of it; declare the fact"));
            }
            for name in finding.remembered.iter().filter(|name| !finding.facts.contains_key(*name)) {
                problems.push(format!("{path}:{line}: {code} remembers {name:?}, which is no fact of it"));
            }
            let fix = finding.fix.as_deref().unwrap_or_default();
            if fix.contains('{') {
                problems
                    .push(format!("{path}:{line}: facts are not put into the fix of {code}; say it without braces"));
            }
            if finding.answer == Answer::No && fix.is_empty() {
                problems.push(format!("{path}:{line}: {code} answers no and has no fix; say what the city can do"));
            }
        }
    }
    problems
}

/// The line on which a finding is declared, from 1.
fn line_of(text: &str, code: &str) -> usize {
    text.lines().position(|line| line.trim() == format!("[findings.{code}]")).map_or(1, |at| at + 1)
}

fn seen(tree: &Tree) -> Vec<String> {
    let mut problems = Vec::new();
    for spec in tree.specs() {
        let folder = format!("fixtures/probes/{}", spec.id);
        let cases: Vec<Value> = tree
            .folders(&folder)
            .iter()
            .filter_map(|case| serde_json::from_str(&tree.text(&format!("{folder}/{case}/findings.json"))).ok())
            .collect();
        let unseen = spec.findings.keys().filter(|code| *code != BROKE && *code != OVER_BUDGET);
        for code in unseen.filter(|code| !cases.iter().any(|case| finds(case, code))) {
            let path = format!("probes/{}/probe.toml", spec.id);
            let line = line_of(&tree.text(&path), code);
            problems.push(format!("{path}:{line}: no fixture finds {code}; add a case to {folder}"));
        }
    }
    problems
}

/// Whether a finding of this code stands anywhere in a case.
fn finds(case: &Value, code: &str) -> bool {
    match case {
        Value::Array(values) => values.iter().any(|value| finds(value, code)),
        Value::Object(fields) => {
            fields.get("code").is_some_and(|found| found == code) || fields.values().any(|value| finds(value, code))
        }
        _ => false,
    }
}

fn cases(tree: &Tree) -> Vec<String> {
    let mut problems = Vec::new();
    for probe in tree.folders("fixtures/probes") {
        if !tree.has(&format!("probes/{probe}/probe.toml")) {
            problems.push(format!("fixtures/probes/{probe}: there is no such probe; rename or delete it"));
        }
        for case in tree.folders(&format!("fixtures/probes/{probe}")) {
            for file in ["exchanges.http", "findings.json"] {
                let path = format!("fixtures/probes/{probe}/{case}/{file}");
                if !tree.has(&path) {
                    problems.push(format!(
                        "{path}: is missing; write the exchanges, then BLESS=1 cargo test --test golden"
                    ));
                }
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::super::tree::{none, one};
    use super::*;

    const SOUND: &str = "id = 'fresh'\nquestion = ''\nwhy = ''\nhow = ''\nmost_requests = 1\n
[findings.dated]\nanswer = 'yes'\nmeans = 'It is {age} old.'\nfacts = { age = 'days' }\n
[findings.stale]\nanswer = 'no'\nmeans = 'It is old.'\nfix = 'Renew it.'\n";

    fn probe(text: &str) -> Tree {
        Tree::scratch(&[("probes/fresh/probe.toml", text)])
    }

    #[test]
    fn what_a_probe_declares_is_whole() {
        none(&declared(&Tree::repository()));
        none(&declared(&probe(SOUND)));
        for (from, to, expected) in [
            ("{age}", "{years}", "probes/fresh/probe.toml:7: dated means {years}"),
            ("fix = 'Renew it.'", "", "probes/fresh/probe.toml:12: stale answers no and has no fix"),
            ("Renew it.", "Renew {it}.", "probes/fresh/probe.toml:12: facts are not put into the fix"),
            ("'fresh'", "'old'", "probes/fresh/probe.toml:1: says it is \"old\""),
            ("how = ''", "", "probes/fresh/probe.toml: cannot be read: missing field `how`"),
        ] {
            one(&declared(&probe(&SOUND.replace(from, to))), expected);
        }
    }

    #[test]
    fn every_finding_was_seen() {
        none(&seen(&Tree::repository()));
        let tree = Tree::scratch(&[
            ("probes/fresh/probe.toml", SOUND),
            ("fixtures/probes/fresh/new/findings.json", "[{ \"code\": \"dated\", \"facts\": { \"age\": 1 } }]"),
        ]);
        one(&seen(&tree), "probes/fresh/probe.toml:12: no fixture finds stale");
    }

    #[test]
    fn every_case_is_whole() {
        none(&cases(&Tree::repository()));
        let path = "fixtures/probes/fresh/new/findings.json";
        let tree = Tree::scratch(&[("probes/fresh/probe.toml", SOUND), (path, "[]")]);
        one(&cases(&tree), "fixtures/probes/fresh/new/exchanges.http: is missing");
        one(&cases(&Tree::scratch(&[("fixtures/probes/frehs/.keep", "")])), "fixtures/probes/frehs: there is no such");
    }
}
