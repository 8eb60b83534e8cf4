//! The README's two commands do what it says.

use std::fs;
use std::path::Path;
use std::process::Command;

/// The README's first two fenced commands, as words.
fn commands() -> Vec<Vec<String>> {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let fenced = readme.split("\n```\n").skip(1).step_by(2);
    let words = |command: &str| command.split_whitespace().map(ToOwned::to_owned).collect();
    fenced.take(2).map(words).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_first_command_audits_the_bundled_city_without_a_network() {
    let first = &commands()[0];
    assert_eq!(first[..4], ["cargo", "run", "--release", "--"], "{first:?}");
    let at = first.iter().position(|word| word == "--out").expect("the command names where the report goes");
    let out = tempfile::tempdir().unwrap();
    let mut arguments = first[4..].to_vec();
    arguments[at + 1 - 4] = out.path().join("out").display().to_string();
    let mut command = Command::new(env!("CARGO_BIN_EXE_tickmark"));
    // A proxy that nobody answers: a request would fail the audit.
    command
        .current_dir(root())
        .args(&arguments)
        .env("HTTPS_PROXY", "http://127.0.0.1:9")
        .env("HTTP_PROXY", "http://127.0.0.1:9");
    let ended = command.output().unwrap();
    let error = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(0), "{error}");
    let said = String::from_utf8(ended.stdout).unwrap();
    assert!(said.contains("What to do first:") && said.contains("report.html"), "{said}");
    for file in ["report.html", "report.json", "verdicts.csv", "findings.csv"] {
        let bytes = fs::metadata(out.path().join("out").join(file)).map_or(0, |file| file.len());
        assert!(bytes > 0, "{file} is missing or empty");
    }
}

#[test]
fn the_second_command_is_what_ci_runs() {
    let second = commands()[1].join(" ");
    let script = fs::read_to_string(root().join(".ci/run")).unwrap();
    assert!(script.lines().any(|line| line == format!("step {second}")), ".ci/run does not run {second:?}");
}

#[test]
fn the_readme_leads_nowhere_that_is_not_there() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for to in readme.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next()) {
        assert!(to.starts_with("https://") || root().join(to).exists(), "the README leads to {to}, which is not there");
    }
}
