//! The contract between a probe and the audit.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::capture::{Captures, Need, Request, short_hash};
use crate::finding::Finding;
use crate::spec::Spec;

/// One question about one target, answered from captures alone.
pub trait Probe: Sync {
    /// What the probe declares of itself.
    fn spec(&self) -> &'static Spec;

    /// Answers the question about `target`, or says which captures it still lacks.
    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need>;

    /// The report formats of other tools that the probe can write beside its findings, by name, so that what reads
    /// those tools' reports goes on working.
    fn formats(&self) -> &'static [&'static str] {
        &[]
    }

    /// The report on `target` in one of those formats, over the captures that a look has found complete.
    ///
    /// There is none where there is nothing to report on, or for a format that the probe does not name.
    fn render(&self, _format: &str, _target: &Target, _captures: &Captures<'_>) -> Result<Option<Value>, Need> {
        Ok(None)
    }
}

/// A parsed link to look at; many links of a submission may share one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// A hash of the URL.
    pub id: String,
    /// Where to look: http, https, or `file:///name` for a file that was handed in.
    pub url: Url,
}

impl Target {
    /// The target at `url`; its fragment is dropped.
    pub fn new(url: &Url) -> Self {
        let mut url = url.clone();
        url.set_fragment(None);
        Self { id: short_hash(url.as_str().as_bytes()), url }
    }

    /// Whether it is a file that was handed in, not a place on the web.
    pub fn is_file(&self) -> bool {
        self.url.scheme() == "file"
    }

    /// The request for the target itself, which most probes begin with.
    pub fn request(&self) -> Request {
        Request::submitted(&self.url)
    }
}
