//! The signs beside this file: endpoints that platforms have retired.

use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Deserializer};
use url::Url;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Signs {
    retired: Vec<Retired>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Retired {
    endpoint: String,
    host: Option<Pattern>,
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

/// The name of the retired endpoint that `url` is.
pub(super) fn retired(url: &Url) -> Option<&'static str> {
    let host = url.host_str().unwrap_or_default();
    let is = |retired: &&Retired| {
        retired.host.as_ref().is_none_or(|pattern| pattern.0.is_match(host)) && retired.path.0.is_match(url.path())
    };
    SIGNS.retired.iter().find(is).map(|retired| retired.endpoint.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retired_endpoints_are_named() {
        let retired = |url: &str| retired(&Url::parse(url).unwrap());
        assert!(retired("https://data.example.gov/api/views/abcd-1234/rows.csv?accessType=DOWNLOAD").is_some());
        assert!(retired("https://data.example.gov/api/3/action/package_list").is_none());
        assert!(retired("https://example.opendata.arcgis.com/api/v2/datasets").is_some());
        assert!(retired("https://data.example.gov/api/v2/datasets").is_none());
    }
}
