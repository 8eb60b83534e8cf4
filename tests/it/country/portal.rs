//! What a city's portal answers: its platform's interface, and its faults.

use std::time::Duration;

use serde_json::{Value, json};

use super::city::{City, Fate, Fault, Platform};
use crate::hostile::{Piece, whole};

/// The words of a front page.
const WORDS: &str = "The city publishes its permits, its budget and its bus timetables here, so that everyone can read them, \
    build on them and ask about them whenever they like, without having to ask first.";
/// A whole document of another kind than data.
const DOCUMENT: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

type Answer = (Vec<Piece>, bool);

/// What answers at an address of a city's portal.
pub(super) fn answer(city: &City, address: &str) -> Answer {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    match city.fault {
        Some(Fault::Gone) => missing(),
        Some(Fault::Worded) => page("200 OK", "<h1>Nothing more</h1><p>This address is for sale. Write to us."),
        Some(Fault::Walled) => {
            let fields = ["server: cloudflare", "cf-mitigated: challenge", "content-type: text/html"];
            whole("403 Forbidden", &fields, b"<title>Just a moment...</title>")
        }
        Some(Fault::Down) => page("503 Service Unavailable", "Down for maintenance"),
        Some(Fault::Reset) => (vec![Piece::Reset], false),
        Some(Fault::Silent) => (vec![Piece::Pause(Duration::from_mins(10))], false),
        Some(Fault::Login) if path != "login" => whole("302 Found", &["location: /login"], b""),
        Some(Fault::Login) => {
            page("200 OK", "<form method=post><input name=user><input type=password name=password></form>")
        }
        _ => standing(city, path, &|name| number(query, name)),
    }
}

/// What answers at a portal that stands.
fn standing(city: &City, path: &str, asked: &dyn Fn(&str) -> Option<usize>) -> Answer {
    let name = path.rsplit('/').next().unwrap_or_default();
    match (city.platform, path) {
        (platform, "") if platform != Platform::File => front(city),
        (Platform::Hub, "api/search/v1/collections/dataset/items") => {
            let (records, all) = part(city, asked("startindex").unwrap_or(1).saturating_sub(1), asked("limit"), hub);
            given(
                city,
                &json!({ "type": "FeatureCollection", "numberReturned": records.len(), "features": records, "numberMatched": all }),
            )
        }
        (Platform::Hub, path) if path.starts_with("api/download/v1/items/") => {
            let id = path.trim_end_matches("/csv").rsplit('/').next().unwrap_or_default();
            file(city, &id[id.len().saturating_sub(6)..])
        }
        (Platform::Socrata, "api/catalog/v1") => {
            let (records, all) = part(city, 0, asked("limit"), socrata);
            given(city, &json!({ "results": records, "resultSetSize": all }))
        }
        (Platform::Socrata, path) if path.starts_with("resource/") => {
            file(city, name.split(['-', '.']).nth(1).unwrap_or_default())
        }
        (Platform::Ckan, "api/3/action/status_show") => {
            whole("200 OK", JSON, &body(&json!({ "success": true, "result": { "ckan_version": "2.11.3" } })))
        }
        (Platform::Ckan, "api/3/action/package_search") => {
            let (records, all) = part(city, asked("start").unwrap_or(0), asked("rows"), ckan);
            given(city, &json!({ "success": true, "result": { "count": all, "results": records } }))
        }
        (Platform::Opendatasoft, "api/explore/v2.1/catalog/datasets") => {
            let (records, all) = part(city, asked("offset").unwrap_or(0), asked("limit"), opendatasoft);
            given(city, &json!({ "total_count": all, "results": records }))
        }
        (Platform::Opendatasoft, path) if path.ends_with("/exports/csv") => {
            let id = path.trim_end_matches("/exports/csv").rsplit('-').next().unwrap_or_default();
            file(city, id)
        }
        (Platform::File, "data.json") | (Platform::Hub, "api/feed/dcat-us/1.1.json") => {
            let (records, _) = part(city, 0, None, listed);
            given(city, &json!({ "conformsTo": "https://project-open-data.cio.gov/v1.1/schema", "dataset": records }))
        }
        _ => missing(),
    }
}

const JSON: &[&str] = &["content-type: application/json"];

/// A dataset's file, or what answers in its place.
pub(super) fn file(city: &City, name: &str) -> Answer {
    let number = name.split('.').next().and_then(|number| number.parse::<usize>().ok());
    match number.filter(|number| *number < city.datasets).map(|number| city.fate(number)) {
        Some(Fate::Table) => whole(
            "200 OK",
            &["content-type: text/csv"],
            b"ward,trees,planted\nNorth,12,2024\nSouth,7,2025\nWest,31,2026\n",
        ),
        Some(Fate::Document) => whole("200 OK", &["content-type: application/pdf"], DOCUMENT),
        Some(Fate::Walled) => page("403 Forbidden", "Turned away"),
        Some(Fate::Dead) | None => missing(),
    }
}

pub(super) fn missing() -> Answer {
    page("404 Not Found", "Not here")
}

fn page(status: &str, words: &str) -> Answer {
    whole(
        status,
        &["content-type: text/html; charset=utf-8"],
        format!("<!doctype html><title>City</title>{words}").as_bytes(),
    )
}

