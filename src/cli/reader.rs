//! The child process that reads one document.

use std::io;

use super::{Ended, Trouble};
use crate::audit::reading;

/// Which reader, and what it may use.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    name: String,
    memory: u64,
    cpu_seconds: u64,
    told: Option<String>,
}

/// Reads standard input.
pub(crate) fn run(args: &Args) -> Result<Ended, Trouble> {
    reading::child(
        probes::READERS,
        &args.name,
        args.memory,
        args.cpu_seconds,
        args.told.as_deref(),
        &mut io::stdout().lock(),
    )?;
    Ok(Ended::Well)
}
