//! `tickmark verify`: whether a pack still says what its report says.

use std::io;
use std::path::PathBuf;

use super::{Ended, Trouble, setting};
use crate::audit::CRITERIA;
use crate::audit::verify::{Held, verify};
use crate::criteria::Scheme;
use crate::pack::Pack;
use crate::report::Report;
use crate::report::text::line;

/// Which pack, by which criteria.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The pack that an audit made
    pack: PathBuf,
    /// The criteria it was made by, where the pack does not hold them
    #[arg(long, value_name = "NAME|DIR")]
    criteria: Option<String>,
}

/// Verifies, and names exactly what does not hold.
pub(crate) fn run(args: &Args) -> Result<Ended, Trouble> {
    let pack = Pack::open(&args.pack)?;
    let missing = || Trouble::asked("the pack holds no report: only a pack that an audit made can be verified");
    let stored = pack.extra("report.json")?.ok_or_else(missing)?;
    let report: Report = serde_json::from_slice(&stored)
        .map_err(|error| Trouble::asked(format!("the pack's report cannot be read: {error}")))?;
    let scheme = scheme(args, &pack, &report)?;
    let held = verify(&pack, &report, &scheme, probes::ALL, &setting::readers()?)?;
    let mut out = io::stdout().lock();
    write(&held, &mut out)?;
    Ok(if held.sound() { Ended::Well } else { Ended::Amiss })
}

/// The criteria that the report was made by: those named, else those that the pack kept.
fn scheme(args: &Args, pack: &Pack, report: &Report) -> Result<Scheme, Trouble> {
    let scheme = match (&args.criteria, pack.extra(CRITERIA)?) {
        (Some(named), _) => setting::scheme(named, &[])?,
        (None, Some(kept)) => {
            let files = serde_json::from_slice(&kept)
                .map_err(|error| Trouble::asked(format!("the pack's criteria cannot be read: {error}")))?;
            Scheme::from_files(CRITERIA, &files, &setting::specs())?
        }
        (None, None) => setting::scheme(&report.scheme.id, &[])?,
    };
    if scheme.sha256 != report.scheme.sha256 {
        let other =
            "the report was made by other criteria than these: name the folder of the right ones with --criteria";
        return Err(Trouble::asked(other));
    }
    let codes: Vec<String> = report.verdicts.iter().map(|verdict| verdict.code.clone()).collect();
    Ok(if scheme.criteria.len() == codes.len() { scheme } else { scheme.only(&codes) })
}

fn write(held: &Held, out: &mut impl io::Write) -> io::Result<()> {
    for (names, what) in [
        (&held.damaged, "does not hold what was written"),
        (&held.quotes, "quotes what does not stand there"),
        (&held.findings, "does not hold"),
        (&held.verdicts, "does not hold"),
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
    }
    Ok(())
}
