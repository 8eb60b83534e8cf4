//! The reference of the probes: what is asked, how, and everything that may be found.

use std::fmt::Write as _;

use probes::finding::Answer;
use probes::spec::{BROKE, Declared, OVER_BUDGET, Spec};

use super::count;

const HEAD: &str = "# Probes

*Generated from `probes/*/probe.toml`. Change those, then run `BLESS=1 cargo test --test tidy`.*

A probe asks one question about one link (or one file that was handed in) and answers from the bytes that were
captured there. Probes measure; whether what they measured is enough, the [criteria](../criteria/README.md) say.

What a probe finds has a code, facts, quotes from the capture, and one of four answers:

- **yes**: it is so;
- **no**: it is not so, and that was seen;
- **unknown**: it could not be seen, and the finding says why;
- **not applicable**: the question does not arise there.

In the sentences below, `{words in braces}` are facts: the values found take their place. The type of each fact
stands behind its name; a share is always given with the number of things it was measured on.
";

/// The page.
pub(crate) fn page(specs: &[Spec]) -> String {
    let mut page = HEAD.to_owned();
    page.push_str("\n| probe | question |\n| --- | --- |\n");
    for spec in specs {
        let _ = writeln!(page, "| [{id}](#{id}) | {} |", spec.question, id = spec.id);
    }
    for spec in specs {
        section(&mut page, spec);
    }
    // Every probe has these two, in the same words.
    if let Some(spec) = specs.first() {
        page.push_str("\n## What every probe may find\n");
        for code in [BROKE, OVER_BUDGET] {
            finding(&mut page, code, &spec.findings[code]);
        }
    }
    page
}

fn section(page: &mut String, spec: &Spec) {
    let _ = write!(page, "\n## {}\n\n**{}**\n\n{}\n\n{}", spec.id, spec.question, spec.why, spec.how);
    let most = usize::try_from(spec.most_requests).unwrap_or(usize::MAX);
    let _ = writeln!(page, " It makes at most {} for one link.", count(most, "request", "requests"));
    for answer in [Answer::Yes, Answer::No, Answer::Unknown, Answer::NotApplicable] {
        for (code, declared) in &spec.findings {
            if declared.answer == answer && code != BROKE && code != OVER_BUDGET {
                finding(page, code, declared);
            }
        }
    }
    let references: Vec<String> = spec.references.iter().map(|reference| format!("<{reference}>")).collect();
    if !references.is_empty() {
        let _ = writeln!(page, "\nIt rests on {}.", references.join(", "));
    }
}

fn finding(page: &mut String, code: &str, declared: &Declared) {
    let answer = match declared.answer {
        Answer::Yes => "yes",
        Answer::No => "no",
        Answer::Unknown => "unknown",
        Answer::NotApplicable => "not applicable",
    };
    let _ = writeln!(page, "\n- **{code}** ({answer}). {}", declared.means);
    if !declared.facts.is_empty() {
        let facts: Vec<String> = declared.facts.iter().map(|(name, of)| format!("`{name}` ({of})")).collect();
        let _ = writeln!(page, "  <br>Facts: {}.", facts.join(", "));
    }
    if !declared.views.is_empty() {
        let views: Vec<String> =
            declared.views.values().map(|view| format!("{} (`{}`)", view.title.to_lowercase(), view.fact)).collect();
        let _ = writeln!(page, "  <br>Drawn as bars: {}.", views.join(", "));
    }
    if let Some(fix) = &declared.fix {
        let _ = writeln!(page, "  <br>To do: {fix}");
    }
}
