//! Pages that are pictures, and where what text recognition read on them goes in a document.

use std::collections::BTreeMap;

use super::{Block, Document, Page, Paging, Read, Refused, child, plain};
use crate::capture::{Form, Recognition};

/// The pages that text recognition may help with, by the form that the document's reader gave.
pub fn wanted(form: &Form) -> Vec<u32> {
    pictures(&child::read(form))
}

/// The document of `read` with the pages of `recognition` in it.
pub(super) fn fill(recognition: &Recognition, read: &Read) -> Read {
    let Some(recognised) = recognition.recognised() else {
        return match (read, &recognition.gap) {
            (Err(Refused::Scanned { pages, .. }), Some(gap)) => {
                Err(Refused::Scanned { pages: *pages, gap: Some(gap.clone()) })
            }
            _ => read.clone(),
        };
    };
    let mut document = match read {
        Ok(document) => document.clone(),
        Err(Refused::Scanned { pages, .. }) => pictures_alone(*pages),
        Err(refused) => return Err(refused.clone()),
    };
    let mut words = blocks(recognition);
    for page in document.pages.iter_mut().filter(|page| document.unread.contains(&page.number)) {
        page.blocks = words.remove(&page.number).unwrap_or_default();
    }
    document.unread.retain(|page| !recognised.pages.contains(page));
    document.recognised = Some(recognised);
    Ok(document)
}

/// What stands on the pages, by their numbers.
fn blocks(recognition: &Recognition) -> BTreeMap<u32, Vec<Block>> {
    let text: Vec<&str> = recognition.pages.iter().map(|page| page.text.trim_end()).collect();
    let read = plain(&text.join("\u{c}"));
    let blocks = read.pages.into_iter().zip(&recognition.pages).map(|(mut read, page)| {
        // Lines are counted in what was recognised, which nobody else sees.
        read.blocks.iter_mut().for_each(|block| block.line = None);
        (page.number, read.blocks)
    });
    blocks.collect()
}

/// A document of so many pages whose words are not known.
fn pictures_alone(pages: usize) -> Document {
    let numbers: Vec<u32> = (1..=u32::try_from(pages).unwrap_or(u32::MAX)).collect();
    let pages = numbers.iter().map(|number| Page { number: *number, blocks: Vec::new() }).collect();
    Document { paging: Paging::Exact, pages, unread: numbers, ..Document::default() }
}

/// The pages of a document that are pictures, or could not be taken apart.
pub(super) fn pictures(read: &Read) -> Vec<u32> {
    match read {
        Ok(document) => document.unread.clone(),
        Err(Refused::Scanned { pages, .. }) => pictures_alone(*pages).unread,
        Err(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::RecognisedPage;

    fn recognition(pages: &[(u32, &str)]) -> Recognition {
        let pages =
            pages.iter().map(|(number, text)| RecognisedPage { number: *number, text: (*text).to_owned() }).collect();
        Recognition { by: Some("a program".to_owned()), pages, gap: None }
    }

    #[test]
    fn recognised_pages_stand_where_the_pictures_stood() {
        let scanned = Err(Refused::Scanned { pages: 3, gap: None });
        assert_eq!(pictures(&scanned), [1, 2, 3]);
        let read = fill(&recognition(&[(1, "POLICY\n\nThe city shall\npublish."), (3, "Third.\n")]), &scanned).unwrap();
        let words = |page: usize| read.pages[page].blocks.iter().map(|b| b.text.as_str()).collect::<Vec<_>>();
        assert_eq!((words(0), words(1), words(2)), (vec!["POLICY", "The city shall publish."], vec![], vec!["Third."]));
        assert_eq!((read.unread, read.recognised.unwrap().pages), (vec![2], vec![1, 3]));
    }

    #[test]
    fn pages_with_words_of_their_own_stay_as_they_are() {
        let mut document = plain("One.\u{c}\u{c}Three.");
        document.unread = vec![2];
        let read = fill(&recognition(&[(2, "Two.")]), &Ok(document)).unwrap();
        let texts: Vec<&str> = read.pages.iter().flat_map(|page| &page.blocks).map(|b| b.text.as_str()).collect();
        assert_eq!((texts, read.unread), (vec!["One.", "Two.", "Three."], vec![]));
    }

    #[test]
    fn without_a_program_all_stays_as_it_was() {
        let scanned = Err(Refused::Scanned { pages: 3, gap: None });
        assert_eq!(fill(&Recognition::default(), &scanned), scanned);
        let broke = Recognition { gap: Some("it broke".to_owned()), ..Recognition::default() };
        assert_eq!(fill(&broke, &scanned), Err(Refused::Scanned { pages: 3, gap: broke.gap.clone() }));
        assert_eq!(fill(&recognition(&[(1, "One.")]), &Err(Refused::Empty)), Err(Refused::Empty));
    }
}
