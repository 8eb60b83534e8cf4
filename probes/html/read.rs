//! From markup to a [`Page`], in one walk over the tree.

use std::collections::BTreeMap;

use scraper::{ElementRef, Html};
use url::Url;

use super::groups::{Groups, Within};
use super::selector::Steps;
use super::{Block, Field, Form, Link, Page};
use crate::finding::fold;

/// Elements that begin a block of text of their own.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "button",
    "caption",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "label",
    "legend",
    "li",
    "main",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "section",
    "select",
    "summary",
    "table",
    "td",
    "th",
    "tr",
    "ul",
];
/// Elements without words a reader sees.
const SILENT: &[&str] = &["style", "title", "template", "svg", "math", "noscript", "script", "iframe", "textarea"];
const CHROME: &[&str] = &["nav", "header", "footer", "aside"];
/// Ids of the element that script frameworks fill.
const ROOTS: &[&str] = &["root", "app", "__next", "__nuxt", "ember-app", "app-root", "react-root", "main-app"];

/// What holds at a place in the tree.
#[derive(Clone, Copy)]
struct Place {
    step: Option<usize>,
    block: Option<usize>,
    heading: Option<u8>,
    chrome: bool,
    visible: bool,
    link: Option<usize>,
    form: Option<usize>,
    label: Option<usize>,
    button: Option<usize>,
    group: Within,
}

/// A field whose label is not known yet.
struct Unlabelled {
    form: usize,
    field: usize,
    id: Option<String>,
    within: Option<usize>,
}

struct Walk {
    page: Page,
    steps: Steps,
    groups: Groups,
    /// The element of the last block.
    last: Option<usize>,
    labels: Vec<(Option<String>, String)>,
    unlabelled: Vec<Unlabelled>,
    /// Buttons: form and field.
    buttons: Vec<(usize, usize)>,
    noscript: Option<String>,
    mark: Option<String>,
}

/// The page at `url`; its markup is known not to nest too deep.
pub(super) fn page(url: &Url, markup: &str) -> Page {
    let document = Html::parse_document(markup);
    let mut walk = Walk {
        page: Page::empty(url),
        steps: Steps::new(&document),
        groups: Groups::default(),
        last: None,
        labels: Vec::new(),
        unlabelled: Vec::new(),
        buttons: Vec::new(),
        noscript: None,
        mark: None,
    };
    walk.head(url, &document);
    let root = document.root_element();
    walk.page.lang = root.attr("lang").map(str::trim).filter(|lang| !lang.is_empty()).map(str::to_owned);
    let start = Place {
        step: None,
        block: None,
        heading: None,
        chrome: false,
        visible: true,
        link: None,
        form: None,
        label: None,
        button: None,
        group: Within::default(),
    };
    let mut stack = vec![(*root, start, 1)];
    while let Some((node, place, nth)) = stack.pop() {
        if let Some(text) = node.value().as_text() {
            walk.text(text, place);
        } else if let Some(element) = ElementRef::wrap(node) {
            let Some(within) = walk.enter(element, place, nth) else { continue };
            let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
            let from = stack.len();
            for child in node.children() {
                let nth = child.value().as_element().map_or(0, |child| {
                    let count = counts.entry(child.name()).or_default();
                    *count += 1;
                    *count
                });
                stack.push((child, within, nth));
            }
            stack[from..].reverse();
        }
    }
    walk.finish()
}

