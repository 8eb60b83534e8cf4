//! Which audit a pack belongs to.

use jiff::Timestamp;
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

impl Identity {
    /// The first moment of the audit's date, in UTC: what stands for a time where the clock must not.
    pub(crate) fn begins(&self) -> Timestamp {
        format!("{}T00:00:00Z", self.as_of).parse().unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// What differs from `other`, and how it reads in each.
    pub(crate) fn difference(&self, other: &Self) -> Option<(&'static str, String, String)> {
        let robots = |robots| if robots == Robots::Strict { "strict" } else { "at the city's request" }.to_owned();
        if self.submission != other.submission {
            Some(("submission", short(&self.submission), short(&other.submission)))
        } else if self.scheme != other.scheme {
            Some(("scheme", self.scheme.clone(), other.scheme.clone()))
        } else if self.as_of != other.as_of {
            Some(("date", self.as_of.to_string(), other.as_of.to_string()))
        } else if self.robots != other.robots {
            Some(("robots", robots(self.robots), robots(other.robots)))
        } else {
            None
        }
    }
}

fn short(sha256: &str) -> String {
    sha256.chars().take(16).collect()
}
