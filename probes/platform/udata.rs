//! udata: the API of data.gouv.fr and its kin.

use serde_json::Value;
use url::Url;

use super::Platform;
use super::form::Form;
use crate::dcat::{Contact, Dataset, Distribution, Licence};
use crate::json::{OrText as _, count, list, pick, text};

/// `/api/1/datasets/`
pub(super) static DATASETS: Form = Form {
    name: "udata's API",
    platform: Platform::Udata,
    records: "/data",
    nested: &[],
    claimed: Some("/total"),
    known_by: |first, members| {
        members.plain.contains_key("/page_size")
            && members.plain.contains_key("/total")
            && (first.is_null() || first.get("title").is_some())
    },
    dataset,
};

/// The most records that a page is asked for.
pub(super) const PAGE: u64 = 100;

/// The address of page `number`, the first being 1.
pub(super) fn page(base: &Url, number: u64) -> Url {
    let mut url = super::at(base, "api/1/datasets/");
    url.set_query(Some(&format!("page_size={PAGE}&page={number}")));
    url
}

fn dataset(record: &Value, _: &Url) -> Option<Dataset> {
    record.as_object()?;
    let person = pick(record, "contact_points").as_array().and_then(|people| people.first()).unwrap_or(&Value::Null);
    Some(Dataset {
        identifier: text(pick(record, "id")),
        title: text(pick(record, "title")),
        description: text(pick(record, "description")),
        keywords: list(pick(record, "tags")),
        publisher: text(pick(record, "organization/name")).or_text(|| text(pick(record, "owner/slug"))),
        contact: Contact {
            name: text(pick(person, "name")),
            email: Contact::address(&text(pick(person, "email"))),
            page: text(pick(person, "contact_form")),
        },
        licence: Licence::written(&text(pick(record, "license"))),
        issued: text(pick(record, "created_at")),
        modified: text(pick(record, "last_modified")),
        data_modified: text(pick(record, "last_update")),
        frequency: text(pick(record, "frequency")),
        spatial: list(pick(record, "spatial/zones")).join(", ").or_text(|| text(pick(record, "spatial/granularity"))),
        temporal: text(pick(record, "temporal_coverage/start")),
        landing_page: text(pick(record, "page")),
        views: count(pick(record, "metrics/views")),
        distributions: pick(record, "resources").as_array().into_iter().flatten().map(distribution).collect(),
        ..Dataset::default()
    })
}

fn distribution(resource: &Value) -> Distribution {
    Distribution {
        title: text(pick(resource, "title")),
        description: text(pick(resource, "description")),
        access_url: text(pick(resource, "latest")),
        download_url: text(pick(resource, "url")),
        format: text(pick(resource, "format")),
        media_type: text(pick(resource, "mime")),
        bytes: count(pick(resource, "filesize")),
        issued: text(pick(resource, "created_at")),
        modified: text(pick(resource, "last_modified")),
        service: text(pick(resource, "type")) == "api",
        ..Distribution::default()
    }
}
