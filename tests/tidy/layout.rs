//! Where files stand, how they are named, and how large they may grow.

use std::fs;
use std::path::Path;

use super::tree::Tree;

/// What may stand at the top, beside hidden files.
const TOP: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "benches/",
    "criteria/",
    "docs/",
    "fixtures/",
    "probes/",
    "src/",
    "tests/",
];
/// Names that say nothing of what is inside.
const EMPTY_NAMES: &[&str] = &["util", "utils", "helper", "helpers", "common", "misc", "shared", "manager"];
/// Most lines of a source file.
const MOST_LINES: usize = 500;
/// Most bytes of one fixture: 200 kB.
const MOST_FIXTURE: u64 = 200_000;
/// Most bytes of a city's pack or report, which hold a whole audit: 400 kB.
const MOST_OF_A_CITY: u64 = 400_000;
/// Most bytes of all fixtures: 4 MB.
const MOST_FIXTURES: u64 = 4_000_000;

fn top(tree: &Tree) -> Vec<String> {
    let known = |name: &String| name.starts_with('.') || TOP.contains(&name.as_str());
    let strange = tree.names("").into_iter().filter(|name| !known(name));
    strange.map(|name| format!("{name}: the top level is fixed; put it into one of {}", TOP.join(" "))).collect()
}

fn names(tree: &Tree) -> Vec<String> {
    let empty = |path: &String| {
        let mut parts = Path::new(path).components().map(|part| part.as_os_str().to_string_lossy().into_owned());
        parts.any(|part| EMPTY_NAMES.contains(&part.split('.').next().unwrap_or_default()))
    };
    let paths = ["src", "probes", "tests", "criteria"].into_iter().flat_map(|dir| tree.files(dir));
    paths.filter(empty).map(|path| format!("{path}: says nothing of what is inside; name it for that")).collect()
}

fn lengths(tree: &Tree) -> Vec<String> {
    let mut problems = Vec::new();
    for path in ["src", "probes", "tests", ".ci"].into_iter().flat_map(|dir| tree.files(dir)) {
        let data = Path::new(&path).extension().is_some_and(|e| ["json", "toml"].iter().any(|data| e == *data));
        let lines = tree.text(&path).lines().count();
        if !data && lines > MOST_LINES {
            problems.push(format!("{path}:{lines}: more than {MOST_LINES} lines; split it where it holds two ideas"));
        }
    }
    problems
}

fn fixtures(tree: &Tree) -> Vec<String> {
    let mut problems = Vec::new();
    let mut all = 0;
    for path in tree.files("fixtures") {
        let bytes = fs::metadata(tree.path(&path)).map_or(0, |file| file.len());
        all += bytes;
        let most = if path.starts_with("fixtures/cities/") { MOST_OF_A_CITY } else { MOST_FIXTURE };
        if bytes > most {
            problems.push(format!("{path}: {bytes} bytes; trim it to what the case is about, {most} at most"));
        }
    }
    if all > MOST_FIXTURES {
        problems.push(format!("fixtures: {all} bytes in all; trim the largest, {MOST_FIXTURES} at most"));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::super::tree::{none, one};
    use super::*;

    #[test]
    fn the_top_level_is_fixed() {
        none(&top(&Tree::repository()));
        let tree =
            Tree::scratch(&[(".gitignore", "/out\n"), ("out/report.html", ""), (".ci/run", ""), ("NOTES.md", "")]);
        one(&top(&tree), "NOTES.md: ");
        one(&top(&Tree::scratch(&[("tools/x.py", "")])), "tools/: ");
    }

    #[test]
    fn names_say_what_is_inside() {
        none(&names(&Tree::repository()));
        one(
            &names(&Tree::scratch(&[("src/crawl/utils.rs", ""), ("src/crawl/utility.rs", "")])),
            "src/crawl/utils.rs: ",
        );
        one(&names(&Tree::scratch(&[("probes/common/mod.rs", "")])), "probes/common/mod.rs: ");
    }

    #[test]
    fn source_files_are_short() {
        none(&lengths(&Tree::repository()));
        let long = "//\n".repeat(501);
        let tree = Tree::scratch(&[("src/a.rs", &*long), ("src/b.rs", &long[3..]), ("src/a.schema.json", &long)]);
        one(&lengths(&tree), "src/a.rs:501: ");
    }

    #[test]
    fn fixtures_are_small() {
        none(&fixtures(&Tree::repository()));
        let large = vec![b'a'; 200_001];
        one(
            &fixtures(&Tree::scratch(&[("fixtures/probes/p/c/body.csv", &large[..])])),
            "fixtures/probes/p/c/body.csv: ",
        );
        let names: Vec<String> = (0..21).map(|n| format!("fixtures/{n}")).collect();
        let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &large[..200_000])).collect();
        one(&fixtures(&Tree::scratch(&many)), "fixtures: 4200000 bytes");
    }
}
