//! Rules held against a reading: which passages there are, and how strong each is.

use std::collections::BTreeSet;

use super::topic::{Also, Known, Lead, Rule, Scope, Topic};
use super::unit::{Hit, Reading, Unit};

/// What was found on one topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found<'a> {
    /// The topic.
    pub(super) topic: &'static str,
    /// The rule that made them.
    pub(super) rule: &'a str,
    /// How strong they are.
    pub(super) lead: Lead,
    /// The best passages, each a few units of the reading.
    pub(super) passages: Vec<Vec<usize>>,
    /// How many passages the rule made in all.
    pub(super) times: usize,
}

/// The most passages that are quoted of one topic.
const QUOTED: usize = 3;
/// How many units before and after a sentence are near it.
const NEAR: usize = 2;
/// The most units of a section that are looked through for one passage.
const SECTION: usize = 60;
/// The most units of a passage that are quoted.
const MOST_UNITS: usize = 3;

/// Where each idea is expressed.
struct Index {
    units: Vec<Vec<usize>>,
}

/// Every topic that `reading` has a passage on.
pub(super) fn find<'a>(reading: &Reading, known: &'a Known) -> Vec<Found<'a>> {
    let mut index = Index { units: vec![Vec::new(); known.ideas] };
    for (at, unit) in reading.units.iter().enumerate() {
        for hit in &unit.hits {
            let units = &mut index.units[hit.idea];
            if units.last() != Some(&at) {
                units.push(at);
            }
        }
    }
    known.topics.iter().filter_map(|topic| on_topic(topic, reading, &index)).collect()
}

fn on_topic<'a>(topic: &'a Topic, reading: &Reading, index: &Index) -> Option<Found<'a>> {
    topic.rules.iter().find_map(|rule| {
        let mut passages = passages(rule, reading, index);
        if passages.len() < rule.written.times {
            return None;
        }
        let times = passages.len();
        passages.sort_by_key(|(looseness, units)| (*looseness, units.clone()));
        passages.truncate(QUOTED);
        let passages = passages.into_iter().map(|(_, units)| units).collect();
        Some(Found { topic: topic.id, rule: &rule.written.name, lead: rule.written.lead, passages, times })
    })
}

/// The passages that `rule` makes, each with how many words it takes to say so.
fn passages(rule: &Rule, reading: &Reading, index: &Index) -> Vec<(usize, Vec<usize>)> {
    let anywhere = |ideas: &[usize]| ideas.iter().any(|idea| !index.units[*idea].is_empty());
    if (!rule.document.is_empty() && !anywhere(&rule.document)) || anywhere(&rule.nowhere) {
        return Vec::new();
    }
    // The rarest idea that must be there leads to few sentences.
    let Some((anchor, _)) = rule.all.iter().min_by_key(|(idea, _)| index.units[*idea].len()) else {
        return Vec::new();
    };
    let mut found: Vec<(usize, Vec<usize>)> = Vec::new();
    let mut taken = BTreeSet::new();
    for at in &index.units[*anchor] {
        if taken.contains(at) || !eligible(rule, &reading.units[*at]) || !under(rule, reading, *at) {
            continue;
        }
        let passage = match rule.written.scope {
            Scope::Sentence => in_sentence(rule, reading, *at),
            scope => in_range(rule, reading, index, around(reading, *at, scope)),
        };
        if let Some((looseness, units)) = passage {
            taken.extend(units.iter().copied());
            found.push((looseness, units));
            if rule.written.scope == Scope::Document {
                break;
            }
        }
    }
    found
}

/// Whether a unit may make a passage of the rule.
fn eligible(rule: &Rule, unit: &Unit) -> bool {
    let also = |what| rule.written.also.contains(&what);
    (!unit.heading || also(Also::Heading))
        && (!unit.speech.recital || also(Also::Recital))
        && (!unit.speech.definition || also(Also::Definition))
        && rule.written.mood.as_ref().is_none_or(|moods| moods.contains(&unit.speech.mood))
}

fn under(rule: &Rule, reading: &Reading, at: usize) -> bool {
    let above = &reading.above[reading.units[at].section];
    rule.under.is_empty()
        || above.iter().any(|heading| reading.units[*heading].hits.iter().any(|hit| rule.under.contains(&hit.idea)))
}

/// The hits of an idea in a unit that count for the rule.
fn hits<'a>(rule: &'a Rule, unit: &'a Unit, idea: usize) -> impl Iterator<Item = &'a Hit> {
    let first = unit.hits.partition_point(|hit| hit.idea < idea);
    unit.hits[first..].iter().take_while(move |hit| hit.idea == idea).filter(|hit| rule.written.denied || !hit.denied)
}

fn has(rule: &Rule, unit: &Unit, idea: usize) -> bool {
    hits(rule, unit, idea).next().is_some()
}

