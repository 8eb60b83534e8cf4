//! One value: its type, its form, its code.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::{Expected, Walk, hash};
use crate::ocds::form::{Links, has_prefix};
use crate::ocds::format::{date_time, is_uri};
use crate::ocds::keep::{Keep, Last, Status, role};
use crate::ocds::pointer::Step;
use crate::ocds::schema::{Field, Format, Of, Type};
use crate::ocds::tally::{Kind, PathId};

/// The years that dates of contracting are of, 1990 to 2049, in seconds since 1970.
const REAL: std::ops::Range<i64> = 631_152_000..2_524_608_000;

/// A value to be walked.
pub(super) struct Value<'a, 's> {
    pub walk: &'a mut Walk<'s>,
    pub expected: Expected<'s>,
    pub path: PathId,
}

impl<'de> DeserializeSeed<'de> for Value<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        if let Expected::Entry(field) = self.expected
            && field.codelist.is_some()
        {
            self.walk.tally.outside(self.path, "null");
        }
        self.typed(&[Type::Null], "null");
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.walk.tally.count(self.path, false);
        self.typed(&[Type::Boolean], if value { "true" } else { "false" });
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.number(&[Type::Integer, Type::Number], Number::Positive(value));
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.number(&[Type::Integer, Type::Number], Number::Negative(value));
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        // What is too large for an integer of the parser has no fraction either.
        let types: &[Type] =
            if value.abs() > 1.8e19 && value.fract() == 0.0 { &[Type::Integer, Type::Number] } else { &[Type::Number] };
        self.number(types, Number::Fraction(value));
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        let Self { walk, expected, path } = self;
        walk.want(value);
        walk.count(path, value.trim_ascii().is_empty() || value.trim().is_empty());
        let (format, codelist, not_empty) = match expected {
            Expected::Field(field) => (field.format, field.codelist, field.not_empty),
            Expected::Entry(field) => {
                let Of::Strings(format) = field.of else {
                    Value { walk, expected, path }.wrong(value);
                    return Ok(());
                };
                (format, field.codelist, false)
            }
            Expected::Object(_) => (None, None, false),
            Expected::Nothing => return Ok(()),
        };
        if !expected.types().contains(&Type::String) {
            Value { walk, expected, path }.wrong(value);
            return Ok(());
        }
        match format {
            Some(Format::DateTime) => match date_time(value) {
                None => walk.problem(path, Kind::DateTime, value),
                Some(seconds) => {
                    walk.last.date = Some(seconds);
                    if !REAL.contains(&seconds) {
                        walk.problem(path, Kind::FarDate, value);
                    }
                }
            },
            Some(Format::Uri) if !is_uri(value) => walk.problem(path, Kind::Uri, value),
            _ => {}
        }
        if not_empty && value.is_empty() {
            walk.problem(path, Kind::MinLength, value);
        }
        if let Some(codelist) = codelist
            && !walk.schema.has_code(codelist, value)
            && (!value.is_empty() || matches!(expected, Expected::Entry(_)))
        {
            walk.tally.outside(path, value);
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Self { walk, expected, path } = self;
        let fits = match expected {
            Expected::Nothing => true,
            _ if expected.types().is_empty() => true,
            _ => expected.types().contains(&Type::List),
        };
        if !fits {
            Value { walk, expected, path }.wrong("a list");
        }
        let entry = match expected {
            Expected::Field(field) if fits && field.types.contains(&Type::List) => Expected::Entry(field),
            _ => Expected::Nothing,
        };
        let texts = matches!(entry, Expected::Entry(Field { unique: true, of: Of::Strings(_), .. }));
        walk.wants = match walk.wants {
            Keep::Roles => Keep::Roles,
            _ if texts => Keep::Id,
            _ => Keep::Nothing,
        };
        let mut roles = 0;
        let mut ids = Vec::new();
        let (mut entries, mut all_have_ids) = (0, true);
        loop {
            walk.pointer.push(Step::Entry(entries));
            walk.last = Last::default();
            let more = seq.next_element_seed(Value { walk, expected: entry, path })?;
            walk.pointer.pop();
            if more.is_none() {
                break;
            }
            entries += 1;
            roles |= walk.last.roles;
            if let Expected::Entry(field) = entry {
                let id = if matches!(field.of, Of::Object(_)) { walk.last.id } else { walk.last.scalar };
                match id {
                    Some(id) if field.unique => ids.push(id),
                    Some(_) => {}
                    None => all_have_ids = false,
                }
            }
        }
        walk.wants = Keep::Nothing;
        walk.last = Last { roles, length: Some(entries), ..Last::default() };
        walk.count(path, entries == 0);
        let Expected::Entry(field) = entry else { return Ok(()) };
        if field.not_empty && entries == 0 {
            walk.problem(path, Kind::MinItems, "[]");
        }
        if !field.unique || entries < 2 {
            return Ok(());
        }
        if all_have_ids && matches!(field.of, Of::Object(_)) {
            ids.sort_unstable();
            let mut repeated: Vec<u64> = ids.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
            repeated.dedup();
            for _ in repeated {
                walk.problem(path, Kind::UniqueItems, "");
            }
        } else {
            let pointer = walk.pointer.clone();
            walk.wholes.push((pointer, path));
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let types = self.expected.types();
        let fits = types.is_empty() || types.contains(&Type::Object);
        if !fits {
            let Self { walk, expected, path } = self;
            Value { walk, expected, path }.wrong("an object");
            return walk.object(None, path, map);
        }
        let schema = self.walk.schema;
        let known = match self.expected {
            // In records alone, these are releases at all.
            Expected::Entry(field) if self.walk.links != Links::None && field.name == "releases" => {
                (self.walk.links == Links::All).then(|| schema.id("LinkedRelease"))
            }
            Expected::Field(Field { of: Of::Object(id), .. }) | Expected::Entry(Field { of: Of::Object(id), .. }) => {
                Some(*id)
            }
            Expected::Object(id) => Some(id),
            _ => None,
        };
        let known = known.map(|id| schema.object(id));
        self.walk.object(known, self.path, map)
    }
}

