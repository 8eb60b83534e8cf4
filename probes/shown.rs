//! A page as it shows: as it was sent, or, where scripts have yet to write it, as a browser shows it.
//!
//! Without a browser the page stays as it was sent, and says by [`Page::shell`](crate::html::Page::shell) that it needs one.

use std::sync::Arc;

use crate::capture::{Capture, Captures, Need, Request};
use crate::obstacle;

/// The page that answers `request`, as it shows.
pub fn get(captures: &Captures<'_>, request: &Request) -> Result<Arc<Capture>, Need> {
    of(captures, captures.get(request)?)
}

/// The pages that answer all of `requests`, in order, as they show; or the need for all that lack.
pub fn all<'r>(
    captures: &Captures<'_>,
    requests: impl IntoIterator<Item = &'r Request>,
) -> Result<Vec<Arc<Capture>>, Need> {
    let mut shown = Vec::new();
    let mut need = Need::default();
    for capture in captures.all(requests)? {
        match of(captures, capture) {
            Ok(capture) => shown.push(capture),
            Err(lack) => need.merge(lack),
        }
    }
    if need == Need::default() { Ok(shown) } else { Err(need) }
}

/// `capture` itself, or what a browser makes of it if it is a page that scripts have yet to write.
pub fn of(captures: &Captures<'_>, capture: Arc<Capture>) -> Result<Arc<Capture>, Need> {
    let web = matches!(capture.request.url.scheme(), "http" | "https");
    // What stands in the way of a program is not got round by a browser.
    let empty = || obstacle::page(captures, &capture).is_ok_and(|page| page.shell().is_some());
    if capture.request.is_rendered() || !web || !empty() {
        return Ok(capture);
    }
    let rendered = captures.get(&capture.request.rendered())?;
    Ok(if rendered.answered().is_ok() { rendered } else { capture })
}
