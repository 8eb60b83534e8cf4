//! What a CKAN counts of the views of its datasets: its search leaves that out, each dataset tells it when asked.

use std::sync::Arc;

use super::{Catalogue, Platform, ckan};
use crate::capture::{Capture, Captures, Need, Request};
use crate::dcat::Used;
use crate::finding::{Evidence, Locus};
use crate::json::{self, count, pick};

/// How many datasets are asked.
const ASKED: usize = 10;
/// Where the count stands.
const TOTAL: &str = "/result/tracking_summary/total";

/// Views of some datasets of `catalogue`, the same ones each time, and where each is told; none where its CKAN counts none.
///
/// A CKAN that does not count says nought of every dataset, so noughts alone say nothing.
pub fn tracked(catalogue: &Catalogue, captures: &Captures<'_>) -> Result<Vec<(Used, Evidence)>, Need> {
    if catalogue.platform != Platform::Ckan || catalogue.base.scheme() == "file" {
        return Ok(Vec::new());
    }
    let datasets: Vec<_> = catalogue.profile.sample().filter(|one| !one.identifier.is_empty()).take(ASKED).collect();
    let ask = |id: &str| -> Request {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let query = query.append_pair("id", id).append_pair("include_tracking", "true").finish();
        catalogue.standing.ask(&ckan::action(&catalogue.base, "package_show", &query))
    };
    let requests: Vec<Request> = datasets.iter().map(|one| ask(&one.identifier)).collect();
    // The first one tells whether asking the others is of any use.
    let Some(first) = requests.first() else { return Ok(Vec::new()) };
    if views(captures, &captures.get(first)?).is_none() {
        return Ok(Vec::new());
    }
    let mut told = Vec::new();
    for (dataset, answer) in datasets.iter().zip(captures.all(&requests)?) {
        let Some(views) = views(captures, &answer) else { continue };
        let evidence = Evidence::new(&answer.id, Locus::Pointer(TOTAL.to_owned()), views.to_string());
        told.push((Used { title: dataset.title.clone(), views: Some(views), downloads: None }, evidence));
    }
    if told.iter().all(|(used, _)| used.views == Some(0)) {
        told.clear();
    }
    Ok(told)
}

fn views(captures: &Captures<'_>, answer: &Arc<Capture>) -> Option<u64> {
    answer.success().ok()?;
    let whole = json::of(captures, answer);
    count(pick(whole.as_ref().as_ref().ok()?, TOTAL.trim_start_matches('/')))
}
