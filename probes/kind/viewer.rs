//! Places that show a file in a page of their own, so that the address's ending promises nothing.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;
use url::Url;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Signs {
    viewers: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    host: String,
    path: String,
}

static VIEWERS: LazyLock<Vec<(Regex, Regex)>> = LazyLock::new(|| {
    let signs: Signs = match toml::from_str(include_str!("viewers.toml")) {
        Ok(signs) => signs,
        Err(error) => panic!("invariant: the bundled signs are well formed: {error}"),
    };
    let pattern = |written: &str| match Regex::new(&format!("(?i){written}")) {
        Ok(pattern) => pattern,
        Err(error) => panic!("invariant: the bundled patterns are well formed: {error}"),
    };
    signs.viewers.iter().map(|viewer| (pattern(&viewer.host), pattern(&viewer.path))).collect()
});

/// Whether `url` is at a place that shows files in pages of its own.
pub(super) fn is_viewer(url: &Url) -> bool {
    let at = url.host_str().unwrap_or_default();
    VIEWERS.iter().any(|(host, path)| host.is_match(at) && path.is_match(url.path()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_viewers_promise_a_page() {
        let viewer = |url: &str| is_viewer(&Url::parse(url).unwrap());
        assert!(viewer("https://github.com/city/data/blob/main/budget.csv"));
        assert!(!viewer("https://raw.githubusercontent.com/city/data/main/budget.csv"));
        assert!(!viewer("https://www.example.gov/blob/budget.csv"));
    }
}
