//! Labels by clause: met, partly or absent, held against strong, weak and no lead.

use std::path::Path;

use super::figures::Figures;
use super::leads::Leads;
use super::rows;

/// Holds every label of the table at `path` against what the program finds.
pub(crate) fn measure(path: &Path, leads: &mut Leads, figures: &mut Figures) -> Result<(), String> {
    for row in rows(path)? {
        let [doc, clause, label] = ["doc", "bullet_id", "label"].map(|name| row.get(name).cloned().unwrap_or_default());
        let other = row.get("alt_label").cloned().unwrap_or_default();
        let Some(topics) = leads.topics.get(&clause).cloned() else {
            figures.without_topic += 1;
            continue;
        };
        let Some(said) = leads.said(&doc)? else {
            figures.unread += 1;
            continue;
        };
        let best = Leads::best(&said, &topics);
        let given = match best {
            Some(passage) if passage.strong => "met",
            Some(_) => "partly",
            None => "absent",
        };
        let fair = |wanted: &str| label == wanted || other == wanted;
        let truth = if fair(given) { given } else { label.as_str() };
        let wanted = label != "absent" && other != "absent";
        figures.clauses.entry(clause.clone()).or_default().add(truth, given, fair("met"), wanted);
        figures.all.add(truth, given, fair("met"), wanted);
        if !fair(given) {
            let quote = row.get("quote").map_or("", String::as_str);
            let found = best.map_or_else(String::new, |passage| format!("{}: {}", passage.rule, passage.quote));
            figures
                .misses
                .push(format!("{clause} {doc}: {label} by people, {given} here\n  people: {quote}\n  here: {found}"));
        }
    }
    Ok(())
}
