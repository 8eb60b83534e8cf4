//! `tickmark verify`: whether a pack still says what its report says.

use std::collections::BTreeMap;
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
    /// The criteria it was made by, where the pack does not hold them; once for each scheme
    #[arg(long, value_name = "NAME|DIR")]
    criteria: Vec<String>,
}

/// Verifies, and names exactly what does not hold.
pub(crate) fn run(args: &Args) -> Result<Ended, Trouble> {
    let pack = Pack::open(&args.pack)?;
    let missing = || Trouble::asked("the pack holds no report: only a pack that an audit made can be verified");
    let stored = pack.extra("report.json")?.ok_or_else(missing)?;
    let report: Report = serde_json::from_slice(&stored)
        .map_err(|error| Trouble::asked(format!("the pack's report cannot be read: {error}")))?;
    let schemes = schemes(args, &pack, &report)?;
    let held = verify(&pack, &report, &schemes, probes::ALL, &setting::readers()?)?;
    let mut out = io::stdout().lock();
    write(&held, &mut out)?;
    Ok(if held.sound() { Ended::Well } else { Ended::Amiss })
}

/// The criteria that the report was made by, in its order: those named, else those that the pack kept.
fn schemes(args: &Args, pack: &Pack, report: &Report) -> Result<Vec<Scheme>, Trouble> {
    let named: Vec<&str> = args.criteria.iter().map(String::as_str).collect();
    let there = match (named.as_slice(), pack.extra(CRITERIA)?) {
        ([], Some(kept)) => {
            let all: Vec<BTreeMap<String, String>> = serde_json::from_slice(&kept)
                .map_err(|error| Trouble::asked(format!("the pack's criteria cannot be read: {error}")))?;
            let read = |files: &BTreeMap<String, String>| Scheme::from_files(CRITERIA, files, &setting::specs());
            all.iter().map(read).collect::<Result<_, _>>()?
        }
        ([], None) => {
            let ids: Vec<&str> = report.by_scheme().map(|stored| stored.scheme.id.as_str()).collect();
            setting::schemes(&ids, &[])?
        }
        (named, _) => setting::schemes(named, &[])?,
    };
    let mut schemes = Vec::new();
    for stored in report.by_scheme() {
        let Some(scheme) = there.iter().find(|scheme| scheme.sha256 == stored.scheme.sha256) else {
            return Err(Trouble::asked(format!(
                "the report was made by other criteria of {} than these: name the folder of the right ones with --criteria",
                stored.scheme.id
            )));
        };
        let codes: Vec<String> = stored.verdicts.iter().map(|verdict| verdict.code.clone()).collect();
        let whole = scheme.criteria.len() == codes.len();
        schemes.push(if whole { scheme.clone() } else { scheme.clone().only(&codes) });
    }
    Ok(schemes)
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
