//! Errors that an API sends under a status of success, as `ArcGIS` servers do.

use serde_json::Value;

use crate::capture::{Capture, Captures};
use crate::finding::{Evidence, Locus};

/// The largest body that can be such an error, in bytes.
const LARGEST: usize = 16 * 1024;

/// The status that the body of a JSON answer carries in `error.code`, what it says, and where.
pub(super) fn error(captures: &Captures<'_>, capture: &Capture) -> Option<(u16, String, Evidence)> {
    let body = captures.body(capture).ok().filter(|body| body.len() <= LARGEST as u64)?;
    let (status, message) = read(&body.head(LARGEST).ok()?)?;
    let evidence = Evidence::new(&capture.id, Locus::Pointer("/error/code".to_owned()), status.to_string());
    Some((status, message, evidence))
}

fn read(body: &[u8]) -> Option<(u16, String)> {
    let whole: Value = serde_json::from_slice(body).ok()?;
    let error = whole.get("error")?;
    let status = u16::try_from(error.get("code")?.as_u64()?).ok().filter(|status| (400..600).contains(status))?;
    let message = error.get("message").and_then(Value::as_str).unwrap_or("no message");
    Some((status, message.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_error_with_a_status_is_one() {
        assert_eq!(read(br#"{"error":{"code":400,"message":"Invalid URL"}}"#), Some((400, "Invalid URL".to_owned())));
        assert_eq!(read(br#"{"error":{"code":7}}"#), None);
        assert_eq!(read(br#"{"error":null,"result":[]}"#), None);
        assert_eq!(read(br"[1]"), None);
    }
}
