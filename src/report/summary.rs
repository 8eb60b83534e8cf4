//! The result in a few lines of plain text, for a terminal.

use std::io::Write;

use super::model::Summary;
use super::text::{line, points};
use super::{Report, ReportError, View};

/// Fixes named; the report has them all.
const FIXES: usize = 5;
/// Clauses named for a fix.
const CLAUSES: usize = 12;

/// Writes the summary.
pub fn write(report: &Report, _: &View<'_>, out: &mut dyn Write) -> Result<(), ReportError> {
    let s = &report.standing;
    writeln!(out, "{} · {} · as of {}", line(&report.submission.city), line(&report.scheme.title), report.as_of)?;
    writeln!(out)?;
    for (count, word) in [
        (s.met, "met"),
        (s.not_met, "not met"),
        (s.needs_review, "need review"),
        (s.nothing_offered, "nothing offered"),
    ] {
        writeln!(out, "  {count:>4}  {word}")?;
    }
    writeln!(out, "  {:>4}  criteria", s.criteria)?;
    writeln!(out)?;
    writeln!(out, "{}", line(&range(s)))?;
    for dimension in s.score.iter().flat_map(|score| &score.dimensions) {
        writeln!(out, "  {}: {}", line(&dimension.title), dimension.points)?;
    }
    if !report.first.is_empty() {
        writeln!(out, "\nWhat to do first:")?;
    }
    for (n, fix) in (1..).zip(report.first.iter().take(FIXES)) {
        writeln!(out, "  {n}. {}", line(&fix.what))?;
        if let Some(link) = &fix.link {
            writeln!(out, "     {}", line(link))?;
        }
        let (named, more) = fix.clauses.split_at(fix.clauses.len().min(CLAUSES));
        let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
        let points = fix.points.map(|missing| format!(", worth up to {} points", points(missing))).unwrap_or_default();
        writeln!(out, "     would move {}{more}{points}", line(&named.join(", ")))?;
    }
    if report.first.len() > FIXES {
        writeln!(out, "  … and {} more in the report", report.first.len() - FIXES)?;
    }
    for by in report.by_scheme().skip(1) {
        writeln!(out, "\nAlso held against {}:", line(&by.scheme.title))?;
        writeln!(out, "  {}", line(&told(by.standing)))?;
        for dimension in by.standing.score.iter().flat_map(|score| &score.dimensions) {
            writeln!(out, "    {}: {}", line(&dimension.title), dimension.points)?;
        }
    }
    Ok(())
}

/// Counts and range, in sentences.
pub(super) fn told(s: &Summary) -> String {
    let counts = format!(
        "Of {} criteria {} met, {} not met, {} need review, {} with nothing offered.",
        s.criteria, s.met, s.not_met, s.needs_review, s.nothing_offered
    );
    format!("{} {counts}", range(s))
}

/// The range of points and levels, or of the score and its ratings, in a sentence.
pub(super) fn range(s: &Summary) -> String {
    if let Some(score) = &s.score {
        let rating = match score.ratings.as_slice() {
            [] => String::new(),
            ratings => format!(" Rating: {}.", ratings.join(" or ")),
        };
        return format!("Score: {}.{rating}", score.points);
    }
    let points = format!("Points: {} sure, {} possible.", points(s.points_sure), points(s.points_possible));
    if s.levels.is_empty() {
        return points;
    }
    let level = |level: &Option<String>| level.clone().unwrap_or_else(|| "no level".to_owned());
    let (sure, possible) = (level(&s.level_sure), level(&s.level_possible));
    let levels = if sure == possible {
        format!("Level either way: {sure}.")
    } else {
        format!("Level: from {sure} to {possible}.")
    };
    format!("{points} {levels}")
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_terminal_gets_words_only() {
        let mut bytes = Vec::new();
        sample::with(|report, view| write(report, view, &mut bytes).unwrap());
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{text}");
        assert!(text.contains("Level: from no level to Silver."), "{text}");
        assert!(text.contains("What to do first:\n  1. "), "{text}");
        assert!(!text.contains("\n  6. "), "{text}");
        assert!(text.contains("\n  Score: 30 to 70 of 100. Rating: fair or "), "{text}");
        assert!(text.contains("\n    Names: 30 of 60\n"), "{text}");
    }
}
