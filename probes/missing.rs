//! Soft 404s: a page that answers 200 is held against a path beside it that cannot exist.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::RegexSet;
use serde::Deserialize;
use url::Url;

use crate::capture::{Answered, Capture, Captures, Cut, Need, Request, short_hash};
use crate::finding::{Evidence, Locus};
use crate::html::Page;
use crate::shown;

/// What a page and its control say together.
pub enum Told {
    /// The page is what the server shows for anything that is not there.
    Missing {
        /// How that was told.
        basis: String,
        /// Where it shows.
        evidence: Vec<Evidence>,
    },
    /// The page is its own; how that was told.
    There(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Signs {
    #[serde(deserialize_with = "crate::pattern::any")]
    not_found: RegexSet,
}

static SIGNS: LazyLock<Signs> = LazyLock::new(|| match toml::from_str(include_str!("missing/signs.toml")) {
    Ok(signs) => signs,
    Err(error) => panic!("invariant: the bundled signs are well formed: {error}"),
});

/// Whether a page and its control say nearly the same, found once for all probes; none where the page has no words.
struct Alike(Option<bool>);

/// How much of the control is fetched, in bytes.
const CONTROL: u64 = 65536;
/// The share of word sequences, in percent, that two pages which are the same have in common.
const SAME: usize = 90;
/// How many words follow each other in a sequence.
const SEQUENCE: usize = 4;

/// Whether the page in `capture` is there, or is only what the server shows for whatever is not.
pub fn compare(captures: &Captures<'_>, capture: &Capture) -> Result<Told, Need> {
    let Ok(answered) = capture.answered() else { return Ok(Told::There("nothing answered".to_owned())) };
    let page = Page::of(captures, capture);
    if let Some((locus, words)) = says_not_found(&page) {
        let basis = "the page itself says so".to_owned();
        return Ok(Told::Missing { basis, evidence: vec![Evidence::new(&capture.id, locus, words)] });
    }
    let Some(url) = beside(&capture.request.url) else {
        return Ok(Told::There("the root of a site needs no control".to_owned()));
    };
    let mut control = captures.get(&Request::discovered(&url).first(CONTROL))?;
    if capture.request.is_rendered() {
        // Sites that scripts write send the same shell for every path: what they show there tells.
        control = shown::of(captures, control)?;
    }
    let whole = |capture: &Capture| Evidence::new(&capture.id, Locus::Exchange, "");
    let evidence = || vec![whole(capture), whole(&control)];
    let Ok(other) = control.answered() else {
        return Ok(without(capture, answered));
    };
    if !(200..300).contains(&other.status) {
        return Ok(Told::There(format!("a path that cannot exist answers {}", other.status)));
    }
    if !capture.hops.is_empty() && !control.hops.is_empty() && other.url == answered.url {
        let basis = format!("a path that cannot exist leads to the same page, {}", other.url);
        return Ok(Told::Missing { basis, evidence: evidence() });
    }
    let other_page = Page::of(captures, &control);
    if page.shell().is_some() && other_page.shell().is_some() {
        return Ok(Told::There("same-shell".to_owned()));
    }
    if let Some(cause) = page.refused.as_ref().or(other_page.refused.as_ref()) {
        return Ok(Told::There(format!("the page and its control could not be compared: {cause}")));
    }
    let cut = other.body.cut == Some(Cut::Asked);
    let both = captures.together(std::slice::from_ref(&control), &capture.id.0, || {
        let (ours, theirs) = (words(&page, &capture.request.url), words(&other_page, &control.request.url));
        Alike((!ours.is_empty()).then(|| alike(ours, &theirs, cut)))
    });
    let Some(alike) = both.0 else {
        return Ok(Told::There("the page has no words to compare".to_owned()));
    };
    if alike {
        let basis = "a path that cannot exist shows the same page".to_owned();
        return Ok(Told::Missing { basis, evidence: evidence() });
    }
    Ok(Told::There("a path that cannot exist shows another page".to_owned()))
}

/// Without a control, only a deep link that ends at a site's root is suspect.
fn without(capture: &Capture, answered: &Answered) -> Told {
    let deep = capture.request.url.path() != "/";
    if deep && !capture.hops.is_empty() && answered.url.path() == "/" && answered.url.query().is_none() {
        let evidence = vec![Evidence::new(&capture.id, Locus::Url, answered.url.as_str())];
        return Told::Missing { basis: "it leads to the root of a site".to_owned(), evidence };
    }
    Told::There("no control could be fetched".to_owned())
}

/// Whether a title or heading says that nothing is there.
fn is_not_found(words: &str) -> bool {
    SIGNS.not_found.is_match(words)
}

/// The title, or a heading of the first two ranks, that says nothing is there.
fn says_not_found(page: &Page) -> Option<(Locus, &str)> {
    if is_not_found(&page.title) {
        return Some((Locus::Selector("title".to_owned()), &page.title));
    }
    page.blocks
        .iter()
        .find(|block| matches!(block.heading, Some(1 | 2)) && !block.chrome && is_not_found(&block.text))
        .map(|block| (Locus::Selector(block.selector.clone()), block.text.as_str()))
}

/// A path beside `url` that cannot exist, the same in every run; `None` at the root of a site, and for a file.
fn beside(url: &Url) -> Option<Url> {
    if url.scheme() == "file" {
        return None;
    }
    let path = url.path().trim_end_matches('/');
    let (folder, _) = path.rsplit_once('/')?;
    let mut beside = url.clone();
    beside.set_path(&format!("{folder}/no-such-page-{}", short_hash(url.as_str().as_bytes())));
    beside.set_query(None);
    Some(beside)
}

/// The page's words, without those that only repeat the address asked for.
fn words(page: &Page, url: &Url) -> Vec<String> {
    let own = url.path().trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_lowercase();
    let words = page.text().to_lowercase();
    words.split_whitespace().filter(|word| own.is_empty() || !word.contains(&own)).map(str::to_owned).collect()
}

/// Whether two pages say nearly the same; a control that was cut is held against as much of the page.
fn alike(mut ours: Vec<String>, theirs: &[String], cut: bool) -> bool {
    if cut {
        ours.truncate(theirs.len());
    }
    if ours.len() < SEQUENCE || theirs.len() < SEQUENCE {
        return ours == *theirs;
    }
    let sequences = |words: &[String]| words.windows(SEQUENCE).map(<[String]>::to_vec).collect::<BTreeSet<_>>();
    let (ours, theirs) = (sequences(&ours), sequences(theirs));
    let common = ours.intersection(&theirs).count();
    let all = ours.len() + theirs.len() - common;
    common * 100 >= all * SAME
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
            assert!(is_not_found(title), "{title}");
        }
        for title in ["Lost and found", "Permits at 404 Main Street", "Budget 2026"] {
            assert!(!is_not_found(title), "{title}");
        }
    }

    #[test]
    fn the_control_stands_beside_the_link() {
        let beside = |url: &str| beside(&Url::parse(url).unwrap()).map(|url| url.path().to_owned());
        assert_eq!(beside("https://example.org/"), None);
        assert_eq!(beside("https://example.org"), None);
        assert!(beside("https://example.org/a/b/?x=1").unwrap().starts_with("/a/no-such-page-"));
        assert!(beside("https://example.org/a").unwrap().starts_with("/no-such-page-"));
        assert_ne!(beside("https://example.org/a"), beside("https://example.org/b"));
    }

    #[test]
    fn pages_are_alike_but_for_a_word_or_two() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let long = "one two three four five six seven eight nine ten ".repeat(5);
        assert!(alike(words(&long), &words(&long), false));
        assert!(!alike(
            words("a city budget of the year 2026 with tables"),
            &words("sorry there is nothing here to see"),
            false
        ));
        assert!(!alike(words("x"), &words("y"), false));
    }
}
