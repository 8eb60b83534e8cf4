//! Every meeting that a link shows: in one paper, in a list, in a feed, behind a platform's interface.

use std::sync::LazyLock;

use jiff::ToSpan;
use jiff::civil::Date;
use regex::Regex;

use super::rhythm::{self, Stated};
use super::single::{self, Held, Present};
use super::words::{OTHER, WORDS, subject};
use super::{feed, listed, platform};
use crate::capture::{Capture, Captures, Need, Request};
use crate::dates::{self, Dated, Precision};
use crate::finding::{Evidence, Locus};
use crate::genre::{self, Kind};
use crate::html;
use crate::paper::Read;

/// A meeting, and what shows it.
#[derive(Clone, Debug)]
pub(super) struct Meeting {
    pub(super) dated: Dated,
    pub(super) about: &'static str,
    /// Whether minutes or an agenda of it are there, or are linked.
    pub(super) paper: bool,
    pub(super) evidence: Evidence,
}

/// What a link shows of meetings.
#[derive(Default)]
pub(super) struct Gathered {
    /// What it is.
    pub(super) called: Option<&'static str>,
    /// Whether it is minutes or an agenda.
    pub(super) is_paper: bool,
    pub(super) meetings: Vec<Meeting>,
    /// Days without a year: the words, and where they stand.
    pub(super) yearless: Option<(String, Evidence)>,
    pub(super) rhythm: Option<(Stated, &'static str, Evidence)>,
    pub(super) present: Option<(Present, &'static str, Evidence)>,
    /// Words that point to meetings somewhere else.
    pub(super) points_to: Option<(String, Evidence)>,
    /// Why some of it could not be seen.
    pub(super) gap: Option<String>,
}

/// Kinds of documents in which days in lines may be those of meetings.
const LISTS: &[&str] = &["meeting-schedule", "inventory", "charter", "guide", "minutes", "agenda"];
/// How far ahead the days of a feed are told, in days.
const AHEAD: i32 = 400;

/// What a document or page shows.
pub(super) fn in_document(read: &Read) -> Gathered {
    let kind = read.kinds().kind();
    let mut gathered = Gathered { called: kind.map(|kind| kind.called), ..Gathered::default() };
    let about = whose(read);
    let listing = match kind {
        Some(kind) if !LISTS.contains(&kind.id) => listed::Listing::default(),
        _ => listed::read(read.document(), called_a_list(read)),
    };
    let linked = read.page.as_deref().map(links).unwrap_or_default();
    let paper = kind.filter(|kind| kind.id == "minutes" || kind.id == "agenda");
    // A page that is called "minutes" and has dozens of them has no meeting of its own.
    let many = listing.entries.len() + linked.len() > 1;
    if let Some(kind) = paper
        && (has_a_course(kind) || !many)
    {
        gathered.is_paper = true;
        one(read, about, &mut gathered);
    } else {
        let entries = listing.entries.into_iter().map(|entry| Meeting {
            dated: entry.day.dated,
            about: entry.about.unwrap_or(about),
            paper: entry.paper,
            evidence: read.evidence(entry.day.at, &entry.day.words),
        });
        gathered.meetings.extend(entries);
        gathered.meetings.extend(linked.into_iter().map(|link| Meeting {
            dated: link.dated,
            about: link.about.unwrap_or(about),
            paper: true,
            evidence: Evidence::new(&read.capture.id, Locus::Selector(link.selector), &link.words),
        }));
        gathered.yearless = listing.yearless.first().map(|day| (day.words.clone(), read.evidence(day.at, &day.words)));
    }
    gathered.rhythm = single::blocks(read.document()).find_map(|(at, block)| {
        let stated = rhythm::stated(&block.text)?;
        let of = subject(&stated.words).or_else(|| subject(&block.text)).unwrap_or(about);
        let evidence = read.evidence(Some(at), &stated.words);
        Some((stated, of, evidence))
    });
    gathered.points_to = read.page.as_deref().and_then(|page| pointer(page, read));
    gathered
}

/// Whose meetings a document is about: as its name says, else as its head does.
fn whose(read: &Read) -> &'static str {
    let head = || single::blocks(read.document()).map(|(_, block)| block.text.as_str());
    let title = read.document().title.as_deref().into_iter();
    let named = title.chain(read.names()).chain(head().take(1)).find_map(subject);
    let mut near = String::new();
    for text in head() {
        near.push_str(text);
        near.push('\n');
        if near.len() > 600 {
            break;
        }
    }
    named.or_else(|| subject(&near)).unwrap_or(OTHER)
}

/// Whether the document's name says that it lists meetings.
fn called_a_list(read: &Read) -> bool {
    let title = read.document().title.as_deref().into_iter();
    let first = single::blocks(read.document()).map(|(_, block)| block.text.as_str()).take(1);
    title.chain(read.names()).chain(first).any(|name| WORDS.dates.meeting.is_match(name))
}

/// Whether minutes or an agenda show how a meeting goes, beyond what they are called.
fn has_a_course(kind: &Kind) -> bool {
    kind.signs.iter().any(|seen| !matches!(seen.sign, "its name" | "a headline"))
}

/// One meeting's own paper.
fn one(read: &Read, about: &'static str, gathered: &mut Gathered) {
    let raw = read.file_name();
    let names: Vec<&str> = read.document().title.as_deref().into_iter().chain([raw.as_str()]).collect();
    let evidence = |day: &single::Day| read.evidence(day.at, &day.words);
    match single::day(read.document(), &names) {
        Held::On(day) => {
            gathered.meetings.push(Meeting { dated: day.dated, about, paper: true, evidence: evidence(&day) });
        }
        Held::YearMissing(day) => gathered.yearless = Some((day.words.clone(), evidence(&day))),
        Held::Undated => {}
    }
    if let Some(next) = single::next(read.document()) {
        gathered.meetings.push(Meeting { dated: next.dated, about, paper: false, evidence: evidence(&next) });
    }
    gathered.present = single::present(read.document()).map(|present| {
        let evidence = read.evidence(present.at, present.lines.first().map_or("", String::as_str));
        (present, about, evidence)
    });
}

struct Linked {
    dated: Dated,
    about: Option<&'static str>,
    selector: String,
    words: String,
}

/// A link that leads to minutes or an agenda.
static PAPER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(minutes|agendas?|actas?)\b|[/_-](minutes|agenda)").expect("invariant: the pattern is regular")
});

