//! In which formats does the catalogue offer its data, and can everyone use them?

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::capture::{Captures, Need};
use crate::dcat::Field;
use crate::finding::{Finding, Share};
use crate::platform::{self, Behind, Catalogue};
use crate::probe::{Probe, Target};
use crate::spec::Spec;

crate::declare!();

/// Holds the declared formats of all datasets against two tables of formats.
pub struct OpenFormat;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Measured {
        open: Share,
        machine_readable: Share,
        open_and_machine_readable: Share,
        eu_non_proprietary: Share,
        eu_machine_readable: Share,
        declared: Share,
        formats: Vec<BTreeMap<String, String>>,
    },
    Unread {
        cause: String,
    },
    None {
        reason: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Formats {
    open: BTreeSet<String>,
    machine_readable: BTreeSet<String>,
}

static FORMATS: LazyLock<Formats> = LazyLock::new(|| match toml::from_str(include_str!("formats.toml")) {
    Ok(formats) => formats,
    Err(error) => panic!("invariant: the bundled formats are well formed: {error}"),
});

/// How many formats are listed.
const LISTED: usize = 40;
