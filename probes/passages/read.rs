//! Passages out of documents: every topic in one pass.

use serde::Serialize;

use super::find::find;
use super::topic::{Known, Lead, Written};
use super::topics::TOPICS;
use super::unit::Reading;
use crate::capture::CaptureId;
use crate::document::Document;
use crate::finding::{Evidence, Locus};
use crate::wording::Language;

/// A passage, or a few, on one topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Passage {
    /// The topic.
    pub topic: &'static str,
    /// How strongly it bears on it.
    pub lead: Lead,
    /// The rule that made it.
    pub rule: &'static str,
    /// How many such passages the document has.
    pub times: usize,
    /// The best of them as they stand.
    pub quotes: Vec<Quote>,
}

/// Words of a document, and where they stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Quote {
    /// The page, by its place in the document.
    page: usize,
    /// The block, by its place on the page.
    block: usize,
    /// The words as they stand there.
    pub words: String,
}

impl Quote {
    fn locus(&self, document: &Document) -> Locus {
        let page = &document.pages[self.page];
        document.locus(page, &page.blocks[self.block])
    }

    pub(super) fn evidence(&self, document: &Document, capture: &CaptureId) -> Evidence {
        Evidence::new(capture, self.locus(document), &self.words)
    }

    /// The place in words.
    pub(super) fn place(&self, document: &Document) -> String {
        document.place(&self.locus(document))
    }
}

/// Every topic that `document` has a passage on, which is in `language`.
pub fn read(document: &Document, language: Language) -> Vec<Passage> {
    let known = Known::of(language);
    let reading = Reading::of(document, known);
    let quote = |at: usize| {
        let unit = &reading.units[at];
        Quote { page: unit.page, block: unit.block, words: unit.text.clone() }
    };
    let found = find(&reading, known).into_iter().map(|found| Passage {
        topic: found.topic,
        lead: found.lead,
        rule: found.rule,
        times: found.times,
        quotes: once(found.passages).into_iter().map(quote).collect(),
    });
    found.collect()
}

/// The units of all passages, best first: what leads several items in is quoted once.
fn once(passages: Vec<Vec<usize>>) -> Vec<usize> {
    let mut units = Vec::new();
    for unit in passages.into_iter().flatten() {
        if !units.contains(&unit) {
            units.push(unit);
        }
    }
    units
}

/// The topics that phrases are known for in a language.
pub(super) fn known(language: Language) -> impl Iterator<Item = &'static str> {
    Known::of(language).topics.iter().map(|topic| topic.id)
}

/// Every topic's id, and its file: what it is about and the texts that it is tried on.
pub fn topics() -> impl Iterator<Item = (&'static str, Written)> {
    TOPICS.iter().map(|(id, text)| match toml::from_str(text) {
        Ok(written) => (*id, written),
        Err(error) => panic!("invariant: the bundled topic {id} is well formed: {error}"),
    })
}

#[cfg(test)]
mod tests {
    use super::super::topic::{Examples, Worded};
    use super::*;
    use crate::document::plain;

    #[test]
    fn every_topic_is_found_in_its_examples_and_nowhere_near() {
        let lead = |topic: &str, text: &str, language| {
            read(&plain(text), language).into_iter().find(|passage| passage.topic == topic).map(|passage| passage.lead)
        };
        let mut wrong = Vec::new();
        let worded = topics().flat_map(|(id, written)| {
            Language::ALL.into_iter().filter_map(move |language| Some((id, language, written.worded(language)?)))
        });
        for (id, language, Worded { examples, .. }) in worded {
            let Examples { strong, weak, none } = &examples;
            let expected = [(strong, Some(Lead::Strong)), (weak, Some(Lead::Weak)), (none, None)];
            for (texts, expected) in expected {
                for text in texts {
                    let found = lead(id, text, language);
                    if found != expected {
                        wrong.push(format!("{id}: {expected:?} expected, {found:?} found in {text:?}"));
                    }
                }
            }
            if strong.is_empty() && weak.is_empty() || none.is_empty() {
                wrong.push(format!("{id}: give it an example that it is found in, and one that it is not"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
