//! Why a clause that is judged alike stands otherwise over two packs: what was offered, what is served, or what could not be
//! looked at.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use probes::capture::CaptureId;
use probes::finding::Finding;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::criteria::Scheme;
use crate::criteria::condition::Sign;
use crate::criteria::verdict::{ClauseVerdict, Shows};
use crate::report::Report;
use crate::report::model::CaptureRow;

/// Why a clause changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "cause")]
pub enum Cause {
    /// The site serves something else.
    Site {
        /// The captures that differ.
        captures: Vec<Changed>,
    },
    /// This time it could not be looked at, or the last time.
    Network {
        /// The captures that differ.
        captures: Vec<Changed>,
        /// Whether it was the last time: now all of it could be looked at.
        seen_again: bool,
    },
    /// Other links were offered for it.
    Submission {
        /// Those that were not offered before.
        added: Vec<String>,
        /// Those that are not offered any more.
        removed: Vec<String>,
    },
    /// The criteria say something else: SHA-256 of either edition, where it was asked.
    Rule {
        /// The old edition.
        was: Option<String>,
        /// The new one.
        now: Option<String>,
    },
    /// The same bytes are read otherwise by another version of this program.
    Tool {
        /// The version that made the old run.
        was: String,
        /// The version that made the new one.
        now: String,
    },
    /// The same bytes mean something else on another day.
    Date {
        /// The date of the old run.
        was: Date,
        /// The date of the new one.
        now: Date,
    },
}

/// A request whose answer differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Changed {
    /// What was asked for.
    pub url: Url,
    /// The answer in the old pack.
    pub was: Option<Seen>,
    /// The answer in the new one.
    pub now: Option<Seen>,
}

/// What came back for a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// The capture's id in its pack.
    pub capture: String,
    /// When it was fetched.
    pub at: Timestamp,
    /// The status it was answered with.
    pub status: Option<u16>,
    /// SHA-256 of the body as sent.
    pub sha256: Option<String>,
    /// Why nothing answered.
    pub failure: Option<String>,
}

/// What a probe made of a target, as far as it can differ.
type Told<'r> = BTreeMap<(&'r str, &'r str), Vec<&'r Finding>>;

/// Why the clause stands otherwise in the second report than in the first, which the same probes and criteria made.
pub(super) fn between(sides: [(&ClauseVerdict, &Report); 2], scheme: Option<&Scheme>) -> Vec<Cause> {
    let mut causes = Vec::new();
    let offered = sides.map(|(clause, report)| offered(clause, report));
    let [gone, new] = [(0, 1), (1, 0)]
        .map(|(a, b): (usize, usize)| offered[a].difference(&offered[b]).cloned().collect::<Vec<String>>());
    let other_links = !gone.is_empty() || !new.is_empty();
    if other_links {
        causes.push(Cause::Submission { added: new, removed: gone });
    }
    let reports = sides.map(|(_, report)| report);
    let both = targets(sides[0].0).intersection(&targets(sides[1].0)).copied().collect();
    let deciding: BTreeSet<&str> = sides.into_iter().flat_map(|(clause, report)| deciding(clause, report)).collect();
    let told = reports.map(|report| told(&both, &deciding, report));
    let (mut site, mut network): (Vec<Changed>, Vec<Changed>) = (Vec::new(), Vec::new());
    let mut seen_again = true;
    for asked in told[0].keys().chain(told[1].keys()).collect::<BTreeSet<_>>() {
        let sides = [&told[0], &told[1]].map(|told| told.get(asked).map(Vec::as_slice).unwrap_or_default());
        let said = sides.map(|findings| findings.iter().map(|f| (&f.code, &f.facts)).collect::<Vec<_>>());
        if said[0] == said[1] {
            continue;
        }
        let (target, _) = asked;
        let states = reports.map(|report| State::of(target, report, scheme));
        let out_of_sight = states.contains(&State::Unseen) && states[0] != states[1];
        let consulted: BTreeSet<&CaptureId> =
            sides.into_iter().flatten().flat_map(|finding| &finding.rests_on).collect();
        for changed in changed(&consulted, reports) {
            let failed = !states.contains(&State::Lost)
                && changed.was.as_ref().is_some_and(Seen::failed) != changed.now.as_ref().is_some_and(Seen::failed);
            let cause = if out_of_sight || failed { &mut network } else { &mut site };
            if out_of_sight || failed {
                seen_again &= states[1] != State::Unseen && !changed.now.as_ref().is_some_and(Seen::failed);
            }
            if !cause.contains(&changed) {
                cause.push(changed);
            }
        }
    }
    // What could not be looked at keeps other probes from looking too: it is told once.
    site.retain(|changed| !network.contains(changed));
    if !network.is_empty() {
        causes.push(Cause::Network { captures: network, seen_again });
    }
    if !site.is_empty() || causes.is_empty() {
        causes.push(Cause::Site { captures: site });
    }
    causes
}

