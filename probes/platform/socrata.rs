//! Socrata (Tyler Data & Insights): the discovery API and the views of a domain.

use serde_json::Value;
use url::Url;

use super::form::Form;
use super::{Platform, dates};
use crate::dcat::{Columns, Contact, Dataset, Distribution, Licence};
use crate::json::{OrText as _, count, list, pick, text};
use crate::row_api::four_by_four;

/// `/api/catalog/v1`
pub(super) static CATALOG: Form = Form {
    name: "Socrata's discovery API",
    platform: Platform::Socrata,
    records: "/results",
    nested: &[],
    claimed: Some("/resultSetSize"),
    known_by: |first, members| {
        members.plain.contains_key("/resultSetSize")
            && (first.is_null() || four_by_four(&text(pick(first, "resource/id"))))
    },
    dataset: from_catalog,
};

/// `/api/views.json`
pub(super) static VIEWS: Form = Form {
    name: "Socrata's list of views",
    platform: Platform::Socrata,
    records: "",
    nested: &[],
    claimed: None,
    known_by: |first, _| four_by_four(&text(pick(first, "id"))) && first.get("viewType").is_some(),
    dataset: from_view,
};

/// Where Socrata answers for every domain it hosts in North America.
pub(super) const SHARED: &str = "https://api.us.socrata.com/";

/// What cities name the field of the frequency by, the surest first; a field named for updates alone is often a date.
const FREQUENCY: &[&str] = &["frequen", "refresh", "cycle"];
/// How many records a page of the discovery API is asked for.
const PAGE: u64 = 1000;

/// The address of a page of what the domain `host` publishes, asked at `origin`; behind the record `after`, if given.
pub(super) fn page(origin: &Url, host: &str, after: Option<&str>) -> Url {
    let mut url = super::at(origin, "api/catalog/v1");
    let mut query = format!("domains={host}&search_context={host}&only=dataset&limit={PAGE}");
    if let Some(after) = after {
        query = format!("{query}&scroll_id={after}");
    }
    url.set_query(Some(&query));
    url
}

fn from_catalog(record: &Value, base: &Url) -> Option<Dataset> {
    let resource = record.get("resource")?;
    let id = text(pick(resource, "id"));
    let classification = pick(record, "classification");
    let mut themes = list(pick(classification, "domain_category"));
    themes.extend(list(pick(classification, "categories")));
    let mut keywords = list(pick(classification, "domain_tags"));
    keywords.extend(list(pick(classification, "tags")));
    let named = list(pick(resource, "columns_name")).len() as u64;
    let described = list(pick(resource, "columns_description")).len() as u64;
    let domain = text(pick(record, "metadata/domain"));
    let here = base.host_str().is_none_or(|host| host == domain || host == "api.us.socrata.com");
    let custom = |word: &[&str]| {
        let entries = pick(classification, "domain_metadata").as_array()?;
        let of = |entry: &&Value| {
            let key = text(pick(entry, "key")).to_lowercase();
            word.iter().any(|word| key.contains(word))
        };
        entries.iter().filter(of).map(|entry| text(pick(entry, "value"))).find(|value| !value.is_empty())
    };
    let kind = text(pick(resource, "type"));
    // Each dataset's page has a form by which its owner is written to; the address itself is hardly ever given out.
    let page = text(pick(record, "permalink")).or_text(|| text(pick(record, "link")));
    Some(Dataset {
        title: text(pick(resource, "name")),
        description: text(pick(resource, "description")),
        keywords,
        themes,
        publisher: text(pick(resource, "attribution")),
        contact: Contact { email: text(pick(resource, "contact_email")), page: page.clone(), ..Contact::default() },
        licence: Licence::written(&text(pick(record, "metadata/license"))),
        issued: text(pick(resource, "publication_date")).or_text(|| text(pick(resource, "createdAt"))),
        modified: text(pick(resource, "metadata_updated_at")).or_text(|| text(pick(resource, "updatedAt"))),
        data_modified: text(pick(resource, "data_updated_at")),
        frequency: FREQUENCY.iter().find_map(|word| custom(&[word])).unwrap_or_default(),
        temporal: custom(&["time period", "period-of", "temporal", "coverage_period"]).unwrap_or_default(),
        landing_page: page,
        columns: (named > 0).then_some(Columns { all: named, described }),
        column_names: list(pick(resource, "columns_field_name")),
        views: count(pick(resource, "page_views/page_views_total")),
        downloads: count(pick(resource, "download_count")),
        federated_from: if here { String::new() } else { domain.clone() },
        distributions: tables(&domain, &id, &kind),
        identifier: id,
        kind,
        ..Dataset::default()
    })
}

/// The addresses at which Socrata serves every table; no record states them.
pub(super) fn tables(domain: &str, id: &str, kind: &str) -> Vec<Distribution> {
    if domain.is_empty() || id.is_empty() || !matches!(kind, "dataset" | "") {
        return Vec::new();
    }
    let of = |format: &str, media_type: &str, service| Distribution {
        download_url: format!("https://{domain}/resource/{id}.{}", format.to_lowercase()),
        format: format.to_owned(),
        media_type: media_type.to_owned(),
        derived: true,
        service,
        ..Distribution::default()
    };
    vec![of("CSV", "text/csv", false), of("JSON", "application/json", true)]
}

fn from_view(record: &Value, _: &Url) -> Option<Dataset> {
    record.as_object()?;
    let id = text(pick(record, "id"));
    let columns = pick(record, "columns").as_array().map(|columns| Columns {
        all: columns.len() as u64,
        described: columns.iter().filter(|column| !text(pick(column, "description")).is_empty()).count() as u64,
    });
    let licence = pick(record, "license");
    Some(Dataset {
        title: text(pick(record, "name")),
        description: text(pick(record, "description")),
        keywords: list(pick(record, "tags")),
        themes: list(pick(record, "category")),
        publisher: text(pick(record, "attribution")),
        licence: Licence { name: text(pick(licence, "name")), url: text(pick(licence, "termsLink")) },
        issued: dates::seconds(pick(record, "publicationDate")).or_text(|| dates::seconds(pick(record, "createdAt"))),
        modified: dates::seconds(pick(record, "viewLastModified")),
        data_modified: dates::seconds(pick(record, "rowsUpdatedAt")),
        kind: text(pick(record, "viewType")),
        columns: columns.filter(|columns| columns.all > 0),
        views: count(pick(record, "viewCount")),
        downloads: count(pick(record, "downloadCount")),
        identifier: id,
        ..Dataset::default()
    })
}
