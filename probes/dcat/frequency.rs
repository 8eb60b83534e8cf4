//! How often data is said to be updated: codes, ISO 8601 repeating intervals, and the words that cities use.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use crate::wording::unaccented;

/// A declared frequency that was understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Frequency {
    /// What it is called: `monthly`, `irregular`, `never`; `every 45 days` where there is no word for it.
    pub name: String,
    /// The days from one update to the next; none for what comes irregularly or never again.
    pub days: Option<f64>,
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    frequency: Vec<Named>,
    every: Every,
    numbers: BTreeMap<String, f64>,
    units: BTreeMap<String, f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    name: String,
    days: Option<f64>,
    #[serde(default)]
    ends: bool,
    words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Every {
    before: Vec<String>,
    times: Vec<String>,
}

/// The file, and what is made of it once.
struct Known {
    written: Written,
    /// Each name's words as one pattern.
    phrases: Vec<Regex>,
    /// "every 6 months"
    every: Regex,
    /// "3 times a week"
    times: Regex,
    /// `R/P1Y`
    interval: Regex,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let written: Written = match toml::from_str(include_str!("frequency.toml")) {
        Ok(written) => written,
        Err(error) => panic!("invariant: the bundled frequencies are well formed: {error}"),
    };
    let pattern = |pattern: &str| match Regex::new(pattern) {
        Ok(pattern) => pattern,
        Err(error) => panic!("invariant: the bundled frequencies make a pattern: {error}"),
    };
    let any = |words: &mut dyn Iterator<Item = &String>| {
        let mut words: Vec<&str> = words.map(String::as_str).collect();
        // Of alternatives the first that fits is taken, so the longest stands first.
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        words.join("|")
    };
    let (before, times) = (any(&mut written.every.before.iter()), any(&mut written.every.times.iter()));
    let (numbers, units) = (any(&mut written.numbers.keys()), any(&mut written.units.keys()));
    let number = format!(r"(?<number>[0-9]+|{numbers})");
    Known {
        phrases: written
            .frequency
            .iter()
            .map(|one| pattern(&format!(r"\b(?:{})\b", any(&mut one.words.iter()))))
            .collect(),
        every: pattern(&format!(r"\b(?:{before}) {number} (?<unit>{units})\b")),
        times: pattern(&format!(r"\b{number} (?:{times}) (?:[a-z]+ ){{0,2}}(?<unit>{units})\b")),
        interval: pattern(
            r"(?x)^(?:R\d*/)?P(?:([\d.]+)Y)?(?:([\d.]+)M)?(?:([\d.]+)W)?(?:([\d.]+)D)?
            (?:T(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?)?$",
        ),
        written,
    }
});

/// How many days the units of an ISO 8601 duration have, in their order.
const UNITS: [f64; 7] = [365.0, 365.0 / 12.0, 7.0, 1.0, 1.0 / 24.0, 1.0 / 1440.0, 1.0 / 86400.0];
/// How far a period may lie from that of a name, as a part of it: `R/P0.33M` is three times a month.
const NEAR: f64 = 0.02;

impl Frequency {
    /// What `text` says, if it is understood.
    pub fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        // Vocabularies name a frequency by an address that ends in its code.
        let text = if text.starts_with("http") { text.rsplit(['/', '#']).next()? } else { text };
        if let Some(parts) = KNOWN.interval.captures(&text.to_ascii_uppercase()) {
            let part = |(at, days): (usize, &f64)| parts.get(at + 1)?.as_str().parse::<f64>().ok().map(|n| n * days);
            let days: f64 = UNITS.iter().enumerate().filter_map(part).sum();
            return (days > 0.0).then(|| Self::every(days));
        }
        let words = folded(text);
        let phrase = |(pattern, named): (&Regex, &'static Named)| {
            let found = pattern.find(&words)?;
            let frequency = Self { name: named.name.clone(), days: named.days };
            Some((!named.ends, found.start(), std::cmp::Reverse(found.len()), frequency))
        };
        let counted = |pattern: &Regex, period: fn(f64, f64) -> f64| {
            let found = pattern.captures(&words)?;
            let number = &found["number"];
            let number = number.parse().ok().or_else(|| KNOWN.written.numbers.get(number).copied())?;
            let unit = KNOWN.written.units.get(&found["unit"])?;
            let whole = found.get(0)?;
            let days = period(*unit, number);
            (days > 0.0).then(|| (true, whole.start(), std::cmp::Reverse(whole.len()), Self::every(days)))
        };
        let phrases = KNOWN.phrases.iter().zip(&KNOWN.written.frequency).filter_map(phrase);
        let counted =
            [counted(&KNOWN.every, |unit, number| unit * number), counted(&KNOWN.times, |unit, number| unit / number)];
        let all = phrases.chain(counted.into_iter().flatten());
        all.min_by_key(|(goes_on, start, length, _)| (*goes_on, *start, *length)).map(|(.., frequency)| frequency)
    }

    /// A period by its name.
    fn every(days: f64) -> Self {
        let near = |named: &&Named| named.days.is_some_and(|other| (days - other).abs() <= other * NEAR);
        let name = match KNOWN.written.frequency.iter().find(near) {
            Some(named) => named.name.clone(),
            None if days < 0.0007 => "continuous".to_owned(),
            None if days < 0.04 => "several times an hour".to_owned(),
            None if days < 0.9 => "several times a day".to_owned(),
            None => format!("every {days:.0} days"),
        };
        Self { name, days: Some(days) }
    }
}

