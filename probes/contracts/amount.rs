//! Amounts of money as they are written: with signs, codes and words around them, whatever divides their thousands.

use std::sync::LazyLock;

use regex::Regex;

use super::fields::KNOWN;

static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    let number = r"(?i)(?P<sign>[-−(]\s*)?[$€£¥₹]?\s*(?P<sign2>[-−]\s*)?(?P<digits>\d[\d.,'’\u{a0}\u{202f}]*(?: \d{3}\b[\d.,]*)*|\.\d+)\s*(?P<times>thousand|millions?|millones|milhões|milhoes|milliers|billion|mm|[kmb])?\b(?P<behind>\s*-$)?";
    Regex::new(number).expect("invariant: the pattern of amounts is regular")
});

/// The amount that a cell states and nothing else; of a range, its lower end.
pub(super) fn amount(cell: &str) -> Option<f64> {
    if !cell.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if let Ok(plain) = cell.parse::<f64>() {
        return plain.is_finite().then_some(plain);
    }
    let found: Vec<_> = NUMBER.captures_iter(cell).collect();
    let beside = NUMBER.replace_all(cell, " ");
    let beside = KNOWN.beside_amounts.replace_all(&beside, " ");
    if found.len() > 2 || beside.chars().any(char::is_alphanumeric) || beside.contains(['/', ':', '#', '@']) {
        return None;
    }
    let first = found.first()?;
    // Letters before a number are a currency's code, or it is some other sign.
    let whole = first.get_match();
    let letters = cell[..whole.start()].chars().rev().take_while(|c| c.is_alphabetic()).count();
    if whole.as_str().starts_with(|c: char| c.is_ascii_digit()) && !matches!(letters, 0 | 3) {
        return None;
    }
    let times = match first.name("times").map(|times| times.as_str().to_lowercase()).as_deref() {
        None => 1.0,
        Some("thousand" | "milliers" | "k") => 1e3,
        Some("billion" | "b") => 1e9,
        Some(_) => 1e6,
    };
    // Between two amounts stands a dash that is no sign.
    let negative = ["sign", "sign2", "behind"].iter().any(|sign| first.name(sign).is_some());
    let number = number(first.name("digits")?.as_str())? * times;
    Some(if negative { -number } else { number })
}

/// A number whose thousands may be divided by points, commas, blanks or apostrophes.
fn number(digits: &str) -> Option<f64> {
    let digits: String = digits.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | ',')).collect();
    let digits = digits.trim_end_matches(['.', ',']);
    let decimal = match (digits.rfind('.'), digits.rfind(',')) {
        (Some(point), Some(comma)) => Some(point.max(comma)),
        (None, None) => None,
        (one, other) => one.or(other).filter(|at| {
            let (before, after) = (&digits[..*at], &digits[at + 1..]);
            let thousands = after.len() == 3 && (1..=3).contains(&before.len()) && before != "0";
            !before.contains(['.', ',']) && !thousands
        }),
    };
    let whole = |text: &str| text.replace(['.', ','], "");
    match decimal {
        Some(at) => format!("{}.{}", whole(&digits[..at]), &digits[at + 1..]).parse().ok(),
        None => whole(digits).parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_they_are_written() {
        for (cell, meant) in [
            ("1000", 1000.0),
            ("$1,250,000.50", 1_250_000.5),
            ("1.250.000,50 €", 1_250_000.5),
            ("R$ 12.500,00", 12_500.0),
            ("USD 1 250 000", 1_250_000.0),
            ("(1,500.00)", -1500.0),
            ("-$20", -20.0),
            ("$-20", -20.0),
            ("1,250", 1250.0),
            ("0,5", 0.5),
            ("$1.5 million", 1_500_000.0),
            ("$100K - $250K", 100_000.0),
            ("$100,000 to $250,000", 100_000.0),
            ("Up to $50,000", 50_000.0),
            ("1'250'000", 1_250_000.0),
        ] {
            assert_eq!(amount(cell), Some(meant), "{cell}");
        }
    }

    #[test]
    fn what_is_no_amount_is_none() {
        for cell in ["DUR", "", "01/02/2026", "Contract 7", "2026-01-02", "12:30", "A1", "Phase 2 of 3"] {
            assert_eq!(amount(cell), None, "{cell}");
        }
    }
}
