//! Records that are no table: JSON, JSON lines and XML, checked from the first byte to the last without being kept.

use std::fmt;
use std::io::{BufRead, BufReader, Read};

use quick_xml::events::Event;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// What was counted.
#[derive(Debug, Default)]
pub(super) struct Records {
    /// Records, where they are told apart.
    pub rows: Option<u64>,
    /// Names of the first record's fields.
    pub columns: Vec<String>,
}

/// Why records could not be read to their end.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    /// What is wrong, and where.
    pub cause: String,
    /// Whether all that is wrong is that the end is missing.
    pub early: bool,
    /// The line on which it shows, from 1.
    pub line: Option<u64>,
}

impl Wrong {
    fn late(cause: impl std::fmt::Display) -> Self {
        Self { cause: cause.to_string(), early: false, line: None }
    }
}

/// The longest record of JSON lines and the longest XML text, in bytes.
const LONGEST: u64 = 64 * 1024 * 1024;

/// Reads one JSON value; an error says line and column.
pub(super) fn json(stream: impl Read) -> Result<Records, Wrong> {
    let mut records = Records::default();
    let mut reader = serde_json::Deserializer::from_reader(BufReader::new(unmarked(stream)?));
    let read = Top(&mut records).deserialize(&mut reader).and_then(|()| reader.end());
    read.map_err(|error| Wrong {
        early: error.is_eof(),
        line: (!error.is_eof()).then(|| error.line() as u64),
        cause: format!("it is not well formed: {error}"),
    })?;
    Ok(records)
}

/// Reads JSON lines; an error says which line.
pub(super) fn json_lines(stream: impl Read) -> Result<Records, Wrong> {
    let mut records = Records { rows: Some(0), columns: Vec::new() };
    let mut reader = BufReader::new(unmarked(stream)?);
    let mut line = Vec::new();
    for number in 1u64.. {
        line.clear();
        let read = reader.by_ref().take(LONGEST).read_until(b'\n', &mut line).map_err(Wrong::late)?;
        if read == 0 {
            break;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let mut seed = Records::default();
        let mut parser = serde_json::Deserializer::from_slice(&line);
        let parsed = Item(&mut seed).deserialize(&mut parser).and_then(|()| parser.end());
        parsed.map_err(|error| Wrong {
            early: !line.ends_with(b"\n"),
            line: Some(number),
            cause: format!("line {number} is not well formed: {error}"),
        })?;
        if records.columns.is_empty() {
            records.columns = seed.columns;
        }
        records.rows = records.rows.map(|rows| rows + 1);
    }
    Ok(records)
}

/// Reads XML; an error says at which byte. Records are the children of the root, or a map's placemarks.
pub(super) fn xml(stream: impl Read) -> Result<Records, Wrong> {
    let mut reader = quick_xml::Reader::from_reader(BufReader::new(stream));
    let (mut depth, mut roots, mut children, mut placemarks) = (0u64, 0u64, 0u64, 0u64);
    let mut piece = Vec::new();
    loop {
        let event = reader.read_event_into(&mut piece);
        let event = event.map_err(|error| Wrong {
            early: matches!(error, quick_xml::Error::Syntax(_)),
            line: None,
            cause: format!("it is not well formed at byte {}: {error}", reader.error_position()),
        })?;
        match event {
            Event::Eof => break,
            Event::Start(_) | Event::Empty(_) => {
                let (Event::Start(tag) | Event::Empty(tag)) = &event else { continue };
                roots += u64::from(depth == 0);
                children += u64::from(depth == 1);
                placemarks += u64::from(tag.local_name().as_ref() == "Placemark");
                depth += u64::from(matches!(event, Event::Start(_)));
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        piece.clear();
    }
    match (depth, roots) {
        (0, 1) => Ok(Records { rows: Some(if placemarks > 0 { placemarks } else { children }), columns: Vec::new() }),
        (0, roots) => Err(Wrong::late(format!("it is not well formed: it has {roots} root elements"))),
        (open, _) => Err(Wrong {
            early: true,
            line: None,
            cause: format!("it is not well formed: it ends while {open} elements are open"),
        }),
    }
}

/// The stream without a UTF-8 byte order mark, which JSON parsers need not accept.
fn unmarked(mut stream: impl Read) -> Result<impl Read, Wrong> {
    let mut start = Vec::new();
    stream.by_ref().take(3).read_to_end(&mut start).map_err(Wrong::late)?;
    if start == b"\xEF\xBB\xBF" {
        start.clear();
    }
    Ok(std::io::Cursor::new(start).chain(stream))
}

/// The whole value: an array of records, or an object that may hold one.
struct Top<'a>(&'a mut Records);
/// One record.
struct Item<'a>(&'a mut Records);
/// A value of the top object.
struct Inner<'a>(&'a mut Records);

