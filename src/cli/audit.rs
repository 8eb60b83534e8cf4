//! `tickmark audit`: everything a city submits, held against a certification's criteria.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::PathBuf;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use clap::Args as Flags;
use jiff::civil::Date;

use super::crawling::Crawling;
use super::problem::tell;
use super::progress::Told;
use super::writing::{self, Format};
use super::{Ended, Trouble, setting};
use crate::audit::kept::{self, Course, Done};
use crate::audit::{Plan, run as audit};
use crate::crawl::Crawler;
use crate::criteria::Scheme;
use crate::pack::Pack;
use crate::report::gate::{Gate, Known};
use crate::report::text::line;
use crate::report::{Report, View, summary};
use crate::submission::Submission;

/// What is audited, and how.
#[derive(Debug, Flags)]
pub(crate) struct Args {
    /// The links: a TOML, CSV or JSON file [default: the one in the pack given with --from]
    #[arg(required_unless_present = "from")]
    submission: Option<PathBuf>,
    /// Replay a pack instead of the web: a WACZ, a WARC, whoever wrote it; no socket is opened
    #[arg(long, value_name = "PACK")]
    from: Option<PathBuf>,
    /// Where the reports and the pack go
    #[arg(long, value_name = "DIR", default_value = "out")]
    out: PathBuf,
    /// The date the audit speaks of [default: the submission's, the replayed pack's, or today]
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// The criteria: a bundled scheme's name or a folder; given again, further schemes that the same links are held
    /// against [default: the submission's]
    #[arg(long, value_name = "NAME|DIR")]
    criteria: Vec<String>,
    /// Only these criteria of the first scheme
    #[arg(long, value_name = "CODE,…", value_delimiter = ',')]
    only: Vec<String>,
    /// Fail (exit code 1) unless this holds: not-met, level:NAME, possible:NAME, criterion:CODE, met:CODE
    #[arg(long, value_name = "NAME")]
    gate: Vec<String>,
    /// More reports, beside HTML, JSON and CSV
    #[arg(long, value_enum, value_delimiter = ',')]
    format: Vec<Format>,
    /// The city's name, where the submission does not say it
    #[arg(long, value_name = "NAME")]
    city: Option<String>,
    #[command(flatten)]
    crawling: Crawling,
}

/// Audits, writes the reports, prints the summary.
pub(crate) fn run(args: &Args) -> Result<Ended, Trouble> {
    let replayed = args.from.as_deref().map(Pack::open).transpose()?;
    let submission = submission(args, replayed.as_ref())?;
    let schemes = setting::schemes(&names(args, &submission), &args.only)?;
    let gates = gates(&args.gate, &schemes[0])?;
    std::fs::create_dir_all(&args.out).map_err(Trouble::at(&args.out))?;
    let plan = |as_of| Plan { schemes: &schemes, submission: &submission, probes: probes::ALL, as_of };
    let (report, broken, pictures) = match &replayed {
        Some(pack) => {
            let (report, broken) = replay(args, pack, &plan(replayed_date(args, &submission, pack)))?;
            let pictures = pictures(pack);
            (report, broken, pictures)
        }
        None => live(args, &submission, plan)?,
    };
    let view = View::of(&report, setting::specs()).with_pictures(pictures);
    writing::reports(&args.out, &report, &view, &args.format)?;
    let mut out = io::stdout().lock();
    summary::write(&report, &view, &mut out)?;
    writeln!(out, "\n{}", args.out.join("report.html").display())?;
    for probe in &broken {
        tell(&format!("the probe {probe} broke: its findings are unknown, please report it with the pack"));
    }
    let mut passed = true;
    for gate in &gates {
        let outcome = gate.check(&report);
        writeln!(out, "gate {}: {}", if outcome.passed { "passed" } else { "failed" }, line(&outcome.reason))?;
        passed &= outcome.passed;
    }
    Ok(match (broken.is_empty(), passed) {
        (false, _) => Ended::Unable,
        (true, true) => Ended::Well,
        (true, false) => Ended::Amiss,
    })
}

