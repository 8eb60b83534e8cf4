//! A portal: of a sample of its catalogue's files, how many are in the format that their record declares.

use std::collections::BTreeMap;

use super::{SPEC, Seen};
use crate::capture::{Captures, Need};
use crate::dcat::Distribution;
use crate::finding::{Evidence, Finding, Locus};
use crate::kind::{self, Kind};
use crate::platform::{self, Behind, Catalogue};
use crate::probe::Target;
use crate::sample::{self, Life, Look, Told, Without};

/// What the files of the catalogues behind `target` are, held against their records; nothing where none can be read.
pub(super) fn look(target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
    let mut need = Need::default();
    let mut findings = Vec::new();
    for behind in platform::behind(target, captures)? {
        let Behind::Catalogue(catalogue) = behind else { continue };
        match measured(captures, &catalogue) {
            Ok(Some((seen, evidence))) => findings.push(SPEC.finding(target, &seen, evidence)),
            Ok(None) => {}
            Err(lack) => need.merge(lack),
        }
    }
    if need == Need::default() { Ok(findings) } else { Err(need) }
}

fn measured(captures: &Captures<'_>, catalogue: &Catalogue) -> Result<Option<(Seen, Vec<Evidence>)>, Need> {
    let as_declared = |look: &Look<'_>| {
        match sample::life(captures, look.capture)? {
            (Life::Alive, _) => {}
            (Life::Dead(cause) | Life::Unseen(cause), _) => return Ok(Told::Unseen(cause)),
        }
        let Some(promised) = promised(look.distribution) else {
            return Ok(Told::Unseen("the record declares no format that we know".to_owned()));
        };
        let kind = kind::of(captures, look.capture);
        let evidence = Some(Evidence::new(&look.capture.id, Locus::Exchange, ""));
        Ok(match kind {
            Kind::Unknown | Kind::Text => Told::Unseen(format!("its bytes are {kind}")),
            _ if promised.contains(&kind) => Told::Yes(evidence),
            _ => Told::No(format!("declared as {}, served as {kind}", look.distribution.format_name()), evidence),
        })
    };
    let measured = sample::measure(captures, catalogue, Without::PassedBy, sample::data_of, as_declared)?;
    Ok(measured.share.map(|share| {
        let others: Vec<BTreeMap<String, String>> = measured.misses;
        (Seen::Sampled { share, unseen: measured.unseen, causes: measured.causes, others }, measured.evidence)
    }))
}

/// The kinds that a record's media type or format promises.
fn promised(distribution: &Distribution) -> Option<&'static [Kind]> {
    let media_type = distribution.media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let by_format = || kind::promised_by_extension(&distribution.format.trim().to_ascii_lowercase());
    by_format().or_else(|| kind::promised_by_media_type(&media_type))
}