impl Walk {
    /// What must be known before links are read, wherever it stands.
    fn head(&mut self, url: &Url, document: &Html) {
        let elements = || document.tree.nodes().filter_map(ElementRef::wrap);
        if let Some(base) = elements()
            .find(|element| element.value().name() == "base" && element.attr("href").is_some())
            .and_then(|element| url.join(element.attr("href")?.trim()).ok())
            .filter(|base| matches!(base.scheme(), "http" | "https" | "file"))
        {
            self.page.base = base;
        }
        // A picture in the page may have a title of its own.
        let title = elements().find(|element| {
            element.value().name() == "title"
                && element.parent().and_then(ElementRef::wrap).is_none_or(|parent| parent.value().name() != "svg")
        });
        self.page.title = title.map(|title| fold(&title.text().collect::<String>())).unwrap_or_default();
        for meta in elements().filter(|element| element.value().name() == "meta") {
            let name = meta.attr("name").or_else(|| meta.attr("property"));
            if let (Some(name), Some(content)) = (name, meta.attr("content")) {
                if name.eq_ignore_ascii_case("generator") && self.page.generator.is_none() {
                    self.page.generator = Some(fold(content));
                }
                self.page.metas.push((name.to_ascii_lowercase(), content.to_owned()));
            }
        }
        let is_alternate = |link: &ElementRef<'_>| {
            let mut relations = link.attr("rel").unwrap_or_default().split_whitespace();
            link.value().name() == "link" && relations.any(|relation| relation.eq_ignore_ascii_case("alternate"))
        };
        for link in elements().filter(is_alternate) {
            if let (Some(media_type), Some(href)) = (link.attr("type"), link.attr("href"))
                && let Ok(url) = self.page.base.join(href.trim())
            {
                self.page.alternates.push((media_type.trim().to_ascii_lowercase(), url));
            }
        }
    }

    /// Takes in an element; says what holds within it, or that it is not entered.
    fn enter(&mut self, element: ElementRef<'_>, place: Place, nth: usize) -> Option<Place> {
        let name = element.value().name();
        let mut within = place;
        let step = self.steps.add(place.step, element, nth);
        within.step = Some(step);
        within.chrome |= CHROME.contains(&name);
        within.visible &= !hidden(element);
        if BLOCKS.contains(&name) {
            self.groups.text(" ", place.group);
            within.block = Some(step);
            within.heading = match name.as_bytes() {
                [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
                _ => place.heading,
            };
        }
        self.groups.enter(element, || self.steps.selector(step), within.chrome, &mut within.group);
        match name {
            "a" | "area" => self.link(element, step, &mut within),
            "img" => self.picture(element, place),
            "iframe" | "frame" | "object" => self.frame(element, step, place),
            "form" => self.form(element, step, &mut within),
            "label" => {
                self.labels.push((element.attr("for").map(str::to_owned), String::new()));
                within.label = Some(self.labels.len() - 1);
            }
            "input" | "textarea" | "select" | "button" => self.field(element, &mut within),
            "script" => self.script(element),
            "noscript" => self.without_script(element),
            "br" | "hr" => self.text(" ", place),
            "div" | "main" | "app-root" => self.root(element),
            _ => {}
        }
        // Scripts stand in the head too.
        within.visible &= name != "head";
        (!SILENT.contains(&name)).then_some(within)
    }

    fn text(&mut self, text: &str, place: Place) {
        if let Some(link) = place.link {
            self.page.links[link].text.push_str(text);
        }
        if let Some(form) = place.form {
            self.page.forms[form].text.push_str(text);
        }
        if let Some(label) = place.label {
            self.labels[label].1.push_str(text);
        }
        if let Some(button) = place.button {
            let (form, field) = self.buttons[button];
            self.page.forms[form].fields[field].label.push_str(text);
        }
        let Some(block) = place.block.filter(|_| place.visible) else { return };
        self.groups.text(text, place.group);
        if self.last == Some(block)
            && let Some(last) = self.page.blocks.last_mut()
        {
            last.text.push_str(text);
        } else if !text.trim().is_empty() {
            self.last = Some(block);
            let selector = self.steps.selector(block);
            let text = text.to_owned();
            self.page.blocks.push(Block { selector, heading: place.heading, text, chrome: place.chrome });
        }
    }

    fn link(&mut self, element: ElementRef<'_>, step: usize, within: &mut Place) {
        let Some(written) = element.attr("href") else { return };
        let Ok(href) = self.page.base.join(written.trim()) else { return };
        let rel = element.attr("rel").unwrap_or_default();
        self.page.links.push(Link {
            href,
            written: written.to_owned(),
            text: String::new(),
            selector: self.steps.selector(step),
            rel: rel.split_whitespace().map(str::to_ascii_lowercase).collect(),
            chrome: within.chrome,
        });
        let index = self.page.links.len() - 1;
        within.link = Some(index);
        if let Some(label) = element.attr("aria-label").or_else(|| element.attr("title"))
            && element.text().all(|text| text.trim().is_empty())
        {
            label.clone_into(&mut self.page.links[index].text);
        }
    }

    fn picture(&mut self, element: ElementRef<'_>, place: Place) {
        if let (Some(link), Some(alt)) = (place.link, element.attr("alt"))
            && self.page.links[link].text.trim().is_empty()
        {
            alt.clone_into(&mut self.page.links[link].text);
        }
    }

    fn frame(&mut self, element: ElementRef<'_>, step: usize, place: Place) {
        let written = ["src", "data-src", "data"].iter().find_map(|name| element.attr(name));
        let Some(written) = written.filter(|written| !written.trim().is_empty()) else { return };
        let Ok(href) = self.page.base.join(written.trim()) else { return };
        self.page.frames.push(Link {
            href,
            written: written.to_owned(),
            text: fold(element.attr("title").unwrap_or_default()),
            selector: self.steps.selector(step),
            rel: Vec::new(),
            chrome: place.chrome,
        });
    }

    fn form(&mut self, element: ElementRef<'_>, step: usize, within: &mut Place) {
        let action = element.attr("action").map(str::trim).filter(|action| !action.is_empty());
        self.page.forms.push(Form {
            action: action.and_then(|action| self.page.base.join(action).ok()),
            method: element.attr("method").unwrap_or("get").trim().to_ascii_lowercase(),
            fields: Vec::new(),
            text: String::new(),
            selector: self.steps.selector(step),
        });
        within.form = Some(self.page.forms.len() - 1);
    }

    fn field(&mut self, element: ElementRef<'_>, within: &mut Place) {
        let Some(form) = within.form else { return };
        let kind = match element.value().name() {
            "input" => element.attr("type").unwrap_or("text").trim().to_ascii_lowercase(),
            "button" => element.attr("type").unwrap_or("submit").trim().to_ascii_lowercase(),
            name => name.to_owned(),
        };
        let button = element.value().name() == "button";
        let said = ["aria-label", "placeholder", "title"].iter().find_map(|name| element.attr(name));
        let label = match kind.as_str() {
            "submit" | "button" | "reset" if !button => element.attr("value"),
            _ if button => None,
            _ => said,
        };
        let name = element.attr("name").or_else(|| element.attr("id")).unwrap_or_default().to_owned();
        let fields = &mut self.page.forms[form].fields;
        fields.push(Field { kind, name, label: label.unwrap_or_default().to_owned() });
        let field = fields.len() - 1;
        if button {
            self.buttons.push((form, field));
            within.button = Some(self.buttons.len() - 1);
        } else {
            let id = element.attr("id").map(str::to_owned);
            self.unlabelled.push(Unlabelled { form, field, id, within: within.label });
        }
    }

    fn script(&mut self, element: ElementRef<'_>) {
        if let Some(src) = element.attr("src") {
            self.page.scripts.push(src.to_owned());
        }
        let text = element.text().collect::<String>();
        if element.attr("type").is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/ld+json")) {
            self.page.json_ld.push(text);
        } else if self.mark.is_none() {
            let marks = ["window.__SITE", "window.__NUXT__", "window.__INITIAL_STATE__"];
            self.mark = marks.iter().find(|mark| text.contains(**mark)).map(|mark| (*mark).to_owned());
        }
    }

    fn without_script(&mut self, element: ElementRef<'_>) {
        // With scripting, as browsers parse it, a noscript holds its markup as text.
        let inner = Html::parse_fragment(&element.text().collect::<String>());
        let words = fold(&inner.root_element().text().collect::<Vec<_>>().join(" "));
        if self.noscript.is_none() && words.to_lowercase().contains("javascript") {
            self.noscript = Some(words);
        }
    }

    fn root(&mut self, element: ElementRef<'_>) {
        let id = element.attr("id").unwrap_or(element.value().name());
        let empty = || element.text().take(50).all(|text| text.trim().is_empty());
        if self.mark.is_none() && ROOTS.contains(&id) && empty() {
            self.mark = Some(format!("<{} id={id:?}> is empty", element.value().name()));
        }
    }

    fn finish(mut self) -> Page {
        for block in &mut self.page.blocks {
            block.text = words(&block.text);
        }
        for link in &mut self.page.links {
            link.text = words(&link.text);
        }
        for Unlabelled { form, field, id, within } in &self.unlabelled {
            let by_id = id.as_deref().and_then(|id| self.labels.iter().find(|(of, _)| of.as_deref() == Some(id)));
            let label = by_id.or_else(|| within.map(|label| &self.labels[label]));
            if let Some((_, text)) = label.filter(|(_, text)| !text.trim().is_empty()) {
                text.clone_into(&mut self.page.forms[*form].fields[*field].label);
            }
        }
        for form in &mut self.page.forms {
            form.text = words(&form.text);
            for field in &mut form.fields {
                field.label = words(&field.label);
            }
        }
        self.groups.finish(words);
        self.page.tables = self.groups.tables;
        self.page.lists = self.groups.lists;
        let mark = self.mark.filter(|_| !self.page.scripts.is_empty());
        self.page.needs_script = self.noscript.or(mark);
        self.page
    }
}

/// White space folded, nothing cut.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(crate) fn hidden(element: ElementRef<'_>) -> bool {
    if element.attr("hidden").is_some() {
        return true;
    }
    let style = element.attr("style").unwrap_or_default().to_ascii_lowercase().replace(' ', "");
    style.contains("display:none") || style.contains("visibility:hidden")
}
