//! The floors of the house: what may import what.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenTree;

use super::rust::{is_word, paths, runs, tokens};
use super::tree::Tree;

/// The contract of the probes' crate, floor 0. Beside it stands shared reading, floor 1, and above it each probe, floor 2.
const CONTRACT: &[&str] = &["body", "capture", "finding", "probe", "spec"];
/// What stands above every probe: their list.
const LISTS: &[&str] = &["ALL", "READERS"];
/// The modules of the machinery by their floor. A module imports from lower floors only.
const FLOORS: &[(u8, &[&str])] = &[
    (3, &["criteria", "schedule", "submission"]),
    (4, &["pack", "store"]),
    (5, &["crawl", "report"]),
    (6, &["audit"]),
    (7, &["notify", "serve", "survey"]),
    (8, &["cli", "main"]),
];
/// The only imports within a floor: a submission's codes are held against the scheme it is offered to, the workbench has
/// people told of changes, and the program is its command line.
const NEIGHBOURS: &[(&str, &str)] = &[("submission", "criteria"), ("serve", "notify"), ("main", "cli")];
/// From here on, the probes themselves may be asked; below, only their contract is known.
const ASKS_PROBES: u8 = 6;
/// From here on, their list is known, so that findings can be read back as they were declared.
const READS_FINDINGS: u8 = 5;
/// Where functions may be asynchronous.
const ASYNC: &[&str] = &["crawl", "notify", "pack", "serve", "store"];
/// Crates that would open sockets or run on a clock.
const IMPURE: &[&str] = &["async-std", "hyper", "reqwest", "rustls", "tickmark", "tokio", "ureq"];

/// An import of one module by another, and where.
struct Import {
    path: String,
    line: usize,
    /// The importing module at the top of its crate.
    of: String,
    /// Whether it comes from the other crate.
    foreign: bool,
    /// The imported module at the top of its crate.
    what: String,
}

fn floors(tree: &Tree) -> Vec<String> {
    let mut problems = Vec::new();
    let probes = tree.probe_folders();
    let mut shared: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for import in imports(tree, "probes", &mut problems) {
        let (of, what) = (in_probes(&import.of, &probes), in_probes(&import.what, &probes));
        let Import { path, line, .. } = &import;
        if of == 2 && what == 2 {
            problems.push(format!(
                "{path}:{line}: a probe imports the probe {}; what both need goes into shared reading",
                import.what
            ));
        } else if what > of {
            problems.push(format!(
                "{path}:{line}: floor {of} imports {} of floor {what}; move what both need down",
                import.what
            ));
        } else if of == 1 && what == 1 {
            shared.entry(import.of).or_default().insert(import.what);
        }
    }
    if let Some(circle) = circle(&shared) {
        problems.push(format!("probes: shared reading goes in a circle, {}; cut it", circle.join(" → ")));
    }
    for import in imports(tree, "src", &mut problems) {
        problems.extend(machinery(&import, &probes));
    }
    problems
}

fn machinery(import: &Import, probes: &[String]) -> Option<String> {
    let Import { path, line, of, what, foreign } = import;
    let Some(floor) = floor(of) else {
        return Some(format!("{path}:{line}: {of} stands on no floor; give it one in DESIGN.md's table and here"));
    };
    if *foreign {
        if probes.contains(what) {
            return Some(format!("{path}:{line}: the machinery names the probe {what}; go through `probes::ALL`"));
        }
        let known = CONTRACT.contains(&what.as_str())
            || floor >= if LISTS.contains(&what.as_str()) { READS_FINDINGS } else { ASKS_PROBES };
        return (!known).then(|| format!("{path}:{line}: floor {floor} knows only the probes' contract, not {what}"));
    }
    let above = self::floor(what)?;
    let neighbours = NEIGHBOURS.contains(&(of.as_str(), what.as_str()));
    (above >= floor && !neighbours)
        .then(|| format!("{path}:{line}: floor {floor} imports {what} of floor {above}; move what both need down"))
}

fn floor(module: &str) -> Option<u8> {
    FLOORS.iter().find(|(_, modules)| modules.contains(&module)).map(|(floor, _)| *floor)
}

