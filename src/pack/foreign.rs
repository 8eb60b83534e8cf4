//! Captures from an archive that another tool wrote: it has answers by URL, and no requests of ours.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use jiff::Timestamp;
use probes::capture::{Answered, Capture, Cut, Failure, Headers, Hop, Outcome, Request, Stored};
use url::Url;

use super::answer::Role;
use super::contents::{Contents, Line};
use super::payload::Response;
use super::record::At;
use super::scan::Segment;

/// The most redirects that are followed within an archive.
const MOST_REDIRECTS: usize = 10;

/// An archive's answers by URL and by what revisits call them.
pub(crate) struct Foreign {
    urls: BTreeMap<Url, usize>,
    moments: BTreeMap<(Url, Timestamp), usize>,
    digests: BTreeMap<String, usize>,
}

impl Foreign {
    /// Where an archive answers a URL more than once, its latest answer stands.
    pub(crate) fn new(contents: &Contents) -> Self {
        let mut foreign = Self { urls: BTreeMap::new(), moments: BTreeMap::new(), digests: BTreeMap::new() };
        for (number, line) in contents.lines.iter().enumerate().filter(|(_, line)| line.answer.role == Role::Sent) {
            let latest = foreign.urls.entry(line.answer.url.clone()).or_insert(number);
            if contents.lines[*latest].answer.date <= line.answer.date {
                *latest = number;
            }
            if line.original.is_none() {
                foreign.moments.entry((line.answer.url.clone(), line.answer.date)).or_insert(number);
                if let Some(digest) = &line.answer.declared {
                    foreign.digests.entry(digest.clone()).or_insert(number);
                }
            }
        }
        foreign
    }

    /// How the archive answers a request, and where its final answer stands.
    pub(crate) fn answer(&self, request: &Request, contents: &Contents, segments: &[Segment]) -> (Capture, Option<At>) {
        if request.is_rendered() {
            // It has no such thing under a request of ours.
            let outcome = Outcome::Failed(Failure::NotInPack);
            let fetched_at = contents.lines.last().map_or(Timestamp::UNIX_EPOCH, |line| line.answer.date);
            let capture = Capture { id: request.id(), request: request.clone(), fetched_at, hops: Vec::new(), outcome };
            return (capture, None);
        }
        let mut hops = Vec::new();
        let mut seen = BTreeSet::new();
        let mut url = request.url.clone();
        let mut last: Option<&Line> = None;
        let (outcome, at) = loop {
            if hops.len() > MOST_REDIRECTS || !seen.insert(url.clone()) {
                break (Outcome::Failed(Failure::Redirects { most: MOST_REDIRECTS }), None);
            }
            let Some(line) = self.urls.get(&url).map(|line| &contents.lines[*line]) else {
                let damaged = contents.lost.get(&url).map(|cause| Failure::Damaged { cause: cause.clone() });
                break (Outcome::Failed(damaged.unwrap_or(Failure::NotInPack)), None);
            };
            last = Some(line);
            let Some(original) = self.original(line, contents) else {
                let cause = "it refers to a record that is not in the pack".to_owned();
                break (Outcome::Failed(Failure::Damaged { cause }), Some(line.at));
            };
            // "Not modified" and a missing header leave the original's in force.
            let said = if matches!(line.answer.status, 0 | 304) { original } else { line };
            match &said.answer.location {
                Some(location) if matches!(said.answer.status, 301 | 302 | 303 | 307 | 308) => {
                    hops.push(Hop { url: url.clone(), status: said.answer.status, location: location.clone() });
                    match url.join(location) {
                        Ok(next) if matches!(next.scheme(), "http" | "https") => url = next,
                        _ => {
                            let location = location.clone();
                            break (Outcome::Failed(Failure::BadRedirect { location }), None);
                        }
                    }
                    url.set_fragment(None);
                }
                _ => break (outcome(url, said, original, segments), Some(line.at)),
            }
        };
        let fetched_at = last.or(contents.lines.last()).map_or(Timestamp::UNIX_EPOCH, |line| line.answer.date);
        (Capture { id: request.id(), request: request.clone(), fetched_at, hops, outcome }, at)
    }

    /// The line that holds the body.
    fn original<'a>(&self, line: &'a Line, contents: &'a Contents) -> Option<&'a Line> {
        let Some(original) = &line.original else { return Some(line) };
        let by_id = || contents.line_of(original.id.as_deref()?);
        let by_date = || self.moments.get(&(original.url.clone()?, original.date?)).copied();
        let by_digest = || self.digests.get(line.answer.declared.as_deref()?).copied();
        let found = &contents.lines[by_id().or_else(by_date).or_else(by_digest)?];
        found.original.is_none().then_some(found)
    }
}

fn outcome(url: Url, said: &Line, original: &Line, segments: &[Segment]) -> Outcome {
    let cut = original.answer.cut.or((original.answer.status == 206).then_some(Cut::Asked));
    match headers(said, segments) {
        Ok(headers) => Outcome::Answered(Answered {
            url,
            status: said.answer.status,
            headers,
            body: Stored { sha256: original.answer.sha256.clone(), bytes: original.answer.bytes, cut },
            rendering: None,
        }),
        Err(error) => Outcome::Failed(Failure::Damaged { cause: error.to_string() }),
    }
}

fn headers(line: &Line, segments: &[Segment]) -> io::Result<Headers> {
    let (head, mut block) = segments[line.at.segment].open(line.at.place())?;
    if head.get("warc-type") == Some("resource") {
        let media_type = head.get("content-type").map(|value| ("content-type".to_owned(), value.to_owned()));
        return Ok(Headers(media_type.into_iter().collect()));
    }
    Ok(Response::read(&mut *block)?.head.fields)
}
