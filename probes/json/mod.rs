//! JSON bodies: small ones parsed once, large ones as a stream of the records in their arrays.

mod elements;
mod values;

use std::sync::Arc;

use serde_json::Value;

use crate::capture::{Capture, Captures};

pub use elements::{Members, elements};
pub use values::{OrText, count, list, pick, text};

/// The most bytes of an answer that are read.
const MOST_BYTES: usize = 16 << 20;

/// The answer in an answered capture as JSON; an error says why it is none.
pub fn of(captures: &Captures<'_>, capture: &Capture) -> Arc<Result<Value, String>> {
    captures.parse(capture, |_, body| {
        let head = body?.head(MOST_BYTES).map_err(|error| error.to_string())?;
        serde_json::from_slice(without_mark(&head)).map_err(|error| error.to_string())
    })
}

/// The bytes behind a byte order mark.
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}
