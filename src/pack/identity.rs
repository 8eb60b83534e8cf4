//! Which audit a pack belongs to.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::exchange::Robots;

/// Which audit a pack belongs to: an unfinished one is only gone on with by the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// SHA-256 of the submission, in hexadecimal.
    pub submission: String,
    /// The scheme it is offered to.
    pub scheme: String,
    /// The date the audit speaks of.
    pub as_of: Date,
    /// How robots.txt was obeyed.
    pub robots: Robots,
}
