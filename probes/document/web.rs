//! Web pages: their main content, without navigation, heads, feet and notices.

use std::sync::LazyLock;

use scraper::{ElementRef, Html, Selector};
use serde::Deserialize;

use super::{Block, Document, Page, Paging, Role};
use crate::finding::on_one_line;
use crate::html;
use crate::text::front_matter;

/// Signs of what is content, in `web.toml`.
struct Signs {
    main: Vec<Selector>,
    around: Vec<Selector>,
    named: Vec<String>,
}

static SIGNS: LazyLock<Signs> = LazyLock::new(|| {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Written {
        main: Vec<String>,
        around: Vec<String>,
        named: Vec<String>,
    }
    let written: Written = match toml::from_str(include_str!("web.toml")) {
        Ok(written) => written,
        Err(error) => panic!("invariant: the bundled signs are well formed: {error}"),
    };
    let selector = |written: &String| match Selector::parse(written) {
        Ok(selector) => selector,
        Err(error) => panic!("invariant: the bundled selectors are well formed: {error}"),
    };
    Signs {
        main: written.main.iter().map(selector).collect(),
        around: written.around.iter().map(selector).collect(),
        named: written.named,
    }
});

/// Elements without words of the document.
const SILENT: &[&str] = &[
    "style", "title", "template", "svg", "math", "noscript", "script", "iframe", "textarea", "head", "select",
    "button", "object", "audio", "video", "canvas",
];
/// Elements that stand in a line of text; all others begin a block.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u",
    "var", "wbr", "img", "input",
];
/// The least words, and the least share of a page's words in percent, that its content has.
const ENOUGH: (usize, usize) = (40, 25);
/// The most of a page's words, in percent, that something known by its name alone may hold to be left out.
const LITTLE: usize = 40;
/// How deep elements are followed.
const DEEPEST: usize = 2000;

/// The document that a page's markup is; an error says why it is not parsed.
pub(super) fn document(markup: &str) -> Result<Document, String> {
    let tree = html::Page::tree(&markup[front_matter(markup)..])?;
    let title = Selector::parse("head > title").ok().and_then(|title| tree.select(&title).next());
    let title = title.map(|title| on_one_line(&title.text().collect::<String>())).filter(|title| !title.is_empty());
    let root = main(&tree);
    let blocks = walked(root).into_iter().map(|(role, text)| Block { role, text, line: None }).collect();
    Ok(Document { title, paging: Paging::Lines, pages: vec![Page { number: 1, blocks }], ..Document::default() })
}

/// The blocks of a piece of markup within another text.
pub(super) fn fragment(markup: &str) -> Vec<(Role, String)> {
    html::Page::tree(markup).map_or_else(|_| Vec::new(), |tree| walked(tree.root_element()))
}

/// The element that holds a page's content.
fn main(tree: &Html) -> ElementRef<'_> {
    let whole = tree.root_element();
    let all = words(whole);
    let enough = ENOUGH.0.min(all.max(1)).max(all * ENOUGH.1 / 100);
    let mut best = SIGNS.main.iter().filter_map(|sign| {
        let mut found = tree.select(sign);
        let first = found.next()?;
        // Several of a kind are parts of the content.
        (found.next().is_none() && words(first) >= enough).then_some(first)
    });
    best.next().unwrap_or(whole)
}

fn words(element: ElementRef<'_>) -> usize {
    let mut count = 0;
    for node in element.descendants() {
        let Some(text) = node.value().as_text() else { continue };
        let silent =
            node.parent().and_then(ElementRef::wrap).is_some_and(|parent| SILENT.contains(&parent.value().name()));
        count += if silent { 0 } else { text.split_whitespace().count() };
    }
    count
}

fn walked(root: ElementRef<'_>) -> Vec<(Role, String)> {
    let mut walk = Walk { whole: words(root), blocks: Vec::new(), open: None, lists: Vec::new(), depth: 0 };
    walk.children(root);
    walk.close();
    walk.blocks
}

struct Walk {
    /// How many words there are in all.
    whole: usize,
    blocks: Vec<(Role, String)>,
    open: Option<(Role, String)>,
    /// For each list within the others, the number of its last item where they are numbered.
    lists: Vec<Option<usize>>,
    depth: usize,
}

impl Walk {
    fn children(&mut self, element: ElementRef<'_>) {
        if self.depth > DEEPEST {
            return;
        }
        self.depth += 1;
        for child in element.children() {
            if let Some(text) = child.value().as_text() {
                self.text(text);
            } else if let Some(child) = ElementRef::wrap(child) {
                self.enter(child);
            }
        }
        self.depth -= 1;
    }