/// Links of a page to minutes and agendas, dated by their words or their address.
fn links(page: &html::Page) -> Vec<Linked> {
    let read = |link: &html::Link| {
        let file = genre::name_in(link.href.path());
        if link.chrome || !(PAPER.is_match(&link.text) || PAPER.is_match(link.href.path()) || PAPER.is_match(&file)) {
            return None;
        }
        let in_words = dates::find(&link.text).into_iter().find(|found| found.dated.precision == Precision::Day);
        let (dated, words) = if let Some(found) = in_words {
            (found.dated, link.text[dates::begins(&link.text, &found)..found.end].to_owned())
        } else {
            let segment = link.href.path().rsplit('/').next().unwrap_or_default();
            let day = single::in_name(segment).filter(|day| day.dated.precision == Precision::Day)?;
            (day.dated, link.written.clone())
        };
        let about = subject(&link.text).or_else(|| subject(&file));
        Some(Linked { dated, about, selector: link.selector.clone(), words })
    };
    page.links.iter().filter_map(read).collect()
}

/// A link or frame that points to meetings elsewhere.
fn pointer(page: &html::Page, read: &Read) -> Option<(String, Evidence)> {
    static POINTS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(minutes|agendas?|meeting (materials|schedule|calendar|dates|notes)|meetings|calendar)\b|calendar\.google|\.ics$|webcal:|legistar|granicus|civicclerk")
            .expect("invariant: the pattern is regular")
    });
    let links = page.links.iter().filter(|link| !link.chrome).chain(&page.frames);
    let mut pointing = links.filter(|link| POINTS.is_match(&link.text) || POINTS.is_match(&link.written));
    let link = pointing.next()?;
    let words = if link.text.is_empty() { link.written.clone() } else { link.text.clone() };
    let locus = Locus::Selector(link.selector.clone());
    Some((words, Evidence::new(&read.capture.id, locus, &link.written)))
}

/// What a calendar feed shows.
pub(super) fn in_feed(capture: &Capture, text: &str, as_of: Date) -> Gathered {
    let mut gathered = Gathered { called: Some("a calendar feed"), ..Gathered::default() };
    let until = as_of.checked_add(AHEAD.days()).unwrap_or(as_of);
    for event in feed::events(text, until) {
        let evidence = Evidence::new(&capture.id, Locus::Line(event.line), &event.words);
        gathered.meetings.extend(event.days.iter().map(|day| Meeting {
            dated: Dated { first: *day, precision: Precision::Day, otherwise: None },
            about: event.about.unwrap_or(OTHER),
            paper: false,
            evidence: evidence.clone(),
        }));
    }
    gathered
}

/// What a platform's answer shows; `None` if it is no list of meetings.
pub(super) fn in_answer(captures: &Captures<'_>, capture: &Capture) -> Option<Gathered> {
    const MOST: usize = 8 << 20;
    let head = captures.body(capture).ok()?.head(MOST).ok()?;
    let answer: serde_json::Value = serde_json::from_slice(&head).ok()?;
    let meetings = platform::events(&answer)?.into_iter().map(|event| Meeting {
        dated: event.dated,
        about: event.about.unwrap_or(OTHER),
        paper: event.papers,
        evidence: Evidence::new(&capture.id, Locus::Pointer(event.pointer), &event.words),
    });
    Some(Gathered { called: Some("a calendar of meetings"), meetings: meetings.collect(), ..Gathered::default() })
}

/// What the interface behind a portal gives out; `None` where the target is no such portal.
pub(super) fn behind(target: &crate::probe::Target, captures: &Captures<'_>) -> Result<Option<Gathered>, Need> {
    let Some(url) = platform::events_of(&target.url) else { return Ok(None) };
    let capture = captures.get(&Request::api(&url))?;
    if let Err(cause) = capture.success() {
        return Ok(Some(Gathered { gap: Some(format!("the portal's interface: {cause}")), ..Gathered::default() }));
    }
    Ok(Some(in_answer(captures, &capture).unwrap_or_else(|| Gathered {
        gap: Some("the portal's interface gave out something else than its meetings".to_owned()),
        ..Gathered::default()
    })))
}
