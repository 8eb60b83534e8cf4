//! The forms that releases and records come in.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::scan::{entries, members};

/// The names of members that tell the forms.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Names {
    package: Vec<String>,
    release: Vec<String>,
    wrappers: Vec<String>,
}

static NAMES: LazyLock<Names> =
    LazyLock::new(|| toml::from_str(include_str!("forms.toml")).expect("invariant: the bundled names are well formed"));

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
    /// Member by member, the entries of its lists each for itself.
    Wrapper,
    /// As one release or record.
    Bare(Form),
    /// As one release whose members are named by their paths: `tender/title`.
    Flat,
    /// Not at all: nothing in it is of the standard.
    Nothing,
}

impl Form {
    /// What the entries of a list are, by the quoted name of the member that holds it.
    pub fn of_list(name: &str) -> Option<Self> {
        match name {
            "\"releases\"" => Some(Self::Releases),
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
    let (mut process, mut told, mut nested, mut flat, mut wrapper) = (false, 0, false, false, false);
    // Of a beginning `members` passes over the last byte, as if it were the closing brace: no member ends with it.
    for (name, value) in members(bytes) {
        let is = |names: &[String]| names.iter().any(|own| own.as_bytes() == name);
        match name {
            b"ocid" => process = true,
            b"compiledRelease" | b"versionedRelease" => return Inside::Bare(Form::Records),
            b"releases" if process => return Inside::Bare(Form::Records),
            _ if is(&NAMES.package) => return Inside::Package,
            _ if is(&NAMES.release) => {
                told += 1;
                nested |= matches!(value.first(), Some(b'{' | b'[')) && name != b"tag";
            }
            _ => {
                flat |= is_path(name);
                wrapper |= is(&NAMES.wrappers);
            }
        }
        // Each of the names alone is a name that other data has as well.
        if process && flat {
            return Inside::Flat;
        }
        if process && nested || told > 2 {
            return Inside::Bare(Form::Releases);
        }
    }
    match (process, wrapper) {
        (true, _) => Inside::Bare(Form::Releases),
        (false, true) => Inside::Wrapper,
        (false, false) => Inside::Nothing,
    }
}

/// Whether the quoted name of a member is that of a list in which an export may have put releases.
pub fn is_wrapper(name: &str) -> bool {
    let name = name.trim_matches('"');
    NAMES.wrappers.iter().any(|own| own == name)
}

/// Whether a package's own member is among the members of an object.
pub fn is_packaged(object: &[u8]) -> bool {
    members(object).any(|(name, _)| matches!(name, b"uri" | b"version" | b"publishedDate" | b"publisher"))
}

/// Whether a name is a path into a release, by its first part: `tender/title` or `tender_title`.
fn is_path(name: &[u8]) -> bool {
    let at = name.iter().position(|byte| matches!(byte, b'/' | b'_'));
    at.is_some_and(|at| at > 0 && NAMES.release.iter().any(|own| own.as_bytes() == &name[..at]))
}

/// Whether an identifier begins with a registered publisher's prefix, by its form.
pub fn has_prefix(ocid: &str) -> bool {
    ocid.strip_prefix("ocds-")
        .and_then(|rest| rest.as_bytes().get(..6))
        .is_some_and(|prefix| prefix.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
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
