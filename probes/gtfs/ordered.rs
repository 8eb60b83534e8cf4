//! JSON whose objects keep every member in its order, so that one that comes twice is seen.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A JSON value.
#[derive(Debug)]
pub(crate) enum Ordered {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    Array(Vec<Ordered>),
    Object(Vec<(String, Ordered)>),
}

/// Why it is no JSON.
#[derive(Debug)]
pub(crate) enum Wrong {
    /// An object has a member of this name twice.
    Twice(String),
    Malformed(String),
}

/// How a member that comes twice is told among other errors.
const TWICE: &str = "twice: ";

/// Reads JSON.
pub(crate) fn parse(text: &str) -> Result<Ordered, Wrong> {
    serde_json::from_str(text).map_err(|error| {
        let message = error.to_string();
        match message.strip_prefix(TWICE) {
            Some(rest) => Wrong::Twice(rest.rsplit_once(" at line ").map_or(rest, |(key, _)| key).to_owned()),
            None => Wrong::Malformed(message),
        }
    })
}

impl Ordered {
    /// What can be written as a text, as one.
    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Bool(bool) => Some(bool.to_string()),
            Self::Number(number) => Some(format!("{number:?}")),
            Self::Null | Self::Array(_) | Self::Object(_) => None,
        }
    }

    /// A number, also one that is written as a text.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// The items of a list.
    pub(crate) fn items(&self) -> Option<&[Self]> {
        if let Self::Array(items) = self { Some(items) } else { None }
    }
}

impl<'de> Deserialize<'de> for Ordered {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Ordered;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Ordered, E> {
        Ok(Ordered::Null)
    }

    fn visit_bool<E>(self, bool: bool) -> Result<Ordered, E> {
        Ok(Ordered::Bool(bool))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Ordered, E> {
        Ok(Ordered::Number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Ordered, E> {
        Ok(Ordered::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Ordered, E> {
        Ok(Ordered::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Ordered, E> {
        Ok(Ordered::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Ordered, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element()? {
            array.push(item);
        }
        Ok(Ordered::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Ordered, A::Error> {
        let mut object: Vec<(String, Ordered)> = Vec::new();
        let mut names = std::collections::BTreeSet::new();
        while let Some((name, value)) = members.next_entry::<String, Ordered>()? {
            if !names.insert(name.clone()) {
                return Err(de::Error::custom(format_args!("{TWICE}{name}")));
            }
            object.push((name, value));
        }
        Ok(Ordered::Object(object))
    }
}
