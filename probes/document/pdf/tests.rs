//! Small PDFs written by hand, and the pages that are read from them.

use std::fmt::Write as _;

use super::super::Role;
use super::*;

/// A PDF whose pages have these contents, with Helvetica as F1 and in bold as F2.
fn pdf(contents: &[String]) -> Body {
    let kids: Vec<String> = (0..contents.len()).map(|at| format!("{} 0 R", 5 + 2 * at)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), contents.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>".to_owned(),
    ];
    for (at, content) in contents.iter().enumerate() {
        let stream = 6 + 2 * at;
        objects.push(format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {stream} 0 R /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>"));
        objects.push(format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()));
    }
    let mut file = "%PDF-1.4\n".to_owned();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (at, object) in objects.iter().enumerate() {
        writeln!(table, "{:010} 00000 n ", file.len()).unwrap();
        writeln!(file, "{} 0 obj\n{object}\nendobj", at + 1).unwrap();
    }
    let begins = file.len();
    write!(file, "{table}trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{begins}\n%%EOF\n", objects.len() + 1)
        .unwrap();
    Body::in_memory(file.into_bytes())
}

fn at(font: &str, size: u32, x: u32, y: u32, text: &str) -> String {
    format!("BT /{font} {size} Tf {x} {y} Td ({text}) Tj ET\n")
}

fn told(body: &Body) -> Vec<(u32, Role, String)> {
    let document = read(body).unwrap();
    let blocks =
        document.pages.into_iter().flat_map(|page| page.blocks.into_iter().map(move |block| (page.number, block)));
    blocks.map(|(page, block)| (page, block.role, block.text)).collect()
}

#[test]
fn two_columns_are_read_one_after_the_other() {
    let mut content = at("F2", 18, 72, 720, "Annual Report");
    let left = [
        "The city publishes all of its data",
        "each year, and it tells the coun-",
        "cil what has been done with it in",
        "all departments. It asks the public",
        "which of the data is needed first,",
        "and how good the data is for them.",
        "All of that is read by the board.",
    ];
    let right = [
        "The second column begins only when",
        "the first one has ended, as readers",
        "know it from newspapers. It has as",
        "many lines as the first one, so that",
        "no reader of lines alone could tell",
        "one column from the other here, and",
        "that is the end of the second one.",
    ];
    for (nth, (a, b)) in (0..).zip(left.iter().zip(right)) {
        content += &at("F1", 10, 72, 690 - 12 * nth, a);
        content += &at("F1", 10, 330, 690 - 12 * nth, b);
    }
    assert_eq!(
        told(&pdf(&[content])),
        [
            (1, Role::Heading(1), "Annual Report".to_owned()),
            (1, Role::Paragraph, left.join(" ").replace("coun- cil", "council")),
            (1, Role::Paragraph, right.join(" ")),
        ]
    );
}

#[test]
fn tables_lists_notes_and_running_heads_are_told() {
    let page = |number: u32, text: &str| {
        at("F1", 8, 72, 760, "City of Harborview") + text + &at("F1", 8, 300, 30, &format!("Page {number} of 2"))
    };
    let mut first = at("F2", 10, 72, 720, "Goals and Targets");
    first +=
        &at("F1", 10, 72, 700, "These are the goals of the city and how far each of them was reached in the year.");
    for (nth, row) in
        (0..).zip([["Goal", "Measure", "Target"], ["Roads", "Potholes", "90 %"], ["Parks", "Visits", "80 %"]])
    {
        for (x, cell) in [72, 200, 330].into_iter().zip(row) {
            first += &at("F1", 10, x, 670 - 14 * nth, cell);
        }
    }
    let mut second =
        at("F1", 10, 72, 700, "\\267 Publish the data of all departments, and do so in a form that programs read");
    second += &at("F1", 10, 82, 688, "without any trouble.");
    second += &at("F1", 7, 72, 60, "1 As amended in 2019.");
    assert_eq!(
        told(&pdf(&[page(1, &first), page(2, &second)])),
        [
            (1, Role::Running, "City of Harborview".to_owned()),
            (1, Role::Heading(1), "Goals and Targets".to_owned()),
            (
                1,
                Role::Paragraph,
                "These are the goals of the city and how far each of them was reached in the year.".to_owned()
            ),
            (1, Role::Row, "Goal | Measure | Target".to_owned()),
            (1, Role::Row, "Roads | Potholes | 90 %".to_owned()),
            (1, Role::Row, "Parks | Visits | 80 %".to_owned()),
            (1, Role::Running, "Page 1 of 2".to_owned()),
            (2, Role::Running, "City of Harborview".to_owned()),
            (
                2,
                Role::Item,
                "• Publish the data of all departments, and do so in a form that programs read without any trouble."
                    .to_owned()
            ),
            (2, Role::Footnote, "1 As amended in 2019.".to_owned()),
            (2, Role::Running, "Page 2 of 2".to_owned()),
        ]
    );
}

#[test]
fn what_cannot_be_read_is_refused_by_what_it_is() {
    let picture = "q 100 0 0 100 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \u{7f} EI Q".to_owned();
    assert_eq!(read(&pdf(&[picture.clone(), picture])), Err(Refused::Scanned { pages: 2, gap: None }));
    assert_eq!(read(&pdf(&[String::new()])), Err(Refused::Empty));
    assert!(matches!(read(&Body::in_memory(b"%PDF-1.7\nnothing".to_vec())), Err(Refused::Malformed(_))));
}
