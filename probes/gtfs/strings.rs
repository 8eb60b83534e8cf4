//! Every distinct text of a feed, kept once: cells are numbers, and comparing them is comparing numbers.

use std::hash::BuildHasher as _;

use hashbrown::{DefaultHashBuilder, HashTable};

/// No text: an empty cell, or a column that is not there.
pub(crate) const NONE: u32 = u32::MAX;
/// The empty text, which a cell of blanks in quotes comes to.
pub(crate) const EMPTY: u32 = 0;

/// Texts by number.
pub(crate) struct Strings {
    bytes: Vec<u8>,
    /// Where each text begins; the next one's beginning is its end.
    starts: Vec<u32>,
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Default for Strings {
    fn default() -> Self {
        let mut strings =
            Self { bytes: Vec::new(), starts: vec![0], table: HashTable::new(), hasher: DefaultHashBuilder::default() };
        strings.id(b"");
        strings
    }
}

impl Strings {
    /// The number of a text, new or known.
    pub(crate) fn id(&mut self, text: &[u8]) -> u32 {
        let hash = self.hasher.hash_one(text);
        let (bytes, starts) = (&self.bytes, &self.starts);
        if let Some(id) = self.table.find(hash, |id| slice(bytes, starts, *id) == text) {
            return *id;
        }
        let id = small(self.starts.len() - 1);
        self.bytes.extend_from_slice(text);
        self.starts.push(small(self.bytes.len()));
        let (bytes, starts, hasher) = (&self.bytes, &self.starts, &self.hasher);
        self.table.insert_unique(hash, id, |id| hasher.hash_one(slice(bytes, starts, *id)));
        id
    }

    /// The text of a number; empty for none.
    pub(crate) fn text(&self, id: u32) -> &str {
        if id == NONE {
            return "";
        }
        std::str::from_utf8(slice(&self.bytes, &self.starts, id)).unwrap_or_default()
    }

    /// How many texts there are.
    pub(crate) fn len(&self) -> usize {
        self.starts.len() - 1
    }
}

fn slice<'a>(bytes: &'a [u8], starts: &[u32], id: u32) -> &'a [u8] {
    let at = id as usize;
    &bytes[starts[at] as usize..starts[at + 1] as usize]
}

/// A number of things that fits: memory ends long before it does not.
pub(crate) fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_number() {
        let mut strings = Strings::default();
        let (a, b) = (strings.id(b"a"), strings.id("\u{e9}".as_bytes()));
        assert_eq!((strings.id(b"a"), strings.id(b"")), (a, EMPTY));
        assert_eq!((strings.text(a), strings.text(b), strings.text(NONE)), ("a", "\u{e9}", ""));
        assert_eq!(strings.len(), 3);
    }
}
