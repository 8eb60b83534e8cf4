//! Short CSS selectors that find exactly one element.

use std::collections::BTreeMap;

use scraper::{ElementRef, Html};

/// The most steps of a selector: a deeper element is found by its ancestor.
const MOST_STEPS: usize = 60;

/// The elements met so far, each with its way from its parent.
pub(super) struct Steps {
    steps: Vec<Step>,
    ids: BTreeMap<String, usize>,
}

struct Step {
    parent: Option<usize>,
    depth: usize,
    /// `#id` where the id is unique and plain; else the tag, to be counted among its like.
    way: String,
}

impl Steps {
    pub(super) fn new(document: &Html) -> Self {
        let mut ids = BTreeMap::new();
        for id in document.tree.values().filter_map(|node| node.as_element()?.attr("id")) {
            *ids.entry(id.to_owned()).or_default() += 1;
        }
        Self { steps: Vec::new(), ids }
    }

    /// Takes in `element`, the `nth` of its tag (from 1) among the children of `parent`.
    pub(super) fn add(&mut self, parent: Option<usize>, element: ElementRef<'_>, nth: usize) -> usize {
        let unique = element.attr("id").filter(|id| plain(id) && self.ids.get(*id) == Some(&1));
        let tag = element.value().name();
        let (way, parent) = match (unique, parent) {
            (Some(id), _) => (format!("#{id}"), None),
            // The root, and its two children, stand alone.
            (None, None) => (tag.to_owned(), None),
            (None, Some(_)) if matches!(tag, "head" | "body") => (tag.to_owned(), None),
            (None, Some(parent)) => (format!("{tag}:nth-of-type({nth})"), Some(parent)),
        };
        let depth = parent.map_or(0, |parent| self.steps[parent].depth + 1);
        self.steps.push(Step { parent, depth, way });
        self.steps.len() - 1
    }

    /// The selector that finds the element taken in as `step`.
    pub(super) fn selector(&self, step: usize) -> String {
        let mut ways = Vec::new();
        let mut at = Some(step);
        while let Some(step) = at {
            let step = &self.steps[step];
            if step.depth < MOST_STEPS {
                ways.push(step.way.as_str());
            }
            at = step.parent;
        }
        ways.reverse();
        ways.join(" > ")
    }
}

/// Whether an id can stand in a selector without escapes.
fn plain(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}
