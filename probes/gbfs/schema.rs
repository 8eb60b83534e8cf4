//! What the files of a feed must hold, read from `schema.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// A file of the standard, in some of its versions.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) name: String,
    /// The member of `data` with the records; none where `data` is the record.
    list: Option<String>,
    since: u64,
    until: u64,
    fields: BTreeMap<String, Kind>,
}

/// What a field holds.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Text,
    Whole,
    YesNo,
    Time,
    Place,
    List,
    Names,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Schema {
    file: Vec<File>,
}

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| match toml::from_str(include_str!("schema.toml")) {
    Ok(schema) => schema,
    Err(error) => panic!("invariant: the bundled schema.toml is well formed: {error}"),
});

/// The files that are looked into, of a major version.
pub(super) fn files(major: u64) -> impl Iterator<Item = &'static File> {
    SCHEMA.file.iter().filter(move |file| (file.since..=file.until).contains(&major))
}

/// What is wrong, and where.
pub(super) struct Problem {
    /// A JSON pointer.
    pub(super) at: String,
    pub(super) says: String,
}

impl File {
    /// How many records a document has, and what is wrong with them: the first problem of each field, and how many
    /// records have it.
    pub(super) fn check(&self, document: &Value, major: u64) -> (u64, Vec<Problem>) {
        let (at, records) = match &self.list {
            None => ("/data".to_owned(), document.get("data").map(std::slice::from_ref)),
            Some(list) => {
                let list_at = format!("/data/{list}");
                let records = document.pointer(&list_at).and_then(Value::as_array).map(Vec::as_slice);
                (list_at, records)
            }
        };
        let Some(records) = records else {
            return (0, vec![Problem { at, says: "is not there, or is no list".to_owned() }]);
        };
        let mut problems = Vec::new();
        for (name, kind) in &self.fields {
            let wrong = |record: &&Value| wrong(record.get(name), *kind, major);
            let found: Vec<(usize, &str)> =
                records.iter().enumerate().filter_map(|(row, record)| Some((row, wrong(&record)?))).collect();
            let Some((row, says)) = found.first() else { continue };
            let place = if self.list.is_some() { format!("{at}/{row}/{name}") } else { format!("{at}/{name}") };
            let more = if found.len() > 1 { format!(", and so in {} records", found.len()) } else { String::new() };
            problems.push(Problem { at: place, says: format!("{says}{more}") });
        }
        (records.len() as u64, problems)
    }
}

/// What is wrong with a field, if anything.
fn wrong(value: Option<&Value>, kind: Kind, major: u64) -> Option<&'static str> {
    let Some(value) = value.filter(|value| !value.is_null()) else { return Some("is missing") };
    let filled = |value: &Value| value.as_str().is_some_and(|text| !text.trim().is_empty());
    let (right, says) = match kind {
        Kind::Text => (filled(value), "is no text, or an empty one"),
        Kind::Whole => (value.is_u64(), "is no whole number from zero on"),
        // The first version wrote 0 and 1.
        Kind::YesNo => {
            (value.is_boolean() || (major < 2 && matches!(value.as_u64(), Some(0 | 1))), "is not true or false")
        }
        Kind::Time => (is_time(value, major), if major < 3 { "is no time in seconds" } else { "is no RFC 3339 time" }),
        Kind::Place => (value.as_f64().is_some_and(|degrees| degrees.abs() <= 180.0), "is no place in degrees"),
        Kind::List => (value.as_array().is_some_and(|list| !list.is_empty()), "is no list, or an empty one"),
        Kind::Names if major < 3 => (filled(value), "is no text, or an empty one"),
        Kind::Names => (are_names(value), "is no list of texts by language"),
    };
    (!right).then_some(says)
}

fn are_names(value: &Value) -> bool {
    let named = |name: &Value| ["text", "language"].iter().all(|member| name.get(member).is_some_and(Value::is_string));
    value.as_array().is_some_and(|names| !names.is_empty() && names.iter().all(named))
}

/// Whether a value is a time as its version writes it; in milliseconds it is none.
pub(super) fn is_time(value: &Value, major: u64) -> bool {
    /// The year 2286.
    const LAST: u64 = 10_000_000_000;
    if major < 3 { value.as_u64().is_some_and(|seconds| seconds < LAST) } else { time(value).is_some() }
}

/// A time as the third version writes it.
fn time(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_field_is_held_against_its_version() {
        assert!(wrong(Some(&json!(1)), Kind::YesNo, 1).is_none());
        assert!(wrong(Some(&json!(1)), Kind::YesNo, 2).is_some());
        assert!(wrong(Some(&json!("Bikes")), Kind::Names, 2).is_none());
        assert!(wrong(Some(&json!("Bikes")), Kind::Names, 3).is_some());
        assert!(wrong(Some(&json!([{ "text": "Bikes", "language": "en" }])), Kind::Names, 3).is_none());
        assert!(is_time(&json!(1_780_000_000), 2) && !is_time(&json!(1_780_000_000_000_u64), 2));
        assert!(is_time(&json!("2026-06-01T10:00:00Z"), 3) && !is_time(&json!(1_780_000_000), 3));
        assert_eq!(wrong(None, Kind::Text, 2), Some("is missing"));
    }

    #[test]
    fn every_version_has_its_files() {
        for major in 1..=3 {
            assert!(files(major).count() >= 4, "{major}");
        }
    }
}
