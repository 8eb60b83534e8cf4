//! Heads and feet that stand on every page, told by standing there again and again.

use std::collections::BTreeMap;

use super::Line;

/// How many lines at either end of a page can be a running head or foot.
const EDGE: usize = 4;

/// Marks the lines that stand at the same edge of many pages, whatever numbers are in them.
pub(in crate::document) fn mark(pages: &mut [Vec<Line>]) {
    if pages.len() < 2 {
        return;
    }
    let mut seen: BTreeMap<(bool, String), usize> = BTreeMap::new();
    for page in pages.iter() {
        let mut here: Vec<_> = edges(page.len()).map(|(at, foot)| (foot, key(&page[at].text))).collect();
        here.sort();
        here.dedup();
        for key in here {
            *seen.entry(key).or_default() += 1;
        }
    }
    // Heads of odd and even pages differ, and chapters have their own.
    let often = (pages.len() / 5).clamp(2, 6);
    let stays = |foot: bool, text: &str| {
        let key = key(text);
        !key.is_empty() && seen.get(&(foot, key)).is_some_and(|count| *count >= often)
    };
    for page in pages.iter_mut() {
        let edges: Vec<_> = edges(page.len()).collect();
        let running: Vec<_> = edges.into_iter().filter(|(at, foot)| stays(*foot, &page[*at].text)).collect();
        // Only what reaches the edge without a line of text between: a heading that recurs is no head of a page.
        for foot in [false, true] {
            let mut at: Vec<usize> = running.iter().filter(|(_, end)| *end == foot).map(|(at, _)| *at).collect();
            at.sort_unstable();
            if foot {
                at.reverse();
            }
            let from = if foot { page.len().saturating_sub(1) } else { 0 };
            for (nth, at) in at.into_iter().enumerate().take_while(|(nth, at)| at.abs_diff(from) == *nth) {
                debug_assert!(nth < EDGE);
                page[at].running = true;
            }
        }
    }
}

/// The lines at a page's head and foot, and whether each is at the foot.
fn edges(lines: usize) -> impl Iterator<Item = (usize, bool)> {
    (0..lines.min(EDGE)).map(|at| (at, false)).chain((lines.saturating_sub(EDGE)..lines).map(|at| (at, true)))
}

/// A line's words whatever numbers are in it, and whatever room is between them.
fn key(text: &str) -> String {
    let mut key = String::new();
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        match c {
            c if c.is_numeric() => {
                if !key.ends_with('#') {
                    key.push('#');
                }
            }
            c => key.extend(c.to_lowercase()),
        }
    }
    let roman = |key: &str| !key.is_empty() && key.chars().all(|c| matches!(c, 'i' | 'v' | 'x'));
    if roman(&key) { "#".to_owned() } else { key }
}