    fn enter(&mut self, element: ElementRef<'_>) {
        let name = element.value().name();
        if SILENT.contains(&name) || html::hidden(element) || self.around(element) {
            return;
        }
        match name {
            "br" | "wbr" => self.text(" "),
            _ if INLINE.contains(&name) => self.children(element),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let level = name.as_bytes()[1] - b'0';
                self.block(element, Some(Role::Heading(level)), "");
            }
            "ul" | "ol" => {
                self.close();
                let first = element.attr("start").and_then(|start| start.trim().parse::<usize>().ok()).unwrap_or(1);
                self.lists.push((name == "ol").then(|| first.saturating_sub(1)));
                self.children(element);
                self.close();
                self.lists.pop();
            }
            "li" => {
                let bullet = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{number}. ")
                    }
                    _ => "• ".to_owned(),
                };
                self.block(element, Some(Role::Item), &bullet);
            }
            "tr" => self.row(element),
            _ if notes(element) => self.block(element, Some(Role::Footnote), ""),
            // The first paragraph of an item stands behind its bullet.
            "p" | "div" if self.open.as_ref().is_some_and(|(role, text)| *role == Role::Item && bare(text)) => {
                self.children(element);
            }
            _ => self.block(element, None, ""),
        }
    }

    fn block(&mut self, element: ElementRef<'_>, role: Option<Role>, begins: &str) {
        self.close();
        self.open = role.map(|role| (role, begins.to_owned()));
        self.children(element);
        self.close();
    }

    /// A row of a table of data; one that only lays out the page is taken apart.
    fn row(&mut self, row: ElementRef<'_>) {
        let cells = || row.child_elements().filter(|cell| matches!(cell.value().name(), "td" | "th"));
        let blocks = |cell: ElementRef<'_>| {
            cell.descendants()
                .filter_map(ElementRef::wrap)
                .any(|inner| matches!(inner.value().name(), "table" | "h1" | "h2" | "h3"))
        };
        if cells().count() < 2 || cells().any(blocks) {
            self.block(row, None, "");
            return;
        }
        self.close();
        let texts: Vec<String> =
            cells().map(|cell| walked(cell).into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(" ")).collect();
        if texts.iter().any(|text| text.contains(char::is_alphanumeric)) {
            self.blocks.push((Role::Row, texts.join(" | ")));
        }
    }

    fn text(&mut self, text: &str) {
        if self.open.is_none() && !text.trim().is_empty() {
            self.open = Some((Role::Paragraph, String::new()));
        }
        if let Some((_, open)) = &mut self.open {
            open.push_str(text);
        }
    }

    fn close(&mut self) {
        let Some((role, text)) = self.open.take() else { return };
        let text = on_one_line(&text);
        if text.contains(char::is_alphanumeric) {
            self.blocks.push((role, text));
        }
    }

    /// Whether an element stands around the content.
    fn around(&self, element: ElementRef<'_>) -> bool {
        if SIGNS.around.iter().any(|sign| sign.matches(&element)) {
            return true;
        }
        if element.value().name() == "header" {
            let article = |parent: ElementRef<'_>| matches!(parent.value().name(), "article" | "main" | "section");
            return !element.ancestors().filter_map(ElementRef::wrap).any(article);
        }
        let names = [element.attr("class"), element.attr("id")].into_iter().flatten().flat_map(str::split_whitespace);
        let is_sign = names.map(str::to_lowercase).any(|name| {
            SIGNS.named.contains(&name)
                || name.split(['-', '_']).any(|part| SIGNS.named.iter().any(|sign| sign == part))
        });
        is_sign && words(element) * 100 <= self.whole * LITTLE
    }
}

/// Whether nothing but a bullet or a number stands there yet.
fn bare(text: &str) -> bool {
    let text = text.trim();
    text == "•" || text.strip_suffix('.').is_some_and(|number| number.chars().all(|c| c.is_ascii_digit()))
}

/// Whether an element holds footnotes.
fn notes(element: ElementRef<'_>) -> bool {
    element.attr("role").is_some_and(|role| matches!(role, "doc-footnote" | "doc-endnote"))
        || element.value().name() != "li"
            && element.attr("class").is_some_and(|class| class.split_whitespace().any(|name| name == "footnote"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_kept_and_what_stands_around_it_is_not() {
        let markup = "<html><head><title>Minutes |  City</title></head><body><header><a>City</a></header>\
            <nav>Home Departments</nav><div class='cookie-banner'>We use cookies.</div>\
            <div id=content><h1>Minutes</h1><p>The board<br>met on <b>4</b> March.</p><ul><li><p>Roads</p><p>Paved.</p>\
            <ol start=3><li>Third</li></ol></li></ul><table><tr><th>Goal<th>Target<tr><td>Roads<td>90 %</table>\
            <p style='display: none'>no</p><table><tr><td><p>Laid out.</p></td></tr></table>loose</div>\
            <footer>Contact us</footer></body></html>";
        let document = document(markup).unwrap();
        assert_eq!(document.title.as_deref(), Some("Minutes | City"));
        let told: Vec<_> = document.pages[0].blocks.iter().map(|block| (block.role, block.text.as_str())).collect();
        assert_eq!(
            told,
            [
                (Role::Heading(1), "Minutes"),
                (Role::Paragraph, "The board met on 4 March."),
                (Role::Item, "• Roads"),
                (Role::Paragraph, "Paved."),
                (Role::Item, "3. Third"),
                (Role::Row, "Goal | Target"),
                (Role::Row, "Roads | 90 %"),
                (Role::Paragraph, "Laid out."),
                (Role::Paragraph, "loose"),
            ]
        );
    }
}
