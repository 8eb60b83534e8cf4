//! Why a clause changed, in words: the same in the terminal, in mails and in feeds.

use super::{Cause, Changed, Seen};
use crate::criteria::verdict::{Lead, Standing};
use crate::report::text::{lead, line, standing};

/// How a clause stood or stands.
pub(crate) fn named(state: Option<Standing>) -> &'static str {
    state.map_or("not asked", standing)
}

/// How strongly passages led or lead to a clause.
pub(crate) fn led(by: Option<Lead>) -> &'static str {
    by.map_or("none", lead)
}

impl Cause {
    /// What it is, and what that means.
    pub(crate) fn told(&self) -> String {
        match self {
            Self::Site { .. } => "site: it serves something else".to_owned(),
            Self::Network { seen_again: false, .. } => "network: it could not be looked at in the later run".to_owned(),
            Self::Network { seen_again: true, .. } => {
                "network: it could not be looked at in the earlier run".to_owned()
            }
            Self::Submission { .. } => "submission: other links are offered for it".to_owned(),
            Self::Rule { .. } => "rule: the criteria ask for something else".to_owned(),
            Self::Tool { was, now } if was == now => {
                format!("tool: the same bytes are read otherwise by another build of version {}", line(now))
            }
            Self::Tool { was, now } => {
                format!("tool: version {} reads the same bytes otherwise than {}", line(now), line(was))
            }
            Self::Date { was, now } => format!("date: the same bytes mean something else on {now} than on {was}"),
        }
    }

    /// What it was seen in: each request and its answers, each link that was added or is gone.
    pub(crate) fn seen_in(&self) -> Vec<String> {
        match self {
            Self::Site { captures } | Self::Network { captures, .. } => captures.iter().map(Changed::told).collect(),
            Self::Submission { added, removed } => {
                let signed = |sign: &str, links: &[String]| -> Vec<String> {
                    links.iter().map(|link| format!("{sign} {}", line(link))).collect()
                };
                [signed("+", added), signed("-", removed)].concat()
            }
            Self::Rule { .. } | Self::Tool { .. } | Self::Date { .. } => Vec::new(),
        }
    }
}

impl Changed {
    fn told(&self) -> String {
        let [was, now] = [&self.was, &self.now].map(|seen| seen.as_ref().map_or("not asked".to_owned(), Seen::told));
        format!("{}: {was} → {now}", line(self.url.as_str()))
    }
}

impl Seen {
    /// In few words: its status and the beginning of its hash.
    fn told(&self) -> String {
        match (&self.failure, self.status, &self.sha256) {
            (Some(failure), ..) => line(failure),
            (None, Some(status), Some(sha256)) => format!("{status} {}", sha256.get(..12).unwrap_or(sha256)),
            (None, status, _) => status.map_or("nothing".to_owned(), |status| status.to_string()),
        }
    }
}