fn front(city: &City) -> Answer {
    let scope = "%7B%22site%22%3A%7B%22data%22%3A%7B%22catalogV2%22%3A%7B%22scopes%22%3A%7B%22item%22%3A%7B%22filters%22%3A%5B%7B%22group%22%3A%5B%22a%22%5D%7D%5D%7D%7D%7D%7D%7D%7D";
    let (sign, field) = match city.platform {
        Platform::Hub => {
            (format!("<script id=\"site-injection\">\nwindow.__SITE=\"{scope}\"\n</script>"), "x-served-by: here")
        }
        Platform::Socrata => (String::new(), "x-socrata-requestid: 0123456789abcdef"),
        Platform::Ckan => ("<meta name=\"generator\" content=\"ckan 2.11.3\">".to_owned(), "x-served-by: here"),
        Platform::Opendatasoft => ("<script src=\"/static/ods-widgets.js\"></script>".to_owned(), "x-served-by: here"),
        Platform::File => (String::new(), "x-served-by: here"),
    };
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><title>City {}</title>{sign}</head><body><h1>Open data</h1><p>{WORDS}</p></body></html>",
        city.number
    );
    whole("200 OK", &["content-type: text/html; charset=utf-8", field], html.as_bytes())
}

/// The records from `start` on that are given out, and how many there are said to be.
fn part(city: &City, start: usize, most: Option<usize>, record: fn(&City, usize) -> Value) -> (Vec<Value>, usize) {
    let (given, said) = match city.fault {
        Some(Fault::Empty) => (0, 0),
        Some(Fault::Halved) => (city.datasets * 2 / 5, city.datasets),
        _ => (city.datasets, city.datasets),
    };
    let end = most.map_or(given, |most| start.saturating_add(most)).min(given);
    ((start..end).map(|dataset| record(city, dataset)).collect(), said)
}

/// A catalogue's answer, whole or not.
fn given(city: &City, answer: &Value) -> Answer {
    let body = body(answer);
    let end = if city.fault == Some(Fault::Cut) { body.len() / 2 } else { body.len() };
    whole("200 OK", JSON, &body[..end])
}

fn body(answer: &Value) -> Vec<u8> {
    serde_json::to_vec(answer).unwrap()
}

fn number(query: &str, name: &str) -> Option<usize> {
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')?.parse().ok())
}

fn title(dataset: usize) -> String {
    format!("Trees of ward {dataset}")
}

fn description(dataset: usize) -> String {
    format!("Every tree that the city planted in ward {dataset}, with its kind and the year in which it was planted.")
}

/// Where a file lies that the platform does not hold itself, and what it is called.
fn elsewhere(city: &City, dataset: usize) -> (String, &'static str, &'static str) {
    let (extension, format, media) = match city.fate(dataset) {
        Fate::Document => ("pdf", "PDF", "application/pdf"),
        _ => ("csv", "CSV", "text/csv"),
    };
    (format!("http://{}/city-{}/{dataset:06}.{extension}", city.files(), city.number), format, media)
}

fn hub(city: &City, dataset: usize) -> Value {
    let kind = if city.fate(dataset) == Fate::Document { "Web Map" } else { "Feature Service" };
    json!({ "id": format!("{:026x}{dataset:06}", city.number), "type": "Feature", "geometry": null, "properties": {
        "title": title(dataset), "description": description(dataset), "type": kind, "tags": ["trees"], "license": "CC-BY-4.0",
        "access": "public", "modified": 1_788_220_800_000_u64, "created": 1_500_000_000_000_u64, "source": "City", "url": null,
    } })
}

fn socrata(city: &City, dataset: usize) -> Value {
    let id = format!("c{:03}-{dataset:04}", city.number);
    json!({
        "resource": { "id": id, "name": title(dataset), "description": description(dataset), "type": "dataset", "data_updated_at": "2026-09-01T00:00:00.000Z" },
        "classification": { "domain_category": "Streets", "domain_tags": ["trees"] },
        "metadata": { "domain": city.host(), "license": "Public Domain" },
        "permalink": format!("http://{}/d/{id}", city.host()),
    })
}

fn ckan(city: &City, dataset: usize) -> Value {
    let (url, format, mimetype) = elsewhere(city, dataset);
    json!({
        "id": format!("p{dataset:06}"), "name": format!("trees-{dataset:06}"), "title": title(dataset), "notes": description(dataset),
        "license_id": "cc-by", "metadata_modified": "2026-09-01T00:00:00.000000", "tags": [{ "name": "trees" }],
        "resources": [{ "id": format!("r{dataset}"), "name": "Trees", "url": url, "format": format, "mimetype": mimetype }],
    })
}

fn opendatasoft(city: &City, dataset: usize) -> Value {
    let is_table = city.fate(dataset) != Fate::Document;
    let attached =
        json!({ "id": "x", "title": "x.pdf", "mimetype": "application/pdf", "url": elsewhere(city, dataset).0 });
    json!({
        "dataset_id": format!("trees-{dataset:06}"), "has_records": is_table, "fields": [{ "name": "ward", "description": "The ward" }],
        "attachments": if is_table { json!([]) } else { json!([attached]) },
        "metas": { "default": { "title": title(dataset), "description": description(dataset), "keyword": ["trees"], "license": "CC0", "publisher": "City", "modified": "2026-09-01T00:00:00+00:00" } },
    })
}

fn listed(city: &City, dataset: usize) -> Value {
    let (url, format, media) = elsewhere(city, dataset);
    json!({
        "@type": "dcat:Dataset", "title": title(dataset), "description": description(dataset), "identifier": format!("t{dataset}"),
        "accessLevel": "public", "keyword": ["trees"], "modified": "2026-09-01", "publisher": { "name": "City" },
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "distribution": [{ "@type": "dcat:Distribution", "downloadURL": url, "format": format, "mediaType": media }],
    })
}
