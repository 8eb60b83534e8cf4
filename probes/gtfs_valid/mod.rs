//! Is the transit feed a valid GTFS Schedule?

mod written;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize as _, Serialize};

use crate::capture::{Capture, Captures, Form, Need, Unreadable};
use crate::finding::{Evidence, Finding, Locus};
use crate::gtfs::Gtfs;
use crate::gtfs::documented::{self, Severity};
use crate::gtfs::report::{Report, Told};
use crate::kind::{self, Kind};
use crate::obstacle;
use crate::probe::{Linter, Probe, Target};
use crate::spec::Spec;

crate::declare!();

/// Holds a feed against every rule of the canonical validator.
pub struct GtfsValid;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Valid {
        #[serde(flatten)]
        feed: Feed,
    },
    Warnings {
        #[serde(flatten)]
        feed: Feed,
    },
    Invalid {
        #[serde(flatten)]
        feed: Feed,
    },
    NotGtfs {
        kind: String,
    },
    Unreadable {
        cause: String,
    },
    Unseen {
        cause: String,
    },
}

#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
struct Feed {
    errors: u64,
    warnings: u64,
    infos: u64,
    agencies: u64,
    routes: u64,
    stops: u64,
    trips: u64,
    stop_times: u64,
    service_from: Option<String>,
    service_until: Option<String>,
    covered_days: Option<i64>,
    runs_today: bool,
    features: Vec<String>,
    fares_v2: bool,
    flex: bool,
    pathways: bool,
    language: Option<String>,
    notices: Vec<Row>,
    not_checked: Vec<Row>,
}

type Row = BTreeMap<String, String>;

/// What became of reading a feed.
enum Read {
    Report(Box<Report>),
    Other(Kind),
    Broken(String),
    Unseen(String),
}

impl Probe for GtfsValid {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let capture = captures.get(&target.request())?;
        let seen = match read(captures, &capture)? {
            Read::Report(report) => told(&report, captures.as_of()),
            Read::Other(kind) => Seen::NotGtfs { kind: kind.to_string() },
            Read::Broken(cause) => Seen::Unreadable { cause },
            Read::Unseen(cause) => Seen::Unseen { cause },
        };
        let whole = Evidence::new(&capture.id, Locus::Exchange, "");
        Ok(vec![SPEC.finding(target, &seen, vec![whole])])
    }

    fn linter(&self) -> Option<&'static dyn Linter> {
        Some(&written::Written)
    }
}

fn read(captures: &Captures<'_>, capture: &Capture) -> Result<Read, Need> {
    if let Some(obstacle) = obstacle::of(captures, capture) {
        return Ok(Read::Unseen(obstacle.to_string()));
    }
    let answered = match capture.success() {
        Ok(answered) => answered,
        Err(cause) => return Ok(Read::Unseen(cause)),
    };
    let kind = kind::of(captures, capture);
    if !matches!(kind, Kind::Zip | Kind::GtfsZip) {
        return Ok(Read::Other(kind));
    }
    if answered.body.cut.is_some() {
        return Ok(Read::Unseen("only a part of the archive came in".to_owned()));
    }
    Ok(match formed(&*captures.form(capture, &Gtfs)?) {
        Ok(report) if report.summary.tables == 0 => Read::Other(Kind::Zip),
        Ok(report) => Read::Report(Box::new(report)),
        Err(cause) => Read::Broken(cause),
    })
}

/// What the child process made of the archive, or why it could not.
fn formed(form: &Form) -> Result<Report, String> {
    match form {
        Ok(value) => Report::deserialize(value).map_err(|error| error.to_string()),
        Err(Unreadable::Malformed(cause) | Unreadable::Broke(cause)) => Err(cause.clone()),
    }
}

fn told(report: &Report, date: Date) -> Seen {
    let all = report.on(date);
    let count = |severity| all.iter().filter(|told| told.severity == severity).map(|told| told.total).sum();
    let (errors, warnings): (u64, u64) = (count(Severity::Error), count(Severity::Warning));
    // What is broken elsewhere is broken; but a feed is not called valid of which a table was never seen.
    if errors == 0 && !report.unread.is_empty() {
        return Seen::Unreadable { cause: format!("{} cannot be unpacked", report.unread.join(", ")) };
    }
    let summary = &report.summary;
    let uses = |feature: &str| summary.features.iter().any(|used| used == feature);
    let feed = Feed {
        errors,
        warnings,
        infos: count(Severity::Info),
        agencies: summary.agencies,
        routes: summary.routes,
        stops: summary.stops,
        trips: summary.trips,
        stop_times: summary.stop_times,
        service_from: summary.service_from.clone(),
        service_until: summary.service_until.clone(),
        covered_days: report.covered(date),
        runs_today: report.runs_on(date),
        features: summary.features.clone(),
        fares_v2: uses("fares v2"),
        flex: uses("flex"),
        pathways: uses("pathways"),
        language: summary.language.clone(),
        notices: all.iter().map(notice).collect(),
        not_checked: report
            .not_checked
            .iter()
            .map(|left| {
                cells([
                    ("file", left.file.clone()),
                    ("because", left.because.clone()),
                    ("rules", left.rules.join(", ")),
                ])
            })
            .collect(),
    };
    match (errors, warnings) {
        (0, 0) => Seen::Valid { feed },
        (0, _) => Seen::Warnings { feed },
        _ => Seen::Invalid { feed },
    }
}

fn cells<const N: usize>(cells: [(&str, String); N]) -> Row {
    cells.into_iter().map(|(name, cell)| (name.to_owned(), cell)).collect()
}

fn notice(told: &Told) -> Row {
    let rule = documented::of(&told.code);
    let place = told.samples.first().map(written::place).unwrap_or_default();
    cells([
        ("rule", told.code.clone()),
        ("severity", written::severity(told.severity).to_owned()),
        ("count", told.total.to_string()),
        ("says", rule.map(|rule| rule.says.clone()).unwrap_or_default()),
        ("fix", rule.map(|rule| rule.fix.clone()).unwrap_or_default()),
        ("first", place),
    ])
}
