//! Words from outside made safe to show, and the words for how things stand.

use std::borrow::Cow;
use std::fmt::Write as _;

use probes::finding::{Answer, Locus, Share};

use crate::criteria::Measured;
pub(crate) use crate::criteria::verdict::points;
use crate::criteria::verdict::{Kind, Lead, Shows, Standing};

/// Makes control characters and direction overrides visible as their code points; tabs and line ends stay.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    // Most is plain, and that is told byte by byte.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) || !text.chars().any(hides) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if hides(c) {
            let _ = write!(shown, "⟨U+{:04X}⟩", u32::from(c));
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

fn hides(c: char) -> bool {
    (c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

/// The same on one line, white space folded.
pub(crate) fn line(text: &str) -> String {
    visible(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A number with its thousands apart.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    grouped
}

/// What a clause is in the guide, in words.
pub(crate) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Requirement => "requirement",
        Kind::Evidence => "evidence",
    }
}

/// How a clause or criterion stands, in words.
pub(crate) fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Met => "met",
        Standing::NotMet => "not met",
        Standing::NeedsReview => "needs review",
        Standing::NothingOffered => "nothing offered",
    }
}

/// How a clause or criterion stands, as it is written in data.
pub(crate) fn standing_name(standing: Standing) -> &'static str {
    standing.name()
}

/// What a link shows, in words.
pub(crate) fn shows(shows: Shows) -> &'static str {
    match shows {
        Shows::Yes => "shows it",
        Shows::No => "does not show it",
        Shows::Unsure => "cannot be told",
    }
}

/// A lead, as it is written in data.
pub(crate) fn lead(lead: Lead) -> &'static str {
    match lead {
        Lead::None => "none",
        Lead::Weak => "weak",
        Lead::Strong => "strong",
    }
}

/// An answer, as it is written in data.
pub(crate) fn answer(answer: Answer) -> &'static str {
    match answer {
        Answer::Yes => "yes",
        Answer::No => "no",
        Answer::Unknown => "unknown",
        Answer::NotApplicable => "not-applicable",
    }
}

/// A place in a capture, in words.
pub(crate) fn place(locus: &Locus) -> String {
    match locus {
        Locus::Exchange => "the end of the request".to_owned(),
        Locus::Header(name) => format!("header {}", name.to_ascii_lowercase()),
        Locus::Url => "the address that answered".to_owned(),
        Locus::Line(line) => format!("line {line}"),
        Locus::Row(row) => format!("row {row}"),
        Locus::Pointer(pointer) if pointer.is_empty() => "the whole JSON document".to_owned(),
        Locus::Pointer(pointer) => format!("JSON pointer {pointer}"),
        Locus::Selector(selector) => format!("selector {selector}"),
        Locus::Text => "the page's text".to_owned(),
        Locus::Member(member) => format!("archive member {member}"),
        Locus::Passage { page, line } => match (page, line) {
            (Some(page), Some(line)) => format!("page {page}, line {line}"),
            (Some(page), None) => format!("page {page}"),
            (None, Some(line)) => format!("line {line}"),
            (None, None) => "the text".to_owned(),
        },
    }
}

/// How often the leads of a clause were right, in a sentence.
pub(crate) fn measured(of: Option<&Measured>) -> String {
    let Some(of) = of.filter(|of| of.labels > 0) else {
        return "How often such leads are right was never measured.".to_owned();
    };
    let share = |hits: u64, n: u64| {
        // What was measured is a sample of all documents.
        Share::of(hits, n, n + 1).map(|it| format!(" ({:.0} to {:.0} %)", it.low * 100.0, it.high * 100.0))
    };
    let strong = match share(of.strong_right, of.strong) {
        Some(interval) => format!("{} of {} strong leads were right{interval}", of.strong_right, of.strong),
        None => "no strong lead".to_owned(),
    };
    let wanted = match share(of.wanted_found, of.wanted) {
        Some(interval) => format!("{} of {} passages had a lead{interval}", of.wanted_found, of.wanted),
        None => "no passage that readers wanted".to_owned(),
    };
    let labels = if of.labels == 1 { "1 label".to_owned() } else { format!("{} labels", of.labels) };
    format!("Measured on {labels} by readers: {strong}, {wanted}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_is_shown() {
        assert_eq!(visible("a\u{1b}[31m\u{202e}b\0\tc"), "a⟨U+001B⟩[31m⟨U+202E⟩b⟨U+0000⟩\tc");
        assert_eq!(line(" a\r\n b "), "a b");
    }
}
