//! A digest as Slack shows it: Block Kit, every word of others as plain text.

use serde_json::{Value, json};
use url::Url;

use super::digest::{ChangedClause, Digest};

/// Slack takes fifty blocks; so many are left for clauses.
const MOST_CHANGES: usize = 40;
/// The most characters of a block's text, and of a heading.
const MOST_TEXT: usize = 3000;
const MOST_HEADING: usize = 150;

/// What is posted.
pub(super) fn message(digest: &Digest) -> Value {
    let subject = digest.subject();
    let mut blocks = vec![
        json!({ "type": "header", "text": plain(&subject, MOST_HEADING) }),
        section(&format!("As of {}.", digest.as_of)),
    ];
    blocks.extend(digest.changes.iter().take(MOST_CHANGES).map(|change| section(&told(change))));
    blocks.extend(digest.more(MOST_CHANGES).map(|more| section(&more)));
    if !digest.first.is_empty() {
        blocks.push(json!({ "type": "header", "text": plain("What to do first", MOST_HEADING) }));
    }
    blocks.extend((1..).zip(&digest.first).map(|(n, to_do)| section(&format!("{n}. {}", to_do.told()))));
    blocks.extend(digest.link.as_ref().map(to_page));
    // The text is shown where blocks are not, in notices and to screen readers, and is no plain text: names in it might ring.
    json!({ "text": escaped(&subject.replace('@', "＠"), MOST_TEXT), "blocks": blocks, "unfurl_links": false, "unfurl_media": false })
}

fn told(change: &ChangedClause) -> String {
    let mut told = format!("{}: {}", change.clause, change.moved());
    let why = change.why.iter().flat_map(|why| std::iter::once(&why.cause).chain(&why.seen_in));
    for line in change.says.iter().chain(why) {
        told.push('\n');
        told.push_str(line);
    }
    told
}

fn section(text: &str) -> Value {
    json!({ "type": "section", "text": plain(text, MOST_TEXT) })
}

/// A text in which nothing is marked up, and no `:name:` becomes a picture.
fn plain(text: &str, most: usize) -> Value {
    json!({ "type": "plain_text", "text": escaped(text, most), "emoji": false })
}

/// The one text that is marked up: a link of ours.
fn to_page(link: &Url) -> Value {
    let link = escaped(link.as_str(), MOST_TEXT / 2).replace('|', "%7C");
    json!({ "type": "context", "elements": [{ "type": "mrkdwn", "text": format!("<{link}|What changed, and why>") }] })
}

/// A text without Slack's three control characters, which begin mentions and links; not longer than that, once it is escaped.
fn escaped(text: &str, most: usize) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut left = most - 1;
    for c in text.chars() {
        let sign = match c {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            _ => "",
        };
        let long = sign.chars().count().max(1);
        if long > left {
            escaped.push('…');
            break;
        }
        left -= long;
        if sign.is_empty() { escaped.push(c) } else { escaped.push_str(sign) }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn texts(message: &Value) -> Vec<&str> {
        let blocks = message["blocks"].as_array().unwrap().iter();
        let elements =
            blocks.flat_map(|block| block["elements"].as_array().into_iter().flatten().chain([&block["text"]]));
        elements.filter_map(|element| element["text"].as_str()).chain(message["text"].as_str()).collect()
    }

    #[test]
    fn what_a_site_said_mentions_nobody_and_links_nowhere() {
        let message = message(&sample::digest(3));
        for text in texts(&message) {
            let ours = text.starts_with("<https://bench.example.gov/");
            assert!(ours || !text.contains(['<', '>']), "{text}");
        }
        assert!(!message["text"].as_str().unwrap().contains('@'), "{message:#}");
        assert!(texts(&message).iter().any(|text| text.contains("&lt;!channel&gt;")), "{message:#}");
        let blocks = message["blocks"].as_array().unwrap();
        let marked: Vec<&Value> = blocks.iter().filter(|block| block.to_string().contains("mrkdwn")).collect();
        assert_eq!(marked.len(), 1);
        assert!(!message.to_string().contains(['\u{202e}', '\u{7}']));
    }

    #[test]
    fn as_much_is_posted_as_slack_takes() {
        for changes in [1, 40, 41, 2000] {
            let message = message(&sample::digest(changes));
            let blocks = message["blocks"].as_array().unwrap();
            assert!(blocks.len() <= 50 && blocks.len() > changes.min(40), "{} blocks", blocks.len());
            assert!(texts(&message).iter().all(|text| text.chars().count() <= MOST_TEXT && !text.is_empty()));
            let headings = blocks.iter().filter(|block| block["type"] == "header");
            assert!(headings.filter_map(|it| it["text"]["text"].as_str()).all(|it| it.chars().count() <= MOST_HEADING));
            assert_eq!(message.to_string().contains("more: the page"), changes > 40);
        }
        assert_eq!(escaped("&&&", 12), "&amp;&amp;…");
        assert_eq!(escaped("abc", 4), "abc");
        assert_eq!(escaped("abcd", 4), "abc…");
    }
}
