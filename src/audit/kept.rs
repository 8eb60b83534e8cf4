//! An audit of the live web into a folder: its pack is gone on with after a kill, and sealed at the end.

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use probes::capture::hex;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use url::Url;

use super::reading::Readers;
use super::{AuditError, CRITERIA, Live, Plan, extras, remembered, run};
use crate::crawl::{Crawler, Previous, Progress};
use crate::pack::exchange::Robots;
use crate::pack::{Identity, Pack, PackError, SIGN_OFF};
use crate::report::Report;
use crate::submission::Submission;

/// The sealed pack within an audit's folder.
pub const PACK: &str = "pack.wacz";
/// The same, where it was taken apart.
pub const PARTS: &str = "pack.parts";
/// The folder within an audit's that keeps the packs of earlier runs that were signed off.
const SIGNED: &str = "signed";
/// The pack while it is being written.
pub const WORK: &str = "pack.work";

/// How an audit into a folder is carried out.
#[derive(Clone, Copy)]
pub struct Course<'a> {
    /// Whose robots.txt rules hold.
    pub robots: Robots,
    /// Who fetches.
    pub crawler: &'a Crawler,
    /// Who hears of it.
    pub progress: &'a dyn Progress,
    /// Who reads what is dangerous.
    pub readers: &'a Readers,
    /// Who hears of what does not keep the audit from going on.
    pub aside: &'a dyn Fn(&str),
}

/// Why a pack does not give what an audit kept in it.
#[derive(Debug, thiserror::Error)]
pub enum NoReport {
    /// The pack cannot be read.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// It has none.
    #[error("the pack holds no report: it must be one that an audit made")]
    Missing,
    /// It has one that is none.
    #[error("the pack's report cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// It has criteria that are none.
    #[error("the pack's criteria cannot be read: {0}")]
    Criteria(serde_json::Error),
}

/// The report in a pack that an audit made, as far as `T` wants it.
pub fn report<T: DeserializeOwned>(pack: &Pack) -> Result<T, NoReport> {
    let stored = pack.extra("report.json")?.ok_or(NoReport::Missing)?;
    Ok(serde_json::from_slice(&stored)?)
}

/// The files of each of the criteria that a pack keeps, by their names; none where it keeps no criteria.
pub fn criteria(pack: &Pack) -> Result<Option<Vec<BTreeMap<String, String>>>, NoReport> {
    let kept = pack.extra(CRITERIA)?;
    kept.map(|kept| serde_json::from_slice(&kept)).transpose().map_err(NoReport::Criteria)
}

/// A finished audit.
pub struct Done {
    /// What was found.
    pub report: Report,
    /// Probes that broke: bugs of ours.
    pub broken: Vec<String>,
    /// The pack, sealed.
    pub pack: Pack,
}

/// The date of the audit in this folder that was begun and has not ended.
pub fn begun(folder: &Path) -> Option<Date> {
    let work = folder.join(WORK);
    if work.exists() { Pack::open(&work).ok().and_then(|pack| Some(pack.identity()?.as_of)) } else { None }
}

/// The files that were handed in, by their URLs.
pub fn files(submission: &Submission) -> BTreeMap<Url, PathBuf> {
    submission.links.iter().filter_map(|link| Some((link.target().url, link.path.clone()?))).collect()
}

/// The sealed pack within an audit's folder, whole or taken apart.
pub fn sealed_in(folder: &Path) -> PathBuf {
    let (whole, parts) = (folder.join(PACK), folder.join(PARTS));
    // Where both are there, a process was killed before it could remove the one that is written anew.
    if !whole.exists() && parts.exists() { parts } else { whole }
}

/// An audit of one of many cities: a bug of ours that it brings to light must not cost the others. Why it came to nothing,
/// if so.
pub fn one_of_many(audit: impl FnOnce() -> Result<Done, AuditError>) -> Result<Done, String> {
    match catch_unwind(AssertUnwindSafe(audit)) {
        Ok(ended) => ended.map_err(|error| error.to_string()),
        Err(_) => Err("it brought a bug of ours to light".to_owned()),
    }
}

/// Audits `plan` into `folder`, from where a killed audit stopped; what has not changed since the pack that is there was
/// sealed is not sent again.
pub fn run_into(folder: &Path, plan: &Plan<'_>, course: Course<'_>) -> Result<Done, AuditError> {
    let sealed = folder.join(PACK);
    run_after(Some(&sealed), folder, plan, course)
}

/// Audits `plan` into `folder`, as [`run_into`] does; what has not changed since the pack at `last` was sealed is not sent
/// again.
pub fn run_after(last: Option<&Path>, folder: &Path, plan: &Plan<'_>, course: Course<'_>) -> Result<Done, AuditError> {
    let sealed = folder.join(PACK);
    let identity = Identity {
        submission: fingerprint(plan.submission),
        scheme: plan.schemes[0].file.id.clone(),
        as_of: plan.as_of,
        robots: course.robots,
    };
    let previous = last.and_then(|last| previous(last, course.aside)).map(Arc::new);
    let earlier = previous.as_deref().map(|previous| remembered(previous, &plan.specs()));
    let earlier =
        earlier.and_then(|told| told.inspect_err(|error| (course.aside)(&format!("of the last run: {error}"))).ok());
    let pack = Pack::create_or_resume(&folder.join(WORK), &identity, previous.clone())?;
    let pack = pack.told(earlier.unwrap_or_default());
    let known: &dyn Previous = match &previous {
        Some(previous) => previous.as_ref(),
        None => &(),
    };
    let live = Live { crawler: course.crawler, previous: known, progress: course.progress };
    let (report, broken) = run(plan, &pack, Some(&live), course.readers)?;
    if let Some(previous) = previous.as_ref().filter(|_| last == Some(&sealed)) {
        keep_signed(folder, &sealed, previous)?;
    }
    pack.seal(&sealed, &extras(plan, &report)?)?;
    Ok(Done { report, broken, pack })
}

/// Keeps the last run's pack beside the new one, where a reviewer has signed it off: in `signed/HASH`.
fn keep_signed(folder: &Path, sealed: &Path, previous: &Pack) -> Result<(), PackError> {
    // It may have been signed since it was opened.
    if !Pack::has(sealed, SIGN_OFF)? {
        return Ok(());
    }
    let hash = previous.content_hash()?.unwrap_or_default();
    let beside = folder.join(SIGNED).join(hash.get(..16).unwrap_or(&hash));
    fs::create_dir_all(&beside).map_err(PackError::io(&beside, "create"))?;
    let kept = beside.join(PACK);
    if !kept.exists() && fs::hard_link(sealed, &kept).is_err() {
        fs::copy(sealed, &kept).map_err(PackError::io(&kept, "write"))?;
    }
    Ok(())
}

/// A hash of all that a submission says.
fn fingerprint(submission: &Submission) -> String {
    match serde_json::to_vec(submission) {
        Ok(bytes) => hex(&Sha256::digest(bytes)),
        Err(error) => panic!("invariant: a submission can be written as JSON: {error}"),
    }
}

/// The last run's pack.
fn previous(sealed: &Path, aside: &dyn Fn(&str)) -> Option<Pack> {
    if !sealed.exists() {
        return None;
    }
    Pack::open(sealed).inspect_err(|error| aside(&format!("the last run's pack is not used: {error}"))).ok()
}
