//! The OWASP top ten: what holds against each risk, and the tests that show it, each of which is there.

use std::fmt::Write as _;

use serde::Deserialize;

use super::super::tree::Tree;

/// Where it is written.
pub(crate) const RISKS: &str = "tests/tidy/docs/security.toml";

const HEAD: &str = "# The OWASP top ten, and the tests that cover each

*Generated from `tests/tidy/docs/security.toml`. Change that, then run `BLESS=1 cargo test --test tidy`.*
";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Risks {
    risks: Vec<Risk>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Risk {
    code: String,
    title: String,
    holds: String,
    /// Each a file and the name of a test in it.
    tests: Vec<String>,
}

fn read(text: &str) -> Result<Vec<Risk>, String> {
    toml::from_str(text).map(|all: Risks| all.risks).map_err(|error| format!("{RISKS}: {error}"))
}

/// The page.
pub(crate) fn page(text: &str) -> String {
    let mut page = HEAD.to_owned();
    for Risk { code, title, holds, tests } in read(text).unwrap_or_default() {
        let _ = write!(page, "\n## {code}: {title}\n\n{holds}\n\n");
        for test in tests {
            let (file, name) = test.split_once(": ").unwrap_or((&test, ""));
            let _ = writeln!(page, "- `{name}` in [{file}](../{file})");
        }
    }
    page
}

/// The tests that are named and are not there.
fn missing(tree: &Tree) -> Vec<String> {
    if !tree.has(RISKS) {
        return Vec::new();
    }
    let risks = match read(&tree.text(RISKS)) {
        Ok(risks) => risks,
        Err(problem) => return vec![problem],
    };
    let mut problems = Vec::new();
    for Risk { code, tests, .. } in &risks {
        if tests.is_empty() {
            problems.push(format!("{RISKS}: {code} names no test"));
        }
        for test in tests {
            let there = test.split_once(": ").is_some_and(|(file, name)| {
                let text = if tree.has(file) { tree.text(file) } else { String::new() };
                let mut tested = text.split("#[test]").skip(1);
                tested.any(|rest| rest.trim_start().starts_with(&format!("fn {name}(")))
            });
            if !there {
                problems.push(format!("{RISKS}: {code} names {test:?}, and there is no such test"));
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::super::super::tree::{none, one};
    use super::*;

    #[test]
    fn every_test_that_covers_a_risk_is_there() {
        none(&missing(&Tree::repository()));
        let risk = |tests: &str| {
            let text = format!("[[risks]]\ncode = \"A1\"\ntitle = \"One\"\nholds = \"It is so.\"\ntests = [{tests}]\n");
            missing(&Tree::scratch(&[(RISKS, text.as_str()), ("a.rs", "#[test]\nfn holds() {}\nfn helps() {}")]))
        };
        none(&risk("\"a.rs: holds\""));
        one(&risk("\"a.rs: helps\""), RISKS);
        one(&risk("\"b.rs: holds\""), RISKS);
        one(&risk(""), RISKS);
    }
}
