//! Where portals on a platform usually keep a page of some kind.

use std::sync::{Arc, LazyLock};

use serde::Deserialize;

use super::{Platform, detect, evident};
use crate::capture::{Capture, Captures, Need, Request};
use crate::missing::{self, Told};
use crate::probe::Target;

/// What is kept in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keeps {
    /// A way to write to those who keep the portal.
    Asking,
    /// Guides for users.
    Guides,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    places: Vec<Places>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Places {
    platform: Platform,
    keeps: Keeps,
    paths: Vec<String>,
}

static PLACES: LazyLock<Vec<Places>> = LazyLock::new(|| match toml::from_str::<Table>(include_str!("places.toml")) {
    Ok(table) => table.places,
    Err(error) => panic!("invariant: the bundled table of places is well formed: {error}"),
});

/// The pages in the usual places of the portal behind `target`, where the link alone speaks of a platform; that nothing
/// stands there says nothing.
pub fn in_places(target: &Target, captures: &Captures<'_>, keeps: Keeps) -> Result<Vec<Arc<Capture>>, Need> {
    if !evident(target, captures)? {
        return Ok(Vec::new());
    }
    let detected = detect(target, captures)?;
    let Some(seen) = detected.platforms.first() else { return Ok(Vec::new()) };
    let here = |places: &&Places| places.platform == seen.platform && places.keeps == keeps;
    let paths = PLACES.iter().filter(here).flat_map(|places| &places.paths);
    let requests: Vec<Request> =
        paths.filter_map(|path| seen.base.join(path).ok()).map(|url| Request::discovered(&url)).collect();
    let mut need = Need::default();
    let mut there = Vec::new();
    for answer in captures.all(&requests)?.into_iter().filter(|answer| answer.success().is_ok()) {
        match missing::compare(captures, &answer) {
            Ok(Told::There(_)) => there.push(answer),
            Ok(Told::Missing { .. }) => {}
            Err(lack) => need.merge(lack),
        }
    }
    if need == Need::default() { Ok(there) } else { Err(need) }
}
