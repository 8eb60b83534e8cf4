//! How deep markup nests, told before it is parsed: a parser's time grows with the square of it.

use std::collections::BTreeMap;

/// The deepest nesting that is parsed.
const MOST_DEPTH: usize = 1000;

/// Elements that stand alone, or that the next of their kind closes: they do not nest by themselves.
const FLAT: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr", "p",
    "li", "dt", "dd", "option", "optgroup", "tr", "td", "th", "tbody", "thead", "tfoot", "colgroup", "rp", "rt", "a",
    "html", "head", "body",
];
/// Elements whose content is text whatever it looks like.
const RAW: &[&str] = &["script", "style", "textarea", "title", "noscript", "iframe", "xmp"];

/// Why `markup` is not parsed, if it nests too deep; in one pass.
pub(super) fn too_deep(markup: &str) -> Option<String> {
    let mut open: BTreeMap<String, usize> = BTreeMap::new();
    let mut depth = 0;
    let mut rest = markup;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end..]);
            continue;
        }
        let (closes, tag) = rest.strip_prefix('/').map_or((false, rest), |tag| (true, tag));
        if !tag.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let end = tag.find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/' | '<')).unwrap_or(tag.len());
        let name = tag[..end].to_ascii_lowercase();
        rest = &tag[end..];
        if FLAT.contains(&name.as_str()) {
            continue;
        }
        if closes {
            if let Some(count) = open.get_mut(&name).filter(|count| **count > 0) {
                *count -= 1;
                depth -= 1;
            }
        } else if RAW.contains(&name.as_str()) {
            rest = after_raw(rest, &name);
        } else {
            *open.entry(name).or_default() += 1;
            depth += 1;
            if depth > MOST_DEPTH {
                return Some(format!("its markup nests deeper than {MOST_DEPTH} elements"));
            }
        }
    }
    None
}

/// What follows the content of a raw text element: nothing, where it never ends.
fn after_raw<'t>(rest: &'t str, name: &str) -> &'t str {
    let mut from = 0;
    while let Some(at) = rest[from..].find("</") {
        let end = from + at + 2;
        if rest.as_bytes().get(end..end + name.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(name.as_bytes())) {
            return &rest[end + name.len()..];
        }
        from = end;
    }
    ""
}
