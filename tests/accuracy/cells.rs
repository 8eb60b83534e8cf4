//! Guidelines for open data policies: whether a policy answers each, as a civic group annotated it.

use std::collections::BTreeMap;
use std::path::Path;

use super::figures::Figures;
use super::leads::Leads;
use super::{held, rows};

/// Holds every cell of the table at `path` that says met or absent against what the program finds.
pub(crate) fn measure(path: &Path, leads: &mut Leads, figures: &mut Figures) -> Result<(), String> {
    let mut topics: BTreeMap<u8, Vec<String>> = BTreeMap::new();
    for (id, topic) in probes::passages::topics() {
        for guideline in topic.guidelines {
            topics.entry(guideline).or_default().push(id.to_owned());
        }
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
        let Some(said) = leads.said(&format!("open_data_policy/{doc}"))? else {
            figures.unread += 1;
            continue;
        };
        let found = Leads::best(&said, topics).is_some();
        let cell = figures.guidelines.entry(*number).or_default();
        cell.title = row.get("title").cloned().unwrap_or_default();
        for counts in [&mut cell.counts, figures.cells.entry(held(&city)).or_default()] {
            counts.add(label == "met", found);
        }
    }
    Ok(())
}