/// Words in lower case, without accents and punctuation, parted by single blanks; `twoTimes` is two words.
fn folded(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    let mut small = false;
    while let Some(c) = letters.next() {
        // A capital behind a small letter or before one begins a word.
        let begins = c.is_uppercase() && (small || letters.peek().is_some_and(|next| next.is_lowercase()));
        if begins && !words.ends_with(' ') {
            words.push(' ');
        }
        small = c.is_lowercase();
        match unaccented(c.to_lowercase().next().unwrap_or(c)) {
            c if c.is_ascii_alphanumeric() => words.push(c),
            _ if words.ends_with(' ') => {}
            _ => words.push(' '),
        }
    }
    words.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> String {
        Frequency::of(text).map_or_else(|| "?".to_owned(), |frequency| frequency.name)
    }

    #[test]
    fn intervals_and_codes_are_understood() {
        for (text, is) in [
            ("R/P1Y", "annual"),
            ("r/p1d", "daily"),
            ("R/PT1S", "continuous"),
            ("R/P0.5M", "twice a month"),
            ("R/P0.33W", "three times a week"),
            ("R/P3.5D", "twice a week"),
            ("R/P45D", "every 45 days"),
            ("R/PT6H", "several times a day"),
            ("P1M", "monthly"),
            ("R/P", "?"),
            ("http://publications.europa.eu/resource/authority/frequency/ANNUAL_2", "twice a year"),
            ("http://publications.europa.eu/resource/authority/frequency/UPDATE_CONT", "continuous"),
            ("http://publications.europa.eu/resource/authority/frequency/UNKNOWN", "?"),
            ("http://purl.org/cld/freq/semimonthly", "twice a month"),
            ("threeTimesAYear", "three times a year"),
            ("punctual", "never"),
            ("threeTimesADay", "several times a day"),
            ("R/P10Y", "every ten years"),
        ] {
            assert_eq!(name(text), is, "{text}");
        }
    }

    #[test]
    fn sentences_are_understood() {
        for (text, is) in [
            ("Data are updated daily. Lobbyist reporting is quarterly.", "daily"),
            ("Data was updated daily before becoming historical", "never"),
            ("Monthly or Data are updated as needed", "monthly"),
            ("Data are updated every 15 minutes", "several times an hour"),
            ("A count is taken approximately every 10 years.", "every ten years"),
            ("Every weekday", "daily"),
            ("Semi-annually", "twice a year"),
            ("Every 6 months", "twice a year"),
            ("3 times a week", "three times a week"),
            ("Frequência: Diário", "daily"),
            ("Cada seis meses", "twice a year"),
            ("tous les deux ans", "every two years"),
            ("En temps réel", "continuous"),
            ("As Needed / On Demand", "irregular"),
            ("Once a week", "weekly"),
            ("Once.", "never"),
            ("To be determined.", "?"),
            ("Manual", "?"),
            ("10/11/2011", "?"),
            ("", "?"),
        ] {
            assert_eq!(name(text), is, "{text}");
        }
        assert_eq!(Frequency::of("as needed").unwrap().days, None);
    }
}
