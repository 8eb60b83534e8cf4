//! What the portal is named for, and which publishers are named like it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::Deserialize;
use url::Url;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    common: BTreeSet<String>,
    placeholders: BTreeSet<String>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| match toml::from_str(include_str!("words.toml")) {
    Ok(words) => words,
    Err(error) => panic!("invariant: the bundled words are well formed: {error}"),
});

/// The shortest name that tells one place from another, in letters.
const SHORTEST: usize = 4;

/// The names in a portal's host and in the title of its front page that are no common words.
pub(super) fn names(host: &Url, title: &str) -> BTreeSet<String> {
    // The last label is the world's, not the portal's.
    let labels = host.domain().and_then(|domain| domain.rsplit_once('.')).map_or("", |(labels, _)| labels);
    let within = |label: &str| {
        let bare = ["cityof", "townof", "countyof", "opendata", "data", "open"]
            .iter()
            .find_map(|before| label.strip_prefix(before).filter(|rest| rest.len() >= SHORTEST));
        bare.unwrap_or(label).to_owned()
    };
    let words = words(labels).into_iter().map(|label| within(&label)).chain(words(title));
    words.filter(|word| word.len() >= SHORTEST && !WORDS.common.contains(word)).collect()
}

/// Whether `publisher` has one of the `names` in its own.
pub(super) fn is_own(publisher: &str, names: &BTreeSet<String>) -> bool {
    let words = words(publisher);
    let together = words.concat();
    // Hosts run words together, and titles do not.
    names.iter().any(|name| words.contains(name) || (name.len() > SHORTEST && together.contains(name.as_str())))
}

/// Whether `publisher` is a domain name, or what a form holds before it is filled in.
pub(super) fn is_placeholder(publisher: &str) -> bool {
    let name = publisher.trim().to_lowercase();
    let domain = name.contains('.') && !name.ends_with('.') && !name.contains(char::is_whitespace);
    let host = |name: &str| Url::parse(&format!("https://{name}/")).is_ok_and(|url| url.domain() == Some(name));
    WORDS.placeholders.contains(&name) || (domain && host(&name))
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_portal_is_named_by_its_host_and_its_title() {
        let names = |host: &str, title: &str| {
            let names = names(&Url::parse(host).unwrap(), title);
            names.into_iter().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(names("https://data.cityofchicago.org/", "Chicago Data Portal"), "chicago");
        assert_eq!(names("https://opendata.arcgis.com/", "City of Exampleton Open Data"), "exampleton");
        assert_eq!(names("file:///data.json", ""), "");
    }

    #[test]
    fn publishers_are_told_apart() {
        let names = names(&Url::parse("https://data.cityofnewyork.us/").unwrap(), "");
        assert!(is_own("City of New York", &names));
        assert!(!is_own("Esri", &names));
        assert!(is_placeholder("data.cityofchicago.org"));
        assert!(is_placeholder("N/A"));
        assert!(!is_placeholder("St. Paul"));
        assert!(!is_placeholder("U.S.E.P.A."));
    }
}
