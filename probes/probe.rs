//! The contract between a probe and the audit.

use std::io::{self, Write};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::capture::{Captures, Need, Reader, Request, short_hash};
use crate::finding::Finding;
use crate::spec::Spec;

/// One question about one target, answered from captures alone.
pub trait Probe: Sync {
    /// What the probe declares of itself.
    fn spec(&self) -> &'static Spec;

    /// Answers the question about `target`, or says which captures it still lacks.
    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need>;

    /// The same probe, holding data against another edition of its standard's schema than the one that comes along: for a
    /// person at the command line, never in an audit.
    ///
    /// An error says why the schema cannot be used, or that the probe uses none.
    fn held_to(&self, _schema: &[u8]) -> Result<Box<dyn Probe>, String> {
        Err(format!("{} holds nothing against a schema", self.spec().id))
    }

    /// What writes the whole report on a file, where the probe looks into one as its format's own validators do.
    fn linter(&self) -> Option<&'static dyn Linter> {
        None
    }

    /// The report formats of other tools that the probe can write of what it looked at, by name, so that what reads
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

/// Writes what a reader says of a file in full: for a person at the command line, never in an audit.
pub trait Linter: Sync {
    /// Who reads the file.
    fn reader(&self) -> &'static dyn Reader;

    /// What the reader is told for what was asked.
    fn told(&self, asked: &Asked) -> Result<String, String>;

    /// Writes the reader's form.
    fn write(&self, form: &Value, date: Date, asked: &Asked, out: &mut dyn Write) -> io::Result<()>;
}

/// What a person asks of a linter.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The country that telephone numbers are called from, by its code.
    pub country: Option<String>,
    /// How many places of each notice are kept.
    pub samples: Option<usize>,
    /// Whether to go beyond what the format's own validator does.
    pub extra: bool,
    /// In which shape.
    pub shape: Shape,
    /// Whether words may be in colour.
    pub colored: bool,
}

/// The shape of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// For people.
    #[default]
    Text,
    /// Everything, as JSON.
    Own,
    /// As the format's own validator writes it.
    Canonical,
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
