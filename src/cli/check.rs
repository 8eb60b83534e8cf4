//! `tickmark check`: one probe's question to one file or link, as a linter would put it.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args as Flags;
use jiff::civil::Date;
use probes::capture::Captures;
use probes::finding::{Answer, Fact, Finding};
use probes::probe::{Probe, Target};
use probes::spec::Spec;
use serde_json::{Value, json};
use url::Url;

use super::crawling::Crawling;
use super::{Ended, Trouble, setting};
use crate::audit::{Fetch, Live, Question, ask};
use crate::crawl::Crawler;
use crate::criteria::problem::did_you_mean;
use crate::pack::{Identity, Pack};
use crate::report::chart::{self, charts};
use crate::report::text::{answer, line, place};

/// Which probe, at what.
#[derive(Debug, Flags)]
pub(crate) struct Args {
    /// The probe's id
    probe: String,
    /// A file, or a link beginning with http
    target: String,
    /// How the findings are written: text, json, or another tool's format that the probe knows
    #[arg(long, default_value = TEXT)]
    format: String,
    /// Look into a pack instead of the web
    #[arg(long, value_name = "PACK")]
    from: Option<PathBuf>,
    /// The date the findings speak of [default: the pack's, or today]
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    #[command(flatten)]
    crawling: Crawling,
}

/// For people.
const TEXT: &str = "text";
/// As in report.json.
const JSON: &str = "json";

/// Looks, and writes what was found.
pub(crate) fn run(args: &Args) -> Result<Ended, Trouble> {
    let Some(probe) = probes::ALL.iter().find(|probe| probe.spec().id == args.probe) else {
        let hint = did_you_mean(&args.probe, probes::ALL.iter().map(|probe| probe.spec().id.as_str()));
        return Err(Trouble::asked(format!("there is no probe {:?}{hint}", args.probe)));
    };
    let formats = || [TEXT, JSON].into_iter().chain(probe.formats().iter().copied());
    if formats().all(|format| format != args.format) {
        let (asked, known) = (&args.format, formats().collect::<Vec<_>>().join(", "));
        return Err(Trouble::asked(format!("{} has no format {asked:?}; it has {known}", args.probe)));
    }
    let (url, file) = located(&args.target)?;
    let target = Target::new(&url);
    let question = Question { target: target.clone(), probe: *probe };
    let readers = setting::readers()?;
    // The pack's folder is there until the findings are written.
    let work;
    let (pack, as_of, live) = if let Some(path) = &args.from {
        let pack = Pack::open(path)?;
        let own = pack.identity().map(|identity| identity.as_of);
        (pack, args.as_of.or(own).unwrap_or_else(setting::today), None)
    } else {
        let as_of = args.as_of.unwrap_or_else(setting::today);
        work = tempfile::tempdir().map_err(Trouble::at(&std::env::temp_dir()))?;
        let robots = args.crawling.robots.into();
        let identity = Identity { submission: String::new(), scheme: String::new(), as_of, robots };
        let pack = Pack::create_or_resume(&work.path().join("pack"), &identity, None)?;
        let mut config = args.crawling.config()?;
        config.files = file.map(|path| (target.url.clone(), path)).into_iter().collect::<BTreeMap<_, _>>();
        (pack, as_of, Some(Crawler::new(config)?))
    };
    let live = live.as_ref().map(|crawler| Live { crawler, previous: &(), progress: &() });
    let fetch = live.as_ref().map(|live| live as &dyn Fetch);
    let answers = ask(&[question], as_of, &pack, fetch, &readers)?;
    match args.format.as_str() {
        TEXT => text(*probe, &answers.findings, &mut io::stdout().lock())?,
        JSON => write(&json!({ "target": target, "findings": answers.findings }))?,
        format => {
            let captures = Captures::new(&pack, &answers.memo, as_of);
            match probe.render(format, &target, &captures) {
                Ok(Some(report)) => write(&report)?,
                Ok(None) | Err(_) => text(*probe, &answers.findings, &mut io::stderr().lock())?,
            }
        }
    }
    let all = |wanted| answers.findings.iter().all(|finding| finding.answer == wanted);
    Ok(if !answers.broken.is_empty() || all(Answer::Unknown) {
        Ended::Unable
    } else if all(Answer::Yes) {
        Ended::Well
    } else {
        Ended::Amiss
    })
}

fn write(report: &Value) -> Result<(), Trouble> {
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, report).map_err(io::Error::from)?;
    Ok(writeln!(out)?)
}

/// A link as it is; a file under its own name alone, so that its folder is told to nobody.
fn located(written: &str) -> Result<(Url, Option<PathBuf>), Trouble> {
    let lower = written.to_ascii_lowercase();
    if lower.starts_with("http://") || lower.starts_with("https://") {
        let url = Url::parse(written).map_err(|error| Trouble::asked(format!("{written:?} is no link: {error}")))?;
        return Ok((url, None));
    }
    let path = Path::new(written);
    let (true, Some(name)) = (path.is_file(), path.file_name()) else {
        return Err(Trouble::asked(format!("there is no file {written:?}; a link begins with https://")));
    };
    let Ok(mut url) = Url::parse("file:///") else { panic!("invariant: file:/// is a URL") };
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.clear().push(&name.to_string_lossy());
    }
    Ok((url, Some(path.to_owned())))
}

fn text(probe: &dyn Probe, findings: &[Finding], out: &mut dyn Write) -> Result<(), Trouble> {
    let spec = probe.spec();
    writeln!(out, "{}", spec.question)?;
    for finding in findings {
        writeln!(out, "\n{} ({}): {}", answer(finding.answer), finding.code, line(&finding.sentence(spec)))?;
        for chart in charts(finding, spec) {
            writeln!(out)?;
            chart::write(&chart, out)?;
        }
        for (name, rows) in undrawn(finding, spec) {
            writeln!(out)?;
            chart::write_rows(name, rows, out)?;
        }
        for evidence in &finding.evidence {
            let quote =
                if evidence.quote.is_empty() { String::new() } else { format!(" “{}”", line(&evidence.quote)) };
            writeln!(out, "  {}{quote}", line(&place(&evidence.locus)))?;
        }
        if let Some(fix) = spec.findings.get(&finding.code).and_then(|declared| declared.fix.as_deref())
            && finding.answer != Answer::Yes
        {
            writeln!(out, "  To do: {fix}")?;
        }
    }
    Ok(())
}

/// The tables of a finding of which its probe declares no bars: they stand as they are.
fn undrawn<'a>(finding: &'a Finding, spec: &Spec) -> Vec<(&'a str, &'a [BTreeMap<String, String>])> {
    let drawn = charts(finding, spec);
    let tables = finding.facts.iter().filter_map(|(name, fact)| match fact {
        Fact::Table(rows) if !rows.is_empty() => Some((name.as_str(), rows.as_slice())),
        _ => None,
    });
    tables.filter(|(name, _)| drawn.iter().all(|chart| chart.fact != *name)).collect()
}
