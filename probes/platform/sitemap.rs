//! The pages of datasets that a site's map lists: the last resort, where no interface answers.

use std::collections::BTreeSet;
use std::sync::Arc;

use quick_xml::Reader;
use quick_xml::events::Event;
use url::Url;

use crate::capture::{Capture, Captures};
use crate::kind::{self, Kind};
use crate::{html, text};

/// What it is called, in words.
pub(super) const INTERFACE: &str = "the pages of datasets in the site's map";

/// How much of a map is read, in bytes: the protocol's own bound.
const LARGEST: usize = 50 << 20;
/// The segments of a path behind which sites put the pages of their datasets.
const FOLDERS: &[&str] = &["dataset", "datasets", "data-set", "data-sets"];

/// What a map lists.
#[derive(Default)]
pub(super) struct Map {
    /// Pages of datasets on the map's own host, each once.
    pub(super) pages: Vec<Url>,
    /// Further maps on that host.
    pub(super) maps: Vec<Url>,
}

/// Where a site's map stands.
pub(super) fn address(base: &Url) -> Url {
    super::at(base, "sitemap.xml")
}

/// The map in an answered capture.
pub(super) fn of(captures: &Captures<'_>, capture: &Capture) -> Arc<Map> {
    captures.note(capture, |answered, body| {
        let bytes = body.and_then(|body| body.head(LARGEST).map_err(|error| error.to_string())).unwrap_or_default();
        read(&text::decode(&bytes, answered.headers.charset()).text, &answered.url)
    })
}

/// Whether a page links to pages of datasets on its own host, as the front of a catalogue does.
pub(super) fn is_spoken_of(captures: &Captures<'_>, page: &Capture, at: &Url) -> bool {
    page.success().is_ok()
        && kind::of(captures, page) == Kind::Html
        && html::Page::of(captures, page).links.iter().any(|link| is_dataset(&link.href, at))
}

fn is_dataset(url: &Url, at: &Url) -> bool {
    let mut segments = url.path_segments().into_iter().flatten().skip_while(|segment| !FOLDERS.contains(segment));
    url.host_str() == at.host_str() && segments.nth(1).is_some_and(|name| !name.is_empty())
}

fn read(map: &str, at: &Url) -> Map {
    let mut reader = Reader::from_str(map);
    let mut pages = BTreeSet::new();
    let mut map = Map::default();
    let (mut index, mut within) = (false, false);
    let mut written = String::new();
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => {
                index |= tag.local_name().as_ref() == "sitemapindex";
                within = tag.local_name().as_ref() == "loc";
                written.clear();
            }
            Ok(Event::Text(words)) if within => written.push_str(words.as_ref()),
            Ok(Event::GeneralRef(entity)) if within => {
                // The only one that addresses need.
                written.push_str(if entity.as_ref() == "amp" { "&" } else { "" });
            }
            Ok(Event::CData(words)) if within => written.push_str(words.as_ref()),
            Ok(Event::End(_)) if within => {
                within = false;
                let Ok(url) = at.join(written.trim()) else { continue };
                if index && url.host_str() == at.host_str() {
                    map.maps.push(url);
                } else if is_dataset(&url, at) {
                    pages.insert(url);
                }
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    map.pages = pages.into_iter().collect();
    map
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_datasets_are_told_from_others() {
        let map = r#"<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
            <url><loc>https://town.gov/dataset/trees?a=1&amp;b=2</loc></url>
            <url><loc> https://town.gov/dataset/trees?a=1&amp;b=2 </loc></url>
            <url><loc>https://town.gov/datasets/</loc></url>
            <url><loc>https://other.gov/dataset/trees</loc></url>
            <url><loc>https://town.gov/news/dataset-day</loc></url></urlset>"#;
        let at = Url::parse("https://town.gov/sitemap.xml").unwrap();
        let pages: Vec<String> = read(map, &at).pages.iter().map(Url::to_string).collect();
        assert_eq!(pages, ["https://town.gov/dataset/trees?a=1&b=2"]);
        let index = "<sitemapindex><sitemap><loc>https://town.gov/sitemap-2.xml</loc></sitemap></sitemapindex>";
        assert_eq!(read(index, &at).maps.len(), 1);
    }
}
