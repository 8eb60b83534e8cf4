//! The characters of a cell by what they can mean in a number or a date, gathered while they are passed over.

/// Which classes of characters a cell holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Classes(u16);

impl Classes {
    /// `0` to `9`.
    pub const DIGIT: Self = Self(1);
    /// `A` to `Z` and `a` to `z`.
    pub const LETTER: Self = Self(1 << 1);
    /// `.`
    pub const DOT: Self = Self(1 << 2);
    /// `,`
    pub const COMMA: Self = Self(1 << 3);
    /// `-`
    pub const DASH: Self = Self(1 << 4);
    /// `+`
    pub const PLUS: Self = Self(1 << 5);
    /// `/`
    pub const SLASH: Self = Self(1 << 6);
    /// `:`
    pub const COLON: Self = Self(1 << 7);
    /// A blank or a tab.
    pub const SPACE: Self = Self(1 << 8);
    /// A line feed or a carriage return.
    pub const BREAK: Self = Self(1 << 9);
    /// Any other control character.
    pub const CONTROL: Self = Self(1 << 10);
    /// A byte of a character beyond ASCII.
    pub const WIDE: Self = Self(1 << 11);
    /// `"`
    pub const QUOTE: Self = Self(1 << 12);
    /// Any other character of ASCII.
    pub const OTHER: Self = Self(1 << 13);

    /// The classes in `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        bytes.iter().fold(Self::default(), |held, byte| held.and(Self::of_byte(*byte)))
    }

    /// Whether some class is in both.
    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether no class but those of `other` is in it.
    pub fn within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    const fn of_byte(byte: u8) -> Self {
        match byte {
            b'0'..=b'9' => Self::DIGIT,
            b'A'..=b'Z' | b'a'..=b'z' => Self::LETTER,
            b'.' => Self::DOT,
            b',' => Self::COMMA,
            b'-' => Self::DASH,
            b'+' => Self::PLUS,
            b'/' => Self::SLASH,
            b':' => Self::COLON,
            b' ' | b'\t' => Self::SPACE,
            b'\n' | b'\r' => Self::BREAK,
            0..=0x1F | 0x7F => Self::CONTROL,
            0x80.. => Self::WIDE,
            b'"' => Self::QUOTE,
            _ => Self::OTHER,
        }
    }
}

/// Set for the bytes at which a stretch of text ends.
const STOP: Classes = Classes(1 << 15);

/// The class of every byte, and which bytes end a stretch.
pub(super) struct Alphabet([Classes; 256]);

impl Alphabet {
    /// An alphabet in which `stops` end a stretch.
    pub(super) fn ended_by(stops: &[u8]) -> Self {
        let mut classes = [Classes::default(); 256];
        for (byte, class) in (0..=u8::MAX).zip(&mut classes) {
            *class = if stops.contains(&byte) { STOP } else { Classes::of_byte(byte) };
        }
        Self(classes)
    }

    /// How far the stretch at the beginning of `bytes` goes, and what it holds; no length where no stop ends it.
    pub(super) fn stretch(&self, bytes: &[u8]) -> (Option<usize>, Classes) {
        let mut held = Classes::default();
        for (at, byte) in bytes.iter().enumerate() {
            let class = self.0[usize::from(*byte)];
            if class == STOP {
                return (Some(at), held);
            }
            held = held.and(class);
        }
        (None, held)
    }
}
