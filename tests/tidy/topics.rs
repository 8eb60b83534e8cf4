//! Every topic of the passages is looked for, and leads to a clause of some scheme.

use std::collections::BTreeSet;

use super::tree::Tree;

const TOPICS: &str = "probes/passages/topics";

fn topics(tree: &Tree) -> Vec<String> {
    let list = tree.text("probes/passages/topics.rs");
    let criteria: Vec<String> = tree.files("criteria").iter().map(|path| tree.text(path)).collect();
    let mut problems = Vec::new();
    let files: BTreeSet<String> = tree
        .files(TOPICS)
        .iter()
        .filter_map(|path| Some(path.rsplit_once('/')?.1.strip_suffix(".toml")?.to_owned()))
        .collect();
    for topic in files {
        if !list.contains(&format!("\"topics/{topic}.toml\"")) {
            problems.push(format!("{TOPICS}/{topic}.toml: is never looked for; add its line to topics.rs"));
        }
        if !criteria.iter().any(|text| text.contains(&format!("topic = {{ is = \"{topic}\" }}"))) {
            problems.push(format!("{TOPICS}/{topic}.toml: leads to no clause; name it in the leads of one"));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::super::tree::{none, one};
    use super::*;

    #[test]
    fn every_topic_leads_to_a_clause() {
        none(&topics(&Tree::repository()));
        let list = ("probes/passages/topics.rs", "(\"a\", include_str!(\"topics/a.toml\"))");
        let leads = ("criteria/one/x.toml", "where = { topic = { is = \"a\" } }");
        one(
            &topics(&Tree::scratch(&[list, ("probes/passages/topics/a.toml", "")])),
            "probes/passages/topics/a.toml: leads",
        );
        one(
            &topics(&Tree::scratch(&[leads, ("probes/passages/topics/a.toml", "")])),
            "probes/passages/topics/a.toml: is never",
        );
    }
}
