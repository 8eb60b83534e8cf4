//! The XML in office files as a tree of local names: entities are told, never expanded from declarations.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// How deep elements may nest.
const DEEPEST: usize = 200;

/// An element, named without its prefix.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Element {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    pub(super) children: Vec<Node>,
}

/// What an element holds.
#[derive(Debug, PartialEq)]
pub(super) enum Node {
    Element(Element),
    Text(String),
}

impl Element {
    /// The root element of `text`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut reader = Reader::from_str(text);
        let mut open = vec![Self::default()];
        loop {
            let event = reader.read_event().map_err(|error| error.to_string())?;
            let Some(within) = open.last_mut() else { return Err("an element ends that never began".to_owned()) };
            match event {
                Event::Start(tag) => {
                    if open.len() > DEEPEST {
                        return Err(format!("its markup nests deeper than {DEEPEST} elements"));
                    }
                    open.push(Self::of(&tag));
                }
                Event::Empty(tag) => within.children.push(Node::Element(Self::of(&tag))),
                Event::End(_) => {
                    let Some(ended) = open.pop() else { continue };
                    let Some(outer) = open.last_mut() else {
                        return Err("an element ends that never began".to_owned());
                    };
                    outer.children.push(Node::Element(ended));
                }
                Event::Text(words) => within.text(words.as_ref()),
                Event::CData(words) => within.text(words.as_ref()),
                Event::GeneralRef(entity) => match entity.resolve_char_ref() {
                    Ok(Some(c)) => within.text(c.encode_utf8(&mut [0; 4])),
                    _ => within.text(match entity.as_ref() {
                        "amp" => "&",
                        "lt" => "<",
                        "gt" => ">",
                        "quot" => "\"",
                        "apos" => "'",
                        _ => "",
                    }),
                },
                Event::Eof => break,
                _ => {}
            }
        }
        match open.swap_remove(0).children.into_iter().find_map(Node::into_element) {
            Some(root) if open.is_empty() => Ok(root),
            _ => Err("its markup ends early".to_owned()),
        }
    }

    fn of(tag: &BytesStart<'_>) -> Self {
        let mut written = tag.attributes();
        let attributes = written.with_checks(false).flatten().map(|attribute| {
            let name = attribute.key.local_name().as_ref().to_owned();
            (
                name,
                attribute
                    .normalized_value(quick_xml::XmlVersion::default())
                    .map_or_else(|_| attribute.value.to_string(), Cow::into_owned),
            )
        });
        Self { name: tag.local_name().as_ref().to_owned(), attributes: attributes.collect(), children: Vec::new() }
    }

    fn text(&mut self, words: &str) {
        match self.children.last_mut() {
            Some(Node::Text(text)) => text.push_str(words),
            _ => self.children.push(Node::Text(words.to_owned())),
        }
    }

    /// The attribute of this local name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The last attribute of this local name: of one with and one without a prefix, mostly the former.
    pub(super) fn last(&self, name: &str) -> Option<&str> {
        self.attributes.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The elements within.
    pub(super) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The elements of this name within.
    pub(super) fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Self> {
        self.elements().filter(move |element| element.name == name)
    }

    /// The first element at a path of names.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |element, name| element.elements().find(|inner| inner.name == *name))
    }

    /// Every element within of this name, however deep, in order; not those within another of them.
    pub(super) fn within<'e>(&'e self, name: &str) -> Vec<&'e Self> {
        let mut found = Vec::new();
        let mut stack: Vec<&Self> = self.elements().collect();
        stack.reverse();
        while let Some(element) = stack.pop() {
            if element.name == name {
                found.push(element);
                continue;
            }
            let from = stack.len();
            stack.extend(element.elements());
            stack[from..].reverse();
        }
        found
    }
}

impl Node {
    fn into_element(self) -> Option<Element> {
        match self {
            Self::Element(element) => Some(element),
            Self::Text(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_has_local_names_and_no_entities_of_its_own() {
        let text = "<!DOCTYPE a [<!ENTITY b \"boom\">]><w:a w:x='1 &amp; 2'><w:t>R&amp;D &#8212; &b;</w:t><w:t/></w:a>";
        let root = Element::parse(text).unwrap();
        assert_eq!((root.name.as_str(), root.get("x")), ("a", Some("1 & 2")));
        assert_eq!(root.at(&["t"]).unwrap().children, [Node::Text("R&D \u{2014} ".to_owned())]);
        assert_eq!(root.within("t").len(), 2);
        assert!(Element::parse("<a><b>").is_err());
        assert!(Element::parse(&"<a>".repeat(1000)).unwrap_err().contains("deeper"));
    }
}
