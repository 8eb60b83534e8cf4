//! Telephone numbers: whether one can be called from a country, by how many digits numbers have there.

use std::sync::LazyLock;

/// The numbers of a country.
struct Plan {
    country: &'static str,
    code: &'static str,
    lengths: Vec<usize>,
    /// Of numbers that are dialled within a town.
    local: Vec<usize>,
    /// What is dialled before a number within the country.
    trunk: Option<&'static str>,
    /// What is dialled before a number abroad.
    abroad: Option<&'static str>,
}

static PLANS: LazyLock<Vec<Plan>> = LazyLock::new(|| {
    let lines = include_str!("phones.txt").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(plan).collect()
});

fn plan(line: &'static str) -> Option<Plan> {
    let columns: Vec<&'static str> = line.split(' ').collect();
    let [country, code, lengths, local, trunk, abroad] = columns[..] else { return None };
    let numbers = |list: &str| list.split(',').filter_map(|number| number.parse().ok()).collect();
    let some = |word: &'static str| (word != "-").then_some(word);
    Some(Plan {
        country,
        code,
        lengths: numbers(lengths),
        local: numbers(local),
        trunk: some(trunk),
        abroad: some(abroad),
    })
}

/// The longest text that is looked at.
const LONGEST: usize = 250;
/// The fewest and the most digits of a number.
const DIGITS: std::ops::RangeInclusive<usize> = 2..=17;
/// What may stand between digits.
const BETWEEN: &str =
    "-\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2015}\u{2212}\u{ff0d}./()[]~\u{2053}\u{223c}\u{ff5e}*# ";

/// Whether a number can be called from a country that is named by its code; from one that is not known, every number can.
pub(super) fn is_possible(text: &str, country: &str) -> bool {
    let Some(home) = PLANS.iter().find(|plan| plan.country.eq_ignore_ascii_case(country)) else { return true };
    let start = text.find(|c: char| c == '+' || c == '\u{ff0b}' || c.is_numeric());
    let Some(start) = start.filter(|_| text.len() <= LONGEST) else { return false };
    let number = without_extension(&text[start..]);
    let international = number.starts_with(['+', '\u{ff0b}']);
    let Some(digits) = digits(number.trim_start_matches(['+', '\u{ff0b}'])) else { return false };
    if international {
        return abroad(&digits);
    }
    if let Some(rest) = home.abroad.and_then(|prefix| digits.strip_prefix(prefix))
        && !rest.starts_with('0')
    {
        return abroad(rest);
    }
    let national =
        home.trunk.and_then(|trunk| digits.strip_prefix(trunk)).filter(|rest| home.lengths.contains(&rest.len()));
    if fits(home, national.unwrap_or(&digits)) {
        return true;
    }
    // A number with its country's code and without the plus.
    digits.strip_prefix(home.code).is_some_and(|rest| {
        home.lengths.contains(&rest.len()) && digits.len() > home.lengths.iter().copied().max().unwrap_or(0)
    })
}

fn fits(plan: &Plan, digits: &str) -> bool {
    DIGITS.contains(&digits.len()) && (plan.lengths.contains(&digits.len()) || plan.local.contains(&digits.len()))
}

/// A number that begins with a country's code.
fn abroad(digits: &str) -> bool {
    let of = |plan: &&Plan| digits.starts_with(plan.code);
    let Some(code) = PLANS.iter().filter(of).map(|plan| plan.code).min_by_key(|code| code.len()) else { return false };
    let rest = &digits[code.len()..];
    PLANS.iter().filter(|plan| plan.code == code).any(|plan| {
        let national = plan.trunk.and_then(|trunk| rest.strip_prefix(trunk));
        fits(plan, rest) || national.is_some_and(|national| plan.lengths.contains(&national.len()))
    })
}

/// The number before an extension, if it has one.
fn without_extension(number: &str) -> &str {
    let lower = number.to_ascii_lowercase();
    let marks = [";ext=", "ext", "x", "#", ","];
    let at = marks.iter().filter_map(|mark| lower.rfind(mark).map(|at| (at, at + mark.len())));
    let at = at.filter(|(at, end)| {
        let rest = lower[*end..].trim_matches([' ', '.', ':', '#']);
        *at > 3 && !rest.is_empty() && rest.len() <= 9 && rest.bytes().all(|byte| byte.is_ascii_digit())
    });
    at.map(|(at, _)| at).min().map_or(number, |at| &number[..at])
}

/// The digits of a number, letters taken as the keys that they stand on; none where something else stands there.
fn digits(number: &str) -> Option<String> {
    let number = number.trim_end_matches(|c: char| c != '#' && !c.is_alphanumeric());
    let letters = number.chars().filter(char::is_ascii_alphabetic).count();
    if letters > 0 && letters < 3 {
        return None;
    }
    let mut digits = String::new();
    for c in number.chars() {
        match c {
            c if c.is_ascii_digit() => digits.push(c),
            c if c.is_ascii_alphabetic() => digits.push(key(c.to_ascii_uppercase())),
            c if c.is_whitespace() || BETWEEN.contains(c) => {}
            _ => return None,
        }
    }
    Some(digits)
}

fn key(letter: char) -> char {
    match letter {
        'A'..='C' => '2',
        'D'..='F' => '3',
        'G'..='I' => '4',
        'J'..='L' => '5',
        'M'..='O' => '6',
        'P'..='S' => '7',
        'T'..='V' => '8',
        _ => '9',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_as_many_digits_as_their_country_allows() {
        for (number, country) in [
            ("212-555-0100", "US"),
            ("1-800-TRANSIT", "US"),
            ("(212) 555-0100 x12", "us"),
            ("+44 20 7946 0000", "US"),
            ("555-0100", "US"),
            ("030 1234567", "DE"),
            ("anything", "ZZ"),
        ] {
            assert!(is_possible(number, country), "{number} from {country}");
        }
        for (number, country) in
            [("0100", "US"), ("call us", "US"), ("+44 1", "US"), ("212-555-01000000", "US"), ("", "US")]
        {
            assert!(!is_possible(number, country), "{number} from {country}");
        }
    }
}
