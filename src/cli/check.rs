//! `tickmark check`: one probe's question to one file or link, as a linter would put it.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal as _, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use clap::Args as Flags;
use jiff::civil::Date;
use probes::capture::{Captures, Form, Memo};
use probes::finding::{Answer, Fact, Finding};
use probes::probe::{Asked, Linter, Probe, Shape, Target};
use probes::spec::Spec;
use serde_json::{Value, json};
use url::Url;

use super::crawling::Crawling;
use super::{Ended, Trouble, setting};
use crate::audit::reading::Readers;
use crate::audit::{Live, Question, ask};
use crate::crawl::Crawler;
use crate::criteria::problem::did_you_mean;
use crate::pack::{Identity, Pack};
use crate::report::chart::{self, Chart, charts};
use crate::report::text::{answer, line, place};

/// Which probe, at what.
#[derive(Debug, Flags)]
pub(crate) struct Args {
    /// The probe's id
    probe: String,
    /// A file, which is read whole however large it is, or a link beginning with http
    target: String,
    /// How the findings are written: text, json, canonical (as the format's own validator writes it), or another
    /// tool's format that the probe knows
    #[arg(long, default_value = "text")]
    format: Format,
    /// Look into a pack instead of the web
    #[arg(long, value_name = "PACK")]
    from: Option<PathBuf>,
    /// The date the findings speak of [default: the pack's, or today]
    #[arg(long, value_name = "DATE", visible_alias = "date")]
    as_of: Option<Date>,
    /// Of probes that validate a format: the country that telephone numbers are called from, by its code
    #[arg(long, value_name = "CODE")]
    country: Option<String>,
    /// Of probes that validate a format: how many places of each notice are kept
    #[arg(long, value_name = "N")]
    samples: Option<usize>,
    /// Of probes that validate a format: also what its own validator does not look for
    #[arg(long)]
    extra: bool,
    /// Of probes that hold data against a standard's schema: the schema, instead of the one that comes along
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,
    #[command(flatten)]
    crawling: Crawling,
}

/// The largest schema that is read, in bytes.
const SCHEMA: u64 = 16 << 20;

/// How findings are written.
#[derive(Clone, Debug)]
enum Format {
    /// For people
    Text,
    /// As in report.json
    Json,
    /// As the format's own validator writes it
    Canonical,
    /// As another tool of the probe's field writes it
    Named(String),
}

impl FromStr for Format {
    type Err = Infallible;

    fn from_str(name: &str) -> Result<Self, Infallible> {
        Ok(match name {
            "text" => Self::Text,
            "json" => Self::Json,
            "canonical" => Self::Canonical,
            name => Self::Named(name.to_owned()),
        })
    }
}

