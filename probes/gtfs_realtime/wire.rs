//! The wire format of protocol buffers: as much as it takes to walk through a message's fields.

use thiserror::Error;

/// Why bytes are no message.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub(super) enum Wrong {
    #[error("it ends in the middle of a field")]
    Short,
    #[error("a number has more than ten bytes")]
    Long,
    #[error("a field is of a kind that there is not")]
    Kind,
}

/// A field's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    /// Four or eight bytes, which nothing here asks for.
    Fixed,
}

/// The fields of a message, with their numbers.
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Fields<'a> {
    fn take(&mut self, length: u64) -> Result<&'a [u8], Wrong> {
        let length = usize::try_from(length).map_err(|_| Wrong::Short)?;
        let (taken, rest) = self.0.split_at_checked(length).ok_or(Wrong::Short)?;
        self.0 = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u64, Wrong> {
        let mut number = 0;
        for place in 0..10 {
            let [byte] = *self.take(1)? else { return Err(Wrong::Short) };
            number |= u64::from(byte & 0x7f) << (7 * place);
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Wrong::Long)
    }

    fn field(&mut self) -> Result<(u64, Field<'a>), Wrong> {
        let key = self.number()?;
        let field = match key & 7 {
            0 => Field::Number(self.number()?),
            1 => self.take(8).map(|_| Field::Fixed)?,
            2 => {
                let length = self.number()?;
                Field::Bytes(self.take(length)?)
            }
            5 => self.take(4).map(|_| Field::Fixed)?,
            _ => return Err(Wrong::Kind),
        };
        Ok((key >> 3, field))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Field<'a>), Wrong>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.0 = &[];
        }
        Some(field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_told_apart() {
        let message = [0x08, 0x96, 0x01, 0x12, 2, b'o', b'k', 0x1d, 0, 0, 0, 0, 0x21, 0, 0, 0, 0, 0, 0, 0, 0];
        let fields: Result<Vec<_>, _> = Fields(&message).collect();
        let wanted = [(1, Field::Number(150)), (2, Field::Bytes(b"ok")), (3, Field::Fixed), (4, Field::Fixed)];
        assert_eq!(fields.unwrap(), wanted);
    }

    fn last(bytes: &[u8]) -> Result<(u64, Field<'_>), Wrong> {
        Fields(bytes).last().unwrap()
    }

    #[test]
    fn damage_ends_the_message() {
        assert_eq!(last(&[0x12, 5, b'o']), Err(Wrong::Short));
        assert_eq!(last(&[0x08, 0xff]), Err(Wrong::Short));
        assert_eq!(last(&[0xff; 11]), Err(Wrong::Long));
        assert_eq!(last(&[0x0b]), Err(Wrong::Kind));
        assert_eq!(last(&[0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]), Err(Wrong::Short));
    }
}
