//! A portal: of a sample of its datasets with a file of geometry, how many can be put on a map as they stand.

use super::{Read, SPEC, Seen, read};
use crate::capture::{Captures, Need};
use crate::dcat::{Dataset, Distribution};
use crate::finding::{Evidence, Finding, Locus};
use crate::platform::Catalogue;
use crate::probe::Target;
use crate::sample::{self, Life, Look, Told};

/// The geometry of the catalogues behind `target`.
pub(super) fn look(target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
    let all = sample::of_each(
        target,
        captures,
        |catalogue| measured(captures, catalogue),
        |cause| Seen::Unseen { cause },
        |reason| Seen::NoGeometry { kind: format!("a page without a catalogue ({reason})") },
    )?;
    Ok(all.into_iter().map(|(seen, evidence)| SPEC.finding(target, &seen, evidence)).collect())
}

fn measured(captures: &Captures<'_>, catalogue: &Catalogue) -> Result<(Seen, Vec<Evidence>), Need> {
    let with_geometry = catalogue.profile.with_geometry;
    if with_geometry == 0 {
        let kind = "a catalogue without a file of geometry".to_owned();
        return Ok((Seen::NoGeometry { kind }, catalogue.evidence.clone()));
    }
    let sound = |look: &Look<'_>| {
        match sample::life(captures, look.capture)? {
            (Life::Alive, _) => {}
            (Life::Dead(cause) | Life::Unseen(cause), _) => return Ok(Told::Unseen(cause)),
        }
        let evidence = Some(Evidence::new(&look.capture.id, Locus::Exchange, ""));
        let Read::Told(seen) = read(captures, look.capture)? else {
            return Ok(Told::Unseen("it is a page".to_owned()));
        };
        Ok(match *seen {
            Seen::Sound { .. } => Told::Yes(evidence),
            Seen::Misplaced { what, .. } | Seen::WithoutCrs { what, .. } => Told::No(what, evidence),
            Seen::Empty { kind } => Told::No(format!("{kind} without a geometry"), evidence),
            Seen::Broken { problem, .. } => Told::No(format!("it does not open: {problem}"), evidence),
            Seen::NoGeometry { kind } => Told::Unseen(format!("it is {kind}, and no geometry")),
            Seen::Unseen { cause } => Told::Unseen(cause),
            Seen::Sampled { .. } => Told::Unseen("it is a catalogue".to_owned()),
        })
    };
    let choose = |dataset| {
        let (one, address) = geometry(dataset)?;
        sample::request_for(catalogue, one, address)
    };
    let measured = sample::ask(captures, catalogue, with_geometry, choose, sound)?;
    if let Some(cause) = measured.silent() {
        return Ok((Seen::Unseen { cause }, catalogue.evidence.clone()));
    }
    let Some(share) = measured.share else { panic!("invariant: a sample that is not silent has a share") };
    let seen = Seen::Sampled { share, unseen: measured.unseen, causes: measured.causes, unsound: measured.misses };
    Ok((seen, measured.evidence))
}

/// The first distribution that says it holds geometry.
fn geometry(dataset: &Dataset) -> Option<(&Distribution, &str)> {
    let one = dataset.distributions.iter().find(|one| one.is_geometry())?;
    Some((one, one.address()))
}
