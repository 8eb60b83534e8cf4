//! Who hosts forms: the table `providers.toml`.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;
use url::Url;

/// Someone who hosts forms.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Provider {
    pub(super) name: String,
    pub(super) kind: Kind,
    #[serde(default, deserialize_with = "crate::pattern::maybe")]
    pattern: Option<Regex>,
    #[serde(default, deserialize_with = "crate::pattern::maybe")]
    mark: Option<Regex>,
    /// Whether the channel is made for questions about data.
    #[serde(default)]
    pub(super) of_data: bool,
    /// What a closed form says, in lower case.
    pub(super) closed: Vec<String>,
}

/// What a provider's forms are for.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    Form,
    IssueReporter,
    RecordsRequest,
    Tracker,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    providers: Vec<Provider>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| match toml::from_str(include_str!("providers.toml")) {
    Ok(table) => table,
    Err(error) => panic!("invariant: the bundled table of providers is well formed: {error}"),
});

/// Whose form `url` is.
pub(super) fn of(url: &Url) -> Option<&'static Provider> {
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let address = url.as_str().split_once("://")?.1;
    TABLE.providers.iter().find(|provider| provider.pattern.as_ref().is_some_and(|pattern| pattern.is_match(address)))
}

/// Whose mark stands in the markup of a page, and where.
pub(super) fn marked(markup: &str) -> Option<(&'static Provider, Range<usize>)> {
    TABLE.providers.iter().find_map(|provider| Some((provider, provider.mark.as_ref()?.find(markup)?.range())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_known_by_their_hosts() {
        let name = |url: &str| of(&Url::parse(url).unwrap()).map(|provider| provider.name.as_str());
        assert_eq!(name("https://docs.google.com/forms/d/e/1abc/viewform"), Some("Google Forms"));
        assert_eq!(name("https://town.formstack.com/forms/support"), Some("Formstack"));
        assert_eq!(name("https://data.example.gov/nominate"), Some("Socrata nominations"));
        assert_eq!(name("https://town.nextrequest.com"), Some("NextRequest"));
        assert_eq!(name("https://github.com/town/data"), None);
        assert_eq!(name("https://example.gov/?u=docs.google.com/forms/d/e/1abc"), None);
    }
}
