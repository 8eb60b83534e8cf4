//! DCAT in RDF, as European portals and CKAN's and udata's feeds write it.

use std::sync::Arc;

use serde::Deserialize as _;
use serde_json::Value;
use url::Url;

use crate::capture::{Capture, Captures, Form, Need, Unreadable};
use crate::dcat::Dataset;
use crate::html;
use crate::json::{count, pick, text};
use crate::kind::{self, Kind};
use crate::rdf::{self, Rdf};

/// What it is called, in words.
pub(super) const INTERFACE: &str = "DCAT in RDF";

/// How much of a document is searched for DCAT's terms, in bytes.
const HEAD: usize = 256 * 1024;
/// Media types of RDF.
const MEDIA_TYPES: &[&str] = &["text/turtle", "application/rdf+xml", "application/ld+json", "application/n-triples"];

/// Whether an answered document speaks of DCAT in a form that may be RDF.
pub(super) fn may_be(captures: &Captures<'_>, capture: &Capture) -> bool {
    let Ok(head) = captures.body(capture).and_then(|body| body.head(HEAD).map_err(|error| error.to_string())) else {
        return false;
    };
    // The vocabulary's own address, or that of its context in JSON-LD.
    let dcat = b"www.w3.org/ns/dcat";
    !matches!(kind::of(captures, capture), Kind::Html) && head.windows(dcat.len()).any(|window| window == dcat)
}

/// What a document lists, as the child process read it.
pub(super) fn listing(captures: &Captures<'_>, capture: &Capture) -> Result<Arc<Form>, Need> {
    captures.form(capture, &Rdf)
}

/// Whether that is a list of datasets, or a page of one, as far as it was read.
pub(super) fn lists(listing: &Value) -> bool {
    pick(listing, "catalogue").as_bool() == Some(true)
        || pick(listing, "datasets").get(0).is_some()
        || !pick(listing, "refused").is_null()
}

/// Why a document could not be seen, where that is no fault of its own.
pub(super) fn unseen(listing: &Form) -> Option<String> {
    match listing {
        Ok(listing) => Some(text(pick(listing, "refused"))).filter(|cause| !cause.is_empty()),
        Err(Unreadable::Broke(cause)) => Some(cause.clone()),
        Err(Unreadable::Malformed(_)) => None,
    }
}

/// How many datasets it says there are.
pub(super) fn claimed(listing: &Value) -> Option<u64> {
    count(pick(listing, "claimed"))
}

/// Where the next page is.
pub(super) fn next(listing: &Value, page: &Url) -> Option<Url> {
    let next = text(pick(listing, "next"));
    page.join(rdf::written(&next)).ok().filter(|_| !next.is_empty())
}

/// What was passed over in it.
pub(super) fn faults(listing: &Value) -> Option<String> {
    let faults = count(pick(listing, "faults")).filter(|faults| *faults > 0)?;
    Some(format!("{faults} of its statements cannot be read, the first: {}", text(pick(listing, "fault"))))
}

/// Hands its datasets to `each`, with their addresses in full.
pub(super) fn datasets(listing: &Value, page: &Url, each: &mut dyn FnMut(Dataset)) {
    let whole = |address: &mut String| {
        if !address.is_empty()
            && let Ok(url) = page.join(rdf::written(address))
        {
            *address = url.to_string();
        }
    };
    for dataset in pick(listing, "datasets").as_array().into_iter().flatten() {
        let Ok(mut dataset) = Dataset::deserialize(dataset) else { continue };
        whole(&mut dataset.landing_page);
        for distribution in &mut dataset.distributions {
            whole(&mut distribution.access_url);
            whole(&mut distribution.download_url);
        }
        each(dataset);
    }
}

/// Where a page says that its catalogue stands in RDF.
pub(super) fn alternate(captures: &Captures<'_>, page: &Capture) -> Option<Url> {
    let page = html::Page::of(captures, page);
    let is_rdf = |(media_type, _): &&(String, Url)| MEDIA_TYPES.contains(&media_type.as_str());
    page.alternates.iter().find(is_rdf).map(|(_, url)| url.clone())
}
