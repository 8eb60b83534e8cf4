//! Presentations: a page for each slide, in the order in which they are shown.

use super::xml::Element;
use super::{Pages, Parts, words};
use crate::document::{Document, Paging, Refused, Role};
use crate::finding::on_one_line;

/// The most slides that are read.
const SLIDES: usize = 2000;

/// The document in the parts of a PPTX.
pub(super) fn document(parts: &mut Parts) -> Result<Document, Refused> {
    let shown = parts.needed("ppt/presentation.xml")?;
    let relations = parts.needed("ppt/_rels/presentation.xml.rels")?;
    let target = |id: &str| {
        let relation = relations.all("Relationship").find(|relation| relation.get("Id") == Some(id))?;
        let target = relation.get("Target")?;
        Some(target.strip_prefix('/').map_or_else(|| format!("ppt/{target}"), str::to_owned))
    };
    // Of `id` and `r:id`, which have the same local name, the latter names the relation.
    let slides = shown.within("sldId").into_iter().filter_map(|slide| target(slide.last("id")?)).take(SLIDES);
    let mut pages = Pages::default();
    for name in slides.collect::<Vec<_>>() {
        pages.turn();
        if let Some(slide) = parts.part(&name)? {
            shapes(&slide, &mut pages);
        }
    }
    let document = Document { paging: Paging::Slides, ..pages.document(parts.title("docProps/core.xml")) };
    Ok(document)
}

fn shapes(element: &Element, pages: &mut Pages) {
    for inner in element.elements() {
        match inner.name.as_str() {
            "sp" => shape(inner, pages),
            "tbl" => {
                for row in inner.within("tr") {
                    let cells: Vec<String> = row.within("tc").into_iter().map(paragraphs_of).collect();
                    pages.push(Role::Row, &cells.join(" | "));
                }
            }
            "Fallback" => {}
            _ => shapes(inner, pages),
        }
    }
}

fn paragraphs_of(element: &Element) -> String {
    element.within("p").into_iter().map(paragraph).collect::<Vec<_>>().join(" ")
}

fn shape(shape: &Element, pages: &mut Pages) {
    let kind = shape.at(&["nvSpPr", "nvPr", "ph"]).map(|place| place.get("type").unwrap_or("body"));
    let (role, listed) = match kind {
        Some("title" | "ctrTitle") => (Role::Heading(1), false),
        Some("subTitle") => (Role::Heading(2), false),
        Some("ftr" | "dt" | "sldNum" | "hdr") => (Role::Running, false),
        Some("body" | "obj") => (Role::Item, true),
        _ => (Role::Paragraph, false),
    };
    let Some(body) = shape.at(&["txBody"]) else { return };
    if role == Role::Heading(1) {
        pages.push(role, &paragraphs_of(body));
        return;
    }
    let count = body.all("p").count();
    for written in body.all("p") {
        let properties = written.at(&["pPr"]);
        let has = |name: &str| properties.is_some_and(|properties| properties.at(&[name]).is_some());
        let bullet = has("buChar") || has("buAutoNum") || listed && count > 1 && !has("buNone");
        let text = paragraph(written);
        match (bullet, role) {
            (true, _) => pages.push(Role::Item, &format!("• {text}")),
            (false, Role::Item) => pages.push(Role::Paragraph, &text),
            (false, role) => pages.push(role, &text),
        }
    }
}

fn paragraph(written: &Element) -> String {
    let mut text = String::new();
    for run in written.elements() {
        match run.name.as_str() {
            "r" | "fld" => text.push_str(&run.at(&["t"]).map(words).unwrap_or_default()),
            "br" => text.push(' '),
            _ => {}
        }
    }
    on_one_line(&text)
}