/// Every scalar is read over.
macro_rules! scalars {
    () => {
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a JSON value")
        }
        fn visit_bool<E>(self, _: bool) -> Result<(), E> {
            Ok(())
        }
        fn visit_i64<E>(self, _: i64) -> Result<(), E> {
            Ok(())
        }
        fn visit_u64<E>(self, _: u64) -> Result<(), E> {
            Ok(())
        }
        fn visit_f64<E>(self, _: f64) -> Result<(), E> {
            Ok(())
        }
        fn visit_str<E>(self, _: &str) -> Result<(), E> {
            Ok(())
        }
        fn visit_unit<E>(self) -> Result<(), E> {
            Ok(())
        }
    };
}

macro_rules! seed {
    ($name:ident) => {
        impl<'de> DeserializeSeed<'de> for $name<'_> {
            type Value = ();
            fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
                deserializer.deserialize_any(self)
            }
        }
    };
}
seed!(Top);
seed!(Item);
seed!(Inner);

impl<'de> Visitor<'de> for Top<'_> {
    type Value = ();
    scalars!();
    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<(), A::Error> {
        Inner(self.0).visit_seq(seq)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_key::<IgnoredAny>()?.is_some() {
            map.next_value_seed(Inner(self.0))?;
        }
        Ok(())
    }
}

impl<'de> Visitor<'de> for Inner<'_> {
    type Value = ();
    scalars!();
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let mut first = Records::default();
        let mut rows = 0;
        if seq.next_element_seed(Item(&mut first))?.is_some() {
            rows = 1;
        }
        while seq.next_element::<IgnoredAny>()?.is_some() {
            rows += 1;
        }
        // Of several arrays the longest holds the records.
        if self.0.rows.is_none_or(|most| rows > most) {
            *self.0 = Records { rows: Some(rows), columns: first.columns };
        }
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(())
    }
}

impl<'de> Visitor<'de> for Item<'_> {
    type Value = ();
    scalars!();
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            // A feature's own fields are its properties.
            if name == "properties" {
                self.0.columns.clear();
                map.next_value_seed(Item(self.0))?;
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                return Ok(());
            }
            map.next_value::<IgnoredAny>()?;
            self.0.columns.push(name);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_counted_where_they_stand() {
        let rows = |text: &str| json(text.as_bytes()).map(|records| (records.rows, records.columns));
        assert_eq!(rows("[{\"a\":1},{\"a\":2}]"), Ok((Some(2), vec!["a".into()])));
        let map =
            r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"n":1},"geometry":null}]}"#;
        assert_eq!(rows(map), Ok((Some(1), vec!["n".into()])));
        assert_eq!(rows("\u{FEFF}{}"), Ok((None, vec![])));
        assert!(rows("[{\"a\":1},").is_err_and(|error| error.early && error.cause.contains("line 1")));
        assert!(rows("[1]\n[2]").is_err());
        assert!(rows(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn broken_records_say_where() {
        assert!(json_lines("{}\n{\n".as_bytes()).is_err_and(|error| error.cause.starts_with("line 2")));
        assert_eq!(xml("<a><b/><b/></a>".as_bytes()).map(|records| records.rows), Ok(Some(2)));
        assert!(xml("<a><b></a>".as_bytes()).is_err_and(|error| error.cause.contains("byte")));
        assert!(xml("<a><b>".as_bytes()).is_err_and(|error| error.early));
    }
}
