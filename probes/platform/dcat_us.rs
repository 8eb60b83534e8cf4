//! DCAT-US (Project Open Data) `data.json`: versions 1.1 and 3.0, and the bare list of version 1.0.

use serde_json::Value;
use url::Url;

use super::Platform;
use super::form::Form;
use crate::dcat::{Contact, Dataset, Distribution, Licence};
use crate::json::{OrText as _, count, list, pick, text};

/// An object with a list of datasets.
pub(super) static CATALOG: Form = Form {
    name: "a DCAT-US catalogue",
    platform: Platform::DataJson,
    records: "/dataset",
    nested: &["/catalog", "/datasetSeries"],
    claimed: None,
    known_by: |first, members| {
        let says =
            ["/conformsTo", "/describedBy", "/@context", "/@type"].iter().any(|key| members.plain.contains_key(*key));
        is_dataset(first) || (says && (first.is_null() || first.is_object()))
    },
    dataset,
};

/// A bare list of datasets.
pub(super) static BARE: Form = Form {
    name: "a bare list of DCAT-US datasets",
    platform: Platform::DataJson,
    records: "",
    nested: &[],
    claimed: None,
    known_by: |first, _| {
        is_dataset(first) && ["accessLevel", "keyword", "modified"].iter().any(|key| first.get(key).is_some())
    },
    dataset,
};

fn is_dataset(record: &Value) -> bool {
    let has = |key: &str| record.get(key).is_some();
    has("title") && (has("description") || has("identifier") || has("distribution"))
}

/// Hands each dataset within a nested catalogue or a series to `each`.
pub(super) fn within(record: &Value, each: &mut dyn FnMut(&Value)) {
    for list in ["dataset", "seriesMember"] {
        pick(record, list).as_array().into_iter().flatten().filter(|one| one.is_object()).for_each(&mut *each);
    }
    for list in ["catalog", "datasetSeries"] {
        for inner in pick(record, list).as_array().into_iter().flatten() {
            within(inner, each);
        }
    }
}

/// A dataset of DCAT-US.
pub(super) fn dataset(record: &Value, _: &Url) -> Option<Dataset> {
    record.as_object()?;
    let contact = first(pick(record, "contactPoint"));
    let email = text(pick(contact, "hasEmail"));
    let licence = text(pick(record, "license"));
    let distributions = pick(record, "distribution");
    let distributions = distributions.as_array().map_or(std::slice::from_ref(distributions), Vec::as_slice);
    Some(Dataset {
        identifier: text(pick(record, "identifier")).or_text(|| text(pick(record, "@id"))),
        title: text(pick(record, "title")),
        description: text(pick(record, "description")),
        keywords: list(pick(record, "keyword")),
        themes: list(pick(record, "theme")),
        publisher: text(pick(first(pick(record, "publisher")), "name")).or_text(|| plain(pick(record, "publisher"))),
        contact: Contact {
            // Version 1.0 had them as fields of the dataset.
            name: text(pick(contact, "fn")).or_text(|| plain(contact)),
            email: Contact::address(&email.or_text(|| text(pick(record, "mbox")))),
            page: text(pick(contact, "hasURL")),
        },
        licence: Licence::written(&licence),
        rights: text(pick(record, "rights")),
        access_level: text(pick(record, "accessLevel")),
        access_rights: text(pick(record, "accessRights")),
        issued: text(pick(record, "issued")),
        modified: text(pick(record, "modified")),
        frequency: text(pick(record, "accrualPeriodicity")),
        spatial: place(pick(record, "spatial")),
        temporal: place(pick(record, "temporal")),
        language: text(pick(record, "language")),
        landing_page: text(pick(record, "landingPage")),
        conforms_to: text(pick(record, "conformsTo")),
        distributions: distributions.iter().filter(|one| one.is_object()).map(distribution).collect(),
        ..Dataset::default()
    })
}

fn distribution(record: &Value) -> Distribution {
    let format = text(pick(record, "format"));
    Distribution {
        title: text(pick(record, "title")),
        description: text(pick(record, "description")),
        access_url: text(pick(record, "accessURL")),
        download_url: text(pick(record, "downloadURL")),
        service: ["api", "rest"].iter().any(|word| format.to_lowercase().split_whitespace().any(|one| one == *word)),
        format,
        media_type: text(pick(record, "mediaType")),
        bytes: count(pick(record, "byteSize")),
        licence: Licence::written(&text(pick(record, "license"))),
        rights: text(pick(record, "rights")),
        issued: text(pick(record, "issued")),
        modified: text(pick(record, "modified")),
        availability: text(pick(record, "availability")),
        conforms_to: text(pick(record, "conformsTo")),
        rows_at: String::new(),
        derived: false,
    }
}

/// The value, or the first of a list.
fn first(value: &Value) -> &Value {
    value.as_array().and_then(|values| values.first()).unwrap_or(value)
}

fn plain(value: &Value) -> String {
    value.as_str().map(|text| text.trim().to_owned()).unwrap_or_default()
}

/// Words, or a place or period written as an object: its own JSON.
fn place(value: &Value) -> String {
    match first(value) {
        Value::Object(members) if !members.is_empty() => first(value).to_string(),
        value => text(value),
    }
}
