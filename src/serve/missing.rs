//! Why there is no page.

use axum::Extension;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::task::JoinError;

use super::{guard, pages};
use crate::audit::kept::NoReport;
use crate::pack::PackError;
use crate::report::ReportError;
use crate::store::StoreError;

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub(super) enum Missing {
    /// Nothing has this address.
    #[error("there is nothing at this address")]
    Nothing,
    /// The run is known, and its pack lies in the folder no more.
    #[error("the pack of this run is not in the folder any more: its quotes and captures cannot be shown")]
    Gone,
    /// What was sent cannot be taken.
    #[error("{0}")]
    Refused(String),
    /// A clause is set otherwise than it stands, and no reason is given.
    #[error("this clause stands otherwise in the run: it is set so only with a reason")]
    Unfounded,
    /// Two runs cannot be compared.
    #[error("the runs cannot be compared: {0}")]
    Uncompared(String),
    /// It was sent from elsewhere, or from a page of before this process.
    #[error("this form was not sent from a page of this workbench: load the page again, and send it from there")]
    Foreign,
    /// Two reviewers are not through with the run.
    #[error("two reviewers are not through with these clauses: {0}; a run is signed off when they are")]
    Unsettled(String),
    /// The run takes no more decisions.
    #[error("this run is signed off, and takes no more decisions")]
    Closed,
    /// The run's pack gives no report.
    #[error(transparent)]
    NoReport(#[from] NoReport),
    /// A file cannot be read.
    #[error("cannot be read: {0}")]
    Disk(#[from] std::io::Error),
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The report cannot be written.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// A template asks for what there is not: a bug.
    #[error("cannot fill the template: {0}")]
    Template(String),
    /// Making the page ended in a panic: a bug, of which standard error tells.
    #[error("the page broke: {0}")]
    Broke(#[from] JoinError),
}

impl From<PackError> for Missing {
    fn from(error: PackError) -> Self {
        Self::NoReport(error.into())
    }
}

impl Missing {
    /// The status that tells of it.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::Nothing => StatusCode::NOT_FOUND,
            Self::Gone => StatusCode::GONE,
            Self::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Foreign => StatusCode::FORBIDDEN,
            Self::Unfounded | Self::Unsettled(_) | Self::Closed => StatusCode::CONFLICT,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// What went wrong in words, beside the page that tells it.
#[derive(Clone)]
pub(super) struct Told(pub(super) String);

impl IntoResponse for Missing {
    fn into_response(self) -> Response {
        let told = Extension(Told(self.to_string()));
        let (kind, page) = match pages::missing(&self) {
            Ok(page) => ("text/html; charset=utf-8", page),
            Err(_) => ("text/plain; charset=utf-8", self.to_string()),
        };
        let fields = [(header::CONTENT_TYPE, kind), (header::CONTENT_SECURITY_POLICY, guard::PAGE)];
        (self.status(), told, fields, page).into_response()
    }
}
