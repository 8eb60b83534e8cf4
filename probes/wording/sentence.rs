//! Where sentences begin and end.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;
use unicode_segmentation::UnicodeSegmentation as _;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Abbreviations {
    /// Words, lower case and without their last full stop, after which a sentence goes on.
    go_on: BTreeSet<String>,
}

static ABBREVIATIONS: LazyLock<Abbreviations> =
    LazyLock::new(|| match toml::from_str(include_str!("abbreviations.toml")) {
        Ok(abbreviations) => abbreviations,
        Err(error) => panic!("invariant: the bundled abbreviations are well formed: {error}"),
    });

/// The sentences of `text`, without the white space around them.
///
/// Unicode's own boundaries, but for those that follow an abbreviation, an initial or the number of a clause, and
/// for the enumerated parts of a clause: each is taken for a sentence.
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut open: Option<usize> = None;
    for (start, part) in text.split_sentence_bound_indices() {
        let from = open.take().unwrap_or(start);
        let end = start + part.len();
        if end < text.len() && goes_on(&text[from..end]) {
            open = Some(from);
        } else {
            enumerated(text, from..end, &mut found);
        }
    }
    found
}

/// Whether the sentence that seems to end with `so_far` goes on.
fn goes_on(so_far: &str) -> bool {
    let trimmed = so_far.trim_end();
    let Some(stem) = trimmed.strip_suffix('.') else {
        return false;
    };
    let last = stem.rsplit(|c: char| c.is_whitespace() || c == '(' || c == '*').next().unwrap_or(stem);
    let bare = last.to_lowercase();
    let only = last.len() == stem.trim_start_matches(['*', '(', '#', ' ', '-']).len();
    let number = !bare.is_empty() && bare.chars().all(|c| c.is_ascii_digit() || c == '.');
    // A clause's own number or letter: "3.", "a.", "iv.", "A.1.".
    if only && (number || bare.chars().count() <= 4) {
        return true;
    }
    // "U.S. Census", "J. Ortiz": two sentences taken for one lose nothing, one cut in two loses its sense.
    let dotted = last.split('.').all(|part| part.chars().count() == 1);
    dotted || ABBREVIATIONS.go_on.contains(&bare)
}

/// A sentence in its enumerated parts, where it has some.
fn enumerated(text: &str, whole: Range<usize>, found: &mut Vec<Range<usize>>) {
    let mut at = whole.start;
    for (semicolon, _) in text[whole.clone()].match_indices([';', ':']) {
        let end = whole.start + semicolon + 1;
        if marker(text[end..whole.end].trim_start()) {
            push(text, at..end, found);
            at = end;
        }
    }
    push(text, at..whole.end, found);
}

/// Whether `rest` begins with the mark of an enumerated part, such as "(b)", "and (iv)", "2)" or a bullet.
pub fn marker(rest: &str) -> bool {
    if ["- ", "* ", "\u{2022}", "\u{25aa}", "\u{2013} ", "\u{b7} "].iter().any(|bullet| rest.starts_with(bullet)) {
        return true;
    }
    let rest = ["and ", "or "].iter().find_map(|word| rest.strip_prefix(word)).unwrap_or(rest).trim_start();
    let inner = rest.strip_prefix('(').unwrap_or(rest);
    match inner.split_once(')') {
        Some((mark, _)) => !mark.is_empty() && mark.len() <= 4 && mark.chars().all(char::is_alphanumeric),
        None => false,
    }
}

fn push(text: &str, range: Range<usize>, found: &mut Vec<Range<usize>>) {
    let part = &text[range.clone()];
    let start = range.start + (part.len() - part.trim_start().len());
    let end = range.end - (part.len() - part.trim_end().len());
    if start < end {
        found.push(start..end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn abbreviations_initials_and_numbers_end_no_sentence() {
        assert_eq!(
            said("Under Ord. No. 12 of Sec. 3, Dr. A. Ortiz shall report. The U.S. Census is cited."),
            ["Under Ord. No. 12 of Sec. 3, Dr. A. Ortiz shall report.", "The U.S. Census is cited."]
        );
        assert_eq!(said("2. The board meets. 3. It reports."), ["2. The board meets.", "3. It reports."]);
    }

    #[test]
    fn enumerated_parts_are_sentences_of_their_own() {
        assert_eq!(
            said("The office shall: (a) keep a list; (b) publish it; and (c) report. Done; or so we hope."),
            ["The office shall:", "(a) keep a list;", "(b) publish it;", "and (c) report.", "Done; or so we hope."]
        );
    }
}
