//! Every Rust file belongs to the program or to a test, and says what it is for.

use std::collections::BTreeMap;
use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::rust::{is_punct, is_word, tokens};
use super::tree::Tree;

/// The folders with Rust in them.
pub(crate) const RUST: &[&str] = &["src", "probes", "tests"];

/// Every file that is compiled, and whether it is for tests only.
pub(crate) fn compiled(tree: &Tree) -> Result<BTreeMap<String, bool>, Vec<String>> {
    let mut files = BTreeMap::new();
    let mut problems = Vec::new();
    let tests = tree.names("tests").into_iter().map(|name| format!("tests/{name}"));
    let tests = tests.map(|name| if name.ends_with('/') { format!("{name}main.rs") } else { name });
    let roots = ["src/lib.rs", "src/main.rs", "src/build.rs", "probes/lib.rs"].map(ToOwned::to_owned);
    for root in roots.into_iter().chain(tests).filter(|root| tree.has(root)) {
        if Path::new(&root).extension().is_some_and(|extension| extension == "rs") {
            let folder = root.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
            follow(tree, &root, &folder, root.starts_with("tests/"), &mut files, &mut problems);
        }
    }
    if problems.is_empty() { Ok(files) } else { Err(problems) }
}

/// Takes in a file and those of the modules it declares, which stand in `folder`.
fn follow(
    tree: &Tree,
    path: &str,
    folder: &str,
    for_tests: bool,
    files: &mut BTreeMap<String, bool>,
    problems: &mut Vec<String>,
) {
    let seen = files.entry(path.to_owned()).or_insert(for_tests);
    *seen &= for_tests;
    let stream = match tokens(path, &tree.text(path)) {
        Ok(stream) => stream,
        Err(problem) => return problems.push(problem),
    };
    let mut declared = Vec::new();
    declarations(stream, folder, for_tests, &mut declared);
    for (folder, name, for_tests) in declared {
        let flat = (format!("{folder}/{name}.rs"), format!("{folder}/{name}"));
        let nested = (format!("{folder}/{name}/mod.rs"), format!("{folder}/{name}"));
        if let Some((file, folder)) = [flat, nested].into_iter().find(|(file, _)| tree.has(file)) {
            follow(tree, &file, &folder, for_tests, files, problems);
        }
    }
}

/// The modules declared: the folder their file stands in, their name, and whether they are for tests only.
fn declarations(stream: TokenStream, folder: &str, for_tests: bool, found: &mut Vec<(String, String, bool)>) {
    let tokens: Vec<TokenTree> = stream.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        let (true, Some(TokenTree::Ident(name))) = (is_word(Some(token), "mod"), tokens.get(at + 1)) else { continue };
        let for_tests = for_tests || under_cfg_test(&tokens[..at]);
        match tokens.get(at + 2) {
            Some(end) if is_punct(Some(end), ';') => found.push((folder.to_owned(), name.to_string(), for_tests)),
            Some(TokenTree::Group(body)) if body.delimiter() == Delimiter::Brace => {
                declarations(body.stream(), &format!("{folder}/{name}"), for_tests, found);
            }
            _ => {}
        }
    }
}

fn under_cfg_test(before: &[TokenTree]) -> bool {
    let attributes = before.iter().rev().take_while(|token| !is_punct(Some(token), ';'));
    attributes.take(8).any(|token| {
        matches!(token, TokenTree::Group(group)
            if group.delimiter() == Delimiter::Bracket && group.stream().to_string().replace(' ', "") == "cfg(test)")
    })
}

fn forgotten(tree: &Tree) -> Vec<String> {
    let compiled = match compiled(tree) {
        Ok(compiled) => compiled,
        Err(problems) => return problems,
    };
    let lost = tree.rust(RUST).into_iter().filter(|path| !compiled.contains_key(path));
    lost.map(|path| format!("{path}: is compiled by nothing; declare it with `mod`, or delete it")).collect()
}

fn purposes(tree: &Tree) -> Vec<String> {
    let silent = tree.rust(RUST).into_iter().filter(|path| !tree.text(path).starts_with("//! "));
    silent.map(|path| format!("{path}:1: does not say what it is for; begin with `//!`")).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tree::{none, one};
    use super::*;

    #[test]
    fn every_file_is_compiled() {
        none(&forgotten(&Tree::repository()));
        let tree = Tree::scratch(&[
            ("src/lib.rs", "//! A.\npub mod a;\n#[cfg(test)]\nmod tests;\n"),
            ("src/a/mod.rs", "mod b;"),
            ("src/a/b.rs", ""),
            ("src/tests.rs", ""),
            ("tests/golden.rs", "mod fixture { mod criteria; }"),
            ("tests/fixture/criteria.rs", ""),
            ("tests/it/main.rs", ""),
            ("tests/it/cli.rs", ""),
        ]);
        one(&forgotten(&tree), "tests/it/cli.rs: is compiled by nothing");
        assert_eq!(compiled(&tree).unwrap().get("src/tests.rs"), Some(&true));
        assert_eq!(compiled(&tree).unwrap().get("src/a/b.rs"), Some(&false));
    }

    #[test]
    fn every_module_says_what_it_is_for() {
        none(&purposes(&Tree::repository()));
        one(&purposes(&Tree::scratch(&[("src/a.rs", "//! A.\n"), ("src/b.rs", "use a;\n")])), "src/b.rs:1: ");
    }
}
