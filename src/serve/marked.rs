//! Where quoted words stand in a text, white space and markup between them left aside.

use std::ops::Range;

/// The bytes of `text` from the first to the last letter of `quote`, whose letters stand there in a row; in `markup`, tags
/// may stand between them.
pub(super) fn find(text: &str, quote: &str, markup: bool) -> Option<Range<usize>> {
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
    let at = letters.windows(wanted.len().max(1)).find(|run| run.iter().map(|(_, c)| c).eq(&wanted))?;
    let ((start, _), (last, letter)) = (at.first()?, at.last()?);
    Some(*start..last + letter.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_across_blanks_and_tags() {
        let text = "<p title=\"open data\">All <b>open</b>\n  data.</p>";
        assert_eq!(find(text, "open data", true).map(|at| &text[at]), Some("open</b>\n  data"));
        assert_eq!(find("été  là", "été là", false), Some(0.."été  là".len()));
        assert_eq!(find("nothing", "some", false), None);
        assert_eq!(find("nothing", "", false), None);
    }
}
