//! The command line: what people type, and what they get back.
//!
//! Results go to standard output, progress and problems to standard error.

#[cfg(feature = "serve")]
mod account;
mod audit;
mod check;
mod crawling;
mod criteria;
mod diff;
mod explain;
mod init;
mod kept;
#[cfg(feature = "serve")]
mod password;
mod probes;
mod problem;
mod progress;
mod reader;
#[cfg(feature = "serve")]
mod serve;
mod setting;
mod survey;
mod verify;
#[cfg(feature = "serve")]
mod worker;
mod writing;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub(crate) use problem::Trouble;

/// How a command that could be carried out ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// All is well: exit code 0.
    Well,
    /// It was carried out, and what it looked at does not hold: exit code 1.
    Amiss,
    /// It could not look, or something of ours broke: exit code 2.
    Unable,
}

/// Audits a city's open data: every verdict can be traced to bytes, and "could not see" never becomes "no".
#[derive(Debug, Parser)]
#[command(name = "tickmark", version, max_term_width = 100)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Look at everything a city submits, and hold it against a certification's criteria
    Audit(audit::Args),
    /// Put one probe's question to one file or link
    Check(check::Args),
    /// Re-hash every body of a pack, find every quote again, derive every finding and verdict again
    Verify(verify::Args),
    /// Tell what changed between two runs of one city, and why: the site, the rule, the tool, or the network
    Diff(diff::Args),
    /// Audit many cities the same way, into one folder of packs and tables
    Survey(Box<survey::Args>),
    /// Audit cities of surveys that lie in a store, beside any number of other workers
    #[cfg(feature = "serve")]
    Worker(Box<worker::Args>),
    /// Show the runs that lie in a folder in a browser: on this machine only, or to who has an account
    #[cfg(feature = "serve")]
    Serve(serve::Args),
    /// Say who may use a workbench: make and close accounts, and tokens for programs
    #[cfg(feature = "serve")]
    Account(account::Args),
    /// Walk from a verdict down to the bytes
    Explain(explain::Args),
    /// List the probes, or show one
    Probes(probes::Args),
    /// List the criteria, show one, or check a folder of your own
    Criteria(criteria::Args),
    /// Write a first submission from a city's home page or portal
    Init(init::Args),
    /// Read one hostile document, under limits
    #[command(name = crate::audit::reading::CHILD, hide = true)]
    Reader(reader::Args),
}

/// Reads the command line, carries it out, and says how that ended.
pub fn run() -> ExitCode {
    // A panic may quote what a site sent.
    std::panic::set_hook(Box::new(|panic| problem::tell(&format!("this is a bug: {panic}"))));
    let filter = tracing_subscriber::EnvFilter::from_env("TICKMARK_LOG");
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).init();
    let command = Line::parse().command;
    // The hook has told of it; what is left is the exit code.
    std::panic::catch_unwind(|| carry_out(command)).unwrap_or(ExitCode::from(2))
}

fn carry_out(command: Command) -> ExitCode {
    let ended = match command {
        Command::Audit(args) => audit::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Survey(args) => survey::run(&args),
        #[cfg(feature = "serve")]
        Command::Worker(args) => worker::run(&args),
        #[cfg(feature = "serve")]
        Command::Serve(args) => serve::run(&args),
        #[cfg(feature = "serve")]
        Command::Account(args) => account::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Probes(args) => probes::run(&args),
        Command::Criteria(args) => criteria::run(&args),
        Command::Init(args) => init::run(&args),
        Command::Reader(args) => reader::run(&args),
    };
    let ended = ended.and_then(|ended| io::stdout().flush().map(|()| ended).map_err(Trouble::from));
    ExitCode::from(match ended {
        Ok(Ended::Well) => 0,
        Ok(Ended::Amiss) => 1,
        Ok(Ended::Unable) => 2,
        // Whoever reads has read enough.
        Err(Trouble::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => 0,
        Err(trouble) => {
            problem::tell(&trouble.to_string());
            2
        }
    })
}
