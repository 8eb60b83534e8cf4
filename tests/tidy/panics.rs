//! What ships never panics on input, and silences no lint without a reason.

use proc_macro2::{Delimiter, TokenTree};

use super::modules::compiled;
use super::rust::{is_punct, is_word, runs, shipped, tokens};
use super::tree::Tree;

/// Macros that end the program.
const ENDS: &[&str] = &["panic", "unreachable", "todo", "unimplemented"];

fn panics(tree: &Tree) -> Vec<String> {
    let compiled = match compiled(tree) {
        Ok(compiled) => compiled,
        Err(problems) => return problems,
    };
    let mut problems = Vec::new();
    for (path, _) in compiled.iter().filter(|(_, for_tests)| !**for_tests) {
        let Ok(stream) = tokens(path, &tree.text(path)) else { continue };
        for run in runs(shipped(stream)) {
            for (at, token) in run.iter().enumerate() {
                let mut add = |what: &str| problems.push(format!("{path}:{}: {what}", token.span().start().line));
                let method = at > 0 && is_punct(run.get(at - 1), '.');
                if method && is_word(Some(token), "unwrap") {
                    add("`unwrap` outside tests; return an error, or say which invariant holds");
                } else if method && is_word(Some(token), "expect") && !states_invariant(run.get(at + 1)) {
                    add("`expect` states no invariant; return an error, or begin with \"invariant: \"");
                } else if ENDS.iter().any(|name| is_word(Some(token), name))
                    && is_punct(run.get(at + 1), '!')
                    && !states_invariant(run.get(at + 2))
                {
                    add("panics without an invariant; return an error, or begin with \"invariant: \"");
                }
            }
        }
    }
    problems
}

fn states_invariant(arguments: Option<&TokenTree>) -> bool {
    matches!(arguments, Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis
        && group.stream().to_string().starts_with("\"invariant"))
}

fn silenced(tree: &Tree) -> Vec<String> {
    let mut problems = Vec::new();
    for path in tree.rust(&["src", "probes", "tests"]) {
        let Ok(stream) = tokens(&path, &tree.text(&path)) else { continue };
        for run in runs(stream) {
            let named = |word| is_word(run.first(), word) && matches!(run.get(1), Some(TokenTree::Group(_)));
            let reasoned = run.get(1).is_some_and(|inside| inside.to_string().contains("reason"));
            if named("allow") || named("expect") && run.len() == 2 && !reasoned {
                let line = run[0].span().start().line;
                problems.push(format!("{path}:{line}: silences a lint; use `#[expect(…, reason = \"…\")]`"));
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::super::tree::{none, one};
    use super::*;

    #[test]
    fn nothing_that_ships_panics_on_input() {
        none(&panics(&Tree::repository()));
        for (text, expected) in [
            ("fn a() {\n b.unwrap() }", "src/lib.rs:2: `unwrap`"),
            ("fn a() { b.expect(\"it is there\") }", "src/lib.rs:1: `expect`"),
            ("fn a() { vec![b(|| todo!())] }", "src/lib.rs:1: panics"),
            ("fn a() { panic!(\"no\") }", "src/lib.rs:1: panics"),
        ] {
            let sound = "fn c() { d.expect(\"invariant: it is there\"); panic!(\"invariant: {e}\"); unwrap(1); }
                #[cfg(test)] mod tests { fn c() { d.unwrap() } } #[cfg(test)] mod more;";
            let text = format!("{text} {sound}");
            one(&panics(&Tree::scratch(&[("src/lib.rs", &*text), ("src/more.rs", "fn f() { todo!() }")])), expected);
        }
    }

    #[test]
    fn lints_are_silenced_with_a_reason() {
        none(&silenced(&Tree::repository()));
        let sound = "#[expect(dead_code, reason = \"soon\")]\nfn a() { b.expect(\"c\") }";
        for (text, line) in [("#[allow(dead_code)] fn f() {}", 3), ("\n#[expect(dead_code)] fn f() {}", 4)] {
            let tree = Tree::scratch(&[("src/a.rs", format!("{sound}\n{text}"))]);
            one(&silenced(&tree), &format!("src/a.rs:{line}: silences"));
        }
    }
}
