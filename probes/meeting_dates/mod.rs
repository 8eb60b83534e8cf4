//! When did meetings take place, when will they, and how regularly?

mod feed;
mod gather;
mod listed;
mod platform;
mod rhythm;
mod single;
mod words;

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::Serialize;

use crate::capture::{Capture, Captures, Need};
use crate::dates::{Dated, Precision};
use crate::finding::{Evidence, Finding, Locus};
use crate::kind::Kind;
use crate::paper::{self, Paper};
use crate::probe::{Probe, Target};
use crate::spec::Spec;
use crate::text;
use gather::{Gathered, Meeting};

crate::declare!();

/// Reads the days of meetings.
pub struct MeetingDates;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Held(Box<Held>),
    Upcoming { about: &'static str, next: Date, days: u64, dates: Vec<String> },
    PastOnly { latest: Date, called: String },
    Regular { about: &'static str, basis: &'static str, every_days: u32, words: Option<String> },
    Attended { about: &'static str, listed: u64, names: Vec<String>, leaders: Vec<String>, led: bool },
    YearMissing { words: String },
    Undated { called: String },
    Elsewhere { words: String },
    NoMeetings { called: String },
    NotADocument { kind: String },
    Unseen { cause: String },
}

/// Meetings that took place, as far as a link shows them.
#[derive(Serialize)]
struct Held {
    about: &'static str,
    called: &'static str,
    latest: Date,
    latest_age_days: i32,
    before_latest: Option<Date>,
    meetings: u64,
    dates: Vec<String>,
    /// Those with minutes or an agenda.
    papers: Vec<String>,
    past_year: Vec<String>,
    in_past_year: u64,
    typical_gap_days: Option<i32>,
    longest_gap_days: Option<i32>,
}

/// How many dates are reported.
const REPORTED: usize = 60;
/// How many days in a row make a rhythm.
const RHYTHM: usize = 3;
/// How many days a year has at most, as "within a year" counts them.
const YEAR: i32 = 365;

type Said = (Seen, Vec<Evidence>);

impl Probe for MeetingDates {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let said = seen(target, captures)?;
        Ok(said.into_iter().map(|(seen, evidence)| SPEC.finding(target, &seen, evidence)).collect())
    }
}

fn seen(target: &Target, captures: &Captures<'_>) -> Result<Vec<Said>, Need> {
    let capture = captures.get(&target.request())?;
    let exchange = Evidence::new(&capture.id, Locus::Exchange, "");
    if let Some(gathered) = gather::behind(target, captures)? {
        return Ok(told(&gathered, captures.as_of(), &exchange));
    }
    if let Some(text) = feed(captures, &capture) {
        return Ok(told(&gather::in_feed(&capture, &text, captures.as_of()), captures.as_of(), &exchange));
    }
    let gathered = match paper::open(target, captures)? {
        Paper::Read(read) => gather::in_document(&read),
        Paper::Otherwise(kind @ Kind::Json, evidence) => match gather::in_answer(captures, &capture) {
            Some(gathered) => gathered,
            None => return Ok(vec![(Seen::NotADocument { kind: kind.to_string() }, vec![evidence])]),
        },
        Paper::Otherwise(kind, evidence) => {
            return Ok(vec![(Seen::NotADocument { kind: kind.to_string() }, vec![evidence])]);
        }
        Paper::Unseen(cause, evidence) => return Ok(vec![(Seen::Unseen { cause }, vec![evidence])]),
    };
    Ok(told(&gathered, captures.as_of(), &exchange))
}

/// The text of a calendar feed, if it is one.
fn feed(captures: &Captures<'_>, capture: &Capture) -> Option<String> {
    const MOST: usize = 8 << 20;
    let answered = capture.success().ok()?;
    let body = captures.body(capture).ok()?;
    if !feed::is(&text::decode(&body.head(64).ok()?, answered.headers.charset()).text) {
        return None;
    }
    Some(text::decode(&body.head(MOST).ok()?, answered.headers.charset()).text)
}

