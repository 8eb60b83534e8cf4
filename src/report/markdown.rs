//! The result as Markdown, for a comment on a change or a job's summary.

use std::io::Write;

use super::text::line;
use super::{Report, ReportError, View};
use crate::criteria::verdict::Standing;

/// Fixes and missed clauses named; the report has them all.
const MOST: usize = 20;

/// Writes the Markdown.
pub fn write(report: &Report, _: &View<'_>, out: &mut dyn Write) -> Result<(), ReportError> {
    let s = &report.standing;
    writeln!(out, "## {} · {}\n", escape(&report.submission.city), escape(&report.scheme.title))?;
    writeln!(
        out,
        "| Met | Not met | Need review | Nothing offered | Criteria |\n| ---: | ---: | ---: | ---: | ---: |"
    )?;
    writeln!(out, "| {} | {} | {} | {} | {} |\n", s.met, s.not_met, s.needs_review, s.nothing_offered, s.criteria)?;
    writeln!(out, "{}\n", escape(&super::summary::range(s)))?;
    let tool = escape(&format!("{} {}", report.tool.name, report.tool.version));
    writeln!(out, "As of {}, by {tool}.", report.as_of)?;
    if !report.first.is_empty() {
        writeln!(out, "\n### What to do first\n")?;
    }
    for (n, fix) in (1..).zip(report.first.iter().take(MOST)) {
        writeln!(out, "{n}. {}", escape(&fix.what))?;
        if let Some(link) = &fix.link {
            writeln!(out, "   Link: {}", escape(link))?;
        }
        writeln!(out, "   Would move: {}", escape(&fix.clauses.join(", ")))?;
    }
    more(out, report.first.len())?;
    let missed: Vec<_> = report
        .verdicts
        .iter()
        .flat_map(|verdict| verdict.clauses.iter().map(move |clause| (verdict, clause)))
        .filter(|(_, clause)| clause.standing == Standing::NotMet)
        .collect();
    if !missed.is_empty() {
        writeln!(out, "\n### Not met\n")?;
    }
    for (verdict, clause) in missed.iter().take(MOST) {
        writeln!(
            out,
            "- **{} {}** {} {}",
            escape(&verdict.code),
            escape(&clause.id),
            escape(&clause.says),
            escape(&clause.reason)
        )?;
    }
    more(out, missed.len())?;
    for by in report.by_scheme().skip(1) {
        writeln!(out, "\n### Also held against {}\n", escape(&by.scheme.title))?;
        writeln!(out, "{}", escape(&super::summary::told(by.standing)))?;
    }
    Ok(())
}

fn more(out: &mut dyn Write, all: usize) -> Result<(), ReportError> {
    if all > MOST {
        writeln!(out, "\n… and {} more in the report.", all - MOST)?;
    }
    Ok(())
}

/// Words on one line in which nothing is taken for markup, a link, a mention or a reference.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in line(text).chars() {
        match c {
            // Hosts look for mentions and references after the markup is read; a comment parts sign and name.
            '@' | '#' => {
                escaped.push(c);
                escaped.push_str("<!-- -->");
            }
            ',' | ';' | '\'' | '"' | '?' | '%' | '/' | ' ' => escaped.push(c),
            c if c.is_ascii_punctuation() => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_comment_holds_no_foreign_markup() {
        let mut bytes = Vec::new();
        sample::with(|report, view| write(report, view, &mut bytes).unwrap());
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains("### What to do first") && text.contains("### Not met"), "{text}");
        assert!(text.contains("### Also held against Scored") && text.contains("Score\\: 30 to 70 of 100"), "{text}");
        assert!(!text.replace("\\<", "").contains("<script") && !text.contains(" https://"), "{text}");
        assert!(!text.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{text}");
    }

    #[test]
    fn markup_is_escaped() {
        assert_eq!(escape("<b> | @all\n# *x* [a](b)"), "\\<b\\> \\| @<!-- -->all #<!-- --> \\*x\\* \\[a\\]\\(b\\)");
    }
}
