//! `tickmark verify`: whether a pack still says what its report says.

use std::io;
use std::path::PathBuf;

use super::{Ended, Trouble, setting};
use crate::audit::verify::{Held, verify};
use crate::pack::Pack;
use crate::report::text::line;

/// Which pack, by which criteria.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The pack that an audit made
    pack: PathBuf,
    /// The criteria it was made by, where they are not the bundled ones
    #[arg(long, value_name = "NAME|DIR")]
    criteria: Option<String>,
}

/// Verifies, and names exactly what does not hold.
pub(crate) fn run(args: &Args) -> Result<Ended, Trouble> {
    let pack = Pack::open(&args.pack)?;
    let missing = || Trouble::asked("the pack holds no report: only a pack that an audit made can be verified");
    let stored = pack.extra("report.json")?.ok_or_else(missing)?;
    let report = serde_json::from_slice(&stored)
        .map_err(|error| Trouble::asked(format!("the pack's report cannot be read: {error}")))?;
    let scheme = scheme(args, &report)?;
    let held = verify(&pack, &report, &scheme, probes::ALL, &setting::readers()?)?;
    let mut out = io::stdout().lock();
    write(&held, &mut out)?;
    Ok(if held.sound() { Ended::Well } else { Ended::Amiss })
}

fn scheme(args: &Args, report: &crate::report::Report) -> Result<crate::criteria::Scheme, Trouble> {
    let codes: Vec<String> = report.verdicts.iter().map(|verdict| verdict.code.clone()).collect();
    setting::scheme(args.criteria.as_deref().unwrap_or(&report.scheme.id), &[]).and_then(|scheme| {
        if scheme.sha256 != report.scheme.sha256 {
            return Err(Trouble::asked(format!(
                "the report was made by other criteria than these ({}): name theirs with --criteria",
                scheme.file.id
            )));
        }
        Ok(if scheme.criteria.len() == codes.len() { scheme } else { scheme.only(&codes) })
    })
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
