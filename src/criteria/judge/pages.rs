//! The pages that a city points to, held against those on which something was found.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use probes::finding::{Finding, Locus};

use super::sentence;
use crate::criteria::verdict::Lead;

/// How many pages are named.
const NAMED: usize = 5;

/// Where what leads to a clause stands, beside the pages `given` for it; nothing where either has no pages.
pub(super) fn told(given: &str, leads: &[(Lead, &Finding)]) -> Option<String> {
    let ranges = ranges(given)?;
    let on = |lead: Option<Lead>| -> BTreeSet<u32> {
        let findings = leads.iter().filter(|(of, _)| lead.is_none_or(|lead| *of == lead));
        let loci = findings.flat_map(|(_, finding)| &finding.evidence).map(|evidence| &evidence.locus);
        loci.filter_map(|locus| if let Locus::Passage { page, .. } = locus { *page } else { None }).collect()
    };
    let strongest = leads.iter().map(|(lead, _)| *lead).max();
    let all = on(None);
    let best = Some(on(strongest)).filter(|pages| !pages.is_empty()).unwrap_or_else(|| all.clone());
    let within = |page: &&u32| ranges.iter().any(|range| range.contains(page));
    // What a person counts as page 12 may be another by the file's own count: a cover, or a contents in Roman numerals.
    let near =
        |page: &&u32| ranges.iter().any(|range| (range.start().saturating_sub(1)..=range.end() + 1).contains(page));
    let said = if let Some(page) = best.iter().find(within) {
        format!("of the pages given ({given}), what was found stands on page {page}")
    } else if let Some(page) = all.iter().find(within) {
        let others = named(&best);
        format!(
            "of the pages given ({given}), something that bears on it stands on page {page}; the best stands on {others}"
        )
    } else if let Some(page) = best.iter().find(near) {
        format!("what was found stands on page {page} by the file's own count, one off the pages given ({given})")
    } else if best.is_empty() {
        return None;
    } else {
        format!(
            "nothing was found on the pages given ({given}) by the file's own count; what was found stands on {}",
            named(&best)
        )
    };
    Some(sentence(&said))
}

fn named(pages: &BTreeSet<u32>) -> String {
    let first: Vec<String> = pages.iter().take(NAMED).map(u32::to_string).collect();
    let word = if pages.len() == 1 { "page" } else { "pages" };
    let more = if pages.len() > NAMED { " and others" } else { "" };
    format!("{word} {}{more}", first.join(", "))
}

/// The pages that a city names: "12-14", "pp. 3, 7", "page 5"; nothing where that cannot be told.
fn ranges(given: &str) -> Option<Vec<RangeInclusive<u32>>> {
    let mut ranges = Vec::new();
    for part in given.split([',', ';', '&']).filter(|part| !part.trim().is_empty()) {
        let numbers = part.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
        let numbers: Vec<u32> = numbers.map(str::parse).collect::<Result<_, _>>().ok()?;
        match numbers.as_slice() {
            [one] => ranges.push(*one..=*one),
            [first, last] if first <= last => ranges.push(*first..=*last),
            _ => return None,
        }
    }
    (!ranges.is_empty() && ranges.iter().all(|range| (1..100_000).contains(range.start()) && *range.end() < 100_000))
        .then_some(ranges)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use probes::capture::CaptureId;
    use probes::finding::{Answer, Evidence};

    use super::*;

    fn on(page: u32) -> Finding {
        let capture: CaptureId = serde_json::from_value(serde_json::json!("0123456789abcdef")).unwrap();
        let locus = Locus::Passage { page: Some(page), line: None };
        Finding {
            id: String::new(),
            probe: "eye".to_owned(),
            target: "t".to_owned(),
            code: "seen".to_owned(),
            answer: Answer::Yes,
            facts: BTreeMap::new(),
            evidence: vec![Evidence::new(&capture, locus, "words")],
            rests_on: Vec::new(),
        }
    }

    #[test]
    fn pages_are_read_as_cities_write_them() {
        assert_eq!(ranges("12-14"), Some(vec![12..=14]));
        assert_eq!(ranges("pp. 3, 7\u{2013}9"), Some(vec![3..=3, 7..=9]));
        for nothing in ["", "appendix", "9-3", "1-2-3", "99999999999"] {
            assert_eq!(ranges(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn where_it_stands_is_told_beside_what_was_given() {
        let (strong, weak) = (on(14), on(3));
        let leads = [(Lead::Strong, &strong), (Lead::Weak, &weak)];
        let told = |given: &str| told(given, &leads).unwrap();
        assert_eq!(told("12-14"), "Of the pages given (12-14), what was found stands on page 14.");
        assert!(told("3").ends_with("stands on page 3; the best stands on page 14."));
        assert!(told("15").contains("one off the pages given (15)"));
        assert!(told("40").ends_with("what was found stands on page 14."));
        assert_eq!(super::told("40", &[]), None);
    }
}
