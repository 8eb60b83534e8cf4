//! `tickmark worker`: takes cities from surveys in a store, as many workers do on as many machines.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::crawling::{Crawling, seconds};
use super::problem::tell;
use super::{Ended, Trouble, setting};
use crate::survey::{self, Queue, Worker};

/// Where a worker takes cities from, and how it works.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where cities wait: the store that surveys were put into with their --store
    #[arg(long, value_name = "sqlite://PATH|postgres://USER@HOST/DATABASE")]
    store: String,
    /// How many cities are audited at the same time
    #[arg(long, value_name = "COUNT", default_value_t = 8)]
    at_once: usize,
    /// The folder for audits that are under way [default: one of its own that is removed at the end]
    #[arg(long, value_name = "DIR")]
    work: Option<PathBuf>,
    /// How long the cities that it holds stay its own after its last sign of life
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    lease: Duration,
    /// End when no city is left to do, instead of waiting for more
    #[arg(long)]
    drain: bool,
    #[command(flatten)]
    crawling: Crawling,
}

/// Works until it is stopped: at the first signal it ends what it has begun, at the second at once.
pub(crate) fn run(args: &Args) -> Result<Ended, Trouble> {
    let queue = Queue::open(&args.store)?;
    let own = tempfile::tempdir()?;
    let readers = setting::readers()?;
    let stop = Arc::new(AtomicBool::new(false));
    heed_signals(&stop)?;
    survey::work(&Worker {
        queue: &queue,
        config: args.crawling.config()?,
        probes: probes::ALL,
        readers: &readers,
        at_once: args.at_once,
        folder: args.work.as_deref().unwrap_or(own.path()),
        lease: args.lease,
        only: None,
        drains: args.drain,
        stop: &stop,
        ended: &|ended| {
            let how = ended.failed.as_ref().map_or_else(|| "audited".to_owned(), |why| format!("failed: {why}"));
            tell(&format!("{}: {} {how}", ended.done, ended.id));
        },
    })?;
    writeln!(io::stdout().lock(), "done")?;
    Ok(Ended::Well)
}

/// Sets `stop` at the first signal to end, and ends at the second.
fn heed_signals(stop: &Arc<AtomicBool>) -> Result<(), Trouble> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let stop = Arc::clone(stop);
    std::thread::spawn(move || {
        while runtime.block_on(tokio::signal::ctrl_c()).is_ok() {
            if stop.swap(true, Ordering::Relaxed) {
                std::process::exit(130);
            }
            tell("ending what is begun; once more ends at once");
        }
    });
    Ok(())
}
