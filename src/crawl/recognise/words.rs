//! From Tesseract's table of words to a page's lines.

/// How sure Tesseract must be of a page's letters on the whole, in percent: below, they are scribbles, maps and stamps.
const SURE: f64 = 60.0;
/// The fewest letters that make a page.
const FEWEST: usize = 8;
/// The least room between two paragraphs, as a share of a line's height.
const ROOM: f64 = 0.9;

/// A line of a page, in pixels from its upper left corner.
struct Line<'a> {
    /// Tesseract's block and paragraph.
    part: [&'a str; 2],
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

/// The lines in a table of Tesseract's, blank lines between paragraphs; `None` where there are no words it is sure of.
pub(super) fn text(table: &str) -> Option<String> {
    let mut text = String::new();
    let mut last: Option<Line<'_>> = None;
    let mut begins: Option<Line<'_>> = None;
    let (mut letters, mut sure) = (0, 0.0);
    for row in table.lines().skip(1) {
        // level page_num block_num par_num line_num word_num left top width height conf text
        let cells: Vec<&str> = row.splitn(12, '\t').collect();
        let &[level, _, block, paragraph, _, _, left, top, width, height, confidence, word] = cells.as_slice() else {
            continue;
        };
        let figures = [left, top, width, height, confidence].map(|figure| figure.parse::<f64>().ok());
        let [Some(left), Some(top), Some(width), Some(height), Some(confidence)] = figures else { continue };
        if level == "4" {
            begins = Some(Line { part: [block, paragraph], left, top, right: left + width, bottom: top + height });
        }
        let word = word.trim();
        if level != "5" || word.is_empty() {
            continue;
        }
        let long = word.chars().count();
        letters += long;
        sure += confidence * long as f64;
        match (begins.take(), &last) {
            (Some(line), None) => last = Some(line),
            (Some(line), Some(above)) => {
                text.push_str(if apart(above, &line) { "\n\n" } else { "\n" });
                last = Some(line);
            }
            (None, _) => text.push(' '),
        }
        text.push_str(word);
    }
    (letters >= FEWEST && sure / letters as f64 >= SURE).then_some(text)
}

/// Whether another paragraph begins with `line`: Tesseract ends many where a line is only a little farther off.
fn apart(above: &Line<'_>, line: &Line<'_>) -> bool {
    let room = line.top - above.bottom > ROOM * (line.bottom - line.top).max(above.bottom - above.top);
    let elsewhere = line.top < above.top || line.left > above.right || line.right < above.left;
    above.part != line.part && (room || elsewhere)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table of lines: block, top and words, and how sure each is.
    fn table(lines: &[(u32, u32, &str)], sure: f64) -> String {
        let row = |level: u8, block: u32, top: u32, sure: f64, word: &str| {
            format!("{level}\t1\t{block}\t1\t1\t1\t10\t{top}\t900\t60\t{sure}\t{word}\n")
        };
        let rows = lines.iter().flat_map(|(block, top, words)| {
            let words = words.split(' ').map(|word| row(5, *block, *top, sure, word));
            std::iter::once(row(4, *block, *top, -1.0, "")).chain(words)
        });
        let head = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n";
        std::iter::once(head.to_owned()).chain(rows).collect()
    }

    #[test]
    fn words_become_lines_and_paragraphs() {
        let lines = [
            (1, 0, "Open data policy"),
            (2, 95, "of the city"),
            (3, 300, "1. Each"),
            (3, 395, "year"),
            (4, 0, "Aside"),
        ];
        let said = text(&table(&lines, 95.5));
        assert_eq!(said.as_deref(), Some("Open data policy\nof the city\n\n1. Each\nyear\n\nAside"));
    }

    #[test]
    fn lines_far_apart_are_one_paragraph_where_tesseract_says_so() {
        assert_eq!(
            text(&table(&[(1, 0, "The city"), (1, 200, "publishes")], 90.0)).as_deref(),
            Some("The city\npublishes")
        );
    }

    #[test]
    fn a_page_that_it_is_not_sure_of_has_no_words() {
        let said = |sure| text(&table(&[(1, 0, "Scribbles everywhere")], sure));
        assert_eq!((said(40.0), said(80.0).is_some()), (None, true));
        assert_eq!(text(&table(&[(1, 0, "x")], 99.0)), None);
        assert_eq!(text(""), None);
    }
}
