//! The forms that releases and records come in.

use serde::{Deserialize, Serialize};

use super::scan::{entries, members};

/// What stands at the top of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Releases with who published them and when.
    ReleasePackage,
    /// Records with who published them and when.
    RecordPackage,
    /// Releases without a package.
    Releases,
    /// Records without a package.
    Records,
}

/// How an object at the top is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inside {
    /// Member by member.
    Package,
    /// As one release or record.
    Bare(Form),
    /// Not at all: nothing in it is of the standard.
    Nothing,
}

impl Form {
    /// What the entries of a list are, by the quoted name of the member that holds it.
    pub fn of_list(name: &str) -> Option<Self> {
        match name {
            "\"releases\"" | "\"main\"" => Some(Self::Releases),
            "\"records\"" => Some(Self::Records),
            _ => None,
        }
    }

    /// The name of its list in a package.
    pub fn list(self) -> &'static str {
        match self {
            Self::ReleasePackage | Self::Releases => "releases",
            Self::RecordPackage | Self::Records => "records",
        }
    }

    /// The package's name in the table.
    pub fn package(self) -> &'static str {
        match self {
            Self::ReleasePackage | Self::Releases => "ReleasePackage",
            Self::RecordPackage | Self::Records => "RecordPackage",
        }
    }

    /// Its object's name in the table.
    pub fn object(self) -> &'static str {
        match self {
            Self::ReleasePackage => "ReleasePackage",
            Self::RecordPackage => "RecordPackage",
            Self::Releases => "Release",
            Self::Records => "Record",
        }
    }
}

/// What an object is, by its first telling members: the beginning of it is enough.
pub fn decide(bytes: &[u8]) -> Inside {
    let mut process = false;
    // Of a beginning `members` passes over the last byte, as if it were the closing brace: no member ends with it.
    for (name, _) in members(bytes) {
        match name {
            b"ocid" => process = true,
            b"compiledRelease" | b"versionedRelease" => return Inside::Bare(Form::Records),
            b"releases" if process => return Inside::Bare(Form::Records),
            b"releases" | b"records" | b"main" | b"publisher" | b"publishedDate" | b"packages" => {
                return Inside::Package;
            }
            b"tag" | b"initiationType" | b"tender" | b"awards" | b"contracts" | b"parties" | b"planning" | b"buyer"
            | b"date" => {
                return Inside::Bare(Form::Releases);
            }
            _ => {}
        }
    }
    if process { Inside::Bare(Form::Releases) } else { Inside::Nothing }
}

/// What the releases of a record are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Links {
    /// Releases.
    #[default]
    None,
    /// Links to releases.
    All,
    /// Some of each, which is wrong whichever they should be.
    Some,
}

/// Whether the releases of a record are links: these have no id.
pub fn links(record: &[u8]) -> Links {
    let releases = members(record).find(|(name, _)| *name == b"releases").map(|(_, value)| value);
    let ids = entries(releases.unwrap_or_default()).map(|release| members(release).any(|(name, _)| name == b"id"));
    let (with, without) =
        ids.fold((0, 0), |(with, without), id| if id { (with + 1, without) } else { (with, without + 1) });
    match (with, without) {
        (_, 0) => Links::None,
        (0, _) => Links::All,
        _ => Links::Some,
    }
}
