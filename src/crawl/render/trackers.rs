//! Who counts visitors: the hosts are data, in `trackers.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Trackers {
    hosts: Vec<String>,
}

static HOSTS: LazyLock<Vec<String>> =
    LazyLock::new(|| match toml::from_str::<Trackers>(include_str!("trackers.toml")) {
        Ok(trackers) => trackers.hosts,
        Err(error) => panic!("invariant: the bundled hosts are well formed: {error}"),
    });

/// Whether `host` only counts visitors.
pub(super) fn is_one(host: &str) -> bool {
    HOSTS
        .iter()
        .any(|tracker| host.strip_suffix(tracker.as_str()).is_some_and(|sub| sub.is_empty() || sub.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subdomains_count_and_likenesses_do_not() {
        assert!(is_one("www.google-analytics.com") && is_one("sentry.io"));
        assert!(!is_one("notsentry.io") && !is_one("data.example.gov"));
    }
}
