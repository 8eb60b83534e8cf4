//! Statements by their subject, their predicates and classes under the short names of well-known vocabularies.

use std::collections::HashMap;

use oxrdf::{NamedOrBlankNode, Term, Triple};

/// Vocabularies, each by the prefix that is usual for it.
const VOCABULARIES: &[(&str, &str)] = &[
    ("rdf:", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("rdfs:", "http://www.w3.org/2000/01/rdf-schema#"),
    ("dcat:", "http://www.w3.org/ns/dcat#"),
    ("dct:", "http://purl.org/dc/terms/"),
    ("dct:", "http://purl.org/dc/elements/1.1/"),
    ("foaf:", "http://xmlns.com/foaf/0.1/"),
    ("vcard:", "http://www.w3.org/2006/vcard/ns#"),
    ("adms:", "http://www.w3.org/ns/adms#"),
    ("hydra:", "http://www.w3.org/ns/hydra/core#"),
    ("skos:", "http://www.w3.org/2004/02/skos/core#"),
    ("dcatap:", "http://data.europa.eu/r5r/"),
    ("locn:", "http://www.w3.org/ns/locn#"),
    ("schema:", "http://schema.org/"),
    ("schema:", "https://schema.org/"),
];

/// The languages whose words are taken before others: those without one come second.
const FIRST: &str = "en";

/// A document's statements.
#[derive(Default)]
pub(super) struct Graph {
    statements: HashMap<NamedOrBlankNode, Vec<(String, Term)>>,
    order: Vec<NamedOrBlankNode>,
}

impl Graph {
    pub(super) fn add(&mut self, triple: Triple) {
        let order = &mut self.order;
        let about = self.statements.entry(triple.subject).or_insert_with_key(|subject| {
            order.push(subject.clone());
            Vec::new()
        });
        about.push((short(triple.predicate.as_str()), triple.object));
    }

    /// Everything that is described, in the document's order.
    pub(super) fn subjects(&self) -> impl Iterator<Item = &NamedOrBlankNode> {
        self.order.iter()
    }

    /// What is said of `subject` under any of `names`, those under the first name first.
    pub(super) fn all<'g>(
        &'g self,
        subject: &NamedOrBlankNode,
        names: &'g [&str],
    ) -> impl Iterator<Item = &'g Term> + use<'g> {
        let about = self.statements.get(subject).map(Vec::as_slice).unwrap_or_default();
        names.iter().flat_map(move |name| about.iter().filter(move |(said, _)| said == name).map(|(_, object)| object))
    }

    /// Whether `subject` is of the class.
    pub(super) fn is(&self, subject: &NamedOrBlankNode, class: &str) -> bool {
        self.all(subject, &["rdf:type"])
            .any(|term| matches!(term, Term::NamedNode(node) if short(node.as_str()) == class))
    }

    /// The node that `term` names, if the document says anything of it.
    pub(super) fn described(&self, term: &Term) -> Option<NamedOrBlankNode> {
        let node = node(term)?;
        self.statements.contains_key(&node).then_some(node)
    }

    /// The words under `names`: of several languages one, of a described thing its own name, of another its address.
    pub(super) fn text(&self, subject: &NamedOrBlankNode, names: &[&str]) -> String {
        let literal = names.iter().find_map(|name| best(self.all(subject, &[name])));
        let said = || self.all(subject, names).map(|term| self.words(term)).find(|words| !words.is_empty());
        literal.or_else(said).unwrap_or_default()
    }

    /// The words of everything under `names`.
    pub(super) fn texts(&self, subject: &NamedOrBlankNode, names: &[&str]) -> Vec<String> {
        self.all(subject, names).map(|term| self.words(term)).filter(|words| !words.is_empty()).collect()
    }

    /// A literal's words, a described thing's name, or else an address.
    pub(super) fn words(&self, term: &Term) -> String {
        match term {
            Term::Literal(literal) => literal.value().trim().to_owned(),
            term => self.name(term).or_else(|| address(term)).unwrap_or_default(),
        }
    }

    /// What a described thing is called.
    pub(super) fn name(&self, term: &Term) -> Option<String> {
        const NAMES: &[&str] = &[
            "foaf:name",
            "vcard:fn",
            "vcard:organization-name",
            "skos:prefLabel",
            "rdfs:label",
            "dct:title",
            "schema:name",
            "rdf:value",
            "vcard:value",
        ];
        let node = self.described(term)?;
        let named = NAMES.iter().find_map(|name| best(self.all(&node, &[name])));
        named.or_else(|| self.all(&node, NAMES).find_map(address))
    }
}

/// The literal in the first language, or without one, or whichever comes first.
fn best<'t>(terms: impl Iterator<Item = &'t Term>) -> Option<String> {
    let literals = terms.filter_map(|term| match term {
        Term::Literal(literal) if !literal.value().trim().is_empty() => Some(literal),
        _ => None,
    });
    let rank = |language: Option<&str>| match language {
        Some(language) if language.get(..2).is_some_and(|code| code.eq_ignore_ascii_case(FIRST)) => 0,
        None => 1,
        Some(_) => 2,
    };
    literals.min_by_key(|literal| rank(literal.language())).map(|literal| literal.value().trim().to_owned())
}

/// The address of a thing that has one.
pub(super) fn address(term: &Term) -> Option<String> {
    match term {
        Term::NamedNode(node) => Some(super::written(node.as_str()).to_owned()),
        _ => None,
    }
}

fn node(term: &Term) -> Option<NamedOrBlankNode> {
    match term {
        Term::NamedNode(node) => Some(node.clone().into()),
        Term::BlankNode(node) => Some(node.clone().into()),
        Term::Literal(_) => None,
    }
}

/// An address under its vocabulary's usual prefix.
fn short(address: &str) -> String {
    let prefixed = |(prefix, vocabulary): &(&str, &str)| Some(format!("{prefix}{}", address.strip_prefix(vocabulary)?));
    VOCABULARIES.iter().find_map(prefixed).unwrap_or_else(|| address.to_owned())
}
