//! A digest as Microsoft Teams shows it: an Adaptive Card, every word of others in runs of text, which know no markup.

use serde_json::{Value, json};

use super::digest::{ChangedClause, Digest};

/// Teams takes 28 KB; the rest is for what is around it.
const MOST_BYTES: usize = 27_000;
/// The most clauses that are told of one by one.
const MOST_CHANGES: usize = 40;

/// What is posted: as many changes as there is room for.
pub(super) fn message(digest: &Digest) -> Value {
    let mut shown = digest.changes.len().min(MOST_CHANGES);
    loop {
        let card = card(digest, shown);
        if shown == 0 || card.to_string().len() <= MOST_BYTES {
            return card;
        }
        shown = shown * 3 / 4;
    }
}

fn card(digest: &Digest, shown: usize) -> Value {
    let mut body = vec![heading(&digest.subject(), "Large"), words(&[&format!("As of {}.", digest.as_of)])];
    for change in digest.changes.iter().take(shown) {
        body.push(heading(&format!("{}: {}", change.clause, change.moved()), "Default"));
        body.extend(lines(change).map(|line| words(&[line])));
    }
    body.extend(digest.more(shown).map(|more| words(&[&more])));
    if !digest.first.is_empty() {
        body.push(heading("What to do first", "Medium"));
    }
    body.extend((1..).zip(&digest.first).map(|(n, to_do)| words(&[&format!("{n}. {}", to_do.told())])));
    let mut content = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": { "width": "Full" },
        "body": body,
    });
    if let Some(link) = &digest.link {
        content["actions"] = json!([{ "type": "Action.OpenUrl", "title": "What changed, and why", "url": link }]);
    }
    let card =
        json!({ "contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": null, "content": content });
    json!({ "type": "message", "attachments": [card] })
}

fn lines(change: &ChangedClause) -> impl Iterator<Item = &String> {
    let why = change.why.iter().flat_map(|why| std::iter::once(&why.cause).chain(&why.seen_in));
    change.says.iter().chain(why)
}

fn heading(text: &str, size: &str) -> Value {
    json!({
        "type": "RichTextBlock",
        "spacing": "Medium",
        "inlines": [{ "type": "TextRun", "text": text, "weight": "Bolder", "size": size }],
    })
}

fn words(runs: &[&str]) -> Value {
    let inlines: Vec<Value> = runs.iter().map(|text| json!({ "type": "TextRun", "text": text })).collect();
    json!({ "type": "RichTextBlock", "spacing": "Small", "inlines": inlines })
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn what_a_site_said_is_in_runs_of_text_only() {
        let message = message(&sample::digest(3));
        assert_eq!(message["type"], "message");
        let content = &message["attachments"][0]["content"];
        for block in content["body"].as_array().unwrap() {
            assert_eq!(block["type"], "RichTextBlock");
            for run in block["inlines"].as_array().unwrap() {
                assert_eq!(run["type"], "TextRun");
                assert!(run.get("selectAction").is_none());
                assert!(!run["text"].as_str().unwrap().is_empty());
            }
        }
        // Nobody is mentioned: that takes entities.
        assert!(content["msteams"].get("entities").is_none());
        let opened = content["actions"][0]["url"].as_str().unwrap();
        assert!(opened.starts_with("https://bench.example.gov/"), "{opened}");
        assert!(!message.to_string().contains(['\u{202e}', '\u{7}']));
    }

    #[test]
    fn as_much_is_posted_as_teams_takes() {
        for changes in [1, 12, 40, 2000] {
            let message = message(&sample::digest(changes));
            assert!(message.to_string().len() <= 28_000);
            assert_eq!(message.to_string().contains("more: the page"), changes > 12, "{changes}");
        }
    }
}
