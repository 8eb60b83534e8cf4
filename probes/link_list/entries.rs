//! The links of a list, each under its topic: the heading above it.

use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use crate::dates::{self, Dated, Precision};
use crate::document::Role;
use crate::finding::{Evidence, Locus};
use crate::html::Page;
use crate::paper::Read;

/// A link in a list.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) url: Url,
    /// The heading above it; empty where there is none.
    pub(super) topic: String,
    /// The day that stands beside it.
    pub(super) beside: Option<Dated>,
    pub(super) evidence: Evidence,
}

static ADDRESS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"https?://[^\s<>"'|\])}]+"#).expect("invariant: the pattern is regular"));

/// A paragraph no longer than this may be a topic, in bytes.
const TOPIC: usize = 80;

/// Every link, the same address once: what differs only in a fragment, a trailing stroke or `www.` is the same.
pub(super) fn read(read: &Read) -> Vec<Entry> {
    let mut entries = match &read.page {
        Some(page) => of_page(read, page),
        None => of_text(read),
    };
    let mut known = Vec::new();
    entries.retain(|entry| {
        let key = key(&entry.url);
        let new = !known.contains(&key);
        known.push(key);
        new
    });
    entries
}

/// An address as it is compared.
pub(super) fn key(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    let query: Vec<_> = url.query_pairs().filter(|(name, _)| !name.starts_with("utm_") && name != "fbclid").collect();
    let query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let asks = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    format!("{host}{}{asks}", url.path().trim_end_matches('/'))
}

fn of_page(read: &Read, page: &Page) -> Vec<Entry> {
    let mut entries = Vec::new();
    for link in page.links.iter().filter(|link| !link.chrome && matches!(link.href.scheme(), "http" | "https")) {
        // The block that the link stands in: the innermost whose selector begins the link's.
        let holds = |selector: &str| link.selector == selector || link.selector.starts_with(&format!("{selector} >"));
        let within = (0..page.blocks.len()).filter(|at| holds(&page.blocks[*at].selector));
        let Some(at) = within.max_by_key(|at| page.blocks[*at].selector.len()) else { continue };
        let topic = page.blocks[..at].iter().rev().find(|block| block.heading.is_some_and(|level| level > 1));
        let beside = day(&page.blocks[at].text);
        let mut url = link.href.clone();
        url.set_fragment(None);
        entries.push(Entry {
            url,
            topic: topic.map_or_else(String::new, |block| block.text.clone()),
            beside,
            evidence: Evidence::new(&read.capture.id, Locus::Selector(link.selector.clone()), &link.written),
        });
    }
    entries
}

fn of_text(read: &Read) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut topic = String::new();
    for (page, of) in read.document().pages.iter().enumerate() {
        for (at, block) in of.blocks.iter().enumerate() {
            let found: Vec<_> = ADDRESS.find_iter(&block.text).collect();
            let heading = match block.role {
                Role::Heading(_) => true,
                Role::Paragraph => block.text.len() <= TOPIC && day(&block.text).is_none(),
                _ => false,
            };
            if found.is_empty() && heading {
                topic.clone_from(&block.text);
            }
            for address in found {
                let written = address.as_str().trim_end_matches(['.', ',', ';', ':']);
                let Ok(mut url) = Url::parse(written) else { continue };
                url.set_fragment(None);
                let evidence = read.evidence(Some((page, at)), written);
                entries.push(Entry { url, topic: topic.clone(), beside: day(&block.text), evidence });
            }
        }
    }
    entries
}

fn day(text: &str) -> Option<Dated> {
    dates::find(text)
        .into_iter()
        .map(|found| found.dated)
        .find(|dated| matches!(dated.precision, Precision::Day | Precision::Month))
}

/// The day that an address names in its path: `/2026/03/04/`, `/2026/03/`, `2026-03-04`.
pub(super) fn day_in(url: &Url) -> Option<Dated> {
    static PATH: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:^|[/_-])(20\d{2})[/_-](\d{1,2})(?:[/_-](\d{1,2}))?(?:[/_.-]|$)")
            .expect("invariant: the pattern is regular")
    });
    let found = PATH.captures(url.path())?;
    let number = |group: usize| found.get(group).and_then(|text| text.as_str().parse::<i8>().ok());
    let year = found.get(1)?.as_str().parse().ok()?;
    let first = jiff::civil::Date::new(year, number(2)?, number(3).unwrap_or(1)).ok()?;
    let precision = if found.get(3).is_some() { Precision::Day } else { Precision::Month };
    Some(Dated { first, precision, otherwise: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_is_known_in_many_guises() {
        let key = |text: &str| super::key(&Url::parse(text).unwrap());
        assert_eq!(key("https://www.a.example/b/?utm_source=x"), key("http://a.example/b"));
        assert_ne!(key("https://a.example/?id=1"), key("https://a.example/?id=2"));
    }

    #[test]
    fn an_address_may_name_its_day() {
        let day =
            |text: &str| day_in(&Url::parse(text).unwrap()).map(|dated| (dated.first.to_string(), dated.precision));
        assert_eq!(day("https://a.example/2026/03/04/potholes"), Some(("2026-03-04".to_owned(), Precision::Day)));
        assert_eq!(day("https://a.example/news/2026/03/potholes"), Some(("2026-03-01".to_owned(), Precision::Month)));
        assert_eq!(day("https://a.example/budget-2026-plan"), None);
    }
}
