//! A portal: of a sample of its datasets with a delimited file, how many have one without an error.

use super::notices::Severity;
use super::{Read, SPEC, Seen, read};
use crate::capture::{Captures, Need};
use crate::dcat::{Dataset, Distribution};
use crate::finding::{Evidence, Finding};
use crate::platform::Catalogue;
use crate::probe::Target;
use crate::sample::{self, Life, Look, Told, Without};

/// What delimited texts are declared as.
const DELIMITED: [&str; 2] = ["CSV", "TSV"];

/// The tables of the catalogues behind `target`.
pub(super) fn look(target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
    let all = sample::of_each(
        target,
        captures,
        |catalogue| measured(captures, catalogue),
        |cause| Seen::Unseen { cause },
        |reason| Seen::NotATable { kind: format!("a page without a catalogue ({reason})") },
    )?;
    Ok(all.into_iter().map(|(seen, evidence)| SPEC.finding(target, &seen, evidence)).collect())
}

fn measured(captures: &Captures<'_>, catalogue: &Catalogue) -> Result<(Seen, Vec<Evidence>), Need> {
    let sound = |look: &Look<'_>| {
        match sample::life(captures, look.capture)? {
            (Life::Alive, _) => {}
            (Life::Dead(cause) | Life::Unseen(cause), _) => return Ok(Told::Unseen(cause)),
        }
        Ok(match read(captures, look.capture)? {
            Read::Table(linted) => {
                let errors = linted.notices.0.iter().filter(|(code, _)| code.rule().severity == Severity::Error);
                let kinds: Vec<String> =
                    errors.map(|(code, noted)| format!("{} ({})", code.name(), noted.count)).collect();
                if kinds.is_empty() { Told::Yes(None) } else { Told::No(kinds.join(", "), None) }
            }
            Read::Sheets(_) => Told::Unseen("it is a workbook, and no delimited text".to_owned()),
            Read::Other(kind) => Told::Unseen(format!("it is {kind}, and no delimited text")),
            Read::Unseen(cause) => Told::Unseen(cause),
        })
    };
    let measured = sample::measure(captures, catalogue, Without::PassedBy, delimited, sound)?;
    if let Some(cause) = measured.silent() {
        return Ok((Seen::Unseen { cause }, catalogue.evidence.clone()));
    }
    // The question is about datasets that say they have such a file, not about all with any file.
    let declared = catalogue.profile.formats.iter().filter(|(name, _)| DELIMITED.contains(name));
    let declared = declared.map(|(_, datasets)| datasets).max().unwrap_or(0);
    let Some(share) = measured.among(declared, catalogue) else {
        panic!("invariant: a sample that is not silent has a share")
    };
    let seen = Seen::Sampled { share, unseen: measured.unseen, causes: measured.causes, flawed: measured.misses };
    Ok((seen, if measured.evidence.is_empty() { catalogue.evidence.clone() } else { measured.evidence }))
}

/// The distribution that says it is a delimited text.
fn delimited(dataset: &Dataset) -> Option<(&Distribution, &str)> {
    sample::data_of(dataset).filter(|(one, _)| DELIMITED.contains(&one.format_name().as_str()))
}
