//! Labels by clause: met, partly or absent, held against strong, weak and no lead.

use std::collections::BTreeMap;
use std::path::Path;

use super::figures::Figures;
use super::judged::{self, Label};
use super::leads::Leads;
use super::{Seen, city_of, rows};

/// Endings of files that could not be read while the phrases were written: nobody wrote for what is in them.
const READ_LATER: &[&str] = &["pdf", "docx", "pptx", "odt"];

/// Holds every label of the table at `path` against what the program finds.
pub(crate) fn measure(path: &Path, leads: &mut Leads, figures: &mut Figures) -> Result<(), String> {
    let mut others: BTreeMap<String, Vec<Label>> = BTreeMap::new();
    for row in rows(path)? {
        let [doc, clause, label] = ["doc", "bullet_id", "label"].map(|name| row.get(name).cloned().unwrap_or_default());
        let other = row.get("alt_label").cloned().unwrap_or_default();
        let Some(topics) = leads.topics.get(&clause).cloned() else {
            let as_of = row.get("as_of").cloned().unwrap_or_default();
            others.entry(doc).or_default().push(Label { clause, fair: [label, other], as_of });
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
        let seen = Seen::of(&city_of(&doc));
        let later = Path::new(&doc).extension().is_some_and(|ending| READ_LATER.iter().any(|later| ending == *later));
        let groups = &mut figures.groups;
        let mut add = |group: &str| groups.entry(group.to_owned()).or_default().add(truth, given, fair("met"), wanted);
        add("all");
        add(seen.name());
        if later {
            add("later");
        }
        figures.clauses.entry(clause.clone()).or_default().add(truth, given, fair("met"), wanted);
        figures.probes.entry("passages".to_owned()).or_default().add(truth, given);
        if !fair(given) {
            let text = row.get("quote").map_or("", String::as_str);
            let (rule, found) = best.map_or(("", ""), |passage| (&passage.rule, &passage.quote));
            // What was held back stays unseen by whoever writes the phrases.
            let (text, found) = if seen == Seen::Closed { ("held back", "held back") } else { (text, found) };
            figures.miss(&clause, &doc, &label, given, rule, text, found);
        }
    }
    for (doc, labels) in &others {
        judged::measure(&leads.folder.join(doc), labels, &leads.deciders, figures)?;
    }
    Ok(())
}
