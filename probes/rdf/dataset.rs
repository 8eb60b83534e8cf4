//! A graph's datasets in DCAT's terms.

use std::collections::HashSet;

use oxrdf::{NamedOrBlankNode, Term};

use super::Listing;
use super::graph::{Graph, address};
use crate::dcat::{Contact, Dataset, Distribution, Licence};

/// What the graph lists.
pub(super) fn listing(graph: &Graph) -> Listing {
    // A few catalogues leave the class out: what a catalogue calls its dataset is one, if it has a title.
    let mut called: HashSet<NamedOrBlankNode> = HashSet::new();
    let mut listing = Listing::default();
    for subject in graph.subjects() {
        called.extend(graph.all(subject, &["dcat:dataset"]).filter_map(|term| graph.described(term)));
        listing.catalogue |= graph.is(subject, "dcat:Catalog");
        let next = graph.all(subject, &["hydra:next", "hydra:nextPage"]).next();
        listing.next = listing.next.take().or_else(|| Some(graph.words(next?)));
        let total = graph.all(subject, &["hydra:totalItems"]).next();
        listing.claimed = listing.claimed.or_else(|| graph.words(total?).parse().ok());
    }
    let is_dataset = |subject: &&NamedOrBlankNode| {
        graph.is(subject, "dcat:Dataset")
            || (called.contains(*subject) && graph.all(subject, &["dct:title"]).next().is_some())
    };
    listing.datasets = graph.subjects().filter(is_dataset).map(|subject| dataset(graph, subject)).collect();
    listing
}

fn dataset(graph: &Graph, subject: &NamedOrBlankNode) -> Dataset {
    let text = |names: &[&str]| graph.text(subject, names);
    let mut identifier = text(&["dct:identifier", "dcat:identifier"]);
    if identifier.is_empty() {
        identifier = address(&Term::from(subject.clone())).unwrap_or_default();
    }
    Dataset {
        identifier,
        title: text(&["dct:title"]),
        description: text(&["dct:description"]),
        keywords: graph.texts(subject, &["dcat:keyword"]),
        themes: graph.texts(subject, &["dcat:theme"]),
        publisher: text(&["dct:publisher"]),
        contact: contact(graph, subject),
        licence: licence(graph, subject),
        rights: text(&["dct:rights"]),
        access_rights: text(&["dct:accessRights"]),
        issued: text(&["dct:issued"]),
        modified: text(&["dct:modified"]),
        frequency: text(&["dct:accrualPeriodicity"]),
        spatial: spatial(graph, subject),
        temporal: temporal(graph, subject),
        language: text(&["dct:language"]),
        landing_page: link(graph, subject, &["dcat:landingPage"]),
        conforms_to: text(&["dct:conformsTo"]),
        distributions: graph
            .all(subject, &["dcat:distribution"])
            .filter_map(|term| graph.described(term))
            .map(|node| distribution(graph, &node))
            .collect(),
        ..Dataset::default()
    }
}

fn distribution(graph: &Graph, subject: &NamedOrBlankNode) -> Distribution {
    let text = |names: &[&str]| graph.text(subject, names);
    let size = text(&["dcat:byteSize"]);
    Distribution {
        title: text(&["dct:title"]),
        description: text(&["dct:description"]),
        access_url: link(graph, subject, &["dcat:accessURL"]),
        download_url: link(graph, subject, &["dcat:downloadURL"]),
        format: code(&text(&["dct:format"])),
        media_type: code(&text(&["dcat:mediaType"])),
        // A decimal number, in DCAT 2.
        bytes: size.split('.').next().and_then(|whole| whole.parse().ok()),
        licence: licence(graph, subject),
        rights: text(&["dct:rights"]),
        issued: text(&["dct:issued"]),
        modified: text(&["dct:modified"]),
        availability: code(&text(&["dcatap:availability"])),
        conforms_to: text(&["dct:conformsTo"]),
        rows_at: String::new(),
        derived: false,
        service: graph.all(subject, &["dcat:accessService"]).next().is_some(),
    }
}

/// An address, however described: not the name of what stands there.
fn link(graph: &Graph, subject: &NamedOrBlankNode, names: &[&str]) -> String {
    let first = |term: &Term| address(term).or_else(|| Some(graph.words(term)).filter(|words| !words.is_empty()));
    graph.all(subject, names).find_map(first).unwrap_or_default()
}

/// What stands at the end of an address in a list of formats or of media types; words as they are.
fn code(value: &str) -> String {
    if !value.starts_with("http") {
        return value.to_owned();
    }
    let media_type = value.split_once("/media-types/").map(|(_, rest)| rest);
    let last = value.trim_end_matches('/').rsplit(['/', '#']).next();
    media_type.or(last).unwrap_or(value).to_owned()
}

fn contact(graph: &Graph, subject: &NamedOrBlankNode) -> Contact {
    let mut contact = Contact::default();
    for term in graph.all(subject, &["dcat:contactPoint", "adms:contactPoint"]) {
        if let Some(node) = graph.described(term) {
            contact.name = graph.name(term).unwrap_or_default();
            contact.email = Contact::address(&link(graph, &node, &["vcard:hasEmail", "vcard:email", "foaf:mbox"]));
            contact.page = link(graph, &node, &["vcard:hasURL", "vcard:url", "foaf:page", "schema:url"]);
        } else {
            let written = graph.words(term);
            match written.get(..7) {
                Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => contact.email = Contact::address(&written),
                _ if written.starts_with("http") => contact.page = written,
                _ => contact.name = written,
            }
        }
        if !contact.is_blank() {
            break;
        }
    }
    contact
}

fn licence(graph: &Graph, subject: &NamedOrBlankNode) -> Licence {
    let Some(term) = graph.all(subject, &["dct:license"]).next() else { return Licence::default() };
    match address(term) {
        Some(url) => Licence { name: graph.name(term).unwrap_or_default(), url },
        None => Licence::written(&graph.words(term)),
    }
}

/// A named place, or else its geometry.
fn spatial(graph: &Graph, subject: &NamedOrBlankNode) -> String {
    const GEOMETRY: &[&str] = &["dcat:bbox", "locn:geometry", "dcat:centroid"];
    let named = graph.text(subject, &["dct:spatial"]);
    if !named.is_empty() {
        return named;
    }
    let places = graph.all(subject, &["dct:spatial"]).filter_map(|term| graph.described(term));
    places.map(|place| graph.text(&place, GEOMETRY)).find(|geometry| !geometry.is_empty()).unwrap_or_default()
}

/// Where a period begins and ends, or what it is called.
fn temporal(graph: &Graph, subject: &NamedOrBlankNode) -> String {
    for term in graph.all(subject, &["dct:temporal"]) {
        if let Some(period) = graph.described(term) {
            let start = graph.text(&period, &["dcat:startDate", "schema:startDate"]);
            let end = graph.text(&period, &["dcat:endDate", "schema:endDate"]);
            if !start.is_empty() || !end.is_empty() {
                return format!("{start}/{end}");
            }
        }
    }
    graph.text(subject, &["dct:temporal"])
}
