//! `tickmark diff`: what changed between two runs of one city, and why.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::{Ended, Trouble, kept, setting};
use crate::audit::diff::{Change, Difference, Judged, Recorded, Run, diff, led, named};
use crate::audit::kept::{report as report_in, sealed_in};
use crate::criteria::Scheme;
use crate::pack::Pack;
use crate::report::text::line;

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
        let pack = Pack::open(&if run.is_dir() { sealed_in(run) } else { run.to_owned() })?;
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
        writeln!(out, "  {}", cause.told())?;
        for seen in cause.seen_in() {
            writeln!(out, "    {seen}")?;
        }
    }
    Ok(())
}
