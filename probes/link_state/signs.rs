//! The signs beside this file: words that say "not here", and endpoints that platforms have retired.

use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Deserializer};
use url::Url;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Signs {
    not_found: Vec<Pattern>,
    retired: Vec<Retired>,
    viewers: Vec<Viewer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Retired {
    endpoint: String,
    host: Option<Pattern>,
    path: Pattern,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Viewer {
    host: Pattern,
    path: Pattern,
}

struct Pattern(Regex);

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pattern = String::deserialize(deserializer)?;
        Regex::new(&format!("(?i){pattern}")).map(Self).map_err(serde::de::Error::custom)
    }
}

static SIGNS: LazyLock<Signs> = LazyLock::new(|| match toml::from_str(include_str!("signs.toml")) {
    Ok(signs) => signs,
    Err(error) => panic!("invariant: the bundled signs are well formed: {error}"),
});

/// Whether a title or heading says that nothing is there.
pub(super) fn says_not_found(words: &str) -> bool {
    SIGNS.not_found.iter().any(|pattern| pattern.0.is_match(words))
}

/// The name of the retired endpoint that `url` is.
pub(super) fn retired(url: &Url) -> Option<&'static str> {
    let host = url.host_str().unwrap_or_default();
    let is = |retired: &&Retired| {
        retired.host.as_ref().is_none_or(|pattern| pattern.0.is_match(host)) && retired.path.0.is_match(url.path())
    };
    SIGNS.retired.iter().find(is).map(|retired| retired.endpoint.as_str())
}

/// Whether `url` is at a place that shows files in pages of its own.
pub(super) fn is_viewer(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    SIGNS.viewers.iter().any(|viewer| viewer.host.0.is_match(host) && viewer.path.0.is_match(url.path()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_that_say_not_found() {
        for title in [
            "404",
            "Error 404 - City",
            "City | 404",
            "Page Not Found | City",
            "Oops! Page can't be found",
            "Página no encontrada",
        ] {
            assert!(says_not_found(title), "{title}");
        }
        for title in ["Lost and found", "Permits at 404 Main Street", "Budget 2026"] {
            assert!(!says_not_found(title), "{title}");
        }
    }

    #[test]
    fn retired_endpoints_are_named() {
        let retired = |url: &str| retired(&Url::parse(url).unwrap());
        assert!(retired("https://data.example.gov/api/views/abcd-1234/rows.csv?accessType=DOWNLOAD").is_some());
        assert!(retired("https://data.example.gov/api/3/action/package_list").is_none());
        assert!(retired("https://example.opendata.arcgis.com/api/v2/datasets").is_some());
        assert!(retired("https://data.example.gov/api/v2/datasets").is_none());
    }

    #[test]
    fn file_viewers_promise_a_page() {
        let viewer = |url: &str| is_viewer(&Url::parse(url).unwrap());
        assert!(viewer("https://github.com/city/data/blob/main/budget.csv"));
        assert!(!viewer("https://raw.githubusercontent.com/city/data/main/budget.csv"));
        assert!(!viewer("https://www.example.gov/blob/budget.csv"));
    }
}
