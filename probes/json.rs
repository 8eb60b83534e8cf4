//! A small JSON body, such as an API's answer, parsed once.

use std::sync::Arc;

use serde_json::Value;

use crate::capture::{Capture, Captures};

/// The most bytes of an answer that are read.
const MOST_BYTES: usize = 16 << 20;

/// The answer in an answered capture as JSON; an error says why it is none.
pub fn of(captures: &Captures<'_>, capture: &Capture) -> Arc<Result<Value, String>> {
    captures.parse(capture, |_, body| {
        let head = body?.head(MOST_BYTES).map_err(|error| error.to_string())?;
        serde_json::from_slice(head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head)).map_err(|error| error.to_string())
    })
}
