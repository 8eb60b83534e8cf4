//! `tickmark verify`: whether a pack still says what its report says.

use std::io;
use std::path::PathBuf;

use super::{Ended, Trouble, kept, setting};
use crate::audit::kept::report as report_in;
use crate::audit::verify::{Held, verify};
use crate::pack::Pack;
use crate::report::Report;
use crate::report::text::line;

/// Which pack, by which criteria.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The pack that an audit made
    pack: PathBuf,
    /// The criteria it was made by, where the pack does not hold them; once for each scheme
    #[arg(long, value_name = "NAME|DIR")]
    criteria: Vec<String>,
}

/// Verifies, and names exactly what does not hold.
pub(crate) fn run(args: &Args) -> Result<Ended, Trouble> {
    let pack = Pack::open(&args.pack)?;
    let report: Report = report_in(&pack)?;
    let judged: Vec<_> = report
        .by_scheme()
        .map(|by| (by.scheme, by.verdicts.iter().map(|verdict| verdict.code.clone()).collect()))
        .collect();
    let schemes = kept::schemes(&args.criteria, &pack, &judged)?;
    let held = verify(&pack, &report, &schemes, probes::ALL, &setting::readers()?)?;
    let mut out = io::stdout().lock();
    write(&held, &mut out)?;
    Ok(if held.sound() { Ended::Well } else { Ended::Amiss })
}

fn write(held: &Held, out: &mut impl io::Write) -> io::Result<()> {
    for (names, what) in [
        (&held.damaged, "does not hold what was written"),
        (&held.quotes, "quotes what does not stand there"),
        (&held.findings, "does not hold"),
        (&held.verdicts, "does not hold"),
        (&held.decisions, "does not hold"),
    ] {
        for (name, why) in names {
            writeln!(out, "{name} {what}: {}", line(why))?;
        }
    }
    if held.sound() {
        writeln!(
            out,
            "{} captures, {} quotes, {} findings and {} verdicts hold",
            held.of.captures, held.of.quotes, held.of.findings, held.of.verdicts
        )?;
        if let Some(decisions) = held.of.decisions {
            writeln!(out, "signed off with {decisions} decisions, which hold")?;
        }
    }
    Ok(())
}
