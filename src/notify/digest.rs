//! What a run changed, why, and what to do first: what every channel and feed tells, each in its own shape.

use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;
use url::Url;
use utoipa::ToSchema;

use crate::audit::diff::{self, Cause, led};
use crate::criteria::verdict::{Lead, Standing};
use crate::report::Report;
use crate::report::text::line;
use crate::store::{KeptRun, SettledChange};

/// The most that is to be done first.
const MOST_TO_DO: usize = 3;
/// The most lines that tell what a cause was seen in.
const MOST_SEEN_IN: usize = 3;
/// The most characters of a sentence.
pub(super) const MOST_SAID: usize = 500;
/// The most characters of a name.
const MOST_NAMED: usize = 120;

/// What a run changed, why, and what to do first.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Digest {
    /// The run.
    pub run: String,
    /// The city's name.
    pub city: String,
    /// Names the city in addresses.
    pub city_id: String,
    /// The date that the run speaks of.
    #[schema(value_type = String, format = Date)]
    pub as_of: Date,
    /// Every clause that stands otherwise than it did, once that was settled.
    pub changes: Vec<ChangedClause>,
    /// What to do first.
    pub first: Vec<ToDo>,
    /// The page that shows the changes; none where it is not known where the workbench can be reached.
    #[schema(value_type = Option<String>)]
    pub link: Option<Url>,
}

/// A clause that stands otherwise than it did, and why.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ChangedClause {
    /// The scheme's id.
    pub scheme: String,
    /// The criterion's code; none where the run's pack is not there any more.
    pub criterion: Option<String>,
    /// The clause's id.
    pub clause: String,
    /// What the clause says, likewise.
    pub says: Option<String>,
    /// How it stood; none where it was not asked.
    pub was: Option<Standing>,
    /// How it stands; none where it is not asked any more.
    pub now: Option<Standing>,
    /// How strongly passages led to it.
    pub led: Option<Lead>,
    /// How strongly they do now.
    pub leads: Option<Lead>,
    /// Why, in sentences.
    pub why: Vec<Why>,
    /// Why, as `tickmark diff --format json` writes it: with the captures, their times and their hashes.
    #[schema(value_type = Vec<Object>)]
    pub causes: Vec<Value>,
}

/// Why a clause changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Why {
    /// What it is: site, network, submission, rule, tool or date, and what that means.
    pub cause: String,
    /// What it was seen in.
    pub seen_in: Vec<String>,
}

/// Something to do, and what it would move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ToDo {
    /// What to do.
    pub what: String,
    /// Where: the link as the city wrote it, if it is about one.
    pub link: Option<String>,
    /// The clauses it would move.
    pub clauses: Vec<String>,
}

impl Digest {
    /// What a run changed; its report, if it is there, has the words. `public` is where the workbench can be reached.
    pub fn of(run: &KeptRun, changes: &[SettledChange], report: Option<&Report>, public: Option<&Url>) -> Self {
        let fixes = report.into_iter().flat_map(|report| &report.first).take(MOST_TO_DO);
        let first = fixes.map(|fix| ToDo {
            what: said(&fix.what),
            link: fix.link.as_deref().map(said),
            clauses: fix.clauses.iter().map(|clause| named(clause)).collect(),
        });
        Self {
            run: run.id.clone(),
            city: named(&run.city),
            city_id: run.city_id.clone(),
            as_of: run.as_of,
            changes: changes.iter().map(|change| ChangedClause::of(change, report)).collect(),
            first: first.collect(),
            link: public.and_then(|public| page(public, &format!("runs/{}/changes", run.id))),
        }
    }

    /// On one line: whose clauses changed, how many, and how they stand now.
    pub fn subject(&self) -> String {
        if self.changes.is_empty() {
            return format!("{}: no clause stands otherwise", self.city);
        }
        let clauses = if self.changes.len() == 1 { "clause stands" } else { "clauses stand" };
        format!("{}: {} {clauses} otherwise ({})", self.city, self.changes.len(), self.counts())
    }

    /// How many of the clauses that changed stand how.
    fn counts(&self) -> String {
        let states = Standing::ALL.into_iter().map(Some).chain([None]);
        let counted = states.filter_map(|state| {
            let n = self.changes.iter().filter(|change| change.now == state).count();
            (n > 0).then(|| format!("{n} {}", diff::named(state)))
        });
        counted.collect::<Vec<_>>().join(", ")
    }
}

impl ChangedClause {
    fn of(change: &SettledChange, report: Option<&Report>) -> Self {
        let by_scheme = report.into_iter().flat_map(Report::by_scheme).find(|by| by.scheme.id == change.scheme);
        let verdicts = by_scheme.into_iter().flat_map(|by| by.verdicts);
        let mut clauses = verdicts.flat_map(|verdict| verdict.clauses.iter().map(move |clause| (verdict, clause)));
        let asked = clauses.find(|(_, clause)| clause.id == change.clause);
        Self {
            scheme: change.scheme.clone(),
            criterion: asked.map(|(verdict, _)| named(&verdict.code)),
            clause: named(&change.clause),
            says: asked.map(|(_, clause)| said(&clause.says)),
            was: change.was,
            now: change.now,
            led: change.led,
            leads: change.leads,
            why: change.causes.iter().map(Why::of).collect(),
            causes: change.causes.clone(),
        }
    }

    /// From how it stood to how it stands.
    pub(super) fn moved(&self) -> String {
        let moved = format!("{} → {}", diff::named(self.was), diff::named(self.now));
        if self.led == self.leads {
            return moved;
        }
        format!("{moved}, lead {} → {}", led(self.led), led(self.leads))
    }
}

impl Why {
    fn of(cause: &Value) -> Self {
        // One that another version told may have more to it than this one knows.
        let Ok(known) = serde_json::from_value::<Cause>(cause.clone()) else {
            let name = cause["cause"].as_str().unwrap_or("unknown");
            return Self { cause: named(name), seen_in: Vec::new() };
        };
        let mut seen_in: Vec<String> = known.seen_in().iter().map(|seen| said(seen)).collect();
        let more = seen_in.len().saturating_sub(MOST_SEEN_IN);
        seen_in.truncate(MOST_SEEN_IN);
        if more > 0 {
            seen_in.push(format!("and {more} more"));
        }
        Self { cause: said(&known.told()), seen_in }
    }
}

/// A page of the workbench.
fn page(public: &Url, path: &str) -> Option<Url> {
    Url::parse(&format!("{}/{path}", public.as_str().trim_end_matches('/'))).ok()
}

/// A name as it is told.
pub(crate) fn named(name: &str) -> String {
    short(name, MOST_NAMED)
}

fn said(text: &str) -> String {
    short(text, MOST_SAID)
}

/// On one line, with what hides in it made visible, and not longer than that.
pub(super) fn short(text: &str, most: usize) -> String {
    // No text of XML may hold these two.
    let whole = line(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}");
    match whole.char_indices().nth(most) {
        None => whole,
        Some(_) => whole.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
    }
}
