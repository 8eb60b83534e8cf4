//! A link to the page of one dataset on a platform: the dataset, as its platform tells of it.

use url::Url;

use super::{Platform, ckan, signs, socrata};
use crate::capture::{Captures, Need, Request};
use crate::dcat::Dataset;
use crate::json;
use crate::kind::{self, Kind};
use crate::probe::Target;
use crate::row_api::four_by_four;

/// What a link says of one dataset.
pub enum One {
    /// It leads to this one.
    Dataset(Box<Dataset>),
    /// It leads to one of which nothing could be seen, and why.
    Unseen(String),
    /// It leads to no page of one dataset that we know.
    None,
}

/// The dataset whose page `target` is, by the marks of its platform and the form of the address.
pub fn one(target: &Target, captures: &Captures<'_>) -> Result<One, Need> {
    let page = captures.get(&target.request())?;
    let Ok(answered) = page.success() else { return Ok(One::None) };
    if target.is_file() || kind::of(captures, &page) != Kind::Html {
        return Ok(One::None);
    }
    let url = &answered.url;
    let made_by =
        |platform| signs::on_page(captures, &page).iter().any(|hint| hint.certain && hint.platform == platform);
    let last = url.path().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    if four_by_four(last) && made_by(Platform::Socrata) {
        let host = url.host_str().unwrap_or_default();
        let distributions = socrata::tables(host, last, "dataset");
        return Ok(One::Dataset(Box::new(Dataset {
            identifier: last.to_owned(),
            distributions,
            ..Dataset::default()
        })));
    }
    if let Some(name) = package(url).filter(|_| made_by(Platform::Ckan)) {
        let base = ckan::base(captures, &page, url);
        let shown = captures.get(&Request::api(&ckan::action(&base, "package_show", &format!("id={name}"))))?;
        if let Err(cause) = shown.success() {
            return Ok(One::Unseen(format!("{}: {cause}", shown.request.url)));
        }
        let answer = json::of(captures, &shown);
        let dataset = answer.as_ref().as_ref().ok().and_then(|it| ckan::dataset(json::pick(it, "result"), &base));
        return Ok(match dataset {
            Some(dataset) => One::Dataset(Box::new(dataset)),
            None => One::Unseen(format!("{}: it shows no dataset", shown.request.url)),
        });
    }
    Ok(One::None)
}

/// The name of the package in the address of its page: `/dataset/trees`, and not of a list or a resource below.
fn package(url: &Url) -> Option<&str> {
    let (_, below) = url.path().split_once("/dataset/")?;
    let name = below.split('/').next().filter(|name| !name.is_empty())?;
    let rest = below[name.len()..].trim_matches('/');
    (rest.is_empty() || rest.starts_with("resource/")).then_some(name)
}
