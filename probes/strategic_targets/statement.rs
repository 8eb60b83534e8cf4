//! A goal in one sentence: its aim, what is measured, the value and the time.

use std::ops::Range;

use regex::Regex;

use super::words::WORDS;
use crate::wording::{Language, speech};

/// What a goal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Parts {
    /// A measure, a value and a time.
    All,
    /// A measure and a value.
    NoTime,
    /// Something to be finished by a time.
    Task,
}

/// A goal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Goal {
    pub(super) parts: Parts,
    /// What is measured, or to be done.
    pub(super) measure: String,
    pub(super) value: Option<String>,
    pub(super) by: Option<String>,
    /// The words about the value of today.
    pub(super) baseline: Option<String>,
}

/// How far behind its aim a value may stand, in bytes.
const VALUE_WITHIN: usize = 170;
/// The longest sentence that is taken for a goal, in bytes: what is longer is a list that was run together.
const LONGEST: usize = 500;
/// The longest measure that is told, in characters.
const MEASURE: usize = 120;

/// The goal that a sentence states, if it states one.
pub(super) fn read(text: &str) -> Option<Goal> {
    if text.len() > LONGEST || text.ends_with('?') || WORDS.unlike.is_match(text) {
        return None;
    }
    let speech = speech(&crate::wording::words(text), Language::English);
    if speech.recital || speech.definition {
        return None;
    }
    let times: Vec<Range<usize>> = WORDS.deadline.find_iter(text).map(|found| found.range()).collect();
    let labelled = WORDS.label.find(text).map(|label| label.end());
    let begins = labelled.unwrap_or(0);
    let of_goal = labelled.is_some() || WORDS.named.is_match(text);
    let aims = |words: &Regex| {
        let found = words.find_iter(text).filter(|found| found.start() >= begins);
        found
            .map(|found| found.range())
            .find(|aim| aim.start == begins || WORDS.before_aim.is_match(&text[..aim.start]))
    };
    let aim = aims(&WORDS.aims).or_else(|| of_goal.then(|| aims(&WORDS.upkeep)).flatten());
    let values = values(text, &times);
    let past = |until: usize| labelled.is_none() && WORDS.past.is_match(&text[begins..until]);
    let by = times.first().map(|range| text[range.clone()].to_owned());
    let baseline =
        || WORDS.baseline.find(text).map(|found| text[found.start()..end_of_words(text, found.end())].to_owned());
    let whole = |measure: String, value: &Range<usize>| {
        let parts = if by.is_some() { Parts::All } else { Parts::NoTime };
        Goal { parts, measure, value: Some(text[value.clone()].to_owned()), by: by.clone(), baseline: baseline() }
    };
    if let Some(aim) = aim.filter(|aim| !past(aim.start)) {
        let near = || values.iter().filter(|value| value.start >= aim.end && value.start - aim.end < VALUE_WITHIN);
        let value = near().find(|value| WORDS.wanted.is_match(&text[..value.start])).or_else(|| near().next());
        if let Some(value) = value
            && (by.is_some() || of_goal || (WORDS.recurring.is_match(text) && text[value.clone()].contains('%')))
        {
            let before = measure(&text[aim.end..value.start]);
            return Some(whole(before.or_else(|| measure(behind(text, value, &times)))?, value));
        }
    }
    if let (Some(named), true) = (WORDS.named.find(text), by.is_some() || labelled.is_some())
        && let Some(value) = values.iter().find(|value| value.start >= named.end())
        && !past(named.start().max(begins))
    {
        let before = measure(&text[..named.start()]);
        return Some(whole(before.or_else(|| measure(behind(text, value, &times)))?, value));
    }
    if let Some(becomes) = WORDS.becomes.find(text).filter(|_| by.is_some())
        && let Some(value) = values.iter().find(|value| text[(*value).clone()].contains(['%', 'p']))
        && !past(becomes.start())
    {
        return Some(whole(measure(behind(text, value, &times))?, value));
    }
    let task = WORDS.task.find_at(text, begins)?;
    let starts = labelled.is_some() || text[..task.start()].chars().filter(|c| c.is_alphabetic()).count() < 3;
    let by = by.filter(|_| starts)?;
    let what = measure(&text[task.end()..times.iter().map(|time| time.start).find(|at| *at >= task.end())?])?;
    Some(Goal {
        parts: Parts::Task,
        measure: format!("{} {what}", task.as_str()),
        value: None,
        by: Some(by),
        baseline: None,
    })
}

