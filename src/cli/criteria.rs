//! How it is judged: the criteria, and a check of a folder of one's own.

use std::io::{self, Write as _};
use std::path::PathBuf;

use super::setting::{scheme, specs};
use super::{Ended, Trouble};
use crate::criteria::Scheme;
use crate::criteria::scheme::{Clause, Needs, Quota};
use crate::submission::DEFAULT_SCHEME;

/// Which criterion, of which scheme.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A criterion's code or a clause's id; all criteria are listed when none is named
    code: Option<String>,
    /// A bundled scheme, or a folder of one's own
    #[arg(long, value_name = "NAME|DIR", default_value = DEFAULT_SCHEME)]
    criteria: String,
    /// Check a folder of criteria, with file, line and column of each problem
    #[arg(long, value_name = "DIR", conflicts_with_all = ["code", "criteria"])]
    check: Option<PathBuf>,
}

/// Lists, shows or checks.
pub(crate) fn run(args: &Args) -> Result<Ended, Trouble> {
    let mut out = io::stdout().lock();
    if let Some(dir) = &args.check {
        let scheme = Scheme::from_dir(dir, &specs())?;
        let clauses: usize = scheme.criteria.iter().map(|criterion| criterion.clauses.len()).sum();
        writeln!(out, "{}: {} criteria, {clauses} clauses, all well formed", scheme.file.title, scheme.criteria.len())?;
        return Ok(Ended::Well);
    }
    let scheme = scheme(&args.criteria, &[])?;
    let Some(name) = &args.code else {
        writeln!(out, "{} ({})\n", scheme.file.title, scheme.file.edition)?;
        for criterion in &scheme.criteria {
            writeln!(out, "{:<6} {}", criterion.code.get_ref(), criterion.title)?;
        }
        writeln!(out, "\n--criteria NAME lists another: {}", Scheme::bundled_names().join(", "))?;
        return Ok(Ended::Well);
    };
    let named = |clause: &Clause| clause.id.get_ref().eq_ignore_ascii_case(name);
    let found = scheme
        .criteria
        .iter()
        .find(|criterion| criterion.code.get_ref().eq_ignore_ascii_case(name) || criterion.clauses.iter().any(named));
    let Some(criterion) = found else {
        let hint = scheme.suggest(name).map(|near| format!("; did you mean {near:?}?")).unwrap_or_default();
        return Err(Trouble::asked(format!("{} has no criterion or clause {name:?}{hint}", scheme.file.id)));
    };
    let needs = match criterion.needs.get_ref() {
        Needs::All => "all its requirements".to_owned(),
        Needs::AtLeast(least) => format!("at least {least} of its requirements"),
    };
    writeln!(out, "{} {}\nIt takes {needs}.", criterion.code.get_ref(), criterion.title)?;
    for clause in &criterion.clauses {
        show(clause, &mut out)?;
    }
    Ok(Ended::Well)
}

fn show(clause: &Clause, out: &mut impl io::Write) -> io::Result<()> {
    let kind = crate::report::text::kind(clause.kind);
    writeln!(out, "\n{} ({kind})\n  {}", clause.id.get_ref(), clause.says)?;
    let links = match &clause.links {
        Quota::Every => "every link must".to_owned(),
        Quota::AtLeast(1) => "one link is enough to".to_owned(),
        Quota::AtLeast(least) => format!("at least {least} links must"),
        Quota::Share(share) => format!("at least {:.0} % of the links must", share * 100.0),
        Quota::Distinct(distinct) => {
            let fact = distinct.fact.get_ref().replace('_', " ");
            format!("the links together, with at least {} different {fact}, must", distinct.at_least)
        }
    };
    if !clause.shown_by.is_empty() {
        writeln!(out, "  Shown by, and {links} show it:")?;
        for sign in &clause.shown_by {
            writeln!(out, "    {sign}")?;
        }
    }
    for sign in &clause.refuted_by {
        writeln!(out, "  Refuted by: {sign}")?;
    }
    if let Some(points) = &clause.points {
        writeln!(
            out,
            "  Worth {} points{}",
            points.get_ref(),
            if clause.earns.is_some() { ", by the share of:" } else { "" }
        )?;
    }
    if let Some(sign) = &clause.earns {
        writeln!(out, "    {sign}")?;
    }
    if let Some(sign) = &clause.among {
        writeln!(out, "    among: {sign}")?;
    }
    if let Some(asks) = &clause.asks {
        writeln!(out, "  A person decides: {asks}")?;
    }
    for sign in &clause.leads {
        writeln!(out, "    a lead: {sign}")?;
    }
    if let Some(advice) = &clause.advice.not_met {
        writeln!(out, "  To do while it is not met: {advice}")?;
    }
    Ok(())
}
