//! A condition that some rows surely pass, as it was taken from one of them.

use serde_json::{Map, Value};

use super::{Rows, Style};

/// A column, and the value it is to have.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// The column's name.
    pub field: String,
    /// The value: words or a whole number.
    pub value: Value,
}

/// The most characters of a value that is asked for.
const LONGEST: usize = 40;

impl Filter {
    /// A condition taken from the first of `rows`: plain words before whole numbers, and only what every interface
    /// can be asked without an escape. None where the row has nothing of the kind.
    pub fn from(style: Style, rows: &Rows) -> Option<Self> {
        let row = rows.rows.first()?;
        let fields = || row.iter().filter(|(field, _)| is_name(field));
        let words = |(_, value): &(&String, &Value)| value.as_str().is_some_and(is_plain);
        let number = |(field, value): &(&String, &Value)| value.is_i64() && takes_numbers(style, rows, field);
        let (field, value) = fields().find(words).or_else(|| fields().find(number))?;
        Some(Self { field: field.clone(), value: value.clone() })
    }

    /// Whether `row` is as it was asked for; some interfaces compare without regard to case.
    pub fn passes(&self, row: &Map<String, Value>) -> bool {
        let words = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_lowercase);
        row.get(&self.field).is_some_and(|value| words(value) == words(&self.value))
    }
}

fn is_name(field: &str) -> bool {
    field.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && field.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn is_plain(words: &str) -> bool {
    words.len() <= LONGEST
        && words.trim() == words
        && words.bytes().any(|byte| byte.is_ascii_alphabetic())
        && words.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b' ')
}

/// Whether a number in the column may be asked for as it stands there: dates of feature services are numbers too.
fn takes_numbers(style: Style, rows: &Rows, field: &str) -> bool {
    let kind = rows.types.get(field).map(String::as_str).unwrap_or_default();
    match style {
        Style::FeatureService => {
            matches!(kind, "esriFieldTypeOID" | "esriFieldTypeInteger" | "esriFieldTypeSmallInteger")
        }
        Style::Datastore => kind.starts_with("int"),
        Style::Explore => true,
        Style::Soda | Style::DatastoreQuery => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(style: Style, row: &Value, types: &[(&str, &str)]) -> Option<(String, Value)> {
        let types = types.iter().map(|(field, kind)| ((*field).to_owned(), (*kind).to_owned())).collect();
        let rows = Rows { rows: vec![row.as_object().unwrap().clone()], types, ..Rows::default() };
        Filter::from(style, &rows).map(|filter| (filter.field, filter.value))
    }

    #[test]
    fn plain_words_are_asked_for_first_and_dates_never() {
        let row = json!({"at": "2026-01-01T00:00:00", "n": 4, "name": "O'Hara", "ward": "Ward 3"});
        assert_eq!(of(Style::Soda, &row, &[]), Some(("ward".to_owned(), json!("Ward 3"))));
        let row = json!({"CREATED": 1_700_000_000_000_i64, "OBJECTID": 7});
        let types = [("CREATED", "esriFieldTypeDate"), ("OBJECTID", "esriFieldTypeOID")];
        assert_eq!(of(Style::FeatureService, &row, &types), Some(("OBJECTID".to_owned(), json!(7))));
        assert_eq!(of(Style::Soda, &json!({"n": "12"}), &[]), None);
    }
}
