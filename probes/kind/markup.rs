//! JSON, XML and HTML, told by how they begin.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::Kind;
use crate::text::front_matter;

/// The kind of JSON that `text` is, whole or only begun.
pub(super) fn json(text: &str) -> Option<Kind> {
    let rest = text.get(1..)?.trim_start();
    match text.as_bytes().first()? {
        b'{' if rest.starts_with('"') && has_key(rest) || rest.starts_with('}') => {
            if lines(text) {
                return Some(Kind::JsonLines);
            }
            Some(if is_geojson(text) { Kind::Geojson } else { Kind::Json })
        }
        b'[' if rest.starts_with(['{', '[', ']']) || begins_as_json(text) => Some(Kind::Json),
        _ => None,
    }
}

/// Whether a quoted word is followed by a colon.
fn has_key(text: &str) -> bool {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find(|(_, c)| {
        let ends = *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        ends
    });
    end.is_none_or(|(at, _)| {
        let rest = text[at + 1..].trim_start();
        rest.is_empty() || rest.starts_with(':')
    })
}

fn begins_as_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).map_or_else(|error| error.is_eof(), |_| true)
}

/// Whether the first two lines are each a whole JSON object.
fn lines(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let (Some(first), Some(second)) = (lines.next(), lines.next()) else { return false };
    let whole = |line: &str| serde_json::from_str::<IgnoredAny>(line).is_ok();
    // The second may be cut off where the head ends.
    whole(first) && second.trim_start().starts_with('{') && (whole(second) || lines.next().is_none())
}

/// Whether a JSON object says that it is `GeoJSON` (RFC 7946), as far as it goes.
fn is_geojson(text: &str) -> bool {
    let top = Top::default();
    // An error is where the head ends: what was seen before it stays in `top`.
    let _ = (&top).deserialize(&mut serde_json::Deserializer::from_str(text));
    match top.named.get() {
        Some(geojson) => geojson,
        None => top.features.get() && !top.esri.get(),
    }
}

/// What the members of the outermost object show.
#[derive(Default)]
struct Top {
    /// Whether `type` names a `GeoJSON` object.
    named: Cell<Option<bool>>,
    features: Cell<bool>,
    esri: Cell<bool>,
}

impl<'de> DeserializeSeed<'de> for &Top {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &Top {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(key) = members.next_key::<String>()? {
            match key.as_str() {
                "type" => {
                    let value: serde_json::Value = members.next_value()?;
                    self.named.set(Some(value.as_str().is_some_and(is_geojson_type)));
                }
                key => {
                    self.features.set(self.features.get() || key == "features");
                    self.esri.set(
                        self.esri.get() || matches!(key, "geometryType" | "objectIdFieldName" | "displayFieldName"),
                    );
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

fn is_geojson_type(name: &str) -> bool {
    matches!(
        name,
        "FeatureCollection"
            | "Feature"
            | "Point"
            | "MultiPoint"
            | "LineString"
            | "MultiLineString"
            | "Polygon"
            | "MultiPolygon"
            | "GeometryCollection"
    )
}

/// How far into a text a page may begin behind junk such as a server's warnings, in bytes.
const JUNK: usize = 4096;

/// The kind of markup that `text` is.
pub(super) fn markup(text: &str) -> Option<Kind> {
    // A page as it is kept where a site is built from it.
    let text = text[front_matter(text)..].trim_start();
    if let Some(root) = root(text) {
        let local = root.rsplit(':').next().unwrap_or(root);
        return Some(match local.to_ascii_lowercase().as_str() {
            "kml" => Kind::Kml,
            "rdf" => Kind::Rdf,
            "svg" => Kind::Svg,
            // What HTML documents and fragments of them begin with.
            "html" | "head" | "body" | "title" | "meta" | "link" | "script" | "style" | "noscript" | "div" | "span"
            | "p" | "a" | "b" | "br" | "center" | "font" | "form" | "h1" | "h2" | "h3" | "hr" | "iframe" | "img"
            | "main" | "section" | "strong" | "table" | "ul" => Kind::Html,
            _ => Kind::Xml,
        });
    }
    let start = text.char_indices().map(|(at, _)| at).take_while(|at| *at < JUNK).last()?;
    let page = text[..start].to_ascii_lowercase();
    let at = page.find("<!doctype html").or_else(|| page.find("<html>")).or_else(|| page.find("<html "))?;
    let rest = text[at..].to_ascii_lowercase();
    ["<head", "<body", "<title"].iter().any(|tag| rest.contains(tag)).then_some(Kind::Html)
}

/// The name of the first element, behind declarations, comments and instructions; `html` for its document type.
fn root(text: &str) -> Option<&str> {
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = &comment[comment.find("-->")? + 3..];
        } else if let Some(instruction) = rest.strip_prefix("<?") {
            rest = &instruction[instruction.find('>')? + 1..];
        } else if let Some(declaration) = rest.strip_prefix("<!") {
            let name = declaration.get(7..).unwrap_or_default().trim_start();
            if name.get(..4).is_some_and(|name| name.eq_ignore_ascii_case("html")) {
                return Some("html");
            }
            let subset = declaration.find('[').filter(|at| declaration.find('>').is_none_or(|end| *at < end));
            let end = match subset {
                Some(at) => at + declaration[at..].find(']')? + 1,
                None => 0,
            };
            rest = &declaration[end + declaration[end..].find('>')? + 1..];
        } else {
            let name = rest.strip_prefix('<')?;
            let end = name.find(|c: char| c.is_whitespace() || c == '>' || c == '/').unwrap_or(name.len());
            let begins = name.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
            return begins.then(|| &name[..end]);
        }
    }
}
