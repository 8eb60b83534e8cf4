//! DCAT written in RDF: Turtle, RDF/XML or JSON-LD, read whole by the child process into datasets.

mod dataset;
mod graph;
#[cfg(test)]
mod tests;

use oxjsonld::{JsonLdParser, JsonLdRemoteDocument};
use oxrdf::Triple;
use oxrdfxml::RdfXmlParser;
use oxttl::TurtleParser;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::body::Body;
use crate::capture::Reader;
use crate::dcat::Dataset;
use crate::text;
use graph::Graph;

/// Reads a catalogue in RDF.
pub struct Rdf;

/// What a document in RDF lists.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Listing {
    /// The datasets that it describes, in its own order.
    pub datasets: Vec<Dataset>,
    /// Whether it describes a catalogue.
    pub catalogue: bool,
    /// How many datasets it says there are, on all pages.
    pub claimed: Option<u64>,
    /// Where its next page is, as it is written.
    pub next: Option<String>,
    /// How many faults were passed over.
    pub faults: u64,
    /// The first of them.
    pub fault: Option<String>,
    /// Why it was not read at all, where that is no fault of the document.
    pub refused: Option<String>,
}

/// The largest document that is read, in bytes.
const LARGEST: u64 = 256 * 1024 * 1024;
/// What DCAT's terms mean in JSON-LD. Contexts are never fetched: this one stands for all that a document names.
const CONTEXT: &str = include_str!("context.jsonld");
/// What relative addresses are relative to, as the reader does not know where the document stood.
const BASE: &str = "relative:///";

impl Reader for Rdf {
    fn name(&self) -> &'static str {
        "rdf"
    }

    fn read(&self, body: &Body) -> Result<Value, String> {
        if body.len() > LARGEST {
            return Err(format!("it is larger than the {LARGEST} bytes that are read of a document in RDF"));
        }
        let bytes = body.head(usize::try_from(LARGEST).unwrap_or(usize::MAX)).map_err(|error| error.to_string())?;
        serde_json::to_value(listing(&text::decode(&bytes, None).text)?).map_err(|error| error.to_string())
    }
}

/// An address as it was written, if it was written relative to the document.
pub fn written(address: &str) -> &str {
    address.strip_prefix(BASE).unwrap_or(address)
}

fn listing(document: &str) -> Result<Listing, String> {
    // The parser expands entities within entities without a bound.
    if is_xml(document) && document.contains("<!ENTITY") {
        let refused = Some("it declares XML entities, which are not expanded here".to_owned());
        return Ok(Listing { refused, ..Listing::default() });
    }
    let mut read = Read::default();
    match document.trim_start().bytes().next() {
        Some(b'{' | b'[') if !document.trim_start().starts_with("[]") => json_ld(document, &mut read)?,
        Some(b'<') if is_xml(document) => xml(document, &mut read)?,
        _ => turtle(document, &mut read)?,
    }
    let mut listing = dataset::listing(&read.graph);
    if let Some(fault) = read.fault.as_ref().filter(|_| !listing.catalogue && listing.datasets.is_empty()) {
        return Err(fault.clone());
    }
    listing.faults = read.faults;
    listing.fault = read.fault;
    Ok(listing)
}

/// What was read so far, and what was wrong with the rest.
#[derive(Default)]
struct Read {
    graph: Graph,
    faults: u64,
    fault: Option<String>,
}

impl Read {
    fn take<E: std::fmt::Display>(&mut self, statement: Result<Triple, E>) {
        match statement {
            Ok(triple) => self.graph.add(triple),
            Err(fault) => {
                self.faults += 1;
                self.fault.get_or_insert_with(|| fault.to_string());
            }
        }
    }
}

fn is_xml(document: &str) -> bool {
    ["<?xml", "<!", "<rdf:RDF", "<RDF"].iter().any(|start| document.trim_start().starts_with(start))
        || document.contains("<rdf:RDF")
}

fn base<P, E: std::fmt::Display>(parser: Result<P, E>) -> Result<P, String> {
    parser.map_err(|error| error.to_string())
}

fn turtle(document: &str, read: &mut Read) -> Result<(), String> {
    let parser = base(TurtleParser::new().lenient().with_base_iri(BASE))?;
    parser.for_slice(document.as_bytes()).for_each(|statement| read.take(statement));
    Ok(())
}

fn xml(document: &str, read: &mut Read) -> Result<(), String> {
    let parser = base(RdfXmlParser::new().lenient().with_base_iri(BASE))?;
    let utf8 = declared_away(document);
    parser.for_slice(utf8.as_bytes()).for_each(|statement| read.take(statement));
    Ok(())
}

/// The document without its XML declaration: it is decoded already, whatever encoding that names.
fn declared_away(document: &str) -> &str {
    let document = document.trim_start();
    let body = document.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>"));
    body.map_or(document, |(_, body)| body)
}

fn json_ld(document: &str, read: &mut Read) -> Result<(), String> {
    let parser = base(JsonLdParser::new().lenient().with_base_iri(BASE))?;
    let parser = parser.for_slice(document.as_bytes()).with_load_document_callback(|url, _| {
        Ok(JsonLdRemoteDocument { document: CONTEXT.as_bytes().to_vec(), document_url: url.to_owned() })
    });
    parser.for_each(|statement| read.take(statement.map(Triple::from)));
    Ok(())
}
