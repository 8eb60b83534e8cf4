//! The rows in an interface's answer.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Style;
use crate::json::{count, pick, text};

/// The rows of one page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// Each with its values by name.
    pub rows: Vec<Map<String, Value>>,
    /// How many rows there are in all, where the answer says so.
    pub total: Option<u64>,
    /// The types of columns, in the interface's own words, where it tells of them.
    pub types: BTreeMap<String, String>,
    /// Whether the answer says that there are more rows than the server gives out at once.
    pub more: bool,
}

impl Rows {
    /// The rows in `answer`; an error says what stands in their place.
    pub fn of(style: Style, answer: &Value) -> Result<Self, String> {
        let (list, total, columns) = match style {
            Style::Soda => (answer, &Value::Null, ["", "", ""]),
            Style::Datastore => {
                (pick(answer, "result/records"), pick(answer, "result/total"), ["result/fields", "id", "type"])
            }
            Style::FeatureService => (pick(answer, "features"), &Value::Null, ["fields", "name", "type"]),
            Style::Explore => (pick(answer, "results"), pick(answer, "total_count"), ["", "", ""]),
            Style::DatastoreQuery => (pick(answer, "results"), pick(answer, "count"), ["", "", ""]),
        };
        let Some(list) = list.as_array() else { return Err(refusal(answer)) };
        let row = |row: &Value| match style {
            Style::FeatureService => pick(row, "attributes").as_object().cloned(),
            _ => row.as_object().cloned(),
        };
        let rows: Option<Vec<_>> = list.iter().map(row).collect();
        let Some(rows) = rows else { return Err("its list holds something else than rows".to_owned()) };
        let [fields, name, kind] = columns;
        let fields = pick(answer, fields).as_array().into_iter().flatten();
        let types = fields.map(|field| (text(pick(field, name)), text(pick(field, kind)))).collect();
        let more = pick(answer, "exceededTransferLimit").as_bool().unwrap_or_default();
        Ok(Self { rows, total: count(total), types, more })
    }
}

/// What an answer without rows says for itself.
fn refusal(answer: &Value) -> String {
    let places = ["error/message", "message", "error_message", "error", "result"];
    let words = places.iter().map(|place| text(pick(answer, place))).find(|words| !words.is_empty());
    match words {
        Some(words) => format!("it says \u{201c}{}\u{201d}", crate::finding::fold(&words)),
        None => "its answer holds no list of rows".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_error_under_a_status_of_success_is_no_list_of_rows() {
        let answer = json!({"error": {"code": 400, "message": "Invalid query parameters.", "details": []}});
        let refused = Rows::of(Style::FeatureService, &answer).unwrap_err();
        assert!(refused.contains("Invalid query parameters."), "{refused}");
    }

    #[test]
    fn rows_come_with_their_types_and_their_count() {
        let answer = json!({"result": {"total": 9, "records": [{"_id": 1}], "fields": [{"id": "_id", "type": "int"}]}});
        let rows = Rows::of(Style::Datastore, &answer).unwrap();
        assert_eq!((rows.rows.len(), rows.total, rows.types["_id"].as_str()), (1, Some(9), "int"));
    }
}
