//! `tickmark check`: one probe's question to one file or link, as a linter would put it.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args as Flags, ValueEnum};
use jiff::civil::Date;
use probes::finding::{Answer, Fact, Finding};
use probes::probe::{Probe, Target};
use probes::spec::Spec;
use serde_json::json;
use url::Url;

use super::crawling::Crawling;
use super::{Ended, Trouble, setting};
use crate::audit::{Live, Question, ask};
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
    /// How the findings are written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Look into a pack instead of the web
    #[arg(long, value_name = "PACK")]
    from: Option<PathBuf>,
    /// The date the findings speak of [default: the pack's, or today]
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    #[command(flatten)]
    crawling: Crawling,
}

/// How findings are written.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// As in report.json
    Json,
}

/// Looks, and writes what was found.
pub(crate) fn run(args: &Args) -> Result<Ended, Trouble> {
    let Some(probe) = probes::ALL.iter().find(|probe| probe.spec().id == args.probe) else {
        let hint = did_you_mean(&args.probe, probes::ALL.iter().map(|probe| probe.spec().id.as_str()));
        return Err(Trouble::asked(format!("there is no probe {:?}{hint}", args.probe)));
    };
    let (url, file) = located(&args.target)?;
    let target = Target::new(&url);
    let question = Question { target: target.clone(), probe: *probe };
    let readers = setting::readers()?;
    let answers = if let Some(path) = &args.from {
        let pack = Pack::open(path)?;
        let own = pack.identity().map(|identity| identity.as_of);
        ask(&[question], args.as_of.or(own).unwrap_or_else(setting::today), &pack, None, &readers)?
    } else {
        let as_of = args.as_of.unwrap_or_else(setting::today);
        let work = tempfile::tempdir().map_err(Trouble::at(&std::env::temp_dir()))?;
        let robots = args.crawling.robots.into();
        let identity = Identity { submission: String::new(), scheme: String::new(), as_of, robots };
        let pack = Pack::create_or_resume(&work.path().join("pack"), &identity, None)?;
        let mut config = args.crawling.config()?;
        config.files = file.map(|path| (target.url.clone(), path)).into_iter().collect::<BTreeMap<_, _>>();
        let crawler = Crawler::new(config)?;
        let live = Live { crawler: &crawler, previous: &(), progress: &() };
        ask(&[question], as_of, &pack, Some(&live), &readers)?
    };
    match args.format {
        Format::Text => text(*probe, &answers.findings)?,
        Format::Json => {
            let mut out = io::stdout().lock();
            let written = json!({ "target": target, "findings": answers.findings });
            serde_json::to_writer_pretty(&mut out, &written).map_err(io::Error::from)?;
            writeln!(out)?;
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

fn text(probe: &dyn Probe, findings: &[Finding]) -> Result<(), Trouble> {
    let mut out = io::stdout().lock();
    let spec = probe.spec();
    writeln!(out, "{}", spec.question)?;
    for finding in findings {
        writeln!(out, "\n{} ({}): {}", answer(finding.answer), finding.code, line(&finding.sentence(spec)))?;
        for chart in charts(finding, spec) {
            writeln!(out)?;
            chart::write(&chart, &mut out)?;
        }
        for (name, rows) in undrawn(finding, spec) {
            writeln!(out)?;
            chart::write_rows(name, rows, &mut out)?;
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
