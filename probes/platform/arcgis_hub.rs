//! `ArcGIS` Hub: the search API and the older list of datasets.

use serde_json::Value;
use url::Url;

use super::form::Form;
use super::{Platform, dates};
use crate::capture::{Capture, Captures};
use crate::dcat::{Dataset, Distribution, Licence};
use crate::finding::{Evidence, Locus};
use crate::json::{OrText as _, count, list, pick, text};
use crate::text;

/// `/api/search/v1/collections/dataset/items`
pub(super) static ITEMS: Form = Form {
    name: "ArcGIS Hub's search API",
    platform: Platform::ArcgisHub,
    records: "/features",
    nested: &[],
    claimed: Some("/numberMatched"),
    known_by: |first, members| {
        members.plain.contains_key("/numberMatched") && (first.is_null() || first.pointer("/properties/type").is_some())
    },
    dataset: from_item,
};

/// `/api/v3/datasets`
pub(super) static DATASETS: Form = Form {
    name: "ArcGIS Hub's older list of datasets",
    platform: Platform::ArcgisHub,
    records: "/data",
    nested: &[],
    claimed: None,
    known_by: |first, _| {
        first.get("type").and_then(Value::as_str) == Some("dataset") && first.get("attributes").is_some()
    },
    dataset: |record, base| from_properties(record.get("attributes")?, &text(pick(record, "id")), base),
};

/// The most records that a page may be asked for.
pub(super) const PAGE: u64 = 100;
/// Where older feeds of a site end, however many datasets it has.
pub(super) const FEED_CAP: u64 = 1000;
/// Items that the site turns into tables on demand.
const LAYERED: &[&str] = &["Feature Service", "Feature Layer", "Map Service", "Table"];
/// Items that are files.
const FILES: &[&str] = &[
    "CSV",
    "CSV Collection",
    "GeoJson",
    "Shapefile",
    "KML",
    "KML Collection",
    "Microsoft Excel",
    "PDF",
    "File Geodatabase",
    "GeoPackage",
];
/// How much of a front page is searched for the site's settings, in bytes.
const SITE: usize = 4 << 20;
/// The latest time that a search may be asked for, in milliseconds: the end of the year 9999.
pub(super) const LATEST: i64 = 253_402_300_799_000;
/// How far paging reaches; beyond it the API fails.
pub(super) const REACH: u64 = 10_000;

/// The address of the page that begins with record `start`, the first being 1; of records not changed after `until`, in milliseconds.
pub(super) fn page(base: &Url, start: u64, until: Option<i64>) -> Url {
    let mut url = super::at(base, "api/search/v1/collections/dataset/items");
    let mut query = format!("limit={PAGE}&startindex={start}");
    if let Some(until) = until {
        query = format!("{query}&sortBy=-properties.modified&filter=modified%20%3C%3D%20{until}");
    }
    url.set_query(Some(&query));
    url
}

/// The address of the catalogue file that the site writes.
pub(super) fn feed(base: &Url) -> Url {
    super::at(base, "api/feed/dcat-us/1.1.json")
}

/// What shows that the site's catalogue is open to the whole platform: then its search finds everybody's items.
///
/// The front page holds the site's settings; where it cannot be seen, a count at the search's own limit says the same.
pub(super) fn without_scope(captures: &Captures<'_>, front: &Capture, claimed: u64) -> Option<Vec<Evidence>> {
    let unbounded = || (claimed >= REACH).then(Vec::new);
    let Some(answered) = front.success().ok() else { return unbounded() };
    let Ok(head) = captures.body(front).and_then(|body| body.head(SITE).map_err(|error| error.to_string())) else {
        return unbounded();
    };
    let source = text::decode(&head, answered.headers.charset()).text;
    let Some((line, settings)) = source.lines().enumerate().find_map(|(line, words)| {
        let (_, rest) = words.split_once("window.__SITE=\"")?;
        Some((line, rest.split_once('"')?.0))
    }) else {
        return unbounded();
    };
    let decoded = percent_encoding::percent_decode_str(settings).decode_utf8_lossy();
    let Ok(site) = serde_json::from_str::<Value>(&decoded) else { return unbounded() };
    let filters = site.pointer("/site/data/catalogV2/scopes/item/filters")?.as_array()?;
    let shown = || vec![Evidence::new(&front.id, Locus::Line(line as u64 + 1), "window.__SITE=")];
    filters.is_empty().then(shown)
}

fn from_item(record: &Value, base: &Url) -> Option<Dataset> {
    from_properties(record.get("properties")?, &text(pick(record, "id")), base)
}

fn from_properties(item: &Value, id: &str, base: &Url) -> Option<Dataset> {
    item.as_object()?;
    let service = text(pick(item, "url"));
    let kind = text(pick(item, "type"));
    let landing = if id.is_empty() || base.cannot_be_a_base() || base.scheme() == "file" {
        String::new()
    } else {
        super::at(base, &format!("datasets/{id}")).to_string()
    };
    let mut distributions = Vec::new();
    if !service.is_empty() {
        distributions.push(Distribution {
            title: kind.clone(),
            access_url: service.clone(),
            format: "ArcGIS GeoServices REST API".to_owned(),
            media_type: "application/json".to_owned(),
            service: true,
            ..Distribution::default()
        });
    }
    if !landing.is_empty() {
        distributions.extend(download(base, id, &kind));
    }
    let licence = text(pick(item, "license")).or_text(|| text(pick(item, "licenseInfo")));
    Some(Dataset {
        identifier: id.to_owned(),
        title: text(pick(item, "title")),
        description: text(pick(item, "description")).or_text(|| text(pick(item, "snippet"))),
        keywords: list(pick(item, "tags")),
        themes: list(pick(item, "categories")),
        publisher: text(pick(item, "source")).or_text(|| text(pick(item, "owner"))),
        licence: Licence::written(&licence),
        access_level: text(pick(item, "access")),
        issued: dates::milliseconds(pick(item, "created")),
        modified: dates::milliseconds(pick(item, "modified")),
        spatial: pick(item, "extent").as_object().map(|_| pick(item, "extent").to_string()).unwrap_or_default(),
        language: text(pick(item, "culture")),
        landing_page: landing,
        kind,
        views: count(pick(item, "numViews")),
        distributions,
        ..Dataset::default()
    })
}

/// Where an item can be downloaded; no record states it.
fn download(base: &Url, id: &str, kind: &str) -> Option<Distribution> {
    let (item, layer) = id.split_once('_').unwrap_or((id, "0"));
    let (url, format) = if LAYERED.contains(&kind) {
        let mut url = super::at(base, &format!("api/download/v1/items/{item}/csv"));
        url.set_query(Some(&format!("layers={layer}")));
        (url.to_string(), "CSV")
    } else if FILES.contains(&kind) {
        (format!("https://www.arcgis.com/sharing/rest/content/items/{item}/data"), kind)
    } else {
        return None;
    };
    Some(Distribution { download_url: url, format: format.to_owned(), derived: true, ..Distribution::default() })
}