fn in_probes(module: &str, probes: &[String]) -> u8 {
    if LISTS.contains(&module) {
        3
    } else if probes.iter().any(|probe| probe == module) {
        2
    } else {
        u8::from(!CONTRACT.contains(&module))
    }
}

/// The imports from one module at the top of a crate to another; `lib.rs` only lists them.
fn imports(tree: &Tree, root: &str, problems: &mut Vec<String>) -> Vec<Import> {
    let mut found = Vec::new();
    let mut modules: BTreeSet<String> = LISTS.iter().map(|list| (*list).to_owned()).collect();
    let files: Vec<String> = tree.rust(&[root]).into_iter().filter(|path| !path.ends_with("/lib.rs")).collect();
    modules.extend(files.iter().filter_map(|path| module_path(root, path).into_iter().next()));
    for path in files {
        let own = module_path(root, &path);
        let stream = match tokens(&path, &tree.text(&path)) {
            Ok(stream) => stream,
            Err(problem) => {
                problems.push(problem);
                continue;
            }
        };
        for written in paths(stream) {
            let supers = written.names.iter().take_while(|name| *name == "super").count();
            let (foreign, at) = match written.names[0].as_str() {
                "probes" if root == "src" => (true, 1),
                "crate" => (false, 1),
                "tickmark" if root == "src" => (false, 1),
                "super" if supers == own.len() + written.depth => (false, supers),
                _ => continue,
            };
            let Some(what) = written.names.get(at).filter(|what| foreign || modules.contains(*what)) else { continue };
            if *what != own[0] || foreign {
                found.push(Import {
                    path: path.clone(),
                    line: written.line,
                    of: own[0].clone(),
                    foreign,
                    what: what.clone(),
                });
            }
        }
    }
    found
}

/// The names of the module that a file holds, from the crate's root.
fn module_path(root: &str, path: &str) -> Vec<String> {
    let path = path.strip_prefix(root).unwrap_or(path).trim_start_matches('/').trim_end_matches(".rs");
    path.split('/').filter(|name| *name != "mod").map(ToOwned::to_owned).collect()
}

/// A circle, if there is one, as a walk that ends where it began.
fn circle(edges: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    fn walk(edges: &BTreeMap<String, BTreeSet<String>>, trail: &mut Vec<String>) -> Option<Vec<String>> {
        for next in edges.get(trail.last()?)? {
            if let Some(start) = trail.iter().position(|seen| seen == next) {
                return Some(trail[start..].iter().chain([next]).cloned().collect());
            }
            trail.push(next.clone());
            if let Some(circle) = walk(edges, trail) {
                return Some(circle);
            }
            trail.pop();
        }
        None
    }
    edges.keys().find_map(|start| walk(edges, &mut vec![start.clone()]))
}

fn asynchrony(tree: &Tree) -> Vec<String> {
    let mut problems = Vec::new();
    let elsewhere = |path: &String| {
        path.starts_with("probes/") || module_path("src", path).first().is_some_and(|m| !ASYNC.contains(&m.as_str()))
    };
    for path in tree.rust(&["src", "probes"]).into_iter().filter(elsewhere) {
        let Ok(stream) = tokens(&path, &tree.text(&path)) else { continue };
        let words = runs(stream).into_iter().flatten();
        problems.extend(words.filter(|token| ["async", "await"].iter().any(|word| is_word(Some(token), word))).map(
            |token: TokenTree| {
                let line = token.span().start().line;
                format!("{path}:{line}: is asynchronous; only {} may be", ASYNC.join(", "))
            },
        ));
    }
    problems
}

