//! Is it what it is said to be?

mod catalogue;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::capture::{Answered, Captures, Cut, Need};
use crate::finding::{Evidence, Finding, Locus, Share};
use crate::html::Page;
use crate::kind::{self, Kind};
use crate::obstacle;
use crate::platform;
use crate::probe::{Probe, Target};
use crate::spec::Spec;

crate::declare!();

/// Holds what a body is by its bytes against what was declared.
pub struct Format;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    AsDeclared { kind: Kind, name: String, declared: String },
    Undeclared { kind: Kind, name: String },
    OtherThanDeclared { kind: Kind, name: String, declared: String },
    Empty { bytes: u64 },
    Unrecognised { bytes: u64, declared: Option<String> },
    Unseen { cause: String },
    Sampled { share: Share, unseen: u64, causes: Vec<BTreeMap<String, String>>, others: Vec<BTreeMap<String, String>> },
}

impl Probe for Format {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let capture = captures.get(&target.request())?;
        let whole = Evidence::new(&capture.id, Locus::Exchange, "");
        let unseen = |cause: String, evidence| Ok(vec![SPEC.finding(target, &Seen::Unseen { cause }, vec![evidence])]);
        if let Some(obstacle) = obstacle::of(captures, &capture) {
            return unseen(obstacle.to_string(), obstacle.evidence);
        }
        let answered = match capture.success() {
            Ok(answered) => answered,
            Err(cause) => return unseen(cause, whole),
        };
        let kind = kind::of(captures, &capture);
        if kind == Kind::Unknown
            && let Err(cause) = captures.body(&capture)
        {
            return unseen(cause, whole);
        }
        // A body of which nothing arrived is not an empty one.
        if kind == Kind::Empty && matches!(answered.body.cut, Some(Cut::Timeout | Cut::Broken)) {
            return unseen("the connection ended before the body came".to_owned(), whole);
        }
        // Nor is a part without rows yet another thing than the table it is said to be.
        let part = matches!(answered.body.cut, Some(Cut::TooLarge | Cut::Timeout | Cut::Broken));
        if part && kind == Kind::Text {
            return unseen("only a part of it came in, and text alone does not tell its format".to_owned(), whole);
        }
        let extension = kind::extension(&target.url).or_else(|| kind::extension(&answered.url));
        // A script in the page may yet fetch the file for a browser.
        if kind == Kind::Html
            && extension.as_deref().and_then(kind::promised_by_extension).is_some_and(|kinds| !kinds.contains(&kind))
            && let Some(sign) = Page::of(captures, &capture).shell()
        {
            return unseen(format!("it needs a browser: {sign}"), whole);
        }
        let (seen, evidence) = held_against(kind, answered, extension.as_deref());
        let evidence = match evidence {
            Some(field) => Evidence::new(
                &capture.id,
                Locus::Header(field.to_owned()),
                answered.headers.get(field).unwrap_or_default(),
            ),
            None => whole,
        };
        let mut findings = vec![SPEC.finding(target, &seen, vec![evidence])];
        if kind == Kind::Html && platform::evident(target, captures)? {
            findings.extend(catalogue::look(target, captures)?);
        }
        Ok(findings)
    }
}

/// What the body is, beside what was declared; and the header field that declared it.
fn held_against(kind: Kind, answered: &Answered, extension: Option<&str>) -> (Seen, Option<&'static str>) {
    let media_type = answered.headers.media_type();
    let by_type = media_type.as_deref().and_then(|name| Some((name, kind::promised_by_media_type(name)?)));
    let by_name = extension.and_then(|name| Some((name, kind::promised_by_extension(name)?)));
    let field = by_type.map(|_| "content-type");
    let words = |name: &str, what: &str| format!("{what} {name}");
    let declared = match (by_type, by_name) {
        (Some((media_type, _)), _) => Some(words(media_type, "media type")),
        (None, Some((extension, _))) => Some(words(extension, "extension")),
        (None, None) => None,
    };
    let bytes = answered.body.bytes;
    match kind {
        Kind::Empty => return (Seen::Empty { bytes }, None),
        Kind::Unknown => return (Seen::Unrecognised { bytes, declared }, field),
        _ => {}
    }
    let name = kind.to_string();
    let Some(declared) = declared else { return (Seen::Undeclared { kind, name }, None) };
    // A page at an address that ends like a file is other than the address says, even where the header owns up to it.
    if let Some((extension, promised)) = by_name
        && !promised.contains(&kind)
        && (by_type.is_none() || kind == Kind::Html)
    {
        return (Seen::OtherThanDeclared { kind, name, declared: words(extension, "extension") }, None);
    }
    match by_type {
        Some((_, promised)) if !promised.contains(&kind) => (Seen::OtherThanDeclared { kind, name, declared }, field),
        _ => (Seen::AsDeclared { kind, name, declared }, field),
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::capture::{Headers, Stored};

    fn code(kind: Kind, content_type: &str, url: &str) -> &'static str {
        let url = Url::parse(url).unwrap();
        let answered = Answered {
            url: url.clone(),
            status: 200,
            headers: Headers(vec![("content-type".into(), content_type.into())]),
            body: Stored { sha256: String::new(), bytes: 9, cut: None },
            rendering: None,
        };
        match held_against(kind, &answered, kind::extension(&url).as_deref()).0 {
            Seen::AsDeclared { .. } => "as-declared",
            Seen::Undeclared { .. } => "undeclared",
            Seen::OtherThanDeclared { .. } => "other-than-declared",
            Seen::Empty { .. } => "empty",
            Seen::Unrecognised { .. } => "unrecognised",
            Seen::Unseen { .. } => "unseen",
            Seen::Sampled { .. } => "sampled",
        }
    }

    #[test]
    fn bytes_are_held_against_both_declarations() {
        assert_eq!(code(Kind::Csv, "text/csv", "https://example.org/a.csv"), "as-declared");
        assert_eq!(code(Kind::Csv, "application/octet-stream", "https://example.org/a.csv"), "as-declared");
        assert_eq!(code(Kind::Csv, "text/plain", "https://example.org/a"), "undeclared");
        assert_eq!(code(Kind::Html, "text/csv", "https://example.org/a"), "other-than-declared");
        assert_eq!(code(Kind::Html, "text/html", "https://example.org/a.csv"), "other-than-declared");
        assert_eq!(code(Kind::Csv, "application/vnd.ms-excel", "https://example.org/a.csv"), "other-than-declared");
        assert_eq!(code(Kind::Html, "text/html", "https://example.org/a"), "as-declared");
        assert_eq!(code(Kind::Unknown, "text/csv", "https://example.org/a"), "unrecognised");
    }
}
