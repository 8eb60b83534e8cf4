//! JKAN: a static site, whose list of datasets is a file.

use serde_json::Value;
use url::Url;

use super::Platform;
use super::form::Form;
use crate::dcat::Dataset;
use crate::json::{list, pick, text};

/// `/datasets.json`
pub(super) static DATASETS: Form = Form {
    name: "JKAN's list of datasets",
    platform: Platform::Jkan,
    records: "",
    nested: &[],
    claimed: None,
    known_by: |first, _| {
        ["title", "organization", "notes"].iter().all(|key| first.get(key).is_some())
            && first.get("resources").is_none()
    },
    dataset,
};

/// The address of the list.
pub(super) fn datasets(base: &Url) -> Url {
    super::at(base, "datasets.json")
}

fn dataset(record: &Value, base: &Url) -> Option<Dataset> {
    record.as_object()?;
    let url = text(pick(record, "url"));
    let landing = base.join(&url).ok().filter(|_| !url.is_empty() && base.scheme() != "file");
    Some(Dataset {
        identifier: url,
        title: text(pick(record, "title")),
        description: text(pick(record, "notes")),
        themes: list(pick(record, "category")),
        publisher: text(pick(record, "organization")),
        landing_page: landing.map(String::from).unwrap_or_default(),
        ..Dataset::default()
    })
}
