//! Every distinct text of a feed, kept once: cells are numbers, and comparing them is comparing numbers.

use std::hash::BuildHasher as _;
use std::sync::Arc;

use hashbrown::{DefaultHashBuilder, HashTable};

/// No text: an empty cell, or a column that is not there.
pub(crate) const NONE: u32 = u32::MAX;
/// The empty text, which a cell of blanks in quotes comes to.
pub(crate) const EMPTY: u32 = 0;

/// Texts by number.
pub(crate) struct Strings {
    /// Texts that several threads go on from, each with new ones of its own.
    below: Option<Arc<Strings>>,
    /// How many those are.
    first: u32,
    bytes: Vec<u8>,
    /// Where each text begins; the next one's beginning is its end.
    starts: Vec<u32>,
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Default for Strings {
    fn default() -> Self {
        let mut strings = Self::empty(None, DefaultHashBuilder::default());
        strings.id(b"");
        strings
    }
}

impl Strings {
    fn empty(below: Option<Arc<Self>>, hasher: DefaultHashBuilder) -> Self {
        let first = below.as_ref().map_or(0, |below| small(below.len()));
        Self { below, first, bytes: Vec::new(), starts: vec![0], table: HashTable::new(), hasher }
    }

    /// The texts of others, and room for new ones.
    pub(crate) fn over(below: &Arc<Self>) -> Self {
        Self::empty(Some(below.clone()), below.hasher.clone())
    }

    /// The number of a text, new or known.
    pub(crate) fn id(&mut self, text: &[u8]) -> u32 {
        let hash = self.hasher.hash_one(text);
        if let Some(id) = self.find(hash, text) {
            return id;
        }
        let id = small(self.starts.len() - 1);
        self.bytes.extend_from_slice(text);
        self.starts.push(small(self.bytes.len()));
        let (bytes, starts, hasher) = (&self.bytes, &self.starts, &self.hasher);
        self.table.insert_unique(hash, id, |id| hasher.hash_one(slice(bytes, starts, *id)));
        self.first + id
    }

    fn find(&self, hash: u64, text: &[u8]) -> Option<u32> {
        if let Some(id) = self.below.as_ref().and_then(|below| below.find(hash, text)) {
            return Some(id);
        }
        let (bytes, starts) = (&self.bytes, &self.starts);
        self.table.find(hash, |id| slice(bytes, starts, *id) == text).map(|id| self.first + id)
    }

    /// A text by its number; empty for none.
    pub(crate) fn text(&self, id: u32) -> &str {
        std::str::from_utf8(self.bytes(id)).unwrap_or_default()
    }

    /// The bytes of a text; none of none.
    pub(crate) fn bytes(&self, id: u32) -> &[u8] {
        match &self.below {
            _ if id == NONE => &[],
            Some(below) if id < self.first => below.bytes(id),
            _ => slice(&self.bytes, &self.starts, id - self.first),
        }
    }

    /// How many texts there are.
    pub(crate) fn len(&self) -> usize {
        self.first as usize + self.starts.len() - 1
    }

    /// The texts from a number on.
    pub(crate) fn since(&self, first: usize) -> impl Iterator<Item = &[u8]> {
        (first..self.len()).map(|id| self.bytes(small(id)))
    }

    /// The texts of others and the new ones as one, under the same numbers.
    pub(crate) fn settled(mut self) -> Self {
        let Some(below) = self.below.take() else { return self };
        let mut all = Arc::try_unwrap(below).unwrap_or_else(|shared| shared.copy());
        for id in 0..small(self.starts.len() - 1) {
            all.id(slice(&self.bytes, &self.starts, id));
        }
        all
    }

    fn copy(&self) -> Self {
        let mut copy = Self::empty(None, self.hasher.clone());
        for text in self.since(0) {
            copy.id(text);
        }
        copy
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

    #[test]
    fn new_texts_stand_over_those_of_others() {
        let mut below = Strings::default();
        let a = below.id(b"a");
        let below = Arc::new(below);
        let (mut one, mut other) = (Strings::over(&below), Strings::over(&below));
        drop(below);
        let b = one.id(b"b");
        assert_eq!((one.id(b"a"), one.id(b"b"), one.text(b), one.len()), (a, b, "b", 3));
        assert_eq!(one.since(2).collect::<Vec<_>>(), [b"b"]);
        assert_eq!(other.id(b"c"), b);
        let one = one.settled();
        assert_eq!((one.text(a), one.text(b), one.len()), ("a", "b", 3));
        assert_eq!(other.settled().text(b), "c");
    }
}
