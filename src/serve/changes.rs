//! What changed since the run before, and why: worked out once from both packs, and kept.

use std::sync::Arc;

use serde_json::Value;
use tokio::task::spawn_blocking;

use super::Bench;
use super::missing::Missing;
use super::opened::Opened;
use crate::audit::diff::{Recorded, Run, diff};
use crate::audit::kept::{self, NoReport};
use crate::criteria::Scheme;
use crate::store::KeptRun;

/// The version that tells of changes.
const TOOL: &str = env!("CARGO_PKG_VERSION");

/// A run, the one before it, and what changed between them, as `tickmark diff --format json` writes it.
pub(super) struct Changes {
    pub(super) old: KeptRun,
    pub(super) new: KeptRun,
    pub(super) difference: Value,
}

impl Bench {
    /// What changed from the run before to `run`; none where there is none before.
    pub(super) async fn changes(self: &Arc<Self>, run: &str) -> Result<Option<Changes>, Missing> {
        let new = self.store.run(run).await?.ok_or(Missing::Nothing)?;
        let Some(old) = self.store.before(&new).await? else { return Ok(None) };
        let difference = serde_json::from_str(&self.difference(&old, &new).await?).map_err(NoReport::from)?;
        Ok(Some(Changes { old, new, difference }))
    }

    /// What changed from one run to another, as `tickmark diff --format json` writes it.
    pub(super) async fn difference(self: &Arc<Self>, old: &KeptRun, new: &KeptRun) -> Result<String, Missing> {
        // One at a time: it may take as long as judging both runs.
        let _alone = self.comparing.lock().await;
        let known = self.store.difference(&old.id, &new.id, TOOL).await?;
        if let Some(known) = known {
            return Ok(known);
        }
        let before = Arc::clone(self).open(old.id.clone()).await?;
        let after = Arc::clone(self).open(new.id.clone()).await?;
        let bench = Arc::clone(self);
        let whole = spawn_blocking(move || bench.compare(&before, &after)).await??;
        self.store.differ(&old.id, &new.id, TOOL, &whole).await?;
        Ok(whole)
    }

    fn compare(&self, before: &Opened, after: &Opened) -> Result<String, Missing> {
        let recorded = [before, after].map(|opened| kept::report::<Recorded>(&opened.pack));
        let [old, new] = recorded;
        let (old, new) = (old?, new?);
        let (old_schemes, new_schemes) = (judged_by(before, &old)?, judged_by(after, &new)?);
        let difference = diff(
            Run { pack: &before.pack, recorded: &old, schemes: &old_schemes },
            Run { pack: &after.pack, recorded: &new, schemes: &new_schemes },
            probes::ALL,
            &self.readers,
        )
        .map_err(|error| Missing::Uncompared(error.to_string()))?;
        Ok(serde_json::to_string(&difference).map_err(NoReport::from)?)
    }
}

/// The criteria that a run was judged by, in its order.
fn judged_by(opened: &Opened, recorded: &Recorded) -> Result<Vec<Scheme>, Missing> {
    let there = opened.schemes()?;
    let judged = recorded.by_scheme().map(|judged| {
        let scheme = there.iter().find(|scheme| scheme.sha256 == judged.scheme.sha256).ok_or_else(|| {
            Missing::Uncompared(format!("the criteria of {} cannot be read by this version", judged.scheme.id))
        })?;
        let codes: Vec<String> = judged.verdicts.iter().map(|verdict| verdict.code.clone()).collect();
        let whole = scheme.criteria.len() == codes.len();
        Ok(if whole { scheme.clone() } else { scheme.clone().only(&codes) })
    });
    judged.collect()
}
