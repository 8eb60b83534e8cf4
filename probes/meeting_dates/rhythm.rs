//! How regularly meetings are held: as their days show it, and as a sentence states it.

use jiff::civil::Date;

use super::words::WORDS;
use crate::wording::sentences;

/// The regularity of days in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spacing {
    /// The median number of days between two.
    pub(super) typical: i32,
    /// The longest.
    pub(super) longest: i32,
    /// Whether all are near the median: none more than half as long again, or a week more.
    pub(super) even: bool,
}

/// How the days lie; `None` for fewer than two.
pub(super) fn spacing(days: &[Date]) -> Option<Spacing> {
    let mut days = days.to_vec();
    days.sort_unstable();
    days.dedup();
    let mut gaps: Vec<i32> = days.windows(2).filter_map(|pair| Some(pair[1].since(pair[0]).ok()?.get_days())).collect();
    gaps.sort_unstable();
    let longest = *gaps.last()?;
    let typical = gaps[gaps.len() / 2];
    let even = gaps.iter().all(|gap| (gap - typical).abs() <= (typical / 2).max(7));
    Some(Spacing { typical, longest, even })
}

/// A rhythm that a sentence states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stated {
    /// The longest time between two meetings that it allows, in days.
    pub(super) days: u32,
    /// The sentence, or as much of it as says so.
    pub(super) words: String,
}

/// How far apart the word for meeting and the word for the rhythm may stand, in bytes.
const NEAR: usize = 90;

/// The rhythm of meetings that `text` states, if it does.
pub(super) fn stated(text: &str) -> Option<Stated> {
    let rhythm = &WORDS.rhythm;
    for range in sentences(text) {
        let sentence = &text[range];
        if rhythm.not_regular.is_match(sentence) {
            continue;
        }
        for cadence in &WORDS.cadences {
            let mut found = cadence.words.find_iter(sentence);
            let near = |at: usize| at <= NEAR;
            let fits = found.find(|words| {
                let other = rhythm.of_something_else.is_match(&sentence[words.end()..]);
                let meets = |meets: regex::Match<'_>| {
                    near(words.start().saturating_sub(meets.end())) && near(meets.start().saturating_sub(words.end()))
                };
                !other && rhythm.meets.find_iter(sentence).any(meets)
            });
            if fits.is_some() {
                return Some(Stated { days: cadence.days, words: sentence.trim().to_owned() });
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_at_even_distance_are_regular() {
        let monthly = [date(2026, 1, 14), date(2026, 2, 11), date(2026, 3, 11), date(2026, 4, 8)];
        assert_eq!(spacing(&monthly), Some(Spacing { typical: 28, longest: 28, even: true }));
        let ragged = [date(2026, 1, 14), date(2026, 1, 20), date(2026, 6, 1)];
        assert_eq!(spacing(&ragged).map(|spacing| (spacing.longest, spacing.even)), Some((132, false)));
        assert_eq!(spacing(&monthly[..1]), None);
    }

    #[test]
    fn a_rhythm_is_of_meetings() {
        for (text, days) in [
            ("The Data Governance Council meets quarterly.", Some(92)),
            ("The group shall hold meetings at least once a quarter.", Some(92)),
            ("Meetings are held on the second Tuesday of each month.", Some(31)),
            ("we established a weekly Strategic Planning meeting with the Mayor", Some(7)),
            ("The committee convenes every two weeks to review dashboards.", Some(14)),
            ("The committee shall meet bi-monthly.", Some(62)),
            ("The committee shall meet and publish quarterly reports.", None),
            ("The team meets as needed, but not less than yearly.", None),
            ("Datasets are updated monthly.", None),
            ("The council meets. Reports are due quarterly.", None),
        ] {
            assert_eq!(stated(text).map(|stated| stated.days), days, "{text}");
        }
    }
}
