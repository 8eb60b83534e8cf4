//! schema.org's `Dataset` and `DataCatalog` in JSON-LD: in the scripts of a page, or a document of its own.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::Value;

use crate::capture::{Capture, Captures};
use crate::dcat::{Contact, Dataset, Distribution, Licence};
use crate::html;
use crate::json::{self, OrText as _, count, list, pick, text};
use crate::kind::{self, Kind};

/// What it is called, in words.
pub(super) const INTERFACE: &str = "schema.org's markup";

/// How deep lists, graphs and catalogues within one another are followed.
const DEPTH: usize = 8;
/// Where datasets stand within other things.
const WITHIN: &[&str] = &["@graph", "dataset", "mainEntity", "itemListElement", "item"];

/// The datasets that an answered page or document describes, each once.
pub(super) fn datasets(captures: &Captures<'_>, capture: &Capture) -> Arc<Vec<Dataset>> {
    let values: Vec<Value> = match kind::of(captures, capture) {
        Kind::Html => html::Page::of(captures, capture).json_ld.iter().filter_map(|script| parsed(script)).collect(),
        Kind::Json => json::of(captures, capture).as_ref().as_ref().ok().cloned().into_iter().collect(),
        _ => Vec::new(),
    };
    captures.parse(capture, |_, _| {
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        for value in values.iter().filter(|value| speaks_schema_org(value)) {
            walk(value, DEPTH, &mut |record| {
                let dataset = dataset(record);
                let named = seen.insert((dataset.identifier.clone(), dataset.title.clone()));
                found.extend(Some(dataset).filter(|dataset| named && !dataset.title.is_empty()));
            });
        }
        found
    })
}

/// The dataset whose page this is, as far as its title tells.
pub(super) fn titled(captures: &Captures<'_>, capture: &Capture) -> Option<Dataset> {
    if kind::of(captures, capture) != Kind::Html {
        return None;
    }
    let page = html::Page::of(captures, capture);
    let heading = page.blocks.iter().find(|block| block.heading == Some(1) && !block.chrome);
    let title = heading.map_or(&page.title, |heading| &heading.text).clone();
    let address = capture.answered().ok()?.url.to_string();
    let dataset = Dataset { identifier: address.clone(), title, landing_page: address, ..Dataset::default() };
    (!dataset.title.is_empty()).then_some(dataset)
}

/// A script's JSON, which some templates wrap in a comment.
fn parsed(script: &str) -> Option<Value> {
    let bare = script.trim().trim_start_matches("<!--").trim_end_matches("-->");
    let bare = bare.trim().trim_start_matches("//<![CDATA[").trim_end_matches("//]]>");
    serde_json::from_str(bare).ok()
}

fn speaks_schema_org(value: &Value) -> bool {
    match value {
        Value::Array(values) => values.iter().any(speaks_schema_org),
        value => pick(value, "@context").to_string().contains("schema.org"),
    }
}

fn walk(value: &Value, depth: usize, each: &mut dyn FnMut(&Value)) {
    let Some(deeper) = depth.checked_sub(1) else { return };
    match value {
        Value::Array(values) => values.iter().for_each(|value| walk(value, deeper, each)),
        value if is_a(value, "Dataset") => each(value),
        value => WITHIN.iter().for_each(|key| walk(pick(value, key), deeper, each)),
    }
}

/// Whether a thing is of the class, under whichever name it goes.
fn is_a(value: &Value, class: &str) -> bool {
    list(pick(value, "@type")).iter().any(|name| name.rsplit(['/', ':', '#']).next() == Some(class))
}

fn dataset(record: &Value) -> Dataset {
    let name = |key: &str| text(pick(record, key));
    let contact = first(pick(record, "contactPoint"));
    let files = pick(record, "distribution");
    let files = files.as_array().map_or(std::slice::from_ref(files), Vec::as_slice);
    Dataset {
        identifier: identifier(pick(record, "identifier")).or_text(|| name("@id")).or_text(|| name("url")),
        title: name("name").or_text(|| name("headline")),
        description: name("description"),
        keywords: keywords(pick(record, "keywords")),
        publisher: name("publisher").or_text(|| name("creator")).or_text(|| name("provider")),
        contact: Contact {
            name: text(pick(contact, "name")),
            email: Contact::address(&text(pick(contact, "email"))),
            page: text(pick(contact, "url")),
        },
        licence: licence(pick(record, "license")),
        rights: name("usageInfo"),
        access_rights: name("conditionsOfAccess"),
        issued: name("datePublished").or_text(|| name("dateCreated")),
        modified: name("dateModified"),
        frequency: name("repeatFrequency"),
        spatial: place(pick(record, "spatialCoverage")).or_text(|| place(pick(record, "spatial"))),
        temporal: name("temporalCoverage"),
        language: name("inLanguage"),
        landing_page: name("url"),
        conforms_to: name("conformsTo"),
        distributions: files.iter().filter(|file| file.is_object()).map(distribution).collect(),
        ..Dataset::default()
    }
}

fn distribution(file: &Value) -> Distribution {
    let format = text(pick(file, "encodingFormat")).or_text(|| text(pick(file, "fileFormat")));
    let (media_type, format) = if format.contains('/') { (format, String::new()) } else { (String::new(), format) };
    Distribution {
        title: text(pick(file, "name")),
        description: text(pick(file, "description")),
        access_url: text(pick(file, "url")),
        download_url: text(pick(file, "contentUrl")),
        format,
        media_type,
        bytes: count(pick(file, "contentSize")),
        licence: licence(pick(file, "license")),
        issued: text(pick(file, "datePublished")),
        modified: text(pick(file, "dateModified")),
        ..Distribution::default()
    }
}

fn first(value: &Value) -> &Value {
    value.as_array().and_then(|values| values.first()).unwrap_or(value)
}

/// An identifier's words, also of a `PropertyValue`.
fn identifier(value: &Value) -> String {
    text(pick(first(value), "value")).or_text(|| text(first(value)))
}

/// Keywords: a list, or words between commas.
fn keywords(value: &Value) -> Vec<String> {
    match value {
        Value::String(words) => {
            words.split(',').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()
        }
        value => list(value),
    }
}

fn licence(value: &Value) -> Licence {
    let value = first(value);
    if value.is_object() {
        let url = text(pick(value, "url")).or_text(|| text(pick(value, "@id")));
        return Licence { name: text(pick(value, "name")), url };
    }
    Licence::written(&text(value))
}

/// A place's name, or else its geometry as it is written.
fn place(value: &Value) -> String {
    let value = first(value);
    let named = text(pick(value, "name"));
    match pick(value, "geo") {
        Value::Object(shape) if named.is_empty() => Value::Object(shape.clone()).to_string(),
        _ => named.or_text(|| value.as_str().unwrap_or_default().trim().to_owned()),
    }
}
