//! Whether datasets can be had in open formats, and in formats that programs read, by our own table of formats.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Formats {
    open: BTreeSet<String>,
    machine_readable: BTreeSet<String>,
}

static FORMATS: LazyLock<Formats> = LazyLock::new(|| match toml::from_str(include_str!("openness.toml")) {
    Ok(formats) => formats,
    Err(error) => panic!("invariant: the bundled formats are well formed: {error}"),
});

/// Counts of datasets by the best of their formats.
#[derive(Debug, Default)]
pub struct Openness {
    /// Those with a format that no one firm keeps to itself.
    pub open: u64,
    /// Those with a format that a program can take data from.
    pub machine_readable: u64,
    /// Those with a format that is both.
    pub both: u64,
    /// Those that declare any format.
    pub declared: u64,
}

impl Openness {
    /// Takes in the formats of one dataset, their names in capitals.
    pub(super) fn see(&mut self, formats: &BTreeSet<String>) {
        let any = |test: fn(&str) -> bool| u64::from(formats.iter().any(|format| test(format)));
        self.open += any(is_open);
        self.machine_readable += any(is_machine_readable);
        self.both += any(|format| is_open(format) && is_machine_readable(format));
        self.declared += any(|format| !format.is_empty());
    }
}

/// Whether a format's description is open to all.
pub fn is_open(format: &str) -> bool {
    FORMATS.open.contains(format)
}

/// Whether a program can take data from a format.
pub fn is_machine_readable(format: &str) -> bool {
    FORMATS.machine_readable.contains(format)
}
