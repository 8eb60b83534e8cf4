//! The reference of coverage: for each clause, who decides, what looks, and how much of that was tried or measured.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use probes::passages::topics;
use probes::wording::Language;
use tickmark::criteria::Scheme;
use tickmark::criteria::condition::Sign;

use super::super::tree::Tree;
use super::accuracy::Figures;
use super::schemes::who;

const HEAD: &str = "# What looks for each clause

*Generated from `criteria/`, `fixtures/` and `criteria/what-works-cities/accuracy.toml`. Change those, then run `BLESS=1 cargo test
--test tidy`.*

Cases are the fixtures of the criterion and of the probes that look; labels are those by readers, against which the
clause's leads were [measured](accuracy.md).
";

/// The page of `scheme`.
pub(crate) fn page(tree: &Tree, scheme: &Scheme, figures: &Figures) -> String {
    let mut page = HEAD.to_owned();
    page.push_str("\n| clause | decided by | looked for by | cases | labels |\n| --- | --- | --- | --- | --- |\n");
    let cases = |folder: String| tree.folders(&folder).len();
    for criterion in &scheme.criteria {
        let code = criterion.code.get_ref().to_lowercase();
        let own = cases(format!("fixtures/criteria/{}/{code}", scheme.file.id));
        for clause in &criterion.clauses {
            let mut looks: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
            for sign in clause.signs() {
                looks.entry(sign.probe.get_ref()).or_default().extend(topic(sign));
            }
            let tried: usize = looks.keys().map(|probe| cases(format!("fixtures/probes/{probe}"))).sum();
            let named: Vec<String> = looks
                .iter()
                .map(|(probe, topics)| {
                    let topics: Vec<&str> = topics.iter().map(String::as_str).collect();
                    if topics.is_empty() { format!("`{probe}`") } else { format!("`{probe}`: {}", topics.join(", ")) }
                })
                .collect();
            let id = clause.id.get_ref();
            let labels = figures.clauses.get(id).map_or(0, |of| of.labels);
            let named = if named.is_empty() { "nothing".to_owned() } else { named.join("; ") };
            let _ = writeln!(page, "| {id} | {} | {named} | {own} and {tried} | {labels} |", who(clause));
        }
    }
    page.push_str(&languages());
    page
}

/// Which topics of `passages` have phrases in which other languages than English.
fn languages() -> String {
    let mut text = "\n## Topics in other languages\n\nEvery topic of `passages` has phrases in English.\n\n".to_owned();
    for language in Language::ALL.into_iter().filter(|language| *language != Language::English) {
        let topics = topics().filter(|(_, written)| written.worded(language).is_some()).map(|(id, _)| id);
        let topics: Vec<&str> = topics.collect();
        let _ = writeln!(text, "- **{}**, {} topics: {}", language.name(), topics.len(), topics.join(", "));
    }
    text
}

/// The topic of passages that a sign asks for.
fn topic(sign: &Sign) -> Option<String> {
    let shown = sign.to_string();
    let (_, rest) = shown.split_once("topic is ")?;
    Some(rest.split([',', ' ', ')']).next().unwrap_or(rest).trim_matches('"').to_owned())
}
