//! Every scheme holds together, names only what probes declare, and advises on every requirement.

use probes::spec::Spec;
use tickmark::criteria::Scheme;
use tickmark::criteria::verdict::Kind;

use super::tree::Tree;

/// The schemes of a tree that can be read, and what is wrong with the others.
pub(crate) fn read(tree: &Tree) -> (Vec<Scheme>, Vec<String>) {
    let specs = tree.specs();
    let specs: Vec<&Spec> = specs.iter().collect();
    let root = format!("{}/", tree.path("").display());
    let root = root.trim_end_matches('/');
    let (mut schemes, mut problems) = (Vec::new(), Vec::new());
    for name in tree.schemes() {
        match Scheme::from_dir(&tree.path(&format!("criteria/{name}")), &specs) {
            Ok(scheme) => schemes.push(scheme),
            Err(found) => problems.extend(
                found
                    .iter()
                    .map(|problem| problem.to_string().trim_start_matches(root).trim_start_matches('/').to_owned()),
            ),
        }
    }
    (schemes, problems)
}

fn advice(tree: &Tree) -> Vec<String> {
    let mut problems = Vec::new();
    for scheme in read(tree).0 {
        for criterion in &scheme.criteria {
            let silent = criterion.clauses.iter().filter(|clause| {
                clause.kind == Kind::Requirement && clause.advice.not_met.as_deref().is_none_or(str::is_empty)
            });
            problems.extend(silent.map(|clause| {
                let file = criterion.code.get_ref().to_lowercase();
                let id = clause.id.get_ref();
                format!("criteria/{}/{file}.toml: {id} has no advice; say what the city does first", scheme.file.id)
            }));
        }
    }
    problems
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::tree::{none, one};
    use super::*;

    const PROBE: &str = "id = 'fresh'\nquestion = ''\nwhy = ''\nhow = ''\nmost_requests = 1\n
[findings.dated]\nanswer = 'yes'\nmeans = 'It is {age} old.'\nfacts = { age = 'days' }\n";
    const HEAD: &str = "id = 'one'\ntitle = ''\nedition = ''\nabout = ''\nsource = ''\npoints_per_criterion = 1
order = ['ZZ7']\ncategories = [{ code = 'ZZ', title = '' }]\n";
    const CRITERION: &str = "code = 'ZZ7'\ntitle = 'Fresh'\ncategory = 'ZZ'\nneeds = 'all'\n
[[clauses]]\nid = 'ZZ.31'\nkind = 'requirement'\nsays = 'It is fresh.'
shown_by = [ { probe = 'fresh', finding = 'dated', where = { age = { at-most = 365 } } } ]
advice = { not_met = 'Renew it.' }\n";

    /// A scheme of one criterion that names one probe, with one text in place of another, and more files.
    pub(crate) fn scheme(from: &str, to: &str, more: &[(&str, &str)]) -> Tree {
        let criterion = CRITERION.replace(from, to);
        let mut files = vec![
            ("probes/fresh/probe.toml", PROBE),
            ("criteria/one/scheme.toml", HEAD),
            ("criteria/one/zz7.toml", criterion.as_str()),
        ];
        files.extend(more);
        Tree::scratch(&files)
    }

    #[test]
    fn criteria_name_what_there_is() {
        none(&read(&Tree::repository()).1);
        none(&read(&scheme("", "", &[])).1);
        for (from, to, expected) in [
            ("'fresh'", "'frehs'", "criteria/one/zz7.toml:10:24: there is no probe \"frehs\""),
            ("'dated'", "'date'", "criteria/one/zz7.toml:10:43: fresh declares no finding \"date\""),
            ("age", "ages", "criteria/one/zz7.toml:10:62: fresh dated has no fact \"ages\""),
            ("365", "'a year'", "criteria/one/zz7.toml:10:68: age: the fact is of type days"),
        ] {
            one(&read(&scheme(from, to, &[])).1, expected);
        }
    }

    #[test]
    fn every_requirement_has_advice() {
        none(&advice(&Tree::repository()));
        one(
            &advice(&scheme("advice = { not_met = 'Renew it.' }", "", &[])),
            "criteria/one/zz7.toml: ZZ.31 has no advice",
        );
    }
}
