//! `GeoNode`: the API of its version 2.

use serde_json::Value;
use url::Url;

use super::Platform;
use super::form::Form;
use crate::dcat::{Contact, Dataset, Distribution, Licence};
use crate::json::{list, pick, text};

/// `/api/v2/datasets`
pub(super) static DATASETS: Form = Form {
    name: "GeoNode's API",
    platform: Platform::Geonode,
    records: "/datasets",
    nested: &[],
    claimed: Some("/total"),
    known_by: |first, members| {
        members.plain.contains_key("/total")
            && members.plain.contains_key("/page_size")
            && (first.is_null() || first.get("alternate").is_some() || first.get("pk").is_some())
    },
    dataset,
};

/// The most records that a page is asked for.
pub(super) const PAGE: u64 = 100;

/// The address of page `number`, the first being 1.
pub(super) fn page(base: &Url, number: u64) -> Url {
    let mut url = super::at(base, "api/v2/datasets");
    url.set_query(Some(&format!("page_size={PAGE}&page={number}")));
    url
}

fn dataset(record: &Value, _: &Url) -> Option<Dataset> {
    record.as_object()?;
    let owner = pick(record, "owner");
    let links = pick(record, "links").as_array().map(Vec::as_slice).unwrap_or_default();
    Some(Dataset {
        identifier: text(pick(record, "uuid")),
        title: text(pick(record, "title")),
        description: text(pick(record, "abstract")),
        keywords: list(pick(record, "keywords")),
        themes: list(pick(record, "category/gn_description")),
        publisher: text(pick(record, "attribution")),
        contact: Contact { name: text(pick(owner, "username")), ..Contact::default() },
        licence: Licence { name: text(pick(record, "license/identifier")), url: text(pick(record, "license/url")) },
        issued: text(pick(record, "created")),
        modified: text(pick(record, "last_updated")),
        frequency: text(pick(record, "maintenance_frequency")),
        spatial: text(pick(record, "srid")),
        temporal: text(pick(record, "temporal_extent_start")),
        language: text(pick(record, "language")),
        landing_page: text(pick(record, "detail_url")),
        distributions: links.iter().map(distribution).collect(),
        ..Dataset::default()
    })
}

fn distribution(link: &Value) -> Distribution {
    let kind = text(pick(link, "link_type"));
    let url = text(pick(link, "url"));
    let data = kind == "data" || kind == "original";
    Distribution {
        title: text(pick(link, "name")),
        download_url: if data { url.clone() } else { String::new() },
        access_url: url,
        format: text(pick(link, "extension")),
        media_type: text(pick(link, "mime")),
        service: kind.starts_with("OGC"),
        ..Distribution::default()
    }
}