fn purity(tree: &Tree) -> Vec<String> {
    let manifest: toml::Table = tree.text("probes/Cargo.toml").parse().unwrap_or_default();
    let Some(dependencies) = manifest.get("dependencies").and_then(toml::Value::as_table) else { return Vec::new() };
    let impure = dependencies.keys().filter(|name| IMPURE.contains(&name.as_str()));
    impure.map(|name| format!("probes/Cargo.toml: a probe is pure; {name} belongs into src")).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tree::{none, one};
    use super::*;

    #[test]
    fn imports_go_down() {
        none(&floors(&Tree::repository()));
        for (path, text, expected) in [
            ("src/criteria/mod.rs", "use crate::pack::Pack;", "src/criteria/mod.rs:1: floor 3 imports pack of floor 4"),
            ("src/crawl/mod.rs", "use crate::report;", "src/crawl/mod.rs:1: floor 5 imports report of floor 5"),
            ("src/criteria/mod.rs", "use crate::submission;", "src/criteria/mod.rs:1: floor 3 imports submission"),
            (
                "src/pack/a.rs",
                "mod b { use super::super::super::audit::run; }",
                "src/pack/a.rs:1: floor 4 imports audit",
            ),
            ("src/pack/a.rs", "\nfn f() { crate::cli::run() }", "src/pack/a.rs:2: floor 4 imports cli of floor 8"),
            ("src/report/a.rs", "use probes::html::Page;", "src/report/a.rs:1: floor 5 knows only"),
            ("src/pack/a.rs", "use probes::ALL;", "src/pack/a.rs:1: floor 4 knows only"),
            ("src/audit.rs", "use probes::fresh::Fresh;", "src/audit.rs:1: the machinery names the probe fresh"),
            ("src/tools.rs", "use crate::pack::Pack;", "src/tools.rs:1: tools stands on no floor"),
            ("probes/capture.rs", "use crate::kind;", "probes/capture.rs:1: floor 0 imports kind of floor 1"),
            (
                "probes/kind.rs",
                "use crate::{body, fresh::Fresh};",
                "probes/kind.rs:1: floor 1 imports fresh of floor 2",
            ),
            ("probes/new/mod.rs", "use crate::fresh::Fresh;", "probes/new/mod.rs:1: a probe imports the probe fresh"),
            ("probes/new/a.rs", "use super::super::fresh;", "probes/new/a.rs:1: a probe imports the probe fresh"),
            ("probes/new/a.rs", "use crate::ALL;", "probes/new/a.rs:1: floor 2 imports ALL of floor 3"),
            ("probes/text.rs", "use crate::kind;", "probes: shared reading goes in a circle, kind → text → kind"),
        ] {
            let tree = Tree::scratch(&[
                ("probes/new/probe.toml", ""),
                ("probes/fresh/probe.toml", ""),
                ("probes/fresh/mod.rs", "use crate::capture; use crate::kind::Kind; use self::a::b;"),
                ("probes/kind.rs", "use crate::text; use crate::capture::Capture;"),
                ("probes/text.rs", ""),
                ("src/submission.rs", "use crate::criteria::Scheme; use probes::capture::Capture;"),
                ("src/pack/mod.rs", "use super::criteria; use crate::submission;"),
                ("src/audit.rs", "use crate::pack; use probes::kind::Kind; use probes::ALL;"),
                ("src/cli.rs", "use crate::audit; fn f() { probes::html::read() }"),
                ("src/report/mod.rs", ""),
                ("src/criteria/mod.rs", ""),
                (path, &if path == "probes/kind.rs" { format!("use crate::text; {text}") } else { text.to_owned() }),
            ]);
            one(&floors(&tree), expected);
        }
    }

    #[test]
    fn only_the_crawl_and_what_serves_are_asynchronous() {
        none(&asynchrony(&Tree::repository()));
        let tree = Tree::scratch(&[
            ("src/crawl/mod.rs", "async fn a() {}"),
            ("src/audit.rs", "fn a() {}\nfn b() { async {}; }"),
            ("probes/kind.rs", "// async\n"),
        ]);
        one(&asynchrony(&tree), "src/audit.rs:2: ");
    }

    #[test]
    fn probes_are_pure() {
        none(&purity(&Tree::repository()));
        let manifest = "[dependencies]\ntokio = '1'\nurl.workspace = true\n";
        one(&purity(&Tree::scratch(&[("probes/Cargo.toml", manifest)])), "probes/Cargo.toml: a probe is pure; tokio");
    }
}
