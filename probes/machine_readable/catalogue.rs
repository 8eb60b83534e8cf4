//! A portal: of a sample of its catalogue's datasets, how many a program can read.

use super::file::{self, Read};
use super::{SPEC, Seen};
use crate::capture::{Captures, Need};
use crate::finding::Finding;
use crate::platform::Catalogue;
use crate::probe::Target;
use crate::sample::{self, Life, Look, Told, Without};

/// What the catalogues behind `target` offer; nothing where there is none.
pub(super) fn look(target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
    let all = sample::of_each(
        target,
        captures,
        |catalogue| {
            let (seen, evidence) = measured(captures, catalogue)?;
            Ok((Some(seen), evidence))
        },
        |cause| Some(Seen::Unseen { cause }),
        |_| None,
    )?;
    let findings = all.into_iter().filter_map(|(seen, evidence)| Some(SPEC.finding(target, &seen?, evidence)));
    Ok(findings.collect())
}

fn measured(captures: &Captures<'_>, catalogue: &Catalogue) -> Result<(Seen, Vec<crate::finding::Evidence>), Need> {
    let readable = |look: &Look<'_>| {
        match sample::life(captures, look.capture)? {
            (Life::Alive, _) => {}
            (Life::Dead(how), evidence) => return Ok(Told::No(how, Some(evidence))),
            (Life::Unseen(cause), _) => return Ok(Told::Unseen(cause)),
        }
        Ok(match file::read(captures, look.capture)? {
            Read::Data(data) => Told::Yes(Some(data.evidence)),
            Read::Not { kind, problem, evidence } => Told::No(format!("{kind}: {problem}"), Some(evidence)),
            Read::Page(Some(sign)) => Told::Unseen(format!("it needs a browser: {sign}")),
            Read::Page(None) => Told::No("a page, where data should be".to_owned(), None),
            Read::Unseen(cause) | Read::Broke(cause) => Told::Unseen(cause),
        })
    };
    let measured = sample::measure(captures, catalogue, Without::Short, sample::data_of, readable)?;
    if let Some(cause) = measured.silent() {
        return Ok((Seen::Unseen { cause }, catalogue.evidence.clone()));
    }
    let Some(share) = measured.share else { panic!("invariant: a sample that is not silent has a share") };
    let seen = Seen::Sampled { share, unseen: measured.unseen, causes: measured.causes, unreadable: measured.misses };
    Ok((seen, measured.evidence))
}
