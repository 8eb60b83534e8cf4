//! Addresses, by the rules of Apache's commons-validator, which the canonical validator asks.

use std::net::Ipv6Addr;
use std::sync::LazyLock;

use regex::Regex;

use super::domain::{ascii, is_host};

struct Patterns {
    whole: Regex,
    authority: Regex,
    path: Regex,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let compiled = |pattern: &str| match Regex::new(pattern) {
        Ok(regex) => regex,
        Err(error) => panic!("invariant: a pattern of ours compiles: {error}"),
    };
    Patterns {
        whole: compiled(r"(?s)\A(?:([^:/?#]+):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?\z"),
        authority: compiled(
            r"(?s)\A(?:\[([0-9a-fA-F:]+)\]|(?:(?:[A-Za-z0-9!$%&'()*+,;=._~-]+(?::[A-Za-z0-9!$%&'()*+,;=._~-]*)?@)?([A-Za-z0-9.\-]*)))(?::([0-9]*))?(.*)\z",
        ),
        path: compiled(r"\A(?:/[-0-9A-Za-z_:@&?=+,.!/~*'%$;()]*)?\z"),
    }
});

/// Whether it is an address of the web.
pub(super) fn is_valid(text: &str) -> bool {
    let Some(parts) = PATTERNS.whole.captures(text) else { return false };
    let part = |at: usize| parts.get(at).map(|part| part.as_str());
    let scheme = part(1).unwrap_or_default().to_ascii_lowercase();
    matches!(scheme.as_str(), "http" | "https" | "ftp")
        && part(2).is_some_and(is_authority)
        && is_path(part(3).unwrap_or_default())
        && !part(4).is_some_and(|query| query.contains(|c: char| c.is_ascii_whitespace() || c == '\u{b}'))
}

fn is_authority(authority: &str) -> bool {
    let authority = ascii(authority);
    let Some(parts) = PATTERNS.authority.captures(&authority) else { return false };
    let part = |at: usize| parts.get(at).map(|part| part.as_str());
    let host = match part(1) {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => is_host(part(2).unwrap_or_default()),
    };
    let numbered = part(3).filter(|port| !port.is_empty()).is_none_or(|port| port.parse::<u16>().is_ok());
    host && numbered && part(4).unwrap_or_default().trim().is_empty()
}

fn is_path(path: &str) -> bool {
    if !PATTERNS.path.is_match(path) || path.contains("//") {
        return false;
    }
    let mut depth = 0;
    for segment in path.split('/').skip(1) {
        match segment {
            "." => {}
            ".." if depth == 0 => return false,
            ".." => depth -= 1,
            _ => depth += 1,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_words() {
        for good in [
            "https://transit.example.gov/",
            "http://a.com:80/b?c=d#e",
            "ftp://a.org",
            "http://192.0.2.1/x",
            "http://[2001:db8::1]/",
            "http://b\u{fc}cher.de/",
        ] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "www.a.com",
            "http:/a.com",
            "http://a",
            "http://a.notatopleveldomain/",
            "http://a.com:99999/",
            "http://a.com/b c",
            "http://a.com//b",
            "http://a.com/../b",
            "mailto:a@b.com",
            "http://-a.com",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
