//! Opendatasoft (Huwise): the Explore API, and the search of its first version.

use serde_json::Value;
use url::Url;

use super::Platform;
use super::form::Form;
use crate::dcat::{Columns, Contact, Dataset, Distribution, Licence};
use crate::json::{OrText as _, count, list, pick, text};

/// `/api/explore/v2.1/catalog/datasets`
pub(super) static CATALOG: Form = Form {
    name: "Opendatasoft's Explore API",
    platform: Platform::Opendatasoft,
    records: "/results",
    nested: &[],
    claimed: Some("/total_count"),
    known_by: |first, members| {
        members.plain.contains_key("/total_count") && (first.is_null() || first.get("dataset_id").is_some())
    },
    dataset: |record, base| dataset(record, &text(pick(record, "dataset_id")), pick(record, "metas/default"), base),
};

/// `/api/datasets/1.0/search`
pub(super) static SEARCH: Form = Form {
    name: "Opendatasoft's search",
    platform: Platform::Opendatasoft,
    records: "/datasets",
    nested: &[],
    claimed: Some("/nhits"),
    known_by: |first, members| {
        members.plain.contains_key("/nhits") && (first.is_null() || first.get("datasetid").is_some())
    },
    dataset: |record, base| dataset(record, &text(pick(record, "datasetid")), pick(record, "metas"), base),
};

/// The most records that a page may be asked for.
pub(super) const PAGE: u64 = 100;
/// How far paging reaches.
pub(super) const REACH: u64 = 10_000;

/// The address of the page behind `offset` records, oldest first, of those changed since `since`.
pub(super) fn page(base: &Url, offset: u64, since: Option<&str>) -> Url {
    let mut url = super::at(base, "api/explore/v2.1/catalog/datasets");
    let mut query = format!("limit={PAGE}&offset={offset}&order_by=modified%20asc");
    if let Some(since) = since.map(|since| since.replace('+', "%2B")) {
        query = format!("{query}&where=modified%20%3E%3D%20date'{since}'");
    }
    url.set_query(Some(&query));
    url
}

/// The address of a page of the search of the first version, behind `offset` records.
pub(super) fn search(base: &Url, offset: u64) -> Url {
    let mut url = super::at(base, "api/datasets/1.0/search/");
    url.set_query(Some(&format!("rows={PAGE}&start={offset}")));
    url
}

fn dataset(record: &Value, id: &str, metas: &Value, base: &Url) -> Option<Dataset> {
    if id.is_empty() {
        return None;
    }
    let dcat = pick(record, "metas/dcat");
    let columns = pick(record, "fields").as_array().filter(|fields| !fields.is_empty()).map(|fields| Columns {
        all: fields.len() as u64,
        described: fields.iter().filter(|field| !text(pick(field, "description")).is_empty()).count() as u64,
    });
    let web = base.scheme() != "file";
    let mut distributions = Vec::new();
    if web && pick(record, "has_records").as_bool().unwrap_or(true) {
        for (format, media_type, service) in [("CSV", "text/csv", false), ("JSON", "application/json", true)] {
            let path = format!("api/explore/v2.1/catalog/datasets/{id}/exports/{}", format.to_lowercase());
            distributions.push(Distribution {
                download_url: super::at(base, &path).to_string(),
                format: format.to_owned(),
                media_type: media_type.to_owned(),
                derived: true,
                service,
                ..Distribution::default()
            });
        }
    }
    for list in ["alternative_exports", "attachments"] {
        for file in pick(record, list).as_array().into_iter().flatten() {
            distributions.push(Distribution {
                title: text(pick(file, "title")),
                description: text(pick(file, "description")),
                download_url: text(pick(file, "url")),
                media_type: text(pick(file, "mimetype")),
                ..Distribution::default()
            });
        }
    }
    Some(Dataset {
        identifier: id.to_owned(),
        title: text(pick(metas, "title")),
        description: text(pick(metas, "description")),
        keywords: list(pick(metas, "keyword")),
        themes: list(pick(metas, "theme")),
        publisher: text(pick(metas, "publisher")).or_text(|| text(pick(dcat, "creator"))),
        contact: Contact {
            name: text(pick(dcat, "contact_name")),
            email: Contact::address(&text(pick(dcat, "contact_email"))),
            page: String::new(),
        },
        licence: Licence { name: text(pick(metas, "license")), url: text(pick(metas, "license_url")) },
        issued: text(pick(dcat, "issued")).or_text(|| text(pick(dcat, "created"))),
        modified: text(pick(metas, "modified")),
        data_modified: text(pick(metas, "data_processed")),
        frequency: text(pick(dcat, "accrualperiodicity")),
        spatial: text(pick(dcat, "spatial")).or_text(|| text(pick(metas, "territory"))),
        temporal: text(pick(dcat, "temporal")),
        language: text(pick(metas, "language")),
        landing_page: if web { super::at(base, &format!("explore/dataset/{id}/")).to_string() } else { String::new() },
        federated_from: text(pick(metas, "source_domain")),
        columns,
        column_names: pick(record, "fields")
            .as_array()
            .into_iter()
            .flatten()
            .map(|field| text(pick(field, "name")))
            .collect(),
        downloads: count(pick(record, "metas/explore/download_count")),
        distributions,
        ..Dataset::default()
    })
}