fn told(gathered: &Gathered, as_of: Date, exchange: &Evidence) -> Vec<Said> {
    let mut said = Vec::new();
    let called = gathered.called.unwrap_or("a page or document");
    let abouts: BTreeSet<&'static str> = gathered.meetings.iter().map(|meeting| meeting.about).collect();
    let mut ahead = false;
    for about in abouts {
        let of = || gathered.meetings.iter().filter(move |meeting| meeting.about == about);
        let past: Vec<&Meeting> = distinct(of().filter(|meeting| last(&meeting.dated, as_of) <= as_of));
        said.extend(held(about, called, &past, as_of));
        let mut next: Vec<&Meeting> = distinct(of().filter(|meeting| meeting.dated.first > as_of));
        next.reverse();
        if let Some(first) = next.first() {
            ahead = true;
            let dates = next.iter().take(REPORTED).map(|meeting| name(&meeting.dated)).collect();
            let seen = Seen::Upcoming { about, next: first.dated.first, days: next.len() as u64, dates };
            said.push((seen, next.iter().take(3).map(|meeting| meeting.evidence.clone()).collect()));
        }
        let days: Vec<Date> = past.iter().chain(&next).map(|meeting| meeting.dated.first).collect();
        if days.len() >= RHYTHM
            && let Some(spacing) = rhythm::spacing(&days).filter(|spacing| spacing.even)
        {
            let every_days = u32::try_from(spacing.typical).unwrap_or_default();
            let evidence = past.iter().chain(&next).take(RHYTHM).map(|meeting| meeting.evidence.clone()).collect();
            said.push((Seen::Regular { about, basis: "dates", every_days, words: None }, evidence));
        }
    }
    let newest = gathered.meetings.iter().map(|meeting| last(&meeting.dated, as_of)).max();
    if let (Some(latest), false, false) = (newest, ahead, gathered.is_paper) {
        let at = gathered.meetings.iter().find(|meeting| last(&meeting.dated, as_of) == latest);
        let evidence = at.map(|meeting| meeting.evidence.clone()).into_iter().collect();
        said.push((Seen::PastOnly { latest, called: called.to_owned() }, evidence));
    }
    if let Some((stated, about, evidence)) = &gathered.rhythm {
        let words = Some(stated.words.clone());
        let seen = Seen::Regular { about, basis: "stated", every_days: stated.days, words };
        said.push((seen, vec![evidence.clone()]));
    }
    if let Some((present, about, evidence)) = &gathered.present {
        let seen = Seen::Attended {
            about,
            listed: present.lines.len() as u64,
            names: present.lines.clone(),
            leaders: present.leaders.clone(),
            led: !present.leaders.is_empty(),
        };
        said.push((seen, vec![evidence.clone()]));
    }
    if gathered.meetings.is_empty() {
        said.push(undated(gathered, called, exchange));
    }
    said
}

/// Why no meeting has a date.
fn undated(gathered: &Gathered, called: &str, exchange: &Evidence) -> Said {
    let called = called.to_owned();
    if let Some((words, evidence)) = &gathered.yearless {
        return (Seen::YearMissing { words: words.clone() }, vec![evidence.clone()]);
    }
    if gathered.is_paper {
        return (Seen::Undated { called }, vec![exchange.clone()]);
    }
    if let Some(cause) = &gathered.gap {
        return (Seen::Unseen { cause: cause.clone() }, vec![exchange.clone()]);
    }
    if let Some((words, evidence)) = &gathered.points_to {
        return (Seen::Elsewhere { words: words.clone() }, vec![evidence.clone()]);
    }
    (Seen::NoMeetings { called }, vec![exchange.clone()])
}

fn held(about: &'static str, called: &'static str, past: &[&Meeting], as_of: Date) -> Option<Said> {
    let latest = last(&past.first()?.dated, as_of);
    let age = |meeting: &Meeting| as_of.since(last(&meeting.dated, as_of)).map_or(0, |span| span.get_days());
    let names =
        |of: &mut dyn Iterator<Item = &&Meeting>| of.take(REPORTED).map(|meeting| name(&meeting.dated)).collect();
    let recent = || past.iter().filter(|meeting| age(meeting) <= YEAR);
    let days: Vec<Date> = recent().map(|meeting| meeting.dated.first).collect();
    let spacing = rhythm::spacing(&days);
    let held = Held {
        about,
        called,
        latest,
        latest_age_days: age(past[0]),
        before_latest: past.get(1).map(|meeting| last(&meeting.dated, as_of)),
        meetings: past.len() as u64,
        dates: names(&mut past.iter()),
        papers: names(&mut past.iter().filter(|meeting| meeting.paper)),
        past_year: names(&mut recent()),
        in_past_year: recent().count() as u64,
        typical_gap_days: spacing.map(|spacing| spacing.typical),
        longest_gap_days: spacing.map(|spacing| spacing.longest),
    };
    let evidence = past.iter().take(4).map(|meeting| meeting.evidence.clone()).collect();
    Some((Seen::Held(Box::new(held)), evidence))
}

/// Each day once, the newest first; of two lines for one day, the one with papers.
fn distinct<'m>(meetings: impl Iterator<Item = &'m Meeting>) -> Vec<&'m Meeting> {
    let mut all: Vec<&Meeting> = meetings.collect();
    all.sort_by_key(|meeting| (std::cmp::Reverse(meeting.dated.first), !meeting.paper));
    all.dedup_by_key(|meeting| meeting.dated.first);
    all
}

/// The last day that a date can mean, as far as that has come.
fn last(dated: &Dated, as_of: Date) -> Date {
    if dated.first > as_of { dated.first } else { dated.last().min(as_of) }
}

/// A day by which a meeting is known; a month where no more is known.
fn name(dated: &Dated) -> String {
    let day = dated.first.to_string();
    if dated.precision == Precision::Day { day } else { day.chars().take(7).collect() }
}
