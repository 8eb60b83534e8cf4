//! What a pack keeps of its run: its report, and the criteria that it was judged by.

use std::collections::BTreeMap;

use super::{Trouble, setting};
use crate::audit::{CRITERIA, kept};
use crate::criteria::Scheme;
use crate::pack::Pack;
use crate::report::model::SchemeRef;

/// The criteria that a run was judged by, each with the codes of what was judged, in that order: those `named`, else those
/// that the pack kept.
pub(crate) fn schemes(
    named: &[String],
    pack: &Pack,
    judged: &[(&SchemeRef, Vec<String>)],
) -> Result<Vec<Scheme>, Trouble> {
    let named: Vec<&str> = named.iter().map(String::as_str).collect();
    let there = match (named.as_slice(), kept::criteria(pack)?) {
        ([], Some(all)) => {
            let read = |files: &BTreeMap<String, String>| Scheme::from_files(CRITERIA, files, &setting::specs());
            all.iter().map(read).collect::<Result<_, _>>()?
        }
        ([], None) => {
            let ids: Vec<&str> = judged.iter().map(|(scheme, _)| scheme.id.as_str()).collect();
            setting::schemes(&ids, &[])?
        }
        (named, _) => setting::schemes(named, &[])?,
    };
    let mut schemes = Vec::new();
    for (stored, codes) in judged {
        let Some(scheme) = there.iter().find(|scheme| scheme.sha256 == stored.sha256) else {
            return Err(Trouble::asked(format!(
                "the report was made by other criteria of {} than these: name the folder of the right ones with --criteria",
                stored.id
            )));
        };
        let whole = scheme.criteria.len() == codes.len();
        schemes.push(if whole { scheme.clone() } else { scheme.clone().only(codes) });
    }
    Ok(schemes)
}