/// How many different phrases of an idea stand in the units.
fn different<'a>(rule: &'a Rule, units: impl Iterator<Item = &'a Unit>, idea: usize) -> usize {
    let mut words = BTreeSet::new();
    for unit in units {
        for hit in hits(rule, unit, idea) {
            words.insert(unit.tokens[hit.from..hit.to].iter().map(|token| token.low.as_str()).collect::<Vec<_>>());
        }
    }
    words.len()
}

fn in_sentence(rule: &Rule, reading: &Reading, at: usize) -> Option<(usize, Vec<usize>)> {
    let unit = &reading.units[at];
    let enough = |(idea, times): &(usize, usize)| match times {
        1 => has(rule, unit, *idea),
        _ => different(rule, std::iter::once(unit), *idea) >= *times,
    };
    let ruled_out = |idea: &usize| unit.hits.iter().any(|hit| hit.idea == *idea);
    if !rule.all.iter().all(enough)
        || !(rule.any.is_empty() || rule.any.iter().any(|idea| has(rule, unit, *idea)))
        || rule.none.iter().any(ruled_out)
    {
        return None;
    }
    // What only leads an item in makes no passage of the item.
    let own = rule.all.iter().any(|(idea, _)| hits(rule, unit, *idea).any(|hit| hit.to > unit.led));
    let span = span(rule, unit);
    if !own || rule.written.within.is_some_and(|within| span > within) {
        return None;
    }
    let from_lead_in = rule.all.iter().any(|(idea, _)| hits(rule, unit, *idea).all(|hit| hit.to <= unit.led));
    let mut units: Vec<usize> = unit.lead_in.filter(|_| from_lead_in).into_iter().collect();
    units.push(at);
    Some((span, units))
}

/// The fewest words in which all that must be there stands together, beginning with one of its ideas.
fn span(rule: &Rule, unit: &Unit) -> usize {
    let Some(((first, _), others)) = rule.all.split_first() else {
        return 0;
    };
    let spans = hits(rule, unit, *first).map(|anchor| {
        let (mut from, mut to) = (anchor.from, anchor.to);
        for (idea, _) in others {
            let near = hits(rule, unit, *idea).min_by_key(|hit| hit.to.max(to) - hit.from.min(from));
            if let Some(near) = near {
                (from, to) = (from.min(near.from), to.max(near.to));
            }
        }
        to - from
    });
    spans.min().unwrap_or_default()
}

/// The units among which a rule with a wider scope looks, around `at`.
fn around(reading: &Reading, at: usize, scope: Scope) -> std::ops::Range<usize> {
    let units = &reading.units;
    let here = &units[at];
    let same = |unit: &Unit| match scope {
        Scope::Sentence => false,
        Scope::Block => unit.page == here.page && unit.block == here.block,
        Scope::Near | Scope::Section => unit.section == here.section,
        Scope::Document => true,
    };
    let most = match scope {
        Scope::Near => NEAR,
        Scope::Document => units.len(),
        _ => SECTION,
    };
    let before = units[..at].iter().rev().take(most).take_while(|unit| same(unit)).count();
    let after = units[at + 1..].iter().take(most).take_while(|unit| same(unit)).count();
    at - before..at + after + 1
}

fn in_range(
    rule: &Rule,
    reading: &Reading,
    index: &Index,
    range: std::ops::Range<usize>,
) -> Option<(usize, Vec<usize>)> {
    let places = |idea: usize| {
        let units = &index.units[idea];
        let first = units.partition_point(|unit| *unit < range.start);
        units[first..].iter().copied().take_while(|unit| *unit < range.end)
    };
    let counts = |idea: usize| {
        places(idea).filter(move |at| {
            let unit = &reading.units[*at];
            eligible(rule, unit) && has(rule, unit, idea)
        })
    };
    if rule.none.iter().any(|idea| places(*idea).next().is_some())
        || !(rule.any.is_empty() || rule.any.iter().any(|idea| counts(*idea).next().is_some()))
    {
        return None;
    }
    let mut quoted: Vec<usize> = Vec::new();
    for (idea, times) in &rule.all {
        let there: Vec<usize> = counts(*idea).collect();
        let enough = match times {
            1 => !there.is_empty(),
            _ => different(rule, there.iter().map(|at| &reading.units[*at]), *idea) >= *times,
        };
        if !enough {
            return None;
        }
        if !there.iter().any(|at| quoted.contains(at)) {
            quoted.push(there[0]);
        }
    }
    quoted.sort_unstable();
    let looseness = quoted.last().zip(quoted.first()).map_or(0, |(last, first)| last - first) + 1;
    quoted.truncate(MOST_UNITS);
    Some((looseness * 40, quoted))
}
