//! The audit: asks every probe, has what they lack fetched, and holds the findings against the criteria.

pub mod diff;
mod earlier;
mod extras;
pub mod kept;
mod look;
mod questions;
pub mod reading;
mod report;
pub mod signed;
pub mod verify;

use std::collections::BTreeSet;
use std::io;

use jiff::civil::Date;
use probes::Probe;
use probes::body::Body;
use probes::capture::{Form, Memo, Need, RECOGNITION, Reader as _, Reading, Recognition, Request, Store};
use probes::document::{self, Paper};
use probes::finding::Finding;
use probes::spec::Spec;

pub use earlier::remembered;
pub use extras::{CRITERIA, extras};
pub use look::{Look, look};
pub use questions::{Question, questions};
pub use report::rejudged;

use crate::crawl::{CrawlError, Crawler, Previous, Progress};
use crate::criteria::Scheme;
use crate::pack::{Exchange, Pack, PackError};
use crate::report::{Report, ReportError};
use crate::submission::Submission;
use reading::Readers;

/// Why an audit could not be carried out; the world's trouble is in the findings instead.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The crawl could not go on.
    #[error(transparent)]
    Crawl(#[from] CrawlError),
    /// The pack could not be read or written.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// What was found could not be written down.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// A child process could not be started.
    #[error("a document could not be given to a reader: {0}")]
    Reader(io::Error),
}

/// What is audited, by what, as of when.
#[derive(Clone, Copy)]
pub struct Plan<'a> {
    /// The criteria: the submission's own scheme, then any further ones.
    pub schemes: &'a [Scheme],
    /// The links.
    pub submission: &'a Submission,
    /// Every probe there is, in report order.
    pub probes: &'a [&'static dyn Probe],
    /// The date the audit speaks of.
    pub as_of: Date,
}

impl Plan<'_> {
    /// What the probes declare of themselves.
    pub fn specs(&self) -> Vec<&'static Spec> {
        self.probes.iter().map(|probe| probe.spec()).collect()
    }
}

/// Where what probes lack comes from; without one the pack is all there is, and no socket is opened.
pub trait Fetch {
    /// Hands an exchange for every request to `sink`, and those it took beside them, robots.txt files say.
    fn fetch(
        &self,
        requests: &BTreeSet<Request>,
        sink: &mut dyn FnMut(Exchange) -> io::Result<()>,
    ) -> Result<(), CrawlError>;

    /// Hands an exchange for every one of `requests`, which ask for pages as a browser shows them, to `sink`, and those
    /// that the pages themselves took; what `held` has is not fetched again.
    fn render(
        &self,
        requests: &BTreeSet<Request>,
        held: &dyn Store,
        sink: &mut dyn FnMut(Exchange) -> io::Result<()>,
    ) -> Result<(), CrawlError>;

    /// What these pages of a document say, which are pictures.
    fn recognise(&self, body: &Body, pages: &[u32]) -> io::Result<Recognition>;
}

/// Fetched from the web, now.
pub struct Live<'a> {
    /// Who fetches.
    pub crawler: &'a Crawler,
    /// What the last run knows.
    pub previous: &'a dyn Previous,
    /// Who hears of it.
    pub progress: &'a dyn Progress,
}

impl Fetch for Live<'_> {
    fn fetch(
        &self,
        requests: &BTreeSet<Request>,
        sink: &mut dyn FnMut(Exchange) -> io::Result<()>,
    ) -> Result<(), CrawlError> {
        self.crawler.fetch(requests, self.previous, sink, self.progress)
    }

    fn render(
        &self,
        requests: &BTreeSet<Request>,
        held: &dyn Store,
        sink: &mut dyn FnMut(Exchange) -> io::Result<()>,
    ) -> Result<(), CrawlError> {
        self.crawler.render(requests, held, self.previous, sink, self.progress)
    }

    fn recognise(&self, body: &Body, pages: &[u32]) -> io::Result<Recognition> {
        self.crawler.recognise(body, pages)
    }
}

