//! Lines in small, and the blocks that they make.

use super::*;

fn line(text: &str) -> Line {
    Line { text: text.to_owned(), ..Line::default() }
}

fn made(lines: &[Line]) -> Vec<(Role, String)> {
    let vocabulary = Vocabulary::of(lines.iter());
    blocks(lines, &vocabulary).into_iter().map(|block| (block.role, block.text)).collect()
}

#[test]
fn words_that_line_ends_divide_are_made_whole() {
    let lines = [
        line("A long-term plan for trans-"),
        line("parency, and a well-"),
        line("known one; a well-known long-"),
        line("term plan by the Smith-"),
        line("Jones office\u{ad}"),
        line("rs."),
    ];
    assert_eq!(
        made(&lines),
        [(
            Role::Paragraph,
            "A long-term plan for transparency, and a well-known one; a well-known long-term plan by the Smith-Jones officers."
                .to_owned()
        )]
    );
}

#[test]
fn what_stands_on_every_page_runs() {
    let page =
        |number: usize, text: &str| vec![line("City of Harborview"), line(text), line(&format!("Page {number} of 3"))];
    let mut pages = vec![page(1, "First."), page(2, "Second."), page(3, "Third.")];
    mark_running(&mut pages);
    let running: Vec<bool> = pages.iter().flatten().map(|line| line.running).collect();
    assert_eq!(running, [true, false, true, true, false, true, true, false, true]);
}

#[test]
fn headings_are_told_from_clauses_and_items() {
    let heading = |text: &str| looks_like_heading(text, true, true);
    assert_eq!(heading("ARTICLE IV"), Some(2));
    assert_eq!(heading("Section 3. Open Data Officer"), Some(2));
    assert_eq!(heading("Section 3. The city shall publish all of its data each year."), None);
    assert_eq!(heading("## I. Policy"), Some(2));
    assert_eq!(heading("2.1 Roles and Responsibilities"), Some(3));
    assert_eq!(heading("1. Publish the inventory by March."), None);
    assert_eq!(heading("Roles and Responsibilities"), Some(3));
    assert_eq!(heading("The city publishes its data each year."), None);
    assert_eq!(heading("WHEREAS, the city;"), None);
}

#[test]
fn contents_are_no_text() {
    let lines = [
        Line { gap: true, ..line("TABLE OF CONTENTS") },
        Line { gap: true, ..line("Purpose .......... 3") },
        line("Scope 4"),
        Line { gap: true, ..line("PURPOSE") },
        Line { gap: true, ..line("There are many of them, of which the city has 4") },
    ];
    let roles: Vec<Role> = made(&lines).into_iter().map(|(role, _)| role).collect();
    assert_eq!(roles, [Role::Heading(1), Role::Contents, Role::Contents, Role::Heading(1), Role::Paragraph]);
}

#[test]
fn items_hold_the_lines_under_them() {
    let lines = [
        line("Goals:"),
        line("• Publish the data"),
        Line { indent: 2, ..line("of all departments.") },
        line("(b) Review it."),
        Line { small: true, ..line("1 As amended in 2019,") },
        Line { small: true, ..line("and again in 2021.") },
    ];
    assert_eq!(
        made(&lines),
        [
            (Role::Paragraph, "Goals:".to_owned()),
            (Role::Item, "• Publish the data of all departments.".to_owned()),
            (Role::Item, "(b) Review it.".to_owned()),
            (Role::Footnote, "1 As amended in 2019, and again in 2021.".to_owned()),
        ]
    );
}
