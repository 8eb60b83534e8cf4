//! `tickmark survey`: many cities audited the same way, into one folder that can be judged again at any time.

#[cfg(feature = "serve")]
mod many;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::{Args as Flags, Subcommand};
use jiff::civil::Date;

use super::crawling::Crawling;
use super::problem::tell;
use super::{Ended, Trouble, setting};
use crate::crawl::Crawler;
use crate::criteria::Scheme;
use crate::survey::{self, Anew, Compared, Ledger, Making, Planned, State, Surveyors};

/// Which cities, and how.
#[derive(Debug, Flags)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    then: Option<Then>,
    /// The cities: a CSV or TSV table of links, a TOML file, or a folder of submissions
    #[arg(required = true)]
    cities: Option<PathBuf>,
    /// The survey's folder; the same command goes on with what is there
    #[arg(long, value_name = "DIR", default_value = "survey")]
    out: PathBuf,
    /// The date that every audit speaks of [default: that of the survey in the folder, or today]
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// The criteria: a bundled scheme's name or a folder; given again, further schemes
    #[arg(long, value_name = "NAME|DIR", default_value = crate::submission::DEFAULT_SCHEME)]
    criteria: Vec<String>,
    /// How many cities are audited at the same time
    #[arg(long, value_name = "COUNT", default_value_t = 8)]
    at_once: usize,
    #[cfg(feature = "serve")]
    #[command(flatten)]
    shared: many::Shared,
    #[command(flatten)]
    crawling: Crawling,
}