/// The values in a sentence: not what belongs to a date, numbers something or counts its years.
fn values(text: &str, times: &[Range<usize>]) -> Vec<Range<usize>> {
    let of_time = |range: &Range<usize>| times.iter().any(|time| time.start < range.end && range.start < time.end);
    let names = |range: &Range<usize>| {
        let words = text[range.clone()].trim_end_matches([',', '.']);
        let bare = words.chars().all(|c| c.is_ascii_digit());
        let numbers_what_follows = bare && WORDS.number_then.is_match(&text[range.end..]);
        numbers_what_follows || WORDS.bare.is_match(words) || WORDS.number_of.is_match(&text[..range.start])
    };
    let found = WORDS.value.find_iter(text).map(|found| found.range());
    found.filter(|range| !of_time(range) && !names(range)).collect()
}

/// What stands behind a value, up to the time.
fn behind<'t>(text: &'t str, value: &Range<usize>, times: &[Range<usize>]) -> &'t str {
    let end = times.iter().map(|time| time.start).find(|at| *at >= value.end).unwrap_or(text.len());
    &text[value.end..end]
}

/// Where the word at `at` ends.
fn end_of_words(text: &str, at: usize) -> usize {
    text[at..].find(char::is_whitespace).map_or(text.len(), |further| at + further)
}

/// What is measured, out of the words about it.
fn measure(words: &str) -> Option<String> {
    let mut words = &words[..WORDS.measure_until.find(words).map_or(words.len(), |end| end.start())];
    words = words.trim_matches(|c: char| !c.is_alphanumeric() && c != '(' && c != ')');
    words = &words[WORDS.filler.find(words).map_or(0, |filler| filler.end())..];
    while let Some(end) = WORDS.measure_ends.find(words) {
        words = words[..end.start()].trim_end_matches(|c: char| !c.is_alphanumeric());
    }
    let letters = words.chars().filter(|c| c.is_alphabetic()).count();
    (letters > 2).then(|| words.chars().take(MEASURE).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Option<(Parts, String)> {
        read(text).map(|goal| (goal.parts, goal.measure))
    }

    #[test]
    fn goals_with_measure_value_and_time() {
        for (text, measure) in [
            ("Reduce violent crime by 10% by 2027.", "violent crime"),
            ("Goal 1: Increase ridership to 1 million trips a year by FY2028", "ridership"),
            ("Plant 10,000 street trees by the end of 2028.", "street trees"),
            ("By June 30, 2027, cut the time to a permit from 45 to 20 days.", "time to a permit"),
            (
                "85 percent of permits will be issued within ten days by 2027.",
                "of permits will be issued within ten days",
            ),
            ("Raise the share of homes near a park from 60% to 75% within three years.", "share of homes near a park"),
            ("Traffic deaths: target of zero by 2030", "Traffic deaths"),
        ] {
            let found = parts(text);
            assert_eq!(found.as_ref().map(|found| found.0), Some(Parts::All), "{text}");
            assert!(found.unwrap().1.contains(measure.trim_start_matches("of ")), "{text}: {:?}", parts(text));
        }
    }

    #[test]
    fn what_was_reached_or_only_numbered_is_no_goal() {
        for text in [
            "We reduced violent crime by 10% in 2024.",
            "The library served 40,000 readers by the end of 2025, and wants to improve.",
            "For example, reduce crime by 10% by 2027.",
            "Increase trust, as stated in goal 3 by 2027.",
            "The contractor shall maintain insurance of $1,000,000 until 2027.",
            "Improve our 311 line by 2027.",
        ] {
            assert!(!matches!(parts(text), Some((Parts::All | Parts::NoTime, _))), "{text}: {:?}", parts(text));
        }
    }

    #[test]
    fn a_value_without_a_time_and_a_time_without_a_value() {
        assert_eq!(parts("Goal 2: Raise the rate of renewals by 30%").unwrap().0, Parts::NoTime);
        assert_eq!(parts("Complete the study of parking by May 2027.").unwrap().0, Parts::Task);
    }
}
