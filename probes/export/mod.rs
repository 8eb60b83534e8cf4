//! Where platforms that show documents and tables in pages of their own give them as files; the places are data, in
//! `exports.toml`.

use std::sync::{Arc, LazyLock};

use regex::Regex;
use serde::Deserialize;
use url::Url;

use crate::capture::{Capture, Captures, Need, Request};
use crate::html::Page;
use crate::kind::{self, Kind};
use crate::probe::Target;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    exports: Vec<Export>,
    confirmations: Vec<Confirmation>,
}

/// A page that asks once more, and where the file is given out.
#[derive(Deserialize)]
struct Confirmation {
    /// Where its form is sent.
    #[serde(deserialize_with = "pattern")]
    form: Regex,
    #[serde(flatten)]
    export: Export,
}

#[derive(Deserialize)]
struct Export {
    /// For people.
    #[expect(dead_code, reason = "it names the rule to whoever reads the data")]
    of: String,
    #[serde(deserialize_with = "pattern")]
    host: Regex,
    #[serde(deserialize_with = "pattern")]
    path: Regex,
    /// Where the groups are in the query.
    #[serde(default, deserialize_with = "maybe")]
    query: Option<Regex>,
    to: Option<String>,
    set: Option<(String, String)>,
}

fn pattern<'d, D: serde::Deserializer<'d>>(from: D) -> Result<Regex, D::Error> {
    Regex::new(&String::deserialize(from)?).map_err(serde::de::Error::custom)
}

fn maybe<'d, D: serde::Deserializer<'d>>(from: D) -> Result<Option<Regex>, D::Error> {
    pattern(from).map(Some)
}

static PLACES: LazyLock<Written> = LazyLock::new(|| match toml::from_str(include_str!("exports.toml")) {
    Ok(written) => written,
    Err(error) => panic!("invariant: the bundled places are well formed: {error}"),
});

/// Where what is shown at `url` is given as a file, where it is known.
pub fn of(url: &Url) -> Option<Url> {
    PLACES.exports.iter().find_map(|export| export.of(url)).filter(|export| export != url)
}

/// What is given at such a place, past the page that asks once more before it gives out a large file.
pub fn file(captures: &Captures<'_>, url: &Url) -> Result<Arc<Capture>, Need> {
    let capture = captures.get(&Request::api(url))?;
    match confirmation(captures, &capture) {
        Some(url) => captures.get(&Request::api(&url)),
        None => Ok(capture),
    }
}

/// The answer that holds the data behind `target`: the file, where a platform shows it in a page of its own and gives it,
/// else what the link itself answers.
pub fn behind(captures: &Captures<'_>, target: &Target) -> Result<Arc<Capture>, Need> {
    if let Some(url) = of(&target.url) {
        let file = file(captures, &url)?;
        // Where the platform gives none of this, its page is all there is.
        if file.success().is_ok() && kind::of(captures, &file) != Kind::Html {
            return Ok(file);
        }
    }
    captures.get(&target.request())
}

fn confirmation(captures: &Captures<'_>, capture: &Capture) -> Option<Url> {
    let asked = &capture.request.url;
    let confirmation = PLACES.confirmations.iter().find_map(|one| Some((one, one.export.of(asked)?)));
    let (confirmation, url) = confirmation?;
    capture.success().ok()?;
    if kind::of(captures, capture) != Kind::Html {
        return None;
    }
    let page = Page::of(captures, capture);
    let mut actions = page.forms.iter().filter_map(|form| form.action.as_ref());
    actions.any(|action| confirmation.form.is_match(action.as_str())).then_some(url)
}

impl Export {
    fn of(&self, url: &Url) -> Option<Url> {
        if !self.host.is_match(url.host_str()?) || !self.path.is_match(url.path()) {
            return None;
        }
        if let Some((name, value)) = &self.set {
            let others: Vec<_> = url
                .query_pairs()
                .filter(|(key, _)| key != name)
                .map(|(a, b)| (a.into_owned(), b.into_owned()))
                .collect();
            let mut url = url.clone();
            url.query_pairs_mut().clear().extend_pairs(others).append_pair(name, value);
            return Some(url);
        }
        let found = match &self.query {
            Some(query) => query.captures(url.query()?)?,
            None => self.path.captures(url.path())?,
        };
        let mut to = String::new();
        found.expand(self.to.as_deref()?, &mut to);
        Url::parse(&to).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_exported_by_the_platform_that_shows_them() {
        let export = |url: &str| of(&Url::parse(url).unwrap()).map(String::from);
        let id = "1AbcDefGhiJkl-m_no";
        assert_eq!(
            export(&format!("https://docs.google.com/document/d/{id}/edit?usp=sharing")).unwrap(),
            format!("https://docs.google.com/document/d/{id}/export?format=pdf")
        );
        assert_eq!(
            export(&format!("https://drive.google.com/open?usp=x&id={id}")).unwrap(),
            format!("https://drive.google.com/uc?export=download&id={id}")
        );
        assert_eq!(export(&format!("https://docs.google.com/document/d/e/2PACX-{id}/pub")), None);
        assert_eq!(
            export("https://www.dropbox.com/scl/fi/abc/plan.pdf?rlkey=k&dl=0").unwrap(),
            "https://www.dropbox.com/scl/fi/abc/plan.pdf?rlkey=k&dl=1"
        );
        assert_eq!(export("https://www.dropbox.com/scl/fi/abc/plan.pdf?rlkey=k&dl=1"), None);
        assert_eq!(
            export("https://city.sharepoint.com/:b:/g/EaBc?e=1").unwrap(),
            "https://city.sharepoint.com/:b:/g/EaBc?e=1&download=1"
        );
        assert_eq!(
            export("https://onedrive.live.com/redir?resid=A%211&authkey=b").unwrap(),
            "https://onedrive.live.com/download?resid=A%211&authkey=b"
        );
        assert_eq!(
            export("https://github.com/city/policy/blob/main/README.md").unwrap(),
            "https://raw.githubusercontent.com/city/policy/main/README.md"
        );
        assert_eq!(export("https://www.example.gov/plan.pdf"), None);
    }
}
