//! Why there is no page.

use axum::Extension;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::task::JoinError;

use super::{guard, pages};
use crate::audit::kept::NoReport;
use crate::pack::PackError;
use crate::report::ReportError;
use crate::store::{PlaceError, Role, StoreError};

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub(super) enum Missing {
    /// Nothing has this address.
    #[error("there is nothing at this address")]
    Nothing,
    /// The run is known, and its pack lies in the folder no more.
    #[error("the pack of this run is not in the folder any more: its quotes and captures cannot be shown")]
    Gone,
    /// The run's pack is kept in a place of which this workbench was told nothing.
    #[error(
        "the pack of this run is kept at {0}: start the workbench with --packs and the place that this begins with"
    )]
    Elsewhere(String),
    /// The run's pack is kept in a place that does not give it.
    #[error("packs are kept elsewhere for good, where this cannot be done now: {0}")]
    Afar(#[from] PlaceError),
    /// What such a place gives is something else.
    #[error("what is kept there is not the pack of this run, and is not shown: {0}: {1}")]
    Spoilt(String, String),
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
    /// Nobody is known by what was sent.
    #[error("sign in, or send a token that lets you in: Authorization: Bearer")]
    NotLetIn,
    /// Whoever asks may not.
    #[error("this asks for the role {0}: an admin gives it to an account, and a token is made with it")]
    NotAllowed(Role),
    /// Passwords were tried too often.
    #[error("too many attempts: the next is looked at in {0} seconds")]
    TooOften(u64),
    /// There are no accounts to speak of.
    #[error(
        "this workbench has no accounts, and asks nobody who they are: tickmark account add NAME --role admin --store URL makes the first"
    )]
    NoAccounts,
    /// Nobody could make accounts any more.
    #[error(
        "there is no open account of this name, or it is the last that can make accounts: make another admin first"
    )]
    LastAdmin,
    /// Where there are no accounts, nobody says who decides.
    #[error("the name of who decides or signs is needed")]
    Nameless,
    /// Somebody is to have decided who did not.
    #[error("what is decided here bears the account's name, {0}: leave the reviewer out")]
    NotTheirs(String),
    /// A password cannot be hashed.
    #[error("the password cannot be kept: {0}")]
    Unhashed(String),
    /// Something else was done meanwhile.
    #[error("{0}")]
    Meanwhile(&'static str),
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
            Self::Nothing | Self::NoAccounts => StatusCode::NOT_FOUND,
            Self::Gone | Self::Elsewhere(_) => StatusCode::GONE,
            Self::Afar(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Spoilt(..) => StatusCode::BAD_GATEWAY,
            Self::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::NotLetIn => StatusCode::UNAUTHORIZED,
            Self::TooOften(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Foreign | Self::NotAllowed(_) => StatusCode::FORBIDDEN,
            Self::Unfounded
            | Self::Unsettled(_)
            | Self::Meanwhile(_)
            | Self::Closed
            | Self::LastAdmin
            | Self::Nameless
            | Self::NotTheirs(_) => StatusCode::CONFLICT,
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
        let mut answer = (self.status(), told, fields, page).into_response();
        let more = match self {
            Self::NotLetIn => Some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
            Self::TooOften(seconds) => Some((header::RETRY_AFTER, HeaderValue::from(seconds))),
            _ => None,
        };
        answer.headers_mut().extend(more);
        answer
    }
}
