//! Language tags (BCP 47): whether one is well formed, and its canonical form, by which two are compared.

use std::sync::LazyLock;

use regex::Regex;

/// Tags of before the rules, and what is written today.
const GRANDFATHERED: &[(&str, &str)] = &[
    ("en-gb-oed", "en-GB-x-oed"),
    ("i-ami", "ami"),
    ("i-bnn", "bnn"),
    ("i-default", "en-x-i-default"),
    ("i-enochian", "x-i-enochian"),
    ("i-hak", "hak"),
    ("i-klingon", "tlh"),
    ("i-lux", "lb"),
    ("i-mingo", "see-x-i-mingo"),
    ("i-navajo", "nv"),
    ("i-pwn", "pwn"),
    ("i-tao", "tao"),
    ("i-tay", "tay"),
    ("i-tsu", "tsu"),
    ("sgn-be-fr", "sfb"),
    ("sgn-be-nl", "vgt"),
    ("sgn-ch-de", "sgg"),
    ("art-lojban", "jbo"),
    ("cel-gaulish", "xtg-x-cel-gaulish"),
    ("no-bok", "nb"),
    ("no-nyn", "nn"),
    ("zh-guoyu", "cmn"),
    ("zh-hakka", "hak"),
    ("zh-min", "nan-x-zh-min"),
    ("zh-min-nan", "nan"),
    ("zh-xiang", "hsn"),
];

static WELL_FORMED: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = "(?i)^(?:(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?\
                   (?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?\
                   |x(?:-[a-z0-9]{1,8})+)$";
    match Regex::new(pattern) {
        Ok(regex) => regex,
        Err(error) => panic!("invariant: a pattern of ours compiles: {error}"),
    }
});

fn today(tag: &str) -> Option<&'static str> {
    GRANDFATHERED.iter().find(|(old, _)| old.eq_ignore_ascii_case(tag)).map(|(_, new)| *new)
}

/// Whether it is built as a language tag is.
pub(super) fn is_well_formed(tag: &str) -> bool {
    WELL_FORMED.is_match(tag) || today(tag).is_some()
}

/// The canonical form of a well formed tag: an extended language stands for itself, extensions are sorted.
pub(super) fn canonical(tag: &str) -> String {
    let tag = today(tag).unwrap_or(tag);
    let lower = tag.to_ascii_lowercase();
    let mut parts = lower.split('-').peekable();
    let mut head = vec![parts.next().unwrap_or_default().to_owned()];
    if head[0] == "x" {
        return lower;
    }
    let mut extended = false;
    while let Some(part) = parts.next_if(|part| part.len() == 3 && part.bytes().all(|b| b.is_ascii_alphabetic())) {
        if !extended {
            head = vec![part.to_owned()];
        }
        extended = true;
    }
    let mut sections: Vec<Vec<&str>> = Vec::new();
    for part in parts {
        let private = sections.last().is_some_and(|section| section[0] == "x");
        match sections.last_mut() {
            Some(section) if private || part.len() > 1 => section.push(part),
            _ if part.len() == 1 => sections.push(vec![part]),
            _ if part.len() == 4 && part.bytes().all(|b| b.is_ascii_alphabetic()) => {
                head.push(format!("{}{}", part[..1].to_ascii_uppercase(), &part[1..]));
            }
            _ if part.len() == 2 || part.len() == 3 => head.push(part.to_ascii_uppercase()),
            _ => head.push(part.to_owned()),
        }
    }
    sections.sort_by(|a, b| (a[0] == "x", a).cmp(&(b[0] == "x", b)));
    sections.dedup_by(|a, b| a[0] == b[0]);
    head.extend(sections.into_iter().flatten().map(str::to_owned));
    head.join("-")
}

/// The language alone.
pub(crate) fn primary(tag: &str) -> &str {
    let language = tag.split('-').next().unwrap_or_default();
    if matches!(language, "und" | "x") { "" } else { language }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_have_one_form() {
        assert_eq!(
            [canonical("EN-us"), canonical("zh-hant-tw"), canonical("zh-yue"), canonical("i-klingon")],
            ["en-US", "zh-Hant-TW", "yue", "tlh"]
        );
        assert!(is_well_formed("de") && is_well_formed("sr-Latn-RS") && is_well_formed("x-any"));
        assert!(!is_well_formed("e") && !is_well_formed("english language") && !is_well_formed("en_US"));
        assert_eq!((primary("pt-BR"), primary("und")), ("pt", ""));
    }
}
