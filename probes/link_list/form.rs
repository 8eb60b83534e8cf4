//! In which form a link tells the public something: by its host and path, as `forms.toml` has it.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;
use url::Url;

use crate::site;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    forms: Vec<Form>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    id: String,
    hosts: Vec<String>,
    #[serde(default, deserialize_with = "crate::pattern::maybe")]
    path: Option<Regex>,
    /// Whether only the city's own site can be this.
    #[serde(default)]
    own: bool,
}

static FILE: LazyLock<File> =
    LazyLock::new(|| toml::from_str(include_str!("forms.toml")).expect("invariant: the bundled forms are well formed"));

/// The form of what is at `url`, in a list that stands at `list`.
pub(super) fn of(url: &Url, list: &Url) -> &'static str {
    let host = url.host_str().unwrap_or_default();
    let own = site::same(url, list);
    let at_host =
        |wanted: &String| host == wanted || host.strip_suffix(wanted.as_str()).is_some_and(|sub| sub.ends_with('.'));
    let fits = |form: &&Form| {
        let by_path = || form.path.as_ref().is_some_and(|path| path.is_match(url.path())) && (own || !form.own);
        form.hosts.iter().any(at_host) || by_path()
    };
    let known = FILE.forms.iter().find(fits).map(|form| form.id.as_str());
    known.unwrap_or(if own { "own" } else { "news" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_told_by_host_and_path() {
        let list = Url::parse("https://www.harborview.gov/media").unwrap();
        for (url, form) in [
            ("https://x.com/mayor/status/1", "social"),
            ("https://www.youtube.com/watch?v=1", "video"),
            ("https://www.harborview.gov/news/2026/03/potholes", "press-release"),
            ("https://tribune.example/news/potholes", "news"),
            ("https://www.harborview.gov/parks", "own"),
            ("https://notx.com/a", "news"),
        ] {
            assert_eq!(of(&Url::parse(url).unwrap(), &list), form, "{url}");
        }
    }
}
