//! What is asked: the probes' own account of themselves.

use std::io::{self, Write as _};

use super::setting::specs;
use super::{Ended, Trouble};
use crate::criteria::problem::did_you_mean;

/// Which probe.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A probe's id; all are listed when none is named
    id: Option<String>,
}

/// Lists the probes or shows one.
pub(crate) fn run(args: &Args) -> Result<Ended, Trouble> {
    let mut out = io::stdout().lock();
    let Some(id) = &args.id else {
        for spec in specs() {
            writeln!(out, "{:<18} {}", spec.id, spec.question)?;
        }
        return Ok(Ended::Well);
    };
    let all = specs();
    let Some(spec) = all.iter().find(|spec| spec.id == *id) else {
        let hint = did_you_mean(id, all.iter().map(|spec| spec.id.as_str()));
        return Err(Trouble::asked(format!("there is no probe {id:?}{hint}")));
    };
    writeln!(out, "{}: {}\n\n{}\n\n{}\n", spec.id, spec.question, spec.why, spec.how)?;
    writeln!(out, "At most {} requests for one link.\n", spec.most_requests)?;
    for (code, declared) in &spec.findings {
        let answer = crate::report::text::answer(declared.answer);
        writeln!(out, "  {code} ({answer})\n    {}", declared.means)?;
        for (name, fact) in &declared.facts {
            writeln!(out, "    {{{name}}}: {fact}")?;
        }
        if let Some(fix) = &declared.fix {
            writeln!(out, "    To do: {fix}")?;
        }
    }
    if !spec.references.is_empty() {
        writeln!(out)?;
    }
    for reference in &spec.references {
        writeln!(out, "{reference}")?;
    }
    Ok(Ended::Well)
}
