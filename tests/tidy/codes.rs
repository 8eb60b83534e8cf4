//! A criterion's code stands in data, never in Rust, and never in a probe's own account of itself.

use std::collections::BTreeSet;
use std::path::Path;

use super::tree::Tree;

/// Every criterion's code and clause's id of every scheme, in small letters.
fn names(tree: &Tree) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for path in tree.files("criteria") {
        let Ok(file) = tree.text(&path).parse::<toml::Table>() else { continue };
        let clauses = file.get("clauses").and_then(toml::Value::as_array).into_iter().flatten();
        let ids = clauses.filter_map(|clause| clause.get("id")).chain(file.get("code"));
        names.extend(ids.filter_map(toml::Value::as_str).map(str::to_ascii_lowercase));
    }
    names
}

fn named(tree: &Tree) -> Vec<String> {
    let names = names(tree);
    let mut problems = Vec::new();
    for path in ["src", "probes", "tests"].into_iter().flat_map(|dir| tree.files(dir)) {
        let code = Path::new(&path).extension().is_some_and(|extension| extension == "rs");
        if !code && !path.starts_with("probes/") {
            continue;
        }
        for (line, text) in tree.text(&path).lines().enumerate() {
            // Underscores divide: a test's name must not hold a code either.
            let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '.').map(|word| word.trim_matches('.'));
            problems.extend(words.filter(|word| names.contains(&word.to_ascii_lowercase())).map(|word| {
                format!("{path}:{}: names {word:?}; what it wants of a criterion belongs into criteria/", line + 1)
            }));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::super::tree::{none, one};
    use super::*;

    #[test]
    fn no_rust_and_no_probe_names_a_criterion() {
        none(&named(&Tree::repository()));
        for (path, text) in [
            ("src/a.rs", "let code = \"ZZ7\";"),
            ("src/a.rs", "// As zz7 wants it."),
            ("tests/it/a.rs", "fn zz7_is_met() {}"),
            ("src/a.rs", "if id == \"ZZ.31\" {}"),
            ("probes/fresh/probe.toml", "why = \"It counts for ZZ.31.\""),
        ] {
            let tree = Tree::scratch(&[
                ("criteria/one/a.toml", "code = 'ZZ7'\n[[clauses]]\nid = 'ZZ.31'"),
                ("src/b.rs", "let hash = \"a1zz7\"; let zz71 = ZZ.3; // xZZ.31"),
                ("tests/a.json", "ZZ7"),
                (path, text),
            ]);
            one(&named(&tree), &format!("{path}:1: names"));
        }
    }
}