fn submission(args: &Args, replayed: Option<&Pack>) -> Result<Submission, Trouble> {
    if let Some(path) = &args.submission {
        let placed = Submission::read(path, args.city.as_deref())?;
        placed.check_against(&setting::schemes(&names(args, &placed.submission), &[])?)?;
        return Ok(placed.submission);
    }
    let Some(pack) = replayed else { panic!("invariant: clap wants a submission where there is no pack") };
    let Some(bytes) = pack.extra("submission.json")? else {
        return Err(Trouble::asked("the pack holds no submission: name the submission's file too"));
    };
    serde_json::from_slice(&bytes).map_err(|error| Trouble::asked(format!("the pack's submission: {error}")))
}

/// The schemes that are asked for, the submission's own first.
fn names<'a>(args: &'a Args, submission: &'a Submission) -> Vec<&'a str> {
    if args.criteria.is_empty() {
        return submission.schemes().map(String::as_str).collect();
    }
    let mut names: Vec<&str> = args.criteria.iter().map(String::as_str).collect();
    names.sort_by_key(|name| *name != submission.scheme);
    names
}

fn gates(written: &[String], scheme: &Scheme) -> Result<Vec<Gate>, Trouble> {
    let levels = scheme.levels();
    let criteria: Vec<&str> = scheme.criteria.iter().map(|criterion| criterion.code.get_ref().as_str()).collect();
    let known = Known { levels: &levels, criteria: &criteria };
    written.iter().map(|gate| Gate::parse(gate, known).map_err(Trouble::asked)).collect()
}

/// The newest day there is in a pack that does not say its own.
fn replayed_date(args: &Args, submission: &Submission, pack: &Pack) -> Date {
    let own = pack.identity().map(|identity| identity.as_of);
    args.as_of.or(own).or(submission.date).unwrap_or_else(setting::today)
}

fn replay(args: &Args, pack: &Pack, plan: &Plan<'_>) -> Result<(Report, Vec<String>), Trouble> {
    for damage in pack.damage() {
        tell(&format!("{}: at byte {}: {}", damage.file, damage.offset, damage.cause));
    }
    if !args.only.is_empty() || !args.criteria.is_empty() {
        tell("what the pack was not made for may be missing from it: that stays unknown");
    }
    Ok(audit(plan, pack, None, &setting::readers()?)?)
}

fn live<'a>(
    args: &Args,
    submission: &'a Submission,
    plan: impl Fn(Date) -> Plan<'a>,
) -> Result<(Report, Vec<String>, Pictures), Trouble> {
    let mut config = args.crawling.config()?;
    if !submission.allow_private.is_empty() {
        tell(&format!(
            "the submission lets itself be looked at on private networks: {}",
            submission.allow_private.join(", ")
        ));
        config.allow_private.extend(submission.allow_private.iter().cloned());
    }
    config.files = kept::files(submission);
    // An unfinished audit goes on as of the day it was begun.
    let as_of = args.as_of.or(submission.date).or_else(|| kept::begun(&args.out)).unwrap_or_else(setting::today);
    let crawler = Crawler::new(config)?;
    let told = Told::new();
    let readers = setting::readers()?;
    let robots = args.crawling.robots.into();
    let course = Course { robots, crawler: &crawler, progress: &told, readers: &readers, aside: &tell };
    let done = kept::run_into(&args.out, &plan(as_of), course);
    told.end();
    let Done { report, broken, pack } = done.inspect_err(|_| {
        let work = args.out.join(kept::WORK);
        if work.exists() {
            tell(&format!("what was fetched is kept in {}: the same command goes on from there", work.display()));
        }
    })?;
    let pictures = pictures(&pack);
    Ok((report, broken, pictures))
}

/// The most that pictures may add to a report, in bytes; what is beyond stays in the pack.
const MOST_PICTURES: usize = 12 << 20;

/// Pictures by capture.
type Pictures = BTreeMap<String, String>;

/// How pages looked in a browser, by capture, as URLs that hold the picture.
fn pictures(pack: &Pack) -> Pictures {
    let mut pictures = BTreeMap::new();
    let mut left = MOST_PICTURES;
    for capture in pack.captures() {
        // The one type that we make; what else a pack may hold is not shown.
        let Some(bytes) = pack.picture(&capture, "image/jpeg") else { continue };
        if bytes.len() <= left {
            left -= bytes.len();
            pictures
                .insert(capture.id.to_string(), format!("data:image/jpeg;base64,{}", BASE64_STANDARD.encode(bytes)));
        }
    }
    pictures
}
