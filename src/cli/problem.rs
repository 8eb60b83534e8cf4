//! What goes wrong on our side, in one clear message.

use std::fmt::Display;
use std::io::{self, Write as _};
use std::path::Path;

use crate::audit::AuditError;
use crate::audit::kept::NoReport;
use crate::crawl::CrawlError;
use crate::criteria::Problem;
use crate::pack::PackError;
use crate::report::ReportError;
use crate::report::text::visible;
use crate::survey::SurveyError;

/// Why a command could not be carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// Files written by hand have problems, each with its place.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Files(Vec<Problem>),
    /// The command line asks for what there is not.
    #[error("{0}")]
    Asked(String),
    /// A file or folder cannot be written or read.
    #[error("{place}: {error}")]
    Disk {
        /// Where.
        place: String,
        /// What the system said.
        error: io::Error,
    },
    /// Standard output gave up.
    #[error("cannot write to standard output: {0}")]
    Output(#[from] io::Error),
    /// The audit could not be carried out.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// The crawl could not be set up.
    #[error(transparent)]
    Crawl(#[from] CrawlError),
    /// The pack could not be read or written.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// A report could not be written.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// A pack gives no report.
    #[error(transparent)]
    NoReport(#[from] NoReport),
    /// The survey could not go on.
    #[error(transparent)]
    Survey(#[from] SurveyError),
}

impl Trouble {
    /// Trouble with a file or folder.
    pub(crate) fn at(place: &Path) -> impl FnOnce(io::Error) -> Self {
        let place = place.display().to_string();
        move |error| Self::Disk { place, error }
    }

    /// A command line that asks for what there is not.
    pub(crate) fn asked(what: impl Display) -> Self {
        Self::Asked(what.to_string())
    }
}

impl From<Vec<Problem>> for Trouble {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Files(problems)
    }
}

/// Says something on standard error, safe for a terminal.
pub(crate) fn tell(what: &str) {
    // There is nowhere left to say that this failed.
    let _ = writeln!(io::stderr().lock(), "tickmark: {}", visible(what));
}
