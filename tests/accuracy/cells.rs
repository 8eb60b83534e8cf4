//! Guidelines for open data policies: whether a policy answers each, as a civic group annotated it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::figures::Figures;
use super::leads::Leads;
use super::{Seen, rows};

/// Holds every cell of the table at `path` that says met or absent against what the program finds.
pub(crate) fn measure(path: &Path, leads: &mut Leads, figures: &mut Figures) -> Result<(), String> {
    let mut topics: BTreeMap<u8, Vec<String>> = BTreeMap::new();
    let mut other: BTreeSet<(String, String)> = BTreeSet::new();
    for (id, topic) in probes::passages::topics() {
        for guideline in topic.guidelines {
            topics.entry(guideline).or_default().push(id.to_owned());
        }
        other.extend(topic.rules.into_iter().filter(|rule| !rule.guideline).map(|rule| (id.to_owned(), rule.name)));
    }
    for row in rows(path)? {
        let [doc, city, guideline, label] =
            ["doc", "city", "guideline", "label"].map(|name| row.get(name).cloned().unwrap_or_default());
        let Some((number, topics)) = guideline.parse().ok().and_then(|number| topics.get_key_value(&number)) else {
            continue;
        };
        if !matches!(label.as_str(), "met" | "absent") {
            continue;
        }
        let Some(mut said) = leads.said(&format!("open_data_policy/{doc}"))? else {
            figures.unread += 1;
            continue;
        };
        said.retain(|topic, passage| !other.contains(&(topic.clone(), passage.rule.clone())));
        let best = Leads::best(&said, topics);
        let (met, found, seen) = (label == "met", best.is_some(), Seen::of(&city));
        let cell = figures.guidelines.entry(number.to_string()).or_default();
        cell.title = row.get("title").cloned().unwrap_or_default();
        cell.add(met, found);
        figures.cells.entry(seen.name().to_owned()).or_default().add(met, found);
        // What was held back stays unseen by whoever writes the phrases.
        if found != met && seen != Seen::Closed {
            let people = row.get("sunlight_text").map_or("", String::as_str);
            let here = best.map_or_else(String::new, |passage| format!("{}: {}", passage.rule, passage.quote));
            figures
                .said
                .push(format!("guideline {number} {doc}: {label} by people\n  people: {people}\n  here: {here}"));
        }
    }
    Ok(())
}
