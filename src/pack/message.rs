//! An HTTP message as its WARC record holds it, and what is read off it.

use probes::capture::{Cut, Headers, Hop};

use super::exchange::Message;
use super::write::push;

/// The request line and header fields as they were sent.
pub(crate) fn request_block(message: &Message) -> Vec<u8> {
    let path = &message.url[url::Position::BeforePath..url::Position::AfterQuery];
    let method = if message.posted.is_some() { "POST" } else { "GET" };
    let mut block = format!("{method} {path} HTTP/1.1\r\n");
    for (name, value) in &message.request_headers.0 {
        push(&mut block, name, value);
    }
    block.push_str("\r\n");
    let mut block = block.into_bytes();
    block.extend(message.posted.iter().flatten());
    block
}

/// Status line and header fields. HTTP/2 has no such lines; archives write it down as HTTP/1.1.
pub(crate) fn response_head(message: &Message) -> Vec<u8> {
    let status = http::StatusCode::from_u16(message.status).ok();
    let reason = status.and_then(|status| status.canonical_reason()).unwrap_or_default();
    let version = if message.version == "HTTP/1.0" { "HTTP/1.0" } else { "HTTP/1.1" };
    let mut head = format!("{version} {} {reason}\r\n", message.status);
    for (name, value) in &message.headers.0 {
        // The chunks are gone: who reads the record must not look for them.
        let name =
            if name.eq_ignore_ascii_case("transfer-encoding") { "x-archive-orig-transfer-encoding" } else { name };
        push(&mut head, name, value);
    }
    head.push_str("\r\n");
    head.into_bytes()
}

/// What `WARC-Truncated` says of a body that is not whole.
pub(crate) fn truncated(message: &Message) -> Option<&'static str> {
    match message.payload.cut? {
        // The server itself sent only the part.
        Cut::Asked if message.status == 206 => None,
        Cut::Asked | Cut::TooLarge => Some("length"),
        Cut::Timeout => Some("time"),
        Cut::Broken => Some("disconnect"),
    }
}

/// The redirect that a message is, if it is one.
pub(crate) fn hop(message: &Message) -> Option<Hop> {
    let location = message.headers.get("location")?.to_owned();
    Some(Hop { url: message.url.clone(), status: message.status, location })
}

/// RFC 9111, 4.3.4: a 304 brings the stored fields up to date, except those that speak of the bytes.
pub(crate) fn refreshed(old: &Headers, new: &Headers) -> Headers {
    let speaks_of_bytes = |name: &str| {
        let name = name.to_ascii_lowercase();
        name.starts_with("content-") || matches!(name.as_str(), "transfer-encoding" | "connection" | "location")
    };
    let updates: Vec<_> = new.0.iter().filter(|(name, _)| !speaks_of_bytes(name)).cloned().collect();
    let kept = old.0.iter().filter(|(name, _)| !updates.iter().any(|(update, _)| update.eq_ignore_ascii_case(name)));
    Headers(kept.cloned().chain(updates.iter().cloned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn not_modified_says_nothing_of_the_bytes() {
        let fields = |fields: &[(&str, &str)]| {
            Headers(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
        };
        let old = fields(&[("Content-Length", "9"), ("ETag", "1"), ("Date", "then"), ("X", "kept")]);
        let new = fields(&[("date", "now"), ("content-length", "0"), ("age", "5")]);
        let both = fields(&[("Content-Length", "9"), ("ETag", "1"), ("X", "kept"), ("date", "now"), ("age", "5")]);
        assert_eq!(refreshed(&old, &new), both);
    }
}
