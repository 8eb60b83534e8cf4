//! The generated reference in `docs/` says what the data says today; `BLESS=1` writes it anew.

mod accuracy;
mod coverage;
mod probes;
mod schemes;
mod security;
mod sizing;

use tickmark::criteria::Scheme;
use tickmark::criteria::scheme::Clause;

use super::schemes::read;
use super::tree::Tree;

/// Every page of the reference, by its path.
fn pages(tree: &Tree) -> Vec<(String, String)> {
    let specs = tree.specs();
    let mut pages = vec![("docs/probes.md".to_owned(), probes::page(&specs))];
    let schemes = read(tree).0;
    pages.extend(schemes.iter().map(|scheme| (format!("docs/{}.md", scheme.file.id), schemes::page(scheme, &specs))));
    if tree.has(security::RISKS) {
        pages.push(("docs/security.md".to_owned(), security::page(&tree.text(security::RISKS))));
    }
    if tree.has(sizing::FIGURES) {
        pages.push(("docs/sizing.md".to_owned(), sizing::page(&tree.text(sizing::FIGURES))));
    }
    if tree.has(accuracy::FIGURES) {
        let text = tree.text(accuracy::FIGURES);
        pages.push(("docs/accuracy.md".to_owned(), accuracy::page(&text)));
        let figures = accuracy::read(&text).unwrap_or_default();
        // Only where documents are read is there more to tell than the scheme's own page does.
        let read = |scheme: &&Scheme| {
            let mut signs = scheme.criteria.iter().flat_map(|criterion| &criterion.clauses).flat_map(Clause::signs);
            signs.any(|sign| sign.probe.get_ref() == "passages")
        };
        for scheme in schemes.iter().filter(read) {
            pages.push((format!("docs/coverage-{}.md", scheme.file.id), coverage::page(tree, scheme, &figures)));
        }
    }
    pages
}

fn stale(tree: &Tree) -> Vec<String> {
    let pages = pages(tree);
    let wanted = |path: &String| pages.iter().any(|(page, _)| page == path);
    let stray = tree.files("docs").into_iter().filter(|path| !wanted(path));
    let stray = stray.map(|path| format!("{path}: docs/ is generated and nothing generates this; delete it"));
    let old = pages.iter().filter(|(path, text)| tree.text(path) != *text);
    let old = old.map(|(path, _)| format!("{path}: is stale; run BLESS=1 cargo test --test tidy"));
    stray.chain(old).collect()
}

/// How many there are of a thing, in words.
fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::super::schemes::tests::scheme;
    use super::super::tree::{none, one};
    use super::*;

    #[test]
    fn the_reference_is_fresh() {
        let tree = Tree::repository();
        if std::env::var_os("BLESS").is_some() {
            for (path, text) in pages(&tree) {
                tree.write(&path, &text);
            }
        }
        none(&stale(&tree));
        let fresh = pages(&scheme("", "", &[]));
        let files: Vec<(&str, &str)> = fresh.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        none(&stale(&scheme("", "", &files)));
        one(&stale(&scheme("It is fresh.", "It is new.", &files)), "docs/one.md: is stale");
        one(&stale(&scheme("", "", &files[1..])), "docs/probes.md: is stale");
        let stray = scheme("", "", &[&files[..], &[("docs/notes.md", "")]].concat());
        one(&stale(&stray), "docs/notes.md: docs/ is generated");
    }
}
