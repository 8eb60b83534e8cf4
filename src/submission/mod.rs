//! What a city submits: links and files, and what each is offered for.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use probes::probe::Target;
use serde::{Deserialize, Serialize};
use url::Url;

pub mod draft;
mod read;

pub use read::{DEFAULT_SCHEME, Placed};

/// A city's submission.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Submission {
    /// The city, as it names itself.
    pub city: String,
    /// The date the submission was made, if it says so.
    pub date: Option<Date>,
    /// The scheme it is offered to: the name of a folder of criteria.
    pub scheme: String,
    /// Further schemes that the same links are held against.
    #[serde(default)]
    pub also: Vec<String>,
    /// Hosts at non-public addresses that the submission itself allows, for intranets.
    pub allow_private: Vec<String>,
    /// The links, in the order they were written.
    pub links: Vec<Link>,
}

impl Submission {
    /// The schemes that its links are held against, its own first.
    pub fn schemes(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.scheme).chain(&self.also)
    }
}

/// A link or file as the city wrote it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The URL or path exactly as written.
    pub written: String,
    /// Where it leads: http, https, or `file:///name` for a file that was handed in.
    pub url: Url,
    /// The file on disk, for a file that was handed in. Never written to a report.
    #[serde(skip)]
    pub path: Option<PathBuf>,
    /// The criterion's code or clause's id it is offered for; empty where it is offered to whatever it may show.
    pub criterion: Option<String>,
    /// The city's own words about it.
    pub note: Option<String>,
    /// The pages it points to, as written.
    pub pages: Option<String>,
}

impl Link {
    /// A link to a place on the web, offered for nothing in particular; an error says what is wrong with it.
    pub fn to_the_web(written: &str) -> Result<Self, String> {
        let written = written.trim();
        let (url, path) = read::locate(Path::new(""), written)?;
        if path.is_some() {
            return Err(format!("{written:?} is a file: only links with http or https can stand here"));
        }
        Ok(Self { written: written.to_owned(), url, path, criterion: None, note: None, pages: None })
    }

    /// The target it leads to.
    pub fn target(&self) -> Target {
        Target::new(&self.url)
    }
}

impl Submission {
    /// Every target once, in the order first offered.
    pub fn targets(&self) -> Vec<Target> {
        let mut seen = BTreeSet::new();
        self.links.iter().map(Link::target).filter(|target| seen.insert(target.id.clone())).collect()
    }
}
