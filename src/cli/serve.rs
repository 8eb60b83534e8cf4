//! `tickmark serve`: the runs in a folder, in a browser.

use std::io::{self, Write as _};
use std::net::IpAddr;
use std::path::PathBuf;

use super::crawling::Crawling;
use super::{Ended, Trouble, problem, setting};
use crate::serve::{Config, Serving, serve};
use crate::store::Store;

/// The store's file within the folder that is served.
const STORE: &str = "tickmark.sqlite";

/// What is served.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder in which runs lie: output folders of audits, or a survey's
    folder: PathBuf,
    /// The address that is listened on; one that other machines reach needs accounts, and in front of it what speaks HTTPS
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1")]
    listen: IpAddr,
    /// A proxy in front says in X-Forwarded-For where requests come from
    #[arg(long)]
    proxied: bool,
    /// The port; 0 takes a free one
    #[arg(long, default_value_t = 8045)]
    port: u16,
    /// Where runs are kept, in SQLite or PostgreSQL; the file tickmark.sqlite in the folder, where nothing is said
    #[arg(long, value_name = "sqlite://PATH|postgres://USER@HOST/DATABASE")]
    store: Option<String>,
    /// Where packs are for good, while the folder has the latest: storage, or a folder that several machines share
    #[arg(long, value_name = "file://DIR|s3://BUCKET/PREFIX")]
    packs: Option<String>,
    /// Two reviewers decide each clause, and neither is shown what the other decided before both have
    #[arg(long)]
    two_reviewers: bool,
    /// Which cities are audited from here, and when: a TOML file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    crawling: Crawling,
}

/// Serves until it is stopped, and writes the address to standard output.
pub(crate) fn run(args: &Args) -> Result<Ended, Trouble> {
    if !args.folder.is_dir() {
        return Err(Trouble::asked(format!("there is no folder {}", args.folder.display())));
    }
    let file = || Store::in_file(&args.folder.join(STORE));
    let store = args.store.clone().or_else(file).ok_or_else(|| {
        Trouble::asked(format!("no store can lie in {}: give one with --store", args.folder.display()))
    })?;
    let (folder, packs, readers) = (args.folder.clone(), args.packs.clone(), setting::readers()?);
    let Args { listen, port, proxied, two_reviewers, .. } = *args;
    let aside = problem::tell;
    let config = args.config.as_deref().map(Config::read).transpose();
    let config = config.map_err(|unread| Trouble::asked(unread.to_string()))?.unwrap_or_default();
    let crawl = args.crawling.config()?;
    let serving = Serving { folder, store, packs, listen, port, proxied, two_reviewers, readers, config, crawl, aside };
    serve(serving, &|address| {
        // Who does not read the address is served all the same.
        let _ = writeln!(io::stdout().lock(), "http://{address}/");
    })
    .map_err(|unserved| Trouble::asked(unserved.to_string()))?;
    Ok(Ended::Well)
}
