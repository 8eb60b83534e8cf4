//! Where quoted words stand in a text, white space and markup between them left aside.

use std::ops::Range;

use probes::finding::Locus;

/// The most places of the same words that are marked.
const MOST: usize = 200;

/// Where words stand in a text.
pub(super) struct Marked {
    /// Every place, in order: the bytes from the first to the last letter.
    pub(super) places: Vec<Range<usize>>,
    /// The one among them that is meant, where that can be told.
    pub(super) meant: Option<usize>,
}

/// Every place in `text` where the letters of `quote` stand in a row; in `markup`, tags may stand between them. `locus`
/// tells which of them is meant, where it is a line or a row.
pub(super) fn find(text: &str, quote: &str, markup: bool, locus: &Locus) -> Marked {
    let wanted: Vec<char> = quote.chars().filter(|c| !c.is_whitespace()).collect();
    let mut in_tag = false;
    let letters: Vec<(usize, char)> = text
        .char_indices()
        .filter(|&(_, c)| {
            let tag = in_tag || (markup && c == '<');
            in_tag = tag && c != '>';
            !tag && !c.is_whitespace()
        })
        .collect();
    let mut places: Vec<Range<usize>> = Vec::new();
    for run in letters.windows(wanted.len().max(1)) {
        let (Some((start, _)), Some((last, letter))) = (run.first(), run.last()) else { break };
        let behind = places.last().is_none_or(|place| *start >= place.end);
        if behind && run.iter().map(|(_, c)| c).eq(&wanted) {
            places.push(*start..last + letter.len_utf8());
            if places.len() == MOST {
                break;
            }
        }
    }
    let meant = match begins(text, locus) {
        Some(from) => places.iter().position(|place| place.start >= from),
        None => (places.len() == 1).then_some(0),
    };
    Marked { places, meant }
}

/// The byte at which a line or a row begins.
fn begins(text: &str, locus: &Locus) -> Option<usize> {
    match locus {
        Locus::Line(line) | Locus::Passage { page: None, line: Some(line) } => {
            let before = usize::try_from(line.checked_sub(1)?).ok()?;
            Some(text.split_inclusive('\n').take(before).map(str::len).sum())
        }
        Locus::Row(row) => {
            let before = usize::try_from(row.checked_sub(1)?).ok()?;
            let mut rows = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            let found = rows.records().nth(before)?.ok()?;
            usize::try_from(found.position()?.byte()).ok()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places<'t>(text: &'t str, quote: &str, markup: bool) -> Vec<&'t str> {
        find(text, quote, markup, &Locus::Text).places.into_iter().map(|at| &text[at]).collect()
    }

    #[test]
    fn words_are_found_across_blanks_and_tags() {
        let text = "<p title=\"open data\">All <b>open</b>\n  data.</p>";
        assert_eq!(places(text, "open data", true), ["open</b>\n  data"]);
        assert_eq!(places("été  là", "été là", false), ["été  là"]);
        assert!(places("nothing", "some", false).is_empty());
        assert!(places("nothing", "", false).is_empty());
    }

    #[test]
    fn of_words_that_stand_several_times_the_place_tells_which_is_meant() {
        let text = "open data\nclosed\nopen data\n\"a\nb\",open data\n";
        let meant = |locus| find(text, "open data", false, &locus).meant;
        assert_eq!(find(text, "open data", false, &Locus::Text).places.len(), 3);
        assert_eq!(meant(Locus::Text), None);
        assert_eq!(meant(Locus::Line(1)), Some(0));
        assert_eq!(meant(Locus::Line(3)), Some(1));
        assert_eq!(meant(Locus::Passage { page: None, line: Some(2) }), Some(1));
        assert_eq!(meant(Locus::Row(4)), Some(2));
        assert_eq!(meant(Locus::Line(9)), None);
    }
}