/// Looks, and writes what was found.
pub(crate) fn run(args: &Args) -> Result<Ended, Trouble> {
    let Some(probe) = probes::ALL.iter().find(|probe| probe.spec().id == args.probe) else {
        let hint = did_you_mean(&args.probe, probes::ALL.iter().map(|probe| probe.spec().id.as_str()));
        return Err(Trouble::asked(format!("there is no probe {:?}{hint}", args.probe)));
    };
    let probe: &'static dyn Probe = match &args.schema {
        None => *probe,
        Some(schema) => held_to(*probe, schema)?,
    };
    if let Format::Named(name) = &args.format
        && !probe.formats().contains(&name.as_str())
    {
        let known = ["text", "json"].iter().chain(probe.formats()).copied().collect::<Vec<_>>().join(", ");
        return Err(Trouble::asked(format!("{} has no format {name:?}; it has {known}", args.probe)));
    }
    let (url, file) = located(&args.target)?;
    let target = Target::new(&url);
    let question = Question { target: target.clone(), probe };
    let asked = asked(args);
    let Lint { linter, told } = Lint::of(probe, args, &asked)?;
    let readers = Readers { told, ..setting::readers()? };
    let (answers, form, rendered) = if let Some(path) = &args.from {
        let pack = Pack::open(path)?;
        let own = pack.identity().map(|identity| identity.as_of);
        let as_of = args.as_of.or(own).unwrap_or_else(setting::today);
        let answers = ask(&[question], as_of, &pack, None, &readers)?;
        let rendered = rendered(probe, args, &target, &Captures::new(&pack, &answers.memo, as_of));
        (answers, form(linter, &target, &pack, as_of), rendered)
    } else {
        let as_of = args.as_of.unwrap_or_else(setting::today);
        let work = tempfile::tempdir().map_err(Trouble::at(&std::env::temp_dir()))?;
        let robots = args.crawling.robots.into();
        let identity = Identity { submission: String::new(), scheme: String::new(), as_of, robots };
        let pack = Pack::passing(&work.path().join("pack"), &identity)?;
        let mut config = args.crawling.config()?;
        config.files = file.map(|path| (target.url.clone(), path)).into_iter().collect::<BTreeMap<_, _>>();
        config.files_stay = true;
        let crawler = Crawler::new(config)?;
        let live = Live { crawler: &crawler, previous: &(), progress: &() };
        let answers = ask(&[question], as_of, &pack, Some(&live), &readers)?;
        let rendered = rendered(probe, args, &target, &Captures::new(&pack, &answers.memo, as_of));
        (answers, form(linter, &target, &pack, as_of), rendered)
    };
    // A lock alone writes a report line by line.
    let mut out = BufWriter::new(io::stdout().lock());
    match args.format {
        Format::Text => {
            text(probe, &answers.findings, form.is_some(), &mut out)?;
            report(linter, form.as_ref(), &asked, &mut out)?;
        }
        Format::Canonical => report(linter, form.as_ref(), &asked, &mut out)?,
        Format::Named(_) => match rendered {
            Some(report) => write(&report, &mut out)?,
            None => {
                return Err(Trouble::asked(format!("{} holds nothing that {} reports on", args.target, args.probe)));
            }
        },
        Format::Json => {
            let mut written = json!({ "target": target, "findings": answers.findings });
            if form.is_some() {
                let mut own = Vec::new();
                report(linter, form.as_ref(), &asked, &mut own)?;
                written["report"] = serde_json::from_slice(&own).map_err(io::Error::from)?;
            }
            write(&written, &mut out)?;
        }
    }
    out.flush()?;
    let all = |wanted| answers.findings.iter().all(|finding| finding.answer == wanted);
    Ok(if !answers.broken.is_empty() || all(Answer::Unknown) {
        Ended::Unable
    } else if all(Answer::Yes) {
        Ended::Well
    } else {
        Ended::Amiss
    })
}

/// The probe, holding data against the schema in a file. There is one in a run, and it lives as long as that.
fn held_to(probe: &dyn Probe, schema: &Path) -> Result<&'static dyn Probe, Trouble> {
    let mut text = Vec::new();
    let file = File::open(schema).map_err(Trouble::at(schema))?;
    file.take(SCHEMA).read_to_end(&mut text).map_err(Trouble::at(schema))?;
    let probe = probe.held_to(&text);
    let probe = probe.map_err(|cause| Trouble::asked(format!("--schema {}: {cause}", schema.display())))?;
    Ok(Box::leak(probe))
}

/// The report in another tool's format, if that was asked for and there is anything to report on.
fn rendered(probe: &dyn Probe, args: &Args, target: &Target, captures: &Captures<'_>) -> Option<Value> {
    let Format::Named(name) = &args.format else { return None };
    probe.render(name, target, captures).ok().flatten()
}

fn write(report: &Value, out: &mut dyn io::Write) -> Result<(), Trouble> {
    serde_json::to_writer_pretty(&mut *out, report).map_err(io::Error::from)?;
    Ok(writeln!(out)?)
}

/// What is asked of a probe that validates a format.
fn asked(args: &Args) -> Asked {
    Asked {
        country: args.country.clone(),
        samples: args.samples,
        extra: args.extra,
        shape: match args.format {
            Format::Text | Format::Named(_) => Shape::Text,
            Format::Json => Shape::Own,
            Format::Canonical => Shape::Canonical,
        },
        colored: io::stdout().is_terminal(),
    }
}

