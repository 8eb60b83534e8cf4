//! `verdicts.csv` and `findings.csv`: the report for spreadsheets (RFC 4180), safe against cells that pose as formulas.

use std::io::Write;

use super::text::{answer, kind, lead, standing_name, visible};
use super::{Report, ReportError, View};
use crate::criteria::verdict::Points;

/// Writes `verdicts.csv`: one row a clause, of every scheme.
pub fn write_verdicts(report: &Report, _: &View<'_>, out: &mut dyn Write) -> Result<(), ReportError> {
    const HEADER: [&str; 15] = [
        "criterion",
        "title",
        "criterion_standing",
        "clause",
        "kind",
        "standing",
        "lead",
        "says",
        "reason",
        "links",
        "findings",
        "points_low",
        "points_high",
        "points_of",
        "scheme",
    ];
    let mut rows = rows(out);
    rows.write_record(HEADER)?;
    for (scheme, verdict) in report.by_scheme().flat_map(|by| by.verdicts.iter().map(move |v| (by.scheme, v))) {
        for clause in &verdict.clauses {
            let links: Vec<&str> = clause
                .links
                .iter()
                .filter_map(|shown| report.submission.links.get(shown.link.checked_sub(1)?))
                .map(|link| link.written.as_str())
                .collect();
            let number = |of: fn(Points) -> f64| clause.points.map(|points| of(points).to_string()).unwrap_or_default();
            let cells: [&str; HEADER.len()] = [
                &verdict.code,
                &verdict.title,
                standing_name(verdict.standing),
                &clause.id,
                kind(clause.kind),
                standing_name(clause.standing),
                clause.lead.map_or("", lead),
                &clause.says,
                &clause.reason,
                &links.join("; "),
                &clause.findings.join("; "),
                &number(|points| points.low),
                &number(|points| points.high),
                &number(|points| points.of),
                &scheme.id,
            ];
            rows.write_record(cells.map(safe))?;
        }
    }
    Ok(rows.flush()?)
}

/// Writes `findings.csv`: one row a finding.
pub fn write_findings(report: &Report, view: &View<'_>, out: &mut dyn Write) -> Result<(), ReportError> {
    const HEADER: [&str; 10] =
        ["id", "probe", "target", "url", "code", "answer", "meaning", "facts", "evidence", "rests_on"];
    let mut rows = rows(out);
    rows.write_record(HEADER)?;
    for finding in &report.findings {
        let evidence: Vec<String> = finding
            .evidence
            .iter()
            .map(|e| match e.quote.as_str() {
                "" => format!("{} {}", e.capture, view.place(e)),
                quote => format!("{} {}: \"{quote}\"", e.capture, view.place(e)),
            })
            .collect();
        let rests_on: Vec<&str> = finding.rests_on.iter().map(|capture| capture.0.as_str()).collect();
        let cells: [&str; HEADER.len()] = [
            &finding.id,
            &finding.probe,
            &finding.target,
            view.link(&finding.target).map_or("", |link| link.url.as_str()),
            &finding.code,
            answer(finding.answer),
            &view.sentence(finding),
            &serde_json::to_string(&finding.facts)?,
            &evidence.join("\n"),
            &rests_on.join("; "),
        ];
        rows.write_record(cells.map(safe))?;
    }
    Ok(rows.flush()?)
}

fn rows(out: &mut dyn Write) -> csv::Writer<&mut dyn Write> {
    csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out)
}

/// A cell that no spreadsheet takes for a formula.
pub(crate) fn safe(cell: &str) -> String {
    let shown = visible(cell);
    // Full-width forms count as the plain ones in some locales.
    if shown.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        format!("'{shown}")
    } else {
        shown.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn read(bytes: &[u8]) -> Vec<csv::StringRecord> {
        csv::Reader::from_reader(bytes).records().map(Result::unwrap).collect()
    }

    #[test]
    fn every_clause_and_every_finding_is_a_row_and_no_cell_is_a_formula() {
        sample::with(|report, view| {
            let (mut verdicts, mut findings) = (Vec::new(), Vec::new());
            write_verdicts(report, view, &mut verdicts).unwrap();
            write_findings(report, view, &mut findings).unwrap();
            let clauses = report.by_scheme().flat_map(|by| by.verdicts).map(|verdict| verdict.clauses.len());
            assert_eq!(read(&verdicts).len(), clauses.sum::<usize>());
            assert_eq!(read(&findings).len(), report.findings.len());
            for cell in read(&verdicts).iter().chain(&read(&findings)).flatten() {
                assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
                assert!(!cell.contains(['\0', '\u{1b}', '\u{202e}']), "{cell:?}");
            }
            assert!(read(&verdicts).iter().flatten().any(|cell| cell.starts_with("'=HYPERLINK")));
        });
    }

    #[test]
    fn formulas_are_quoted() {
        assert_eq!(safe("=1+1"), "'=1+1");
        assert_eq!(safe("\t=1"), "'\t=1");
        assert_eq!(safe("a=1"), "a=1");
    }
}
