//! CKAN: the action API.

use serde_json::Value;
use url::Url;

use super::Platform;
use super::form::Form;
use crate::capture::{Capture, Captures};
use crate::dcat::{Contact, Dataset, Distribution, Licence};
use crate::html::Page;
use crate::json::{OrText as _, count, list, pick, text};
use crate::kind::{self, Kind};

/// `package_search`
pub(super) static SEARCH: Form = Form {
    name: "CKAN's package_search",
    platform: Platform::Ckan,
    records: "/result/results",
    nested: &[],
    claimed: Some("/result/count"),
    known_by: |first, members| {
        members.plain.contains_key("/success") && (first.is_null() || first.get("name").is_some())
    },
    dataset,
};

/// `current_package_list_with_resources`, and DKAN 1's `package_show`, whose result is a list too.
pub(super) static PACKAGES: Form = Form {
    name: "a list of CKAN packages",
    platform: Platform::Ckan,
    records: "/result",
    nested: &[],
    claimed: None,
    known_by: |first, members| members.plain.contains_key("/success") && first.get("resources").is_some(),
    dataset,
};

/// How many records a page is asked for: some sites cut longer answers short.
pub(super) const PAGE: u64 = 100;

/// The address of an action of the CKAN at `base`, which ends in a slash.
pub(super) fn action(base: &Url, action: &str, query: &str) -> Url {
    let mut url = super::at(base, &format!("api/3/action/{action}"));
    url.set_query((!query.is_empty()).then_some(query));
    url
}

/// How few records a page is asked for where more are too many.
pub(super) const LEAST: u64 = 25;

/// The address of the page of so many `rows` that begins behind `start` records.
pub(super) fn page(base: &Url, start: u64, rows: u64) -> Url {
    action(base, "package_search", &format!("rows={rows}&start={start}&sort=id%20asc"))
}

/// Where CKAN may stand: where the page loads its scripts from, where its path points, or else the host's root.
pub(super) fn base(captures: &Captures<'_>, page: &Capture, at: &Url) -> Url {
    let mut path = None;
    if page.success().is_ok() && kind::of(captures, page) == Kind::Html {
        let html = Page::of(captures, page);
        for source in html.scripts.iter().filter_map(|source| html.base.join(source).ok()) {
            let assets = ["/webassets/", "/fanstatic/"].iter().find_map(|folder| source.path().find(folder));
            if let Some(end) = assets.filter(|_| source.host_str() == at.host_str()) {
                path = Some(source.path()[..=end].to_owned());
                break;
            }
        }
    }
    let path = path.or_else(|| called(at.path())).unwrap_or_else(|| "/".to_owned());
    let mut base = at.clone();
    base.set_path(&path);
    base.set_query(None);
    base.set_fragment(None);
    base
}

/// Where CKAN stands if `path` is one of its own.
pub(super) fn called(path: &str) -> Option<String> {
    ["/api/3", "/api/action", "/dataset"].iter().find_map(|part| {
        let at = path.find(part)?;
        let whole = path[at + part.len()..].chars().next().is_none_or(|next| next == '/');
        whole.then(|| path[..=at].to_owned())
    })
}

