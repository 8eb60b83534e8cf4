//! The whole program, as people start it, against whole cities.

mod ckan;
mod every_state;
mod killed;
mod memory;
mod portal;
mod program;
mod tools;

use std::path::Path;

use serde_json::Value;

/// A JSON file.
fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))).unwrap()
}

/// The texts in a list.
fn texts(list: &Value) -> Vec<&str> {
    list.as_array().map(|list| list.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
}

/// The objects in a list.
fn all(list: &Value) -> &[Value] {
    list.as_array().map(Vec::as_slice).unwrap_or_default()
}
