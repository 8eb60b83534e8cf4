//! The text that a reader sees of a field written in HTML: in one pass and without a tree, as there may be millions.

/// Elements that stand within a line, so that no blank is seen around them.
const WITHIN_A_LINE: &[&str] = &["a", "abbr", "b", "em", "font", "i", "small", "span", "strong", "sub", "sup", "u"];

/// Names of characters that are common in prose; others are left as they are written.
const NAMED: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("hellip", '…'),
    ("bull", '•'),
];

/// The longest reference to a character that is looked for.
const LONGEST_REFERENCE: usize = 10;

/// Writes the visible text of `written` into `out`, which is emptied first: white space folded, characters decoded once.
pub fn visible(written: &str, out: &mut String) {
    out.clear();
    let mut rest = written;
    while let Some(at) = rest.find(['<', '&']) {
        fold(&rest[..at], out);
        rest = &rest[at..];
        let read = if rest.starts_with('<') { tag(rest, out) } else { reference(rest, out) };
        let taken = read.unwrap_or_else(|| {
            out.push_str(&rest[..1]);
            1
        });
        rest = &rest[taken..];
    }
    fold(rest, out);
    out.truncate(out.trim_end().len());
}

/// Appends `text` with each run of white space as one blank.
fn fold(text: &str, out: &mut String) {
    for (at, word) in text.split(char::is_whitespace).enumerate() {
        if at > 0 {
            blank(out);
        }
        out.push_str(word);
    }
}

fn blank(out: &mut String) {
    if !out.is_empty() && !out.ends_with(' ') {
        out.push(' ');
    }
}

/// The length of the tag or comment that `rest` begins with; what stands inside of a style or script goes with it.
fn tag(rest: &str, out: &mut String) -> Option<usize> {
    if rest.starts_with("<!--") {
        return Some(rest.find("-->").map_or(rest.len(), |end| end + 3));
    }
    let inside = rest[1..].trim_start_matches('/');
    if !inside.starts_with(|first: char| first.is_ascii_alphabetic() || first == '!' || first == '?') {
        return None;
    }
    let end = rest.find('>')? + 1;
    let name = inside.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    if !WITHIN_A_LINE.iter().any(|element| name.eq_ignore_ascii_case(element)) {
        blank(out);
    }
    for hidden in ["style", "script"] {
        if name.eq_ignore_ascii_case(hidden) && !rest.starts_with("</") {
            let closing = rest[end..].find("</").map_or(rest.len(), |at| end + at);
            return Some(closing);
        }
    }
    Some(end)
}

/// The length of the reference to a character that `rest` begins with; the character goes to `out`.
fn reference(rest: &str, out: &mut String) -> Option<usize> {
    let end = rest.bytes().take(LONGEST_REFERENCE).position(|byte| byte == b';')?;
    let name = &rest[1..end];
    let character = match name.strip_prefix('#') {
        Some(number) => {
            let hexadecimal = number.strip_prefix(['x', 'X']);
            let code = hexadecimal.map_or_else(|| number.parse().ok(), |digits| u32::from_str_radix(digits, 16).ok());
            char::from_u32(code?)?
        }
        None => NAMED.iter().find(|(named, _)| *named == name)?.1,
    };
    if character.is_whitespace() {
        blank(out);
    } else {
        out.push(character);
    }
    Some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(written: &str) -> String {
        let mut out = String::new();
        visible(written, &mut out);
        out
    }

    #[test]
    fn only_what_a_reader_sees_is_left() {
        assert_eq!(
            seen("<DIV STYLE=\"x\"><p>Trees&nbsp;&amp; <b>b</b>enches,\n  by ward.</p></DIV>"),
            "Trees & benches, by ward."
        );
        assert_eq!(seen("<p>One</p><p>Two</p>"), "One Two");
        assert_eq!(seen("<style>p { color: red }</style>Red<!-- not this -->"), "Red");
        assert_eq!(seen("caf&#233; &#x2014; caf&eacute;"), "café — caf&eacute;");
    }

    #[test]
    fn what_only_looks_like_markup_stays() {
        assert_eq!(seen("fewer than < 5 & more > 3 &; <3"), "fewer than < 5 & more > 3 &; <3");
        assert_eq!(seen("&lt;p&gt;shown as written"), "<p>shown as written");
        assert_eq!(seen("cut <a href=\"x"), "cut <a href=\"x");
        assert_eq!(seen(" <p> </p>&nbsp;"), "");
    }
}