/// A package as a dataset.
pub(super) fn dataset(record: &Value, base: &Url) -> Option<Dataset> {
    record.as_object()?;
    // Scheming sites put at the top level what others put into extras.
    let custom = |names: &[&str]| {
        let named = |name: &&str| Some(text(pick(record, name))).filter(|value| !value.is_empty());
        names.iter().find_map(named).or_else(|| extra(record, names)).unwrap_or_default()
    };
    let resources = pick(record, "resources").as_array().map(Vec::as_slice).unwrap_or_default();
    let distributions: Vec<_> = resources.iter().map(|resource| distribution(resource, base)).collect();
    let newest = resources.iter().map(|resource| text(pick(resource, "last_modified"))).max().unwrap_or_default();
    let mut themes = list(pick(record, "groups"));
    themes.extend(Some(custom(&["theme", "category"])).filter(|theme| !theme.is_empty()));
    Some(Dataset {
        identifier: text(pick(record, "id")).or_text(|| text(pick(record, "name"))),
        title: text(pick(record, "title")),
        description: text(pick(record, "notes")),
        keywords: keywords(record),
        themes,
        publisher: text(pick(record, "organization/title"))
            .or_text(|| text(pick(record, "organization/name")))
            .or_text(|| custom(&["publisher_name", "publisher"])),
        contact: Contact {
            name: text(pick(record, "maintainer"))
                .or_text(|| custom(&["contact_name"]))
                .or_text(|| text(pick(record, "author"))),
            email: Contact::address(
                &text(pick(record, "maintainer_email"))
                    .or_text(|| custom(&["contact_email"]))
                    .or_text(|| text(pick(record, "author_email"))),
            ),
            page: custom(&["contact_uri", "contact_url"]),
        },
        licence: Licence {
            name: text(pick(record, "license_title")).or_text(|| text(pick(record, "license_id"))),
            url: text(pick(record, "license_url")),
        },
        access_level: custom(&["accessLevel", "access_level", "public_access_level"]),
        access_rights: custom(&["access_rights"]),
        issued: custom(&["issued", "release_date"]).or_text(|| text(pick(record, "metadata_created"))),
        modified: custom(&["modified"]).or_text(|| text(pick(record, "metadata_modified"))),
        data_modified: newest,
        frequency: custom(&[
            "frequency",
            "accrualPeriodicity",
            "accrual_periodicity",
            "update_frequency",
            "updateFrequency",
        ])
        .or_text(|| frequency(record)),
        spatial: custom(&["spatial", "spatial_text", "spatial_uri", "spatial_coverage"]),
        temporal: custom(&["temporal", "temporal_start", "temporal_coverage", "temporal_coverage_from"]),
        language: custom(&["language"]),
        landing_page: text(pick(record, "url")),
        conforms_to: custom(&["conforms_to", "conformsTo"]),
        kind: text(pick(record, "type")),
        views: count(pick(record, "tracking_summary/total")),
        distributions,
        ..Dataset::default()
    })
}

/// The extra that its publisher named for a frequency, in whatever language.
fn frequency(record: &Value) -> String {
    let named = |extra: &&Value| {
        let key = text(pick(extra, "key")).to_lowercase();
        ["frequ", "frecuen", "periodicid"].iter().any(|word| key.contains(word))
    };
    pick(record, "extras")
        .as_array()
        .into_iter()
        .flatten()
        .find(named)
        .map(|extra| text(pick(extra, "value")))
        .unwrap_or_default()
}

fn extra(record: &Value, names: &[&str]) -> Option<String> {
    let extras = pick(record, "extras").as_array()?;
    let of = |name: &&str| {
        let entry = extras.iter().find(|extra| extra.get("key").and_then(Value::as_str) == Some(*name))?;
        Some(text(pick(entry, "value"))).filter(|value| !value.is_empty())
    };
    names.iter().find_map(of)
}

fn keywords(record: &Value) -> Vec<String> {
    let named = |tag: &Value| text(pick(tag, "display_name")).or_text(|| text(tag));
    match record.get("tags").and_then(Value::as_array) {
        Some(tags) => tags.iter().map(named).filter(|tag| !tag.is_empty()).collect(),
        None => Vec::new(),
    }
}

fn distribution(resource: &Value, base: &Url) -> Distribution {
    let url = text(pick(resource, "url"));
    let loaded = pick(resource, "datastore_active").as_bool() == Some(true) && base.scheme() != "file";
    let rows_at = || action(base, "datastore_search", &format!("resource_id={}", text(pick(resource, "id"))));
    // CKAN knows one address; what it stores itself is a file.
    let file = text(pick(resource, "url_type")) == "upload" || !text(pick(resource, "mimetype")).is_empty();
    Distribution {
        title: text(pick(resource, "name")),
        description: text(pick(resource, "description")),
        download_url: if file { url.clone() } else { text(pick(resource, "download_url")) },
        access_url: url,
        format: text(pick(resource, "format")),
        media_type: text(pick(resource, "mimetype")),
        bytes: count(pick(resource, "size")),
        licence: Licence { name: text(pick(resource, "license")), url: text(pick(resource, "license_url")) },
        rights: text(pick(resource, "rights")),
        issued: text(pick(resource, "created")),
        modified: text(pick(resource, "last_modified")),
        availability: text(pick(resource, "availability")),
        rows_at: if loaded { rows_at().to_string() } else { String::new() },
        ..Distribution::default()
    }
}
