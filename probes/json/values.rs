//! Values as they are really written: numbers where words belong, words by language, lists of one.

use serde_json::Value;

/// The languages whose words are taken first, where a value has several.
const LANGUAGES: &[&str] = &["en", "en-us", "en-gb", "und", "none"];

/// The value at `path`, keys divided by slashes; [`Value::Null`] where there is none.
pub fn pick<'v>(value: &'v Value, path: &str) -> &'v Value {
    path.split('/').try_fold(value, |value, key| value.get(key)).unwrap_or(&Value::Null)
}

/// The words of a value, trimmed: of a number its digits, of words by language or a list the first; empty where it has none.
pub fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Array(values) => values.iter().map(text).find(|text| !text.is_empty()).unwrap_or_default(),
        Value::Object(words) => {
            let word = |key: &str| words.get(key).map(text).filter(|text| !text.is_empty());
            let of_language = LANGUAGES.iter().find_map(|language| word(language));
            let named =
                || ["@value", "name", "title", "fn", "label", "prefLabel", "@id"].iter().find_map(|key| word(key));
            let only =
                || words.values().find_map(|value| value.as_str().map(str::trim).filter(|text| !text.is_empty()));
            of_language.or_else(named).or_else(|| only().map(str::to_owned)).unwrap_or_default()
        }
        Value::Null | Value::Bool(_) => String::new(),
    }
}

/// The words of each value in a list; of anything else its own words, if it has any.
pub fn list(value: &Value) -> Vec<String> {
    let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    values.iter().map(text).filter(|text| !text.is_empty()).collect()
}

/// A whole number, also where it is written as words.
pub fn count(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Another text where the first is empty.
pub trait OrText {
    /// This text, or `other` where it is empty.
    fn or_text(self, other: impl FnOnce() -> String) -> String;
}

impl OrText for String {
    fn or_text(self, other: impl FnOnce() -> String) -> String {
        if self.is_empty() { other() } else { self }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn words_are_found_however_they_are_written() {
        assert_eq!(text(&json!(311)), "311");
        assert_eq!(text(&json!({"fr": "Arbres", "en": " Trees "})), "Trees");
        assert_eq!(text(&json!({"fr": "Arbres"})), "Arbres");
        assert_eq!(text(&json!(["", "first"])), "first");
        assert_eq!(text(&json!({"@type": "org:Organization", "name": "Town"})), "Town");
        assert_eq!(text(&json!(null)), "");
        assert_eq!(list(&json!(["a", 311, null, " "])), ["a", "311"]);
        assert_eq!(list(&json!("one")), ["one"]);
        assert_eq!(count(&json!("12")), Some(12));
    }
}
