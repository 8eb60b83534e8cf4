//! Graphs in every syntax become datasets.

use super::*;

fn only(document: &str) -> Dataset {
    let mut listing = listing(document).unwrap();
    assert_eq!(listing.datasets.len(), 1, "{listing:?}");
    listing.datasets.remove(0)
}

const TURTLE: &str = r#"
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<trees> a dcat:Dataset ;
  dct:title "Arbres"@fr, "Trees"@en ;
  dcat:keyword "arbres"@fr, "trees"@en ;
  dct:publisher [ a foaf:Agent ; foaf:name "Parks" ] ;
  dcat:contactPoint [ a vcard:Kind ; vcard:fn "Ann" ; vcard:hasEmail <mailto:ann@example.org> ] ;
  dct:accrualPeriodicity <http://publications.europa.eu/resource/authority/frequency/MONTHLY> ;
  dct:temporal [ dcat:startDate "2020-01-01" ; dcat:endDate "2020-12-31" ] ;
  dcat:distribution [
    dct:format <http://publications.europa.eu/resource/authority/file-type/CSV> ;
    dcat:mediaType <https://www.iana.org/assignments/media-types/text/csv> ;
    dcat:byteSize "120.0" ;
    dct:license [ a dct:LicenseDocument ; rdfs:label "CC BY 4.0" ] ;
    dcat:downloadURL <trees.csv>
  ] .
"#;

#[test]
fn turtle_is_read_in_dcats_terms() {
    let dataset = only(TURTLE);
    assert_eq!((dataset.title.as_str(), dataset.identifier.as_str()), ("Trees", "trees"));
    assert_eq!(dataset.keywords, ["arbres", "trees"]);
    assert_eq!(dataset.publisher, "Parks");
    assert_eq!((dataset.contact.name.as_str(), dataset.contact.email.as_str()), ("Ann", "ann@example.org"));
    assert_eq!(dataset.temporal, "2020-01-01/2020-12-31");
    let [file] = dataset.distributions.as_slice() else { panic!("{dataset:?}") };
    assert_eq!((file.format.as_str(), file.media_type.as_str(), file.bytes), ("CSV", "text/csv", Some(120)));
    assert_eq!((file.licence.name.as_str(), file.download_url.as_str()), ("CC BY 4.0", "trees.csv"));
}

#[test]
fn a_fault_ends_one_statement_and_not_the_document() {
    let document = format!("{TURTLE}\n<a> unbound:term <b> .\n<parks> a dcat:Dataset ; dct:title \"Parks\" .");
    let listing = listing(&document).unwrap();
    assert_eq!((listing.datasets.len(), listing.faults), (2, 1));
    assert!(listing.fault.unwrap().contains("unbound"));
}

#[test]
fn a_context_is_never_fetched() {
    let document = r#"{"@context": "https://example.org/dcat.jsonld", "@graph": [
        {"@id": "https://example.org/1", "@type": "Dataset", "title": [{"@language": "fr", "@value": "Eau"}]},
        {"@type": "hydra:PartialCollectionView", "hydra:next": "https://example.org/?page=2"}]}"#;
    assert_eq!(only(document).title, "Eau");
    assert_eq!(listing(document).unwrap().next.as_deref(), Some("https://example.org/?page=2"));
}

#[test]
fn entities_are_refused() {
    let bomb = r#"<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><rdf:RDF/>"#;
    assert!(listing(bomb).unwrap().refused.unwrap().contains("entities"));
}

#[test]
fn what_is_no_rdf_is_refused() {
    assert!(listing("<html><body>Not found</body></html>").is_err());
    assert!(listing("{\"a\": ").is_err());
}
