//! `tickmark explain`: from a verdict down to the bytes.

use std::io;
use std::path::{Path, PathBuf};

use probes::finding::{Evidence, Finding};

use super::{Ended, Trouble, setting};
use crate::audit::kept::sealed_in;
use crate::criteria::verdict::{ClauseVerdict, Verdict};
use crate::pack::Pack;
use crate::report::model::CaptureRow;
use crate::report::text::{answer, kind, lead, line, shows, standing};
use crate::report::{Report, View};

/// What is explained.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// An audit's output folder, or its pack
    run: PathBuf,
    /// A criterion's code, a clause's id or a finding's id; `SCHEME:CODE` where several schemes have it
    code: String,
}

/// Walks down, and prints every step.
pub(crate) fn run(args: &Args) -> Result<Ended, Trouble> {
    let pack_path = if args.run.is_dir() { sealed_in(&args.run) } else { args.run.clone() };
    let report = stored(&args.run, &pack_path)?;
    let view = View::of(&report, setting::specs());
    let way = Way { report: &report, view: &view, pack: &pack_path };
    let mut out = io::stdout().lock();
    let (scheme, code) = match args.code.split_once(':') {
        Some((scheme, code)) => (Some(scheme), code),
        None => (None, args.code.as_str()),
    };
    let asked = report.by_scheme().filter(|by| scheme.is_none_or(|scheme| by.scheme.id == scheme));
    for verdict in asked.flat_map(|by| by.verdicts) {
        if verdict.code.eq_ignore_ascii_case(code) {
            way.verdict(verdict, &verdict.clauses.iter().collect::<Vec<_>>(), &mut out)?;
            return Ok(Ended::Well);
        }
        if let Some(clause) = verdict.clauses.iter().find(|clause| clause.id.eq_ignore_ascii_case(code)) {
            way.verdict(verdict, &[clause], &mut out)?;
            return Ok(Ended::Well);
        }
    }
    let Some(finding) = view.finding(code) else {
        let verdicts = report.by_scheme().flat_map(|by| by.verdicts);
        let names = verdicts.flat_map(|v| std::iter::once(&v.code).chain(v.clauses.iter().map(|c| &c.id)));
        let hint = crate::criteria::problem::did_you_mean(code, names.map(String::as_str));
        return Err(Trouble::asked(format!("the run has no criterion, clause or finding {code:?}{hint}")));
    };
    way.finding(finding, "", &mut out)?;
    Ok(Ended::Well)
}

/// The report as the run's folder has it, else as its pack does.
fn stored(run: &Path, pack: &Path) -> Result<Report, Trouble> {
    let beside = run.join("report.json");
    let bytes = if beside.is_file() {
        std::fs::read(&beside).map_err(Trouble::at(&beside))?
    } else {
        let missing = || Trouble::asked(format!("{} holds no report of an audit", pack.display()));
        Pack::open(pack)?.extra("report.json")?.ok_or_else(missing)?
    };
    serde_json::from_slice(&bytes).map_err(|error| {
        Trouble::asked(format!("the run's report cannot be read: {error}; was it made by another version?"))
    })
}

struct Way<'a> {
    report: &'a Report,
    view: &'a View<'a>,
    pack: &'a Path,
}

impl Way<'_> {
    fn verdict(&self, verdict: &Verdict, clauses: &[&ClauseVerdict], out: &mut impl io::Write) -> io::Result<()> {
        writeln!(out, "{} {}: {}", verdict.code, verdict.title, standing(verdict.standing))?;
        writeln!(out, "{}", line(&verdict.reason))?;
        for clause in clauses {
            self.clause(clause, out)?;
        }
        Ok(())
    }

    fn clause(&self, clause: &ClauseVerdict, out: &mut impl io::Write) -> io::Result<()> {
        writeln!(out, "\n{} ({}): {}", clause.id, kind(clause.kind), standing(clause.standing))?;
        writeln!(out, "  {}\n  {}", clause.says, line(&clause.reason))?;
        if let Some(points) = clause.points {
            writeln!(out, "  {points} points")?;
        }
        if let Some(asks) = &clause.asks {
            writeln!(out, "  A person decides: {asks} (lead: {})", clause.lead.map_or("none", lead))?;
        }
        for shown in &clause.links {
            let link = shown.link.checked_sub(1).and_then(|at| self.report.submission.links.get(at));
            let written = link.map_or("a link that is not in the submission", |link| link.written.as_str());
            writeln!(
                out,
                "\n  link {} {}: {}\n    {}",
                shown.link,
                line(written),
                shown.points.map_or_else(|| shows(shown.shows).to_owned(), |points| format!("{points} points")),
                line(&shown.reason)
            )?;
            for finding in shown.findings.iter().filter_map(|id| self.view.finding(id)) {
                self.finding(finding, "    ", out)?;
            }
        }
        Ok(())
    }

    fn finding(&self, finding: &Finding, indent: &str, out: &mut impl io::Write) -> io::Result<()> {
        let sentence = self.view.sentence(finding);
        writeln!(
            out,
            "\n{indent}finding {}: {} {} ({})",
            finding.id,
            finding.probe,
            finding.code,
            answer(finding.answer)
        )?;
        writeln!(out, "{indent}  {}", line(&sentence))?;
        for evidence in &finding.evidence {
            self.evidence(evidence, indent, out)?;
        }
        for id in &finding.rests_on {
            if let Some(row) = self.report.captures.iter().find(|row| row.id == id.0) {
                self.capture(row, indent, out)?;
            }
        }
        Ok(())
    }

    fn evidence(&self, evidence: &Evidence, indent: &str, out: &mut impl io::Write) -> io::Result<()> {
        write!(out, "{indent}  in capture {}, {}", evidence.capture, line(&self.view.place(evidence)))?;
        if evidence.quote.is_empty() { writeln!(out) } else { writeln!(out, ": “{}”", line(&evidence.quote)) }
    }

    fn capture(&self, row: &CaptureRow, indent: &str, out: &mut impl io::Write) -> io::Result<()> {
        let ended = match (&row.failure, row.status) {
            (Some(failure), _) => failure.to_string(),
            (None, Some(status)) => format!("status {status}"),
            (None, None) => "no answer".to_owned(),
        };
        writeln!(out, "{indent}  capture {}: {} {}", row.id, row.method, line(row.url.as_str()))?;
        writeln!(out, "{indent}    at {}: {}", row.fetched_at, line(&ended))?;
        if let (Some(sha256), Some(bytes)) = (&row.sha256, row.bytes) {
            writeln!(out, "{indent}    {bytes} bytes, SHA-256 {sha256}")?;
        }
        if let Some(warc) = row.warc {
            // A replay writes no pack: the one it replayed has the record.
            let pack = if self.pack.is_file() { self.pack.display().to_string() } else { "PACK".to_owned() };
            let (from, length) = (warc.offset + 1, warc.length);
            writeln!(
                out,
                "{indent}    unzip -p {pack} archive/data.warc.gz | tail -c +{from} | head -c {length} | gunzip"
            )?;
        }
        Ok(())
    }
}
