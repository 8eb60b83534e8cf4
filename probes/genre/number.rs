//! The number by which a document is known, written one way, so that documents can be told apart by it.

use regex::{Captures, Regex};

use super::{FILE, View};

/// The number by which a document is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// What it counts, and the number: "RFP 26-104", however the document writes it.
    pub name: String,
    /// The words that say so.
    pub words: String,
    /// Where they stand: the page and the block on it, counted from 0. `None` in the document's title or address.
    pub at: Option<(usize, usize)>,
}

impl Number {
    /// The number of what `view` shows. A document's beginning names others too: what it is called goes first.
    pub(super) fn of(view: &View<'_>, names: &[&str]) -> Option<Self> {
        let is_name = |text: &str| names.iter().any(|name| std::ptr::eq(*name, text));
        let said = view.name.iter().filter(|(_, text)| !is_name(text));
        let in_text = |(at, text): &(Option<(usize, usize)>, &str)| Self::find(text, &FILE.number, *at);
        let called = said.clone().find_map(in_text);
        let called = called.or_else(|| names.iter().find_map(|name| Self::find(&joined(name), &FILE.number, None)));
        called.or_else(|| view.head.iter().find_map(in_text))
    }

    fn find(text: &str, pattern: &Regex, at: Option<(usize, usize)>) -> Option<Self> {
        let named = |found: Captures<'_>| {
            let part = |name| found.name(name).map_or("", |part| part.as_str());
            let kind = kind(part("kind"));
            let id = part("id").trim_end_matches(['.', '-']).to_uppercase();
            // "Request for proposals no. RFP-26-104"
            let id = id.strip_prefix(&kind).map_or(id.as_str(), |rest| rest.trim_start_matches(['-', '.']));
            let year = part("word").is_empty() && id.len() == 4 && (id.starts_with("19") || id.starts_with("20"));
            let words = found[0].trim_end_matches(['.', '-']).to_owned();
            (!year).then(|| Self { name: format!("{kind} {id}"), words, at })
        };
        pattern.captures_iter(text).find_map(named)
    }
}

/// Kinds as they are written in numbers: RFP for a request for proposals, and a capital for the others.
fn kind(words: &str) -> String {
    let words = words.to_lowercase();
    if let Some(wanted) = words.strip_prefix("request for ") {
        return format!("RF{}", wanted[..1].to_uppercase());
    }
    if words.len() == 3 {
        return words.to_uppercase();
    }
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A file's name has blanks for hyphens: numbers beside numbers are one.
fn joined(name: &str) -> String {
    let mut joined = String::with_capacity(name.len());
    let mut letters = name.chars().peekable();
    while let Some(c) = letters.next() {
        let between =
            joined.ends_with(|last: char| last.is_ascii_digit()) && letters.peek().is_some_and(char::is_ascii_digit);
        joined.push(if c == ' ' && between { '-' } else { c });
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::super::tell;
    use crate::document::plain;

    fn number(text: &str, names: &[&str]) -> Option<String> {
        tell(&plain(text), names).number.map(|number| number.name)
    }

    #[test]
    fn requests_of_one_year_are_told_apart_by_their_files_names() {
        let text = "Street sweeping\n\nProposals are due on April 7, 2026.\n";
        assert_eq!(number(text, &["rfp 2026 114"]).as_deref(), Some("RFP 2026-114"));
        assert_eq!(number(text, &["RFP 2026 115 Tree Care"]).as_deref(), Some("RFP 2026-115"));
        assert_eq!(number(text, &["rfp 2026 tree care"]), None, "a year is no number");
        assert_eq!(number(text, &[]), None);
    }

    #[test]
    fn a_number_is_the_same_however_it_is_written() {
        for text in ["REQUEST FOR PROPOSALS No. RFP-26-104", "RFP # 26-104", "Request for Proposals 26-104."] {
            assert_eq!(number(&format!("{text}\n\nStreet sweeping\n"), &["rfp 26 9"]).as_deref(), Some("RFP 26-104"));
        }
        assert_eq!(number("Ordinance No. 2019\n\nOn data.\n", &[]).as_deref(), Some("Ordinance 2019"));
        assert_eq!(number("Contract No. C-2026-11\n\nTree care\n", &[]).as_deref(), Some("Contract C-2026-11"));
    }

    #[test]
    fn a_files_name_goes_before_what_the_text_cites() {
        let text = "Street sweeping\n\nUnder Ordinance 19-44 the city asks for proposals, in a text that is long \
                    enough to be no line that stands alone above a document.\n";
        assert_eq!(number(text, &["rfp 2026 114"]).as_deref(), Some("RFP 2026-114"));
        assert_eq!(number(text, &[]).as_deref(), Some("Ordinance 19-44"));
    }
}
