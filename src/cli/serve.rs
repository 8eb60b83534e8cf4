//! `tickmark serve`: the runs in a folder, in a browser.

use std::io::{self, Write as _};
use std::path::PathBuf;

use super::{Ended, Trouble};

/// What is served.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder in which runs lie: output folders of audits, or a survey's
    folder: PathBuf,
    /// The port on loopback; 0 takes a free one
    #[arg(long, default_value_t = 8045)]
    port: u16,
}

/// Serves until it is stopped, and writes the address to standard output.
pub(crate) fn run(args: &Args) -> Result<Ended, Trouble> {
    if !args.folder.is_dir() {
        return Err(Trouble::asked(format!("there is no folder {}", args.folder.display())));
    }
    crate::serve::serve(args.folder.clone(), args.port, &|address| {
        // Who does not read the address is served all the same.
        let _ = writeln!(io::stdout().lock(), "http://{address}/");
    })
    .map_err(|error| Trouble::asked(format!("cannot serve on port {}: {error}", args.port)))?;
    Ok(Ended::Well)
}
