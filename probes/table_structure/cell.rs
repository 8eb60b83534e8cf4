//! What kind of value a cell holds, told by its characters first.

use super::notices::RULES;
use crate::table::Classes;

/// A kind of value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// Nothing.
    Blank,
    /// A word or sign for nothing known.
    Missing,
    /// A number as programs write it.
    Number,
    /// A number with a currency, a unit, or separators of thousands.
    Dressed,
    /// A date that begins with the year.
    Date,
    /// A date with slashes: its first two numbers.
    Slashed(u8, u8),
    /// Anything else.
    Text,
}

/// What a bare number or a date can be made of.
const PLAIN: Classes = Classes::DIGIT.and(Classes::DOT).and(Classes::DASH).and(Classes::PLUS);
/// What can be around the digits of a dressed one, beside signs of currencies.
const DRESS: Classes =
    PLAIN.and(Classes::COMMA).and(Classes::SPACE).and(Classes::OTHER).and(Classes::WIDE).and(Classes::QUOTE);
/// The longest text that can be a number or a date.
const LONGEST: usize = 40;

/// What `text`, of these classes and without blanks around it, holds.
pub(super) fn value(text: &str, classes: Classes) -> Value {
    if text.is_empty() {
        return Value::Blank;
    }
    if !classes.meets(Classes::DIGIT) {
        return if is_missing(text) { Value::Missing } else { Value::Text };
    }
    if classes.within(Classes::DIGIT) {
        return Value::Number;
    }
    if text.len() > LONGEST {
        return Value::Text;
    }
    if classes.within(PLAIN) && text.parse::<f64>().is_ok() {
        return Value::Number;
    }
    if begins_with_date(text.as_bytes()) {
        return Value::Date;
    }
    if classes.meets(Classes::SLASH) {
        return slashed(text).unwrap_or(Value::Text);
    }
    if classes.within(DRESS) && dressed(text) {
        return Value::Dressed;
    }
    let scientific = classes.within(PLAIN.and(Classes::LETTER)) && text.starts_with(|c: char| !c.is_alphabetic());
    if scientific && text.parse::<f64>().is_ok() { Value::Number } else { Value::Text }
}

fn is_missing(text: &str) -> bool {
    text.len() <= 16 && RULES.words.missing.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// `2026-11-02`, with or without a time behind it.
fn begins_with_date(text: &[u8]) -> bool {
    let digits = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_digit);
    let [y @ .., b'-', m1, m2, b'-', d1, d2] = text.get(..10).unwrap_or_default() else { return false };
    digits(y) && digits(&[*m1, *m2, *d1, *d2]) && text.get(10).is_none_or(|next| matches!(next, b'T' | b't' | b' '))
}

/// `11/02/2026`, with or without a time behind it.
fn slashed(text: &str) -> Option<Value> {
    let date = text.split(' ').next()?;
    let mut parts = date.split('/');
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    let whole = parts.next().is_none() && third.parse::<u16>().is_ok();
    let (first, second) = (first.parse::<u16>().ok()?, second.parse::<u16>().ok()?);
    let small = |number: u16| u8::try_from(number).ok().filter(|number| (1..=31).contains(number));
    match (small(first), small(second)) {
        (Some(first), Some(second)) if whole => Some(Value::Slashed(first, second)),
        // The year first.
        (None, Some(month)) if whole && month <= 12 && (1000..=2999).contains(&first) => Some(Value::Date),
        _ => None,
    }
}

/// A number once currency, percent, blanks and separators of thousands are off.
fn dressed(text: &str) -> bool {
    let bare: String =
        text.chars().filter(|c| !matches!(c, '$' | '€' | '£' | '¥' | '%' | ',' | '(' | ')' | ' ' | '\u{A0}')).collect();
    let grouped = text.split(',').skip(1).all(|group| {
        let digits = group.chars().take_while(char::is_ascii_digit).count();
        digits == 3 || text.matches(',').count() == 1
    });
    bare.len() < text.len() && grouped && bare.parse::<f64>().is_ok_and(f64::is_finite)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_by_their_characters() {
        for (text, expected) in [
            ("", Value::Blank),
            ("N/A", Value::Missing),
            ("-", Value::Missing),
            ("12", Value::Number),
            ("-1.50", Value::Number),
            ("1.5e6", Value::Number),
            ("$1,234.50", Value::Dressed),
            ("1 234 567", Value::Dressed),
            ("45 %", Value::Dressed),
            ("1,5", Value::Dressed),
            ("2026-11-02", Value::Date),
            ("2026-11-02T08:00:00Z", Value::Date),
            ("2026/11/02", Value::Date),
            ("11/02/2026 08:00:00 AM", Value::Slashed(11, 2)),
            ("25/12/2026", Value::Slashed(25, 12)),
            ("1/2", Value::Text),
            ("555-0100", Value::Text),
            ("12 Main St", Value::Text),
            ("1,2,3", Value::Text),
            ("nan1", Value::Text),
        ] {
            assert_eq!(value(text, Classes::of(text.as_bytes())), expected, "{text:?}");
        }
    }
}
