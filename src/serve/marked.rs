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

/// Every place in `text` where the letters of `quote` stand in a row; in `markup`, tags may stand between them and
/// characters may be written by name or number, and what stands nowhere between tags is looked for within them. `locus`
/// tells which of the places is meant, where it is a line or a row.
pub(super) fn find(text: &str, quote: &str, markup: bool, locus: &Locus) -> Marked {
    let wanted: Vec<char> = quote.chars().filter(|c| !c.is_whitespace()).collect();
    let mut places = if markup { run_of(&between_tags(text), &wanted) } else { Vec::new() };
    if places.is_empty() {
        let all = text.char_indices().map(|(at, c)| (at..at + c.len_utf8(), c));
        places = run_of(&all.filter(|(_, c)| !c.is_whitespace()).collect::<Vec<_>>(), &wanted);
    }
    let meant = match begins(text, locus) {
        Some(from) => places.iter().position(|place| place.start >= from),
        None => (places.len() == 1).then_some(0),
    };
    Marked { places, meant }
}

/// A character, and the bytes that it is written with.
type Letter = (Range<usize>, char);

/// Where letters stand in a row, as far as that is marked.
fn run_of(letters: &[Letter], wanted: &[char]) -> Vec<Range<usize>> {
    let mut places: Vec<Range<usize>> = Vec::new();
    for run in letters.windows(wanted.len().max(1)) {
        let (Some((first, _)), Some((last, _))) = (run.first(), run.last()) else { break };
        let behind = places.last().is_none_or(|place| first.start >= place.end);
        if behind && run.iter().map(|(_, c)| c).eq(wanted) {
            places.push(first.start..last.end);
            if places.len() == MOST {
                break;
            }
        }
    }
    places
}

/// The letters of markup that stand between its tags.
fn between_tags(text: &str) -> Vec<Letter> {
    let mut letters = Vec::new();
    let (mut at, mut in_tag) = (0, false);
    while let Some(c) = text[at..].chars().next() {
        let tag = in_tag || c == '<';
        in_tag = tag && c != '>';
        let (length, c) = if c == '&' { written(&text[at..]).unwrap_or((1, c)) } else { (c.len_utf8(), c) };
        if !tag && !c.is_whitespace() {
            letters.push((at..at + length, c));
        }
        at += length;
    }
    letters
}

/// The character that a text begins with by name or number, as in `&amp;` and `&#38;`, and how many bytes that takes.
fn written(text: &str) -> Option<(usize, char)> {
    const NAMED: [(&str, char); 6] =
        [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\''), ("nbsp", ' ')];
    const LONGEST: usize = 10;
    let end = text.bytes().take(LONGEST).position(|byte| byte == b';')?;
    let name = text.get(1..end)?;
    let c = match name.strip_prefix('#') {
        Some(number) => {
            let hex = number.strip_prefix(['x', 'X']).map(|digits| u32::from_str_radix(digits, 16));
            char::from_u32(hex.unwrap_or_else(|| number.parse()).ok()?)?
        }
        None => NAMED.iter().find(|(known, _)| *known == name)?.1,
    };
    Some((end + 1, c))
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
    fn characters_by_name_and_words_within_tags_are_found() {
        let text = "<a href=\"mailto:ada@a.example\">Parks &amp; trees &#x2014; all&nbsp;of them</a> A&B;";
        assert_eq!(places(text, "Parks & trees — all of", true), ["Parks &amp; trees &#x2014; all&nbsp;of"]);
        assert_eq!(places(text, "mailto:ada@a.example", true), ["mailto:ada@a.example"]);
        assert_eq!(places(text, "A&B;", true), ["A&B;"]);
        assert!(places("&#xFFFFFFFF; &unknown; &", "none", true).is_empty());
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
