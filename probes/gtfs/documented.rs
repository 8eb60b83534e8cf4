//! What each rule says, why it matters and what to do: read from the TOML files beside the rules.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::files::Files;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The feed breaks the standard.
    Error,
    /// The feed breaks good practice, or will not do for riders.
    Warning,
    /// Good to know.
    Info,
}

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// How bad it is.
    pub severity: Severity,
    /// What it says is so.
    pub says: String,
    /// Why that matters.
    pub why: String,
    /// What to do about it.
    pub fix: String,
    /// Where the standard speaks of it.
    pub reference: String,
    /// Whether it is one that the canonical validator has not.
    pub extra: bool,
    /// The files that the canonical validator wants whole, or it leaves the rule out.
    pub(crate) needs: Files,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    severity: Severity,
    #[serde(default)]
    needs: Vec<String>,
    /// The file whose section of the reference speaks of it.
    #[serde(default)]
    file: String,
    says: String,
    why: String,
    fix: String,
}

/// The files beside the rules.
const TEXTS: &[&str] = &[
    include_str!("rules/archive.toml"),
    include_str!("rules/cells.toml"),
    include_str!("rules/keys.toml"),
    include_str!("rules/stops.toml"),
    include_str!("rules/routes.toml"),
    include_str!("rules/services.toml"),
    include_str!("rules/stop_times.toml"),
    include_str!("rules/shapes.toml"),
    include_str!("rules/transfers.toml"),
    include_str!("rules/pathways.toml"),
    include_str!("rules/fares.toml"),
    include_str!("rules/flex.toml"),
    include_str!("rules/zones.toml"),
    include_str!("rules/texts.toml"),
];
/// The rules that are run only when asked for.
const EXTRA: &str = include_str!("rules/extra.toml");

static RULES: LazyLock<BTreeMap<String, Rule>> = LazyLock::new(|| {
    let mut rules = BTreeMap::new();
    for (text, extra) in TEXTS.iter().map(|text| (*text, false)).chain([(EXTRA, true)]) {
        let written: BTreeMap<String, Written> = match toml::from_str(text) {
            Ok(written) => written,
            Err(error) => panic!("invariant: the rules' bundled TOML is well formed: {error}"),
        };
        rules.extend(written.into_iter().map(|(code, written)| (code, Rule::of(written, extra))));
    }
    rules
});

impl Rule {
    fn of(written: Written, extra: bool) -> Self {
        let section = written.file.replace('.', "");
        let reference = "https://gtfs.org/documentation/schedule/reference/".to_owned();
        Self {
            severity: written.severity,
            says: written.says,
            why: written.why,
            fix: written.fix,
            reference: if section.is_empty() { reference } else { format!("{reference}#{section}") },
            extra,
            needs: Files::of(&written.needs),
        }
    }
}

/// The rule of a code.
pub fn of(code: &str) -> Option<&'static Rule> {
    RULES.get(code)
}

/// Every rule by its code.
pub fn all() -> impl Iterator<Item = (&'static str, &'static Rule)> {
    RULES.iter().map(|(code, rule)| (code.as_str(), rule))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_told_in_full() {
        let count = |wanted| all().filter(|(_, rule)| !rule.extra && rule.severity == wanted).count();
        assert_eq!([Severity::Error, Severity::Warning, Severity::Info].map(count), [104, 52, 16]);
        for (code, rule) in all() {
            for text in [&rule.says, &rule.why, &rule.fix] {
                assert!(text.ends_with('.') && text.len() > 9, "{code}: {text:?}");
            }
        }
    }
}
