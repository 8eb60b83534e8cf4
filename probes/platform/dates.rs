//! Times that platforms write as numbers.

use jiff::Timestamp;
use serde_json::Value;

/// Seconds since 1970 as a date and time; empty where it is none.
pub(super) fn seconds(value: &Value) -> String {
    value.as_i64().and_then(|seconds| Timestamp::from_second(seconds).ok()).map(|at| at.to_string()).unwrap_or_default()
}

/// Milliseconds since 1970 as a date and time; words as they stand.
pub(super) fn milliseconds(value: &Value) -> String {
    match value.as_i64().and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok()) {
        Some(at) => at.to_string(),
        None => crate::json::text(value),
    }
}
