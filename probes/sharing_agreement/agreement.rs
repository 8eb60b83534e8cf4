//! An agreement itself: when it begins and ends, and whether it is filled in.

use jiff::civil::Date;

use super::WORDS;
use crate::dates::{self, Precision};
use crate::document::Role;
use crate::finding::Evidence;
use crate::paper::Read;

/// What an agreement says of itself.
#[derive(Default)]
pub(super) struct Agreement {
    pub(super) begins: Option<Date>,
    pub(super) ends: Option<Date>,
    /// How many places were left blank.
    pub(super) blanks: u64,
    pub(super) signed: Option<String>,
    pub(super) evidence: Vec<Evidence>,
}

/// Reads an agreement.
pub(super) fn read(read: &Read) -> Agreement {
    let mut agreement = Agreement::default();
    for (page, of) in read.document().pages.iter().enumerate() {
        for (at, block) in of.blocks.iter().enumerate() {
            if matches!(block.role, Role::Running | Role::Contents) {
                continue;
            }
            let place = Some((page, at));
            let blanks: Vec<_> = WORDS.blank.find_iter(&block.text).collect();
            if let (Some(first), 0) = (blanks.first(), agreement.blanks) {
                agreement.evidence.push(read.evidence(place, first.as_str()));
            }
            agreement.blanks += blanks.len() as u64;
            for found in dates::find(&block.text).iter().filter(|found| found.dated.precision == Precision::Day) {
                let start = dates::begins(&block.text, found);
                let before = &block.text[..start];
                let (ends, begins) = (WORDS.ends.find(before), WORDS.begins.find(before));
                // Of the two, the word nearer to the date: "effective January 1 until June 30".
                let is_end = ends.is_some_and(|end| begins.is_none_or(|begin| end.start() > begin.start()));
                let day = if is_end { &mut agreement.ends } else { &mut agreement.begins };
                if day.is_none() && (is_end || begins.is_some()) {
                    *day = Some(found.dated.first);
                    agreement.evidence.push(read.evidence(place, &block.text[start..found.end]));
                }
            }
            if agreement.signed.is_none()
                && blanks.is_empty()
                && block.text.len() < 160
                && WORDS.signed.is_match(&block.text)
                && block.text.split_whitespace().count() > 1
            {
                agreement.signed = Some(block.text.clone());
                agreement.evidence.push(read.evidence(place, &block.text));
            }
        }
    }
    agreement
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_word_before_a_date_says_what_it_is() {
        let words = &super::WORDS;
        assert!(words.begins.is_match("This agreement is entered into on "));
        assert!(words.ends.is_match("It shall remain in effect until "));
        assert!(words.blank.is_match("between ________ and the City") && words.blank.is_match("[Vendor Name]"));
        assert!(!words.blank.is_match("[see section 4]"));
    }
}
