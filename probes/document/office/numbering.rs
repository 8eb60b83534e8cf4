//! The numbers and bullets that Word puts before paragraphs: they stand in no text, but are counted.

use std::collections::BTreeMap;

use super::xml::Element;

/// How the lists of a document are numbered.
#[derive(Default)]
pub(super) struct Numbering {
    /// By the number that paragraphs name, the levels of the list.
    lists: BTreeMap<String, Vec<Level>>,
    /// How far each list was counted, level by level.
    counted: BTreeMap<String, Vec<u32>>,
}

#[derive(Clone)]
struct Level {
    format: String,
    text: String,
    start: u32,
}

/// The most levels of a list.
const LEVELS: usize = 9;

impl Numbering {
    /// As the part `numbering.xml` tells it.
    pub(super) fn of(part: &Element) -> Self {
        let value =
            |element: &Element, name: &str| element.at(&[name]).and_then(|inner| inner.get("val")).map(str::to_owned);
        let mut kinds: BTreeMap<String, Vec<Level>> = BTreeMap::new();
        for kind in part.all("abstractNum") {
            let levels = kind.all("lvl").take(LEVELS).map(|level| Level {
                format: value(level, "numFmt").unwrap_or_else(|| "decimal".to_owned()),
                text: value(level, "lvlText").unwrap_or_default(),
                start: value(level, "start").and_then(|start| start.parse().ok()).unwrap_or(1),
            });
            kinds.insert(kind.get("abstractNumId").unwrap_or_default().to_owned(), levels.collect());
        }
        let lists = part.all("num").filter_map(|list| {
            let kind = kinds.get(&value(list, "abstractNumId")?)?;
            Some((list.get("numId")?.to_owned(), kind.clone()))
        });
        Self { lists: lists.collect(), counted: BTreeMap::new() }
    }

    /// What stands before the next paragraph of a list at a level from 0.
    pub(super) fn next(&mut self, list: &str, level: usize) -> Option<String> {
        let levels = self.lists.get(list)?;
        let here = levels.get(level)?;
        let counted = self.counted.entry(list.to_owned()).or_default();
        counted.truncate(level + 1);
        while counted.len() <= level {
            let at = counted.len();
            // A level that was passed over counts as begun.
            counted.push(levels[at].start.saturating_sub(u32::from(at == level)));
        }
        counted[level] = counted[level].saturating_add(1);
        if here.format == "bullet" {
            return Some("•".to_owned());
        }
        if here.format == "none" || here.text.is_empty() {
            return None;
        }
        let mut text = here.text.clone();
        for (at, count) in counted.iter().enumerate() {
            text = text.replace(&format!("%{}", at + 1), &written(*count, &levels[at].format));
        }
        Some(text)
    }
}

fn written(count: u32, format: &str) -> String {
    match format {
        "lowerLetter" => letters(count),
        "upperLetter" => letters(count).to_uppercase(),
        "lowerRoman" => roman(count),
        "upperRoman" => roman(count).to_uppercase(),
        "decimalZero" => format!("{count:02}"),
        _ => count.to_string(),
    }
}

/// a to z, then aa to zz, as Word goes on.
fn letters(count: u32) -> String {
    let Some(from) = count.checked_sub(1) else { return "0".to_owned() };
    let letter = char::from(b'a' + u8::try_from(from % 26).unwrap_or_default());
    std::iter::repeat_n(letter, usize::try_from(from / 26).unwrap_or_default().min(20) + 1).collect()
}

fn roman(mut count: u32) -> String {
    const SIGNS: &[(u32, &str)] =
        &[(100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")];
    if count > 400 {
        return count.to_string();
    }
    let mut text = String::new();
    for (value, sign) in SIGNS {
        while count >= *value {
            text.push_str(sign);
            count -= value;
        }
    }
    text
}