/// What all probes said.
#[derive(Debug)]
pub struct Answers {
    /// In the order of the targets, then of the probes.
    pub findings: Vec<Finding>,
    /// Probes that broke: bugs of ours.
    pub broken: Vec<String>,
    /// What was parsed for them, for whoever wants to say more of the same captures.
    pub memo: Memo,
}

/// Audits `plan` over `pack`; the names of probes that broke come with the report.
pub fn run(
    plan: &Plan<'_>,
    pack: &Pack,
    fetch: Option<&dyn Fetch>,
    readers: &Readers,
) -> Result<(Report, Vec<String>), AuditError> {
    let answers = ask(&questions(plan), plan.as_of, pack, fetch, readers)?;
    Ok((report::assemble(plan, pack, answers.findings), answers.broken))
}

/// Asks every question until no probe lacks anything that can be had.
pub fn ask(
    questions: &[Question],
    as_of: Date,
    pack: &Pack,
    fetch: Option<&dyn Fetch>,
    readers: &Readers,
) -> Result<Answers, AuditError> {
    let memo = Memo::default();
    let mut answered: Vec<Option<Vec<Finding>>> = questions.iter().map(|_| None).collect();
    let mut broken = Vec::new();
    loop {
        let mut lacking = Need::default();
        for (question, answer) in questions.iter().zip(&mut answered).filter(|(_, answer)| answer.is_none()) {
            match look(question.probe, &question.target, pack, &memo, as_of) {
                Look::Found(findings) => *answer = Some(findings),
                Look::Lacks(need) => lacking.merge(need),
                Look::Broke(findings) => {
                    broken.push(question.probe.spec().id.clone());
                    *answer = Some(findings);
                }
            }
        }
        if lacking == Need::default() {
            let findings = answered.into_iter().flatten().flatten().collect();
            return Ok(Answers { findings, broken, memo });
        }
        supply(&lacking, pack, fetch, readers)?;
    }
}

/// Fetches and reads all that lacks, so that the next look finds it.
fn supply(lacking: &Need, pack: &Pack, fetch: Option<&dyn Fetch>, readers: &Readers) -> Result<(), AuditError> {
    if let Some(fetch) = fetch {
        let mut sink = |exchange| pack.add(exchange).map(drop).map_err(io::Error::other);
        // What another of them asks for as well is not asked for twice.
        let answered = |request: &&Request| request.answered_by().iter().any(|other| lacking.requests.contains(other));
        let asked = lacking.requests.iter().filter(|request| !answered(request));
        let (pages, plain): (BTreeSet<Request>, BTreeSet<Request>) = asked.cloned().partition(Request::is_rendered);
        if !plain.is_empty() {
            fetch.fetch(&plain, &mut sink)?;
        }
        if !pages.is_empty() {
            fetch.render(&pages, pack, &mut sink)?;
        }
    }
    let still: Vec<&Request> = lacking.requests.iter().filter(|request| pack.find(request).is_none()).collect();
    assert!(still.is_empty(), "invariant: every request ends in a capture, but these did not: {still:?}");
    for reading in &lacking.readings {
        let Some(capture) = pack.capture(&reading.capture) else {
            panic!("invariant: a reading is asked of a capture that was found");
        };
        let body = pack.body(&capture);
        let form = body.and_then(|body| match reading.reader {
            RECOGNITION => recognised(reading, &body, pack, fetch),
            reader => readers.read(reader, &body),
        });
        let form = form.map_err(AuditError::Reader)?;
        pack.put_form(reading, form)?;
    }
    Ok(())
}

/// What is recognised on the pages of a document that are pictures. From a pack alone nothing is: what was not recognised
/// when it was made would be read otherwise on every machine.
fn recognised(reading: &Reading, body: &Body, pack: &Pack, fetch: Option<&dyn Fetch>) -> io::Result<Form> {
    let document = Reading { reader: Paper.name(), ..reading.clone() };
    let pages = pack.form(&document).map(|form| document::wanted(&form)).unwrap_or_default();
    let recognition = fetch.map_or_else(|| Ok(Recognition::default()), |fetch| fetch.recognise(body, &pages))?;
    serde_json::to_value(recognition).map(Ok).map_err(io::Error::from)
}
