//! The catalogues behind a link, read, or why there is none to measure: what every question about metadata begins with.

use std::sync::Arc;

use super::{Catalogue, Halved, Reading, detect, halved, read};
use crate::capture::{Captures, Need};
use crate::finding::Evidence;
use crate::probe::Target;

/// A catalogue behind a link, or why there is none.
pub enum Behind {
    /// It was read, and lists datasets.
    Catalogue(Arc<Catalogue>),
    /// There may be one, but nothing can be said of its datasets.
    Unread {
        /// Why, in words.
        cause: String,
        /// What shows it.
        evidence: Vec<Evidence>,
    },
    /// There is none here.
    None {
        /// What was seen instead.
        reason: String,
        /// What shows it.
        evidence: Vec<Evidence>,
    },
}

/// What stands behind `target`: one for each platform, the surest first; never nothing.
pub fn behind(target: &Target, captures: &Captures<'_>) -> Result<Vec<Behind>, Need> {
    let front = captures.get(&target.request())?;
    let detected = detect(target, captures)?;
    if detected.platforms.is_empty() {
        let evidence = detected.evidence;
        return Ok(vec![match detected.unseen.into_iter().next() {
            Some(cause) => Behind::Unread { cause, evidence },
            None => Behind::None { reason: detected.refused.into_iter().next().unwrap_or_default(), evidence },
        }]);
    }
    let mut need = Need::default();
    let mut all = Vec::new();
    for seen in &detected.platforms {
        match read(seen, &front, captures) {
            Ok(Reading::Read(catalogue)) => {
                let halved = halved(target, captures, &catalogue);
                all.push(measurable(catalogue, halved));
            }
            Ok(Reading::Unread { cause, evidence }) => all.push(Behind::Unread { cause, evidence }),
            Ok(Reading::Foreign { claimed, evidence }) => {
                let cause =
                    format!("its search has no scope, and finds {claimed} records of everybody on the platform");
                all.push(Behind::Unread { cause, evidence });
            }
            Err(lack) => need.merge(lack),
        }
    }
    if need == Need::default() { Ok(all) } else { Err(need) }
}

/// A catalogue whose datasets stand for all it has: too few of them, or none, say nothing of the rest.
fn measurable(catalogue: Arc<Catalogue>, halved: Option<Halved>) -> Behind {
    let Catalogue { claimed, read, platform, .. } = *catalogue;
    let trouble = || catalogue.troubles.first().map(|trouble| format!(": {trouble}")).unwrap_or_default();
    let cause = if let Some(fault) = &catalogue.broken {
        format!("the catalogue file breaks off behind {read} datasets: {fault}")
    } else if catalogue.profile.datasets == 0 {
        format!("{platform} answers, but none of its datasets could be read{}", trouble())
    } else if read * 2 < claimed {
        format!("of {claimed} datasets that {platform} claims, only {read} could be read{}", trouble())
    } else if catalogue.capped {
        format!("the file ends at {read} datasets, where this platform's files are cut off")
    } else if let Some(Halved { earlier, on }) = halved {
        format!("{platform} lists {read} datasets, less than half of the {earlier} on {on}")
    } else {
        return Behind::Catalogue(catalogue);
    };
    Behind::Unread { cause, evidence: catalogue.evidence.clone() }
}