/// A probe's linter, and what its reader is told.
struct Lint {
    linter: Option<&'static dyn Linter>,
    told: Option<(&'static str, String)>,
}

impl Lint {
    fn of(probe: &dyn Probe, args: &Args, asked: &Asked) -> Result<Self, Trouble> {
        let special = args.country.is_some() || args.samples.is_some() || args.extra;
        let Some(linter) = probe.linter() else {
            if special || matches!(args.format, Format::Canonical) {
                let id = &probe.spec().id;
                return Err(Trouble::asked(format!(
                    "{id} validates no format; leave out --country, --samples, --extra and --format canonical"
                )));
            }
            return Ok(Self { linter: None, told: None });
        };
        if special && args.from.is_some() {
            return Err(Trouble::asked("what a pack holds was read already; give the file itself".to_owned()));
        }
        let told = linter.told(asked).map_err(Trouble::asked)?;
        Ok(Self { linter: Some(linter), told: special.then(|| (linter.reader().name(), told)) })
    }
}

/// The date, and what the linter's reader made of the target.
fn form(linter: Option<&'static dyn Linter>, target: &Target, pack: &Pack, as_of: Date) -> Option<(Date, Arc<Form>)> {
    let memo = Memo::default();
    let captures = Captures::new(pack, &memo, as_of);
    let capture = captures.get(&target.request()).ok().filter(|capture| capture.answered().is_ok())?;
    let form = captures.form(&capture, linter?.reader()).ok()?;
    form.is_ok().then_some((as_of, form))
}

/// Writes the linter's report, where there is one.
fn report(
    linter: Option<&'static dyn Linter>,
    form: Option<&(Date, Arc<Form>)>,
    asked: &Asked,
    out: &mut dyn io::Write,
) -> Result<(), Trouble> {
    if let (Some(linter), Some((date, form))) = (linter, form)
        && let Ok(form) = &**form
    {
        linter.write(form, *date, asked, out)?;
    }
    Ok(())
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

/// For people; the tables are left to the linter where there is one.
fn text(probe: &dyn Probe, findings: &[Finding], linted: bool, out: &mut dyn io::Write) -> Result<(), Trouble> {
    let spec = probe.spec();
    writeln!(out, "{}", spec.question)?;
    for finding in findings {
        writeln!(out, "\n{} ({}): {}", answer(finding.answer), finding.code, line(&finding.sentence(spec)))?;
        for table in tables(finding, spec).into_iter().filter(|_| !linted) {
            writeln!(out)?;
            table.write(out)?;
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

/// How a table of a finding is shown.
enum Table<'a> {
    /// As the bars that its probe declares.
    Bars(Chart<'a>),
    /// As it stands.
    Rows { title: &'a str, label: Option<&'a str>, rows: &'a [BTreeMap<String, String>] },
}

impl Table<'_> {
    fn write(&self, out: &mut dyn io::Write) -> io::Result<()> {
        match self {
            Self::Bars(chart) => chart::write(chart, out),
            Self::Rows { title, label, rows } => chart::write_rows(title, rows, *label, out),
        }
    }
}

/// The tables of a finding: as bars only where these say all that there is in the rows.
fn tables<'a>(finding: &'a Finding, spec: &'a Spec) -> Vec<Table<'a>> {
    let rows = |name: &str| match finding.facts.get(name) {
        Some(Fact::Table(rows)) => rows.as_slice(),
        _ => &[],
    };
    let charts = charts(finding, spec);
    let drawn: BTreeSet<&str> = charts.iter().map(|chart| chart.fact).collect();
    let drawn_ones = charts.into_iter().map(|chart| {
        let (rows, [label, _]) = (rows(chart.fact), chart.columns);
        if rows.iter().all(|row| row.len() <= chart.columns.len()) {
            Table::Bars(chart)
        } else {
            Table::Rows { title: chart.title, label: Some(label), rows }
        }
    });
    let others = finding.facts.keys().filter(|name| !drawn.contains(name.as_str()));
    let others = others.map(|name| Table::Rows { title: name, label: None, rows: rows(name) });
    drawn_ones.chain(others.filter(|table| !matches!(table, Table::Rows { rows: [], .. }))).collect()
}