/// What is done with a survey that is there.
#[derive(Debug, Subcommand)]
enum Then {
    /// Tell how far a survey has come
    Status {
        /// The survey's folder
        survey: PathBuf,
        /// The store whose workers carry it out
        #[cfg(feature = "serve")]
        #[arg(long, value_name = "URL")]
        store: Option<String>,
    },
    /// Begin no more cities of a survey that workers carry out; the command that began it goes on with it
    #[cfg(feature = "serve")]
    Stop {
        /// The survey's folder
        survey: PathBuf,
        /// The store whose workers carry it out
        #[arg(long, value_name = "URL")]
        store: String,
    },
    /// Read the packs again by the probes of this program, without a network, and tell what stands otherwise
    Reprobe {
        /// The survey's folder
        survey: PathBuf,
        /// The criteria: a bundled scheme's name or a folder; given again, further schemes [default: those of the survey, in
        /// this program's edition]
        #[arg(long, value_name = "NAME|DIR")]
        criteria: Vec<String>,
        /// Where the tables go
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Compare two surveys: which clauses stand otherwise, and why
    Diff {
        /// The earlier survey's folder
        old: PathBuf,
        /// The later one's
        new: PathBuf,
        /// Where the table of differences goes
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Write pages for people from a survey's tables: how the cities stand, every figure a link to its rows
    Report {
        /// The survey's folder, or one with tables that were judged again
        survey: PathBuf,
        /// The fact by which cohorts of cities are told apart
        #[arg(long, value_name = "PROBE.FACT", default_value = "catalogue.platform")]
        by: String,
    },
    /// Hold what was found against other criteria, without a network
    Rejudge {
        /// The survey's folder
        survey: PathBuf,
        /// The criteria: a bundled scheme's name or a folder; given again, further schemes
        #[arg(long, value_name = "NAME|DIR", required = true)]
        criteria: Vec<String>,
        /// Where the tables go
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

/// Surveys, or looks at a survey.
pub(crate) fn run(args: &Args) -> Result<Ended, Trouble> {
    match (&args.then, &args.cities) {
        #[cfg(not(feature = "serve"))]
        (Some(Then::Status { survey }), _) => status(&Ledger::open(survey)?, &mut io::stdout().lock()),
        #[cfg(feature = "serve")]
        (Some(Then::Status { survey, store }), _) => {
            let ended = status(&Ledger::open(survey)?, &mut io::stdout().lock())?;
            if let Some(store) = store {
                many::status(survey, store, &mut io::stdout().lock())?;
            }
            Ok(ended)
        }
        #[cfg(feature = "serve")]
        (Some(Then::Stop { survey, store }), _) => many::stop(survey, store),
        (Some(Then::Report { survey, by }), _) => {
            writeln!(io::stdout().lock(), "{}", survey::report(survey, by, &setting::specs())?.display())?;
            Ok(Ended::Well)
        }
        (Some(Then::Rejudge { survey, criteria, out }), _) => {
            let ledger = Ledger::open(survey)?;
            let schemes = schemes(criteria)?;
            tables(&ledger, out, &schemes, Anew::Judging)?;
            Ok(Ended::Well)
        }
        (Some(Then::Reprobe { survey, criteria, out }), _) => {
            let ledger = Ledger::open(survey)?;
            let own = || ledger.planned().schemes.iter().map(|scheme| scheme.id.clone()).collect();
            let schemes = schemes(&if criteria.is_empty() { own() } else { criteria.clone() })?;
            tables(&ledger, out, &schemes, Anew::Probing(&setting::readers()?))?;
            Ok(Ended::Well)
        }
        (Some(Then::Diff { old, new, out }), _) => {
            let (old, new) = (Ledger::open(old)?, Ledger::open(new)?);
            let compared = survey::compare(&old, &new, out, probes::ALL, &setting::readers()?)?;
            told_of(&compared, &mut io::stdout().lock())?;
            Ok(if compared.settled > 0 { Ended::Amiss } else { Ended::Well })
        }
        (None, Some(cities)) => surveyed(args, cities),
        (None, None) => unreachable!("invariant: clap wants cities where no subcommand is given"),
    }
}

fn schemes(names: &[String]) -> Result<Vec<Scheme>, Trouble> {
    setting::schemes(&names.iter().map(String::as_str).collect::<Vec<_>>(), &[])
}

fn surveyed(args: &Args, path: &Path) -> Result<Ended, Trouble> {
    let cities = survey::cities(path)?;
    let schemes = schemes(&args.criteria)?;
    let wrong = survey::offered_for_nothing_known(&cities, &schemes);
    if !wrong.is_empty() {
        return Err(Trouble::asked(wrong.join("\n")));
    }
    let before = Ledger::open(&args.out).ok().map(|ledger| ledger.planned().as_of);
    let as_of = args.as_of.or(before).unwrap_or_else(setting::today);
    let readers = setting::readers()?;
    let ledger = Ledger::begin(&args.out, Planned::new(&cities, &schemes, as_of, args.crawling.robots.into()))?;
    #[cfg(feature = "serve")]
    if let Some(store) = &args.shared.store {
        let (config, packs) = (args.crawling.config()?, args.shared.packs.as_deref());
        many::surveyed(&many::Survey {
            ledger: &ledger,
            schemes: &schemes,
            store,
            packs,
            at_once: args.at_once,
            config,
        })?;
        tables(&ledger, &args.out, &schemes, Anew::Nothing)?;
        return status(&ledger, &mut io::stdout().lock());
    }
    let crawler = Crawler::new(args.crawling.config()?)?;
    let began = Instant::now();
    let ended = |ended: &survey::Ended<'_>| tell(&told(ended, began.elapsed()));
    let (crawler, readers, schemes) = (&crawler, &readers, &schemes[..]);
    let at_once = args.at_once;
    survey::run(&ledger, Surveyors { schemes, probes: probes::ALL, crawler, readers, at_once, ended: &ended })?;
    tables(&ledger, &args.out, schemes, Anew::Nothing)?;
    status(&ledger, &mut io::stdout().lock())
}

/// A line for a city that ended, and how long the rest may take if it goes on like this.
fn told(ended: &survey::Ended<'_>, took: Duration) -> String {
    let survey::Ended { id, failed, done, of } = ended;
    let how = failed.as_ref().map_or_else(|| "audited".to_owned(), |why| format!("could not be audited: {why}"));
    let left = u32::try_from(of - done).unwrap_or(u32::MAX);
    let rest = (took / u32::try_from(*done).unwrap_or(u32::MAX).max(1)).saturating_mul(left);
    let rest = match (left, rest.as_secs()) {
        (0, _) => String::new(),
        (_, 0..=90) => format!(", about {} s left", rest.as_secs()),
        (_, secs) => format!(", about {} min left", secs.div_ceil(60)),
    };
    format!("{done} of {of}: {id} {how}{rest}")
}

fn tables(ledger: &Ledger, into: &Path, schemes: &[Scheme], anew: Anew<'_>) -> Result<(), Trouble> {
    let counts = survey::write(ledger, into, &Making { schemes, probes: probes::ALL, anew })?;
    let mut out = io::stdout().lock();
    for (table, rows) in counts {
        writeln!(out, "{}: {rows} rows", into.join(format!("{table}.csv")).display())?;
    }
    Ok(())
}

/// What came of comparing two surveys.
fn told_of(compared: &Compared, out: &mut dyn io::Write) -> io::Result<()> {
    let Compared { cities, same, by_cause, changed, settled, left_out } = compared;
    writeln!(out, "{cities} cities compared: {changed} clauses changed, {same} stand as before")?;
    for (cause, clauses) in by_cause {
        writeln!(out, "{clauses:>6}  {cause}")?;
    }
    if changed > settled {
        let open = changed - settled;
        writeln!(
            out,
            "{open} of them could only not be looked at in one of the surveys: they stand as they were last seen"
        )?;
    }
    for (id, why) in left_out {
        writeln!(out, "  {}: {}", crate::report::text::line(id), crate::report::text::line(why))?;
    }
    Ok(())
}

/// How many cities stand how; not well unless all are audited.
fn status(ledger: &Ledger, out: &mut dyn io::Write) -> Result<Ended, Trouble> {
    let planned = ledger.planned();
    let mut counts = [0; 4];
    let mut failed = Vec::new();
    for city in &planned.cities {
        let state = ledger.state(&city.id);
        counts[match state {
            State::Audited => 0,
            State::Begun => 1,
            State::Waiting => 2,
            State::Failed(_) => 3,
        }] += 1;
        if let State::Failed(why) = state {
            failed.push(format!("{}: {why}", city.id));
        }
    }
    let [audited, begun, waiting, troubled] = counts;
    writeln!(out, "{} cities as of {}", planned.cities.len(), planned.as_of)?;
    writeln!(
        out,
        "{audited:>6}  audited\n{begun:>6}  begun\n{waiting:>6}  waiting\n{troubled:>6}  failed, tried again by the same command"
    )?;
    for line in failed {
        writeln!(out, "  {}", crate::report::text::line(&line))?;
    }
    Ok(if audited == planned.cities.len() { Ended::Well } else { Ended::Amiss })
}
