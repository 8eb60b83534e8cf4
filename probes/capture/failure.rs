//! Why a request got no answer that can be read.

use serde::{Deserialize, Serialize};

/// Why nothing could be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case", tag = "failure", deny_unknown_fields)]
pub enum Failure {
    /// The name does not resolve.
    #[error("the name {host} does not resolve: {cause}")]
    Dns {
        /// The name.
        host: String,
        /// What the resolver said.
        cause: String,
    },
    /// The TLS handshake failed.
    #[error("no secure connection: {cause}")]
    Tls {
        /// What failed.
        cause: String,
    },
    /// Nothing answered in time.
    #[error("no answer within {seconds} s")]
    Timeout {
        /// The bound that was reached.
        seconds: u64,
    },
    /// The connection was refused or broke before an answer.
    #[error("no connection: {cause}")]
    Connect {
        /// What failed.
        cause: String,
    },
    /// What answered is not HTTP.
    #[error("the answer is not HTTP: {cause}")]
    Protocol {
        /// What is wrong with it.
        cause: String,
    },
    /// robots.txt does not allow it.
    #[error("robots.txt does not allow it: {rule}")]
    Robots {
        /// The rule that decided.
        rule: String,
    },
    /// The address is not public.
    #[error("{host} is at {address}, which is not a public address")]
    NotPublic {
        /// The host asked for.
        host: String,
        /// Where it is.
        address: String,
    },
    /// More redirects than the bound, or a loop.
    #[error("more than {most} redirects")]
    Redirects {
        /// The bound that was reached.
        most: usize,
    },
    /// A redirect that cannot be followed.
    #[error("a redirect leads to {location:?}, which is no web address")]
    BadRedirect {
        /// The `Location` field as it was sent.
        location: String,
    },
    /// Only http and https are fetched.
    #[error("{scheme} is not fetched, only http and https")]
    Scheme {
        /// The URL's scheme.
        scheme: String,
    },
    /// A file that was handed in cannot be read.
    #[error("the file cannot be read: {cause}")]
    File {
        /// What the system said.
        cause: String,
    },
    /// The audit's bound on requests was reached.
    #[error("the audit's bound of {most} requests was reached")]
    Budget {
        /// The bound.
        most: u64,
    },
    /// Nothing could be rendered: there is no browser, or it broke.
    #[error("no browser rendered it: {cause}")]
    NoBrowser {
        /// What lacks, or how it broke.
        cause: String,
    },
    /// A replay: the pack holds no such capture.
    #[error("the pack holds no capture of it")]
    NotInPack,
    /// The stored record does not hold what it should.
    #[error("the stored record is damaged: {cause}")]
    Damaged {
        /// What is wrong with it.
        cause: String,
    },
}

impl Failure {
    /// The failure's short name: how it reads in data.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Dns { .. } => "dns",
            Self::Tls { .. } => "tls",
            Self::Timeout { .. } => "timeout",
            Self::Connect { .. } => "connect",
            Self::Protocol { .. } => "protocol",
            Self::Robots { .. } => "robots",
            Self::NotPublic { .. } => "not-public",
            Self::Redirects { .. } => "redirects",
            Self::BadRedirect { .. } => "bad-redirect",
            Self::Scheme { .. } => "scheme",
            Self::File { .. } => "file",
            Self::Budget { .. } => "budget",
            Self::NoBrowser { .. } => "no-browser",
            Self::NotInPack => "not-in-pack",
            Self::Damaged { .. } => "damaged",
        }
    }
}
