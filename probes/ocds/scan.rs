//! Where a JSON value ends, told by its brackets and quotes alone: far quicker than reading it.

use super::pointer::Part;

/// A value that may go on in bytes which are not there yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Scan {
    depth: u32,
    in_string: bool,
    /// Whether the value has neither brackets nor quotes.
    bare: bool,
    begun: bool,
    at: usize,
}

impl Scan {
    /// Where the value that begins with the first of `bytes` ends; none if it does not end in them.
    ///
    /// May be asked again with more bytes behind the same ones.
    pub(super) fn end(&mut self, bytes: &[u8]) -> Option<usize> {
        let (mut at, mut depth) = (self.at, self.depth);
        let end = loop {
            if self.in_string {
                at = quote_or_escape(bytes, at);
                if at == bytes.len() {
                    break None;
                }
                if bytes[at] == b'\\' {
                    if at + 1 == bytes.len() {
                        break None;
                    }
                    at += 2;
                    continue;
                }
                self.in_string = false;
                at += 1;
                if depth == 0 {
                    break Some(at);
                }
            }
            let Some(&byte) = bytes.get(at) else { break None };
            match byte {
                b'"' if !self.bare => self.in_string = true,
                b'{' | b'[' if !self.bare => depth += 1,
                b'}' | b']' if depth > 1 => depth -= 1,
                b'}' | b']' => break Some(at + depth as usize),
                b',' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 && self.begun => break Some(at),
                _ => self.bare |= !self.begun,
            }
            self.begun = true;
            at += 1;
        };
        (self.at, self.depth) = (at, depth);
        end
    }
}

/// Where the next quote or backslash stands, else the end: eight bytes at a time, as most strings are short.
fn quote_or_escape(bytes: &[u8], mut at: usize) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    // A byte is zero where it is the one looked for; that byte's high bit is set, and maybe some behind it.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    while let Some(eight) = bytes.get(at..at + 8).and_then(|eight| eight.try_into().ok()) {
        let word = u64::from_le_bytes(eight);
        let found = zeros(word ^ (ONES * u64::from(b'"'))) | zeros(word ^ (ONES * u64::from(b'\\')));
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(|byte| !matches!(byte, b'"' | b'\\')) {
        at += 1;
    }
    at
}

/// The members of an object that is there as a whole: names as they are written, and values.
///
/// Ends where the object is broken.
pub(super) fn members(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = inside(bytes, b'{');
    std::iter::from_fn(move || {
        rest = trimmed(rest);
        if rest.first() != Some(&b'"') {
            return None;
        }
        let end = Scan::default().end(rest)?;
        let name = &rest[1..end - 1];
        rest = trimmed(trimmed(&rest[end..]).strip_prefix(b":")?);
        let end = Scan::default().end(rest)?;
        let value = &rest[..end];
        rest = &rest[end..];
        Some((name, value))
    })
}

/// The entries of a list that is there as a whole. Ends where the list is broken.
pub(super) fn entries(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = inside(bytes, b'[');
    std::iter::from_fn(move || {
        rest = trimmed(rest);
        let end = Scan::default().end(rest).filter(|end| *end > 0)?;
        let value = &rest[..end];
        rest = &rest[end..];
        Some(value)
    })
}

/// The value that a pointer leads to, below the steps above it.
pub(super) fn find<'a>(bytes: &'a [u8], steps: impl IntoIterator<Item = Part<'a>>) -> Option<&'a [u8]> {
    steps.into_iter().try_fold(bytes, |bytes, step| match step {
        Part::Member(wanted) => members(bytes).find(|(name, _)| *name == wanted.as_bytes()).map(|(_, value)| value),
        Part::Entry(at) => entries(bytes).nth(at),
    })
}

fn inside(bytes: &[u8], open: u8) -> &[u8] {
    bytes.strip_prefix(&[open]).and_then(|bytes| bytes.split_last()).map_or(&[], |(_, inside)| inside)
}

/// Without the white space and the comma before.
fn trimmed(bytes: &[u8]) -> &[u8] {
    let at = bytes.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b','));
    &bytes[at.unwrap_or(bytes.len())..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_ends_where_its_brackets_do() {
        for (text, end) in
            [(r#"{"a":"}\"","b":[1]} x"#, 19), ("12,3", 2), (r#""a\\" "#, 5), ("[[],{}]]", 7), ("null\n", 4)]
        {
            assert_eq!(Scan::default().end(text.as_bytes()), Some(end), "{text}");
        }
        assert_eq!(Scan::default().end(b"{\"a\": 1"), None);
        let mut scan = Scan::default();
        assert_eq!(scan.end(br#"{"a\"#), None);
        assert_eq!(scan.end(br#"{"a\"":1}"#), Some(9));
    }

    #[test]
    fn members_and_entries_are_told_apart() {
        let text = br#"{ "a" : [1, {"b": 2}] , "c": "d" }"#;
        let members: Vec<_> = members(text).collect();
        assert_eq!(members, [(&b"a"[..], &br#"[1, {"b": 2}]"#[..]), (&b"c"[..], &br#""d""#[..])]);
        assert_eq!(entries(members[0].1).collect::<Vec<_>>(), [&b"1"[..], br#"{"b": 2}"#]);
    }
}
