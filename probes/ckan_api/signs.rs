//! What says that a page was made by CKAN, and where that CKAN stands.

use url::Url;

use crate::capture::{Capture, Captures};
use crate::finding::{Evidence, Locus};
use crate::html::Page;
use crate::kind::{self, Kind};
use crate::probe::Target;

/// The signs on a target's page and in its address.
#[derive(Default)]
pub(super) struct Signs {
    /// Whether one of them is CKAN's own name.
    pub(super) certain: bool,
    /// Whether the target is itself a call of the API.
    pub(super) api_path: bool,
    /// Paths at which CKAN may stand, each ending in a slash.
    pub(super) bases: Vec<String>,
    pub(super) evidence: Vec<Evidence>,
}

impl Signs {
    pub(super) fn of(captures: &Captures<'_>, target: &Target, page: &Capture) -> Self {
        let mut signs = Self::default();
        let Ok(answered) = page.answered() else {
            signs.path(target.url.path());
            return signs;
        };
        let field = "access-control-allow-headers";
        if answered.headers.get(field).is_some_and(|value| value.to_ascii_uppercase().contains("X-CKAN-API-KEY")) {
            signs.certain = true;
            signs.evidence.push(Evidence::new(&page.id, Locus::Header(field.to_owned()), "X-CKAN-API-KEY"));
            if answered.headers.get(field).is_some_and(|value| !value.contains("X-CKAN-API-KEY")) {
                signs.evidence.pop();
            }
        }
        if kind::of(captures, page) == Kind::Html {
            let html = Page::of(captures, page);
            if let Some(generator) = html.generator.as_deref().filter(|made| made.to_lowercase().starts_with("ckan")) {
                signs.certain = true;
                let locus = Locus::Selector("meta[name=generator]".to_owned());
                signs.evidence.push(Evidence::new(&page.id, locus, generator));
                signs.bases.push("/".to_owned());
            }
            for source in &html.scripts {
                let Ok(source) = html.base.join(source) else { continue };
                let Some(at) = source.path().find("/webassets/").or_else(|| source.path().find("/fanstatic/")) else {
                    continue;
                };
                if source.host_str() == answered.url.host_str() {
                    signs.bases.insert(0, source.path()[..=at].to_owned());
                    break;
                }
            }
        }
        signs.path(answered.url.path());
        signs
    }

    fn path(&mut self, path: &str) {
        for part in ["/api/3", "/api/action", "/dataset"] {
            let Some(at) = path.find(part) else { continue };
            if path[at + part.len()..].chars().next().is_none_or(|next| next == '/') {
                self.api_path |= part != "/dataset";
                self.bases.push(path[..=at].to_owned());
                return;
            }
        }
    }

    /// Where to ask, at most two places: where the signs point, then the host's root.
    pub(super) fn places(&self, page: &Capture, target: &Target) -> Vec<Url> {
        let origin = page.answered().map_or(&target.url, |answered| &answered.url);
        let mut paths: Vec<&str> = Vec::new();
        for path in self.bases.iter().map(String::as_str).take(1).chain(["/"]) {
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
        let at = |path: &str| {
            let mut url = origin.clone();
            url.set_path(path);
            url.set_query(None);
            url.set_fragment(None);
            url
        };
        paths.into_iter().map(at).collect()
    }
}