/// The links offered for a clause, as the city wrote them.
fn offered(clause: &ClauseVerdict, report: &Report) -> BTreeSet<String> {
    let written = |link: usize| report.submission.links.get(link.checked_sub(1)?).map(|link| link.written.clone());
    clause.links.iter().filter_map(|link| written(link.link)).collect()
}

/// What was offered for a clause, by the ids of its targets.
fn targets(clause: &ClauseVerdict) -> BTreeSet<&str> {
    clause.links.iter().map(|link| link.target.as_str()).collect()
}

/// The probes whose findings decided a clause.
fn deciding<'r>(clause: &ClauseVerdict, report: &'r Report) -> BTreeSet<&'r str> {
    let ids: BTreeSet<&String> =
        clause.findings.iter().chain(clause.links.iter().flat_map(|link| &link.findings)).collect();
    report.findings.iter().filter(|finding| ids.contains(&finding.id)).map(|finding| finding.probe.as_str()).collect()
}

/// What these probes said of these targets.
fn told<'r>(targets: &BTreeSet<&str>, probes: &BTreeSet<&str>, report: &'r Report) -> Told<'r> {
    let mut told = Told::new();
    let asked =
        |finding: &&Finding| targets.contains(finding.target.as_str()) && probes.contains(finding.probe.as_str());
    for finding in report.findings.iter().filter(asked) {
        told.entry((&finding.target, &finding.probe)).or_default().push(finding);
    }
    told
}

/// Whether the way to a target was open, as a scheme sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Seen,
    Unseen,
    Lost,
}

impl State {
    fn of(target: &str, report: &Report, scheme: Option<&Scheme>) -> Self {
        let holds = |signs: &[Sign]| {
            let findings = || report.findings.iter().filter(|finding| finding.target == target);
            signs.iter().any(|sign| findings().any(|f| sign.names(f) && sign.holds(f) == Shows::Yes))
        };
        match scheme.map(|scheme| &scheme.file) {
            Some(file) if holds(&file.lost) => Self::Lost,
            Some(file) if holds(&file.unseen) => Self::Unseen,
            _ => Self::Seen,
        }
    }
}

/// Those of the captures that either report has otherwise.
fn changed(ids: &BTreeSet<&CaptureId>, reports: [&Report; 2]) -> Vec<Changed> {
    let row = |report: &'_ Report, id: &CaptureId| report.captures.iter().find(|row| row.id == id.0).cloned();
    let mut all = Vec::new();
    for id in ids {
        let [was, now] = reports.map(|report| row(report, id));
        let Some(url) = was.as_ref().or(now.as_ref()).map(|row| row.url.clone()) else { continue };
        let same = |row: &Option<CaptureRow>| {
            row.as_ref().map(|row| (row.status, row.sha256.clone(), row.failure.clone(), row.final_url.clone()))
        };
        if same(&was) != same(&now) {
            all.push(Changed { url, was: was.map(seen), now: now.map(seen) });
        }
    }
    all
}

impl Seen {
    /// Whether nothing came that tells of the site: no answer, or one that puts off.
    fn failed(&self) -> bool {
        self.failure.is_some() || self.status.is_some_and(|status| matches!(status, 401 | 403 | 407 | 429 | 500..))
    }
}

fn seen(row: CaptureRow) -> Seen {
    Seen {
        capture: row.id,
        at: row.fetched_at,
        status: row.status,
        sha256: row.sha256,
        failure: row.failure.map(|failure| failure.to_string()),
    }
}
