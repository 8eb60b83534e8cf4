//! A survey that workers carry out which take their cities from a store; this program is one of them, and gathers what they
//! make.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::told;
use crate::cli::problem::tell;
use crate::cli::{Ended, Trouble, setting};
use crate::crawl::Config;
use crate::criteria::Scheme;
use crate::survey::{self, Ledger, Queue, Queued, Worker, queued};

/// How long between two looks at what workers have done.
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);
/// How long cities stay this program's own after its last sign of life.
const LEASE: Duration = Duration::from_secs(30);

/// Where a survey lies that workers carry out.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Many machines")]
pub(crate) struct Shared {
    /// The store in which cities wait for workers; this command is one, with --at-once 0 it only waits for others
    #[arg(long, value_name = "sqlite://PATH|postgres://USER@HOST/DATABASE")]
    pub(super) store: Option<String>,
    /// Where workers put packs, if that is not the survey's folder: a place that all of them reach
    #[arg(long, value_name = "file://DIR|s3://BUCKET/PREFIX", requires = "store")]
    pub(super) packs: Option<String>,
}

/// A survey about to be carried out by workers.
pub(super) struct Survey<'a> {
    pub(super) ledger: &'a Ledger,
    pub(super) schemes: &'a [Scheme],
    pub(super) store: &'a str,
    pub(super) packs: Option<&'a str>,
    pub(super) at_once: usize,
    pub(super) config: Config,
}

/// Puts a survey into the queue, works along, and gathers packs until every city has ended or the survey is stopped.
pub(super) fn surveyed(survey: &Survey<'_>) -> Result<(), Trouble> {
    let queue = Queue::open(survey.store)?;
    let queued = queue.enqueue(survey.ledger, survey.schemes, survey.packs)?;
    let stop = AtomicBool::new(false);
    let work = tempfile::Builder::new().prefix("under-way").tempdir_in(survey.ledger.folder())?;
    let readers = setting::readers()?;
    let worker = Worker {
        queue: &queue,
        config: survey.config.clone(),
        probes: probes::ALL,
        readers: &readers,
        at_once: survey.at_once,
        folder: work.path(),
        lease: LEASE,
        only: Some(&queued.id),
        drains: false,
        stop: &stop,
        // Told of when it is gathered.
        ended: &|_| {},
    };
    std::thread::scope(|scope| {
        let working = (survey.at_once > 0).then(|| scope.spawn(|| survey::work(&worker)));
        let gathered = gather(survey, &queue, &queued, &stop);
        stop.store(true, Ordering::Relaxed);
        let ended = working.map_or(Ok(()), |working| match working.join() {
            Ok(ended) => ended,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        gathered.and(ended.map_err(Trouble::from))
    })
}

fn gather(survey: &Survey<'_>, queue: &Queue, queued: &Queued, stop: &AtomicBool) -> Result<(), Trouble> {
    let (began, mut known) = (Instant::now(), BTreeSet::new());
    loop {
        let tally = queue.tally(queued)?;
        if tally.audited + tally.parked > known.len() {
            let mut done = known.len();
            let of = tally.waiting + tally.leased + tally.audited + tally.parked;
            queue.gather(survey.ledger, queued, &mut known, &mut |id, failed| {
                done += 1;
                let failed = failed.map(str::to_owned);
                tell(&told(&survey::Ended { id, failed, done, of }, began.elapsed()));
            })?;
        }
        let open = if tally.stopped { tally.leased } else { tally.leased + tally.waiting };
        // Its own worker may have ended for what it could not do.
        if open == 0 || stop.load(Ordering::Relaxed) {
            return Ok(());
        }
        std::thread::sleep(BETWEEN_LOOKS);
    }
}

/// How the cities of a survey stand in its queue.
pub(super) fn status(folder: &Path, store: &str, out: &mut dyn io::Write) -> Result<(), Trouble> {
    let (queue, queued) = found(folder, store)?;
    let tally = queue.tally(&queued)?;
    let stopped = if tally.stopped { ", stopped" } else { "" };
    writeln!(
        out,
        "in the queue{stopped}: {} waiting, {} leased, {} audited, {} parked",
        tally.waiting, tally.leased, tally.audited, tally.parked
    )?;
    Ok(())
}

/// Lets workers begin no more of its cities.
pub(super) fn stop(folder: &Path, store: &str) -> Result<Ended, Trouble> {
    let (queue, queued) = found(folder, store)?;
    queue.stop(&queued)?;
    status(folder, store, &mut io::stdout().lock())?;
    Ok(Ended::Well)
}

fn found(folder: &Path, store: &str) -> Result<(Queue, Queued), Trouble> {
    let missing = || Trouble::asked(format!("{}: this survey was never put into a store", folder.display()));
    let queued = queued(folder).ok_or_else(missing)?;
    Ok((Queue::open(store)?, queued))
}
