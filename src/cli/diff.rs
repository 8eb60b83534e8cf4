//! `tickmark diff`: what changed between two runs of one city, and why.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::{Ended, Trouble, kept, setting};
use crate::audit::diff::{Cause, Change, Changed, Difference, Judged, Recorded, Run, Seen, diff};
use crate::audit::kept::{PACK, report as report_in};
use crate::criteria::Scheme;
use crate::criteria::verdict::{Lead, Standing};
use crate::pack::Pack;
use crate::report::text::{lead, line, standing};

/// Which runs.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The earlier run: an audit's output folder, or its pack
    old: PathBuf,
    /// The later run
    new: PathBuf,
    /// How to write it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// Everything, for programs
    Json,
}

/// A run as it lies on disk.
struct Kept {
    pack: Pack,
    recorded: Recorded,
    schemes: Vec<Scheme>,
}

impl Kept {
    fn open(run: &Path) -> Result<Self, Trouble> {
        let pack = Pack::open(&if run.is_dir() { run.join(PACK) } else { run.to_owned() })?;
        let recorded: Recorded = report_in(&pack)?;
        let codes = |judged: &Judged| judged.verdicts.iter().map(|verdict| verdict.code.clone()).collect();
        let judged: Vec<_> = recorded.by_scheme().map(|judged| (&judged.scheme, codes(judged))).collect();
        let schemes = kept::schemes(&[], &pack, &judged)?;
        Ok(Self { pack, recorded, schemes })
    }

    fn run(&self) -> Run<'_> {
        Run { pack: &self.pack, recorded: &self.recorded, schemes: &self.schemes }
    }
}

/// Compares; like `diff`, it ends with 1 where something changed that is to be believed.
pub(crate) fn run(args: &Args) -> Result<Ended, Trouble> {
    let (old, new) = (Kept::open(&args.old)?, Kept::open(&args.new)?);
    let (before, after) = (&old.recorded.submission.city, &new.recorded.submission.city);
    if before != after {
        return Err(Trouble::asked(format!(
            "these are runs of two cities, {before:?} and {after:?}: only runs of one city are compared"
        )));
    }
    let difference = diff(old.run(), new.run(), probes::ALL, &setting::readers()?)?;
    let mut out = io::stdout().lock();
    match args.format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, &difference).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        Format::Text => write(&difference, &old.recorded, &new.recorded, &mut out)?,
    }
    Ok(if difference.settled() { Ended::Amiss } else { Ended::Well })
}

fn write(difference: &Difference, old: &Recorded, new: &Recorded, out: &mut impl io::Write) -> io::Result<()> {
    writeln!(out, "{}: {} to {}", line(&new.submission.city), old.as_of, new.as_of)?;
    for moved in &difference.criteria {
        writeln!(out, "{} {} → {}", line(&moved.code), named(moved.was), named(moved.now))?;
    }
    for change in &difference.clauses {
        write_change(change, old, out)?;
    }
    let (changed, open) =
        (difference.clauses.len(), difference.clauses.iter().filter(|change| !change.settled).count());
    writeln!(out, "\n{changed} clauses changed, {} stand as before", difference.same)?;
    if open > 0 {
        writeln!(out, "{open} of them could not be looked at in the later run: they stand as they were last seen")?;
    }
    Ok(())
}

fn write_change(change: &Change, old: &Recorded, out: &mut impl io::Write) -> io::Result<()> {
    write!(out, "\n{}  {} → {}", line(&change.clause), named(change.was), named(change.now))?;
    if change.led != change.leads {
        write!(out, ", lead {} → {}", led(change.led), led(change.leads))?;
    }
    if change.settled {
        writeln!(out)?;
    } else {
        writeln!(out, "  (last seen {} on {})", named(change.was), old.as_of)?;
    }
    for cause in &change.causes {
        match cause {
            Cause::Site { captures } => write_changed("site: it serves something else", captures, out)?,
            Cause::Network { captures, seen_again: false } => {
                write_changed("network: it could not be looked at in the later run", captures, out)?;
            }
            Cause::Network { captures, seen_again: true } => {
                write_changed("network: it could not be looked at in the earlier run", captures, out)?;
            }
            Cause::Submission { added, removed } => {
                writeln!(out, "  submission: other links are offered for it")?;
                for (sign, links) in [('+', added), ('-', removed)] {
                    for link in links {
                        writeln!(out, "    {sign} {}", line(link))?;
                    }
                }
            }
            Cause::Rule { .. } => writeln!(out, "  rule: the criteria ask for something else")?,
            Cause::Tool { was, now } if was == now => {
                writeln!(out, "  tool: the same bytes are read otherwise by another build of version {}", line(now))?;
            }
            Cause::Tool { was, now } => {
                writeln!(out, "  tool: version {} reads the same bytes otherwise than {}", line(now), line(was))?;
            }
            Cause::Date { was, now } => {
                writeln!(out, "  date: the same bytes mean something else on {now} than on {was}")?;
            }
        }
    }
    Ok(())
}

fn write_changed(what: &str, captures: &[Changed], out: &mut impl io::Write) -> io::Result<()> {
    writeln!(out, "  {what}")?;
    for changed in captures {
        let [was, now] = [&changed.was, &changed.now].map(|seen| seen.as_ref().map_or("not asked".to_owned(), answer));
        writeln!(out, "    {}: {was} → {now}", line(changed.url.as_str()))?;
    }
    Ok(())
}

/// An answer in few words: its status and the beginning of its hash.
fn answer(seen: &Seen) -> String {
    match (&seen.failure, seen.status, &seen.sha256) {
        (Some(failure), ..) => line(failure),
        (None, Some(status), Some(sha256)) => format!("{status} {}", sha256.get(..12).unwrap_or(sha256)),
        (None, status, _) => status.map_or("nothing".to_owned(), |status| status.to_string()),
    }
}

fn named(state: Option<Standing>) -> &'static str {
    state.map_or("not asked", standing)
}

fn led(by: Option<Lead>) -> &'static str {
    by.map_or("none", lead)
}
