//! Every folder of a probe is in the list of probes, and stands in `lib.rs` on two lines only, and on one more if it
//! has a reader of its own for the child process.

use proc_macro2::TokenTree;

use super::rust::{is_punct, is_word, runs, tokens};
use super::tree::Tree;

const LIST: &str = "probes/lib.rs";

fn registered(tree: &Tree) -> Vec<String> {
    let stream = match tokens(LIST, &tree.text(LIST)) {
        Ok(stream) => stream,
        Err(problem) => return vec![problem],
    };
    let runs = runs(stream);
    let mut problems = Vec::new();
    for probe in tree.probe_folders() {
        let places = |fits: &dyn Fn(&[TokenTree], usize) -> bool| {
            runs.iter().map(|run| (0..run.len()).filter(|at| fits(run, *at)).count()).sum::<usize>()
        };
        let declared = places(&|run, at| is_word(run.get(at), "mod") && is_word(run.get(at + 1), &probe));
        let listed = places(&|run, at| is_punct(run.get(at), '&') && is_word(run.get(at + 1), &probe));
        let named = places(&|run, at| is_word(run.get(at), &probe));
        if declared == 0 {
            problems.push(format!("{LIST}: the probe {probe} is not compiled; add `pub mod {probe};`"));
        } else if listed == 0 {
            problems.push(format!("{LIST}: the probe {probe} is never asked; add it to `ALL`"));
        } else if named != 1 + listed || listed > 2 {
            problems.push(format!("{LIST}: names the probe {probe} {named} times; a probe has two lines here, and one more if it has a reader"));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::super::tree::{none, one};
    use super::*;

    fn list(text: &str) -> Tree {
        Tree::scratch(&[(LIST, text), ("probes/fresh/probe.toml", ""), ("probes/html/mod.rs", "")])
    }

    #[test]
    fn every_probe_is_asked() {
        none(&registered(&Tree::repository()));
        let whole = "pub mod html; pub mod fresh; pub const ALL: &[&dyn Probe] = &[&fresh::Fresh];";
        none(&registered(&list(whole)));
        let reading = "pub const READERS: &[&dyn Reader] = &[&fresh::Ages];";
        none(&registered(&list(&format!("{whole} {reading}"))));
        one(&registered(&list(&whole.replace("&fresh::Fresh", ""))), "probes/lib.rs: the probe fresh is never asked");
        one(&registered(&list(&whole.replace("pub mod fresh;", ""))), "probes/lib.rs: the probe fresh is not compiled");
        one(&registered(&list(&format!("{whole} use fresh::Age;"))), "probes/lib.rs: names the probe fresh 3 times");
    }

    #[test]
    fn the_list_is_what_the_folders_declare() {
        let listed: Vec<&str> = probes::ALL.iter().map(|probe| probe.spec().id.as_str()).collect();
        let mut sorted = listed.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, Tree::repository().probe_folders());
    }
}
