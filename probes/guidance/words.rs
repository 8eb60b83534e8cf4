//! The words by which guides are told: the table `words.toml`.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};
use serde::{Deserialize, Deserializer};
use url::Url;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub(super) least_steps: usize,
    pub(super) least_orders: usize,
    #[serde(deserialize_with = "beginning")]
    orders: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    numbered: Regex,
    #[serde(deserialize_with = "crate::pattern::ranks")]
    leads: Vec<RegexSet>,
    #[serde(deserialize_with = "crate::pattern::each")]
    about: Vec<Regex>,
    #[serde(deserialize_with = "crate::pattern::each")]
    staff: Vec<Regex>,
    #[serde(deserialize_with = "crate::pattern::any")]
    datasets: RegexSet,
    #[serde(deserialize_with = "crate::pattern::one")]
    screenshots: Regex,
    videos: Vec<String>,
    makers: Vec<String>,
    #[serde(deserialize_with = "crate::pattern::any")]
    manual: RegexSet,
    pub(super) least_manual: usize,
}

pub(super) static WORDS: LazyLock<Words> = LazyLock::new(|| match toml::from_str(include_str!("words.toml")) {
    Ok(words) => words,
    Err(error) => panic!("invariant: the bundled words on guides are well formed: {error}"),
});

/// An order, also one that begins with a place or a turn: "In the box, type …", "Then click …".
fn beginning<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Regex, D::Error> {
    let orders = Vec::<String>::deserialize(deserializer)?.join("|");
    let place = r"(?:(?:at|from|if|in|on|once|to|under|when|after)\b[^,.]{1,60},\s*)?";
    let turn = r"(?:(?:first|then|next|now|finally|and)\b[,:]?\s*)?";
    crate::pattern::compiled(&format!(r"^\W*{place}{turn}(?:{orders})\b"))
}

impl Words {
    /// Whether a sentence tells the reader to do something.
    pub(super) fn orders(&self, sentence: &str) -> bool {
        self.orders.is_match(sentence)
    }

    /// The number by which a step begins, and what follows it.
    pub(super) fn numbered<'t>(&self, text: &'t str) -> Option<(usize, &'t str)> {
        let found = self.numbered.captures(text)?;
        let number = found.get(1).or_else(|| found.get(2))?.as_str().parse().ok()?;
        Some((number, &text[found.get(0)?.end()..]))
    }

    /// How plainly words or an address speak of a guide; 0 is plainest.
    pub(super) fn leads(&self, words: &str) -> Option<usize> {
        self.leads.iter().position(|rank| rank.is_match(words))
    }

    /// How plainly the last part of an address does.
    pub(super) fn leads_there(&self, url: &Url) -> Option<usize> {
        self.leads(url.path_segments()?.rfind(|part| !part.is_empty())?)
    }

    /// The words that say that a text is about data.
    pub(super) fn about<'t>(&self, text: &'t str) -> Option<&'t str> {
        first(&self.about, text)
    }

    /// The words that say that a title is one of a guide for those who publish data.
    pub(super) fn staff<'t>(&self, title: &'t str) -> Option<&'t str> {
        first(&self.staff, title)
    }

    /// Whether an address is that of a dataset's page.
    pub(super) fn is_dataset(&self, url: &Url) -> bool {
        self.datasets.is_match(url.path())
    }

    /// Whether the markup of a picture says that it shows a screen.
    pub(super) fn is_screenshot(&self, markup: &str) -> bool {
        self.screenshots.is_match(markup)
    }

    /// Whether an address is that of a video.
    pub(super) fn is_video(&self, url: &Url) -> bool {
        stands_at(url, &self.videos)
    }

    /// Whether makers of platforms explain them there.
    pub(super) fn is_makers(&self, url: &Url) -> bool {
        stands_at(url, &self.makers)
    }

    /// How many different words of a manual for programmers a text has.
    pub(super) fn of_manual(&self, text: &str) -> usize {
        self.manual.matches(text).iter().count()
    }
}

fn first<'t>(patterns: &[Regex], text: &'t str) -> Option<&'t str> {
    patterns.iter().find_map(|pattern| Some(pattern.find(text)?.as_str()))
}

fn stands_at(url: &Url, hosts: &[String]) -> bool {
    let host = url.host_str().unwrap_or_default();
    hosts.iter().any(|one| host.strip_suffix(one.as_str()).is_some_and(|sub| sub.is_empty() || sub.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_told_from_statements() {
        for order in ["Click the map.", "Then select Filter", "In the search box, type trees.", "First, open the page"]
        {
            assert!(WORDS.orders(order), "{order}");
        }
        for statement in ["Openness is our principle.", "The map shows trees.", "Data is reviewed.", "Users click it"] {
            assert!(!WORDS.orders(statement), "{statement}");
        }
    }

    #[test]
    fn steps_are_numbered_in_several_ways() {
        assert_eq!(WORDS.numbered("Step 2: Click it"), Some((2, "Click it")));
        assert_eq!(WORDS.numbered("3) Save"), Some((3, "Save")));
        assert_eq!(WORDS.numbered("2026 was a good year"), None);
    }

    #[test]
    fn links_are_ranked_by_how_plainly_they_speak() {
        assert_eq!(WORDS.leads("How to use the tree map"), Some(0));
        assert_eq!(WORDS.leads("Help"), Some(1));
        assert_eq!(WORDS.leads("Budget"), None);
        let at = |url: &str| Url::parse(url).unwrap();
        assert_eq!(WORDS.leads_there(&at("https://data.example.gov/pages/getting-started/")), Some(1));
        assert!(WORDS.is_makers(&at("https://dev.socrata.com/docs/")));
        assert!(!WORDS.is_makers(&at("https://data.example.gov/docs/")));
        assert!(WORDS.is_dataset(&at("https://data.example.gov/d/abcd-1234")));
    }
}
