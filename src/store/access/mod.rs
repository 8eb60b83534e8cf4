//! Who may see and do what: accounts, their sessions and tokens, and the log of what was done.
//!
//! Of what lets somebody in only hashes are kept. Whatever changes here is written down in the same transaction.

mod accounts;
mod api_tokens;
mod identities;
pub(super) mod log;
mod sessions;

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use accounts::Account;
use accounts::account_id;
pub use api_tokens::{ApiToken, NewApiToken};
pub use identities::Identity;
pub use log::{Entry, Event};

/// What somebody may do; each may do what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Sees everything that was found and decided.
    Viewer,
    /// Decides, and signs off.
    Reviewer,
    /// Makes and closes accounts, and reads the log.
    Admin,
}

impl Role {
    /// All of them, from the least.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Reviewer, Self::Admin];

    /// As it is written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Reviewer => "reviewer",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// It is none of the roles.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a role is viewer, reviewer or admin")]
pub struct NoRole;

impl FromStr for Role {
    type Err = NoRole;

    fn from_str(name: &str) -> Result<Self, NoRole> {
        Self::ALL.into_iter().find(|role| role.name() == name).ok_or(NoRole)
    }
}

/// Who does something, from where, and when.
#[derive(Clone, Debug)]
pub struct By {
    /// The account's name; empty where nobody is known.
    pub who: String,
    /// The address that the request came from; empty for a command on this machine.
    pub address: String,
    /// When, to the second.
    pub at: Timestamp,
}