/// A number as the parser gives it.
#[derive(Clone, Copy)]
enum Number {
    Positive(u64),
    Negative(i64),
    Fraction(f64),
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Positive(number) => number.fmt(f),
            Self::Negative(number) => number.fmt(f),
            Self::Fraction(number) => number.fmt(f),
        }
    }
}

impl Number {
    #[expect(clippy::cast_precision_loss, reason = "amounts are compared by halves, counts are small")]
    fn value(self) -> f64 {
        match self {
            Self::Positive(number) => number as f64,
            Self::Negative(number) => number as f64,
            Self::Fraction(number) => number,
        }
    }
}

impl Value<'_, '_> {
    fn number(self, types: &[Type], number: Number) {
        let walk = &mut *self.walk;
        if matches!(walk.wants, Keep::Id | Keep::Ocid | Keep::AwardId) {
            walk.last.scalar = Some(hash(b'n', number.to_string().as_bytes()));
        }
        walk.last.number = Some(number.value());
        walk.tally.count(self.path, false);
        let wanted = self.expected.types();
        if wanted.is_empty() {
            return;
        }
        if !types.iter().any(|one| wanted.contains(one)) {
            self.wrong(&number.to_string());
        } else if number.value() < 0.0 && matches!(self.expected, Expected::Field(_)) {
            walk.problem(self.path, Kind::Negative, &number.to_string());
        }
    }

    /// Counts a problem unless one of `types` is among those that the value may have.
    fn typed(self, types: &[Type], value: &str) {
        let wanted = self.expected.types();
        if !wanted.is_empty() && !types.iter().any(|one| wanted.contains(one)) {
            self.wrong(value);
        }
    }

    fn wrong(self, value: &str) {
        if let Some(first) = self.expected.types().first() {
            self.walk.problem(self.path, Kind::Type(*first), value);
        }
    }
}

impl Walk<'_> {
    /// What somebody wants of a string.
    fn want(&mut self, value: &str) {
        match self.wants {
            Keep::Id | Keep::AwardId | Keep::Name | Keep::Currency => {
                self.last.scalar = Some(hash(b's', value.as_bytes()));
            }
            Keep::Ocid => {
                self.last.scalar = Some(hash(b's', value.as_bytes()));
                self.told.unregistered = (!has_prefix(value)).then(|| value.to_owned());
            }
            Keep::Roles => {
                self.last.roles = role(value);
                self.last.scalar = Some(hash(b's', value.as_bytes()));
            }
            Keep::Status | Keep::Method => self.last.status = Status::of(value),
            _ => {}
        }
    }

    /// Counts a value as empty or filled; entries of lists are neither.
    pub(super) fn count(&mut self, path: PathId, empty: bool) {
        if !self.pointer.is_entry() {
            self.tally.count(path, empty);
        }
    }
}
