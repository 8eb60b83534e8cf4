//! Packs that are open, with their reports: the few that were asked for last.

use std::path::Path;
use std::sync::Arc;

use probes::spec::Spec;

use super::latest::Latest;
use super::missing::Missing;
use crate::audit::CRITERIA;
use crate::audit::kept::{self, NoReport};
use crate::criteria::Scheme;
use crate::pack::Pack;
use crate::report::{Report, View};

/// How many stay open. Bodies stay on disk; a report may hold some megabytes.
const MOST: usize = 4;

/// A pack and the report in it.
pub(super) struct Opened {
    /// The pack.
    pub(super) pack: Pack,
    /// Its report.
    pub(super) report: Report,
    /// The hash of what it holds.
    pub(super) hash: String,
}

impl Opened {
    /// Opens the pack at `path`.
    pub(super) fn at(path: &Path) -> Result<Self, Missing> {
        let pack = Pack::open(path)?;
        let report = kept::report(&pack)?;
        let hash = pack.content_hash()?.ok_or(NoReport::Missing)?;
        Ok(Self { pack, report, hash })
    }

    /// The criteria that the pack keeps.
    pub(super) fn schemes(&self) -> Result<Vec<Scheme>, Missing> {
        let all = kept::criteria(&self.pack)?.unwrap_or_default();
        let specs: Vec<&Spec> = probes::specs().collect();
        // Criteria of another time, which this version cannot read, tell nothing of how a decision moves them.
        Ok(all.iter().filter_map(|files| Scheme::from_files(CRITERIA, files, &specs).ok()).collect())
    }

    /// What is looked up in the report.
    pub(super) fn view(&self) -> View<'_> {
        View::of(&self.report, probes::ALL.iter().map(|probe| probe.spec()))
    }
}

/// The packs that were asked for last.
#[derive(Default)]
pub(super) struct Open(Latest<Opened, MOST>);

impl Open {
    /// The pack of `run`, which lies at `path`.
    pub(super) fn get(&self, run: &str, path: &Path) -> Result<Arc<Opened>, Missing> {
        if let Some(known) = self.0.get(|opened| opened.hash == run) {
            return Ok(known);
        }
        let opened = Arc::new(Opened::at(path)?);
        // Since it was taken in, another may have come to lie there.
        if opened.hash != run {
            return Err(Missing::Gone);
        }
        self.0.keep(Arc::clone(&opened));
        Ok(opened)
    }

    /// Lets go of the pack of `run`, which was written anew.
    pub(super) fn forget(&self, run: &str) {
        self.0.forget(|opened| opened.hash == run);
    }
}
