//! Which hosts belong to one organisation, as far as their names tell.

use url::Url;

/// Second labels under which others register their names.
const SHARED: &[&str] = &["ac", "co", "com", "edu", "gob", "gov", "gouv", "net", "or", "org"];

/// The part of a host's name that its owner registered: two labels, or three where the second is shared.
pub fn of(host: &str) -> String {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let labels: Vec<&str> = host.split('.').collect();
    let shared = match labels.as_slice() {
        // Localities of the United States: `ci.town.st.us`.
        [.., state, "us"] => state.len() == 2,
        [.., second, country] => country.len() == 2 && SHARED.contains(second),
        _ => false,
    };
    labels[labels.len().saturating_sub(if shared { 3 } else { 2 })..].join(".")
}

/// Whether two web addresses belong to one site.
pub fn same(one: &Url, other: &Url) -> bool {
    let site = |url: &Url| url.host_str().filter(|_| matches!(url.scheme(), "http" | "https")).map(of);
    site(one).is_some() && site(one) == site(other)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_site_is_what_was_registered() {
        assert_eq!(super::of("data.town.gov"), "town.gov");
        assert_eq!(super::of("www.ci.town.tx.us"), "town.tx.us");
        assert_eq!(super::of("data.town.gov.uk"), "town.gov.uk");
        assert_eq!(super::of("localhost"), "localhost");
    }
}
