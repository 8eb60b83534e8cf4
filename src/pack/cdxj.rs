//! The index of a WACZ: where each URL's answer stands, one line of JSON each, sorted by SURT key.

use serde_json::json;
use url::Url;

use super::answer::{Role, VIEW};
use super::contents::Line;

/// The index lines of a WARC's answers.
pub(crate) fn lines(answers: &[Line], file: &str) -> String {
    let mut lines: Vec<String> = answers.iter().filter_map(|line| one(line, file)).collect();
    lines.sort_unstable();
    lines.concat()
}

fn one(line: &Line, file: &str) -> Option<String> {
    let answer = &line.answer;
    let (key, url) = match answer.role {
        Role::Sent => (surt(&answer.url)?, answer.url.to_string()),
        Role::View => (format!("{VIEW}{}", answer.url), format!("{VIEW}{}", answer.url)),
        // Who opens the URL in a viewer is to see what it sent of itself.
        Role::Rendered | Role::Posted => return None,
    };
    let timestamp = answer.date.strftime("%Y%m%d%H%M%S");
    let mime = match (&line.original, &answer.media_type) {
        (Some(_), _) => "warc/revisit",
        (None, Some(media_type)) => media_type,
        (None, None) => "unk",
    };
    let fields = json!({
        "url": url,
        "mime": mime,
        "status": answer.status.to_string(),
        "digest": format!("sha256:{}", answer.sha256),
        "length": line.at.length.to_string(),
        "offset": line.at.offset.to_string(),
        "filename": file,
    });
    Some(format!("{key} {timestamp} {fields}\n"))
}

/// The URL turned round, so that a host's and a domain's pages stand together.
fn surt(url: &Url) -> Option<String> {
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let host = url.host_str()?.to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let mut key = if url.domain().is_some() { host.rsplit('.').collect::<Vec<_>>().join(",") } else { host.to_owned() };
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    key.push_str(&port);
    key.push(')');
    key.push_str(&url.path().to_ascii_lowercase());
    if let Some(query) = url.query() {
        let query = query.to_ascii_lowercase();
        let mut parameters: Vec<&str> = query.split('&').collect();
        parameters.sort_unstable();
        key.push('?');
        key.push_str(&parameters.join("&"));
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_begins_with_the_domain() {
        let key = |url: &str| surt(&Url::parse(url).unwrap());
        assert_eq!(key("https://www.Example.org/A?b=2&a=1").unwrap(), "org,example)/a?a=1&b=2");
        assert_eq!(key("http://data.example.org:8080").unwrap(), "org,example,data:8080)/");
        assert_eq!(key("http://192.0.2.1/").unwrap(), "192.0.2.1)/");
        assert_eq!(key("file:///a.csv"), None);
    }
}
