//! What the look of a line's words tells: bullets, numbers, headings, entries of a table of contents.

use std::sync::LazyLock;

use regex::Regex;

/// The most words of a heading.
const HEADING_WORDS: usize = 14;
/// The most characters of a heading.
const HEADING_LENGTH: usize = 110;

static BULLET: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:[•◦▪▫■□●○‣⁃∙·*o➢➤✓✔❖\u{f0b7}\u{f0a7}\u{f0d8}–—-]|\[[ xX]\])\s+\S"));
static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:\(?(?:[0-9]{1,3}|[A-Za-z]|[ivxIVX]{1,5})[.)]|[0-9]{1,3}(?:\.[0-9]{1,3}){1,4}\.?|§+\s*[0-9][0-9A-Za-z.-]*)\s+\S",
    )
});
/// The name of a part, alone or before its title.
static PART: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?i:article|chapter|section|sec\.|part|division|title|appendix|attachment|exhibit|annex|schedule)\s+(?:[0-9]+[0-9A-Za-z.-]*|[IVXLC]+|[A-Z])\b[.:)]?\s*[-–—:.]?\s*(.*)$",
    )
});
static NUMBERED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^((?:[0-9]{1,2}|[IVX]{1,5}|[A-Z])(?:\.[0-9]{1,2}){0,4})[.)]?\s+(\p{Lu}.*)$"));
static DOTS: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\S.*?(?:\s?[.…·_]){3,}\s*(?:[0-9]{1,4}|[ivxl]{1,6})$"));
static PAGE_AT_END: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\S.*\s(?:[0-9]{1,4}|[ivxl]{1,6})$"));
static NOTE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:\[?[0-9]{1,3}\]?[.)]?|[*†‡§]+)\s*\S"));

fn pattern(written: &str) -> Regex {
    match Regex::new(written) {
        Ok(pattern) => pattern,
        Err(error) => panic!("invariant: the pattern is regular: {error}"),
    }
}

/// Whether a line begins with a bullet, or with the number of a clause.
pub(super) fn item(text: &str) -> bool {
    BULLET.is_match(text) || NUMBER.is_match(text)
}

/// Whether a line begins as footnotes do.
pub(super) fn note(text: &str) -> bool {
    NOTE.is_match(text)
}

/// Whether a line is an entry of a table of contents: led to its page by dots, or, `under` the heading of one, ending in it.
pub(super) fn entry_of_contents(text: &str, under: bool) -> bool {
    DOTS.is_match(text) || under && text.len() < HEADING_LENGTH && PAGE_AT_END.is_match(text)
}

/// Whether a heading is that of a table of contents.
pub(super) fn heads_contents(text: &str) -> bool {
    let text = without_hashes(text).trim_end_matches(':').to_lowercase();
    matches!(text.as_str(), "contents" | "table of contents" | "index" | "in this document")
}

/// A heading without the signs by which plain texts mark one.
pub(super) fn without_hashes(text: &str) -> &str {
    match text.trim_start_matches('#') {
        rest if rest.len() < text.len() && rest.starts_with(' ') => rest.trim().trim_end_matches('#').trim_end(),
        _ => text,
    }
}

/// The level of the heading that a line is by its words; `gap` is above it, and it stands `alone` if there is one below too.
pub(in crate::document) fn looks_like_heading(text: &str, gap: bool, alone: bool) -> Option<u8> {
    let hashes = text.len() - text.trim_start_matches('#').len();
    if (1..=6).contains(&hashes) && text[hashes..].starts_with(' ') {
        return u8::try_from(hashes).ok();
    }
    let words = text.split_whitespace().count();
    if words > HEADING_WORDS || text.chars().count() > HEADING_LENGTH || !text.contains(char::is_alphabetic) {
        return None;
    }
    if let Some(part) = PART.captures(text).filter(|_| gap) {
        let title = part.get(1).map_or("", |title| title.as_str());
        // `Section 3. The city shall publish.` is a clause, not a heading.
        let heads = title.is_empty() || alone && !title.ends_with([';', ',']) && titled(title.trim_end_matches('.'));
        return heads.then_some(2);
    }
    if text.ends_with([',', ';']) || !(gap || alone) {
        return None;
    }
    if is_upper(text) {
        return Some(1);
    }
    if !(gap && alone) {
        return None;
    }
    if let Some(numbered) = NUMBERED.captures(text) {
        let depth = u8::try_from(numbered[1].split('.').count()).unwrap_or(5);
        let title = numbered[2].trim_end_matches([':', '.']);
        let long = title.split_whitespace().count() > if text.ends_with('.') { 3 } else { 8 };
        let heads = !long && !title.contains(['.', ';']) && titled(title);
        return heads.then_some((depth + 1).min(6));
    }
    let body = text.trim_end_matches(':');
    let heads = !text.ends_with(['.', '?', '!', ')', '"', '”']) && words <= 10 && titled(body) && !text.contains(". ");
    (heads && !BULLET.is_match(text) && (words > 1 || body.len() > 3)).then_some(3)
}

/// Whether all letters are capital, and there are enough of them to tell.
fn is_upper(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic());
    let (upper, all) = letters.fold((0, 0), |(upper, all), c| (upper + usize::from(c.is_uppercase()), all + 1));
    all >= 4 && upper == all && !text.ends_with('.') || all >= 8 && upper == all && text.split_whitespace().count() > 1
}

/// Whether the words that carry a title begin with capitals.
fn titled(text: &str) -> bool {
    const SMALL: &[&str] = &[
        "and", "or", "of", "the", "a", "an", "in", "on", "for", "to", "by", "with", "at", "from", "as", "is", "are",
        "we", "our",
    ];
    let mut words =
        text.split_whitespace().filter(|word| word.starts_with(char::is_alphabetic) && !SMALL.contains(word));
    let first = text.chars().find(|c| c.is_alphanumeric());
    let (capital, all) = words
        .by_ref()
        .fold((0, 0), |(capital, all), word| (capital + usize::from(word.starts_with(char::is_uppercase)), all + 1));
    // Many headings have only their first capital: those are short.
    first.is_some_and(|c| !c.is_lowercase()) && all > 0 && (capital * 10 >= all * 7 || all <= 5 && capital >= 1)
}
