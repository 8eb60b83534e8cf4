//! The page as a browser, a screen reader and a hostile city meet it.

use std::path::Path;
use std::process::Command;

use super::super::sample;
use super::*;

fn page() -> String {
    let mut bytes = Vec::new();
    sample::with(|report, view| write(report, view, &mut bytes).unwrap());
    String::from_utf8(bytes).unwrap()
}

#[test]
fn nothing_foreign_becomes_markup() {
    let page = page();
    assert_eq!(page.matches("<script").count(), 1, "only our own");
    assert!(!page.contains("<b>10:00") && !page.contains("javascript:b)\""));
    assert!(!page.contains(['\0', '\u{1b}', '\u{202e}']));
    assert!(page.contains("⟨U+202E⟩"));
    assert!(page.contains("{{ 7*7 }}"), "words are no template");
}

#[test]
fn the_policy_names_the_style_and_the_script_that_stand_there() {
    let page = page();
    for (tag, source) in [("style", STYLE), ("script", SCRIPT)] {
        assert!(page.contains(&format!("<{tag}>{source}</{tag}>")), "{tag}");
        assert!(!source.contains("</"), "{tag}");
    }
    assert!(page.contains(&format!("content=\"{}\"", policy(STYLE, SCRIPT))));
    let inline = regex::Regex::new(r#"<[^>]*\s(style|on[a-z]+)=""#).unwrap();
    assert!(!inline.is_match(page.split("<script>").next().unwrap()));
}

#[test]
fn only_web_addresses_become_links_and_every_anchor_exists() {
    let page = page();
    let href = regex::Regex::new(r#"<a[^>]* href="([^"]*)"([^>]*)>"#).unwrap();
    let mut seen = 0;
    for link in href.captures_iter(&page) {
        seen += 1;
        if let Some(name) = link[1].strip_prefix('#') {
            assert_eq!(page.matches(&format!(" id=\"{name}\"")).count(), 1, "{name}");
        } else {
            assert!(link[1].starts_with("http"), "{}", &link[1]);
            assert!(link[2].contains("noopener noreferrer nofollow") && link[2].contains("no-referrer"));
        }
    }
    assert!(seen > 40, "{seen}");
}

#[test]
fn a_drawn_table_has_words_for_all_and_the_table_behind_it() {
    let page = page();
    let (before, chart) = page.split_once("<figure class=\"chart\">").unwrap();
    assert!(!before.contains("<figure class=\"chart\">"));
    for part in ["role=\"img\"", "<title id=", "<desc id=", "2 bars; the longest: Water, 12.", "width=\"100.00%\""] {
        assert!(chart.contains(part), "{part}");
    }
    let table = chart.split_once("<details class=\"behind\">").unwrap().1.split_once("</details>").unwrap().0;
    assert!(table.contains("<th scope=\"col\">amount</th>") && table.contains("<bdi>Water</bdi>"), "{table}");
}

#[test]
fn numbers_and_names() {
    assert_eq!(grouped(1_234_567), "1\u{202f}234\u{202f}567");
    assert_eq!(grouped(12), "12");
    assert_eq!(anchor("A b\"<c.1"), "A-b--c.1");
}

/// Runs axe-core over the page in headless Chromium: light and dark, narrow and wide.
#[test]
fn axe_finds_no_fault() {
    let Some(modules) = std::env::var_os("TICKMARK_AXE") else {
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), "skipped: TICKMARK_AXE names no folder with axe-core and playwright-core");
        return;
    };
    // The page and its pictures stay there, to be looked at.
    let file = Path::new(&modules).join("report.html");
    std::fs::write(&file, page()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/axe/run.js");
    let ran = Command::new("node").arg(script).arg(&file).arg(&modules).env("TICKMARK_AXE", &modules).output().unwrap();
    assert!(ran.status.success(), "{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
}
